package ui_test

import (
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/freeline-org/freeline/internal/web/ui"
)

func get(a *ui.Assets, path, accept string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

// A browser may keep what carries its version for ever; what does not is asked for again.
func TestOnlyItsOwnVersionIsKept(t *testing.T) {
	a, err := ui.New()
	if err != nil {
		t.Fatal(err)
	}
	if got := get(a, a.Path("quiet.css"), "").Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("the style sheet may be kept as %q", got)
	}
	if got := get(a, ui.Prefix+"0123456789ab/quiet.css", "").Header().Get("Cache-Control"); strings.Contains(got, "immutable") {
		t.Errorf("another version may be kept as %q", got)
	}
	if got := get(a, a.Path("../ui.go"), "").Code; got != 404 {
		t.Errorf("a file that is none is answered with %d", got)
	}
	one, two := read(t, "a { color: red }"), read(t, "a { color: tan }")
	if one.Path("a.css") == two.Path("a.css") {
		t.Error("two versions have one address")
	}
}

func read(t *testing.T, css string) *ui.Assets {
	t.Helper()
	a, err := ui.Read(fstest.MapFS{"a.css": {Data: []byte(css)}, "icons.svg": {Data: []byte("<svg ></svg>")}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestWhoTakesItGetsItPacked(t *testing.T) {
	a, err := ui.New()
	if err != nil {
		t.Fatal(err)
	}
	plain, packed := get(a, a.Path("quiet.css"), ""), get(a, a.Path("quiet.css"), "br, gzip")
	if packed.Header().Get("Content-Encoding") != "gzip" || packed.Body.Len() >= plain.Body.Len() {
		t.Errorf("packed it has %d bytes, plain %d", packed.Body.Len(), plain.Body.Len())
	}
	if got := get(a, a.Path("font/latin.woff2"), "gzip").Header().Get("Content-Encoding"); got != "" {
		t.Errorf("letters, which are packed already, are packed again: %q", got)
	}
}

// A sheet names letters and nothing else of its own directory, and every file it names is there.
func TestSheetsNameWhatIsThere(t *testing.T) {
	for _, sheet := range []string{"quiet.css", "desk.css"} {
		b, err := os.ReadFile(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(string(b), -1) {
			if _, err := os.Stat(m[1]); err != nil || strings.Contains(m[1], "..") {
				t.Errorf("%s names %s: %v", sheet, m[1], err)
			}
		}
	}
}

// Every icon that a script or a page shows is drawn.
func TestEveryIconIsDrawn(t *testing.T) {
	a, err := ui.New()
	if err != nil {
		t.Fatal(err)
	}
	sprite := string(a.Sprite())
	for _, name := range []string{"mark", "chat", "phone", "alert", "moon", "check", "people", "shield", "lock", "key", "bell", "search", "more", "undo", "transfer", "end", "clock", "down", "keypad", "phone-off", "form", "text", "send"} {
		if !strings.Contains(sprite, `id="`+name+`"`) {
			t.Errorf("%s is not drawn", name)
		}
	}
}

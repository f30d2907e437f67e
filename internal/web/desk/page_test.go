package desk_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// What the bundle was made of is noted beside it: sources that changed without a new bundle are
// found here, without a bundler.
func TestBundleIsThatOfTheSources(t *testing.T) {
	sum := sha256.New()
	for _, dir := range []string{"app", "third_party"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(name)
			fmt.Fprintf(sum, "%s %x\n", filepath.ToSlash(name), sha256.Sum256(b))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("dist/sources.sum")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%x\n", sum.Sum(nil)); got != string(want) {
		t.Error("app/ or third_party/ changed and dist/ did not: run `go run .` in internal/web/desk/build")
	}
}

// No source of ours reaches for a way to turn a text into markup or code.
func TestNoTextBecomesMarkup(t *testing.T) {
	bad := regexp.MustCompile(`(?i)innerHTML|outerHTML|insertAdjacent|document\.write|DOMParser|createContextualFragment|srcdoc|\beval\b|new Function|setTimeout\(["'` + "`" + `]|javascript:`)
	for name, text := range sources(t) {
		if found := bad.FindString(text); found != "" {
			t.Errorf("%s uses %s", name, found)
		}
	}
}

// Left and right are turned round with the page: the style sheet names neither.
func TestStyleHasLogicalDirectionsOnly(t *testing.T) {
	bad := regexp.MustCompile(`(?m)(?:^|[\s;{])(?:left|right|margin-left|margin-right|padding-left|padding-right|border-left|border-right|text-align:\s*(?:left|right)|float)\s*:`)
	for _, sheet := range []string{"quiet.css", "desk.css"} {
		b, err := os.ReadFile("../ui/" + sheet)
		if err != nil {
			t.Fatal(err)
		}
		if found := bad.FindString(string(b)); found != "" {
			t.Errorf("%s has %q", sheet, found)
		}
	}
}

func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir("app", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".ts") && !strings.HasSuffix(name, ".tsx") {
			return err
		}
		b, err := os.ReadFile(name)
		all[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Every text the script asks for is in the catalogue, and none stands there for nobody.
func TestCatalogueAndScriptAgree(t *testing.T) {
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	there := words.For("en").Messages("desk")
	asked, begins := map[string]bool{"desk.noscript": true}, map[string]bool{}
	whole := regexp.MustCompile(`["']((?:desk)\.[a-z_.]+)["']`)
	call := regexp.MustCompile(`\b(?:t|n|rich)\(["']([a-z_]+\.[a-z_.]+)["']`)
	part := regexp.MustCompile("`(desk\\.[a-z_.]+)\\$\\{")
	for name, text := range sources(t) {
		for _, m := range whole.FindAllStringSubmatch(text, -1) {
			asked[m[1]] = true
			if _, ok := there[m[1]]; !ok && m[1] != "desk.tsx" {
				t.Errorf("%s asks for %s, which nobody wrote", name, m[1])
			}
		}
		for _, m := range call.FindAllStringSubmatch(text, -1) {
			if !strings.HasPrefix(m[1], "desk.") {
				t.Errorf("%s asks for %s, which the desk is not given", name, m[1])
			}
		}
		for _, m := range part.FindAllStringSubmatch(text, -1) {
			begins[m[1]] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(there)) {
		made := slices.ContainsFunc(slices.Collect(maps.Keys(begins)), func(b string) bool { return strings.HasPrefix(key, b) })
		served := strings.HasPrefix(key, "desk.problem.") || strings.HasPrefix(key, "desk.nav.") || strings.HasPrefix(key, "desk.con.ask_") // which she reads
		if !asked[key] && !made && !served {
			t.Errorf("%s is asked for by nobody", key)
		}
	}
}

// Words of what comes later are not there before it: what is drawn at once asks for none.
func TestWhatIsDrawnAtOnceHasItsWords(t *testing.T) {
	far := map[string]bool{"app/view/situation.tsx": true} // of situations.tsx
	for _, m := range regexp.MustCompile(`from "\./(\w+)"`).FindAllStringSubmatch(sources(t)["app/view/far.tsx"], -1) {
		far["app/view/"+m[1]+".tsx"] = true
	}
	if len(far) < 4 {
		t.Fatalf("what comes later is %v", far)
	}
	later := regexp.MustCompile("[\"'`]desk\\.(?:board|sit|thread)\\.[^\"'`]*")
	for name, text := range sources(t) {
		if found := later.FindString(text); found != "" && !far[name] {
			t.Errorf("%s asks for %s, which comes later", name, found)
		}
	}
}

func TestPageForbidsWhatItDoesNotNeed(t *testing.T) {
	s := play(t)
	answer, err := http.Get(s.url + desk.PagePath)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	policy := answer.Header.Get("Content-Security-Policy")
	for _, want := range []string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "require-trusted-types-for 'script'",
		"trusted-types 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
	} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %s: %s", want, policy)
		}
	}
	if got, want := answer.Header.Get("Permissions-Policy"), "camera=(), geolocation=(), microphone=(self), payment=()"; got != want {
		t.Errorf("the page may use %q, want %q", got, want)
	}
	if got := answer.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q, want no-store", got)
	}
}

// FirstLoad is what a desk's first load may weigh on the wire.
const firstLoad = 120 << 10

func TestFirstLoadIsLight(t *testing.T) {
	s := play(t)
	page := fetch(t, s.url+desk.PagePath)
	total := len(page)
	links := regexp.MustCompile(`(?:href|src)="(/[^"]+)"`).FindAllStringSubmatch(string(page), -1)
	for _, m := range links {
		total += len(fetch(t, s.url+m[1]))
	}
	var tongues []struct{ Tag, Words string }
	given := regexp.MustCompile(`data-tongues="([^"]+)"`).FindStringSubmatch(string(page))
	if err := json.Unmarshal([]byte(strings.ReplaceAll(given[1], "&#34;", `"`)), &tongues); err != nil {
		t.Fatal(err)
	}
	largest := 0
	for _, tongue := range tongues {
		largest = max(largest, len(fetch(t, s.url+tongue.Words)))
	}
	total += largest
	t.Logf("first load: %d bytes in %d files", total, len(links)+2)
	if total > firstLoad {
		t.Errorf("the first load is %d bytes, want at most %d", total, firstLoad)
	}
}

// fetch reads a file as it goes over the wire.
func fetch(t *testing.T, url string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", url, answer.Status, err)
	}
	if answer.Header.Get("Content-Encoding") == "gzip" && bytes.HasPrefix(b, []byte{0x1f, 0x8b}) {
		if _, err := gzip.NewReader(bytes.NewReader(b)); err != nil {
			t.Error(err)
		}
	}
	return b
}

// No key does two things: the second would never happen.
func TestEachKeyDoesOneThing(t *testing.T) {
	source, err := os.ReadFile("app/commands.ts")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`keys: "([^"]+)"`).FindAllStringSubmatch(string(source), -1) {
		if seen[m[1]] {
			t.Errorf("two commands come by %s", m[1])
		}
		seen[m[1]] = true
	}
	if len(seen) < 10 {
		t.Errorf("only %d keys were found", len(seen))
	}
}

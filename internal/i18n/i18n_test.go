package i18n_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/freeline-org/freeline/internal/i18n"
)

// small is a catalogue of two areas, with a hole in the Spanish.
func small(t *testing.T) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.LoadFrom(fstest.MapFS{
		"front.en.json": text(`{"reviewed_by": "The council",
			"front.hello": "Hello {name}", "front.bye": "Goodbye",
			"front.ahead": {"one": "{n} person before {name}", "other": "{n} people before {name}"}}`),
		"front.es.json": text(`{"front.hello": "Hola {name}",
			"front.ahead": {"one": "{n} persona antes de {name}", "other": "{n} personas antes de {name}"}}`),
		"front.ar.json": text(`{"reviewed_by": "", "front.hello": "مرحبا {name}", "front.bye": "وداعا",
			"front.ahead": {"zero": "z", "one": "o", "two": "t", "few": "f {n}", "many": "m {n}", "other": "x {n}"}}`),
		"desk.en.json": text(`{"desk.take": "Take"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func TestMessagesAreFilledByName(t *testing.T) {
	c := small(t)
	tests := []struct {
		what, got, want string
	}{
		{"plain", c.For("en").T("front.bye"), "Goodbye"},
		{"filled", c.For("es").T("front.hello", "name", "Ana"), "Hola Ana"},
		{"value with braces", c.For("en").T("front.hello", "name", "{name}"), "Hello {name}"},
		{"number", c.For("en").T("front.hello", "name", 7), "Hello 7"},
		{"English stands in", c.For("es").T("front.bye"), "Goodbye"},
		{"no message", c.For("es").T("front.nothing"), "⟦front.nothing⟧"},
		{"no value", c.For("en").T("front.hello", "other", "x"), "Hello ⟦name⟧"},
		{"half a pair", c.For("en").T("front.hello", "name"), "Hello ⟦name⟧"},
		{"one", c.For("en").N("front.ahead", 1, "name", "you"), "1 person before you"},
		{"many", c.For("en").N("front.ahead", 12, "name", "you"), "12 people before you"},
		{"a million, which Spanish counts apart", c.For("es").N("front.ahead", 1000000, "name", "ti"), "1000000 personas antes de ti"},
		{"count without message", c.For("es").N("front.nothing", 1), "⟦front.nothing⟧"},
		{"country falls back to language", c.For("es-MX").T("front.hello", "name", "Ana"), "Hola Ana"},
		{"unknown language", c.For("tlh").T("front.bye"), "Goodbye"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, tt.got, tt.want)
		}
	}
}

func TestArabicCountsInSixForms(t *testing.T) {
	ar := small(t).For("ar")
	for n, want := range map[int]string{0: "z", 1: "o", 2: "t", 3: "f 3", 10: "f 10", 11: "m 11", 99: "m 99", 100: "x 100", 103: "f 103"} {
		if got := ar.N("front.ahead", n, "name", "-"); got != want {
			t.Errorf("N(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestLanguagesKnowWhatPagesNeed(t *testing.T) {
	c := small(t)
	if got := strings.Join(c.Tags(), " "); got != "en ar es" {
		t.Errorf("Tags = %q, want en first", got)
	}
	ar, es := c.For("ar"), c.For("es")
	if ar.Dir() != "rtl" || ar.Tag() != "ar" || ar.Own() != "العربية" || !ar.Tall() {
		t.Errorf("Arabic is %s %s %s tall=%v", ar.Tag(), ar.Dir(), ar.Own(), ar.Tall())
	}
	if es.Dir() != "ltr" || es.Tall() {
		t.Errorf("Spanish is %s tall=%v", es.Dir(), es.Tall())
	}
	if got := c.For("en").ReviewedBy("front"); got != "The council" {
		t.Errorf("reviewed by %q, want The council", got)
	}
	if got := c.For("ar").ReviewedBy("front") + es.ReviewedBy("front") + es.ReviewedBy("desk"); got != "" {
		t.Errorf("drafts are reviewed by %q", got)
	}
	if _, known := c.Info("km"); !known {
		t.Error("Khmer is not in the table of languages")
	}
}

func TestMessagesGiveAnAreaToScripts(t *testing.T) {
	got := small(t).For("es").Messages("front")
	if len(got) != 3 || got["front.ahead"].One != "{n} persona antes de {name}" || got["front.bye"].Other != "Goodbye" {
		t.Errorf("Messages = %v", got)
	}
}

func TestMalformedCatalogueIsRefused(t *testing.T) {
	tests := []struct{ name, file, data, want string }{
		{"not JSON", "front.en.json", `{"front.a": "x",`, "line 1"},
		{"not an object", "front.en.json", `[]`, "one JSON object"},
		{"twice", "front.en.json", "{\"front.a\": \"x\",\n\"front.a\": \"y\"}", "line 2: front.a stands twice"},
		{"other area's", "front.en.json", `{"desk.a": "x"}`, "begin with front"},
		{"other area's among problems", "problem.en.json", `{"desk.a": "x"}`, "belongs to the area desk"},
		{"undotted", "front.en.json", `{"front": "x"}`, "dotted"},
		{"empty", "front.en.json", `{"front.a": " "}`, "empty"},
		{"no other form", "front.en.json", `{"front.a": {"one": "x"}}`, "empty"},
		{"unknown form", "front.en.json", `{"front.a": {"three": "x", "other": "y"}}`, "object of zero"},
		{"lone brace", "front.en.json", `{"front.a": "x {name"}`, "brace"},
		{"closing brace", "front.en.json", `{"front.a": "x} {name}"}`, "brace"},
		{"bad name", "front.en.json", `{"front.a": "x {Name}"}`, "small letters"},
		{"more", "front.en.json", `{"front.a": "x"} {}`, "after the object"},
		{"unknown area", "news.en.json", `{}`, "areas are"},
		{"unknown language", "front.qqq.json", `{"front.a": "x"}`, "table of languages"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := fstest.MapFS{"cli.en.json": text(`{"cli.a": "x"}`), tt.file: text(tt.data)}
			_, err := i18n.LoadFrom(files)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
	if _, err := i18n.LoadFrom(fstest.MapFS{"front.es.json": text(`{"front.a": "x"}`)}); err == nil {
		t.Error("a catalogue without English is accepted")
	}
}

func TestPseudoLanguagesKeepPlaceholders(t *testing.T) {
	c, err := small(t).WithPseudo()
	if err != nil {
		t.Fatal(err)
	}
	long := c.For(i18n.Long)
	if got, want := long.T("front.hello", "name", "Ana"), "[Hélló "; !strings.HasPrefix(got, "[Héllö Ana~") || len(got) < len(want)*2 {
		t.Errorf("long = %q", got)
	}
	mirrored := c.For(i18n.Mirrored)
	if got := mirrored.N("front.ahead", 1, "name", "Ana"); mirrored.Dir() != "rtl" || !strings.HasPrefix(got, "1 \u202eperson\u202c") || !strings.HasSuffix(got, "Ana") {
		t.Errorf("mirrored = %q %s", got, mirrored.Dir())
	}
}

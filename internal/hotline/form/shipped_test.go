package form_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline/form"
)

// shipped reads the forms that a line begins with.
func shipped(t *testing.T) map[string]form.Form {
	t.Helper()
	out := map[string]form.Form{}
	for name, body := range form.Shipped() {
		f, err := form.Parse(body)
		if err != nil {
			t.Fatalf("the form %s: %v", name, err)
		}
		out[name] = f
	}
	if len(out) != len(form.Names()) {
		t.Fatalf("shipped are %d forms, want %v", len(out), form.Names())
	}
	return out
}

// Whoever reads it, no question and no answer is without words.
func TestShippedFormsAreWholeInEveryLanguage(t *testing.T) {
	t.Parallel()
	for name, f := range shipped(t) {
		have := f.Languages()
		for _, lang := range []string{"en", "es", "fr", "ar"} {
			if !slices.Contains(have, lang) {
				t.Errorf("%s is not said in %s", name, lang)
			}
		}
		for _, lang := range have {
			for _, unsaid := range f.Unsaid(lang) {
				t.Errorf("%s has no words in %s for %s", name, lang, unsaid)
			}
		}
		for _, field := range f.Fields {
			if n := len([]rune(field.Words["en"].Label)); n > 40 {
				t.Errorf("%s asks for %s in %d letters; an advocate at night reads few", name, field.Code, n)
			}
			if (field.Words["en"].Help != "") != (field.Words["ar"].Help != "") {
				t.Errorf("%s helps with %s in one language alone", name, field.Code)
			}
		}
	}
}

// Words that no form uses would be translated for nobody, and a word that stands
// twice would be mended once.
func TestShippedWordsAreAllUsed(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("shipped", "en.json"))
	if err != nil {
		t.Fatal(err)
	}
	var say map[string]string
	if err := json.Unmarshal(b, &say); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for name, f := range shipped(t) {
		for _, field := range f.Fields {
			for _, k := range []string{"field.", "help."} {
				used[name+"."+k+field.Code], used[k+field.Code] = true, true
			}
			for _, o := range field.Options {
				used["option."+o.Code], used["option."+field.Code+"."+o.Code] = true, true
			}
		}
	}
	for key := range say {
		if !used[key] {
			t.Errorf("nothing uses %s", key)
		}
	}
	for _, lang := range []string{"es", "fr", "ar"} {
		var other map[string]string
		b, err := os.ReadFile(filepath.Join("shipped", lang+".json"))
		if err != nil || json.Unmarshal(b, &other) != nil {
			t.Fatalf("words in %s: %v", lang, err)
		}
		for key := range say {
			if strings.TrimSpace(other[key]) == "" {
				t.Errorf("in %s there is no %s", lang, key)
			}
		}
	}
}

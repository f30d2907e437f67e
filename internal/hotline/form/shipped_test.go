package form_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
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
		for _, lang := range []string{"en", "es", "fr", "ar", "fil"} {
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

// A woman in a flat, a man on a fishing boat, a mother and a passer-by are each asked
// what they can answer, and not what only the others know.
func TestEachPathAsksWhatItsCallerCanAnswer(t *testing.T) {
	t.Parallel()
	all := shipped(t)
	for _, c := range []struct {
		who      string
		path     hotline.Path
		v        map[string]form.Value
		asked    []string
		notAsked []string
		most     int
	}{
		{
			"a woman in a flat", hotline.Self,
			map[string]form.Value{form.Type: chose("crisis"), "setting": chose("home"), "exploitation": chose("sexual")},
			[]string{"danger_now", "doctor", "needs", "sex_form", "control", "children_with", "address", "papers"},
			[]string{"relation", "knows", "boat_name", "industry", "seen_when", "report_ref"},
			55,
		},
		{
			"a man on a fishing boat", hotline.Self,
			map[string]form.Value{form.Type: chose("crisis"), "setting": chose("boat"), "exploitation": chose("forced_labour")},
			[]string{"boat_signal", "boat_crew", "boat_name", "boat_flag", "boat_port", "boat_day", "industry", "needs"},
			[]string{"sex_form", "relation"},
			60,
		},
		{
			"a mother", hotline.Other,
			map[string]form.Value{form.Type: chose("crisis"), "relation": chose("parent")},
			[]string{"relation", "knows", "last_seen", "age_group", "seen", "systems", "write_again"},
			[]string{"boat_name", "seen_when", "birth_year"},
			45,
		},
		{
			"a passer-by", hotline.Tip,
			map[string]form.Value{form.Type: chose("tip")},
			[]string{"danger_now", "seen", "seen_when", "region", "where", "business", "people", "write_again"},
			[]string{"relation", "learned", "again", "age_group", "gender", "nationality", "name", "address", "papers", "knows"},
			18,
		},
		{
			"somebody who says nothing", hotline.Self,
			map[string]form.Value{form.Type: chose("silent")},
			[]string{form.SafeNow, form.Type},
			[]string{"danger_now", "needs", "channel"},
			2,
		},
		{
			"somebody with a question", hotline.Self,
			map[string]form.Value{form.Type: chose("information")},
			[]string{"needs", "region", "learned", "referral_way"},
			[]string{"exploitation", "age_group", "name", "control"},
			14,
		},
	} {
		fields := all[form.Name(c.path)].Shown(c.v)
		asks := func(code string) bool {
			return slices.ContainsFunc(fields, func(f form.Field) bool { return f.Code == code })
		}
		for _, code := range c.asked {
			if !asks(code) {
				t.Errorf("%s is not asked for %s", c.who, code)
			}
		}
		for _, code := range c.notAsked {
			if asks(code) {
				t.Errorf("%s is asked for %s", c.who, code)
			}
		}
		if len(fields) > c.most {
			t.Errorf("%s has %d fields before her, want %d at most", c.who, len(fields), c.most)
		}
	}
}

// What a passer-by tells is kept though she stays anonymous: it is not about her.
func TestAnonymousTipIsStillATip(t *testing.T) {
	t.Parallel()
	f := shipped(t)[string(hotline.Tip)]
	keep := f.Kept("anonymous")
	for _, field := range f.Fields {
		if slices.Contains([]string{"seen", "where", "business", "people"}, field.Code) && !keep(field) {
			t.Errorf("%s is not kept", field.Code)
		}
	}
	for _, path := range []hotline.Path{hotline.Self, hotline.Other} {
		f := shipped(t)[string(path)]
		for _, field := range f.Fields {
			if field.Code == "business" && f.Kept("anonymous")(field) {
				t.Errorf("%s: where somebody is held is kept of an anonymous caller", path)
			}
		}
	}
}

package form_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// Whoever counts knows every code that a form can send.
func TestEveryFactIsInTheClosedList(t *testing.T) {
	t.Parallel()
	fed := map[string]bool{}
	for name, f := range shipped(t) {
		for _, field := range f.Fields {
			if field.Fact == "" {
				continue
			}
			values, ok := form.FactCodes()[field.Fact]
			if !ok {
				t.Errorf("%s feeds %s, which nobody counts", name, field.Fact)
			}
			fed[field.Fact] = true
			for _, o := range field.Options {
				if !slices.Contains(values, o.Code) || !form.Counts(field.Fact, o.Code) {
					t.Errorf("%s sends %s for %s, which nobody counts", name, o.Code, field.Fact)
				}
			}
		}
	}
	for fact := range form.FactCodes() {
		if !fed[fact] {
			t.Errorf("no form that we ship feeds %s", fact)
		}
	}
}

// A figure is made of codes; words never reach one, whatever stands in the record.
func TestWordsAreNeverCounted(t *testing.T) {
	t.Parallel()
	for name, f := range shipped(t) {
		v := map[string]form.Value{}
		for _, field := range f.Fields {
			switch {
			case field.Code == "language":
				v[field.Code] = wrote("es-MX")
			case field.Code == form.Type:
				v[field.Code] = chose("crisis")
			case field.Chosen():
				v[field.Code] = chose(field.Options[0].Code)
			case field.Kind == form.Text || field.Kind == form.Long:
				v[field.Code] = wrote("Petra")
			}
		}
		for fact, codes := range f.Facts(v) {
			for _, code := range codes {
				if !form.Counts(fact, code) {
					t.Errorf("%s: for %s a code is counted that stands in no list: %q", name, fact, code)
				}
			}
		}
		if got := f.Facts(v)[form.FactLanguage]; !cmp.Equal(got, []string{"es"}) {
			t.Errorf("%s: of the language is counted %q", name, got)
		}
		v["language"] = wrote("Petra speaks Spanish")
		if got := f.Facts(v)[form.FactLanguage]; got != nil {
			t.Errorf("%s: words are counted as a language: %q", name, got)
		}
	}
}

// A line's own option is counted as "other"; its own region and its own way of
// being found by themselves, since nobody else knows them.
func TestOwnOptionsAreCounted(t *testing.T) {
	t.Parallel()
	f := shipped(t)[string(hotline.Self)]
	for i, field := range f.Fields {
		if slices.Contains([]string{"region", "needs", form.Type}, field.Code) {
			f.Fields[i].Options = append(f.Fields[i].Options, option("x_own"))
		}
	}
	f, err := form.Parse(f.Body())
	if err != nil {
		t.Fatal(err)
	}
	got := f.Facts(map[string]form.Value{
		form.Type: chose("x_own"), "region": chose("x_own"), "needs": chose("x_own", "other", "legal"),
		"learned": without(form.Declined), "channel": chose("fax"),
	})
	want := hotline.Facts{form.FactType: {"other"}, form.FactRegion: {"x_own"}, form.FactNeeds: {"legal", "other"}}
	if !cmp.Equal(got, want) {
		t.Errorf("counted is %v, want %v", got, want)
	}
	if form.Counts(form.FactNeeds, "x_own") || form.Counts("height", "other") || form.Counts(form.FactRegion, "x_Main Street 5") {
		t.Error("what stands in no list is counted")
	}
}

package i18n_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/freeline-org/freeline/internal/i18n"
)

// In Filipino "one" is for 1, 2, 3, 5, 7 and many more: a form that several numbers
// share says which one it is, wherever the message counts aloud at all. Zero and one
// may share a form in words.
func TestAFormOfManyNumbersSaysTheNumber(t *testing.T) {
	for _, lang := range complete {
		shared := sharedForms(t, lang)
		for _, area := range areasThere(t) {
			for key, forms := range one(t, area, lang) {
				if !counts(forms) || !slices.Contains(names(t, forms), "n") {
					continue
				}
				for form, text := range texts(forms) {
					said, _ := i18n.Placeholders(text)
					if slices.Contains(shared, form) && !slices.Contains(said, "n") {
						t.Errorf("%s.%s.json: %s: %s stands for several numbers and names none: %q", area, lang, key, form, text)
					}
				}
			}
		}
	}
}

// sharedForms lists the plural forms that stand for more numbers than zero and one.
func sharedForms(t *testing.T, lang string) (shared []string) {
	t.Helper()
	const all = `{"front.n": {"zero": "zero", "one": "one", "two": "two", "few": "few", "many": "many", "other": "other"}}`
	c, err := i18n.LoadFrom(fstest.MapFS{"front.en.json": text(all), "front." + lang + ".json": text(all)})
	if err != nil {
		t.Fatal(err)
	}
	for n := 3; n < 1000; n++ { // a form of two alone is no shared one
		if form := c.For(lang).N("front.n", n); !slices.Contains(shared, form) {
			shared = append(shared, form)
		}
	}
	return shared
}

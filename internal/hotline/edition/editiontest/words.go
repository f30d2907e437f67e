// Package editiontest looks at the words that come with the program, from which a line makes
// its first editions.
package editiontest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Languages lists those in which words come.
func Languages() []string { return []string{"en", "es", "fr", "ar", "fil"} }

var placeholder = regexp.MustCompile(`TODO|TBD|FIXME|XXX|(?i:lorem|placeholder|\bexample\b)|\.\.\.|[{}<>\[\]]|555`)

// Words checks the words of the calling package, which lie in its folder "shipped", a file a
// language: something uses each, nothing stands there to be filled in, and every language says
// all that English says. more says what else is wrong with words, or nothing: above all that
// they tell what this is to whoever looks on, or listens in.
func Words(tb testing.TB, used map[string]bool, more func(lang, words string) string) {
	tb.Helper()
	english := read(tb, "en")
	for _, lang := range Languages() {
		say := read(tb, lang)
		for key, s := range say {
			switch wrong := more(lang, s); {
			case !used[key]:
				tb.Errorf("%s: nothing uses %s", lang, key)
			case placeholder.MatchString(s) || strings.TrimSpace(s) != s || len([]rune(s)) < 2:
				tb.Errorf("%s: %s is %q", lang, key, s)
			case lang != "en" && s == english[key] && len(s) > 12:
				tb.Errorf("%s: %s is not translated: %q", lang, key, s)
			case english[key] == "":
				tb.Errorf("%s: English says nothing of %s", lang, key)
			case wrong != "":
				tb.Errorf("%s: %s %s: %q", lang, key, wrong, s)
			}
		}
		for key := range english {
			if say[key] == "" {
				tb.Errorf("in %s there is no %s", lang, key)
			}
		}
	}
}

func read(tb testing.TB, lang string) map[string]string {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("shipped", lang+".json"))
	say := map[string]string{}
	if err != nil || json.Unmarshal(b, &say) != nil {
		tb.Fatalf("words in %s: %v", lang, err)
	}
	return say
}

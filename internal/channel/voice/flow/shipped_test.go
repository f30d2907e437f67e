package flow_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline/edition"
)

var languages = []string{"en", "es", "fr", "ar", "fil"}

var placeholder = regexp.MustCompile(`TODO|TBD|FIXME|XXX|(?i:lorem|placeholder|\bexample\b)|\.\.\.|[{}<>\[\]]|555`)

// The flow that a line begins with can be put in force as it is, is whole in every
// language, and leads somebody to each of its steps.
func TestShippedFlowIsWhole(t *testing.T) {
	t.Parallel()
	body := flow.Shipped()
	f := shipped(t)
	if f.Body() != body || len(body) > edition.Limit/4 {
		t.Errorf("it comes back changed, or has %d bytes", len(body))
	}
	for _, s := range f.Steps {
		for _, lang := range languages {
			if s.Words[lang] == "" {
				t.Errorf("%s is not said in %s", s.ID, lang)
			}
		}
		if s.Kind == flow.Pass || s.Dial != "" {
			t.Errorf("%s names another line, which we do not know", s.ID)
		}
	}
	for name, f := range map[string]flow.Flow{"shipped": f, "with another line": withOther(t)} {
		all := flow.Made(f)
		if left := flow.Unreached(f, all); len(left) > 0 || len(all) > flow.MostMade {
			t.Errorf("%s: %d who are made up leave %v unreached", name, len(all), left)
		}
	}
	pieces := flow.ShippedPieces()
	for _, lang := range languages {
		if got, err := flow.ParsePieces(pieces[lang]); err != nil || len(got) != len(flow.Pieces()) {
			t.Errorf("pieces in %s: %v", lang, err)
		}
	}
}

// Nothing stands there to be filled in, no word tells what this is to who listens in,
// and every key that words name is the one that does it.
func TestShippedWordsAreWords(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range shipped(t).Steps {
		used[s.ID] = true
	}
	for _, name := range flow.Pieces() {
		used[name] = true
	}
	english := map[string]string{}
	for _, lang := range languages {
		b, err := os.ReadFile(filepath.Join("shipped", lang+".json"))
		say := map[string]string{}
		if err != nil || json.Unmarshal(b, &say) != nil {
			t.Fatalf("words in %s: %v", lang, err)
		}
		if lang == "en" {
			english = say
		}
		for key, s := range say {
			switch {
			case !used[key]:
				t.Errorf("%s: nothing uses %s", lang, key)
			case placeholder.MatchString(s) || strings.TrimSpace(s) != s || len([]rune(s)) < 2:
				t.Errorf("%s: %s is %q", lang, key, s)
			case regexp.MustCompile(`(?i)traffick|trata|traite|esclav|slav|الاتجار`).MatchString(s):
				t.Errorf("%s tells what this is: %q", key, s)
			case lang != "en" && s == english[key] && len(s) > 12:
				t.Errorf("%s: %s is not translated: %q", lang, key, s)
			}
		}
		if len(say) != len(english) {
			t.Errorf("%s says %d things, English %d", lang, len(say), len(english))
		}
	}
	digits := regexp.MustCompile(`[0-9]`)
	for _, s := range shipped(t).Steps {
		var keys []string
		for _, p := range s.Keys {
			keys = append(keys, p.Key)
		}
		if s.Kind == flow.Ask {
			keys = []string{"1", "2"}
		}
		for _, lang := range languages {
			named := digits.FindAllString(s.Words[lang], -1)
			if s.Kind == flow.Languages {
				at := slices.IndexFunc(s.Keys, func(p flow.Press) bool { return p.Lang == lang })
				keys = []string{s.Keys[at].Key}
			}
			for _, n := range named {
				if n != "9" && !slices.Contains(keys, n) {
					t.Errorf("%s in %s names the key %s, which does nothing there", s.ID, lang, n)
				}
			}
			for _, k := range keys {
				if !slices.Contains(named, k) {
					t.Errorf("%s in %s does not name the key %s", s.ID, lang, k)
				}
			}
		}
	}
}

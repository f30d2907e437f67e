package flow_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/edition/editiontest"
)

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
		for _, lang := range editiontest.Languages() {
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
	for _, lang := range editiontest.Languages() {
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
	telling := regexp.MustCompile(`(?i)traffick|trata|traite|esclav|slav|الاتجار`)
	editiontest.Words(t, used, func(_, words string) string {
		if telling.MatchString(words) {
			return "tells what this is"
		}
		return ""
	})
	digits := regexp.MustCompile(`[0-9]`)
	for _, s := range shipped(t).Steps {
		var keys []string
		for _, p := range s.Keys {
			keys = append(keys, p.Key)
		}
		if s.Kind == flow.Ask {
			keys = []string{"1", "2"}
		}
		for _, lang := range editiontest.Languages() {
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

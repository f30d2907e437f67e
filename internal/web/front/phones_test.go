package front_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/front"
)

// The home page says of every number what it costs, on which network it is otherwise,
// and what is left of it; the numbers of the page's language stand first. While nobody
// gets through it says that instead.
func TestHomeSaysWhatACallCosts(t *testing.T) {
	t.Parallel()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	all, err := front.Samples(words)
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for _, s := range all {
		pages[s.Page+" "+s.Lang] = regexp.MustCompile(`\s+`).ReplaceAllString(string(s.HTML), " ")
	}
	for _, l := range []string{"en", "es", "fr", "ar", "fil"} {
		home, down := pages["home "+l], pages["home-disturbed "+l]
		say := words.For(l)
		first, second := strings.Index(home, "tel:&#43;15550109"), strings.Index(home, "tel:&#43;15550111")
		if first < 0 || second < 0 || (l == "es") != (second < first) {
			t.Errorf("%s: the numbers stand at %d and %d", l, first, second)
		}
		net := say.T("front.cost.net", "network", "Harbour Mobile", "cost", say.T("front.cost.local"))
		for _, want := range []string{say.T("front.cost.free"), net, say.T("front.bill.nothing"), say.T("front.cost.open"), say.T("front.bill.open"), say.T("front.home.call.list")} {
			if !strings.Contains(home, want) {
				t.Errorf("%s: the home page does not say %q", l, want)
			}
			if strings.Contains(down, want) {
				t.Errorf("%s: nobody gets through, and the page says %q", l, want)
			}
		}
		if strings.Contains(home, say.T("front.home.call.disturbed")) || !strings.Contains(down, say.T("front.home.call.disturbed")) {
			t.Errorf("%s: whether anybody gets through is not said, or without need", l)
		}
		if l != "es" && !strings.Contains(home, "<span>Español.") {
			t.Errorf("%s: the language of a number is not said", l)
		}
	}
}

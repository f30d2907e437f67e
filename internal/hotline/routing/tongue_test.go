package routing_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline/routing"
)

// Filipino has two tags in the world; whoever speaks it is found under both.
func TestTagalogIsAnsweredInFilipino(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		speaks []string
		hers   string
		want   routing.Misfit
	}{
		{[]string{"en", "fil"}, "tl", routing.Fits},
		{[]string{"en", "tl"}, "fil", routing.Fits},
		{[]string{"en"}, "tl", routing.NoLanguage},
		{[]string{"tlh"}, "fil", routing.NoLanguage},
	} {
		can := amina()
		can.Languages = c.speaks
		if _, got := routing.Fit(routing.Need{Language: c.hers}, can, false); got != c.want {
			t.Errorf("she writes %s, the advocate speaks %v: %q, want %q", c.hers, c.speaks, got, c.want)
		}
	}
}

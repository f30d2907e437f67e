package contact_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// The first edition of a kind counts: what was begun under one goes on under it, also where
// somebody else begins under another name.
func TestTheFirstEditionStays(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		id := w.Arrive(t, "words").Contact
		for _, at := range []struct {
			name   string
			number int64
		}{{"self", 7}, {"self", 8}, {"other", 9}} {
			name, n, err := w.Book.Under(t.Context(), id, "form", at.name, at.number)
			must(t, err)
			if name != "self" || n != 7 {
				t.Errorf("handled under %s %d, want self 7", name, n)
			}
		}
		c := w.Find(t, id)
		if name, n := c.Under("form"); name != "self" || n != 7 || len(c.Editions) != 1 {
			t.Errorf("the contact keeps %v", c.Editions)
		}
		if name, _ := c.Under("other"); name != "" {
			t.Errorf("of another kind it keeps %q", name)
		}
	})
}

package contact_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// The first number counts: what was begun under one edition goes on under it.
func TestTheFirstEditionStays(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		id := w.Arrive(t, "words").Contact
		for _, n := range []int64{7, 8} {
			got, err := w.Book.Under(t.Context(), id, "form/self", n)
			must(t, err)
			if got != 7 {
				t.Errorf("handled under %d, want 7", got)
			}
		}
		if got := w.Find(t, id).Editions["form/self"]; got != 7 {
			t.Errorf("the contact keeps %d, want 7", got)
		}
	})
}

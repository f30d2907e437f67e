package contact_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// However many change what is known of her safety at once, each from what all have read,
// one is written and every other one is told to look again.
func TestOneOfManyHeads(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		id := w.Arrive(t, "words").Contact
		w.Take(t, ana, id)
		names := []string{"a", "b", "c", "d", "e", "f"}
		written := make(chan string, len(names))
		w.With(t, ana, func(r *vault.Ring) error {
			k, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "test")
			must(t, err)
			read, err := k.Head(t.Context())
			must(t, err)
			var all sync.WaitGroup
			for _, name := range names {
				all.Go(func() {
					h := read
					h.Safety.Name = name
					err := w.Book.PutHead(t.Context(), hotline.Actor(ana.ID), id, h, k.HeadKey(), "safety")
					switch {
					case err == nil:
						written <- name
					case !errors.Is(err, contact.ErrHead):
						t.Error(err)
					}
				})
			}
			all.Wait()
			return nil
		})
		close(written)
		if len(written) != 1 {
			t.Fatalf("%d were written, want 1", len(written))
		}
		h, err := w.Head(t, ana, id)
		must(t, err)
		if want := <-written; h.N != 2 || h.Safety.Name != want {
			t.Errorf("number %d says %q, want %q", h.N, h.Safety.Name, want)
		}
	})
}

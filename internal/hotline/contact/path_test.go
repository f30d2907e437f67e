package contact_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// For whom somebody writes is put right by whoever talks to her. It may bring her forward,
// costs nobody her place, and stands in the log.
func TestForWhomSheWritesIsPutRight(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, c := w.Hire(t, hotline.Advocate), w.Browser()
		w.Place.Set(contact.Placed{Queue: hotlinetest.Night, Urgency: 6, Open: true})
		in := w.Incoming(c, "her words")
		in.Codes.Path = hotline.Tip
		made, err := w.Book.Receive(t.Context(), in)
		must(t, err)
		w.Place.Set(contact.Placed{Queue: hotlinetest.Night, Urgency: 3, Open: true})
		w.Take(t, ana, made.ID)
		leaves := `SELECT count(*) FROM leaf WHERE object = $1`
		before := w.Count(t, leaves, made.ID)

		for n, step := range []struct {
			path    hotline.Path
			urgency hotline.Urgency
			leaves  int
		}{{hotline.Self, 3, 1}, {hotline.Self, 3, 1}, {hotline.Tip, 3, 2}, {hotline.Other, 3, 3}} {
			must(t, w.Book.SetPath(t.Context(), ana.ID, made.ID, step.path))
			got := w.Find(t, made.ID)
			if got.Path != step.path || got.Urgency != step.urgency || w.Count(t, leaves, made.ID) != before+step.leaves {
				t.Errorf("%d: by path %s with urgency %d and %d leaves, want %+v", n, got.Path, got.Urgency, w.Count(t, leaves, made.ID)-before, step)
			}
		}
		for _, none := range []hotline.Path{"", hotline.Unknown, "info", "nothing"} {
			refused(t, w.Book.SetPath(t.Context(), ana.ID, made.ID, none), contact.ErrPath)
		}
		refused(t, w.Book.SetPath(t.Context(), ana.ID, hotline.ContactID(hotline.NewID()), hotline.Self), contact.ErrMissing)
		w.Close(t, ana, made.ID)
		refused(t, w.Book.SetPath(t.Context(), ana.ID, made.ID, hotline.Self), contact.ErrOver)
		must(t, w.Book.EraseNow(t.Context(), hotline.Machine, made.ID))
		refused(t, w.Book.SetPath(t.Context(), ana.ID, made.ID, hotline.Self), contact.ErrOver)
		if got := w.Find(t, made.ID); got.Path != "" {
			t.Errorf("an erased contact says %q", got.Path)
		}
	})
}

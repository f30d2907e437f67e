package outage_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/outage"
)

func rings(t *testing.T, w *hotlinetest.World) (n int) {
	t.Helper()
	all, err := w.Book.Alerts(t.Context())
	hotlinetest.Must(t, err)
	for _, a := range all {
		if a.Kind == contact.Trunk {
			n++
		}
	}
	return n
}

func now(t *testing.T, b *outage.Book) []outage.Outage {
	t.Helper()
	all, err := b.Now(t.Context())
	hotlinetest.Must(t, err)
	return all
}

func TestATrunkThatIsDownRingsOnceUntilItIsBack(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		b := outage.New(w.Engine.Main, w.Bus)
		hotlinetest.Must(t, b.Down(t.Context(), "first", "network"))
		since := now(t, b)[0].Since
		w.Engine.Advance(t, time.Minute)
		hotlinetest.Must(t, b.Down(t.Context(), "first", "registration"))
		hotlinetest.Must(t, b.Down(t.Context(), "second", "credit"))
		got := now(t, b)
		if len(got) != 2 || got[0].Trunk != "first" || got[0].Why != "registration" || !got[0].Since.Equal(since) {
			t.Errorf("down are %+v, want first since %s, and second", got, since)
		}
		if n := rings(t, w); n != 2 {
			t.Errorf("it rings %d times, want once for each", n)
		}
		hotlinetest.Must(t, b.Up(t.Context(), "first"))
		if got := now(t, b); len(got) != 1 || got[0].Trunk != "second" {
			t.Errorf("down are %+v, want second alone", got)
		}
		if n := rings(t, w); n != 1 {
			t.Errorf("it rings %d times, want once", n)
		}
	})
}

func TestWhoHasEndedSaysNothingMore(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		b := outage.New(w.Engine.Main, w.Bus)
		hotlinetest.Must(t, b.Down(t.Context(), "first", "network"))
		w.Engine.Advance(t, outage.Stale)
		if got := now(t, b); len(got) != 0 {
			t.Errorf("down are %+v, of which nobody has said so for long", got)
		}
		hotlinetest.Must(t, b.Down(t.Context(), "first", "network"))
		if got := now(t, b); len(got) != 1 || time.Since(got[0].Since) > time.Minute+outage.Stale {
			t.Errorf("down are %+v, want a new outage", got)
		}
	})
}

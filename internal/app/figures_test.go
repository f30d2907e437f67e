package app_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/stats"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/jobs"
)

// figuresOf is what counts on a line for tests.
func figuresOf(w *hotlinetest.World) *app.Figures {
	return &app.Figures{
		DB: w.Engine.Main, Book: w.Book, Sealer: w.Sealer, Stats: w.Figures, Destroy: 7 * 24 * time.Hour, Log: slog.New(slog.DiscardHandler),
		TeamOf: func(context.Context) func(hotline.QueueID) hotline.TeamID {
			return func(hotline.QueueID) hotline.TeamID { return hotline.Desk }
		},
	}
}

// tell and draw are the two jobs, in a person's session.
func tell(t *testing.T, w *hotlinetest.World, f *app.Figures, p *hotlinetest.Person) {
	t.Helper()
	w.With(t, p, func(r *vault.Ring) error { return f.Tell(t.Context(), r, jobs.Job{Body: string(hotline.Desk)}) })
}

func draw(t *testing.T, w *hotlinetest.World, f *app.Figures, p *hotlinetest.Person) {
	t.Helper()
	w.With(t, p, func(r *vault.Ring) error { return f.Draw(t.Context(), r, jobs.Job{}) })
}

func closeAs(t *testing.T, w *hotlinetest.World, p *hotlinetest.Person, facts hotline.Facts) hotline.ContactID {
	t.Helper()
	id := w.Arrive(t, "her words").Contact
	w.Take(t, p, id)
	w.CloseAs(t, p, id, "helped", facts)
	return id
}

// A closed contact's facts go from its head to the figures, by two jobs that each wait
// for enough, and no sooner.
func TestFactsAreCounted(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, sue, f := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor), figuresOf(w)
		crisis := hotline.Facts{"type": {"crisis"}, "exploitation": {"forced_labour", "sexual"}}
		var ids []hotline.ContactID
		for range stats.Lot - 1 {
			ids = append(ids, closeAs(t, w, ana, crisis))
		}
		pending := func() int { t.Helper(); return w.Count(t, `SELECT count(*) FROM fact_pending`) }
		tell(t, w, f, ana)
		if n := pending(); n != 0 {
			t.Errorf("%d facts left the heads of %d contacts", n, len(ids))
		}
		ids = append(ids, closeAs(t, w, ana, hotline.Facts{"type": {"tip"}}))
		tell(t, w, f, ana)
		if n := pending(); n != stats.Lot {
			t.Fatalf("%d facts wait, want %d", n, stats.Lot)
		}
		tell(t, w, f, ana)
		for _, id := range ids {
			h, err := w.Head(t, ana, id)
			hotlinetest.Must(t, err)
			if len(h.Facts) > 0 || h.Outcome != "helped" {
				t.Errorf("the head says %q, %v", h.Outcome, h.Facts)
			}
		}
		draw(t, w, f, sue)
		if n := w.Count(t, `SELECT count(*) FROM fact`); n != 0 {
			t.Errorf("%d facts were released of a lot that leaves nobody behind", n)
		}
		for range stats.Lot {
			closeAs(t, w, ana, crisis)
		}
		tell(t, w, f, ana)
		draw(t, w, f, sue)
		released := w.Count(t, `SELECT coalesce(CAST(sum(n) AS BIGINT), 0) FROM fact`)
		if released != stats.Lot || pending() != stats.Lot {
			t.Errorf("%d are counted, %d wait; want %d of each", released, pending(), stats.Lot)
		}
		month := f.Stats.Month(w.Now(t))
		w.Advance(t, 45*24*time.Hour)
		w.SignIn(t, sue)
		draw(t, w, f, sue)
		got, err := f.Stats.Facts(t.Context(), month)
		hotlinetest.Must(t, err)
		counts := map[string]int64{}
		for _, c := range got {
			counts[c.Facts["type"][0]] += c.N
		}
		if counts["crisis"] != 2*stats.Lot-1 || counts["tip"] != 1 || pending() != 0 {
			t.Errorf("counted are %v, and %d wait", counts, pending())
		}
	})
}

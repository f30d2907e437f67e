package contact_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// What happens is counted where it happens, once, and by codes alone: received,
// answered and how long they waited, missed, closed, ended by herself.
func TestHappeningsAreCounted(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		desk := func(hotline.QueueID) hotline.TeamID { return hotline.Desk }
		first := w.Arrive(t, "one").Contact
		w.Take(t, ana, first)
		must(t, w.Book.HandBackNow(t.Context(), ana.ID, first))
		w.Take(t, ana, first) // again: no second answer
		w.Close(t, ana, first)
		second := w.Arrive(t, "two").Contact
		w.Advance(t, 20*time.Minute)
		w.SignIn(t, ana)
		w.Enter(t, "ready", ana)
		w.Take(t, ana, second)
		must(t, w.Book.EndNow(t.Context(), hotline.Machine, second)) // she herself
		w.Arrive(t, "nobody takes it")
		w.Advance(t, 8*day)
		must(t, w.Book.LeaveAsIs(t.Context(), desk))
		_, err := w.Book.Sweep(t.Context())
		must(t, err)
		_, err = w.Book.Sweep(t.Context()) // lost, then parked, then missed
		must(t, err)
		w.Advance(t, 8*day)
		for range 3 { // each sweep takes its steps in any order
			_, err = w.Book.Sweep(t.Context())
			must(t, err)
		}
		got := map[string]int64{}
		for _, c := range contact.Counters() {
			if n := w.Count(t, `SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM tally WHERE counter = $1 AND channel = 'chat' AND lang = 'en'`, c); n > 0 {
				got[c] = int64(n)
			}
		}
		want := map[string]int64{
			contact.Received: 3, contact.Answered: 2, "waited_under_1": 1, "waited_under_60": 1, contact.MissedOne: 1, contact.ClosedOne: 2, contact.EndedByHer: 1,
		}
		if !maps.Equal(got, want) {
			t.Errorf("counted are %v, want %v", got, want)
		}
		if n := w.Count(t, `SELECT count(*) FROM tally WHERE counter NOT IN ('`+join(contact.Counters())+`')`); n != 0 {
			t.Errorf("%d tallies are of nothing that is listed", n)
		}
		if n := w.Count(t, `SELECT count(*) FROM job WHERE kind LIKE '%tally%'`); n != 0 {
			t.Error("something is counted by a job")
		}
	})
}

func join(of []string) (s string) {
	for i, c := range slices.Sorted(slices.Values(of)) {
		if i > 0 {
			s += `','`
		}
		s += c
	}
	return s
}

package contact_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// An abusive caller's browser is kept out for a day, on every node, and nobody
// else's; nothing of it is in a row; a supervisor lets it in again.
func TestKeptOut(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		w := hotlinetest.New(t, e)
		now := time.Now()
		clock := func() time.Time { return now }
		here := contact.NewOutside(e.Main, w.Shred, w.Log, w.Bus, clock)
		there := contact.NewOutside(e.Main, w.Shred, w.Log, w.Bus, clock)
		t.Cleanup(there.Follow())
		ann := w.Hire(t, hotline.Supervisor)
		bad, good := w.Arrive(t, "abuse"), w.Arrive(t, "please help")
		is := func(o *contact.Outside, c *hotlinetest.Caller) bool { return o.Is(t.Context(), c.By.Lookup) }
		if is(here, bad) {
			t.Fatal("kept out before anybody said so")
		}
		hotlinetest.Must(t, here.KeepOut(t.Context(), ann.ID, bad.Contact))
		if !is(here, bad) || is(here, good) {
			t.Errorf("kept out: the abusive %v, another %v; want only the first", is(here, bad), is(here, good))
		}
		for until := time.Now().Add(5 * time.Second); !is(there, bad); time.Sleep(5 * time.Millisecond) { // the bus tells in its own time
			if time.Now().After(until) {
				t.Fatal("the other node was not told")
			}
		}
		if n := w.Count(t, `SELECT count(*) FROM alert WHERE kind = $1 AND contact = $2`, contact.KeptOut, bad.Contact); n != 1 {
			t.Errorf("%d alerts for the supervisors, want 1", n)
		}
		now = now.Add(contact.KeptOutFor - time.Minute)
		if !is(here, bad) {
			t.Error("let in before the day was over")
		}
		now = now.Add(2 * time.Minute)
		if is(here, bad) {
			t.Error("kept out longer than a day")
		}
		hotlinetest.Must(t, here.KeepOut(t.Context(), ann.ID, bad.Contact))
		hotlinetest.Must(t, here.LetIn(t.Context(), ann.ID, bad.Contact))
		if is(here, bad) {
			t.Error("still kept out after a supervisor let her in")
		}
		hotlinetest.Must(t, here.KeepOut(t.Context(), ann.ID, bad.Contact))
		if again := contact.NewOutside(e.Main, w.Shred, w.Log, w.Bus, clock); is(again, bad) {
			t.Error("a restart remembers who was kept out")
		}
	})
}

package contact_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/jobs"
)

// here keeps persons beating while time goes on.
func later(t testing.TB, w *hotlinetest.World, by time.Duration, here ...*hotlinetest.Person) {
	t.Helper()
	w.Advance(t, by)
	w.Enter(t, staff.Ready, here...)
	sweep(t, w)
}

// Whoever loses her connection keeps her place for an hour, and comes back to the
// same advocate.
func TestInterruptedComesBackToTheSame(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "words")
		id := c.Contact
		w.Take(t, ana, id)
		w.Draft(t, ana, id, "not sent yet")
		later(t, w, 2*time.Minute-time.Second, ana, bea)
		stands(t, w, id, contact.Live, ana)
		later(t, w, 2*time.Second, ana, bea)
		stands(t, w, id, contact.Interrupted, ana)
		same(t, page(t, w, c), "words", "not sent yet") // what waited was sent
		refused(t, w.Book.Take(t.Context(), bea.ID, id, bea.ID), contact.ErrNotYours)
		later(t, w, 59*time.Minute, ana, bea)
		must(t, w.Book.See(t.Context(), id))
		stands(t, w, id, contact.Live, ana)

		// By the button it goes at once; the advocate who is full or away is not
		// waited for.
		must(t, w.Book.Gone(t.Context(), id))
		stands(t, w, id, contact.Interrupted, ana)
		if !w.Find(t, id).Gone {
			t.Error("nobody sees that she left")
		}
		w.Enter(t, staff.Locked, ana)
		must(t, w.Book.See(t.Context(), id))
		stands(t, w, id, contact.Waiting, ana)
		if got := w.Find(t, id); !got.Returned || got.Waits != 1 || got.Gone {
			t.Errorf("returned %v, waits %d, gone %v; want her marked as returning", got.Returned, got.Waits, got.Gone)
		}
		r := offer(t, w, id, bea)
		_, err := w.Book.Accept(t.Context(), bea.ID, r.ID, r.Epoch)
		must(t, err)

		// After an hour it goes to the wrap-up, which counts against nobody.
		must(t, w.Book.Gone(t.Context(), id))
		later(t, w, time.Hour, ana, bea)
		stands(t, w, id, contact.Closing, bea)
		if n := w.Count(t, `SELECT load FROM presence WHERE person = $1`, bea.ID); n != 0 {
			t.Errorf("load %d, want 0", n)
		}
	})
}

// Whom nobody ever had is parked after an hour, also when it was offered to somebody
// in vain: answered for her code.
func TestLostBeforeAnybodyHadIt(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "words")
		id := c.Contact
		r := offer(t, w, id, ana)
		stands(t, w, id, contact.Offered, ana)
		must(t, w.Book.Decline(t.Context(), ana.ID, r.ID))
		stands(t, w, id, contact.Waiting, nil)
		offer(t, w, id, ana)
		later(t, w, 2*time.Minute, ana)
		stands(t, w, id, contact.Interrupted, nil)
		later(t, w, time.Hour, ana)
		stands(t, w, id, contact.Parked, nil)

		// Parked, it is takeable; she need not be there, and an answer puts it to
		// sleep for her code.
		w.Take(t, ana, id)
		later(t, w, 3*time.Minute, ana)
		stands(t, w, id, contact.Live, ana)
		w.Reply(t, ana, id, "an answer")
		stands(t, w, id, contact.Sleeping, ana)
		w.Reply(t, ana, id, "and one more")
		k, _, err := w.Key(t, c)
		must(t, err)
		key := k.Seal()
		must(t, w.Book.Say(t.Context(), id, contact.Words{ID: hotline.NewID(), Text: seal.Conceal("thank you"), Key: &key, Seen: true}))
		stands(t, w, id, contact.Live, ana)
	})
}

// A word of hers wakes what sleeps and what is being wrapped up.
func TestWordWakes(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.HireBy(t, w.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Capacity: 1})
		c := w.Arrive(t, "words")
		id := c.Contact
		w.Take(t, ana, id)
		must(t, w.Book.Rest(t.Context(), ana.ID, id))
		stands(t, w, id, contact.Sleeping, ana)
		w.Say(t, c, "awake")
		stands(t, w, id, contact.Live, ana)

		must(t, w.Book.EndNow(t.Context(), hotline.Actor(ana.ID), id))
		w.Say(t, c, "one more thing") // the wrap-up counts, so there is room
		stands(t, w, id, contact.Live, ana)

		// Full by then, she waits for somebody, as one who returns.
		must(t, w.Book.Rest(t.Context(), ana.ID, id))
		w.Take(t, ana, w.Arrive(t, "another").Contact)
		w.Say(t, c, "still here")
		stands(t, w, id, contact.Waiting, ana)
		if c := w.Find(t, id); !c.Returned {
			t.Error("she is not marked as returning")
		}
		// What is closed is over: her next word makes a new contact.
		must(t, w.Book.EndNow(t.Context(), hotline.Actor(ana.ID), id))
		w.Close(t, ana, id)
		refused(t, w.Book.Say(t.Context(), id, said("too late")), contact.ErrOver)
		old := id
		if made := w.Write(t, c, "again"); made.ID == old || !made.Returned {
			t.Errorf("contact %v, returned %v; want a new one, returning", made.ID == old, made.Returned)
		}
	})
}

// Nobody's quiet chat lasts for ever: it is asked, sleeps, and ends after three days.
func TestQuietAsleepEnded(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "words")
		id := c.Contact
		w.Take(t, ana, id)
		quiet := func(by time.Duration) {
			t.Helper()
			for range int(by / time.Minute) { // her page is open, and silent
				must(t, w.Book.See(t.Context(), id))
				w.Advance(t, time.Minute)
			}
			must(t, w.Book.See(t.Context(), id))
			w.Enter(t, staff.Ready, ana)
			sweep(t, w)
		}
		quiet(9 * time.Minute)
		if ask, err := w.Book.ToAsk(t.Context()); err != nil || len(ask) != 0 {
			t.Errorf("%d are to be asked, %v; want none yet", len(ask), err)
		}
		quiet(time.Minute)
		ask, err := w.Book.ToAsk(t.Context())
		must(t, err)
		if len(ask) != 1 {
			t.Fatalf("%d are to be asked, want 1", len(ask))
		}
		must(t, w.Book.Ask(t.Context(), ask[0], seal.Conceal("Are you still there?")))
		refused(t, w.Book.Ask(t.Context(), ask[0], seal.Conceal("Are you still there?")), contact.ErrState)
		same(t, page(t, w, c), "words", "Are you still there?")
		got, err := w.Desk(t, ana, id)
		must(t, err)
		same(t, got, "words", "Are you still there?")
		quiet(9 * time.Minute)
		stands(t, w, id, contact.Live, ana)
		quiet(time.Minute)
		stands(t, w, id, contact.Sleeping, ana)

		w.Say(t, c, "yes") // a word answers the question
		stands(t, w, id, contact.Live, ana)
		quiet(9 * time.Minute)
		stands(t, w, id, contact.Live, ana)

		must(t, w.Book.Rest(t.Context(), ana.ID, id))
		later(t, w, 72*time.Hour-time.Minute, ana)
		stands(t, w, id, contact.Sleeping, ana)
		later(t, w, time.Minute, ana)
		stands(t, w, id, contact.Closing, ana)
		must(t, w.Book.LeaveAsIs(t.Context(), team))
		stands(t, w, id, contact.Closing, ana)
		later(t, w, 24*time.Hour, ana)
		must(t, w.Book.LeaveAsIs(t.Context(), team))
		stands(t, w, id, contact.Closed, ana)
		settles(t, w, id)
	})
}

func team(hotline.QueueID) hotline.TeamID { return hotline.Desk }

// settles checks that the desk's next session is to swap the grants.
func settles(t *testing.T, w *hotlinetest.World, id hotline.ContactID) {
	t.Helper()
	all, err := jobs.New(w.Engine.Main, w.Bus, nil).Claim(t.Context(), []string{string(hotline.Desk)}, 5)
	must(t, err)
	if len(all) != 1 || all[0].Kind != contact.JobSettle || all[0].Body != string(id) {
		t.Errorf("jobs for the desk are %v, want one that settles %s", all, id)
	}
}

// At night it is parked; at the opening hour it waits with its age. What nobody took
// in its keeping time is closed as missed, though it moved every morning.
func TestParkedAndMissed(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		w.Place.Open(false)
		night := w.Arrive(t, "at night").Contact
		w.Place.Open(true)
		day := w.Arrive(t, "by day").Contact
		stands(t, w, night, contact.Parked, nil)
		began := w.Find(t, night).Began
		for range 6 {
			w.Advance(t, 12*time.Hour)
			must(t, w.Book.Opening(t.Context(), hotlinetest.Night, every))
			stands(t, w, night, contact.Waiting, nil)
			sweep(t, w)
			w.Advance(t, 12*time.Hour)
			must(t, w.Book.ClosingHour(t.Context(), hotlinetest.Night, every))
			stands(t, w, night, contact.Parked, nil)
			sweep(t, w)
		}
		if got := w.Find(t, night).Began; got != began {
			t.Error("its age began anew")
		}
		stands(t, w, day, contact.Parked, nil) // lost, and parked after an hour
		must(t, w.Book.Say(t.Context(), day, said("is anybody there?")))
		w.Advance(t, 24*time.Hour)
		sweep(t, w)
		stands(t, w, night, contact.Closed, nil)
		stands(t, w, day, contact.Parked, nil) // she has written since
		settles(t, w, night)
		if n := w.Count(t, `SELECT count(*) FROM job WHERE kind = 'clock' AND key = $1`, night); n != 1 {
			t.Errorf("%d clocks, want 1", n)
		}
	})
}

// Whoever opens her page at night is not taken for lost in the morning.
func TestSeenAtNightNeedNotBeThereInTheMorning(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		w.Place.Open(false)
		c := w.Arrive(t, "at night")
		must(t, w.Book.See(t.Context(), c.Contact))
		w.Advance(t, 8*time.Hour)
		must(t, w.Book.Opening(t.Context(), hotlinetest.Night, every))
		sweep(t, w)
		stands(t, w, c.Contact, contact.Waiting, nil)
		must(t, w.Book.See(t.Context(), c.Contact)) // now she is there
		w.Advance(t, 2*time.Minute)
		sweep(t, w)
		stands(t, w, c.Contact, contact.Interrupted, nil)
	})
}

// Of an advocate who is gone for two minutes contacts go back; of one who beats
// again they do not.
func TestAbandoned(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "words")
		w.Take(t, ana, c.Contact)
		w.Draft(t, ana, c.Contact, "half an answer")
		w.Advance(t, 119*time.Second)
		must(t, w.Book.Abandoned(t.Context(), 60*time.Second))
		stands(t, w, c.Contact, contact.Live, ana)
		w.Advance(t, 2*time.Second)
		must(t, w.Staff.Beat(t.Context(), "test", ana.ID))
		must(t, w.Book.Abandoned(t.Context(), 60*time.Second))
		stands(t, w, c.Contact, contact.Live, ana)
		w.Advance(t, 121*time.Second)
		must(t, w.Book.Abandoned(t.Context(), 60*time.Second))
		stands(t, w, c.Contact, contact.Waiting, ana)
		same(t, page(t, w, c), "words", "half an answer")
		if got := w.Find(t, c.Contact); !got.Returned || got.Waits != 1 {
			t.Errorf("returned %v, waits %d; want her marked as returning", got.Returned, got.Waits)
		}
	})
}

package contact_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/shred"
)

const promiseDay = 24 * time.Hour

// At her wish a contact stays asleep until the day, and not longer: her code, the time
// of her words and the entry's clock move together. Any advocate writes the word, and
// then she reads it by her code.
func TestPromiseKeepsAContactAsleep(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "her words")
		w.Take(t, ana, c.Contact)
		digits := w.ReturnCode(t, c)
		until := w.Now(t) + (20 * promiseDay).Milliseconds()
		by := hotline.Actor(ana.ID)
		refused(t, w.Book.Promise(t.Context(), by, c.Contact, w.Now(t)+(31*promiseDay).Milliseconds()), contact.ErrPromise)
		refused(t, w.Book.Promise(t.Context(), by, c.Contact, w.Now(t)-1), contact.ErrPromise)
		must(t, w.Book.Promise(t.Context(), by, c.Contact, until))
		refused(t, w.Book.EndNow(t.Context(), by, c.Contact), contact.ErrPromised)
		must(t, w.Book.Gone(t.Context(), c.Contact)) // she leaves; an hour later her place is over
		sweep := func() {
			t.Helper()
			_, err := w.Book.Sweep(t.Context())
			must(t, err)
		}
		state := func(want contact.State) {
			t.Helper()
			sweep()
			if got := w.Find(t, c.Contact).State; got != want {
				t.Fatalf("it is %s, want %s", got, want)
			}
		}
		w.Advance(t, 2*time.Hour)
		state(contact.Sleeping)
		keep, err := w.Book.Keeping(t.Context(), c.Contact)
		must(t, err)
		if want := until + w.Settings.KeepWords.Milliseconds(); keep.Until != want || w.Find(t, c.Contact).KeepUntil != want {
			t.Errorf("her words are kept until %d, want %d", keep.Until, want)
		}
		if n := w.Count(t, `SELECT count(*) FROM job WHERE kind = $1 AND key = $2`, contact.JobClock, c.Contact); n != 1 {
			t.Errorf("%d jobs carry her time to the entry, want 1", n)
		}
		w.Advance(t, 10*promiseDay) // long over the 72 hours
		state(contact.Sleeping)
		w.SignIn(t, bea)
		w.Reply(t, bea, c.Contact, "the word") // not hers, and nobody's
		other, err := w.Return(t, digits)
		must(t, err)
		page, err := w.Page(t, other)
		must(t, err)
		same(t, page, "the word")
		w.Advance(t, 11*promiseDay)
		sweep() // the day is over, and its usual time was long ago: this one ends the contact, or the next
		state(contact.Closing)
		if got := w.Find(t, c.Contact); got.Promised != 0 || got.KeepUntil != 0 {
			t.Errorf("promised until %d, kept until %d", got.Promised, got.KeepUntil)
		}
	})
}

// However far away the day is, her code opens until then, and on it.
func TestPromiseKeepsHerCode(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "her words")
		w.Take(t, ana, c.Contact)
		digits := w.ReturnCode(t, c)
		w.Advance(t, promiseDay) // her code is a day old when she is promised word
		w.SignIn(t, ana)
		must(t, w.Book.Promise(t.Context(), hotline.Actor(ana.ID), c.Contact, w.Now(t)+contact.MaxPromise.Milliseconds()))
		w.Advance(t, contact.MaxPromise+time.Hour)
		must(t, w.Book.Expire(t.Context()))
		_, err := w.Return(t, digits)
		must(t, err)
	})
}

// "Delete my words" ends it at once.
func TestPromiseEndsWithHerWords(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "her words")
		w.Take(t, ana, c.Contact)
		must(t, w.Book.Promise(t.Context(), hotline.Actor(ana.ID), c.Contact, w.Now(t)+promiseDay.Milliseconds()))
		cols, err := w.Book.Columns(t.Context(), c.Contact)
		must(t, err)
		must(t, w.Book.EraseNow(t.Context(), "caller", c.Contact))
		_, err = w.Shred.Get(t.Context(), cols.ShredK)
		refused(t, err, shred.ErrShredded)
		if got := w.Find(t, c.Contact); got.Promised != 0 || got.State != contact.Erased {
			t.Errorf("%s, promised until %d", got.State, got.Promised)
		}
	})
}

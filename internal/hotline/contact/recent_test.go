package contact_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/channeltest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// every is all channels.
func every(hotline.Channel) bool { return true }

const (
	hers   = "+15550101"
	theirs = "+15550102"
)

// write is somebody at an address who writes; it gives the contact.
func write(t testing.TB, w *hotlinetest.World, from, words string) hotline.ContactID {
	t.Helper()
	id, err := channeltest.NewLoop(w.Book, hotline.Text).Write(t.Context(), from, words)
	must(t, err)
	return id
}

// What comes from an address goes on in its contact, wherever that stands, until it is
// closed; then it makes a new one, of somebody who returns.
func TestAnAddressGoesOn(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		w.Enter(t, "ready", ana)
		id := write(t, w, hers, "one")
		other := write(t, w, theirs, "somebody else")
		goes := func(where contact.State) {
			t.Helper()
			stands(t, w, id, where, map[bool]*hotlinetest.Person{true: ana}[where != contact.Waiting])
			if got := write(t, w, hers, "more"); got != id {
				t.Errorf("while it is %s, her next words make another contact", where)
			}
		}
		goes(contact.Waiting)
		w.Take(t, ana, id)
		goes(contact.Live)
		must(t, w.Book.Rest(t.Context(), ana.ID, id))
		goes(contact.Sleeping)
		stands(t, w, id, contact.Live, ana) // woken
		must(t, w.Book.EndNow(t.Context(), hotline.Actor(ana.ID), id))
		goes(contact.Closing)
		got, err := w.Desk(t, ana, id)
		must(t, err)
		same(t, got, "one", "more", "more", "more", "more")
		w.Close(t, ana, id)
		again := write(t, w, hers, "after it")
		if again == id || again == other || !w.Find(t, again).Returned {
			t.Error("after closing, her words make no new contact of somebody who returns")
		}
		if w.Find(t, other).Returned {
			t.Error("somebody else returns")
		}
		if n := w.Count(t, `SELECT count(*) FROM contact`); n != 3 {
			t.Errorf("%d contacts, want 3", n)
		}
	})
}

// An address is known for as long as the keys of the days live, and each word makes it
// known anew; then nothing leads from it to her, and the rows go.
func TestAnAddressIsForgotten(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		// Begin in the morning of a day.
		w.Advance(t, time.Duration((86_400_000-w.Now(t)%86_400_000)+1000)*time.Millisecond)
		w.SignIn(t, ana)
		id := write(t, w, hers, "monday")
		w.Advance(t, 47*time.Hour)
		if write(t, w, hers, "tuesday night") != id {
			t.Error("two days later she is somebody else")
		}
		w.Advance(t, 47*time.Hour)
		if write(t, w, hers, "thursday night") != id {
			t.Error("whoever writes every other day is somebody else")
		}
		w.Advance(t, 73*time.Hour)
		if got := write(t, w, hers, "a week later"); got == id || w.Find(t, got).Returned {
			t.Error("she is known although the keys are gone")
		}
		w.Advance(t, 73*time.Hour)
		must(t, w.Book.SweepRecent(t.Context()))
		if n := w.Count(t, `SELECT count(*) FROM recent`); n != 0 {
			t.Errorf("%d rows stay, want none", n)
		}
	})
}

// No row outlives the key that it was made with, nor three days.
func TestWhatCameLatelyEndsWithItsKey(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		write(t, w, hers, "words")
		_, err := w.Book.SpokenDigits(t.Context(), w.Call(t, theirs).ID)
		must(t, err)
		now := w.Now(t)
		if n := w.Count(t, `SELECT count(*) FROM recent WHERE until <= $1 OR until > $2 OR until % 86400000 <> 0`, now, now+(72*time.Hour).Milliseconds()); n != 0 {
			t.Errorf("%d rows end too late, or not with a day", n)
		}
		if n := w.Count(t, `SELECT count(*) FROM recent`); n != 4 {
			t.Errorf("%d rows, want 4: an address, the vendor's name, a number, digits", n)
		}
		same(t, w.Holding(t, hers))
		same(t, w.Holding(t, theirs))
	})
}

// What a vendor says twice changes nothing, on another day and after her words are erased
// neither; it is no error, so that it stops.
func TestSaidTwiceIsOnce(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		l := channeltest.NewLoop(w.Book, hotline.Text)
		come := func(name, words string) hotline.ContactID {
			t.Helper()
			id, err := l.Come(t.Context(), hers, name, words)
			must(t, err)
			return id
		}
		id := come("a", "one")
		if come("a", "one") != id || come("b", "two") != id || come("b", "two") != id || come("a", "one") != id {
			t.Error("a repetition belongs to another contact")
		}
		w.Advance(t, 25*time.Hour)
		w.SignIn(t, ana)
		come("a", "one")
		got, err := w.Desk(t, ana, id)
		must(t, err)
		same(t, got, "one", "two")
		w.Take(t, ana, id)
		w.Close(t, ana, id)
		if come("b", "two") != id || w.Count(t, `SELECT count(*) FROM contact`) != 1 {
			t.Error("a repetition of what is closed makes a contact")
		}
		must(t, w.Book.EraseNow(t.Context(), "caller", id))
		if come("b", "two") != "" || w.Count(t, `SELECT count(*) FROM contact`) != 1 {
			t.Error("a repetition brings erased words back")
		}
		if n := w.Count(t, `SELECT count(*) FROM recent WHERE contact <> '' OR kind <> 'got'`); n != 0 {
			t.Errorf("%d rows still lead to her", n)
		}
		if got := come("c", "new"); w.Find(t, got).Returned {
			t.Error("whoever was erased is known to return")
		}
	})
}

// Of many who write at once from one address, all come into one contact, whether it is new,
// there already, or was closed before.
func TestAnAddressHasOneContact(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		for n := range 5 {
			var all []func() error
			for i := range 6 {
				all = append(all, func() error {
					_, err := channeltest.NewLoop(w.Book, hotline.Text).Come(t.Context(), hers, strconv.Itoa(10*n+i/2), "words")
					return err
				})
			}
			must(t, errors.Join(race(all...)...))
			var id hotline.ContactID
			must(t, w.Engine.Main.One(t.Context(), `SELECT max(id) FROM contact WHERE state <> 'closed'`, nil, &id))
			if got := w.Count(t, `SELECT count(*) FROM contact`); got != n+1 {
				t.Fatalf("%d contacts, want %d", got, n+1)
			}
			if got := w.Count(t, `SELECT count(*) FROM message WHERE contact = $1`, id); got != 3 {
				t.Errorf("%d messages, want 3: each was said twice", got)
			}
			w.Take(t, ana, id)
			w.Close(t, ana, id)
		}
	})
}

// Another channel is another address; and what she said on another line's keys is nobody's.
func TestAnAddressBelongsToItsChannel(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		id := write(t, w, hers, "by text")
		mail, err := channeltest.NewLoop(w.Book, hotline.Mail).Write(t.Context(), hers, "by mail")
		must(t, err)
		if mail == id || w.Call(t, hers).ID == id {
			t.Error("one contact has two channels")
		}
	})
}

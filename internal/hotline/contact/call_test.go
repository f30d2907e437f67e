package contact_test

import (
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// answers has a call taken by somebody whose telephone is there.
func answers(t testing.TB, w *hotlinetest.World, p *hotlinetest.Person, id hotline.ContactID) {
	t.Helper()
	w.Enter(t, "ready", p)
	w.Phones.Connect(p)
	r := offer(t, w, id, p)
	_, err := w.Book.Accept(t.Context(), p.ID, r.ID, r.Epoch)
	must(t, err)
	stands(t, w, id, contact.Live, p)
}

func kept(t testing.TB, w *hotlinetest.World, from, digits string) (contact.Contact, error) {
	t.Helper()
	return w.Book.Kept(t.Context(), seal.Conceal(from), seal.Conceal(digits))
}

// back has her call again.
func back(t testing.TB, w *hotlinetest.World, from, digits string) contact.Contact {
	t.Helper()
	c, err := kept(t, w, from, digits)
	must(t, err)
	w.Phones.Line(c.ID, true)
	c, err = w.Book.BackOnLine(t.Context(), c.ID, seal.Conceal(from))
	must(t, err)
	return c
}

// drop breaks a line off.
func drop(t testing.TB, w *hotlinetest.World, id hotline.ContactID) {
	t.Helper()
	w.Phones.Line(id, false)
	must(t, w.Book.Dropped(t.Context(), id))
}

// A call is a contact with keys, a head and a place in the queue, without a word, and of
// her number there is nothing in it.
func TestACallIsAContact(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c := w.CallAs(t, contact.Calling{
			Lang: "fr", From: seal.Conceal(hers), Editions: map[string]int64{"callflow": 7}, Told: contact.Told{Kind: "expect", Number: 3, Lang: "fr"},
			Codes: contact.Codes{Danger: true, Path: hotline.Self, Wishes: contact.Wishes{Gender: "woman"}},
		})
		if c.Channel != hotline.Call || c.State != contact.Waiting || c.Urgency != 0 || !c.Danger || c.Lang != "fr" || c.Path != hotline.Self || c.Wishes.Gender != "woman" ||
			c.LastSeq != 0 || c.Addressed || c.Returned || c.Editions["callflow"] != 7 || c.Editions["expect/fr"] != 3 || !c.Up(w.Now(t)) {
			t.Errorf("it is not what she chose: %s, urgency %d", c.State, c.Urgency)
		}
		if n := w.Count(t, `SELECT count(*) FROM alert WHERE contact = $1 AND kind = 'danger'`, c.ID); n != 1 {
			t.Errorf("%d alerts, want one of danger", n)
		}
		same(t, w.Holding(t, hers))
		answers(t, w, ana, c.ID)
		words, err := w.Desk(t, ana, c.ID)
		must(t, err)
		same(t, words)
		h, err := w.Head(t, ana, c.ID)
		must(t, err)
		if len(h.Told) != 1 || h.Told[0].Number != 3 || h.Number != "" {
			t.Error("the head does not say what she was told, or says her number")
		}
		w.Note(t, ana, c.ID, "our note")
		refused(t, w.Answer(t, ana, c.ID, hotline.NewID(), "words"), contact.ErrWay) // she could not read them
		must(t, w.Book.HungUp(t.Context(), c.ID))
		w.Close(t, ana, c.ID)
		stands(t, w, c.ID, contact.Closed, ana)
	})
}

// Whoever calls outside the hours is parked, and stays so: her line is gone in the morning.
func TestACallAtNight(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		w.Place.Open(false)
		c := w.Call(t, hers)
		stands(t, w, c.ID, contact.Parked, nil)
		must(t, w.Book.HungUp(t.Context(), c.ID))
		must(t, w.Book.Opening(t.Context(), hotlinetest.Night, every))
		stands(t, w, c.ID, contact.Parked, nil)
		waits := func() hotline.ContactID { w.Place.Open(true); return w.Call(t, theirs).ID }()
		must(t, w.Book.ClosingHour(t.Context(), hotlinetest.Night, func(ch hotline.Channel) bool { return ch != hotline.Call }))
		stands(t, w, waits, contact.Waiting, nil) // the telephone has hours of its own
		must(t, w.Book.ClosingHour(t.Context(), hotlinetest.Night, every))
		stands(t, w, waits, contact.Parked, nil)
		must(t, w.Book.Opening(t.Context(), hotlinetest.Night, every)) // she is still on the line
		stands(t, w, waits, contact.Waiting, nil)
		stands(t, w, c.ID, contact.Parked, nil)
	})
}

// A call is offered, taken and handed over only to somebody whose telephone is there, here,
// and who speaks with nobody else; and beside one written contact at most.
func TestWhoCanTakeACall(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		w.Enter(t, "ready", ana, bea)
		one, two := w.Call(t, hers).ID, w.Call(t, theirs).ID
		take := func(id hotline.ContactID) error { return w.Book.Take(t.Context(), ana.ID, id, ana.ID) }
		refused(t, offering(t, w, one, ana), contact.ErrPhone)
		refused(t, take(one), contact.ErrPhone)
		w.Phones.Connect(ana)
		w.Phones.Line(one, false) // another process holds it
		refused(t, offering(t, w, one, ana), contact.ErrPhone)
		refused(t, take(one), contact.ErrPhone)
		w.Phones.Line(one, true)
		chats := []hotline.ContactID{w.Arrive(t, "one").Contact, w.Arrive(t, "two").Contact}
		w.Take(t, ana, chats[0])
		w.Take(t, ana, chats[1])
		refused(t, offering(t, w, one, ana), staff.ErrFull) // beside two
		must(t, w.Book.Rest(t.Context(), ana.ID, chats[1]))
		answers(t, w, ana, one)
		refused(t, offering(t, w, two, ana), staff.ErrFull)
		refused(t, take(two), staff.ErrFull)
		refused(t, offering(t, w, w.Arrive(t, "three").Contact, ana), staff.ErrFull) // a call and a chat are enough
		refused(t, w.Book.HandOverTo(t.Context(), ana.ID, one, bea.ID), contact.ErrPhone)
		w.Phones.Connect(bea)
		answers(t, w, bea, two)
		refused(t, w.Book.HandOverTo(t.Context(), ana.ID, one, bea.ID), staff.ErrFull)
		must(t, w.Book.HungUp(t.Context(), two)) // the wrap-up still counts
		refused(t, w.Book.HandOverTo(t.Context(), ana.ID, one, bea.ID), staff.ErrFull)
		w.Close(t, bea, two)
		must(t, w.Book.HandOverTo(t.Context(), ana.ID, one, bea.ID))
		r := rings(t, w, bea)
		_, err := w.Book.Accept(t.Context(), bea.ID, r.ID, r.Epoch)
		must(t, err)
		stands(t, w, one, contact.Live, bea)
		w.Book.Telephones(nil)
		refused(t, offering(t, w, w.Call(t, "+15550103").ID, ana), contact.ErrPhone) // a line without telephones
	})
}

// Whoever keys in a 9 is in danger: no digits that she is told have one.
func TestSpokenDigitsHaveNoNine(t *testing.T) {
	t.Parallel()
	w := hotlinetest.New(t, dbtest.New(t))
	c := w.Call(t, hers)
	for range 40 {
		digits, err := w.Book.SpokenDigits(t.Context(), c.ID)
		must(t, err)
		if said := digits.Reveal(); len(said) != 4 || strings.Trim(said, "012345678") != "" {
			t.Error("they have a 9, or are not four digits")
		}
	}
}

// A line that breaks off keeps its place for an hour, and who spoke with her is asked first.
// She comes back by her number, or by the four digits that she was told.
func TestADropKeepsThePlace(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		before := w.Call(t, hers)
		drop(t, w, before.ID)
		stands(t, w, before.ID, contact.Interrupted, nil)
		if c := back(t, w, hers, ""); c.ID != before.ID || c.State != contact.Waiting || c.Began != before.Began || !c.Returned {
			t.Errorf("she waits as %s, or has lost her place", c.State)
		}
		answers(t, w, ana, before.ID)
		digits, err := w.Book.SpokenDigits(t.Context(), before.ID)
		must(t, err)
		said := digits.Reveal()
		if len(said) != 4 {
			t.Errorf("%d digits", len(said))
		}
		_, err = kept(t, w, theirs, said)
		refused(t, err, contact.ErrMissing) // her line is up: nobody is put into it
		drop(t, w, before.ID)
		stands(t, w, before.ID, contact.Interrupted, ana)
		_, err = kept(t, w, theirs, "")
		refused(t, err, contact.ErrMissing)
		if c := back(t, w, theirs, said); c.State != contact.Offered || c.Advocate != ana.ID {
			t.Errorf("it is %s, want offered to whoever had her", c.State)
		}
		r := rings(t, w, ana)
		must(t, w.Book.Decline(t.Context(), ana.ID, r.ID))
		stands(t, w, before.ID, contact.Waiting, ana)
		drop(t, w, before.ID)
		_, err = kept(t, w, "", said)
		refused(t, err, contact.ErrMissing) // digits are good once
		w.Phones.Disconnect(ana)
		if c := back(t, w, theirs, ""); c.State != contact.Waiting { // by the number that she called from last
			t.Errorf("it is %s, want waiting: nobody would hear her", c.State)
		}
		drop(t, w, before.ID)
		w.Advance(t, time.Hour)
		_, err = kept(t, w, hers, "")
		refused(t, err, contact.ErrMissing)
		_, err = w.Book.BackOnLine(t.Context(), before.ID, seal.Conceal(hers))
		refused(t, err, contact.ErrState)
		if c := w.Call(t, hers); c.ID == before.ID || !c.Returned {
			t.Error("after an hour she is no new caller who returns")
		}
	})
}

// Whoever is put through to another line has left us, by her own wish and as the log says,
// and comes back to her place where that line is lost. Nobody who talks with her loses her.
func TestAnotherLineHasHer(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c := w.Call(t, hers)
		w.Phones.Line(c.ID, false)
		leaves := func() int { return w.Count(t, `SELECT count(*) FROM leaf WHERE object = $1`, c.ID) }
		before := leaves()
		must(t, w.Book.PutThrough(t.Context(), c.ID))
		stands(t, w, c.ID, contact.Closing, nil)
		if n := leaves() - before; n != 2 {
			t.Errorf("the log has %d leaves of it, want that she left, and why", n)
		}
		refused(t, w.Book.PutThrough(t.Context(), c.ID), contact.ErrState)
		if again := back(t, w, hers, ""); again.ID != c.ID || again.State != contact.Waiting || again.Began != c.Began {
			t.Errorf("she waits as %s, or has lost her place", again.State)
		}
		answers(t, w, ana, c.ID)
		refused(t, w.Book.PutThrough(t.Context(), c.ID), contact.ErrState)
		stands(t, w, c.ID, contact.Live, ana)
		refused(t, w.Book.PutThrough(t.Context(), w.Arrive(t, "hello").Contact), contact.ErrState)
	})
}

// Two who called from one telephone are never put into each other's place.
func TestOneTelephoneOfMany(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		one, two := w.Call(t, hers).ID, w.Call(t, hers).ID
		_, err := kept(t, w, hers, "")
		refused(t, err, contact.ErrMissing) // both are on the line
		drop(t, w, one)
		if c, err := kept(t, w, hers, ""); err != nil || c.ID != one {
			t.Errorf("the one who was dropped is not found: %v", err)
		}
		drop(t, w, two)
		_, err = kept(t, w, hers, "")
		refused(t, err, contact.ErrMissing)
		_, err = kept(t, w, "", "")
		refused(t, err, contact.ErrMissing) // withheld
		if a, b := w.Call(t, ""), w.Call(t, ""); a.ID == b.ID || a.Returned || b.Returned {
			t.Error("whoever withholds her number is taken for somebody")
		}
	})
}

// Whoever is still on the line of a call that has ended has no place that is kept: another
// call from her number is somebody else's, until she has hung up.
func TestNoPlaceOfALineThatIsUp(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c := w.Call(t, hers).ID
		answers(t, w, ana, c)
		must(t, w.Book.EndNow(t.Context(), hotline.Actor(ana.ID), c))
		_, err := kept(t, w, hers, "")
		refused(t, err, contact.ErrMissing)
		_, err = w.Book.BackOnLine(t.Context(), c, seal.Conceal(hers))
		refused(t, err, contact.ErrState)
		must(t, w.Book.HungUp(t.Context(), c))
		if got, err := kept(t, w, hers, ""); err != nil || got.ID != c {
			t.Errorf("whoever calls again in the wrap-up is not found: %v", err)
		}
	})
}

// Whoever hangs up has ended it where somebody had her, and keeps her place where nobody
// had. One who waits for our word sleeps.
func TestHangUp(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		waits := w.Call(t, hers).ID
		must(t, w.Book.HungUp(t.Context(), waits))
		stands(t, w, waits, contact.Interrupted, nil)
		c := w.Call(t, theirs).ID
		answers(t, w, ana, c)
		must(t, w.Book.HungUp(t.Context(), c))
		stands(t, w, c, contact.Closing, ana)
		if w.Find(t, c).WrapUntil == 0 {
			t.Error("no wrap-up counts")
		}
		must(t, w.Book.HungUp(t.Context(), c)) // once more
		if got := back(t, w, theirs, ""); got.State != contact.Offered || got.Advocate != ana.ID {
			t.Errorf("whoever calls again in the wrap-up is %s", got.State)
		}
		r := rings(t, w, ana)
		_, err := w.Book.Accept(t.Context(), ana.ID, r.ID, r.Epoch)
		must(t, err)
		refused(t, w.Book.Rest(t.Context(), ana.ID, c), contact.ErrState) // nobody sleeps on the telephone
		must(t, w.Book.Promise(t.Context(), hotline.Actor(ana.ID), c, w.Now(t)+3_600_000))
		must(t, w.Book.HungUp(t.Context(), c))
		stands(t, w, c, contact.Sleeping, ana)
		must(t, w.Book.EndNow(t.Context(), hotline.Machine, c))
		w.Close(t, ana, c)
		must(t, w.Book.HungUp(t.Context(), c))
		stands(t, w, c, contact.Closed, ana)
		chat := w.Arrive(t, "words").Contact
		refused(t, w.Book.Dropped(t.Context(), chat), contact.ErrState)
	})
}

// A line that nobody says is held counts as dropped; one that somebody says is, stays.
func TestALineIsHeld(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		held, left, waits := w.Call(t, hers).ID, w.Call(t, theirs).ID, w.Call(t, "+15550103").ID
		answers(t, w, ana, held)
		w.Advance(t, 20*time.Second)
		must(t, w.Book.OnLine(t.Context(), held, waits))
		w.Advance(t, 15*time.Second)
		must(t, w.Book.OnLine(t.Context()))
		sweep(t, w)
		stands(t, w, held, contact.Live, ana)
		stands(t, w, waits, contact.Waiting, nil)
		stands(t, w, left, contact.Interrupted, nil)
		must(t, w.Book.OnLine(t.Context(), left)) // too late: she has to call again
		stands(t, w, left, contact.Interrupted, nil)
		must(t, w.Book.EraseNow(t.Context(), "caller", waits))
		must(t, w.Book.OnLine(t.Context(), waits))
		if w.Find(t, waits).SeenUntil != 0 {
			t.Error("an erased call is noted to be up")
		}
		w.Advance(t, 15*time.Minute)
		quiet, err := w.Book.ToAsk(t.Context())
		must(t, err)
		if len(quiet) > 0 {
			t.Error("whoever speaks is asked whether she is there")
		}
	})
}

// "*" destroys her place, and what she has said: nothing leads to her, and whoever calls
// from her number is new.
func TestStarForgets(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		for _, live := range []bool{false, true} {
			c := w.Call(t, hers).ID
			digits, err := w.Book.SpokenDigits(t.Context(), c)
			must(t, err)
			must(t, w.Book.WishCallBack(t.Context(), c, contact.CallBack{Number: seal.Conceal(hers)}))
			if live {
				answers(t, w, ana, c)
			}
			must(t, w.Book.EraseNow(t.Context(), hotline.Machine, c))
			stands(t, w, c, contact.Erased, nil)
			same(t, w.Holding(t, string(c)), "main contact.id", "main leaf.object", "main leaf.opening")
			_, err = kept(t, w, hers, "")
			refused(t, err, contact.ErrMissing)
			_, err = kept(t, w, hers, digits.Reveal())
			refused(t, err, contact.ErrMissing)
			must(t, w.Book.HungUp(t.Context(), c))
			if w.Call(t, hers).Returned {
				t.Error("she returns")
			}
			w.SQL(t, `DELETE FROM recent`)
		}
		if n := w.Count(t, `SELECT load FROM presence WHERE person = $1`, ana.ID); n != 0 {
			t.Errorf("a load of %d is left", n)
		}
	})
}

// While an advocate's telephone is gone the call stays hers; somebody is rung for, and takes
// it over by accepting, or is not needed any more.
func TestRelief(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, sue := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor)
		c := w.Call(t, hers)
		answers(t, w, ana, c.ID)
		w.Enter(t, "ready", sue)
		w.Phones.Disconnect(ana)
		relieve := func(by *hotlinetest.Person) error {
			return w.Engine.Main.Write(t.Context(), func(tx db.Tx) error { return w.Book.RelieveBy(tx, c, by.ID) })
		}
		refused(t, relieve(sue), contact.ErrPhone)
		w.Phones.Connect(sue)
		refused(t, relieve(ana), contact.ErrState)
		must(t, relieve(sue))
		refused(t, relieve(sue), contact.ErrState) // it rings already
		stands(t, w, c.ID, contact.Live, ana)
		w.Advance(t, 21*time.Second)
		must(t, w.Book.OnLine(t.Context(), c.ID))
		w.Enter(t, "ready", ana, sue)
		sweep(t, w) // nobody answered
		stands(t, w, c.ID, contact.Live, ana)
		must(t, relieve(sue))
		w.Phones.Connect(ana)
		must(t, w.Book.PhoneBack(t.Context(), c.ID))
		if all, err := w.Book.Rings(t.Context(), sue.ID); err != nil || len(all) != 0 {
			t.Errorf("%d rings, %v", len(all), err)
		}
		w.Phones.Disconnect(ana)
		must(t, relieve(sue))
		r := rings(t, w, sue)
		_, err := w.Book.Accept(t.Context(), sue.ID, r.ID, r.Epoch)
		must(t, err)
		stands(t, w, c.ID, contact.Live, sue)
		must(t, w.Book.PhoneBack(t.Context(), c.ID)) // too late, and no harm
		stands(t, w, c.ID, contact.Live, sue)
		if n := w.Count(t, `SELECT load FROM presence WHERE person = $1`, ana.ID); n != 0 {
			t.Errorf("whoever was relieved has a load of %d", n)
		}
	})
}

// A call whose advocate is gone from the line waits for others after a minute, a written one
// after two; unless her telephone still speaks.
func TestAbandonedCall(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		c, d := w.Call(t, hers).ID, w.Call(t, theirs).ID
		answers(t, w, ana, c)
		answers(t, w, bea, d)
		chat := w.Arrive(t, "words").Contact
		w.Take(t, ana, chat)
		w.Phones.Disconnect(ana)
		w.Advance(t, 61*time.Second)
		must(t, w.Book.OnLine(t.Context(), c, d))
		must(t, w.Book.Abandoned(t.Context(), staff.Lapse))
		if got := w.Find(t, c); got.State != contact.Waiting || !got.Returned {
			t.Errorf("it is %s, want waiting", got.State)
		}
		stands(t, w, d, contact.Live, bea)
		stands(t, w, chat, contact.Live, ana)
	})
}

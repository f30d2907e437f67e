package routing_test

import (
	"context"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// A call is offered to whoever's telephone is there and who speaks with nobody, by the
// process that holds her line; others are passed over, however well they fit.
func TestACallRingsWhereItIsHeard(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		n := newNight(t, w)
		ana := n.hire(t, staff.Person{Pseudonym: "Ana"})
		n.Advance(t, time.Second) // Ana is free for longer
		n.SignIn(t, n.First)
		bea := n.hire(t, staff.Person{Pseudonym: "Bea"})
		n.Enter(t, staff.Ready, ana)
		is := func(id hotline.ContactID, want string) {
			t.Helper()
			if got := n.asked(t, id); got != want {
				t.Errorf("%q is asked, want %q", got, want)
			}
		}
		one := w.Call(t, "+15550101").ID
		is(one, "")
		w.Phones.Connect(bea)
		w.Phones.Line(one, false)
		is(one, "") // another process offers it
		w.Phones.Line(one, true)
		is(one, "Bea")
		w.Phones.Connect(ana)
		two, three := w.Call(t, "+15550102").ID, w.Call(t, "+15550103").ID
		is(two, "Ana")
		is(three, "") // both speak, or are asked to
		is(n.writes(t, n.Browser(), contact.Wishes{}), "Ana")
		is(n.writes(t, n.Browser(), contact.Wishes{}), "Bea")
		is(n.writes(t, n.Browser(), contact.Wishes{}), "") // a call and a chat each
	})
}

// Two calls that wait are offered at once, to two.
func TestTwoCallsRingForTwo(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		n := newNight(t, w)
		w.Phones.Connect(n.hire(t, staff.Person{Pseudonym: "Ana"}), n.hire(t, staff.Person{Pseudonym: "Bea"}))
		w.Call(t, "+15550101")
		w.Call(t, "+15550102")
		if got, err := n.matcher.Match(t.Context(), hotlinetest.Night); err != nil || got != 2 {
			t.Errorf("%d ring, want 2: %v", got, err)
		}
	})
}

// pages counts how often those on call are called.
type pages struct{ n int }

func (p *pages) Page(context.Context, int) error { p.n++; return nil }

// Where somebody in danger calls and nobody who is there has a telephone, those on call are
// called, once; of a call that another process holds they are not.
func TestACallThatNobodyHears(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		editions, err := edition.New(t.Context(), w.Engine.Main, bus.Memory(), time.Now, routing.Kinds()...)
		hotlinetest.Must(t, err)
		place, err := routing.NewPlace(t.Context(), w.Engine.Main, editions, nil)
		hotlinetest.Must(t, err)
		p := new(pages)
		n := &night{w, routing.NewMatcher(w.Engine.Main, w.Book, place, p)}
		n.hire(t, staff.Person{Pseudonym: "Ana"})
		calm := w.Call(t, "+15550101").ID
		n.asked(t, calm)
		if p.n != 0 {
			t.Error("they are called for somebody who can wait")
		}
		id := w.CallAs(t, contact.Calling{Lang: "en", From: seal.Conceal("+15550102"), Codes: contact.Codes{Danger: true}}).ID
		w.Phones.Line(id, false)
		n.asked(t, id)
		if p.n != 0 {
			t.Error("they are called for a line that another process holds")
		}
		w.Phones.Line(id, true)
		n.asked(t, id)
		n.asked(t, id)
		if p.n != 1 {
			t.Errorf("they are called %d times, want once", p.n)
		}
	})
}

// She hears where she stands, by the classes of this moment, and how long it takes as far as
// the last answers tell; nothing is made up.
func TestWaitIsHonest(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		editions, err := edition.New(t.Context(), w.Engine.Main, bus.Memory(), time.Now, routing.Kinds()...)
		hotlinetest.Must(t, err)
		place, err := routing.NewPlace(t.Context(), w.Engine.Main, editions, nil)
		hotlinetest.Must(t, err)
		n := &night{w, routing.NewMatcher(w.Engine.Main, w.Book, place, asleep{})}
		ana := n.hire(t, staff.Person{Pseudonym: "Ana"})
		w.Phones.Connect(ana)
		is := func(id hotline.ContactID, want routing.Wait) {
			t.Helper()
			got, err := place.Wait(t.Context(), id)
			hotlinetest.Must(t, err)
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
		for range 3 { // each waited six minutes and a half
			id := w.Call(t, "").ID
			is(id, routing.Wait{State: contact.Waiting})
			w.Advance(t, 390*time.Second)
			n.Enter(t, staff.Ready, ana)
			w.Take(t, ana, id)
			is(id, routing.Wait{State: contact.Live})
			hotlinetest.Must(t, w.Book.HungUp(t.Context(), id))
			w.SQL(t, `UPDATE contact SET wrap_until = 0 WHERE id = $1`, id)
		}
		first := w.Call(t, "").ID
		is(first, routing.Wait{State: contact.Waiting, Known: true, Minutes: 6 + 1})
		w.Advance(t, 100*time.Second)
		second := w.Call(t, "").ID
		danger := w.CallAs(t, contact.Calling{Codes: contact.Codes{Danger: true}}).ID
		is(second, routing.Wait{State: contact.Waiting, Before: 2, Known: true, Minutes: 6 + 1})
		is(first, routing.Wait{State: contact.Waiting, Before: 1, Known: true, Minutes: 5})
		is(danger, routing.Wait{State: contact.Waiting, Known: true, Minutes: 6 + 1})
		w.Advance(t, 5*time.Minute)
		is(first, routing.Wait{State: contact.Waiting, Before: 1}) // longer than the others did
		w.Advance(t, 2*time.Hour)
		is(danger, routing.Wait{State: contact.Waiting})
		hotlinetest.Must(t, w.Book.EraseNow(t.Context(), hotline.Machine, first))
		is(first, routing.Wait{State: contact.Erased})
	})
}

// Where an advocate's telephone goes in a call, a supervisor is rung for, else another
// advocate, else the supervisors' desks; and nobody once it is back.
func TestRelieve(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		n := newNight(t, w)
		ana := n.hire(t, staff.Person{Pseudonym: "Ana"})
		bea := n.hire(t, staff.Person{Pseudonym: "Bea"})
		sue := n.HireBy(t, n.First, staff.Person{Pseudonym: "Sue", Roles: []hotline.Role{hotline.Supervisor}, Languages: []string{"fr"}, Capacity: 3})
		n.Enter(t, staff.Ready, sue)
		w.Phones.Connect(ana)
		id := w.Call(t, "+15550101").ID
		w.Take(t, ana, id)
		is := func(want *hotlinetest.Person) {
			t.Helper()
			asked, err := n.matcher.Relieve(t.Context(), id)
			hotlinetest.Must(t, err)
			var of hotline.PersonID
			if want != nil {
				of = want.ID
			}
			if asked != of {
				t.Errorf("%q is asked, want %q", asked, of)
			}
		}
		nobody := func() int {
			return w.Count(t, `SELECT count(*) FROM alert WHERE contact = $1 AND kind = 'nobody' AND acknowledged_at IS NULL`, id)
		}
		is(nil) // her telephone is there
		w.Phones.Disconnect(ana)
		if nobody() != 0 {
			t.Error("the desks ring although her telephone is there")
		}
		is(nil)
		if nobody() != 1 {
			t.Error("nobody can hear it, and no desk rings")
		}
		w.Phones.Connect(bea)
		is(bea)
		is(nil) // it rings already
		rings, err := w.Book.Rings(t.Context(), bea.ID)
		hotlinetest.Must(t, err)
		hotlinetest.Must(t, w.Book.Decline(t.Context(), bea.ID, rings[0].ID))
		is(nil) // who declined is not asked again
		w.Phones.Connect(sue)
		is(sue) // who does not speak her language, but is there
		w.Phones.Connect(ana)
		hotlinetest.Must(t, w.Book.PhoneBack(t.Context(), id))
		is(nil)
		if c := w.Find(t, id); c.State != contact.Live || c.Advocate != ana.ID {
			t.Errorf("it is %s", c.State)
		}
		hotlinetest.Must(t, w.Book.HungUp(t.Context(), id))
		w.Close(t, ana, id)
		id = w.Call(t, "+15550102").ID
		w.Take(t, ana, id)
		w.Phones.Disconnect(ana)
		is(sue) // a supervisor before who fits better
	})
}

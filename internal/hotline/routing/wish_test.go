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
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// A night is a line whose waiting contacts are offered.
type night struct {
	*hotlinetest.World
	matcher *routing.Matcher
}

func newNight(t *testing.T, w *hotlinetest.World) *night {
	t.Helper()
	editions, err := edition.New(t.Context(), w.Engine.Main, bus.Memory(), time.Now, routing.Kinds()...)
	hotlinetest.Must(t, err)
	place, err := routing.NewPlace(t.Context(), w.Engine.Main, editions, nil)
	hotlinetest.Must(t, err)
	return &night{w, routing.NewMatcher(w.Engine.Main, w.Book, place, asleep{})}
}

type asleep struct{}

func (asleep) Page(context.Context, int) error { return nil }

// hire is an advocate of English at her desk.
func (n *night) hire(t *testing.T, who staff.Person) *hotlinetest.Person {
	t.Helper()
	who.Roles, who.Languages, who.Capacity = []hotline.Role{hotline.Advocate}, []string{"en"}, 3
	p := n.HireBy(t, n.First, who)
	n.Enter(t, staff.Ready, p)
	return p
}

func (n *night) writes(t *testing.T, c *hotlinetest.Caller, w contact.Wishes) hotline.ContactID {
	t.Helper()
	in := n.Incoming(c, "hello")
	in.Codes.Wishes = w
	made, err := n.Book.Receive(t.Context(), in)
	hotlinetest.Must(t, err)
	return made.ID
}

// asked is who is asked now for a contact.
func (n *night) asked(t *testing.T, id hotline.ContactID) string {
	t.Helper()
	_, err := n.matcher.Match(t.Context(), hotlinetest.Night)
	hotlinetest.Must(t, err)
	return n.One(t, `SELECT coalesce(max(p.pseudonym), '') FROM offer o JOIN person p ON p.id = o.advocate WHERE o.contact = $1 AND o.ended_at IS NULL`, id)
}

// later is the same night, minutes later, with everybody still at her desk.
func (n *night) later(t *testing.T, minutes int, people ...*hotlinetest.Person) {
	t.Helper()
	n.Advance(t, time.Duration(minutes)*time.Minute)
	n.Enter(t, staff.Ready, people...)
}

func TestTheSamePersonIsAskedFirst(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		n := newNight(t, w)
		noor, ana := n.hire(t, staff.Person{Pseudonym: "Noor"}), n.hire(t, staff.Person{Pseudonym: "Ana"})
		c := n.Browser()
		first := n.writes(t, c, contact.Wishes{})
		n.Take(t, noor, first)
		n.Close(t, noor, first)
		// Noor has her hands full: she is waited for, and not for ever.
		n.SQL(t, `UPDATE presence SET load = capacity WHERE person = $1`, noor.ID)
		id := n.writes(t, c, contact.Wishes{Same: true})
		if got := n.asked(t, id); got != "" {
			t.Errorf("%q is asked while the person of last time is here", got)
		}
		n.later(t, 4, noor, ana)
		if got := n.asked(t, id); got != "" {
			t.Errorf("%q is asked after four minutes", got)
		}
		n.later(t, 2, noor, ana)
		if got := n.asked(t, id); got != "Ana" {
			t.Errorf("%q is asked after six minutes, want Ana", got)
		}
	})
}

func TestTheSamePersonIsFreeOrGone(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		n := newNight(t, w)
		n.hire(t, staff.Person{Pseudonym: "Ana"})
		noor := n.hire(t, staff.Person{Pseudonym: "Noor"})
		for state, want := range map[string]string{staff.Ready: "Noor", staff.Away: "Ana"} {
			c := n.Browser()
			first := n.writes(t, c, contact.Wishes{})
			n.Take(t, noor, first)
			n.Close(t, noor, first)
			n.Enter(t, state, noor)
			if got := n.asked(t, n.writes(t, c, contact.Wishes{Same: true})); got != want {
				t.Errorf("Noor is %s, and %q is asked, want %s", state, got, want)
			}
		}
	})
}

// Whoever has named a community is asked neither at once nor after a time, until she
// lets the wish go herself.
func TestNobodyWhoMayKnowHerPeople(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		n := newNight(t, w)
		ana := n.hire(t, staff.Person{Pseudonym: "Ana", Skills: []string{"community:C1"}})
		id := n.writes(t, n.Browser(), contact.Wishes{NotCommunity: contact.AnyCommunity})
		for range 2 {
			if got := n.asked(t, id); got != "" {
				t.Errorf("%q is asked", got)
			}
			n.later(t, 30, ana)
		}
		hotlinetest.Must(t, n.Book.LetGo(t.Context(), id))
		if got := n.asked(t, id); got != "Ana" {
			t.Errorf("%q is asked once she has let the wish go, want Ana", got)
		}
		bea := n.hire(t, staff.Person{Pseudonym: "Bea", Skills: []string{"law"}})
		if got := n.asked(t, n.writes(t, n.Browser(), contact.Wishes{NotCommunity: contact.AnyCommunity})); got != bea.Name {
			t.Errorf("%q is asked, want Bea", got)
		}
	})
}

func TestAWomanFirstAndThenWhoeverIsFree(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		n := newNight(t, w)
		tom := n.hire(t, staff.Person{Pseudonym: "Tom", Gender: "man"})
		id := n.writes(t, n.Browser(), contact.Wishes{Gender: "woman"})
		if got := n.asked(t, id); got != "" {
			t.Errorf("%q is asked", got)
		}
		n.later(t, 6, tom)
		if got := n.asked(t, id); got != "Tom" {
			t.Errorf("%q is asked after six minutes, want Tom", got)
		}
	})
}

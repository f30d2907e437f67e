package contact_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// player makes random moves on a line.
type player struct {
	t       *testing.T
	w       *hotlinetest.World
	r       *rand.Rand
	people  []*hotlinetest.Person
	callers []*hotlinetest.Caller
}

// expected are the ways in which a move may be refused: somebody was faster, or has
// too much.
func expected(err error) bool {
	for _, want := range []error{contact.ErrState, contact.ErrOver, contact.ErrNotYours, contact.ErrMissing, contact.ErrGate, staff.ErrFull} {
		if errors.Is(err, want) {
			return true
		}
	}
	return err == nil
}

// play makes one random move.
func (p *player) play() error {
	ctx, book := p.t.Context(), p.w.Book
	who := p.people[p.r.IntN(len(p.people))]
	c := p.callers[p.r.IntN(len(p.callers))]
	id := c.Contact
	switch p.r.IntN(16) {
	case 0, 1:
		return book.Take(ctx, who.ID, id, who.ID)
	case 2, 3:
		found, err := book.Find(ctx, id)
		if err != nil {
			return err
		}
		return p.w.Engine.Main.Write(ctx, func(tx db.Tx) error { return book.OfferTo(tx, found, who.ID) })
	case 4, 5:
		return p.answer(who)
	case 6:
		return book.HandBackNow(ctx, who.ID, id)
	case 7:
		return book.HandOverTo(ctx, who.ID, id, p.people[p.r.IntN(len(p.people))].ID)
	case 8:
		return book.Rest(ctx, who.ID, id)
	case 9, 10:
		return book.Say(ctx, id, contact.Words{ID: hotline.NewID(), Text: seal.Conceal("more"), Seen: true})
	case 11:
		return book.Gone(ctx, id)
	case 12:
		return book.EndNow(ctx, hotline.Actor(who.ID), id)
	case 13:
		return book.Extend(ctx, who.ID, id)
	case 14:
		return book.See(ctx, id)
	}
	return book.Abandoned(ctx, 60*time.Second)
}

func (p *player) answer(who *hotlinetest.Person) error {
	all, err := p.w.Book.Rings(p.t.Context(), who.ID)
	if err != nil || len(all) == 0 {
		return err
	}
	r := all[p.r.IntN(len(all))]
	if p.r.IntN(3) == 0 {
		return p.w.Book.Decline(p.t.Context(), who.ID, r.ID)
	}
	_, err = p.w.Book.Accept(p.t.Context(), who.ID, r.ID, r.Epoch)
	return err
}

// check counts anew what everybody has.
func (p *player) check() {
	p.t.Helper()
	for _, who := range p.people {
		var load, capacity, counted, orphans int
		must(p.t, p.w.Engine.Main.One(p.t.Context(), `SELECT load, capacity,
			(SELECT count(*) FROM contact WHERE advocate = $1 AND (state IN ('offered', 'live') OR state = 'closing' AND wrap_until > 0)),
			(SELECT count(*) FROM contact c WHERE state = 'offered' AND NOT EXISTS (SELECT 1 FROM offer o WHERE o.contact = c.id AND o.kind = 'offer' AND o.ended_at IS NULL AND o.advocate = c.advocate))
			FROM presence WHERE person = $1`, []any{who.ID}, &load, &capacity, &counted, &orphans))
		if load != counted || load > capacity+1 || orphans > 0 {
			p.t.Errorf("load %d of %d, counted %d; %d offered without an offer", load, capacity, counted, orphans)
		}
	}
	if n := p.w.Count(p.t, `SELECT count(*) FROM offer o JOIN contact c ON c.id = o.contact WHERE o.ended_at IS NULL AND c.state NOT IN ('offered', 'live')`); n > 0 {
		p.t.Errorf("%d offers ring for what is neither offered nor live", n)
	}
}

func newPlayer(t *testing.T, w *hotlinetest.World, seed uint64) *player {
	t.Helper()
	p := &player{t: t, w: w, r: rand.New(rand.NewPCG(seed, 1))}
	for range 3 {
		who := w.HireBy(t, w.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Capacity: 1})
		p.people = append(p.people, who)
	}
	for range 9 {
		p.callers = append(p.callers, w.Arrive(t, "words"))
	}
	return p
}

// A person's load is what she has, whatever happens to it, and never more than one
// too many.
func TestLoadIsWhatSheHas(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		p := newPlayer(t, w, 4)
		for i := range 240 {
			if err := p.play(); !expected(err) {
				t.Fatal(err)
			}
			if i%12 == 11 { // time goes on; some lapse, some offers are late
				w.Advance(t, time.Duration(p.r.IntN(90))*time.Second)
				if p.r.IntN(3) > 0 {
					w.Enter(t, staff.Ready, p.people...)
				}
				sweep(t, w)
			}
			p.check()
			if t.Failed() {
				t.Fatalf("after %d moves", i+1)
			}
		}
	})
}

// The same when all move at once.
func TestLoadIsWhatSheHasWhenAllMoveAtOnce(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		first := newPlayer(t, w, 5)
		var all []func() error
		for n := range 6 {
			p := &player{t: t, w: w, r: rand.New(rand.NewPCG(uint64(n), 2)), people: first.people, callers: first.callers}
			all = append(all, func() error {
				for range 30 {
					if err := p.play(); !expected(err) {
						return err
					}
				}
				return nil
			})
		}
		must(t, errors.Join(race(all...)...))
		sweep(t, w)
		first.check()
	})
}

// What comes at once is counted whole.
func TestLoadCountsAllThatComesAtOnce(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.HireBy(t, w.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Capacity: 8})
		load := func(want int) {
			t.Helper()
			if n := w.Count(t, `SELECT load FROM presence WHERE person = $1`, ana.ID); n != want {
				t.Errorf("load %d, want %d", n, want)
			}
		}
		var take, back []func() error
		for range 8 {
			id := w.Arrive(t, "words").Contact
			take = append(take, func() error { return w.Book.Take(t.Context(), ana.ID, id, ana.ID) })
			back = append(back, func() error { return w.Book.HandBackNow(t.Context(), ana.ID, id) })
		}
		for range 3 {
			must(t, errors.Join(race(take...)...))
			load(8)
			must(t, errors.Join(race(back...)...))
			load(0)
		}
	})
}

// By taking, an advocate may have one more than her capacity, and no more; an offer
// never goes over it.
func TestOneTooManyAndNoMore(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.HireBy(t, w.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Capacity: 1})
		one, two, three := w.Arrive(t, "1").Contact, w.Arrive(t, "2").Contact, w.Arrive(t, "3").Contact
		w.Take(t, ana, one)
		refused(t, offering(t, w, two, ana), staff.ErrFull)
		stands(t, w, two, contact.Waiting, nil)
		w.Take(t, ana, two)
		refused(t, w.Book.Take(t.Context(), ana.ID, three, ana.ID), staff.ErrFull)
		stands(t, w, three, contact.Waiting, nil)
		// A wrap-up counts for three minutes, and for three more if she asks.
		must(t, w.Book.EndNow(t.Context(), hotline.Actor(ana.ID), one))
		refused(t, w.Book.Take(t.Context(), ana.ID, three, ana.ID), staff.ErrFull)
		passes := func(by time.Duration) {
			w.Advance(t, by)
			must(t, w.Book.See(t.Context(), two)) // her page is open
			must(t, w.Book.See(t.Context(), three))
			sweep(t, w)
		}
		passes(2 * time.Minute)
		must(t, w.Book.Extend(t.Context(), ana.ID, one))
		passes(2 * time.Minute)
		refused(t, w.Book.Take(t.Context(), ana.ID, three, ana.ID), staff.ErrFull)
		passes(time.Minute)
		w.Take(t, ana, three)
	})
}

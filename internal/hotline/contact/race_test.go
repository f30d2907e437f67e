package contact_test

import (
	"errors"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Of two who take a contact at once, one has it and the other learns of it.
func TestTakeOnlyOnce(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		for range 8 {
			id := w.Arrive(t, "words").Contact
			take := func(p *hotlinetest.Person) func() error {
				return func() error { return w.Book.Take(t.Context(), p.ID, id, p.ID) }
			}
			oneWins(t, race(take(ana), take(bea)), contact.ErrState)
			p := ana
			if w.Find(t, id).Advocate == bea.ID {
				p = bea
			}
			must(t, w.Book.EndNow(t.Context(), hotline.Actor(p.ID), id))
			w.Close(t, p, id)
		}
	})
}

// An offer is accepted, or taken back because nobody answered: never both.
func TestAcceptOrLate(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		id := w.Arrive(t, "words").Contact
		for range 8 {
			r := offer(t, w, id, ana)
			errs := race(
				func() error { _, err := w.Book.Accept(t.Context(), ana.ID, r.ID, r.Epoch); return err },
				func() error { return w.Book.Decline(t.Context(), ana.ID, r.ID) },
				func() error { return w.Book.Take(t.Context(), bea.ID, id, bea.ID) },
			)
			// Declined and then taken are two that succeed.
			c := w.Find(t, id)
			switch {
			case errs[0] == nil && errs[1] == nil:
				t.Error("accepted and declined")
			case errs[0] == nil:
				stands(t, w, id, contact.Live, ana)
				must(t, w.Book.HandBackNow(t.Context(), ana.ID, id))
			case errs[2] == nil:
				stands(t, w, id, contact.Live, bea)
				must(t, w.Book.HandBackNow(t.Context(), bea.ID, id))
			default:
				if c.State != contact.Waiting {
					t.Errorf("it is %s after %v", c.State, errs)
				}
			}
			for _, err := range errs {
				if err != nil && !errors.Is(err, contact.ErrState) {
					t.Errorf("got %v, want %v", err, contact.ErrState)
				}
			}
		}
		r := offer(t, w, id, ana)
		w.Advance(t, 20*time.Second)
		w.Enter(t, "ready", ana, bea)
		oneWins(t, race(
			func() error { _, err := w.Book.Accept(t.Context(), ana.ID, r.ID, r.Epoch); return err },
			func() error { _, err := w.Book.Sweep(t.Context()); return err },
		), contact.ErrState)
		if c := w.Find(t, id); c.State != contact.Waiting {
			t.Errorf("it is %s, want waiting", c.State)
		}
	})
}

// Of two first messages of one cookie one makes the contact; the loser leaves
// nothing but entries of the shred store, which the sweep finds.
func TestReceiveOnlyOnce(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		for n := 1; n <= 4; n++ {
			c := w.Browser()
			receive := func() error {
				_, err := w.Book.Receive(t.Context(), w.Incoming(c, "twice"))
				return err
			}
			oneWins(t, race(receive, receive, receive), contact.ErrRace)
			same(t, page(t, w, c), "twice")
			if got := w.Count(t, `SELECT count(*) FROM contact`); got != n {
				t.Errorf("%d contacts, want %d", got, n)
			}
		}
	})
}

// Many who arrive at once, each by her own cookie, all are received: handles are
// drawn again when two are the same.
func TestEverybodyArrives(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		var all []func() error
		for range 24 {
			all = append(all, func() error {
				_, err := w.Book.Receive(t.Context(), w.Incoming(w.Browser(), "words"))
				return err
			})
		}
		must(t, errors.Join(race(all...)...))
		if got := w.Count(t, `SELECT count(DISTINCT handle) FROM contact WHERE handle <> ''`); got != 24 {
			t.Errorf("%d handles, want 24", got)
		}
	})
}

// What she says while her words are erased is erased too or refused: nothing is
// left, and nothing is added to what is gone.
func TestSayAgainstErase(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		for range 8 {
			c := w.Arrive(t, "words")
			id := c.Contact
			w.Take(t, ana, id)
			m := w.Draft(t, ana, id, "to be sent")
			k, _, err := w.Key(t, c)
			must(t, err)
			key := k.Seal()
			errs := race(
				func() error { return w.Book.EraseNow(t.Context(), "caller", id) },
				func() error {
					return w.Book.Say(t.Context(), id, contact.Words{ID: hotline.NewID(), Text: seal.Conceal("more"), Key: &key, Seen: true})
				},
				func() error { return w.Book.Send(t.Context(), id, m) },
				func() error {
					return w.Book.PutDraft(t.Context(), ana.ID, contact.Draft{Contact: id, Place: "composer", N: 1, Sealed: []byte("sealed")})
				},
				func() error { return w.Book.Gone(t.Context(), id) },
				func() error { return w.Book.MarkRead(t.Context(), id, 9) },
				func() error { return w.Book.Ring(t.Context(), id, contact.Nobody) },
			)
			must(t, errs[0])
			for _, err := range errs[1:] {
				if err != nil && !errors.Is(err, contact.ErrOver) && !errors.Is(err, contact.ErrMissing) {
					t.Errorf("got %v, want %v", err, contact.ErrOver)
				}
			}
			stands(t, w, id, contact.Erased, nil)
			same(t, w.Holding(t, string(id)), "main contact.id", "main leaf.object", "main leaf.opening")
			if n := w.Count(t, `SELECT last_seq + quiet_at + seen + gone FROM contact WHERE id = $1`, id); n != 0 {
				t.Error("something was written to an erased contact")
			}
		}
	})
}

// While a hand-over rings, the giver may end, hand back, rest or lose the contact:
// then nobody gets it by that ring; else the one who accepts has it alone.
func TestHandOverRaces(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		against := map[string]func(hotline.ContactID) error{
			"end":       func(id hotline.ContactID) error { return w.Book.EndNow(t.Context(), hotline.Actor(ana.ID), id) },
			"hand back": func(id hotline.ContactID) error { return w.Book.HandBackNow(t.Context(), ana.ID, id) },
			"rest":      func(id hotline.ContactID) error { return w.Book.Rest(t.Context(), ana.ID, id) },
			"erase":     func(id hotline.ContactID) error { return w.Book.EraseNow(t.Context(), "caller", id) },
		}
		for name, other := range against {
			id := w.Arrive(t, "words").Contact
			w.Take(t, ana, id)
			must(t, w.Book.HandOverTo(t.Context(), ana.ID, id, bea.ID))
			refused(t, w.Book.HandOverTo(t.Context(), ana.ID, id, bea.ID), contact.ErrState) // one rings already
			r := rings(t, w, bea)
			errs := race(
				func() error { _, err := w.Book.Accept(t.Context(), bea.ID, r.ID, r.Epoch); return err },
				func() error { return other(id) },
			)
			c := w.Find(t, id)
			if errs[0] == nil && name != "erase" {
				refused(t, errs[1], contact.ErrNotYours)
				stands(t, w, id, contact.Live, bea)
			} else if c.State == contact.Live {
				t.Errorf("%s: it is live after %v", name, errs)
			}
			if n := w.Count(t, `SELECT count(*) FROM offer WHERE contact = $1 AND ended_at IS NULL`, id); n != 0 {
				t.Errorf("%s: it still rings", name)
			}
			if c.State != contact.Erased {
				must(t, w.Book.EraseNow(t.Context(), "caller", id))
			}
		}
	})
}

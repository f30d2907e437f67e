package contact_test

import (
	"slices"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// An offer is good for its advocate, its epoch and its time.
func TestOfferIsGoodForOneEpoch(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		id := w.Arrive(t, "words").Contact
		r := offer(t, w, id, ana)
		accept := func(p *hotlinetest.Person, r contact.Ring, epoch int64) error {
			_, err := w.Book.Accept(t.Context(), p.ID, r.ID, epoch)
			return err
		}
		refused(t, accept(bea, r, r.Epoch), contact.ErrState)
		refused(t, accept(ana, r, r.Epoch-1), contact.ErrState)
		refused(t, offering(t, w, id, bea), contact.ErrState) // it rings already
		must(t, w.Book.Decline(t.Context(), ana.ID, r.ID))
		refused(t, accept(ana, r, r.Epoch), contact.ErrState)
		refused(t, w.Book.Decline(t.Context(), ana.ID, r.ID), contact.ErrState)

		second := offer(t, w, id, bea)
		w.Advance(t, 20*time.Second)
		refused(t, accept(bea, second, second.Epoch), contact.ErrState)
		sweep(t, w)
		stands(t, w, id, contact.Waiting, nil)

		// Who declined, and who did not answer, is known for a while.
		must(t, w.Engine.Main.Read(t.Context(), func(tx db.Tx) error {
			got, err := contact.Declined(tx, id, w.Now(t)-time.Minute.Milliseconds())
			if !slices.Contains(got, ana.ID) || !slices.Contains(got, bea.ID) {
				t.Errorf("asked in vain were %q, want both", got)
			}
			return err
		}))
		third := offer(t, w, id, ana)
		must(t, accept(ana, third, third.Epoch))
		stands(t, w, id, contact.Live, ana)
		refused(t, accept(ana, third, third.Epoch), contact.ErrState) // a second tap
		if third.Epoch == r.Epoch {
			t.Error("two offers of one epoch")
		}
	})
}

// An offer that came to nothing leaves the contact with whoever had it before: it is
// not hers for whom it only rang.
func TestOfferInVainChangesNobody(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "words")
		id := c.Contact
		w.Take(t, ana, id)
		must(t, w.Book.HandBackNow(t.Context(), ana.ID, id))
		r := offer(t, w, id, bea)
		must(t, w.Book.Decline(t.Context(), bea.ID, r.ID))
		stands(t, w, id, contact.Waiting, ana)
		refused(t, w.Book.EndNow(t.Context(), hotline.Actor(bea.ID), id), contact.ErrNotYours)
		refused(t, w.Answer(t, bea, id, hotline.NewID(), "never mine"), contact.ErrNotYours)

		offer(t, w, id, bea)
		must(t, w.Book.Gone(t.Context(), id))
		must(t, w.Book.See(t.Context(), id)) // back to whoever had it, not to whom it was offered
		stands(t, w, id, contact.Live, ana)
		if n := w.Count(t, `SELECT load FROM presence WHERE person = $1`, bea.ID); n != 0 {
			t.Errorf("load %d, want 0", n)
		}
	})
}

// The giver keeps a contact until the other accepts it; if she does not, nothing has
// changed.
func TestHandOver(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "words")
		id := c.Contact
		w.Take(t, ana, id)
		refused(t, w.Book.HandOverTo(t.Context(), ana.ID, id, ana.ID), contact.ErrNotYours)
		refused(t, w.Book.HandOverTo(t.Context(), bea.ID, id, ana.ID), contact.ErrNotYours)
		refused(t, w.Book.HandOverTo(t.Context(), ana.ID, id, w.First.ID), staff.ErrFull) // she is not there

		must(t, w.Book.HandOverTo(t.Context(), ana.ID, id, bea.ID))
		w.Reply(t, ana, id, "one moment")
		must(t, w.Book.Decline(t.Context(), bea.ID, rings(t, w, bea).ID))
		stands(t, w, id, contact.Live, ana)

		must(t, w.Book.HandOverTo(t.Context(), ana.ID, id, bea.ID))
		w.Advance(t, time.Minute)
		must(t, w.Book.See(t.Context(), id))
		sweep(t, w)
		stands(t, w, id, contact.Live, ana)

		w.Enter(t, staff.Ready, ana, bea)
		must(t, w.Book.HandOverTo(t.Context(), ana.ID, id, bea.ID))
		r := rings(t, w, bea)
		_, err := w.Book.Accept(t.Context(), bea.ID, r.ID, r.Epoch)
		must(t, err)
		stands(t, w, id, contact.Live, bea)
		for p, want := range map[*hotlinetest.Person]int{ana: 0, bea: 1} {
			if n := w.Count(t, `SELECT load FROM presence WHERE person = $1`, p.ID); n != want {
				t.Errorf("load %d, want %d", n, want)
			}
		}
	})
}

// Whoever has joined reads and writes along, visibly, until the contact is closed.
func TestJoin(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, sue := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor)
		c := w.Arrive(t, "words")
		id := c.Contact
		w.Take(t, ana, id)
		refused(t, w.Answer(t, sue, id, hotline.NewID(), "unseen"), contact.ErrNotYours)
		must(t, w.Book.Accompany(t.Context(), sue.ID, id, true))
		if got, err := w.Book.Joined(t.Context(), id); err != nil || !slices.Equal(got, []hotline.PersonID{sue.ID}) {
			t.Errorf("joined are %q, %v", got, err)
		}
		w.Reply(t, sue, id, "I am here too")
		same(t, page(t, w, c), "words", "I am here too")
		w.Close(t, ana, id)
		if got, err := w.Book.Joined(t.Context(), id); err != nil || len(got) != 0 {
			t.Errorf("joined are %q, %v; want nobody after closing", got, err)
		}
		refused(t, w.Book.Accompany(t.Context(), sue.ID, id, true), contact.ErrOver)
	})
}

// Only whose contact it is ends it and saves its outcome.
func TestOnlyItsAdvocateCloses(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		id := w.Arrive(t, "words").Contact
		w.Take(t, ana, id)
		refused(t, w.Book.EndNow(t.Context(), hotline.Actor(bea.ID), id), contact.ErrNotYours)
		refused(t, w.Book.HandBackNow(t.Context(), bea.ID, id), contact.ErrNotYours)
		refused(t, w.Book.Rest(t.Context(), bea.ID, id), contact.ErrNotYours)
		must(t, w.Book.EndNow(t.Context(), hotline.Machine, id)) // the caller herself
		save := func(p *hotlinetest.Person) error {
			return w.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error {
				k, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "outcome")
				if err != nil {
					return err
				}
				head, err := k.Head(t.Context())
				if err != nil {
					return err
				}
				return w.Book.CloseNow(t.Context(), id, contact.Outcome{By: p.ID, Head: head, Key: k.HeadKey()})
			})
		}
		refused(t, save(bea), contact.ErrNotYours)
		stands(t, w, id, contact.Closing, ana)
		w.Close(t, ana, id)
		refused(t, save(ana), contact.ErrState)
	})
}

package retention_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// A hold keeps a contact from its time, from its caller, from the sweep and from
// whoever writes the database; lifted, its time counts again.
func TestHold(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana, pat := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.PrivacyOfficer)
		c := h.closed(t, ana)
		k, s := h.entries(t, c.Contact)
		hold := func(p *hotlinetest.Person) error {
			return h.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error { return h.r.Hold(t.Context(), r, c.Contact, "court order") })
		}
		lift := func(p *hotlinetest.Person) error {
			return h.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error { return h.r.Lift(t.Context(), r, c.Contact, "order ended") })
		}
		refused(t, hold(ana), retention.ErrRole)
		must(t, hold(pat))
		if !h.Find(t, c.Contact).Hold {
			t.Error("her page does not know of the hold")
		}
		refused(t, h.Book.EraseNow(t.Context(), "caller", c.Contact), contact.ErrKeep)
		h.Advance(t, 30*day)
		h.SQL(t, `UPDATE contact SET keep_words_until = keep_words_until - 1 WHERE id = $1`, c.Contact)
		must(t, h.r.Carry(t.Context(), c.Contact)) // a late job does not undo it
		h.forget(t)
		must(t, h.r.Sweep(t.Context()))
		h.SQL(t, `UPDATE contact SET legal_hold = 0 WHERE id = $1`, c.Contact)
		h.forget(t)
		refused(t, h.Book.EraseNow(t.Context(), "caller", c.Contact), contact.ErrKeep)
		h.SQL(t, `INSERT INTO tombstone (object, at) VALUES ($1, 0)`, k)
		h.SQL(t, `UPDATE contact SET state = 'erased' WHERE id = $1`, c.Contact)
		refused(t, h.r.Finish(t.Context(), k), contact.ErrKeep)
		h.SQL(t, `UPDATE contact SET state = 'closed', legal_hold = 1 WHERE id = $1`, c.Contact)
		h.SQL(t, `DELETE FROM tombstone`)
		if !h.there(t, k) || !h.there(t, s) {
			t.Fatal("a held contact was destroyed")
		}
		h.SignIn(t, ana)
		_, err := h.Desk(t, ana, c.Contact)
		refused(t, err, shred.ErrShredded) // nobody at the desk can tell
		h.SignIn(t, pat)
		// Only the privacy team reads who held it, and why.
		h.With(t, pat, func(r *vault.Ring) error {
			all := map[string]bool{}
			for _, id := range h.leaves(t, s) {
				a, err := r.Leaf(t.Context(), id)
				if err != nil {
					return err
				}
				all[a.What+": "+a.Why] = true
			}
			if !all["hold: court order"] {
				t.Errorf("the log says %v", all)
			}
			return nil
		})
		refused(t, lift(ana), retention.ErrRole)
		must(t, lift(pat))
		_, err = h.Page(t, c)
		refused(t, err, shred.ErrShredded) // its hour was long ago
		h.forget(t)
		if h.there(t, k) {
			t.Error("not destroyed after the hold was lifted")
		}
		h.rang(t, nil)
	})
}

func (h *house) leaves(t *testing.T, object string) (out []string) {
	t.Helper()
	n := h.Count(t, `SELECT count(*) FROM leaf WHERE object = $1`, object)
	for i := range n {
		out = append(out, h.One(t, `SELECT id FROM leaf WHERE object = $1 ORDER BY id LIMIT 1 OFFSET $2`, object, i))
	}
	return out
}

// A crash between the two halves of a hold leaves it held.
func TestHalfAHoldHolds(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana := h.Hire(t, hotline.Advocate)
		c := h.closed(t, ana)
		k, _ := h.entries(t, c.Contact)
		h.SQL(t, `UPDATE contact SET legal_hold = 1 WHERE id = $1`, c.Contact) // the row alone
		h.Advance(t, 30*day)
		h.forget(t)
		if !h.there(t, k) {
			t.Error("destroyed though the row was held")
		}
	})
}

package vault_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

const number = "+15550101"

// both opens a contact's words and what we wrote.
func both(t testing.TB, r *vault.Ring, id hotline.ContactID) (words, record *vault.Key) {
	t.Helper()
	words, err := r.Open(t.Context(), vault.Ref{Contact: id}, "call back")
	must(t, err)
	record, err = r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "call back")
	must(t, err)
	return words, record
}

// takes opens a contact as a session does, and moves her wish.
func takes(t testing.TB, w *hotlinetest.World, p *hotlinetest.Person, id hotline.ContactID) {
	t.Helper()
	w.With(t, p, func(r *vault.Ring) error {
		words, record := both(t, r, id)
		return r.TakeCallBack(t.Context(), w.Book, words, record)
	})
}

func wish(t testing.TB, w *hotlinetest.World, id hotline.ContactID, terms contact.Terms) {
	t.Helper()
	must(t, w.Book.WishCallBack(t.Context(), id, contact.CallBack{Number: seal.Conceal(number), Terms: terms}))
}

// What she has said of being called back can be read by nobody without a session; the first
// that opens her contact moves it into the head, and the rest is gone. Her newest word
// counts; a never that somebody has noted outweighs it.
func TestTheWishMovesIntoTheHead(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		id := w.Call(t, number).ID
		takes(t, w, ana, id) // there is none yet
		wish(t, w, id, contact.Terms{From: 60, To: 120})
		wish(t, w, id, contact.Terms{From: 600, To: 720, Days: []int{1}, Leave: contact.No, Say: "the dentist"})
		same(t, w.Holding(t, number))
		same(t, w.Holding(t, "the dentist"))
		leaves := w.Count(t, `SELECT count(*) FROM leaf WHERE object = $1`, id)
		takes(t, w, ana, id)
		takes(t, w, ana, id)
		if n := w.Count(t, `SELECT count(*) FROM call_back`); n != 0 {
			t.Errorf("%d wishes stay beside the head", n)
		}
		if n := w.Count(t, `SELECT count(*) FROM leaf WHERE object = $1`, id) - leaves; n != 1 {
			t.Errorf("%d leaves, want one", n)
		}
		h, err := w.Head(t, ana, id)
		must(t, err)
		if by := h.Safety.Ways[contact.ByCall]; h.Number != number || by.May != contact.Yes || by.From != 600 || by.Leave != contact.No || by.Say != "the dentist" || len(by.Days) != 1 {
			t.Error("the head says something else than she did")
		}
		same(t, w.Holding(t, number))
		must(t, w.PutHead(t, ana, id, func(h *contact.Head) {
			h.Safety.Ways = map[contact.Way]contact.Terms{contact.ByCall: {May: contact.No}}
		}))
		if h, err = w.Head(t, ana, id); err != nil || h.Number != "" {
			t.Errorf("whoever may not be called keeps a number, %v", err)
		}
		wish(t, w, id, contact.Terms{})
		takes(t, w, ana, id)
		if h, err = w.Head(t, ana, id); err != nil || h.Number != "" || h.Safety.Ways[contact.ByCall].May != contact.No {
			t.Errorf("a never is undone by what the telephone took down, %v", err)
		}
		for _, none := range []contact.CallBack{{}, {Number: seal.Conceal(" ")}, {Number: seal.Conceal(number), Terms: contact.Terms{From: -1}}, {Number: seal.Conceal(number), Terms: contact.Terms{Days: []int{7}}}} {
			refused(t, w.Book.WishCallBack(t.Context(), id, none), contact.ErrCallBack)
		}
	})
}

// Whoever is closed is not called back: the number goes from the head with the closing, and
// nothing more is wished.
func TestTheNumberGoesAtClosing(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		id := w.Call(t, number).ID
		wish(t, w, id, contact.Terms{})
		takes(t, w, ana, id)
		must(t, w.Book.EndNow(t.Context(), hotline.Machine, id))
		w.Close(t, ana, id)
		h, err := w.Head(t, ana, id)
		must(t, err)
		if h.Number != "" {
			t.Error("it stays")
		}
		refused(t, w.Book.WishCallBack(t.Context(), id, contact.CallBack{Number: seal.Conceal(number)}), contact.ErrOver)
	})
}

// A number is shown to whoever has just given the second factor and says why; the leaf is in
// the log and the supervisors are told before it is.
func TestReveal(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, pat := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.PrivacyOfficer)
		id := w.Call(t, number).ID
		wish(t, w, id, contact.Terms{})
		takes(t, w, ana, id)
		reveal := func(why string, tell bool, live func() (seal.Text, bool)) (got string, err error) {
			err = w.Keeper.With(t.Context(), ana.Token, func(r *vault.Ring) error {
				_, record := both(t, r, id)
				n, err := r.Number(t.Context(), ana.Token, record, why, tell, live)
				got = n.Reveal()
				return err
			})
			return got, err
		}
		leaves := func() (n int) {
			w.With(t, pat, func(r *vault.Ring) error {
				for _, l := range leavesOf(t, w, id) {
					a, err := r.Leaf(t.Context(), l)
					must(t, err)
					if a == (audit.Act{By: hotline.Actor(ana.ID), What: "reveal", Object: a.Object, Why: "danger"}) {
						n++
					}
				}
				return nil
			})
			return n
		}
		told := func() int { return w.Count(t, `SELECT count(*) FROM alert WHERE kind = 'revealed'`) }
		w.Advance(t, 6*time.Minute)
		if got, err := reveal("danger", true, nil); got != "" {
			t.Error("it is shown without the second factor")
		} else {
			refused(t, err, vault.ErrStep)
		}
		must(t, w.Accounts.StepUp(t.Context(), ana.Token, w.Code(t, ana)))
		if got, err := reveal("  ", true, nil); got != "" {
			t.Error("it is shown without a reason")
		} else {
			refused(t, err, vault.ErrReason)
		}
		if told() != 0 || leaves() != 0 {
			t.Error("what was not shown was told of")
		}
		if got, err := reveal("danger", false, nil); err != nil || got != number || told() != 0 {
			t.Errorf("a supervisor: %v, told %d", err, told())
		}
		if got, err := reveal("danger", true, nil); err != nil || got != number || told() != 1 {
			t.Errorf("an advocate: %v, told %d", err, told())
		}
		if n := leaves(); n != 2 {
			t.Errorf("%d leaves say who looked and why, want 2", n)
		}
		on := func() (seal.Text, bool) { return seal.Conceal("+15550102"), true }
		off := func() (seal.Text, bool) { return seal.Text{}, false }
		if got, err := reveal("danger", true, on); err != nil || got != "+15550102" {
			t.Errorf("of whoever is on the line: %v", err)
		}
		if got, err := reveal("danger", true, off); err != nil || got != number {
			t.Errorf("of whoever is not: %v", err)
		}
		must(t, w.PutHead(t, ana, id, func(h *contact.Head) { h.Number = "" }))
		_, err := reveal("danger", true, nil)
		refused(t, err, contact.ErrWay)
	})
}

// Where the leaf cannot be written, nothing is shown.
func TestNoLeafNoNumber(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		id := w.Call(t, number).ID
		wish(t, w, id, contact.Terms{})
		takes(t, w, ana, id)
		w.With(t, ana, func(r *vault.Ring) error {
			_, record := both(t, r, id)
			w.SQL(t, `ALTER TABLE leaf RENAME TO down`)
			asked := false
			got, err := r.Number(t.Context(), ana.Token, record, "danger", true, func() (seal.Text, bool) { asked = true; return seal.Conceal(number), true })
			if err == nil || got.Len() > 0 || asked {
				t.Error("it is shown without a leaf")
			}
			w.SQL(t, `ALTER TABLE down RENAME TO leaf`)
			return nil
		})
	})
}

// leavesOf lists the leaves of what we wrote about a contact.
func leavesOf(t testing.TB, w *hotlinetest.World, id hotline.ContactID) (out []string) {
	t.Helper()
	must(t, w.Engine.Main.Read(t.Context(), func(tx db.Tx) (err error) {
		out, err = db.Values[string](tx, `SELECT id FROM leaf WHERE object = (SELECT shred_s FROM contact WHERE id = $1)`, id)
		return err
	}))
	return out
}

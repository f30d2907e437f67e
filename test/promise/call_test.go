package promise_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/dialog"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// telephones has somebody call from a number, wish to be called back there, and be on the
// line still.
func telephones(t *testing.T, w *hotlinetest.World, number string) contact.Contact {
	t.Helper()
	c := w.Call(t, number)
	_, err := w.Book.SpokenDigits(t.Context(), c.ID)
	must(t, err)
	must(t, w.Book.WishCallBack(t.Context(), c.ID, contact.CallBack{Number: seal.Conceal(number), Terms: contact.Terms{Say: number}}))
	must(t, w.Dialogs.Put(t.Context(), dialog.Dialog{ID: hotline.NewID(), Contact: c.ID, Saved: []byte(number)}))
	return c
}

// calls puts what a call leaves twice.
func (s *scene) calls(t *testing.T) {
	t.Helper()
	for _, from := range []string{"+15550103", "+15550104"} {
		s.caller = telephones(t, s.World, from).ID
	}
}

// callCells are what is sealed of somebody who calls.
func (s *scene) callCells(t *testing.T, out map[string]cell) {
	t.Helper()
	out["main call_back.sealed"] = cell{db.Main, `contact = $2`, []any{s.caller}, func() error {
		return s.Keeper.With(t.Context(), s.ana.Token, func(r *vault.Ring) error {
			k, err := r.Open(t.Context(), vault.Ref{Contact: s.caller}, "call back")
			if err != nil {
				return err
			}
			var sealed seal.Sealed
			must(t, s.Engine.Main.Read(t.Context(), func(tx db.Tx) (err error) { sealed, err = contact.CallBackOf(tx, s.caller); return err }))
			_, err = k.Read(sealed)
			return err
		})
	}}
	out["main dialog.sealed"] = cell{db.Main, `contact = $2`, []any{s.caller}, func() error {
		next := dialog.New(s.Engine.Main, s.Shred, hotline.NewID()) // as after a restart
		_, err := next.Claim(t.Context(), true)
		return err
	}}
}

// What a call leaves goes with it: the row of its dialog, once it has ended, is the last
// that holds the number.
func TestNothingOfACallStays(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		c := w.Call(t, "+15550101")
		must(t, w.Dialogs.Put(t.Context(), dialog.Dialog{ID: "a", Contact: c.ID, Saved: []byte("+15550101")}))
		must(t, w.Book.HungUp(t.Context(), c.ID))
		must(t, w.Dialogs.Ends(t.Context(), "a"))
		if n := w.Count(t, `SELECT count(*) FROM dialog`); n != 0 {
			t.Errorf("%d rows stay", n)
		}
		if got := w.Holding(t, "+15550101"); len(got) > 0 {
			t.Errorf("her number stands readable in %q", got)
		}
	})
}

package situation_test

import (
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/channel/channeltest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// recognised is which contacts a session finds by a number.
func recognised(t *testing.T, w *hotlinetest.World, p *hotlinetest.Person, id hotline.ContactID, number string) (out []hotline.ContactID, err error) {
	t.Helper()
	err = w.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) (err error) {
		out, err = w.Situations.Recognise(t.Context(), r, id, seal.Conceal(number))
		return err
	})
	return out, err
}

// Whoever calls from a number from which somebody wrote, or called, at any time, is found in
// a session of the team; and by nobody else, in nothing that lies in the database.
func TestRecognise(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		const one, other = "+15550101", "+15550102"
		ana, pat := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.PrivacyOfficer)
		found := func(id hotline.ContactID, number string, want ...hotline.ContactID) {
			t.Helper()
			got, err := recognised(t, w, ana, id, number)
			hotlinetest.Must(t, err)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%d are found, want %d", len(got), len(want))
			}
		}
		wrote, err := channeltest.NewLoop(w.Book, hotline.Text).Write(t.Context(), one, "by text")
		hotlinetest.Must(t, err)
		found(wrote, one)
		found(wrote, one) // once more
		w.SQL(t, `DELETE FROM recent`)
		calls := w.Call(t, one).ID
		if w.Find(t, calls).Returned {
			t.Error("she returns before anybody can know")
		}
		found(calls, one, wrote)
		if !w.Find(t, calls).Returned || w.Find(t, wrote).Returned {
			t.Error("the one who was found returns, and not the first")
		}
		found(w.Call(t, other).ID, other)
		mailed, err := channeltest.NewLoop(w.Book, hotline.Mail).Write(t.Context(), one, "by mail")
		hotlinetest.Must(t, err)
		found(mailed, one) // an address of mail is another
		hotlinetest.Same(t, w.Holding(t, one))
		if n := w.Count(t, `SELECT count(*) FROM thread`); n != 4 {
			t.Errorf("%d rows, want 4", n)
		}
		_, err = recognised(t, w, pat, calls, one)
		hotlinetest.Refused(t, err, vault.ErrGrant)
		_, err = recognised(t, w, ana, calls, "")
		hotlinetest.Refused(t, err, situation.ErrNumber)
		// A conflict keeps its contacts from whoever has it.
		w.With(t, ana, func(r *vault.Ring) error { _, err := w.Situations.Create(t.Context(), r, wrote); return err })
		w.SQL(t, `INSERT INTO conflict (situation, person, at) SELECT situation, $1, 0 FROM part WHERE of = $2`, ana.ID, wrote)
		found(calls, one)
		w.SQL(t, `DELETE FROM conflict`)
		hotlinetest.Must(t, w.Book.EraseNow(t.Context(), "caller", wrote))
		found(calls, one) // her words are erased, and nothing leads there
	})
}

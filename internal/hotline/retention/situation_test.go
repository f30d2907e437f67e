package retention_test

import (
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// Entries of situations live by their situation: the sweep takes what lost its own,
// and whoever writes a job destroys nothing that lives. What is taken out of one is
// destroyed, and of a closed one's times only the day is left.
func TestSituationsEntries(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana := h.Hire(t, hotline.Advocate)
		c := h.Arrive(t, "her words")
		h.Take(t, ana, c.Contact)
		var s situation.Situation
		man := hotline.NewID()
		h.With(t, ana, func(r *vault.Ring) (err error) {
			if s, err = h.Situations.Create(t.Context(), r, c.Contact); err != nil {
				return err
			}
			_, _, _, err = r.NewSituation(t.Context(), "") // and nothing is written of it
			if err != nil {
				return err
			}
			return h.Situations.Say(t.Context(), r, s.ID, situation.Said{Of: man, Kind: situation.PersonPart, Role: seal.Conceal("a man")})
		})
		own := h.One(t, `SELECT object FROM part WHERE of = $1`, man)
		left := func() (n int) {
			t.Helper()
			must(t, h.Engine.Shred.One(t.Context(), `SELECT count(*) FROM entry WHERE kind = $1`, []any{vault.ShredSituation}, &n))
			return n
		}
		if got := left(); got != 3 {
			t.Fatalf("%d entries, want 3", got)
		}
		h.Advance(t, 2*day)
		must(t, h.r.Sweep(t.Context()))
		if got := left(); got != 2 || !h.there(t, s.ShredS) || !h.there(t, own) {
			t.Errorf("%d entries after the sweep", got)
		}
		for _, entry := range []string{s.ShredS, own} {
			must(t, h.r.Finish(t.Context(), entry))
			h.rang(t, contact.ErrState)
			if !h.there(t, entry) {
				t.Error("a job destroyed what lives")
			}
		}
		h.SignIn(t, ana)
		h.With(t, ana, func(r *vault.Ring) error { return h.Situations.Drop(t.Context(), r, s.ID, man) })
		must(t, h.r.Finish(t.Context(), own))
		h.rang(t, nil)
		if h.there(t, own) {
			t.Error("what was taken out is still there")
		}
		h.Close(t, ana, c.Contact)
		h.With(t, ana, func(r *vault.Ring) error { return h.Situations.Close(t.Context(), r, s.ID, seal.Conceal("over")) })
		h.Advance(t, 31*day)
		must(t, h.r.Round(t.Context()))
		for _, column := range []string{"situation.state_at", "situation.began", "part.at", "happening.at"} {
			table, name, _ := strings.Cut(column, ".")
			if n := h.Count(t, `SELECT count(*) FROM `+table+` WHERE `+name+` % 86400000 <> 0`); n > 0 {
				t.Errorf("%d times of %s are not rounded", n, column)
			}
		}
	})
}

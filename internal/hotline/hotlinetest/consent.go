package hotlinetest

import (
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// demands knows the one decision about a duty that is due at once, as [AtOnce] says.
func demands(_ db.Tx, _, decision string) error {
	if decision != AtOnce {
		return consent.ErrGround
	}
	return nil
}

// Consent writes an act about a contact, as the desk does, upon what stands there, and may
// fail.
func (w *World) Consent(tb testing.TB, p *Person, id hotline.ContactID, a consent.Act) (l consent.Ledger, err error) {
	tb.Helper()
	return l, w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "consent")
		if err != nil {
			return err
		}
		l, err = w.consent(tb, p, string(id), false, k.OfHead(), func(tx db.Tx) error { _, err := contact.OfRecord(tx, id, k.Object); return err }, a)
		return err
	})
}

// ConsentIn writes an act about whoever it is in a situation.
func (w *World) ConsentIn(tb testing.TB, p *Person, id hotline.SituationID, owner string, a consent.Act) (l consent.Ledger, err error) {
	tb.Helper()
	return l, w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		whole, err := w.Situations.Open(tb.Context(), r, id, "consent")
		if err != nil {
			return err
		}
		key, ok := whole.Heads()[owner]
		if !ok {
			return consent.ErrMissing
		}
		l, err = w.consent(tb, p, owner, owner == string(id), key, func(tx db.Tx) error { return situation.MayConsent(tx, id, owner, key.HeadKey().Object()) }, a)
		return err
	})
}

func (w *World) consent(tb testing.TB, p *Person, owner string, all bool, key consent.Opened, allow func(db.Tx) error, a consent.Act) (consent.Ledger, error) {
	tb.Helper()
	l, err := w.Consents.Read(tb.Context(), owner, key)
	if err != nil {
		return l, err
	}
	of := consent.Of{By: p.ID, Lead: slices.Contains(p.Roles, hotline.Supervisor), Owner: owner, All: all, Key: key, Allow: allow}
	return w.Consents.Do(tb.Context(), of, l.N, a)
}

// ConsentsOf reads what was said about a contact alone.
func (w *World) ConsentsOf(tb testing.TB, p *Person, id hotline.ContactID) (out consent.Whole, err error) {
	tb.Helper()
	return out, w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "consent")
		if err != nil {
			return err
		}
		l, err := w.Consents.Read(tb.Context(), string(id), k.OfHead())
		out = consent.Whole{string(id): l}
		return err
	})
}

// ConsentsIn reads what was said in a situation.
func (w *World) ConsentsIn(tb testing.TB, p *Person, id hotline.SituationID) (out consent.Whole, err error) {
	tb.Helper()
	return out, w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		whole, err := w.Situations.Open(tb.Context(), r, id, "consent")
		if err != nil {
			return err
		}
		out, err = w.Consents.All(tb.Context(), whole.Heads())
		return err
	})
}

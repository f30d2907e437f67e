package hotlinetest

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// Decisions is the book of decisions, which rings for what is sent alone.
func (w *World) Decisions() *policy.Decisions {
	return policy.NewDecisions(w.Engine.Main, w.Log, w.Bus, func(tx db.Tx, owner string) error {
		_, err := contact.RaiseIn(tx, hotline.ContactID(owner), contact.SentAlone)
		return err
	})
}

// Deciding opens the record of a contact for a person who decides about it.
func (w *World) Deciding(tb testing.TB, p *Person, id hotline.ContactID, do func(policy.Owner, policy.Opener) error) error {
	tb.Helper()
	return w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "decide")
		if err != nil {
			return err
		}
		head, err := k.Head(tb.Context())
		if err != nil {
			return err
		}
		return do(policy.Owner(situation.OfContact(id, k, head.N)), k)
	})
}

// Notice begins a decision about a contact of which no rule says anything, and gives
// its id.
func (w *World) Notice(tb testing.TB, p *Person, id hotline.ContactID) string {
	tb.Helper()
	decision := hotline.NewID()
	Must(tb, w.Deciding(tb, p, id, func(o policy.Owner, k policy.Opener) error {
		_, err := w.Decisions().Begin(tb.Context(), p.ID, o, k, decision, policy.Outcome{})
		return err
	}))
	return decision
}

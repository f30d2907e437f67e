package hotlinetest

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// AtOnce is the id of the one decision of a [World] that is about a duty which is due at
// once, whoever it is about.
const AtOnce = "00000000000000000000AT0NCE"

func demanded(_ db.Tx, _ hotline.ContactID, decision string) error {
	if decision != AtOnce {
		return emergency.ErrDuty
	}
	return nil
}

// Emergency does something about a contact's emergency, as the desk does, and may fail.
func (w *World) Emergency(tb testing.TB, p *Person, id hotline.ContactID, do func(emergency.Of) error) error {
	tb.Helper()
	return w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "emergency")
		if err != nil {
			return err
		}
		head, err := k.Head(tb.Context())
		if err != nil {
			return err
		}
		return do(emergency.Of{By: p.ID, Contact: id, Key: k, Head: head})
	})
}

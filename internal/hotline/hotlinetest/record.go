package hotlinetest

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// PutField saves a field of a contact's record, as the desk does, and may fail.
func (w *World) PutField(tb testing.TB, p *Person, id hotline.ContactID, field string, base int64, value string) (f situation.Field, err error) {
	tb.Helper()
	err = w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "record")
		if err != nil {
			return err
		}
		head, err := k.Head(tb.Context())
		if err != nil {
			return err
		}
		f, err = w.Record.Put(tb.Context(), p.ID, situation.OfContact(id, k, head.N), k, field, base, seal.Conceal(value))
		return err
	})
	return f, err
}

// Field saves a field for the first time, and gives its id.
func (w *World) Field(tb testing.TB, p *Person, id hotline.ContactID, field, value string) string {
	tb.Helper()
	_, err := w.PutField(tb, p, id, field, 0, value)
	Must(tb, err)
	return field
}

// Fields is what a person reads of a contact's record, by field.
func (w *World) Fields(tb testing.TB, p *Person, id hotline.ContactID) (map[string]string, error) {
	tb.Helper()
	out := map[string]string{}
	err := w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "read")
		if err != nil {
			return err
		}
		all, err := w.Record.Fields(tb.Context(), string(id), k)
		for _, f := range all {
			out[f.Field] = reveal(f.Value)
		}
		return err
	})
	return out, err
}

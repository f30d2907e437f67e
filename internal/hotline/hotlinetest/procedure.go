package hotlinetest

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// Procedure is a protocol of three steps: hello, which may be skipped; call, which a
// supervisor confirms afterwards; may, which she signs.
func Procedure() protocol.Protocol {
	words := func(s string) map[string]form.Words { return map[string]form.Words{"en": {Label: s}} }
	return protocol.Protocol{Words: words("Any"), Steps: []protocol.Step{
		{ID: "hello", Kind: protocol.Say, Words: words("Say hello"), Phrase: "greeting.hello", Skip: true},
		{ID: "call", Kind: protocol.Do, Words: words("Call"), Sign: hotline.Supervisor},
		{ID: "may", Kind: protocol.SignOff, Words: words("May we?"), Sign: hotline.Supervisor},
	}}
}

// Step does something with a step of [Procedure], as the desk does, and may fail.
func (w *World) Step(tb testing.TB, p *Person, id hotline.ContactID, name string, deed protocol.Deed) error {
	tb.Helper()
	return w.StepUnder(tb, p, id, name, 3, deed, func() {})
}

// StepUnder is Step under an edition of that number; something happens once the record
// is open.
func (w *World) StepUnder(tb testing.TB, p *Person, id hotline.ContactID, name string, edition int64, deed protocol.Deed, meanwhile func()) error {
	tb.Helper()
	return w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "record")
		if err != nil {
			return err
		}
		meanwhile()
		at := protocol.Place{Contact: id, Key: k, Name: name, Edition: edition, Protocol: Procedure()}
		_, err = w.Procedures.Do(tb.Context(), p.ID, at, deed)
		return err
	})
}

// Followed is what was done for a contact.
func (w *World) Followed(tb testing.TB, p *Person, id hotline.ContactID) (f protocol.Followed, err error) {
	tb.Helper()
	err = w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "record")
		if err == nil {
			f, err = w.Procedures.Followed(tb.Context(), id, k)
		}
		return err
	})
	return f, err
}

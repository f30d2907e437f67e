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
	return w.StepAt(tb, p, protocol.Place{Contact: id, Name: name, Edition: edition, Protocol: Procedure()}, deed, meanwhile)
}

// StepAt is Step of any protocol, of a contact whose record is empty. All that was begun
// is taken for that one.
func (w *World) StepAt(tb testing.TB, p *Person, at protocol.Place, deed protocol.Deed, meanwhile func()) error {
	tb.Helper()
	return w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: at.Contact, Record: true}, "record")
		if err != nil {
			return err
		}
		meanwhile()
		at.Key = k
		at.Watch = func(f protocol.Followed) protocol.Watch { return Watched(at.Protocol, f) }
		_, err = w.Procedures.Do(tb.Context(), p.ID, at, deed)
		return err
	})
}

// Watched is what the server must know of what was begun, all of it that one protocol.
func Watched(p protocol.Protocol, f protocol.Followed) protocol.Watch {
	begun := map[string]protocol.View{}
	for name, d := range f.Of {
		begun[name] = protocol.Follow(p, protocol.Record{}, d)
	}
	return protocol.WatchOf(begun, f.Rung)
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

// Watch has the server know what was begun, at a version, as somebody's desk does.
func (w *World) Watch(tb testing.TB, p *Person, id hotline.ContactID, version int64, is protocol.Watch) error {
	tb.Helper()
	return w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "record")
		if err != nil {
			return err
		}
		return w.Procedures.Watch(tb.Context(), p.ID, id, k, version, is)
	})
}

// Anew has a contact's steps begin again.
func (w *World) Anew(tb testing.TB, p *Person, id hotline.ContactID) error {
	tb.Helper()
	return w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "record")
		if err != nil {
			return err
		}
		return w.Procedures.Anew(tb.Context(), p.ID, id, k)
	})
}

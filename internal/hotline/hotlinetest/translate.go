package hotlinetest

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// Translator has a contact's words opened to a translator, as the desks of both do it.
func (w *World) Translator(tb testing.TB, advocate, translator *Person, id hotline.ContactID) interpret.Request {
	tb.Helper()
	r, err := w.Translators.Ask(tb.Context(), advocate.ID, id, "en", "en")
	Must(tb, err)
	who, err := w.Staff.Person(tb.Context(), translator.ID)
	Must(tb, err)
	Must(tb, w.Translators.Take(tb.Context(), who, r.ID))
	w.With(tb, advocate, func(ring *vault.Ring) error {
		k, err := ring.Open(tb.Context(), vault.Ref{Contact: id}, "test")
		if err != nil {
			return err
		}
		return ring.Give(tb.Context(), k, translator.ID, "translates", func(tx db.Tx) error { return interpret.Given(tx, r.ID, translator.ID) })
	})
	return r
}

// Translate keeps a sentence or a translation, and gives its id.
func (w *World) Translate(tb testing.TB, by *Person, id hotline.ContactID, about, words string) string {
	tb.Helper()
	name := hotline.NewID()
	w.With(tb, by, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id}, "test")
		if err != nil {
			return err
		}
		return w.Translators.Write(tb.Context(), interpret.Words{ID: name, Contact: id, About: about, By: by.ID, Key: k.Seal(), Text: seal.Conceal(words)})
	})
	return name
}

// Marked stores a reply of which the staff know more than its words, and gives its id.
func (w *World) Marked(tb testing.TB, p *Person, id hotline.ContactID, words string, m interpret.Mark) string {
	tb.Helper()
	name := hotline.NewID()
	head, err := w.Head(tb, p, id)
	Must(tb, err)
	w.With(tb, p, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id}, "test")
		if err != nil {
			return err
		}
		return w.Book.Reply(tb.Context(), id, contact.Reply{ID: name, By: p.ID, Key: k.Seal(), Text: seal.Conceal(words), Head: &head, Mark: m.Text()})
	})
	return name
}

package promise_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// a texter came by a channel, and an answer waits to leave to her.
type texter struct {
	contact hotline.ContactID
	message string
}

// text has somebody write from an address, and an advocate answer.
func text(t *testing.T, w *hotlinetest.World, p *hotlinetest.Person, from, words, answer string) texter {
	t.Helper()
	c, err := w.Book.Receive(t.Context(), contact.Incoming{ID: hotline.NewID(), Channel: hotline.Text, Lang: "en", Text: seal.Conceal(words), From: seal.Conceal(from)})
	must(t, err)
	w.Take(t, p, c.ID)
	return texter{c.ID, w.Draft(t, p, c.ID, answer)}
}

// outboxCells are what is sealed of somebody who came by a channel.
func (s *scene) outboxCells(t *testing.T, out map[string]cell) {
	t.Helper()
	x := s.texter
	out["main contact.way"] = cell{db.Main, `id = $2`, []any{x.contact}, func() error {
		return s.Keeper.With(t.Context(), s.ana.Token, func(r *vault.Ring) error {
			k, err := r.Open(t.Context(), vault.Ref{Contact: x.contact}, "way")
			if err == nil {
				_, err = k.Way(t.Context())
			}
			return err
		})
	}}
	out["main outbox.sealed"] = cell{db.Main, `contact = $2 AND id = $3`, []any{x.contact, x.message}, func() error {
		var entry string
		var sealed []byte
		must(t, s.Engine.Main.One(t.Context(), `SELECT shred, sealed FROM outbox WHERE contact = $1 AND id = $2`, []any{x.contact, x.message}, &entry, &sealed))
		plain, err := s.Shred.OpenUnder(t.Context(), entry, sealed, seal.OutgoingParts(x.contact, x.message, hotline.Text)...)
		if err == nil {
			_, _, err = seal.UnpackOutgoing(plain)
		}
		return err
	}}
}

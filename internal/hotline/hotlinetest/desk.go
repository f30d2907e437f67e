package hotlinetest

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// Find reads what the server can read of a contact.
func (w *World) Find(tb testing.TB, id hotline.ContactID) contact.Contact {
	tb.Helper()
	c, err := w.Book.Find(tb.Context(), id)
	Must(tb, err)
	return c
}

// Take makes a contact the person's.
func (w *World) Take(tb testing.TB, p *Person, id hotline.ContactID) {
	tb.Helper()
	Must(tb, w.Book.Take(tb.Context(), p.ID, id, p.ID))
}

// Desk is what a person reads of a contact's words.
func (w *World) Desk(tb testing.TB, p *Person, id hotline.ContactID) (out []string, err error) {
	tb.Helper()
	err = w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id}, "test")
		if err != nil {
			return err
		}
		ms, err := w.Book.Thread(tb.Context(), id, 0, 500)
		if err != nil {
			return err
		}
		for _, m := range ms {
			o, err := k.Read(m)
			if err != nil {
				return err
			}
			out = append(out, reveal(o.Text))
		}
		return nil
	})
	return out, err
}

// Draft stores a reply that is not sent yet, and gives its id.
func (w *World) Draft(tb testing.TB, p *Person, id hotline.ContactID, words string) string {
	tb.Helper()
	m := hotline.NewID()
	Must(tb, w.Answer(tb, p, id, m, words))
	return m
}

// Answer stores a reply under an id, as the desk does, and may fail. let is a supervisor's
// word that it goes although the rules forbid it.
func (w *World) Answer(tb testing.TB, p *Person, id hotline.ContactID, message, words string, let ...contact.Override) error {
	tb.Helper()
	return w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id}, "reply")
		if err != nil {
			return err
		}
		head, err := w.record(tb, r, id).Head(tb.Context())
		if err != nil {
			return err
		}
		reply := contact.Reply{ID: message, By: p.ID, Key: k.Seal(), Text: seal.Conceal(words), Head: &head}
		for _, o := range let {
			reply.Override = o
		}
		if w.Find(tb, id).Addressed {
			if reply.To, err = k.Way(tb.Context()); err != nil {
				return err
			}
		}
		return w.Book.Reply(tb.Context(), id, reply)
	})
}

// record opens what we wrote about a contact.
func (w *World) record(tb testing.TB, r *vault.Ring, id hotline.ContactID) *vault.Key {
	tb.Helper()
	k, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "test")
	Must(tb, err)
	return k
}

// Head is what a person reads of a contact's head.
func (w *World) Head(tb testing.TB, p *Person, id hotline.ContactID) (h contact.Head, err error) {
	tb.Helper()
	err = w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) (err error) {
		h, err = w.record(tb, r, id).Head(tb.Context())
		return err
	})
	return h, err
}

// PutHead changes a contact's head, as the desk does.
func (w *World) PutHead(tb testing.TB, p *Person, id hotline.ContactID, change func(*contact.Head)) error {
	tb.Helper()
	return w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k := w.record(tb, r, id)
		h, err := k.Head(tb.Context())
		if err != nil {
			return err
		}
		change(&h)
		return w.Book.PutHead(tb.Context(), hotline.Actor(p.ID), id, h, k.HeadKey(), "safety")
	})
}

// Reply says something and sends it at once; it gives the message's id.
func (w *World) Reply(tb testing.TB, p *Person, id hotline.ContactID, words string) string {
	tb.Helper()
	m := w.Draft(tb, p, id, words)
	Must(tb, w.Book.Send(tb.Context(), id, m))
	return m
}

// Note writes about a contact what she does not see, and gives the note's id.
func (w *World) Note(tb testing.TB, p *Person, id hotline.ContactID, words string) string {
	tb.Helper()
	n := hotline.NewID()
	w.With(tb, p, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "note")
		if err != nil {
			return err
		}
		return w.Book.AddNote(tb.Context(), p.ID, id, n, k.Seal(), seal.Conceal(words))
	})
	return n
}

// Notes is what a person reads of what we wrote.
func (w *World) Notes(tb testing.TB, p *Person, id hotline.ContactID) (out []string, err error) {
	tb.Helper()
	err = w.Keeper.With(tb.Context(), p.Token, func(r *vault.Ring) error {
		k, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "read")
		if err != nil {
			return err
		}
		ns, err := w.Book.Notes(tb.Context(), id)
		if err != nil {
			return err
		}
		for _, n := range ns {
			words, err := k.Note(n)
			if err != nil {
				return err
			}
			out = append(out, reveal(words))
		}
		return nil
	})
	return out, err
}

// Close ends a contact and saves its outcome, as its advocate does.
func (w *World) Close(tb testing.TB, p *Person, id hotline.ContactID) {
	tb.Helper()
	w.CloseAs(tb, p, id, "helped", nil)
}

// CloseAs is Close with an outcome, and what the record says to be counted.
func (w *World) CloseAs(tb testing.TB, p *Person, id hotline.ContactID, outcome string, facts hotline.Facts) {
	tb.Helper()
	if w.Find(tb, id).State != contact.Closing {
		Must(tb, w.Book.EndNow(tb.Context(), hotline.Actor(p.ID), id))
	}
	w.With(tb, p, func(r *vault.Ring) error {
		words, err := r.Open(tb.Context(), vault.Ref{Contact: id}, "outcome")
		if err != nil {
			return err
		}
		record, err := r.Open(tb.Context(), vault.Ref{Contact: id, Record: true}, "outcome")
		if err != nil {
			return err
		}
		head, err := record.Head(tb.Context())
		if err != nil {
			return err
		}
		swap, err := r.Settle(words, record, p.ID)
		if err != nil {
			return err
		}
		head.Outcome, head.Facts = outcome, facts
		return w.Book.CloseNow(tb.Context(), id, contact.Outcome{By: p.ID, Head: head, Key: record.HeadKey(), Swap: swap})
	})
}

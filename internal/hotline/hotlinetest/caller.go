package hotlinetest

import (
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/own"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A Caller is a browser with its cookie, and what it leads to.
type Caller struct {
	Cookie  []byte
	By      seal.CallerWrap
	Contact hotline.ContactID
}

// Browser is a browser that has chosen a way in and has not written yet.
func (w *World) Browser() *Caller {
	cookie := box.Random(box.Size)
	return &Caller{Cookie: cookie, By: w.Own.Caller(cookie)}
}

// Arrive is a stranger's first message.
func (w *World) Arrive(tb testing.TB, words string) *Caller {
	tb.Helper()
	c := w.Browser()
	w.Write(tb, c, words)
	return c
}

// Incoming is a message of a browser's, as its page hands it in.
func (w *World) Incoming(c *Caller, words string) contact.Incoming {
	return contact.Incoming{ID: hotline.NewID(), Channel: hotline.Chat, Lang: "en", By: c.By, Text: seal.Conceal(words), Seen: true}
}

// Write makes a new contact of a browser's words.
func (w *World) Write(tb testing.TB, c *Caller, words string) contact.Contact {
	tb.Helper()
	made, err := w.Book.Receive(tb.Context(), w.Incoming(c, words))
	Must(tb, err)
	c.Contact = made.ID
	return made
}

// Key opens a caller's contact by her cookie.
func (w *World) Key(tb testing.TB, c *Caller) (*own.Key, contact.Page, error) {
	tb.Helper()
	p, err := w.Book.Page(tb.Context(), c.By.Lookup, 0)
	if err != nil {
		return nil, p, err
	}
	k, err := w.Own.Open(tb.Context(), c.By, p.Columns, p.Wrap)
	return k, p, err
}

// Page is what a browser is shown.
func (w *World) Page(tb testing.TB, c *Caller) (out []string, err error) {
	tb.Helper()
	k, p, err := w.Key(tb, c)
	if err != nil {
		return nil, err
	}
	for _, m := range p.Messages {
		o, err := k.Read(tb.Context(), m)
		if err != nil {
			return out, err
		}
		out = append(out, reveal(o.Text))
	}
	return out, nil
}

// Say adds words of hers to her contact, by her cookie, and gives the message's id.
func (w *World) Say(tb testing.TB, c *Caller, words string) string {
	tb.Helper()
	k, _, err := w.Key(tb, c)
	Must(tb, err)
	key, id := k.Seal(), hotline.NewID()
	Must(tb, w.Book.Say(tb.Context(), c.Contact, contact.Words{ID: id, Text: seal.Conceal(words), Key: &key, Seen: true}))
	return id
}

// ReturnCode makes a return code for her contact.
func (w *World) ReturnCode(tb testing.TB, c *Caller) seal.Text {
	tb.Helper()
	k, _, err := w.Key(tb, c)
	Must(tb, err)
	digits, code, err := k.NewCode(tb.Context())
	Must(tb, err)
	Must(tb, w.Book.PutCode(tb.Context(), c.Contact, code.Lookup, code.Shred, code.Wrap))
	return digits
}

// Return comes back by a code, in another browser.
func (w *World) Return(tb testing.TB, digits seal.Text) (*Caller, error) {
	tb.Helper()
	typed, err := w.Own.Type(tb.Context(), digits)
	if err != nil {
		return nil, err
	}
	row, err := w.Book.Code(tb.Context(), typed.Lookup)
	if err != nil {
		return nil, err
	}
	k, err := typed.Open(tb.Context(), row.Columns, own.Code{Lookup: typed.Lookup, Shred: row.Shred, Wrap: row.Wrap})
	if err != nil {
		return nil, err
	}
	c := w.Browser()
	c.Contact = row.Contact
	return c, w.Book.Join(tb.Context(), row.Contact, c.By, k.Wrap(c.By))
}

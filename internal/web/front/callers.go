package front

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/own"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/shred"
)

// errNothing says that a cookie or a code leads to no contact. It does not say why.
var errNothing = problem.New(problem.Missing, "front.error.missing")

// callers lets a caller read and write her own contact by her cookie, and nothing
// else. K is open for the length of one call.
type callers struct {
	own   *own.Own
	book  *contact.Book
	staff *staff.Staff
}

// A message is one message, opened for its caller.
type message struct {
	Seq  int64
	Side string // as in package seal
	By   string // the pseudonym of whoever wrote for the line
	At   time.Time
	Text seal.Text
}

// nothingAfter asks for a page without messages.
const nothingAfter = math.MaxInt64

// find tells how the contact of a cookie stands, without a message.
func (c callers) find(ctx context.Context, t token) (contact.Page, error) {
	p, err := c.book.Page(ctx, c.own.Caller(t[:]).Lookup, nothingAfter)
	return p, gone(err)
}

// read opens what a cookie shows after a number. A message that does not open is
// left out: unreadable is the second of it that went wrong.
func (c callers) read(ctx context.Context, t token, after int64) (contact.Page, []message, error) {
	by := c.own.Caller(t[:])
	p, err := c.book.Page(ctx, by.Lookup, after)
	if err != nil || len(p.Messages) == 0 {
		return p, nil, gone(err)
	}
	key, err := c.own.Open(ctx, by, p.Columns, p.Wrap)
	if err != nil {
		return p, nil, gone(err)
	}
	names := map[hotline.PersonID]string{}
	messages := make([]message, 0, len(p.Messages))
	var unreadable error
	for _, sealed := range p.Messages {
		m, err := key.Read(ctx, sealed)
		if err != nil {
			unreadable = err
			continue
		}
		by, known := names[sealed.Author]
		if !known && sealed.Author != "" {
			who, err := c.staff.Person(ctx, sealed.Author)
			if err != nil && problem.Of(err).Kind != problem.Missing {
				return p, nil, err
			}
			by = who.Pseudonym
			names[sealed.Author] = by
		}
		messages = append(messages, message{sealed.Seq, m.Side, by, time.UnixMilli(m.At), m.Text})
	}
	if len(messages) == 0 && unreadable != nil {
		return p, nil, unreadable
	}
	return p, messages, nil
}

// gone turns everything that means "there is nothing any more" into errNothing: a
// missing entry reads as erased everywhere.
func gone(err error) error {
	if errors.Is(err, contact.ErrMissing) || errors.Is(err, contact.ErrOver) || errors.Is(err, shred.ErrShredded) {
		return errNothing
	}
	return err
}

// A receipt says where words of hers were put.
type receipt struct {
	Contact hotline.ContactID
	Seq     int64 // 0 where they were there already
	At      time.Time
	New     bool // a contact began with them
}

// tries is how often her words are put anew when the contact moves on under them.
const tries = 3

// write continues her contact, or begins one if it may, and returns once the words
// are durable. The same words under the same id are written once.
func (c callers) write(ctx context.Context, t token, id, lang string, posted form, mayBegin func() error) (r receipt, err error) {
	by, words := c.own.Caller(t[:]), posted.Words
	for range tries {
		var p contact.Page
		p, err = c.book.Page(ctx, by.Lookup, nothingAfter)
		if err != nil && !errors.Is(err, contact.ErrMissing) {
			return receipt{}, err
		}
		if err != nil || !p.Current {
			if err := mayBegin(); err != nil {
				return receipt{}, err
			}
			made, err := c.book.Receive(ctx, posted.incoming(contact.Incoming{ID: id, Channel: hotline.Chat, Lang: lang, By: by, Text: words, Seen: true}))
			if errors.Is(err, contact.ErrRace) {
				continue
			}
			return receipt{made.ID, 1, time.UnixMilli(made.Began), true}, err
		}
		err = c.say(ctx, by, p, id, words)
		if errors.Is(err, contact.ErrOver) {
			continue
		}
		if err != nil {
			return receipt{}, err
		}
		r = receipt{Contact: p.Contact.ID}
		after, err := c.book.Page(ctx, by.Lookup, p.Contact.LastSeq)
		if err != nil {
			return r, gone(err)
		}
		for _, m := range after.Messages {
			if m.ID == id {
				r.Seq, r.At = m.Seq, time.UnixMilli(m.At)
			}
		}
		return r, nil
	}
	return receipt{}, err
}

func (c callers) say(ctx context.Context, by seal.CallerWrap, p contact.Page, id string, words seal.Text) error {
	key, err := c.own.Open(ctx, by, p.Columns, p.Wrap)
	if err != nil {
		return err
	}
	k := key.Seal()
	return c.book.Say(ctx, p.Contact.ID, contact.Words{ID: id, Text: words, Key: &k, Seen: true})
}

// makeCode makes a return code for her contact.
func (c callers) makeCode(ctx context.Context, t token) (seal.Text, error) {
	by := c.own.Caller(t[:])
	p, err := c.book.Page(ctx, by.Lookup, nothingAfter)
	if err != nil {
		return seal.Text{}, gone(err)
	}
	key, err := c.own.Open(ctx, by, p.Columns, p.Wrap)
	if err != nil {
		return seal.Text{}, gone(err)
	}
	digits, row, err := key.NewCode(ctx)
	if err != nil {
		return seal.Text{}, err
	}
	return digits, gone(c.book.PutCode(ctx, p.Contact.ID, row.Lookup, row.Shred, row.Wrap))
}

// join lets a cookie into the contact of a code.
func (c callers) join(ctx context.Context, t token, typed seal.Text) error {
	by := c.own.Caller(t[:])
	try, err := c.own.Type(ctx, typed)
	if err != nil {
		return err
	}
	row, key, err := c.behind(ctx, try)
	if err != nil {
		return err
	}
	return gone(c.book.Join(ctx, row.Contact, by, key.Wrap(by)))
}

// behind opens what a code leads to. A wrong, an expired and an erased code cost the
// same work and the same queries, those of one that opens.
func (c callers) behind(ctx context.Context, try own.Typed) (contact.Code, *own.Key, error) {
	row, missing := c.book.Code(ctx, try.Lookup)
	if missing != nil && !errors.Is(missing, contact.ErrMissing) {
		return row, nil, missing
	}
	if missing != nil {
		try.AsIf(ctx)
		return row, nil, errNothing
	}
	key, err := try.Open(ctx, row.Columns, own.Code{Lookup: try.Lookup, Shred: row.Shred, Wrap: row.Wrap})
	if errors.Is(err, shred.ErrShredded) {
		err = errNothing
	}
	return row, key, err
}

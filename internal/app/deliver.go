package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/channel"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/jobs"
	"github.com/freeline-org/freeline/internal/shred"
)

// Ways are the channels by which something can leave, each with its adapter.
type Ways map[hotline.Channel]channel.Sender

// ways is the list of adapters. A new channel is one line here.
func (l *Line) ways() Ways {
	return Ways{}
}

// Post delivers the outbox. It is the only part that hands anything to a vendor, and
// decides nothing: what stands in the outbox has passed the gate.
type Post struct {
	book  *contact.Book
	shred *shred.Store
	ways  Ways
	log   *slog.Logger
}

// NewPost returns the post of a line.
func NewPost(book *contact.Book, s *shred.Store, ways Ways, log *slog.Logger) *Post {
	return &Post{book, s, ways, log}
}

// Handle joins delivery to a runner.
func (p *Post) Handle(r *jobs.Runner) {
	r.Handle(contact.JobDeliver, p.Deliver)
	r.Every("outbox", time.Hour, func(ctx context.Context, _ jobs.Job) error { return p.book.SweepOutbox(ctx) })
}

// settling is how long the outcome may take to be stored after the node was told to
// stop.
const settling = 5 * time.Second

// Deliver hands over what a job names. The claim is durable before the vendor hears of
// it: after a kill between the two nothing is sent a second time, and the desk says that
// nobody knows.
func (p *Post) Deliver(ctx context.Context, j jobs.Job) error {
	id, message, _ := strings.Cut(j.Body, " ")
	l, again, err := p.book.Leave(ctx, hotline.ContactID(id), message)
	if err != nil {
		return err
	}
	if l != nil {
		d := p.hand(ctx, *l)
		keep, end := context.WithTimeout(context.WithoutCancel(ctx), settling)
		defer end()
		if again, err = p.book.Left(keep, *l, d); err != nil {
			return err
		}
	}
	if again != 0 {
		return jobs.Again(time.Duration(again))
	}
	return nil
}

// hand opens what leaves and gives it to its way.
func (p *Post) hand(ctx context.Context, l contact.Leaving) contact.Departure {
	way, ok := p.ways[l.Channel]
	if !ok {
		p.log.ErrorContext(ctx, "a channel has no way out on this node", "channel", l.Channel)
		return contact.Departure{Sent: contact.Queued}
	}
	plain, err := p.shred.OpenUnder(ctx, l.Entry, l.Sealed, seal.OutgoingParts(l.Contact, l.Message, l.Channel)...)
	var to, text seal.Text
	if err == nil {
		to, text, err = seal.UnpackOutgoing(plain)
	}
	switch {
	case ctx.Err() != nil:
		return contact.Departure{Sent: contact.Queued} // nothing was handed over yet
	case errors.Is(err, shred.ErrShredded) || errors.Is(err, box.ErrOpen):
		p.log.ErrorContext(ctx, "something that waits to leave does not open", "channel", l.Channel, "err", err)
		return contact.Departure{Sent: contact.Failed}
	case err != nil: // the store may answer the next time
		p.log.ErrorContext(ctx, "something that waits to leave could not be opened", "channel", l.Channel, "err", err)
		return contact.Departure{Sent: contact.Queued}
	}
	a, err := way.Send(ctx, channel.Outgoing{Ref: l.Ref, To: to, Text: text})
	switch {
	case err == nil:
		return contact.Departure{Sent: contact.Accepted, Receipt: a.Receipt}
	case errors.Is(err, channel.ErrRefused):
		return contact.Departure{Sent: contact.Failed}
	case errors.Is(err, channel.ErrDown):
		return contact.Departure{Sent: contact.Queued}
	}
	// What a vendor or its library says may quote what we sent; that it failed is enough.
	p.log.ErrorContext(ctx, "nobody knows whether something left", "channel", l.Channel)
	return contact.Departure{Sent: contact.Unsure}
}

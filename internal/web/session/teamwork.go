package session

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/jobs"
	"github.com/freeline-org/freeline/internal/shred"
)

// A TeamHandler does a job for which a team's keys must be open.
type TeamHandler func(ctx context.Context, r *vault.Ring, j jobs.Job) error

// portion is how many jobs one request does.
const portion = 20

// Work does what waits for a team's keys, in the sessions of those who hold them.
type Work struct {
	keeper  *vault.Keeper
	jobs    *jobs.Runner
	log     *slog.Logger
	kinds   map[string]TeamHandler
	each    []func(context.Context, *vault.Ring) error
	waiting chan vault.Token
}

// NewWork returns work without kinds.
func NewWork(k *vault.Keeper, r *jobs.Runner, log *slog.Logger) *Work {
	return &Work{keeper: k, jobs: r, log: log, kinds: map[string]TeamHandler{}, waiting: make(chan vault.Token, 64)}
}

// Handle says what does the jobs of a kind. All is said before the first request.
func (w *Work) Handle(kind string, f TeamHandler) { w.kinds[kind] = f }

// Each says what every session looks after, whatever waits.
func (w *Work) Each(f func(context.Context, *vault.Ring) error) { w.each = append(w.each, f) }

// After has the session's work done soon. It never waits: what does not fit is
// done after a later request, since the jobs stay where they are.
func (w *Work) After(tok vault.Token) {
	select {
	case w.waiting <- tok:
	default:
	}
}

// Run does what After asked for, until ctx ends.
func (w *Work) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case tok := <-w.waiting:
			err := w.keeper.With(ctx, tok, func(r *vault.Ring) error { return w.Do(ctx, r) })
			if err != nil && ctx.Err() == nil && !errors.Is(err, vault.ErrDenied) && !errors.Is(err, vault.ErrLocked) {
				w.log.ErrorContext(ctx, "work of a team waits", "err", err)
			}
		}
	}
}

// Do does up to 20 waiting jobs of the teams that a ring holds. The desk calls it
// for as long as its socket is open.
func (w *Work) Do(ctx context.Context, r *vault.Ring) error {
	var errs []error
	for _, f := range w.each {
		errs = append(errs, f(ctx, r))
	}
	var teams []string
	for _, t := range r.Teams() {
		teams = append(teams, string(t))
	}
	_, err := w.jobs.Team(ctx, teams, portion, func(ctx context.Context, j jobs.Job) error {
		f, ok := w.kinds[j.Kind]
		if !ok {
			return jobs.Again(time.Minute) // a newer node of the line knows it
		}
		return f(ctx, r, j)
	})
	return errors.Join(append(errs, err)...)
}

// Members writes the member rows that wait for a holder of the team: the jobs of
// [vault.JobMember].
func Members() TeamHandler {
	return func(ctx context.Context, r *vault.Ring, _ jobs.Job) error { return r.Members(ctx) }
}

// Closed is what settling needs of the contacts.
type Closed interface {
	Find(ctx context.Context, id hotline.ContactID) (contact.Contact, error)
	Settled(ctx context.Context, by hotline.Actor, id hotline.ContactID, o contact.Outcome) error
}

// Facts says what is counted of a contact by its record; nil counts its channel and
// language alone.
type Facts func(ctx context.Context, c contact.Contact, record *vault.Key, head contact.Head) (hotline.Facts, error)

// Settle swaps the grants of contacts that a machine closed, and writes down what is
// counted of them: the jobs of [contact.JobSettle]. One that is gone, or that somebody
// has settled, is done.
func Settle(book Closed, facts Facts) TeamHandler {
	return func(ctx context.Context, r *vault.Ring, j jobs.Job) error {
		id := hotline.ContactID(j.Body)
		c, err := book.Find(ctx, id)
		if errors.Is(err, contact.ErrMissing) || err == nil && c.State != contact.Closed {
			return nil
		}
		if err != nil {
			return err
		}
		record, err := r.Open(ctx, vault.Ref{Contact: id, Record: true}, "settle")
		if err != nil {
			return over(err)
		}
		words, err := r.Open(ctx, vault.Ref{Contact: id}, "settle")
		if errors.Is(err, shred.ErrShredded) {
			words, err = record, nil // her words are gone; what we wrote is still to be settled
		}
		if err != nil {
			return over(err)
		}
		swap, err := r.Settle(words, record, c.Advocate)
		if err != nil {
			return err
		}
		head, err := record.Head(ctx)
		if err != nil {
			return over(err)
		}
		if facts != nil {
			if head.Facts, err = facts(ctx, c, record, head); err != nil {
				return err
			}
		}
		head.Facts = form.Closing(head.Facts, c.Channel, c.Lang)
		return book.Settled(ctx, hotline.Actor(r.Me()), id, contact.Outcome{By: r.Me(), Head: head, Key: record.HeadKey(), Swap: swap})
	}
}

// over takes what is destroyed, or no longer the team's, for done.
func over(err error) error {
	if errors.Is(err, shred.ErrShredded) || errors.Is(err, vault.ErrGrant) {
		return nil
	}
	return err
}

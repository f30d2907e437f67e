package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/stats"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/jobs"
)

// What a contact was about stands in its head until enough others have closed. Then a
// session of their team takes the facts of all of them out of the heads and seals them
// to the team of figures; one of that team's opens them once enough wait, and counts
// what chance has drawn. Neither job names a contact.
const (
	JobFacts = "facts" // of a team: takes them out of the heads
	JobLot   = "lot"   // of the team of figures: counts a lot
)

// spare is how long before a head goes with her words its facts are taken in any case.
const spare = 48 * time.Hour

// Figures takes the facts of closed contacts to where they are counted.
type Figures struct {
	DB      *db.DB
	Book    *contact.Book
	Sealer  *seal.Sealer
	Stats   *stats.Book
	TeamOf  func(context.Context) func(hotline.QueueID) hotline.TeamID
	Destroy time.Duration // how long after their hour her words, and the head, are destroyed
	Log     *slog.Logger
}

// Handle joins it to a runner and to the sessions' work.
func (f *Figures) Handle(r *jobs.Runner) {
	r.Every("figures", 10*time.Minute, func(ctx context.Context, _ jobs.Job) error { return f.Due(ctx) })
	r.Every("figures of a month", 24*time.Hour, func(ctx context.Context, _ jobs.Job) error { return f.LotDue(ctx, 1) })
}

// Due has the sessions do what can be done.
func (f *Figures) Due(ctx context.Context) error {
	teams, err := f.telling(ctx)
	if err != nil {
		return err
	}
	err = f.DB.Write(ctx, func(tx db.Tx) error {
		for team, of := range teams {
			if len(of.batch) == 0 {
				continue
			}
			if err := jobs.Enqueue(tx, jobs.Job{Kind: JobFacts, Key: string(team), Body: string(team), Team: string(team)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return f.LotDue(ctx, 2*stats.Lot)
}

// LotDue has a session look whether there is a lot to draw, if so many facts wait.
func (f *Figures) LotDue(ctx context.Context, least int) error {
	n, err := f.Stats.Pending(ctx)
	if err != nil || n < least {
		return err
	}
	return f.DB.Write(ctx, func(tx db.Tx) error {
		return jobs.Enqueue(tx, jobs.Job{Kind: JobLot, Key: JobLot, Body: JobLot, Team: string(hotline.Stats)})
	})
}

// ofTeam are the contacts of a team that may give their facts away together.
type ofTeam struct {
	batch []contact.Telling
	last  bool // the head of one of those that wait is about to go
}

// telling finds, by team, whose facts can be taken now.
func (f *Figures) telling(ctx context.Context) (map[hotline.TeamID]ofTeam, error) {
	all, now, err := f.Book.Telling(ctx)
	if err != nil {
		return nil, err
	}
	destroyed := f.Destroy - spare
	out, team := map[hotline.TeamID]ofTeam{}, f.TeamOf(ctx)
	for _, t := range all {
		of := out[team(t.Queue)]
		of.batch = append(of.batch, t)
		of.last = of.last || t.Words > 0 && t.Words+destroyed.Milliseconds() <= now
		out[team(t.Queue)] = of
	}
	for id, of := range out {
		rand.Shuffle(len(of.batch), func(i, j int) { of.batch[i], of.batch[j] = of.batch[j], of.batch[i] }) //nolint:gosec // seeded by the system
		of.batch = of.batch[:stats.Batch(len(of.batch), of.last)]
		out[id] = of
	}
	return out, nil
}

// Tell takes the facts of a batch out of their heads. Those whose heads do not
// open to this session wait for another one.
func (f *Figures) Tell(ctx context.Context, r *vault.Ring, j jobs.Job) error {
	teams, err := f.telling(ctx)
	if err != nil {
		return err
	}
	of := teams[hotline.TeamID(j.Body)]
	if len(of.batch) == 0 {
		return nil
	}
	ids, at := make([]hotline.ContactID, len(of.batch)), map[hotline.ContactID]int64{}
	for i, t := range of.batch {
		ids[i], at[t.ID] = t.ID, t.At
	}
	views, err := r.Heads(ctx, ids)
	if err != nil {
		return err
	}
	var heads []contact.Untold
	var facts []stats.Pending
	for _, v := range views {
		if v.Err != nil {
			continue
		}
		heads = append(heads, contact.Untold{ID: v.Contact, Head: v.Head, Key: v.Key})
		if len(v.Head.Facts) == 0 {
			continue
		}
		id, sealed, err := f.Sealer.Fact(ctx, stats.Fact{Month: f.Stats.Month(at[v.Contact]), Facts: v.Head.Facts}.JSON())
		if err != nil {
			return err
		}
		facts = append(facts, stats.Pending{ID: id, Sealed: sealed})
	}
	if stats.Batch(len(heads), of.last) < len(heads) || len(heads) == 0 {
		return nil
	}
	err = f.Book.Untell(ctx, hotline.Actor(r.Me()), heads, func(tx db.Tx) error { return stats.Pend(tx, facts) })
	if errors.Is(err, contact.ErrHead) || errors.Is(err, contact.ErrState) {
		return nil // one of them has moved on; the next round is without it
	}
	return err
}

// Draw opens what waits to be counted, and counts what chance has drawn.
func (f *Figures) Draw(ctx context.Context, r *vault.Ring, _ jobs.Job) error {
	waiting, err := f.Stats.Waiting(ctx)
	if err != nil || len(waiting) == 0 {
		return err
	}
	sealed := make(map[string][]byte, len(waiting))
	for _, p := range waiting {
		sealed[p.ID] = p.Sealed
	}
	opened, err := r.Facts(ctx, sealed)
	if err != nil {
		return err
	}
	all, bad := map[string]stats.Fact{}, []string{}
	for id := range sealed {
		fact, err := stats.ParseFact(opened[id])
		if err != nil {
			bad = append(bad, id)
			continue
		}
		all[id] = fact
	}
	if len(bad) > 0 {
		f.Log.ErrorContext(ctx, "facts on their way to the figures cannot be read, and are left out", "err", fmt.Errorf("%d facts: %w", len(bad), stats.ErrCode))
	}
	err = f.DB.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if err := stats.Drop(tx, bad...); err != nil {
			return err
		}
		lot := map[string]stats.Fact{}
		for _, id := range f.Stats.Pick(all, now) {
			lot[id] = all[id]
		}
		return f.Stats.Release(tx, lot, now)
	})
	if errors.Is(err, stats.ErrMoved) {
		return nil // another session was first
	}
	return errors.Join(err, f.DB.Reclaim(ctx, "fact_pending"))
}

// figures joins it to the line.
func (l *Line) figures() *Figures {
	return &Figures{DB: l.Main, Book: l.Book, Sealer: l.Sealer, Stats: l.Figures, TeamOf: l.teamOf, Destroy: l.Retention.Settings().Destroy, Log: l.log}
}

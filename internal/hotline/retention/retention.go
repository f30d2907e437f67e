// Package retention forgets on time. From its hour nothing opens; a week later it is
// destroyed for good. It carries keeping times to the shred store, sweeps what
// nothing depends on, leaves of old times only the day, and keeps what the law holds.
//
// Forgetting cannot be turned into a weapon: what is destroyed bears the signature of
// whoever set its time, and a day that would destroy far more than is usual waits for
// two people.
package retention

import (
	"context"
	"errors"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/jobs"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/shred"
)

var (
	// ErrRole says that the person may not decide this.
	ErrRole = problem.New(problem.Denied, "retention.role")
	// ErrMuch says that more than is usual would be destroyed, and that two people
	// must say so first.
	ErrMuch = problem.New(problem.Conflict, "retention.much")
)

// By is who forgets, in the log.
const By hotline.Actor = "retention"

// Settings are the times of forgetting.
type Settings struct {
	Destroy time.Duration // how long after its hour a thing is destroyed
	Orphan  time.Duration // how old an entry is that nothing depends on when it is swept
	Round   time.Duration // how long after closing only the day is left of times
}

// Defaults are the settings of a line that changed nothing.
func Defaults() Settings {
	const day = 24 * time.Hour
	return Settings{Destroy: 7 * day, Orphan: day, Round: 30 * day}
}

// Parts are what retention works on.
type Parts struct {
	Line      seal.Line
	Main      *db.DB
	Store     *db.DB // of the shred store
	Shred     *shred.Store
	Book      *contact.Book
	Authority *seal.Authority
	Log       *audit.Log
	Intake    box.Signer // signs times that the server sets
	Alarm     func(error)
}

// Retention forgets.
type Retention struct {
	Parts
	set Settings
}

// New returns the retention of a line.
func New(p Parts, set Settings) *Retention { return &Retention{p, set} }

// Settings returns the times of forgetting.
func (r *Retention) Settings() Settings { return r.set }

// Handle joins everything that is to be done to a runner: nothing else need be
// called.
func (r *Retention) Handle(run *jobs.Runner) {
	run.Handle(contact.JobClock, func(ctx context.Context, j jobs.Job) error { return r.Carry(ctx, hotline.ContactID(j.Body)) })
	run.Handle(contact.JobRecordClock, func(ctx context.Context, j jobs.Job) error { return r.CarryRecord(ctx, j.Body) })
	run.Handle(situation.JobClock, func(ctx context.Context, j jobs.Job) error { return r.CarrySituation(ctx, j.Body) })
	run.Handle(contact.JobShred, func(ctx context.Context, j jobs.Job) error {
		err := r.Finish(ctx, j.Body)
		if errors.Is(err, ErrMuch) || errors.Is(err, contact.ErrKeep) {
			return jobs.Again(time.Hour)
		}
		return err
	})
	every := func(kind string, interval time.Duration, do func(context.Context) error) {
		run.Every(kind, interval, func(ctx context.Context, _ jobs.Job) error {
			err := do(ctx)
			if errors.Is(err, ErrMuch) { // the alarm has rung; it waits for two people
				return nil
			}
			return err
		})
	}
	every("forget", time.Hour, r.Forget)
	every("orphans", 6*time.Hour, r.Sweep)
	every("round", 6*time.Hour, r.Round)
	every("turn", 24*time.Hour, r.Turn)
}

// Carry carries the keeping time of a contact's words to the entry of K, signed by the
// line. What the law holds keeps its time: from its hour it opens to nobody at the desk,
// as everything else, and it stays.
func (r *Retention) Carry(ctx context.Context, id hotline.ContactID) error {
	k, err := r.Book.Keeping(ctx, id)
	return r.carry(ctx, k, err)
}

// CarryRecord carries, in the same way, that of what we wrote to its entry.
func (r *Retention) CarryRecord(ctx context.Context, entry string) error {
	k, err := r.Book.KeepingRecord(ctx, entry)
	return r.carry(ctx, k, err)
}

// CarrySituation carries, in the same way, that of a situation to an entry of its own.
func (r *Retention) CarrySituation(ctx context.Context, entry string) error {
	k, err := situation.Keeping(ctx, r.Main, entry)
	if errors.Is(err, situation.ErrMissing) {
		return nil
	}
	return r.carry(ctx, k, err)
}

func (r *Retention) carry(ctx context.Context, k contact.Keeping, err error) error {
	if errors.Is(err, contact.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	err = r.Shred.Adjust(ctx, k.Entry, func(c shred.Clock) (shred.Clock, bool) {
		if c.NotAfter == k.Until {
			return c, false
		}
		return r.signed(k.Entry, shred.Clock{NotAfter: k.Until, Hold: c.Hold}), true
	})
	if errors.Is(err, shred.ErrShredded) {
		return nil
	}
	return err
}

func (r *Retention) signed(entry string, c shred.Clock) shred.Clock {
	c.Signer, c.Sig = seal.Intake, r.Intake(shred.Signed(string(r.Line), entry, c))
	return c
}

// Round leaves of the times of old contacts only the day.
func (r *Retention) Round(ctx context.Context) error {
	for {
		n, err := r.Book.Round(ctx, r.set.Round.Milliseconds())
		if err != nil {
			return err
		}
		if n == 0 {
			return errors.Join(emergency.Round(ctx, r.Main, r.set.Round), consent.Round(ctx, r.Main, r.set.Round), situation.RoundRecords(ctx, r.Main, r.set.Round), situation.RoundSituations(ctx, r.Main, r.set.Round))
		}
	}
}

// Turn is the night's work on the shred store: a new generation of its key, every
// secret wrapped anew, the old key overwritten. The main database then notes that
// the store must be at least this new.
func (r *Retention) Turn(ctx context.Context) error {
	if err := r.Shred.Turn(ctx); err != nil {
		return err
	}
	for done := false; !done; {
		var err error
		if done, err = r.Shred.Portion(ctx); err != nil {
			return err
		}
	}
	n, err := r.Shred.Generation(ctx)
	if err != nil {
		return err
	}
	err = r.Main.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(`UPDATE line SET generation = $1 WHERE generation < $1`, n)
		return err
	})
	return errors.Join(err, r.reclaim(ctx))
}

// reclaim gives back to the disk what was deleted: of the entries first, which open
// the rest.
func (r *Retention) reclaim(ctx context.Context) error {
	err := r.Shred.Reclaim(ctx)
	for _, table := range []string{"message", "caller", "return_code", "key_grant", "draft", "outbox", "note", "record_field", "following", "to_sign", "decision_act", "decision", "emergency", "thread", "fact_pending", "contact", "happening", "task", "part", "situation"} {
		err = errors.Join(err, r.Main.Reclaim(ctx, table))
	}
	return err
}

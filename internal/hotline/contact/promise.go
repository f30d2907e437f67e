package contact

import (
	"context"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrPromised says that she waits for our word: it must be kept, or taken back,
	// before somebody ends the contact.
	ErrPromised = problem.New(problem.Conflict, "contact.promised")
	// ErrPromise says that nobody waits so long, or that the day is over.
	ErrPromise = problem.New(problem.Invalid, "contact.promise")
)

// MaxPromise is how long at most she waits for our word.
const MaxPromise = 30 * 24 * time.Hour

// Promise lets a contact wait for our word until a moment, at her wish: it stays
// asleep until then, and nobody owns the word. Her codes, the time of her words and
// the entry's own clock, which a job carries over, move together. 0 takes the promise
// back, or says that it was kept; then its usual times count again.
func (b *Book) Promise(ctx context.Context, by hotline.Actor, id hotline.ContactID, until int64) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if c.State == Closing || c.State == Closed || c.State == Erased {
			return ErrOver
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if until != 0 && (until <= now || until > now+MaxPromise.Milliseconds()) {
			return ErrPromise
		}
		what := "promise"
		if until == 0 {
			what = "promise over"
		}
		if err := b.promised(tx, c, until); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: by, What: what, Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id, 0, true)
	}
	return err
}

// promised writes a promise, or ends it. Her words are kept for the usual time after
// the day, so that whoever ends the contact then finds them.
func (b *Book) promised(tx db.Tx, c Contact, until int64) error {
	keep := int64(0)
	if until != 0 {
		keep = until + b.set.KeepWords.Milliseconds()
		if _, err := tx.Exec(`UPDATE return_code SET expires = $1 WHERE contact = $2 AND expires < $1`, keep, c.ID); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE contact SET promised_until = $1 WHERE id = $2`, until, c.ID); err != nil {
		return err
	}
	return setClock(tx, c.ID, keep)
}

// overdue ends a promise whose day is over. A contact that sleeps by it ends by its
// usual time from then on; what goes on goes on.
func (b *Book) overdue(tx db.Tx, c Contact, _ int64) error { return b.promised(tx, c, 0) }

package consent

import (
	"context"
	"errors"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/shred"
)

// Forget deletes what stood under an S that is destroyed, and has the entry destroyed that
// knows the newest. It belongs to the transaction that forgets what we wrote. The entries of
// single consents, on which nothing depends then, are swept.
func Forget(tx db.Tx, owner string) error {
	entries, err := db.Values[string](tx, `SELECT entry FROM consent WHERE owner = $1`, owner)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := contact.Destroy(tx, entry); err != nil {
			return err
		}
	}
	return remove(tx, owner)
}

func remove(tx db.Tx, owner string) error {
	for _, q := range []string{`DELETE FROM consent_until WHERE owner = $1`, `DELETE FROM consent WHERE owner = $1`} {
		if _, err := tx.Exec(q, owner); err != nil {
			return err
		}
	}
	return nil
}

// Owned tells which entries of a kind something depends on. One that has known a ledger goes
// with its S, by [Forget]: else nobody would see any more that the row was taken away.
func Owned(ctx context.Context, d *db.DB, s *shred.Store, kind string, entries ...string) (map[string]bool, error) {
	query := map[string]string{ShredLedger: `SELECT entry FROM consent WHERE entry IN `, ShredConsent: `SELECT id FROM consent_until WHERE id IN `}[kind]
	noted, err := s.Newest(ctx, entries...)
	if err != nil {
		return nil, err
	}
	out := make(map[string]bool, len(entries))
	for id, n := range noted {
		out[id] = n.N > 0
	}
	return out, d.Read(ctx, func(tx db.Tx) error {
		places, args := db.List(entries)
		owned, err := db.Values[string](tx, query+`(`+places+`)`, args...)
		for _, id := range owned {
			out[id] = true
		}
		return err
	})
}

// Round deletes the readable ends of what ended long ago: without one it has ended.
func Round(ctx context.Context, d *db.DB, age time.Duration) error {
	return d.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM consent_until WHERE until <= $1 AND second_by = 0`, now-age.Milliseconds())
		return err
	})
}

// Mend puts an empty ledger in the place of one that was put back, above the newest that is
// noted: nothing of the old one is believed, and she is asked anew. It is a supervisor's,
// whose reason stands in the log. What is the newest is not mended.
func (b *Book) Mend(ctx context.Context, of Of, why string) error {
	if !line(why, mostWords) {
		return ErrWords
	}
	if _, err := b.Read(ctx, of.Owner, of.Key); !errors.Is(err, ErrPutBack) {
		return errors.Join(err, ErrMoved)
	}
	entry := entryOf(of.Key.HeadKey().Object())
	noted, err := b.shred.Newest(ctx, entry)
	if err != nil {
		return err
	}
	empty := Ledger{N: noted[entry].N + 1}
	secret, err := b.entry(ctx, entry, 1)
	if err != nil {
		return err
	}
	sealed, err := empty.seal(of.Key, rowOf(of.Owner, secret))
	if err != nil {
		return err
	}
	err = b.db.Write(ctx, func(tx db.Tx) error {
		if err := of.Allow(tx); err != nil {
			return err
		}
		if err := remove(tx, of.Owner); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO consent (owner, entry, n, sealed) VALUES ($1, $2, $3, $4)`, of.Owner, entry, empty.N, sealed); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(of.By), What: "consents asked anew", Object: of.Owner, Why: why}).Insert(tx)
	})
	if err != nil {
		return err
	}
	b.told(of.Owner, false)
	return b.shred.RaiseHeads(context.WithoutCancel(ctx), map[string]shred.Newest{entry: b.shred.Head(entry, empty.N, sealed)})
}

// RingOverdue rings for the supervisors for what one person has passed on alone, and no
// second one has answered for in time. It rings again until somebody has answered.
func (b *Book) RingOverdue(ctx context.Context) error {
	rung, err := contact.Overdue{Kind: contact.PassedOn, What: "override unconfirmed", Late: unanswered}.Ring(ctx, b.db, b.log, b.bus)
	for _, owner := range rung {
		b.told(string(owner), false) // on that ground nothing goes any more
	}
	return err
}

// unanswered are those for whom a second person should have answered by now.
func unanswered(tx db.Tx, now int64) ([]hotline.ContactID, error) {
	return db.Values[hotline.ContactID](tx, `SELECT DISTINCT owner FROM consent_until WHERE second_by > 0 AND second_by <= $1`, now)
}

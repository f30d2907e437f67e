package contact

import (
	"context"
	"database/sql"
	"errors"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/jobs"
)

// A Code is a return code's row.
type Code struct {
	Contact hotline.ContactID
	Columns seal.Columns
	Shred   string
	Wrap    []byte
}

// codes is how many return codes one contact may have; a new one ends the oldest.
const codes = 3

// PutCode keeps a return code until its time is over. Of more than three the oldest
// ends.
func (b *Book) PutCode(ctx context.Context, c hotline.ContactID, lookup []byte, shredID string, wrap []byte) error {
	return b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if err := exists(tx, c); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO return_code (lookup, shred, contact, wrap, expires) VALUES ($1, $2, $3, $4, $5)`,
			lookup, shredID, c, wrap, now+b.set.Code.Milliseconds()); err != nil {
			return err
		}
		_, err = dropCodes(tx, `contact = $1 AND shred NOT IN (SELECT shred FROM return_code WHERE contact = $1 ORDER BY expires DESC, shred LIMIT `+itoa(codes)+`)`, c)
		return err
	})
}

// exists locks a contact that is not erased.
func exists(tx db.Tx, id hotline.ContactID) error {
	c, err := lock(tx, id)
	if err == nil && c.State == Erased {
		err = ErrMissing
	}
	return err
}

// Expire ends return codes whose time is over.
func (b *Book) Expire(ctx context.Context) error {
	return b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		_, err = dropCodes(tx, `expires <= $1`, now)
		return err
	})
}

// dropCodes deletes codes, and leaves a job for each entry. It returns the entries.
func dropCodes(tx db.Tx, where string, arg any) ([]string, error) {
	ids, err := db.Values[string](tx, `SELECT shred FROM return_code WHERE `+where, arg)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if _, err := tx.Exec(`DELETE FROM return_code WHERE shred = $1`, id); err != nil {
			return nil, err
		}
		if err := jobs.Enqueue(tx, jobs.Job{Kind: JobShred, Key: id, Body: id}); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// Code finds a return code whose time is not over. Right, wrong, ended and erased
// ones cost the same two queries.
func (b *Book) Code(ctx context.Context, lookup []byte) (c Code, err error) {
	return c, b.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		missing := tx.QueryRow(`SELECT contact, shred, wrap FROM return_code WHERE lookup = $1 AND expires > $2`, lookup, now).Scan(&c.Contact, &c.Shred, &c.Wrap)
		if missing != nil && !errors.Is(missing, sql.ErrNoRows) {
			return missing
		}
		if c.Columns, err = Columns(tx, c.Contact); errors.Is(err, ErrMissing) || missing != nil {
			return ErrMissing
		}
		return err
	})
}

// Join lets another browser in, which came by a code: it sees unread replies and
// what follows.
func (b *Book) Join(ctx context.Context, c hotline.ContactID, by seal.CallerWrap, wrap []byte) error {
	return b.db.Write(ctx, func(tx db.Tx) error {
		if err := exists(tx, c); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE caller SET current = 0 WHERE lookup = $1 AND contact <> $2`, by.Lookup, c); err != nil {
			return err
		}
		// An own browser stays one: from_seq is not touched.
		_, err := tx.Exec(`INSERT INTO caller (lookup, contact, wrap, from_seq, current)
			SELECT $1, id, $2, last_seq, CASE WHEN state IN ('closed', 'erased') THEN 0 ELSE 1 END FROM contact WHERE id = $3
			ON CONFLICT (lookup, contact) DO UPDATE SET current = excluded.current`, by.Lookup, wrap, c)
		return err
	})
}

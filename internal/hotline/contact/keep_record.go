package contact

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/jobs"
)

// How long what we wrote is kept is decided when a contact closes, by the periods in
// force then: who changes them changes nothing for those who were told otherwise. The
// clock of S runs from then on; in an open situation it waits for that one's closing.

// Periods reads how long what we wrote is kept, by the edition of that number: 0 is the
// one in force. It gives the number with it, 0 where the line has published none.
type Periods func(ctx context.Context, number int64) (policy.Keep, int64, error)

// Keeps says how long what we wrote is kept, while the line is built.
func (b *Book) Keeps(p Periods) { b.periods = p }

// keeping is a set of periods, and its number.
type keeping struct {
	policy.Keep
	number int64
}

// keep reads the periods of a number, or those in force.
func (b *Book) keep(ctx context.Context, number int64) (k keeping, err error) {
	if b.periods == nil {
		return keeping{policy.ShippedKeep(), 0}, nil
	}
	k.Keep, k.number, err = b.periods(ctx, number)
	return k, err
}

// KeepSituation is how many days a situation is kept that closes now.
func (b *Book) KeepSituation(ctx context.Context) (days int64, err error) {
	k, err := b.keep(ctx, 0)
	return k.Days("", "", true), err
}

// keepRecord notes how long what we wrote is kept, and has its clock begin unless the
// contact belongs to a situation that goes on.
func keepRecord(tx db.Tx, k keeping, c Contact, h Head, now int64) error {
	of := ""
	if types := h.Facts["type"]; len(types) > 0 {
		of = types[0]
	}
	if k.number > 0 && c.Editions[policy.KindKeep] == 0 {
		editions := maps.Clone(c.Editions)
		if editions == nil {
			editions = map[string]int64{}
		}
		editions[policy.KindKeep] = k.number
		body, _ := json.Marshal(editions) // words and numbers always marshal
		if _, err := tx.Exec(`UPDATE contact SET editions = $1 WHERE id = $2 AND state <> 'erased'`, string(body), c.ID); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE contact SET keep_days = $1 WHERE id = $2`, k.Days(of, h.Outcome, c.Situation != ""), c.ID); err != nil {
		return err
	}
	goesOn, err := one(tx, `SELECT 1 FROM situation WHERE id = $1 AND state = 'open'`, c.Situation)
	if err != nil || goesOn {
		return err
	}
	return BeginRecords(tx, now, c.ID)
}

// BeginRecords begins the clock of what we wrote about contacts whose situation has
// closed, or that have none any more. One that is not closed yet begins it at its own
// closing, and one that runs goes on as it does. A clock ends at the end of a day, so
// that it tells nobody the hour.
func BeginRecords(tx db.Tx, now int64, ids ...hotline.ContactID) error {
	return clocks(tx, `keep_record_until = (CAST($1 AS BIGINT) + 1 + keep_days) * 86400000`, `AND keep_record_until = 0`, []any{now / days}, ids)
}

// HoldRecords ends the clock of what we wrote about contacts whose situation goes on.
func HoldRecords(tx db.Tx, ids ...hotline.ContactID) error {
	return clocks(tx, `keep_record_until = 0`, `AND keep_record_until > 0`, nil, ids)
}

func clocks(tx db.Tx, set, where string, args []any, ids []hotline.ContactID) error {
	for _, id := range ids {
		var entry string
		err := tx.QueryRow(`UPDATE contact SET `+set+` WHERE id = $`+itoa(len(args)+1)+` AND state IN ('closed', 'erased') AND shred_s <> '' AND keep_days > 0 `+where+` RETURNING shred_s`,
			append(slices.Clone(args), id)...).Scan(&entry)
		if errors.Is(err, db.ErrNoRows) {
			continue
		}
		if err == nil {
			err = jobs.Enqueue(tx, jobs.Job{Kind: JobRecordClock, Key: entry, Body: entry})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// JobRecordClock is the kind of the job that carries the keeping time of what we wrote
// to the shred store. It names the entry alone: her words may be gone by then, and the
// job must not say whose it was.
const JobRecordClock = "record clock"

// KeepingRecord reads until when what an entry opens of what we wrote is kept. Until
// the contact is closed, and while its situation goes on, there is no end; one that is
// gone is ErrMissing.
func (b *Book) KeepingRecord(ctx context.Context, entry string) (k Keeping, err error) {
	k.Entry = entry
	err = b.db.One(ctx, `SELECT keep_record_until FROM contact WHERE shred_s = $1`, []any{entry}, &k.Until)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrMissing
	}
	return k, err
}

package situation

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/jobs"
)

// What belongs to nobody alone, and what is about persons who never wrote, has a clock of
// its own. It begins when the situation closes, by the periods in force then, and ends no
// earlier than what we wrote about any of its contacts. Opening it again ends the clock.

// JobClock is the kind of the job that carries a situation's clock to the shred store. It
// names the entry alone.
const JobClock = "situation clock"

const dayMS = 24 * 60 * 60 * 1000

// begin has the clock of a situation run for so many whole days, to the end of the last.
func begin(tx db.Tx, id hotline.SituationID, now, days int64) error {
	var last int64
	if err := tx.QueryRow(`SELECT coalesce(max(keep_record_until), 0) FROM contact WHERE situation = $1`, id).Scan(&last); err != nil {
		return err
	}
	return setClock(tx, id, max(last, (now/dayMS+1+days)*dayMS))
}

// setClock writes until when a situation is kept, 0 for no end, and has it carried.
func setClock(tx db.Tx, id hotline.SituationID, until int64) error {
	if _, err := tx.Exec(`UPDATE situation SET keep_until = $1 WHERE id = $2`, until, id); err != nil {
		return err
	}
	entries, err := ownEntries(tx, id)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := jobs.Enqueue(tx, jobs.Job{Kind: JobClock, Key: e, Body: e}); err != nil {
			return err
		}
	}
	return nil
}

// ownEntries lists the entries that live by a situation: its own, and those of persons in
// it who never wrote.
func ownEntries(tx db.Tx, id hotline.SituationID) ([]string, error) {
	return db.Values[string](tx, `SELECT shred_s FROM situation WHERE id = $1 UNION SELECT object FROM part WHERE situation = $1 AND about = '' AND kind <> 'contact' ORDER BY 1`, id)
}

// by finds the situation that an entry lives by.
func by(tx db.Tx, entry string) (id hotline.SituationID, err error) {
	err = tx.QueryRow(`SELECT id FROM situation WHERE shred_s = $1 UNION SELECT situation FROM part WHERE object = $1 AND about = '' AND kind <> 'contact'`, entry).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrMissing
	}
	return id, err
}

// Keeping reads until when what an entry opens is kept. While the situation goes on, and
// while the law holds a contact of it, there is no end; an entry that no situation lives
// by is [ErrMissing].
func Keeping(ctx context.Context, d *db.DB, entry string) (k contact.Keeping, err error) {
	k.Entry = entry
	return k, d.Read(ctx, func(tx db.Tx) error {
		id, err := by(tx, entry)
		if err != nil {
			return err
		}
		return tx.QueryRow(`SELECT CASE WHEN EXISTS (SELECT 1 FROM contact c WHERE c.situation = s.id AND c.legal_hold = 1) THEN 0 ELSE s.keep_until END
			FROM situation s WHERE s.id = $1`, id).Scan(&k.Until)
	})
}

// EntriesWith lists the entries of the situation that a contact belongs to, which a hold
// of the contact holds too; none where it belongs to none.
func EntriesWith(ctx context.Context, d *db.DB, id hotline.ContactID) (out []string, err error) {
	return out, d.Read(ctx, func(tx db.Tx) error {
		var s hotline.SituationID
		if err := tx.QueryRow(`SELECT situation FROM contact WHERE id = $1`, id).Scan(&s); err != nil {
			if errors.Is(err, db.ErrNoRows) {
				err = nil
			}
			return err
		}
		out, err = ownEntries(tx, s)
		return err
	})
}

// End deletes a situation whose time is over, by one of its entries, and lists the entries
// that are to be destroyed with it; jobs stand for them. One that was opened again is
// [ErrState], one with a contact that the law holds is [contact.ErrKeep]. An entry that no
// situation lives by is listed alone.
func End(ctx context.Context, d *db.DB, log *audit.Log, who hotline.Actor, entry string) (entries []string, err error) {
	return entries, d.Write(ctx, func(tx db.Tx) error {
		id, err := by(tx, entry)
		if errors.Is(err, ErrMissing) {
			entries = []string{entry}
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := lock(tx, id); err != nil {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if err := over(tx, id, now); err != nil {
			return err
		}
		if entries, err = ownEntries(tx, id); err != nil {
			return err
		}
		if err := remove(tx, id); err != nil {
			return err
		}
		for _, e := range entries {
			if err := contact.Destroy(tx, e); err != nil {
				return err
			}
		}
		return log.Public(audit.Act{By: who, What: "forget situation", Object: string(id)}).Insert(tx)
	})
}

// over checks that nothing keeps a situation any longer.
func over(tx db.Tx, id hotline.SituationID, now int64) error {
	var state string
	var until, held int64
	err := tx.QueryRow(`SELECT state, keep_until, (SELECT count(*) FROM contact c WHERE c.situation = s.id AND c.legal_hold = 1) FROM situation s WHERE id = $1`, id).Scan(&state, &until, &held)
	switch {
	case err != nil:
		return err
	case held > 0:
		return contact.ErrKeep
	case state != Closed || until == 0 || until > now:
		return ErrState
	}
	return nil
}

// remove deletes the rows of a situation. Its contacts, where they live on, belong to none.
func remove(tx db.Tx, id hotline.SituationID) error {
	if err := errors.Join(policy.ForgetDecisions(tx, string(id)), consent.Forget(tx, string(id))); err != nil {
		return err
	}
	for _, q := range []string{
		`DELETE FROM key_grant WHERE grantee = (SELECT 'object/' || shred_s FROM situation WHERE id = $1)`,
		`DELETE FROM record_field WHERE owner = $1`,
		`DELETE FROM happening WHERE situation = $1`,
		`DELETE FROM task WHERE situation = $1`,
		`DELETE FROM news WHERE situation = $1`,
		`DELETE FROM conflict WHERE situation = $1`,
		`DELETE FROM part WHERE situation = $1`,
		`UPDATE contact SET situation = '' WHERE situation = $1`,
		`DELETE FROM situation WHERE id = $1`,
	} {
		if _, err := tx.Exec(q, id); err != nil {
			return err
		}
	}
	return nil
}

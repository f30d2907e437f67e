package situation

import (
	"context"
	"time"

	"github.com/freeline-org/freeline/internal/db"
)

// Owned tells which entries of the shred store a situation, or a person in one who
// never wrote, depends on. What is not in the answer has no owner.
func Owned(ctx context.Context, d *db.DB, entries ...string) (map[string]bool, error) {
	out := make(map[string]bool, len(entries))
	return out, d.Read(ctx, func(tx db.Tx) error {
		places, args := db.List(entries)
		owned, err := db.Values[string](tx, `SELECT shred_s FROM situation WHERE shred_s IN (`+places+`) UNION SELECT object FROM part WHERE object IN (`+places+`)`, args...)
		for _, id := range owned {
			out[id] = true
		}
		return err
	})
}

// RoundSituations leaves of the times of situations that have been closed for the age
// only the day.
func RoundSituations(ctx context.Context, d *db.DB, age time.Duration) error {
	return d.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		const old = `situation IN (SELECT id FROM situation WHERE state = 'closed' AND state_at <= $1 AND state_at % 86400000 <> 0)`
		for _, q := range []string{
			`UPDATE part SET at = at / 86400000 * 86400000 WHERE ` + old,
			`UPDATE happening SET at = at / 86400000 * 86400000 WHERE ` + old,
			`UPDATE task SET at = at / 86400000 * 86400000, due = due / 86400000 * 86400000, done_at = done_at / 86400000 * 86400000 WHERE ` + old,
			`UPDATE conflict SET at = at / 86400000 * 86400000 WHERE ` + old,
			`DELETE FROM news WHERE ` + old,
			`UPDATE situation SET began = began / 86400000 * 86400000, state_at = state_at / 86400000 * 86400000 WHERE state = 'closed' AND state_at <= $1 AND state_at % 86400000 <> 0`,
		} {
			if _, err := tx.Exec(q, now-age.Milliseconds()); err != nil {
				return err
			}
		}
		return nil
	})
}

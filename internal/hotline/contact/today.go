package contact

import (
	"context"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
)

// Today counts what has happened since a moment.
type Today struct {
	Answered int
	Missed   int
	Middle   int64 // ms of the middle wait for an answer; -1 where there was none
}

// waits is how many waits at most the middle one is found among.
const waits = 5000

// Since counts contacts since a moment.
func (b *Book) Since(ctx context.Context, since int64) (t Today, err error) {
	t.Middle = -1
	return t, b.db.Read(ctx, func(tx db.Tx) error {
		if err := tx.QueryRow(`SELECT count(*) FROM contact WHERE began >= $1 AND state = 'closed' AND advocate = ''`, since).Scan(&t.Missed); err != nil {
			return err
		}
		all, err := db.Values[int64](tx, `SELECT min(o.ended_at) - c.began FROM contact c JOIN offer o ON o.contact = c.id AND o.outcome = 'accepted'
			WHERE c.began >= $1 GROUP BY c.id, c.began LIMIT $2`, since, waits)
		t.Answered = len(all)
		if len(all) > 0 {
			slices.Sort(all)
			t.Middle = all[len(all)/2]
		}
		return err
	})
}

package situation

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
)

// A Mark changes whenever what a desk shows may have: a lost hint costs no more than
// the next look.
type Mark [8]int64

// Mark reads that of one situation.
func (b *Book) Mark(ctx context.Context, id hotline.SituationID) (m Mark, err error) {
	return m, b.db.One(ctx, `SELECT coalesce((SELECT state_at FROM situation WHERE id = $1), 0),
		(SELECT count(*) FROM conflict WHERE situation = $1),
		(SELECT CAST(coalesce(sum(version), 0) AS BIGINT) FROM part WHERE situation = $1)
			+ (SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM consent WHERE owner = $1 OR owner IN (SELECT of FROM part WHERE situation = $1 AND kind = 'contact')),
		(SELECT count(*) FROM happening WHERE situation = $1),
		(SELECT coalesce(sum(CASE done_at WHEN 0 THEN 1 ELSE 1000000 END), 0) FROM task WHERE situation = $1),
		(SELECT count(*) FROM contact WHERE situation = $1),
		(SELECT CAST(coalesce(sum(epoch + head_n), 0) AS BIGINT) FROM contact WHERE situation = $1),
		(SELECT count(*) + coalesce(sum(CASE WHEN r.given_at > 0 THEN 1000 ELSE 0 END), 0) FROM reading r JOIN contact c ON c.id = r.contact WHERE c.situation = $1 AND r.ended_at = 0)`,
		[]any{id}, &m[0], &m[1], &m[2], &m[3], &m[4], &m[5], &m[6], &m[7])
}

// MarkAll reads that of the list.
func (b *Book) MarkAll(ctx context.Context) (m Mark, err error) {
	return m, b.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		return tx.QueryRow(`SELECT (SELECT count(*) FROM situation),
			(SELECT coalesce(max(state_at), 0) FROM situation),
			(SELECT count(*) FROM conflict),
			(SELECT count(*) FROM part WHERE of NOT IN (`+heldBack("$1")+`)),
			(SELECT coalesce(sum(CASE done_at WHEN 0 THEN 1 ELSE 1000000 END), 0) FROM task),
			(SELECT count(*) + coalesce(sum(CASE WHEN c.head_n > 0 AND c.id NOT IN (`+heldBack("$1")+`) THEN 1000 ELSE 0 END), 0) FROM request r LEFT JOIN contact c ON c.id = r.about WHERE r.done_at = 0),
			(SELECT count(*) + coalesce(sum(CASE WHEN given_at > 0 THEN 1000 ELSE 0 END), 0) FROM reading WHERE ended_at = 0),
			(SELECT count(*) FROM contact WHERE promised_until > 0)`, now).
			Scan(&m[0], &m[1], &m[2], &m[3], &m[4], &m[5], &m[6], &m[7])
	})
}

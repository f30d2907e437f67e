// Package jobs keeps work to be done later. A job is written in the transaction
// that makes it necessary, and is done at least once: by one node at a time,
// again after a failure, and by another node if the first one dies.
//
// A handler may be overtaken: it was held up until its lease ran out, and another
// node has begun the same job. So what a handler changes is guarded by its own
// conditions, or done in one transaction with [Done], which fails for those who
// come too late.
package jobs

import (
	"errors"
	"fmt"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/problem"
)

// A Job is work on something of ours. It holds identifiers, never content.
type Job struct {
	Kind string // what is to be done
	Key  string // to what; of the same kind and key one job waits at most
	Body string // further identifiers
	Team string // claimed only by a session that holds this team's keys; empty: by any node

	After time.Duration // from Enqueue on

	Attempt int64 // which one this is, from 1

	claim string
}

// ErrStale says that somebody else has the job by now, or has done it.
var ErrStale = problem.New(problem.Conflict, "jobs.stale")

// topic is what runners watch.
const topic = "jobs"

// Enqueue keeps a job with the transaction. If one of its kind and key waits, that
// one is enough, and comes forward if this one were due earlier. If somebody is
// at it, it is done once more afterwards, since what it has read may be old.
func Enqueue(tx db.Tx, j Job) error {
	now, err := db.Now(tx)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", j.Kind, err)
	}
	_, err = tx.Exec(`INSERT INTO job (kind, key, body, team, run_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (kind, key) DO UPDATE SET
			again  = CASE WHEN job.claim = '' THEN 0 ELSE 1 END,
			run_at = CASE WHEN job.claim = '' AND excluded.run_at < job.run_at THEN excluded.run_at ELSE job.run_at END`,
		j.Kind, j.Key, j.Body, j.Team, now+j.After.Milliseconds())
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", j.Kind, err)
	}
	tx.Notify(topic)
	return nil
}

// Cancel takes back a job that waits, and keeps one that somebody is at from
// being done again. It may have been done already.
func Cancel(tx db.Tx, kind, key string) error {
	if _, err := tx.Exec(`DELETE FROM job WHERE kind = $1 AND key = $2`, kind, key); err != nil {
		return fmt.Errorf("cancel %s: %w", kind, err)
	}
	return nil
}

// Done takes a claimed job away, together with what the transaction changes. It
// is [ErrStale] for one who was overtaken. A handler that returns nil need not
// call it.
func Done(tx db.Tx, j Job) error {
	n, err := tx.Exec(`DELETE FROM job WHERE kind = $1 AND key = $2 AND claim = $3 AND again = 0`, j.Kind, j.Key, j.claim)
	if err != nil || n == 1 {
		return err
	}
	return release(tx, j, 0, 0) // asked for again meanwhile, or stale
}

// release gives a claimed job back, to be taken after a time; at once if it was
// asked for again meanwhile and did not fail.
func release(tx db.Tx, j Job, after time.Duration, attempt int64) error {
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	at := now + after.Milliseconds()
	sooner := at
	if attempt == 0 {
		sooner = now
	}
	err = tx.QueryRow(`UPDATE job SET claim = '', again = 0, attempt = $4,
			run_at = CASE again WHEN 1 THEN CAST($5 AS BIGINT) ELSE CAST($6 AS BIGINT) END
		WHERE kind = $1 AND key = $2 AND claim = $3 RETURNING run_at`,
		j.Kind, j.Key, j.claim, attempt, sooner, at).Scan(&at)
	if errors.Is(err, db.ErrNoRows) {
		return ErrStale
	}
	if err == nil && at <= now {
		tx.Notify(topic)
	}
	return err
}

// claim takes up to n jobs that are due, of one kind or, for a team, of any. They
// are the claimant's until the lease ends.
func claim(tx db.Tx, team, kind, claimant string, n int, lease time.Duration) ([]Job, error) {
	now, err := db.Now(tx)
	if err != nil {
		return nil, err
	}
	of, args := "", []any{team, now, n, claimant, now + lease.Milliseconds()}
	if kind != "" {
		of, args = " AND kind = $6", append(args, kind)
	}
	rows, err := tx.Query(`WITH due AS MATERIALIZED (
			SELECT kind AS k, key AS y FROM job WHERE team = $1`+of+` AND run_at <= $2
			ORDER BY run_at LIMIT $3 FOR UPDATE SKIP LOCKED)
		UPDATE job SET claim = $4, run_at = $5, attempt = attempt + 1, again = 0
		FROM due WHERE kind = k AND key = y
		RETURNING kind, key, body, attempt`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Job
	for rows.Next() {
		j := Job{Team: team, claim: claimant}
		if err := rows.Scan(&j.Kind, &j.Key, &j.Body, &j.Attempt); err != nil {
			return nil, err
		}
		all = append(all, j)
	}
	return all, rows.Err()
}

// renew makes the lease longer. It is [ErrStale] for one who was overtaken.
func renew(tx db.Tx, j Job, lease time.Duration) error {
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE job SET run_at = $4 WHERE kind = $1 AND key = $2 AND claim = $3`,
		j.Kind, j.Key, j.claim, now+lease.Milliseconds())
	if err == nil && n == 0 {
		err = ErrStale
	}
	return err
}

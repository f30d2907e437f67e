package situation

import (
	"context"
	"errors"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrRequest says that there is no such request, or none any more.
	ErrRequest = problem.New(problem.Missing, "situation.request")
	// ErrSecond says that it takes another person to approve, or to fetch.
	ErrSecond = problem.New(problem.Denied, "situation.second")
	// ErrApproval says that nobody has approved the request yet.
	ErrApproval = problem.New(problem.Conflict, "situation.approval")
)

// exportLives is how long a request stands: what was not approved and fetched by then is
// asked for anew.
const exportLives = 24 * time.Hour

// An ExportRequest asks that one record may leave the house: one person asks, another
// approves, the first fetches it, once. Nothing is stored of what leaves.
type ExportRequest struct {
	ID         string
	Contact    hotline.ContactID
	AskedBy    hotline.PersonID
	AskedAt    int64
	ApprovedBy hotline.PersonID
	why        []byte
}

// Why reads the reason, with the opened record.
func (e ExportRequest) Why(k Key) (seal.Text, error) {
	return k.Row("export_request", "why", e.ID, 1, e.why)
}

// AskExport notes that somebody asks for the record of a contact, and why.
func (r *Record) AskExport(ctx context.Context, by hotline.PersonID, o Owner, k Key, why seal.Text) (id string, err error) {
	id = hotline.NewID()
	sealed := k.Seal().Row("export_request", "why", id, 1, why)
	return id, r.db.Write(ctx, func(tx db.Tx) error {
		if err := o.Allow(tx); err != nil {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM export_request WHERE asked_at <= $1`, now-exportLives.Milliseconds()); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO export_request (id, contact, asked_by, asked_at, why) VALUES ($1, $2, $3, $4, $5)`, id, o.ID, by, now, sealed); err != nil {
			return err
		}
		return r.log.Public(audit.Act{By: hotline.Actor(by), What: "ask export", Object: o.ID}).Insert(tx)
	})
}

// Exports lists the requests that stand, the oldest first.
func (r *Record) Exports(ctx context.Context) (out []ExportRequest, err error) {
	return out, r.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT id, contact, asked_by, asked_at, approved_by, why FROM export_request WHERE fetched_at = 0 AND asked_at > $1 ORDER BY asked_at, id LIMIT 100`, now-exportLives.Milliseconds())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e ExportRequest
			if err := rows.Scan(&e.ID, &e.Contact, &e.AskedBy, &e.AskedAt, &e.ApprovedBy, &e.why); err != nil {
				return err
			}
			out = append(out, e)
		}
		return rows.Err()
	})
}

// ApproveExport is the second person's word. Who asked cannot be she.
func (r *Record) ApproveExport(ctx context.Context, by hotline.PersonID, id string) error {
	return r.export(ctx, id, func(tx db.Tx, e ExportRequest, now int64) error {
		if e.AskedBy == by {
			return ErrSecond
		}
		n, err := tx.Exec(`UPDATE export_request SET approved_by = $1, approved_at = $2 WHERE id = $3 AND approved_by = ''`, by, now, id)
		if err == nil && n == 0 {
			err = ErrRequest
		}
		if err != nil {
			return err
		}
		return r.log.Public(audit.Act{By: hotline.Actor(by), What: "approve export", Object: string(e.Contact)}).Insert(tx)
	})
}

// TakeExport uses a request up: it is approved, it is hers, and it was not fetched before.
// What leaves is made by whoever calls, after this.
func (r *Record) TakeExport(ctx context.Context, by hotline.PersonID, id string) (of hotline.ContactID, err error) {
	err = r.export(ctx, id, func(tx db.Tx, e ExportRequest, now int64) error {
		switch {
		case e.AskedBy != by:
			return ErrSecond
		case e.ApprovedBy == "":
			return ErrApproval
		}
		n, err := tx.Exec(`UPDATE export_request SET fetched_at = $1 WHERE id = $2 AND fetched_at = 0`, now, id)
		if err == nil && n == 0 {
			err = ErrRequest
		}
		if err != nil {
			return err
		}
		of = e.Contact
		return r.log.Public(audit.Act{By: hotline.Actor(by), What: "export", Object: string(e.Contact), Why: id}).Insert(tx)
	})
	return of, err
}

// export does something to a request that stands.
func (r *Record) export(ctx context.Context, id string, do func(tx db.Tx, e ExportRequest, now int64) error) error {
	return r.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		e := ExportRequest{ID: id}
		err = tx.QueryRow(`SELECT contact, asked_by, asked_at, approved_by FROM export_request WHERE id = $1 AND fetched_at = 0 AND asked_at > $2 FOR UPDATE`, id, now-exportLives.Milliseconds()).
			Scan(&e.Contact, &e.AskedBy, &e.AskedAt, &e.ApprovedBy)
		if errors.Is(err, db.ErrNoRows) {
			return ErrRequest
		}
		if err != nil {
			return err
		}
		return do(tx, e, now)
	})
}

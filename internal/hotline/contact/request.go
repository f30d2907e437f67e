package contact

import (
	"context"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrRequest says that there is no such request of a caller's.
var ErrRequest = problem.New(problem.Invalid, "contact.request")

// A Request is what a caller asks about what we keep of her.
type Request struct {
	ID      string
	Contact hotline.ContactID // in which she asked, and is answered
	About   hotline.ContactID // the contact that it is about
	Kind    string
	At      int64
	DoneAt  int64
	DoneBy  hotline.PersonID
}

// Kinds of requests.
const (
	ShowMe  = "show"
	Correct = "correct"
	EraseMe = "erase"
	Longer  = "keep"
)

// Requests lists the kinds, as her page offers them.
func Requests() []string { return []string{ShowMe, Correct, EraseMe, Longer} }

// AskUs keeps a request of hers. Her words stand in the contact as a message; here is
// only its kind. A repetition of its id changes nothing.
func (b *Book) AskUs(ctx context.Context, r Request) error {
	if !hotline.IsID(r.ID) || !slices.Contains(Requests(), r.Kind) {
		return ErrRequest
	}
	err := b.db.Write(ctx, func(tx db.Tx) error {
		if err := exists(tx, r.Contact); err != nil {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO request (id, contact, about, kind, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, r.ID, r.Contact, r.About, r.Kind, now)
		if err != nil || n == 0 {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Machine, What: "request " + r.Kind, Object: string(r.Contact)}).Insert(tx)
	})
	if err == nil {
		b.told(r.Contact, 0, true)
	}
	return err
}

// Asked lists the requests that wait for an answer, oldest first.
func (b *Book) Asked(ctx context.Context) (out []Request, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		out, err = requests(tx, `done_at = 0 ORDER BY at, id LIMIT 500`)
		return err
	})
}

func requests(tx db.Tx, where string, args ...any) (out []Request, err error) {
	rows, err := tx.Query(`SELECT id, contact, about, kind, at, done_at, done_by FROM request WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r Request
		if err := rows.Scan(&r.ID, &r.Contact, &r.About, &r.Kind, &r.At, &r.DoneAt, &r.DoneBy); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Answered ends a request: she was answered on our own page, by a reply that was sent
// since she asked. Without one it is ErrState: what became of it must reach her.
func (b *Book) Answered(ctx context.Context, by hotline.PersonID, id string) error {
	var r Request
	err := b.db.Write(ctx, func(tx db.Tx) error {
		found, err := requests(tx, `id = $1 AND done_at = 0`, id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return ErrState
		}
		r = found[0]
		if _, err := lock(tx, r.Contact); err != nil {
			return err
		}
		told, err := one(tx, `SELECT 1 FROM message WHERE contact = $1 AND side = 'advocate' AND seq IS NOT NULL AND at >= $2 LIMIT 1`, r.Contact, r.At)
		if err != nil {
			return err
		}
		if !told {
			return ErrUntold
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE request SET done_at = $1, done_by = $2 WHERE id = $3`, now, by, id); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(by), What: "answer " + r.Kind, Object: string(r.Contact)}).Insert(tx)
	})
	if err == nil {
		b.told(r.Contact, 0, false)
	}
	return err
}

// ErrUntold says that she has not been told yet what became of her request.
var ErrUntold = problem.New(problem.Conflict, "contact.untold")

// WantsErased reports whether she has asked for what we wrote about a contact to be
// erased.
func (b *Book) WantsErased(ctx context.Context, id hotline.ContactID) (yes bool, err error) {
	return yes, b.db.Read(ctx, func(tx db.Tx) error {
		yes, err = one(tx, `SELECT 1 FROM request WHERE (about = $1 OR contact = $1) AND kind = 'erase' LIMIT 1`, id)
		return err
	})
}

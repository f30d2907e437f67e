package contact

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A Draft is what a person has typed and not sent, sealed under her draft key.
type Draft struct {
	Contact hotline.ContactID
	Place   string // composer, note, or a field
	N       int64  // the newest wins
	Sealed  []byte // empty = nothing typed
}

// PutDraft keeps a draft. An older one than is kept changes nothing; an empty one
// wipes it.
func (b *Book) PutDraft(ctx context.Context, by hotline.PersonID, d Draft) error {
	return b.db.Write(ctx, func(tx db.Tx) error {
		if len(d.Sealed) == 0 {
			_, err := tx.Exec(`DELETE FROM draft WHERE person = $1 AND contact = $2 AND place = $3 AND n <= $4`, by, d.Contact, d.Place, d.N)
			return err
		}
		c, err := lock(tx, d.Contact)
		if err != nil || c.State == Closed || c.State == Erased {
			return err
		}
		_, err = tx.Exec(`INSERT INTO draft (person, contact, place, n, sealed) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (person, contact, place) DO UPDATE SET n = excluded.n, sealed = excluded.sealed WHERE draft.n < excluded.n`, by, d.Contact, d.Place, d.N, d.Sealed)
		return err
	})
}

// Drafts reads a person's drafts, at most 200.
func (b *Book) Drafts(ctx context.Context, by hotline.PersonID) (out []Draft, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT contact, place, n, sealed FROM draft WHERE person = $1 LIMIT 200`, by)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var d Draft
			if err := rows.Scan(&d.Contact, &d.Place, &d.N, &d.Sealed); err != nil {
				return err
			}
			out = append(out, d)
		}
		return rows.Err()
	})
}

// A Note is what we wrote about a contact, sealed under S.
type Note struct {
	ID     string
	At     int64
	By     hotline.PersonID
	Sealed []byte
}

// AddNote keeps a note. A repetition of its id changes nothing.
func (b *Book) AddNote(ctx context.Context, by hotline.PersonID, id hotline.ContactID, note string, key seal.Key, t seal.Text) error {
	if err := check(note, t); err != nil {
		return err
	}
	sealed := key.Row("note", "sealed", note, 1, t)
	err := b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO note (id, contact, at, by_person, sealed) SELECT $1, id, CAST($2 AS BIGINT), $3, $4 FROM contact WHERE id = $5 AND shred_s = $6 AND state <> 'erased' ON CONFLICT DO NOTHING`,
			note, now, by, sealed, id, key.Object())
		if err != nil || n == 0 {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(by), What: "note", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

// Notes reads a contact's notes, oldest first, at most 500.
func (b *Book) Notes(ctx context.Context, id hotline.ContactID) (out []Note, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT id, at, by_person, sealed FROM note WHERE contact = $1 ORDER BY at, id LIMIT 500`, id)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var n Note
			if err := rows.Scan(&n.ID, &n.At, &n.By, &n.Sealed); err != nil {
				return err
			}
			out = append(out, n)
		}
		return rows.Err()
	})
}

package situation

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// Kinds of parts.
const (
	ContactPart = "contact"
	PersonPart  = "person"
	PlacePart   = "place"
)

// A Part is a contact, a person or a place in a situation, sealed.
type part struct {
	Of      string
	Kind    string
	About   hotline.ContactID // under whose key it stands; empty: a key of its own
	Object  string            // of that key
	At      int64
	By      hotline.PersonID
	Version int64
	Sealed  []byte // what it is in the situation
	Detail  []byte // names and addresses
}

func parts(tx db.Tx, id hotline.SituationID) (out []part, err error) {
	rows, err := tx.Query(`SELECT of, kind, about, object, at, by_person, version, sealed, detail FROM part WHERE situation = $1 ORDER BY at, of LIMIT 5000`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p part
		if err := rows.Scan(&p.Of, &p.Kind, &p.About, &p.Object, &p.At, &p.By, &p.Version, &p.Sealed, &p.Detail); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// A Said is what somebody writes of a part.
type Said struct {
	Of      string            // a contact's id, or a random one
	Kind    string            // of a new one
	About   hotline.ContactID // of a new person or place: who told it, or whom it is about; empty: somebody who never wrote, or nobody
	Version int64             // as it was seen; 0 = it is new
	Role    seal.Text         // what it is in the situation
	Detail  *seal.Text        // names and addresses; nil leaves them as they are
}

// Say writes what a part is in the situation. Of two who write at once the second
// learns of the first: ErrState. What one person told stands under her contact's key,
// a person who never wrote gets a key of her own, and a place of nobody's stands
// under the situation's.
func (b *Book) Say(ctx context.Context, r *vault.Ring, id hotline.SituationID, s Said) error {
	if !hotline.IsID(s.Of) {
		return ErrMissing
	}
	if err := words(s.Role); err != nil {
		return err
	}
	if s.Detail != nil {
		if err := words(*s.Detail); err != nil && !errors.Is(err, ErrEmpty) {
			return err
		}
	}
	key, err := r.Situation(ctx, id, "part")
	if err != nil {
		return err
	}
	object, held, grants, err := b.keyOf(ctx, key, id, s)
	if err != nil {
		return err
	}
	row, next := string(id)+" "+s.Of, s.Version+1
	role := held.HeadKey().Row("part", "sealed", row, next, s.Role)
	var detail []byte
	if s.Detail != nil {
		body, err := held.BodyKey()
		if err != nil {
			return err
		}
		detail = body.Row("part", "detail", row, 1, *s.Detail)
	}
	err = b.db.Write(ctx, func(tx db.Tx) error {
		if _, err := lockOpen(tx, id); err != nil {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if s.About != "" {
			if err := within(tx, id, s.About, object); err != nil {
				return err
			}
		}
		n := int64(0)
		if s.Version == 0 {
			n, err = tx.Exec(`INSERT INTO part (situation, of, kind, about, object, at, by_person, version, sealed, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9) ON CONFLICT DO NOTHING`,
				id, s.Of, s.Kind, s.About, object, now, r.Me(), role, detail)
			if err == nil && n > 0 {
				err = give(tx, grants)
			}
		} else {
			n, err = tx.Exec(`UPDATE part SET version = $1, sealed = $2, detail = CASE WHEN $3 = 1 THEN $4 ELSE detail END WHERE situation = $5 AND of = $6 AND version = $7 AND object = $8`,
				next, role, flag(s.Detail != nil), detail, id, s.Of, s.Version, object)
		}
		if err == nil && n == 0 {
			err = ErrState
		}
		if err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(r.Me()), What: "part", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id)
	}
	return err
}

// keyOf finds or makes the key under which a part stands.
func (b *Book) keyOf(ctx context.Context, key *vault.Situation, id hotline.SituationID, s Said) (string, vault.Held, []seal.Grant, error) {
	var object string
	var err error
	switch {
	case s.Version > 0:
		err = b.db.One(ctx, `SELECT object FROM part WHERE situation = $1 AND of = $2`, []any{id, s.Of}, &object)
		if errors.Is(err, db.ErrNoRows) {
			err = ErrMissing
		}
	case s.Kind != PersonPart && s.Kind != PlacePart:
		err = ErrMissing
	case s.About != "":
		var c seal.Columns
		c, err = b.contacts.Columns(ctx, s.About)
		object = c.ShredS
	case s.Kind == PersonPart:
		held, grants, err := key.NewPerson(ctx)
		return held.Object, held, grants, err
	default:
		object = key.Object()
	}
	if err != nil {
		return "", vault.Held{}, nil, err
	}
	if object == key.Object() {
		return object, key.Own(), nil, nil
	}
	all, err := key.Holds(ctx, object)
	if err != nil {
		return "", vault.Held{}, nil, err
	}
	held, ok := all[object]
	if !ok {
		err = ErrErased
	}
	return object, held, nil, err
}

// within checks that a contact is part of a situation and that its key is still that
// one.
func within(tx db.Tx, id hotline.SituationID, c hotline.ContactID, object string) error {
	row, err := contact.Lock(tx, c)
	if err != nil {
		return err
	}
	err = tx.QueryRow(`SELECT 1 FROM part WHERE situation = $1 AND of = $2 AND kind = 'contact'`, id, c).Scan(new(int))
	if errors.Is(err, db.ErrNoRows) || err == nil && row.ShredS != object {
		err = ErrMissing
	}
	return err
}

// Drop takes a person or a place out of a situation. A key of its own is destroyed by
// the job that it leaves.
func (b *Book) Drop(ctx context.Context, r *vault.Ring, id hotline.SituationID, of string) error {
	key, err := r.Situation(ctx, id, "part")
	if err != nil {
		return err
	}
	err = b.db.Write(ctx, func(tx db.Tx) error {
		if _, err := lockOpen(tx, id); err != nil {
			return err
		}
		var object string
		var about hotline.ContactID
		err := tx.QueryRow(`SELECT object, about FROM part WHERE situation = $1 AND of = $2 AND kind <> 'contact'`, id, of).Scan(&object, &about)
		if errors.Is(err, db.ErrNoRows) {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM part WHERE situation = $1 AND of = $2`, id, of); err != nil {
			return err
		}
		if about == "" && object != key.Object() {
			if err := contact.Destroy(tx, object); err != nil {
				return err
			}
		}
		return b.log.Public(audit.Act{By: hotline.Actor(r.Me()), What: "drop part", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id)
	}
	return err
}

// Detail opens the names and addresses of a part, for a reason that stands in the
// log.
func (b *Book) Detail(ctx context.Context, r *vault.Ring, id hotline.SituationID, of, why string) (seal.Text, error) {
	if why == "" {
		return seal.Text{}, ErrReason
	}
	key, err := r.Situation(ctx, id, why)
	if err != nil {
		return seal.Text{}, err
	}
	var object string
	var sealed []byte
	err = b.db.One(ctx, `SELECT object, detail FROM part WHERE situation = $1 AND of = $2`, []any{id, of}, &object, &sealed)
	if errors.Is(err, db.ErrNoRows) || err == nil && len(sealed) == 0 {
		err = ErrMissing
	}
	if err != nil {
		return seal.Text{}, err
	}
	return key.Detail(ctx, object, why, func(row vault.Opener) (seal.Text, error) {
		return row("part", "detail", string(id)+" "+of, 1, sealed)
	})
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

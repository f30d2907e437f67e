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

// Create makes a situation of a contact. It takes the contact's word for its own,
// where no other one has it.
func (b *Book) Create(ctx context.Context, r *vault.Ring, c hotline.ContactID) (Situation, error) {
	record, err := r.Open(ctx, vault.Ref{Contact: c, Record: true}, "situation")
	if err != nil {
		return Situation{}, err
	}
	row, err := b.contacts.Find(ctx, c)
	if err != nil {
		return Situation{}, err
	}
	key, columns, grants, err := r.NewSituation(ctx, row.Queue)
	if err != nil {
		return Situation{}, err
	}
	attached, err := key.Attach(record)
	if err != nil {
		return Situation{}, err
	}
	s := Situation{ID: columns.ID, State: Open, ShredS: columns.ShredS}
	err = b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		s.Began, s.StateAt = now, now
		if s.Handle, err = handle(tx, row.Handle); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO situation (id, handle, state, began, state_at, shred_s, commit_s, signer, sig) VALUES ($1, $2, 'open', $3, $3, $4, $5, $6, $7)`,
			s.ID, s.Handle, now, s.ShredS, columns.CommitS, columns.Signer, columns.Sig); err != nil {
			return err
		}
		if err := give(tx, grants); err != nil {
			return err
		}
		return b.attach(tx, r, s, c, record.Object, attached, now)
	})
	if err != nil {
		return Situation{}, err
	}
	b.told(s.ID)
	b.contacts.Told(c)
	return s, nil
}

// handle takes the word of the first contact, or draws one.
func handle(tx db.Tx, word string) (string, error) {
	if word != "" {
		err := tx.QueryRow(`SELECT 1 FROM situation WHERE handle = $1`, word).Scan(new(int))
		if errors.Is(err, db.ErrNoRows) {
			return word, nil
		}
		if err != nil {
			return "", err
		}
	}
	return contact.NewHandle(tx)
}

func give(tx db.Tx, grants []seal.Grant) error {
	for _, g := range grants {
		if err := g.Put(tx); err != nil {
			return err
		}
	}
	return nil
}

// attach puts a contact into a situation: the wrap of its key, the row of both, what
// happened, the leaf.
func (b *Book) attach(tx db.Tx, r *vault.Ring, s Situation, c hotline.ContactID, object string, grants []seal.Grant, now int64) error {
	row, err := contact.Lock(tx, c)
	if err != nil {
		return err
	}
	if row.Situation != "" {
		return ErrLinked
	}
	if row.State == contact.Erased || row.ShredS != object {
		return ErrErased
	}
	if err := contact.SetSituation(tx, c, "", s.ID); err != nil {
		return err
	}
	if err := contact.HoldRecords(tx, c); err != nil {
		return err
	}
	if err := give(tx, grants); err != nil {
		return err
	}
	// One that was here before comes back as it was.
	if _, err := tx.Exec(`INSERT INTO part (situation, of, kind, about, object, at, by_person, version) VALUES ($1, $2, 'contact', $2, $3, $4, $5, 1) ON CONFLICT (situation, of) DO NOTHING`,
		s.ID, c, object, now, r.Me()); err != nil {
		return err
	}
	if err := b.happened(tx, r.Me(), s.ID, happening{Kind: "linked", Contact: c}, now); err != nil {
		return err
	}
	return b.log.Public(audit.Act{By: hotline.Actor(r.Me()), What: "link", Object: string(s.ID)}).Insert(tx)
}

// Link puts another contact into an open situation.
func (b *Book) Link(ctx context.Context, r *vault.Ring, id hotline.SituationID, c hotline.ContactID) error {
	key, err := r.Situation(ctx, id, "link")
	if err != nil {
		return err
	}
	record, err := r.Open(ctx, vault.Ref{Contact: c, Record: true}, "situation")
	if err != nil {
		return err
	}
	grants, err := key.Attach(record)
	if err != nil {
		return err
	}
	err = b.db.Write(ctx, func(tx db.Tx) error {
		s, err := lockOpen(tx, id)
		if err != nil {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if err := b.attach(tx, r, s, c, record.Object, grants, now); err != nil {
			return err
		}
		return b.news(tx, r.Me(), id, now)
	})
	if err == nil {
		b.told(id)
		b.contacts.Told(c)
	}
	return err
}

// Unlink takes a contact out of a situation again, for a reason: the wrap of its key
// is deleted. Who has read it has read it. What was written under its key in the
// situation goes with it.
func (b *Book) Unlink(ctx context.Context, r *vault.Ring, id hotline.SituationID, c hotline.ContactID, reason seal.Text) error {
	if err := words(reason); err != nil {
		return errors.Join(ErrReason, err)
	}
	key, err := r.Situation(ctx, id, "unlink")
	if err != nil {
		return err
	}
	note := happening{ID: hotline.NewID(), Kind: "unlinked"}
	note.Sealed = key.HeadKey().Row("happening", "sealed", note.ID, 1, reason)
	err = b.db.Write(ctx, func(tx db.Tx) error {
		if _, err := lock(tx, id); err != nil {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		row, err := contact.Lock(tx, c)
		if err != nil {
			return err
		}
		if row.State != contact.Erased {
			if err := contact.SetSituation(tx, c, id, ""); err != nil {
				return err
			}
		}
		if err := contact.BeginRecords(tx, now, c); err != nil {
			return err
		}
		if row.ShredS != "" {
			if err := key.Detach(row.ShredS).Apply(tx); err != nil {
				return err
			}
		}
		if err := forget(tx, id, c); err != nil {
			return err
		}
		if err := b.happened(tx, r.Me(), id, note, now); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(r.Me()), What: "unlink", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id)
		b.contacts.Told(c)
	}
	return err
}

// forget deletes what stands in a situation under a contact's key.
func forget(tx db.Tx, id hotline.SituationID, c hotline.ContactID) error {
	for _, q := range []string{
		`DELETE FROM part WHERE situation = $1 AND about = $2`,
		`DELETE FROM happening WHERE situation = $1 AND contact = $2`,
		`DELETE FROM task WHERE situation = $1 AND contact = $2`,
	} {
		if _, err := tx.Exec(q, id, c); err != nil {
			return err
		}
	}
	return nil
}

// forgotten deletes, in every situation, what stood under the key of a contact whose
// record is destroyed, and who asked to read it.
func forgotten(tx db.Tx, c hotline.ContactID) error {
	for _, q := range []string{
		`DELETE FROM part WHERE about = $1`,
		`DELETE FROM happening WHERE contact = $1`,
		`DELETE FROM task WHERE contact = $1`,
		`DELETE FROM reading WHERE contact = $1`,
	} {
		if _, err := tx.Exec(q, c); err != nil {
			return err
		}
	}
	return nil
}

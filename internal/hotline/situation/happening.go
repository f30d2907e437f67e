package situation

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A happening is one thing we did or wrote: the timeline. It is never changed.
type happening struct {
	ID      string
	Contact hotline.ContactID // under whose key it stands; empty: the situation's own
	Kind    string
	At      int64
	By      hotline.PersonID
	Sealed  []byte
}

// Kinds of happenings that people write.
const (
	Note    = "note"
	Summary = "summary" // made for whoever goes on; the newest counts
)

// happened writes one, in the transaction of what it tells of.
func (b *Book) happened(tx db.Tx, by hotline.PersonID, id hotline.SituationID, h happening, now int64) error {
	if h.ID == "" {
		h.ID = hotline.NewID()
	}
	_, err := tx.Exec(`INSERT INTO happening (id, situation, contact, kind, at, by_person, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		h.ID, id, h.Contact, h.Kind, now, by, h.Sealed)
	return err
}

// Write adds a note, or a summary made for hand-over. A repetition of its id changes
// nothing. It stands under the situation's own key: what one person told belongs into
// the notes of her contact.
func (b *Book) Write(ctx context.Context, r *vault.Ring, id hotline.SituationID, note, kind string, text seal.Text) error {
	if kind != Note && kind != Summary || !hotline.IsID(note) {
		return ErrMissing
	}
	if err := words(text); err != nil {
		return err
	}
	key, err := r.Situation(ctx, id, kind)
	if err != nil {
		return err
	}
	h := happening{ID: note, Kind: kind, Sealed: key.HeadKey().Row("happening", "sealed", note, 1, text)}
	err = b.db.Write(ctx, func(tx db.Tx) error {
		if _, err := lockOpen(tx, id); err != nil {
			return err
		}
		err := tx.QueryRow(`SELECT 1 FROM happening WHERE id = $1`, note).Scan(new(int))
		if err == nil {
			return nil
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if err := b.happened(tx, r.Me(), id, h, now); err != nil {
			return err
		}
		if kind == Summary {
			if err := b.news(tx, r.Me(), id, now); err != nil {
				return err
			}
		}
		return b.log.Public(audit.Act{By: hotline.Actor(r.Me()), What: kind, Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id)
	}
	return err
}

// news leaves an unread line for whoever took the first call of a situation: she asks
// herself what has become of it. Who has done it herself knows it.
func (b *Book) news(tx db.Tx, by hotline.PersonID, id hotline.SituationID, now int64) error {
	first, err := contact.FirstTaken(tx, id)
	if err != nil || first == "" || first == by {
		return err
	}
	_, err = tx.Exec(`INSERT INTO news (person, situation, at) VALUES ($1, $2, $3) ON CONFLICT (person, situation) DO UPDATE SET at = excluded.at`, first, id, now)
	return err
}

// seen takes the unread line away.
func seen(tx db.Tx, p hotline.PersonID, id hotline.SituationID) error {
	_, err := tx.Exec(`DELETE FROM news WHERE person = $1 AND situation = $2`, p, id)
	return err
}

func happenings(tx db.Tx, id hotline.SituationID) (out []happening, err error) {
	rows, err := tx.Query(`SELECT id, contact, kind, at, by_person, sealed FROM happening WHERE situation = $1 ORDER BY at DESC, id LIMIT 2000`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h happening
		if err := rows.Scan(&h.ID, &h.Contact, &h.Kind, &h.At, &h.By, &h.Sealed); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

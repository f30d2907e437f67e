package interpret

import (
	"context"
	"database/sql"
	"errors"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Kinds of what is written for a translation.
const (
	Sentence = "sentence" // the advocate's, to be translated
	Answer   = "answer"   // that sentence, in the caller's language
	Said     = "said"     // a message of the thread, in the advocate's language
)

// A Translation is one text, as it is stored. A later one about the same stands for an
// earlier one.
type Translation struct {
	ID     string
	N      int64
	Kind   string
	About  string // a message, or a sentence
	By     hotline.PersonID
	At     int64
	Sealed []byte // under K
}

// Words are what somebody writes: an advocate a sentence, a translator the rest.
type Words struct {
	ID      string
	Contact hotline.ContactID
	About   string // empty for a sentence
	By      hotline.PersonID
	Key     seal.Key // of K
	Text    seal.Text
}

// Write keeps a sentence of the advocate's, or the translator's words about a message or
// a sentence. A repetition of its id changes nothing. Without a translator at work it is
// ErrMissing.
func (t *Translators) Write(ctx context.Context, w Words) error {
	if !hotline.IsID(w.ID) {
		return contact.ErrID
	}
	sealed := w.Key.Row("translation", "sealed", w.ID, 1, w.Text)
	err := t.db.Write(ctx, func(tx db.Tx) error {
		c, err := contact.Lock(tx, w.Contact)
		if err != nil {
			return err
		}
		if c.ShredK != w.Key.Object() || c.State == contact.Erased {
			return contact.ErrMissing
		}
		err = tx.QueryRow(`SELECT 1 FROM translation WHERE contact = $1 AND id = $2`, w.Contact, w.ID).Scan(new(int))
		if !errors.Is(err, sql.ErrNoRows) {
			return err // it is there already, or cannot be seen
		}
		kind, err := kindOf(tx, c, w)
		if err != nil {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		var n int64
		err = tx.QueryRow(`UPDATE translator_request SET n = n + 1 WHERE contact = $1 AND given_at > 0 RETURNING n`, w.Contact).Scan(&n)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO translation (contact, id, n, kind, about, by_person, at, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			w.Contact, w.ID, n, kind, w.About, w.By, now, sealed)
		return err
	})
	if err == nil {
		t.told(w.Contact)
	}
	return err
}

// kindOf says what words are, and that they are theirs to write.
func kindOf(tx db.Tx, c contact.Contact, w Words) (string, error) {
	if w.About == "" {
		if c.Advocate != w.By {
			return "", contact.ErrNotYours
		}
		return Sentence, nil
	}
	who, err := Coming(tx, c.ID)
	if err != nil {
		return "", err
	}
	if who != w.By {
		return "", ErrMissing
	}
	var kind string
	err = tx.QueryRow(`SELECT kind FROM translation WHERE contact = $1 AND id = $2`, c.ID, w.About).Scan(&kind)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Said, nil
	case err == nil && kind == Sentence:
		return Answer, nil
	case err == nil:
		return "", ErrMissing // a translation of a translation is none
	}
	return "", err
}

const translationColumns = `id, n, kind, about, by_person, at, sealed`

func scanTranslation(row interface{ Scan(...any) error }) (x Translation, err error) {
	err = row.Scan(&x.ID, &x.N, &x.Kind, &x.About, &x.By, &x.At, &x.Sealed)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrMissing
	}
	return x, err
}

// After reads what was written for a contact after a number, oldest first, at most 500.
func (t *Translators) After(ctx context.Context, id hotline.ContactID, n int64) (out []Translation, err error) {
	return out, t.db.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT `+translationColumns+` FROM translation WHERE contact = $1 AND n > $2 ORDER BY n LIMIT $3`, id, n, most)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			x, err := scanTranslation(rows)
			if err != nil {
				return err
			}
			out = append(out, x)
		}
		return rows.Err()
	})
}

// Find reads one.
func (t *Translators) Find(ctx context.Context, id hotline.ContactID, translation string) (x Translation, err error) {
	return x, t.db.Read(ctx, func(tx db.Tx) error {
		x, err = scanTranslation(tx.QueryRow(`SELECT `+translationColumns+` FROM translation WHERE contact = $1 AND id = $2`, id, translation))
		return err
	})
}

package situation

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A task is something to be done, sealed.
type task struct {
	ID      string
	In      hotline.SituationID
	Contact hotline.ContactID // whom it is about, and under whose key it stands; empty: the situation's own
	Due     int64
	Person  hotline.PersonID // who said she would; empty: whoever is on shift
	At      int64
	By      hotline.PersonID
	DoneAt  int64
	DoneBy  hotline.PersonID
	Sealed  []byte
}

const taskColumns = `id, situation, contact, due, person, at, by_person, done_at, done_by, sealed`

func tasks(tx db.Tx, where string, args ...any) (out []task, err error) {
	rows, err := tx.Query(`SELECT `+taskColumns+` FROM task WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t task
		if err := rows.Scan(&t.ID, &t.In, &t.Contact, &t.Due, &t.Person, &t.At, &t.By, &t.DoneAt, &t.DoneBy, &t.Sealed); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// A Task is what is to be done by a time.
type Task struct {
	ID      string
	In      hotline.SituationID
	Contact hotline.ContactID // whom it is about; empty: nobody alone
	Due     int64
	Person  hotline.PersonID // who said she would; empty: whoever is on shift
	At      int64
	By      hotline.PersonID
	DoneAt  int64
	DoneBy  hotline.PersonID
	Text    seal.Text
	Gone    bool // its words do not open any more
}

// Assign adds a task. A repetition of its id changes nothing.
func (b *Book) Assign(ctx context.Context, r *vault.Ring, id hotline.SituationID, t Task) error {
	if !hotline.IsID(t.ID) || t.Due <= 0 {
		return ErrMissing
	}
	if err := words(t.Text); err != nil {
		return err
	}
	key, err := r.Situation(ctx, id, "task")
	if err != nil {
		return err
	}
	held, object := key.Own(), ""
	if t.Contact != "" {
		if object, held, _, err = b.keyOf(ctx, key, id, Said{Kind: PersonPart, About: t.Contact}); err != nil {
			return err
		}
	}
	sealed := held.HeadKey().Row("task", "sealed", t.ID, 1, t.Text)
	err = b.db.Write(ctx, func(tx db.Tx) error {
		if _, err := lockOpen(tx, id); err != nil {
			return err
		}
		if t.Contact != "" {
			if err := within(tx, id, t.Contact, object); err != nil {
				return err
			}
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO task (id, situation, contact, due, person, at, by_person, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
			t.ID, id, t.Contact, t.Due, t.Person, now, r.Me(), sealed)
		if err != nil || n == 0 {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(r.Me()), What: "task", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id)
	}
	return err
}

// Done ends a task, or, where again is set, takes that back. Any advocate may: nobody
// owns it.
func (b *Book) Done(ctx context.Context, by hotline.PersonID, id string, again bool) error {
	var in hotline.SituationID
	err := b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		var c hotline.ContactID
		err = tx.QueryRow(`SELECT situation, contact FROM task WHERE id = $1`, id).Scan(&in, &c)
		if errors.Is(err, db.ErrNoRows) {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		if _, err := lock(tx, in); err != nil {
			return err
		}
		was, at, who := `done_at = 0`, now, by
		if again {
			was, at, who = `done_at > 0`, 0, ""
		}
		n, err := tx.Exec(`UPDATE task SET done_at = $1, done_by = $2 WHERE id = $3 AND `+was, at, who, id)
		if err == nil && n == 0 {
			err = ErrState
		}
		if err != nil {
			return err
		}
		if !again {
			if err := b.news(tx, by, in, now); err != nil {
				return err
			}
		}
		return b.log.Public(audit.Act{By: hotline.Actor(by), What: "task done", Object: string(in)}).Insert(tx)
	})
	if err == nil {
		b.told(in)
	}
	return err
}

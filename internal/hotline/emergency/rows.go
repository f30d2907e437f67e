package emergency

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

const (
	table  = "emergency"
	column = "sealed"

	columns = `id, contact, version, state, ground, decision, opened_at, opened_by, calls, called_at, confirm_by, second_by, second_at, second_says, ended_at`
)

// seal packs all of it, what the server reads too: so that a row which says another
// ground, or that somebody has confirmed it, is noticed when it is opened.
func (e Emergency) seal(k Opened) ([]byte, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("emergency: %w", err)
	}
	return k.Seal().Row(table, column, e.ID, e.Version, seal.Conceal(string(b))), nil
}

// parse reads what was sealed in a row, which must say the same.
func parse(t seal.Text, row Emergency) (Emergency, error) {
	e := Emergency{ID: row.ID, Contact: row.Contact, Version: row.Version}
	if err := json.Unmarshal([]byte(t.Reveal()), &e); err != nil {
		return Emergency{}, ErrBroken // the parser's error may quote it
	}
	if e.State != row.State || e.Ground != row.Ground || e.Decision != row.Decision || e.OpenedBy != row.OpenedBy || e.Calls != row.Calls ||
		e.Second.By != row.Second.By || e.Second.Says != row.Second.Says {
		return Emergency{}, ErrBroken
	}
	for _, t := range [][2]int64{{e.OpenedAt, row.OpenedAt}, {e.CalledAt, row.CalledAt}, {e.ConfirmBy, row.ConfirmBy}, {e.Second.At, row.Second.At}, {e.EndedAt, row.EndedAt}} {
		if t[1] != t[0] && t[1] != t[0]/day*day {
			return Emergency{}, ErrBroken
		}
	}
	return e, nil
}

// day is one, in milliseconds.
const day = 24 * 60 * 60 * 1000

// Round leaves of the times of those that ended long ago only the day, for whoever holds
// no key. One that a second person has still to answer keeps its own.
func Round(ctx context.Context, d *db.DB, age time.Duration) error {
	return d.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE emergency SET opened_at = opened_at / 86400000 * 86400000, called_at = called_at / 86400000 * 86400000, confirm_by = confirm_by / 86400000 * 86400000,
			second_at = second_at / 86400000 * 86400000, ended_at = ended_at / 86400000 * 86400000
			WHERE ended_at > 0 AND ended_at <= $1 AND ended_at % 86400000 <> 0 AND (confirm_by = 0 OR second_at > 0)`, now-age.Milliseconds())
		return err
	})
}

// Read opens one of a contact's.
func (b *Book) Read(ctx context.Context, of Of, id string) (Emergency, error) {
	all, err := b.read(ctx, of, id)
	if err == nil && len(all) == 0 {
		err = ErrMissing
	}
	if err != nil {
		return Emergency{}, err
	}
	return all[0], nil
}

// All opens those of a contact, the newest first, at most a hundred.
func (b *Book) All(ctx context.Context, of Of) ([]Emergency, error) { return b.read(ctx, of, "") }

// read opens what stands there. The leaves are counted first: a version that is written
// meanwhile is one more than they tell of, and never one less.
func (b *Book) read(ctx context.Context, of Of, id string) (out []Emergency, err error) {
	err = b.db.Read(ctx, func(tx db.Tx) error {
		out = nil
		leaves, err := written(tx, of.Contact, id)
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT `+columns+`, sealed FROM emergency WHERE contact = $1 AND ($2 = '' OR id = $2) ORDER BY opened_at DESC, id LIMIT 100`, of.Contact, id)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var sealed []byte
			e, err := scan(rows, &sealed)
			if err != nil {
				return err
			}
			t, err := of.Key.Row(table, column, e.ID, e.Version, sealed)
			if err != nil {
				return errors.Join(ErrBroken, err)
			}
			if e, err = parse(t, e); err != nil {
				return err
			}
			if e.Version < leaves[e.ID] {
				return ErrOld
			}
			out = append(out, e)
		}
		return rows.Err()
	})
	if errors.Is(err, ErrBroken) || errors.Is(err, ErrOld) {
		err = errors.Join(err, b.alarm(ctx, of))
	}
	return out, err
}

// written counts the leaves of each.
func written(tx db.Tx, her hotline.ContactID, id string) (map[string]int64, error) {
	ids, err := db.Values[string](tx, `SELECT id FROM emergency WHERE contact = $1 AND ($2 = '' OR id = $2)`, her, id)
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	for _, id := range ids {
		if out[id], err = audit.Count(tx, id); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// alarm rings for a row that is not ours, once until somebody has seen it.
func (b *Book) alarm(ctx context.Context, of Of) error {
	first := false
	err := b.db.Write(ctx, func(tx db.Tx) (err error) {
		if first, err = contact.RaiseIn(tx, of.Contact, contact.PutBack); err != nil || !first {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(of.By), What: "emergency refused", Object: string(of.Contact)}).Insert(tx)
	})
	if err == nil && first {
		b.bus.Publish(bus.Hint{Topic: contact.TopicAlert, ID: string(of.Contact)})
	}
	return err
}

func scan(row interface{ Scan(...any) error }, more ...any) (e Emergency, err error) {
	err = row.Scan(append([]any{
		&e.ID, &e.Contact, &e.Version, &e.State, &e.Ground, &e.Decision, &e.OpenedAt, &e.OpenedBy, &e.Calls, &e.CalledAt,
		&e.ConfirmBy, &e.Second.By, &e.Second.At, &e.Second.Says, &e.EndedAt,
	}, more...)...)
	return e, err
}

// stands refuses to write under a key that is gone, and by what is no longer known of
// her safety.
func stands(tx db.Tx, of Of, head bool) error {
	c, err := contact.OfRecord(tx, of.Contact, of.Key.Seal().Object())
	if errors.Is(err, contact.ErrMissing) {
		return ErrMissing
	}
	if err == nil && head && (c.State == contact.Erased || c.HeadN != of.Head.N) {
		err = contact.ErrHead
	}
	return err
}

// insert writes one anew. first is false where it stands there already.
func insert(tx db.Tx, of Of, e Emergency, sealed []byte) (first bool, err error) {
	if err := stands(tx, of, true); err != nil {
		return false, err
	}
	n, err := tx.Exec(`INSERT INTO emergency (id, contact, version, state, ground, decision, opened_at, opened_by, confirm_by, sealed) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
		e.ID, e.Contact, e.State, e.Ground, e.Decision, e.OpenedAt, e.OpenedBy, e.ConfirmBy, sealed)
	if err != nil || n == 1 {
		return n == 1, err
	}
	err = tx.QueryRow(`SELECT 1 FROM emergency WHERE id = $1 AND contact = $2`, e.ID, e.Contact).Scan(new(int))
	if errors.Is(err, db.ErrNoRows) {
		err = ErrOpen
	}
	return false, err
}

// update writes it over the version that it was made of.
func update(tx db.Tx, e Emergency, sealed []byte) error {
	n, err := tx.Exec(`UPDATE emergency SET version = $1, state = $2, calls = $3, called_at = $4, second_by = $5, second_at = $6, second_says = $7, ended_at = $8, sealed = $9
		WHERE id = $10 AND contact = $11 AND version = $12`,
		e.Version, e.State, e.Calls, e.CalledAt, e.Second.By, e.Second.At, e.Second.Says, e.EndedAt, sealed, e.ID, e.Contact, e.Version-1)
	if err == nil && n == 0 {
		err = ErrMoved
	}
	return err
}

// A Standing one goes on, or waits for a second person: what of it the server reads.
type Standing struct {
	ID        string
	Contact   hotline.ContactID
	Version   int64
	State     State
	Ground    Ground
	OpenedAt  int64
	OpenedBy  hotline.PersonID
	Calls     hotline.PersonID
	ConfirmBy int64
	Waits     bool // for a second person
	Overdue   bool
}

// Stand lists what goes on and what a second person has still to answer, what was opened
// first at the top; nothing is opened for it.
func Stand(tx db.Tx, now int64) (out []Standing, err error) {
	rows, err := tx.Query(`SELECT ` + columns + ` FROM emergency WHERE ended_at = 0
		UNION SELECT ` + columns + ` FROM emergency WHERE confirm_by > 0 AND second_at = 0 ORDER BY opened_at, id LIMIT 500`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			return nil, err
		}
		waits, overdue := e.Waits(now)
		out = append(out, Standing{e.ID, e.Contact, e.Version, e.State, e.Ground, e.OpenedAt, e.OpenedBy, e.Calls, e.ConfirmBy, waits, overdue})
	}
	return out, rows.Err()
}

// Forget deletes what stood under an S that is destroyed. It belongs to the transaction
// that forgets what we wrote.
func Forget(tx db.Tx, id hotline.ContactID) error {
	_, err := tx.Exec(`DELETE FROM emergency WHERE contact = $1`, id)
	return err
}

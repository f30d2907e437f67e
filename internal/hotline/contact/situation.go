package contact

import (
	"errors"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/jobs"
	"github.com/freeline-org/freeline/internal/problem"
)

// What a situation asks of contacts: which one they belong to, and whom of the staff
// its contacts are closed to.

// ErrConflict says that the person knows somebody in the contact's situation.
var ErrConflict = problem.New(problem.Denied, "contact.conflict")

// SetSituation puts a contact into a situation, or takes it out of that one where to
// is empty. One that is in another by now is ErrState. It belongs to package
// situation, inside its transaction.
func SetSituation(tx db.Tx, id hotline.ContactID, from, to hotline.SituationID) error {
	n, err := tx.Exec(`UPDATE contact SET situation = $1 WHERE id = $2 AND situation = $3 AND state <> 'erased'`, to, id, from)
	if err == nil && n == 0 {
		err = ErrState
	}
	return err
}

// Lock reads a contact and locks its row until the transaction ends.
func Lock(tx db.Tx, id hotline.ContactID) (Contact, error) { return lock(tx, id) }

// Some reads those of the contacts that are there.
func Some(tx db.Tx, ids ...hotline.ContactID) (map[hotline.ContactID]Contact, error) {
	out := make(map[hotline.ContactID]Contact, len(ids))
	places, args := db.List(ids)
	rows, err := tx.Query(`SELECT `+columns+` FROM contact WHERE id IN (`+places+`)`, args...)
	if err != nil {
		return nil, err
	}
	all, err := gather(rows, nil)
	for _, c := range all {
		out[c.ID] = c
	}
	return out, err
}

// Knows reports whether somebody of the staff has said that she knows somebody in a
// situation.
func Knows(tx db.Tx, s hotline.SituationID, p hotline.PersonID) (bool, error) {
	return one(tx, `SELECT 1 FROM conflict WHERE situation = $1 AND person = $2`, s, p)
}

// ClosedTo reports which of the contacts are closed to a person, since she knows
// somebody in their situation. It goes by what is part of a situation: an erased
// contact still is.
func ClosedTo(tx db.Tx, p hotline.PersonID, ids ...hotline.ContactID) (map[hotline.ContactID]bool, error) {
	out := map[hotline.ContactID]bool{}
	blocked, err := one(tx, `SELECT 1 FROM conflict WHERE person = $1 LIMIT 1`, p)
	if err != nil || !blocked {
		return out, err
	}
	places, args := db.List(ids)
	closed, err := db.Values[hotline.ContactID](tx, `SELECT of FROM part WHERE of IN (`+places+`) AND kind = 'contact' AND situation IN (SELECT situation FROM conflict WHERE person = $`+itoa(len(args)+1)+`)`, append(args, p)...)
	for _, id := range closed {
		out[id] = true
	}
	return out, err
}

// Blocked lists to whom the contacts of a situation may not be offered.
func Blocked(tx db.Tx, s hotline.SituationID) ([]hotline.PersonID, error) {
	if s == "" {
		return nil, nil
	}
	return db.Values[hotline.PersonID](tx, `SELECT person FROM conflict WHERE situation = $1`, s)
}

// unknown refuses to give a contact to whoever knows somebody in its situation.
func unknown(tx db.Tx, c Contact, p hotline.PersonID) error {
	if c.Situation == "" {
		return nil
	}
	knows, err := Knows(tx, c.Situation, p)
	if err == nil && knows {
		err = ErrConflict
	}
	return err
}

// SetConflict closes a situation and its contacts to a person, or opens it again.
func SetConflict(tx db.Tx, s hotline.SituationID, p hotline.PersonID, on bool) error {
	if !on {
		_, err := tx.Exec(`DELETE FROM conflict WHERE situation = $1 AND person = $2`, s, p)
		return err
	}
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO conflict (situation, person, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, s, p, now)
	return err
}

func one(tx db.Tx, q string, args ...any) (bool, error) {
	err := tx.QueryRow(q, args...).Scan(new(int))
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// GoOn counts the contacts of a situation that are not closed yet.
func GoOn(tx db.Tx, s hotline.SituationID) (n int, err error) {
	return n, tx.QueryRow(`SELECT count(*) FROM contact WHERE situation = $1 AND state NOT IN ('closed', 'erased')`, s).Scan(&n)
}

// FirstTaken says who took the first call of a situation; nobody where that is not
// known any more.
func FirstTaken(tx db.Tx, s hotline.SituationID) (p hotline.PersonID, err error) {
	err = tx.QueryRow(`SELECT coalesce((SELECT o.advocate FROM offer o WHERE o.contact = c.id AND o.outcome = 'accepted' ORDER BY o.ended_at, o.id LIMIT 1), c.advocate)
		FROM contact c WHERE c.situation = $1 ORDER BY c.began, c.id LIMIT 1`, s).Scan(&p)
	if errors.Is(err, db.ErrNoRows) {
		err = nil
	}
	return p, err
}

// Destroy has an entry of the shred store destroyed, by a job, and notes that what it
// opened is gone.
func Destroy(tx db.Tx, entry string) error {
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM key_grant WHERE object = $1`, entry); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO tombstone (object, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, entry, now); err != nil {
		return err
	}
	return jobs.Enqueue(tx, jobs.Job{Kind: JobShred, Key: entry, Body: entry})
}

// AllBlocked lists to whom the contacts of each situation may not be offered.
func AllBlocked(tx db.Tx) (map[hotline.SituationID][]hotline.PersonID, error) {
	out := map[hotline.SituationID][]hotline.PersonID{}
	rows, err := tx.Query(`SELECT situation, person FROM conflict ORDER BY at DESC LIMIT 2000`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s hotline.SituationID
		var p hotline.PersonID
		if err := rows.Scan(&s, &p); err != nil {
			return nil, err
		}
		out[s] = append(out[s], p)
	}
	return out, rows.Err()
}

// Raise rings for a contact, closed or not, in the transaction of what it rings for,
// once until somebody has seen it.
func Raise(tx db.Tx, id hotline.ContactID, kind string) error {
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	_, err = raise(tx, id, kind, now)
	return err
}

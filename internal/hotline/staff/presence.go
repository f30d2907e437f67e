package staff

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
)

// States of presence. Only Ready is offered contacts.
const (
	Ready  = "ready"
	Busy   = "busy"
	Break  = "break"
	Away   = "away"
	Locked = "locked"
)

// Lapse is how long a presence lives after its last beat.
const Lapse = 60 * time.Second

// Presence is one person's place in a shift.
type Presence struct {
	Person    hotline.PersonID
	Node      string
	State     string
	Load      int
	Capacity  int
	Since     int64
	BeatUntil int64
	Roles     []hotline.Role
	Languages []string
	Skills    []string
	Gender    string
}

// Takes reports whether she answers callers: only who does is offered contacts, and
// counts as being there for them.
func (p Presence) Takes() bool {
	return slices.Contains(p.Roles, hotline.Advocate) || slices.Contains(p.Roles, hotline.Supervisor)
}

// Here reports whether she beats at now.
func (p Presence) Here(now int64) bool { return p.BeatUntil > now && p.State != Away }

// besideCall is how many written contacts somebody has who has a call.
const besideCall = 1

// Room reports whether somebody has room for one more: by all that counts against her, how
// many of it are calls, and how many written ones she has at once. Nobody has two calls.
func Room(load, calls, capacity int, call bool) bool {
	written := load - calls
	switch {
	case call:
		return calls == 0 && written <= besideCall && capacity > 0
	case calls > 0:
		return written < besideCall && capacity > 0
	}
	return load < capacity
}

// Enter begins or changes a presence and beats for it. A change of state begins her
// waiting time anew.
func (s *Staff) Enter(ctx context.Context, id hotline.PersonID, node, state string) error {
	return s.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO presence (person, node, state, load, capacity, since, beat_until)
			SELECT id, $2, $3, 0, capacity, $4, $5 FROM person WHERE id = $1
			ON CONFLICT (person) DO UPDATE SET node = excluded.node, beat_until = excluded.beat_until,
			since = CASE WHEN presence.state = excluded.state THEN presence.since ELSE excluded.since END, state = excluded.state,
			capacity = CASE WHEN excluded.capacity + 1 >= presence.load THEN excluded.capacity ELSE presence.capacity END`,
			id, node, state, now, now+Lapse.Milliseconds())
		return err
	})
}

// Beat keeps presences alive that this node beats for.
func (s *Staff) Beat(ctx context.Context, node string, ids ...hotline.PersonID) error {
	return s.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := tx.Exec(`UPDATE presence SET beat_until = $1, node = $2 WHERE person = $3 AND state <> $4`, now+Lapse.Milliseconds(), node, id, Away); err != nil {
				return err
			}
		}
		return nil
	})
}

// Hold locks presences until the transaction ends, always in the same order, so
// that two queues cannot fill one person.
func Hold(tx db.Tx, ids ...hotline.PersonID) error {
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		var one int
		err := tx.QueryRow(`SELECT 1 FROM presence WHERE person = $1 FOR UPDATE`, id).Scan(&one)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	return nil
}

// SetLoad writes how many contacts count against a person's capacity. It belongs to
// package contact, in the transaction that changes them. More than one too many is
// ErrFull. Who never entered has no load.
func SetLoad(tx db.Tx, id hotline.PersonID, load int) error {
	n, err := tx.Exec(`UPDATE presence SET load = $1 WHERE person = $2 AND $1 <= capacity + 1`, load, id)
	if err != nil || n > 0 {
		return err
	}
	var one int
	err = tx.QueryRow(`SELECT 1 FROM presence WHERE person = $1`, id).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = ErrFull
	}
	return err
}

const present = `SELECT p.person, p.node, p.state, p.load, p.capacity, p.since, p.beat_until, n.roles, n.languages, n.skills, n.gender
	FROM presence p JOIN person n ON n.id = p.person `

// Of reads a person's presence. Who never entered is away.
func Of(tx db.Tx, id hotline.PersonID) (Presence, error) {
	p, err := scanPresence(tx.QueryRow(present+`WHERE p.person = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Presence{Person: id, State: Away}, nil
	}
	return p, err
}

// Shift lists who answers callers and beats at now, longest in their state first.
func Shift(tx db.Tx, now int64) ([]Presence, error) {
	all, err := Present(tx, now)
	return slices.DeleteFunc(all, func(p Presence) bool { return !p.Takes() }), err
}

// Present lists who beats at now, whatever she does, longest in their state first.
func Present(tx db.Tx, now int64) (out []Presence, err error) {
	rows, err := tx.Query(present+`WHERE p.beat_until > $1 AND p.state <> $2 ORDER BY p.since, p.person LIMIT $3`, now, Away, most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		p, err := scanPresence(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

func scanPresence(row interface{ Scan(...any) error }) (p Presence, err error) {
	var roles, languages, skills string
	if err := row.Scan(&p.Person, &p.Node, &p.State, &p.Load, &p.Capacity, &p.Since, &p.BeatUntil, &roles, &languages, &skills, &p.Gender); err != nil {
		return p, err
	}
	return p, errors.Join(json.Unmarshal([]byte(roles), &p.Roles), json.Unmarshal([]byte(languages), &p.Languages), json.Unmarshal([]byte(skills), &p.Skills))
}

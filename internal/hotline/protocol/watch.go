package protocol

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// Grace is how long an advocate's clock may have run out before the supervisors hear of
// it too: whoever is looking has done the step by then.
const Grace = 5 * 60_000

// A Watch is what the server itself must know of all that is followed for a contact: when
// a clock rings with nobody looking, and whose sign-off is waited for. It says nothing of
// any protocol.
type Watch struct {
	Rings int64                  // for the supervisors; 0 where no clock runs
	Signs map[hotline.Role]int64 // how many steps wait for a role
}

// WatchOf makes one from what was begun. A clock that has rung at a time rings no more
// for it.
func WatchOf(begun []View, rung int64) Watch {
	out := Watch{Signs: map[hotline.Role]int64{}}
	for _, v := range begun {
		for _, s := range v.Steps {
			if s.State != Waiting {
				continue
			}
			at := s.Due
			if s.Rings != hotline.Supervisor {
				at += Grace
			}
			if at > rung && (out.Rings == 0 || at < out.Rings) {
				out.Rings = at
			}
		}
		for _, o := range v.Open {
			out.Signs[o.Of]++
		}
	}
	return out
}

// Same reports whether two say the same.
func (w Watch) Same(o Watch) bool { return w.Rings == o.Rings && maps.Equal(w.Signs, o.Signs) }

// watched reads what the server knows, and which clock rang last.
func watched(tx db.Tx, id hotline.ContactID) (w Watch, rung int64, err error) {
	w.Signs = map[hotline.Role]int64{}
	err = tx.QueryRow(`SELECT rings_at, rung_at FROM following WHERE contact = $1`, id).Scan(&w.Rings, &rung)
	if errors.Is(err, db.ErrNoRows) {
		return w, 0, nil
	}
	if err != nil {
		return w, 0, err
	}
	rows, err := tx.Query(`SELECT role, steps FROM to_sign WHERE contact = $1`, id)
	if err != nil {
		return w, rung, err
	}
	defer rows.Close()
	for rows.Next() {
		var role hotline.Role
		var n int64
		if err := rows.Scan(&role, &n); err != nil {
			return w, rung, err
		}
		w.Signs[role] = n
	}
	return w, rung, rows.Err()
}

// keep writes it. Who came to a step that somebody has to sign has asked for it.
func (w Watch) keep(tx db.Tx, by hotline.PersonID, id hotline.ContactID, was Watch, now int64) error {
	if _, err := tx.Exec(`UPDATE following SET rings_at = $1 WHERE contact = $2`, w.Rings, id); err != nil {
		return err
	}
	for _, role := range slices.Sorted(maps.Keys(was.Signs)) {
		if w.Signs[role] > 0 {
			continue
		}
		if _, err := tx.Exec(`DELETE FROM to_sign WHERE contact = $1 AND role = $2`, id, role); err != nil {
			return err
		}
	}
	for _, role := range slices.Sorted(maps.Keys(w.Signs)) {
		if _, err := tx.Exec(`INSERT INTO to_sign (contact, role, steps, since, asked_by) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (contact, role) DO UPDATE SET steps = $3`, id, role, w.Signs[role], now, by); err != nil {
			return err
		}
	}
	return nil
}

// Watch has the server know what has become of a contact's steps by an answer in its
// record. version is how far it was looked at; what was done meanwhile has said it anew.
func (b *Book) Watch(ctx context.Context, by hotline.PersonID, id hotline.ContactID, version int64, w Watch) error {
	changed := false
	err := b.db.Write(ctx, func(tx db.Tx) error {
		changed = false
		// Locks the row, so that what is done meanwhile comes before or after.
		n, err := tx.Exec(`UPDATE following SET version = version WHERE contact = $1 AND version = $2`, id, version)
		if err != nil || n == 0 {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		was, _, err := watched(tx, id)
		if err != nil || w.Same(was) {
			return err
		}
		changed = true
		return w.keep(tx, by, id, was, now)
	})
	if err == nil && changed {
		b.bus.Publish(bus.Hint{Topic: contact.TopicAlert, ID: string(id)})
	}
	return err
}

// A ToSign is a sign-off that a contact's steps wait for.
type ToSign struct {
	Contact hotline.ContactID
	Role    hotline.Role
	Steps   int64
	Since   int64
	By      hotline.PersonID
}

// Waiting lists whose sign-off is waited for, of contacts that are not over; the longest
// first, at most 200.
func (b *Book) Waiting(ctx context.Context) (out []ToSign, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		out = nil
		rows, err := tx.Query(`SELECT t.contact, t.role, t.steps, t.since, t.asked_by FROM to_sign t JOIN contact c ON c.id = t.contact
			WHERE c.state NOT IN ('closed', 'erased') ORDER BY t.since, t.contact, t.role LIMIT 200`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s ToSign
			if err := rows.Scan(&s.Contact, &s.Role, &s.Steps, &s.Since, &s.By); err != nil {
				return err
			}
			out = append(out, s)
		}
		return rows.Err()
	})
}

const (
	ranOut = `rings_at > 0 AND rings_at <= `
	goesOn = `SELECT count(*) FROM contact WHERE id = $1 AND state NOT IN ('closed', 'erased')`
)

// Ring rings for the supervisors for each contact of which a clock has run out and nobody
// has gone on, once for each clock. It is done by a repeating job, and so also after a
// restart, and with no desk open. What is closed rings no more.
func (b *Book) Ring(ctx context.Context) error {
	var due int
	err := b.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		return tx.QueryRow(`SELECT count(*) FROM following WHERE `+ranOut+`$1`, now).Scan(&due)
	})
	if err != nil || due == 0 {
		return err
	}
	var rung []hotline.ContactID
	err = b.db.Write(ctx, func(tx db.Tx) error {
		rung = nil
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		ids, err := db.Values[hotline.ContactID](tx, `UPDATE following SET rung_at = rings_at, rings_at = 0 WHERE `+ranOut+`$1 RETURNING contact`, now)
		if err != nil {
			return err
		}
		for _, id := range ids {
			var open int
			if err := tx.QueryRow(goesOn, id).Scan(&open); err != nil {
				return err
			}
			if open == 0 {
				continue
			}
			if _, err := contact.RaiseIn(tx, id, contact.Clock); err != nil {
				return err
			}
			if err := b.log.Public(audit.Act{By: hotline.Machine, What: "step overdue", Object: string(id)}).Insert(tx); err != nil {
				return err
			}
			rung = append(rung, id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range rung {
		b.bus.Publish(bus.Hint{Topic: contact.TopicAlert, ID: string(id)})
		b.bus.Publish(bus.Hint{Topic: Topic, ID: string(id)})
	}
	return nil
}

package protocol

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Grace is how long an advocate's clock may have run out before the supervisors hear of
// it too: whoever is looking has done the step by then.
const Grace = 5 * 60_000

// A Watch is what the server itself must know of all that is followed for a contact: when
// a clock rings with nobody looking, and whose sign-off is waited for. Which step that is
// of, is sealed.
type Watch struct {
	Rings int64 // for the supervisors; 0 where no clock runs
	Signs []Asked
}

// Asked is a step that a role has to sign.
type Asked struct {
	Role hotline.Role `json:"-"`
	Name string       `json:"name"` // of the protocol
	Step string       `json:"step"`
}

// WatchOf makes one from what was begun, by name. A clock that has rung at a time rings no
// more for it.
func WatchOf(begun map[string]View, rung int64) Watch {
	var out Watch
	for _, name := range slices.Sorted(maps.Keys(begun)) {
		v := begun[name]
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
			out.Signs = append(out.Signs, Asked{o.Of, name, o.Step})
		}
	}
	return out
}

// Same reports whether two say the same.
func (w Watch) Same(o Watch) bool {
	in := func(all []Asked) func(Asked) bool {
		return func(a Asked) bool { return !slices.Contains(all, a) }
	}
	return w.Rings == o.Rings && !slices.ContainsFunc(w.Signs, in(o.Signs)) && !slices.ContainsFunc(o.Signs, in(w.Signs))
}

// row is a sign-off that is waited for, as the server has it.
type row struct {
	Asked
	Noted
}

// Noted is what somebody who does not open the contact has noted of a sign-off.
type Noted struct {
	ask    string
	Asked  Asked
	Answer string // yes or no
	By     hotline.PersonID
	At     int64
	sig    []byte
}

// watched reads what the server knows, and which clock rang last. What does not open is
// not ours, and goes with the next change.
func watched(tx db.Tx, id hotline.ContactID, k Opened) (w Watch, rows []row, rung int64, err error) {
	err = tx.QueryRow(`SELECT rings_at, rung_at FROM following WHERE contact = $1`, id).Scan(&w.Rings, &rung)
	if err != nil {
		if errors.Is(err, db.ErrNoRows) {
			err = nil
		}
		return w, nil, 0, err
	}
	found, err := tx.Query(`SELECT id, role, sealed, answer, answered_by, answered_at, sig FROM to_sign WHERE contact = $1 ORDER BY since, id`, id)
	if err != nil {
		return w, nil, rung, err
	}
	defer found.Close()
	for found.Next() {
		var r row
		var sealed []byte
		if err := found.Scan(&r.ask, &r.Role, &sealed, &r.Answer, &r.By, &r.At, &r.sig); err != nil {
			return w, nil, rung, err
		}
		text, err := k.Row("to_sign", column, signRow(id, r.ask, r.Role), 1, sealed)
		if err == nil && json.Unmarshal([]byte(text.Reveal()), &r.Asked) == nil {
			w.Signs = append(w.Signs, r.Asked)
		}
		rows = append(rows, r)
	}
	return w, rows, rung, found.Err()
}

func signRow(id hotline.ContactID, ask string, role hotline.Role) string {
	return string(id) + " " + ask + " " + string(role)
}

// keep writes it. Who came to a step that somebody has to sign has asked for it.
func (w Watch) keep(tx db.Tx, by hotline.PersonID, id hotline.ContactID, k Opened, now int64) error {
	was, rows, _, err := watched(tx, id, k)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE following SET rings_at = $1 WHERE contact = $2`, w.Rings, id); err != nil {
		return err
	}
	for _, r := range rows {
		if slices.Contains(w.Signs, r.Asked) {
			continue
		}
		if _, err := tx.Exec(`DELETE FROM to_sign WHERE id = $1`, r.ask); err != nil {
			return err
		}
	}
	for _, a := range w.Signs {
		if slices.Contains(was.Signs, a) {
			continue
		}
		text, _ := json.Marshal(a) // words always marshal
		ask := hotline.NewID()
		sealed := k.Seal().Row("to_sign", column, signRow(id, ask, a.Role), 1, seal.Conceal(string(text)))
		if _, err := tx.Exec(`INSERT INTO to_sign (id, contact, role, since, asked_by, sealed) VALUES ($1, $2, $3, $4, $5, $6)`, ask, id, a.Role, now, by, sealed); err != nil {
			return err
		}
	}
	return nil
}

// Watch has the server know what has become of a contact's steps by an answer in its
// record. version is how far it was looked at; what was done meanwhile has said it anew.
func (b *Book) Watch(ctx context.Context, by hotline.PersonID, id hotline.ContactID, k Opened, version int64, w Watch) error {
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
		was, _, _, err := watched(tx, id, k)
		if err != nil || w.Same(was) {
			return err
		}
		changed = true
		return w.keep(tx, by, id, k, now)
	})
	if err == nil && changed {
		b.bus.Publish(bus.Hint{Topic: contact.TopicAlert, ID: string(id)})
	}
	return err
}

// A ToSign is a sign-off that a contact's steps wait for.
type ToSign struct {
	ID      string
	Contact hotline.ContactID
	Handle  string
	Role    hotline.Role
	Since   int64
	By      hotline.PersonID
	Answer  string // noted already, and taken over when the contact is next looked at
}

// Waiting lists whose sign-off is waited for, of contacts that are not over; the longest
// first, at most 200.
func (b *Book) Waiting(ctx context.Context) (out []ToSign, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		out = nil
		rows, err := tx.Query(`SELECT t.id, t.contact, c.handle, t.role, t.since, t.asked_by, t.answer FROM to_sign t JOIN contact c ON c.id = t.contact
			WHERE c.state NOT IN ('closed', 'erased') ORDER BY t.since, t.id LIMIT 200`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s ToSign
			if err := rows.Scan(&s.ID, &s.Contact, &s.Handle, &s.Role, &s.Since, &s.By, &s.Answer); err != nil {
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

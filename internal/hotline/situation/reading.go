package situation

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A Reading is somebody's asking for the words of a closed contact, or what a
// supervisor has given of them.
type Reading struct {
	ID      string
	Contact hotline.ContactID
	Person  hotline.PersonID
	At      int64
	Given   int64
	Until   int64
	Why     seal.Text
	sealed  []byte
}

// RingReading is the kind of the alert that asks a supervisor.
const RingReading = "reading"

// AskReading asks the supervisors for the words of a closed contact of a situation,
// for a reason. Asked twice, the first one counts. A supervisor who asks waits for
// another one: what her own team's key opens she need not ask for.
func (b *Book) AskReading(ctx context.Context, r *vault.Ring, id hotline.SituationID, c hotline.ContactID, why seal.Text) error {
	if err := words(why); err != nil {
		return errors.Join(ErrReason, err)
	}
	key, err := r.Situation(ctx, id, "ask")
	if err != nil {
		return err
	}
	object, held, _, err := b.keyOf(ctx, key, id, Said{Kind: PersonPart, About: c})
	if err != nil {
		return err
	}
	ask := hotline.NewID()
	sealed := held.HeadKey().Row("reading", "sealed", ask, 1, why)
	err = b.db.Write(ctx, func(tx db.Tx) error {
		if err := within(tx, id, c, object); err != nil {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO reading (id, contact, person, asked_at, sealed) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, ask, c, r.Me(), now, sealed)
		if err != nil || n == 0 {
			return err
		}
		if err := contact.Raise(tx, c, RingReading); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(r.Me()), What: "ask for words", Object: string(c)}).Insert(tx)
	})
	if err == nil {
		b.told(id)
		b.bus.Publish(bus.Hint{Topic: contact.TopicAlert, ID: string(c)})
	}
	return err
}

// GiveReading gives somebody the words of a closed contact until her shift ends, at
// most for twelve hours, or says no. It is a supervisor's, and never for herself.
func (b *Book) GiveReading(ctx context.Context, r *vault.Ring, id string, no bool) error {
	if !r.Holds(hotline.Supervisors) {
		return ErrRole
	}
	var g Reading
	err := b.db.One(ctx, `SELECT contact, person FROM reading WHERE id = $1 AND given_at = 0 AND ended_at = 0`, []any{id}, &g.Contact, &g.Person)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrState
	}
	if err != nil {
		return err
	}
	if g.Person == r.Me() {
		return ErrRole
	}
	var in hotline.SituationID
	answer := func(what string, change func(tx db.Tx, now int64) error) func(db.Tx) error {
		return func(tx db.Tx) error {
			row, err := contact.Lock(tx, g.Contact)
			if err != nil {
				return err
			}
			in = row.Situation
			now, err := db.Now(tx)
			if err != nil {
				return err
			}
			if err := change(tx, now); err != nil {
				return err
			}
			return b.log.Public(audit.Act{By: hotline.Actor(r.Me()), What: what, Object: string(g.Contact)}).Insert(tx)
		}
	}
	if no {
		err = b.db.Write(ctx, answer("refuse words", func(tx db.Tx, now int64) error { return end(tx, id, now) }))
	} else {
		err = b.give(ctx, r, g, answer("give words", func(tx db.Tx, now int64) error {
			n, err := tx.Exec(`UPDATE reading SET given_at = $1, given_by = $2, until = $3 WHERE id = $4 AND given_at = 0 AND ended_at = 0`, now, r.Me(), now+b.shift.Milliseconds(), id)
			if err == nil && n == 0 {
				err = ErrState
			}
			return err
		}))
	}
	if err != nil {
		return err
	}
	b.told(in)
	return b.contacts.AcknowledgeKind(ctx, r.Me(), g.Contact, RingReading)
}

// give grants the words in the transaction that notes until when: neither stands without
// the other.
func (b *Book) give(ctx context.Context, r *vault.Ring, g Reading, note func(db.Tx) error) error {
	words, err := r.Open(ctx, vault.Ref{Contact: g.Contact}, "give to "+string(g.Person))
	if err != nil {
		return err
	}
	if had, err := r.Granted(ctx, words.Object, g.Person); err != nil || had {
		return errors.Join(err, ErrState)
	}
	return r.Give(ctx, words, g.Person, "reading", note)
}

func end(tx db.Tx, id string, now int64) error {
	n, err := tx.Exec(`UPDATE reading SET ended_at = $1 WHERE id = $2 AND ended_at = 0`, now, id)
	if err == nil && n == 0 {
		err = ErrState
	}
	return err
}

// unanswered is how long an asking waits.
const unanswered = 24 * 60 * 60 * 1000

// EndReadings takes given words back whose time is over or whose reader has signed
// out, and ends what nobody has answered for a day. It is done by a repeating job.
func (b *Book) EndReadings(ctx context.Context) error {
	var over []Reading
	err := b.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		all, err := readings(tx, `ended_at = 0 ORDER BY asked_at LIMIT 1000`)
		if err != nil {
			return err
		}
		over = nil
		for _, g := range all {
			gone := g.At <= now-unanswered
			if g.Given > 0 {
				in, err := vault.SignedIn(tx, g.Person)
				if err != nil {
					return err
				}
				gone = g.Until <= now || !in
			}
			if gone {
				over = append(over, g)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, g := range over {
		var in hotline.SituationID
		err := b.db.Write(ctx, func(tx db.Tx) error {
			row, err := contact.Lock(tx, g.Contact)
			if err != nil {
				return err
			}
			in = row.Situation
			now, err := db.Now(tx)
			if err != nil {
				return err
			}
			drop := seal.Swap{Drop: []seal.Grant{{Object: row.ShredK, Grantee: "person/" + string(g.Person), Scope: seal.Body}}}
			if g.Given > 0 {
				if err := drop.Apply(tx); err != nil {
					return err
				}
			}
			return end(tx, g.ID, now)
		})
		if err != nil && !errors.Is(err, ErrState) && !errors.Is(err, contact.ErrMissing) {
			return err
		}
		b.told(in)
	}
	return nil
}

func readings(tx db.Tx, where string, args ...any) (out []Reading, err error) {
	rows, err := tx.Query(`SELECT id, contact, person, asked_at, given_at, until, sealed FROM reading WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var g Reading
		if err := rows.Scan(&g.ID, &g.Contact, &g.Person, &g.At, &g.Given, &g.Until, &g.sealed); err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, rows.Err()
}

// Readings lists what a person has asked for or was given, or, to a supervisor, what
// waits for an answer.
func (b *Book) Readings(ctx context.Context, p hotline.PersonID, all bool) (out []Reading, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		if all {
			out, err = readings(tx, `ended_at = 0 AND (given_at = 0 OR person = $1) ORDER BY asked_at LIMIT 200`, p)
		} else {
			out, err = readings(tx, `ended_at = 0 AND person = $1 ORDER BY asked_at LIMIT 200`, p)
		}
		return err
	})
}

// Why opens the reason of an asking, for the supervisor who answers it.
func (b *Book) Why(ctx context.Context, r *vault.Ring, g Reading) (seal.Text, error) {
	k, err := r.Open(ctx, vault.Ref{Contact: g.Contact, Record: true}, "asked for words")
	if err != nil {
		return seal.Text{}, err
	}
	return k.HeadRow("reading", "sealed", g.ID, 1, g.sealed)
}

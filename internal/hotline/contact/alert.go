package contact

import (
	"context"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
)

// Kinds of alerts.
const (
	Danger = "danger" // somebody may be in danger now
	Nobody = "nobody" // somebody urgent waits, and nobody is ready
	Help   = "help"   // an advocate asks a supervisor in

	Guesses = "guesses" // more phrases were tried than may be
	Harm    = "harm"    // a report of harm is not closed, and its deadline is over
	Law     = "law"     // whoever came with a legal request has no answer, and its day is over

	Emergency = "emergency" // help is called from outside, or was and is contested
	Clock     = "clock"     // a step of a procedure is overdue
	OldSteps  = "old_steps" // an older state of what was done was put back

	Unconfirmed = "unconfirmed" // it was called without her wish, and no second person has answered in time

	SentAlone   = "sent_alone"   // one person has sent a report, since it could not wait
	DutyOverdue = "duty_overdue" // a report is due, or a second person's word on one, and the time is over
	PassedOn    = "passed_on"    // something is passed on without her wish, by one person alone
	Trunk       = "trunk"        // a way to the telephone network does not work

	PutBack = "put_back" // what stands in the database is not what was written last
)

// An Alert rings for the supervisors until one of them has seen it.
type Alert struct {
	ID      string
	Contact hotline.ContactID
	Kind    string
	At      int64
}

// raise rings, once for each contact and kind. It reports whether it had not rung
// before.
func raise(tx db.Tx, id hotline.ContactID, kind string, now int64) (bool, error) {
	n, err := tx.Exec(`INSERT INTO alert (id, contact, kind, at) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT)
		WHERE NOT EXISTS (SELECT 1 FROM alert WHERE contact = $2 AND kind = $3 AND acknowledged_at IS NULL)`, hotline.NewID(), id, kind, now)
	return n > 0, err
}

// RaiseIn rings for a contact in the transaction of what it tells of, once until somebody
// has seen it, and reports whether it did. Who calls it tells the bus after the commit.
func RaiseIn(tx db.Tx, id hotline.ContactID, kind string) (bool, error) {
	now, err := db.Now(tx)
	if err != nil {
		return false, err
	}
	return raise(tx, id, kind, now)
}

// endanger marks danger: first in line, and the supervisors are told in the same
// transaction.
func (b *Book) endanger(tx db.Tx, c Contact, now int64) error {
	if _, err := tx.Exec(`UPDATE contact SET danger = 1, urgency = 0 WHERE id = $1`, c.ID); err != nil {
		return err
	}
	_, err := raise(tx, c.ID, Danger, now)
	return err
}

// Mark sets or clears the danger mark.
func (b *Book) Mark(ctx context.Context, by hotline.PersonID, id hotline.ContactID, danger bool) error {
	what := "danger"
	if !danger {
		what = "no danger"
	}
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if c.State == Closed || c.State == Erased {
			return ErrOver
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if danger {
			err = b.endanger(tx, c, now)
		} else {
			_, err = tx.Exec(`UPDATE contact SET danger = 0 WHERE id = $1`, id)
		}
		if err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(by), What: what, Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.bus.Publish(bus.Hint{Topic: TopicAlert, ID: string(id)})
		b.told(id, 0, true)
	}
	return err
}

// Ring rings for a contact.
func (b *Book) Ring(ctx context.Context, id hotline.ContactID, kind string) error {
	_, err := b.RingOnce(ctx, id, kind)
	return err
}

// RingOnce rings for a contact, and reports whether that had not happened before,
// seen or not.
func (b *Book) RingOnce(ctx context.Context, id hotline.ContactID, kind string) (first bool, err error) {
	err = b.db.Write(ctx, func(tx db.Tx) error {
		first = false
		c, err := lock(tx, id)
		if err != nil || c.State == Closed || c.State == Erased {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		var before int
		if err := tx.QueryRow(`SELECT count(*) FROM alert WHERE contact = $1 AND kind = $2`, id, kind).Scan(&before); err != nil || before > 0 {
			return err
		}
		first, err = raise(tx, id, kind, now)
		return err
	})
	if err == nil && first {
		b.bus.Publish(bus.Hint{Topic: TopicAlert, ID: string(id)})
	}
	return first, err
}

// Alerts lists what rings, newest first, at most 100.
func (b *Book) Alerts(ctx context.Context) (out []Alert, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT id, contact, kind, at FROM alert WHERE acknowledged_at IS NULL ORDER BY at DESC LIMIT 100`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a Alert
			if err := rows.Scan(&a.ID, &a.Contact, &a.Kind, &a.At); err != nil {
				return err
			}
			out = append(out, a)
		}
		return rows.Err()
	})
}

// Acknowledge notes who has seen an alert. A second time changes nothing.
func (b *Book) Acknowledge(ctx context.Context, by hotline.PersonID, alert string) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE alert SET acknowledged_by = $1, acknowledged_at = $2 WHERE id = $3 AND acknowledged_at IS NULL`, by, now, alert)
		return err
	})
	if err == nil {
		b.bus.Publish(bus.Hint{Topic: TopicAlert})
	}
	return err
}

// AcknowledgeKind ends what rings for a contact in one way: it was answered.
func (b *Book) AcknowledgeKind(ctx context.Context, by hotline.PersonID, id hotline.ContactID, kind string) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		return hush(tx, by, id, kind, now)
	})
	if err == nil {
		b.bus.Publish(bus.Hint{Topic: TopicAlert, ID: string(id)})
	}
	return err
}

func hush(tx db.Tx, by hotline.PersonID, id hotline.ContactID, kind string, now int64) error {
	_, err := tx.Exec(`UPDATE alert SET acknowledged_by = $1, acknowledged_at = $2 WHERE contact = $3 AND kind = $4 AND acknowledged_at IS NULL`, by, now, id, kind)
	return err
}

// Steps is what the leaves of a contact's steps name as their object: there are as many of
// them as things were done, so that an older state is seen. They go with its other leaves.
func Steps(id hotline.ContactID) string { return string(id) + " steps" }

// A Bell rings for the supervisors, in one way, for what is no contact.
type Bell struct{ Kind string }

// Ring rings for a thing by its id, once until somebody has seen it.
func (b Bell) Ring(tx db.Tx, id string) error { return Raise(tx, hotline.ContactID(id), b.Kind) }

// Hush ends what rings for it: it was seen to.
func (b Bell) Hush(tx db.Tx, by hotline.PersonID, id string) error {
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	return hush(tx, by, hotline.ContactID(id), b.Kind, now)
}

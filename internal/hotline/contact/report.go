package contact

import (
	"context"
	"database/sql"
	"errors"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrStatus says that a status is none that a vendor can give.
var ErrStatus = problem.New(problem.Invalid, "contact.status")

// A Status is what a vendor says, later, of something that left.
type Status struct {
	Channel hotline.Channel
	Name    seal.Text // the vendor's receipt, or the name it was sent under
	Sent    string    // Accepted, Delivered, Failed or Unsure
}

// Report takes a status. It never goes backwards: what arrived stays so. A name that nobody
// knows is ErrMissing: it is older than three days, her words are erased, or the receipt is
// not stored yet. An adapter lets the vendor say it again where it would; where it would
// not, what it said is remembered, and counts once the receipt is there.
func (b *Book) Report(ctx context.Context, s Status) error {
	switch s.Sent {
	case Accepted, Delivered, Failed, Unsure:
	default:
		return ErrStatus
	}
	if s.Name.Len() == 0 {
		return ErrStatus
	}
	now, err := b.now(ctx)
	if err != nil {
		return err
	}
	traces, err := b.sealer.Hashes(ctx, now, seal.Sent, s.Channel, s.Name)
	if err != nil {
		return err
	}
	var id hotline.ContactID
	unknown := false
	err = b.db.Write(ctx, func(tx db.Tx) error {
		var message string
		unknown = false
		if id, message, err = spokenOf(tx, s.Channel, traces); errors.Is(err, ErrMissing) {
			if err := sayEarly(tx, traces[0], s.Sent, seal.HashUntil(now)); err != nil {
				return err
			}
			// Whoever was storing the receipt has done so by now.
			id, message, err = spokenOf(tx, s.Channel, traces)
			if unknown = errors.Is(err, ErrMissing); unknown {
				return nil
			}
		}
		if err != nil {
			return err
		}
		if _, err := lock(tx, id); err != nil {
			return err
		}
		return settle(tx, id, message, s.Sent)
	})
	if err == nil && unknown {
		return ErrMissing
	}
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

// settle writes a status, under the contact's lock.
func settle(tx db.Tx, id hotline.ContactID, message, sent string) error {
	r, err := readOut(tx, id, message)
	if err != nil {
		return err
	}
	switch sent {
	case Delivered, Failed:
		_, err = over(tx, id, message, sent)
	case Accepted:
		err = taken(tx, id, message, r)
	default:
		_, err = advance(tx, id, message, Unsure)
	}
	return err
}

// sayEarly remembers a status of a name that nobody knows yet. Of several the last one
// counts, unless it is less than what was said before.
func sayEarly(tx db.Tx, hash []byte, sent string, until int64) error {
	_, err := tx.Exec(`INSERT INTO recent (kind, hash, said, until) VALUES ($1, $2, $3, $4)
		ON CONFLICT (kind, hash, contact) DO UPDATE SET said = excluded.said WHERE recent.said NOT IN ($5, $6)`, saidEarly, hash, sent, until, Delivered, Failed)
	return err
}

// early takes what was said of a receipt before it was stored; empty where nothing was.
// Whoever says something of it at this moment waits until it is stored.
func early(tx db.Tx, hashes [][]byte, until int64) (sent string, err error) {
	if _, err := remember(tx, saidEarly, hashes[0], "", until); err != nil {
		return "", err
	}
	places, args := db.List(hashes)
	args = append(args, saidEarly)
	of := `kind = $` + itoa(len(args)) + ` AND hash IN (` + places + `)`
	all, err := db.Values[string](tx, `SELECT said FROM recent WHERE `+of+` AND said <> '' ORDER BY until DESC LIMIT 1`, args...)
	if err != nil {
		return "", err
	}
	if len(all) > 0 {
		sent = all[0]
	}
	_, err = tx.Exec(`DELETE FROM recent WHERE `+of, args...)
	return sent, err
}

// taken notes that the vendor has it after all: it is not tried again. What is handed
// over this moment is settled by whoever does so.
func taken(tx db.Tx, id hotline.ContactID, message string, r outboxRow) error {
	if r.state == rowWaiting || r.state == rowUnknown {
		if _, err := tx.Exec(`UPDATE outbox SET state = 'accepted', sealed = NULL WHERE contact = $1 AND id = $2`, id, message); err != nil {
			return err
		}
	}
	if _, err := advance(tx, id, message, Accepted); err != nil {
		return err
	}
	return deliverNext(tx, id)
}

// spokenOf finds what a vendor speaks of.
func spokenOf(tx db.Tx, ch hotline.Channel, traces [][]byte) (id hotline.ContactID, message string, err error) {
	places, args := db.List(traces)
	args = append(args, ch)
	n := itoa(len(args))
	err = tx.QueryRow(`SELECT contact, id FROM outbox WHERE (ref IN (`+places+`) OR receipt IN (`+places+`)) AND channel = $`+n+` LIMIT 1`, args...).Scan(&id, &message)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrMissing
	}
	return id, message, err
}

// SweepOutbox ends what its hours have ended: what still waited has failed, of the rest
// nobody will hear any more. A message whose row is gone, since the line was restored
// from a backup, may have left or not.
func (b *Book) SweepOutbox(ctx context.Context) error {
	type due struct {
		id      hotline.ContactID
		message string
	}
	var all []due
	err := b.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT contact, id FROM outbox WHERE not_after <= $1 ORDER BY not_after LIMIT `+itoa(portion), now)
		if err != nil {
			return err
		}
		defer rows.Close()
		all = nil
		for rows.Next() {
			var d due
			if err := rows.Scan(&d.id, &d.message); err != nil {
				return err
			}
			all = append(all, d)
		}
		return rows.Err()
	})
	if err != nil {
		return err
	}
	for _, d := range all {
		if err := b.expire(ctx, d.id, d.message); err != nil {
			return err
		}
	}
	return b.db.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(`UPDATE message SET sent = 'unknown' WHERE sent = 'queued' AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.contact = message.contact AND o.id = message.id)`)
		return err
	})
}

func (b *Book) expire(ctx context.Context, id hotline.ContactID, message string) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		if _, err := lock(tx, id); err != nil {
			return err
		}
		r, err := readOut(tx, id, message)
		if err != nil {
			return err
		}
		sent := Unsure // of one that is accepted or unknown this changes nothing
		if r.state == rowWaiting {
			sent = Failed
		}
		_, err = over(tx, id, message, sent)
		return err
	})
	if errors.Is(err, ErrMissing) {
		return nil
	}
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

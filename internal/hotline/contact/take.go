package contact

import (
	"context"
	"database/sql"
	"errors"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// Ring is an offer in progress.
type Ring struct {
	ID       string
	Contact  hotline.ContactID
	Kind     string // "offer", "handover" or [Relief]
	Advocate hotline.PersonID
	Giver    hotline.PersonID // who hands over, or cannot hear it; of an offer, who had it before
	Epoch    int64
	Made     int64
	Until    int64
}

// over reports whether it rings for a contact that its giver keeps until somebody accepts.
func (r Ring) over() bool { return r.Kind == "handover" || r.Kind == Relief }

// OfferTo rings for one advocate. It belongs to routing, inside the transaction
// that matched; the caller tells the bus with Told once that is committed.
func (b *Book) OfferTo(tx db.Tx, c Contact, p hotline.PersonID) error {
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	// Everything that may refuse stands before the first change: routing goes on in
	// the same transaction.
	if c, err = lock(tx, c.ID); err != nil {
		return err
	}
	if c.State != Waiting {
		return ErrState
	}
	if err := unknown(tx, c, p); err != nil {
		return err
	}
	if err := staff.Hold(tx, persons(c.Advocate, p)...); err != nil {
		return err
	}
	who, err := staff.Of(tx, p)
	if err != nil {
		return err
	}
	switch has, err := room(tx, c, who, now); {
	case err != nil:
		return err
	case !has:
		return staff.ErrFull
	}
	if err := b.hears(tx, c, p, now); err != nil {
		return err
	}
	if _, err := b.move(tx, c.ID, step{move: Offer, by: hotline.Machine, epoch: c.Epoch, advocate: p}); err != nil {
		return err
	}
	return insertRing(tx, Ring{hotline.NewID(), c.ID, "offer", p, c.Advocate, c.Epoch + 1, now, now + b.set.Offer.Milliseconds()})
}

// Told tells the bus of contacts that a transaction of somebody else's changed.
func (b *Book) Told(ids ...hotline.ContactID) {
	for _, id := range ids {
		b.told(id, 0, true)
	}
}

func insertRing(tx db.Tx, r Ring) error {
	_, err := tx.Exec(`INSERT INTO offer (id, contact, kind, advocate, giver, epoch, made, until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.ID, r.Contact, r.Kind, r.Advocate, r.Giver, r.Epoch, r.Made, r.Until)
	return err
}

const ringColumns = `id, contact, kind, advocate, giver, epoch, made, until`

func scanRing(row interface{ Scan(...any) error }) (r Ring, err error) {
	err = row.Scan(&r.ID, &r.Contact, &r.Kind, &r.Advocate, &r.Giver, &r.Epoch, &r.Made, &r.Until)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrState
	}
	return r, err
}

const mostRings = 20 // for one person

// Rings lists what rings for a person, at most 20.
func (b *Book) Rings(ctx context.Context, p hotline.PersonID) (out []Ring, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		out, err = rings(tx, `advocate = $1 AND ended_at IS NULL ORDER BY made LIMIT $2`, p, mostRings)
		return err
	})
}

// Ringing lists what rings for anybody, by person, the oldest first: what [Book.Rings] says of
// each, asked once. It is at most 5,000 offers.
func (b *Book) Ringing(ctx context.Context) (map[hotline.PersonID][]Ring, error) {
	out := map[hotline.PersonID][]Ring{}
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		all, err := rings(tx, `ended_at IS NULL ORDER BY made LIMIT 5000`)
		for _, r := range all {
			if len(out[r.Advocate]) < mostRings {
				out[r.Advocate] = append(out[r.Advocate], r)
			}
		}
		return err
	})
}

func rings(tx db.Tx, where string, args ...any) (out []Ring, err error) {
	rows, err := tx.Query(`SELECT `+ringColumns+` FROM offer WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRing(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// ringOf reads what rings for a person, under the lock of its contact: nobody locks
// an offer first.
func ringOf(tx db.Tx, by hotline.PersonID, offer string) (Ring, error) {
	const q = `SELECT ` + ringColumns + ` FROM offer WHERE id = $1 AND advocate = $2 AND ended_at IS NULL`
	r, err := scanRing(tx.QueryRow(q, offer, by))
	if err != nil {
		return r, err
	}
	if _, err := lock(tx, r.Contact); err != nil {
		return r, err
	}
	return scanRing(tx.QueryRow(q, offer, by))
}

// Declined lists who was asked for a contact since a moment and did not take it.
func Declined(tx db.Tx, id hotline.ContactID, since int64) ([]hotline.PersonID, error) {
	return db.Values[hotline.PersonID](tx, `SELECT advocate FROM offer WHERE contact = $1 AND ended_at > $2 AND outcome IN ('declined', 'late')`, id, since)
}

// Accept makes an offered contact the advocate's. An offer that has ended, or is of
// another epoch, is ErrState.
func (b *Book) Accept(ctx context.Context, by hotline.PersonID, offer string, epoch int64) (hotline.ContactID, error) {
	var r Ring
	err := b.db.Write(ctx, func(tx db.Tx) (err error) {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if r, err = ringOf(tx, by, offer); err != nil {
			return err
		}
		if r.Epoch != epoch || r.Until <= now {
			return ErrState
		}
		s := step{move: Accept, by: hotline.Actor(by), epoch: epoch}
		if r.over() {
			s.move, s.advocate = HandOver, by
		}
		if _, err = b.move(tx, r.Contact, s); err != nil {
			return err
		}
		return endOffer(tx, r.Contact, "accepted", now)
	})
	if err == nil {
		b.told(r.Contact, 0, true)
	}
	return r.Contact, err
}

// Decline gives an offer back. Who declined is not asked again for five minutes.
func (b *Book) Decline(ctx context.Context, by hotline.PersonID, offer string) error {
	var r Ring
	err := b.db.Write(ctx, func(tx db.Tx) (err error) {
		if r, err = ringOf(tx, by, offer); err != nil {
			return err
		}
		return b.endRing(tx, r, "declined", hotline.Actor(by))
	})
	if err == nil {
		b.told(r.Contact, 0, true)
	}
	return err
}

// endRing ends an offer that was not accepted. After a hand-over nothing changes:
// the giver keeps the contact.
func (b *Book) endRing(tx db.Tx, r Ring, outcome string, by hotline.Actor) error {
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	if err := endOffer(tx, r.Contact, outcome, now); err != nil || r.over() {
		return err
	}
	_, err = b.move(tx, r.Contact, step{move: Unoffer, by: by, epoch: r.Epoch})
	if errors.Is(err, ErrState) {
		err = nil
	}
	return err
}

// Take makes a contact the advocate's that nobody has: one that waits or is parked,
// or her own that sleeps. It may exceed her capacity by one. by is who does it: the
// advocate herself, or a supervisor who assigns.
func (b *Book) Take(ctx context.Context, by hotline.PersonID, id hotline.ContactID, to hotline.PersonID) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		promised := c.State == Sleeping && c.Promised > 0 // nobody owns the word that she waits for
		if !promised && (c.State == Sleeping || c.State == Interrupted) && c.Advocate != to && c.Advocate != "" && by == to {
			return ErrNotYours
		}
		if err := unknown(tx, c, to); err != nil {
			return err
		}
		if err := staff.Hold(tx, persons(c.Advocate, to)...); err != nil {
			return err
		}
		p, err := staff.Of(tx, to)
		if err != nil {
			return err
		}
		if p.Load > p.Capacity {
			return staff.ErrFull
		}
		if err := keyed(tx, c, to); err != nil {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		hears := alone // whose line is gone needs no telephone: her record is gone through
		if c.State == Waiting || c.Up(now) {
			hears = b.hears
		}
		if err := hears(tx, c, to, now); err != nil {
			return err
		}
		if _, err := b.move(tx, id, step{move: Take, by: hotline.Actor(by), epoch: c.Epoch, advocate: to}); err != nil {
			return err
		}
		// One row for each answer, taken or offered: who was asked, and who came.
		_, err = tx.Exec(`INSERT INTO offer (id, contact, kind, advocate, epoch, made, until, outcome, ended_at) VALUES ($1, $2, 'take', $3, $4, $5, $5, 'accepted', $5)`,
			hotline.NewID(), id, to, c.Epoch+1, now)
		return err
	})
	if err == nil {
		b.told(id, 0, true)
	}
	return err
}

// HandBackNow puts a live contact back into the queue, with its age. The note was
// written before.
func (b *Book) HandBackNow(ctx context.Context, by hotline.PersonID, id hotline.ContactID) error {
	err := b.db.Write(ctx, func(tx db.Tx) error { return b.handBack(tx, hotline.Actor(by), by, id) })
	if err == nil {
		b.told(id, 0, true)
	}
	return err
}

func (b *Book) handBack(tx db.Tx, by hotline.Actor, of hotline.PersonID, id hotline.ContactID) error {
	c, err := lock(tx, id)
	if err != nil {
		return err
	}
	if c.Advocate != of {
		return ErrNotYours
	}
	if err := flush(tx, id); err != nil {
		return err
	}
	if _, err := b.move(tx, id, step{move: HandBack, by: by, epoch: c.Epoch}); err != nil {
		return err
	}
	return b.again(tx, c)
}

// HandOverTo rings for another advocate. The giver keeps the contact until she
// accepts; if she does not, nothing changes.
func (b *Book) HandOverTo(ctx context.Context, by hotline.PersonID, id hotline.ContactID, to hotline.PersonID) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if c.Advocate != by || to == by {
			return ErrNotYours
		}
		if c.State != Live {
			return ErrState
		}
		if err := unknown(tx, c, to); err != nil {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		p, err := staff.Of(tx, to)
		if err != nil {
			return err
		}
		if !p.Here(now) || p.Load > p.Capacity {
			return staff.ErrFull
		}
		if err := keyed(tx, c, to); err != nil {
			return err
		}
		if err := b.hears(tx, c, to, now); err != nil {
			return err
		}
		if err := flush(tx, id); err != nil {
			return err
		}
		if err := insertRing(tx, Ring{hotline.NewID(), id, "handover", to, by, c.Epoch, now, now + 3*b.set.Offer.Milliseconds()}); err != nil {
			if db.Unique(err) {
				return ErrState
			}
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(by), What: "offer hand over", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id, 0, true)
	}
	return err
}

// Accompany lets somebody read and write along, shown to the contact's advocate.
func (b *Book) Accompany(ctx context.Context, by hotline.PersonID, id hotline.ContactID, in bool) error {
	what, q := "join", `INSERT INTO joined (contact, person, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	if !in {
		what, q = "leave", `DELETE FROM joined WHERE contact = $1 AND person = $2 AND at <= $3`
	}
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if in && (c.State == Closed || c.State == Erased) {
			return ErrOver
		}
		if in {
			if err := unknown(tx, c, by); err != nil {
				return err
			}
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(q, id, by, now); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(by), What: what, Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

// Joined lists who reads and writes along.
func (b *Book) Joined(ctx context.Context, id hotline.ContactID) (out []hotline.PersonID, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) (err error) {
		out, err = db.Values[hotline.PersonID](tx, `SELECT person FROM joined WHERE contact = $1 ORDER BY at LIMIT 20`, id)
		return err
	})
}

// Of lists the contacts a person has or had last and that are not closed: her desk.
func (b *Book) Of(ctx context.Context, p hotline.PersonID) (out []Contact, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT `+columns+` FROM contact WHERE state IN ('live', 'sleeping', 'interrupted', 'closing')
			AND (advocate = $1 OR id IN (SELECT contact FROM joined WHERE person = $1)) ORDER BY began LIMIT 50`, p)
		if err != nil {
			return err
		}
		out, err = gather(rows, nil)
		return err
	})
}

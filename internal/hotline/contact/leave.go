package contact

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A Leaving is what this node alone hands to a vendor now. That it does so is durable:
// whoever finds the row later, after a kill, does not send it again.
type Leaving struct {
	Contact hotline.ContactID
	Message string
	Channel hotline.Channel
	Entry   string // its hour's
	Sealed  []byte
	Ref     seal.Text // the name it is sent under
	try     int64
}

// A Turn says when to ask again for what cannot leave yet; 0 = never.
type Turn time.Duration

// turn is how long something waits that stands behind an earlier message of the same
// contact. It is looked at as soon as that one is settled.
const turn = time.Minute

func milli(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

// outboxRow is what decides whether something leaves.
type outboxRow struct {
	channel             hotline.Channel
	entry, state        string
	sealed              []byte
	tries               int64
	notBefore, notAfter int64
}

func readOut(tx db.Tx, id hotline.ContactID, message string) (r outboxRow, err error) {
	err = tx.QueryRow(`SELECT channel, shred, state, sealed, tries, not_before, not_after FROM outbox WHERE contact = $1 AND id = $2`, id, message).
		Scan(&r.channel, &r.entry, &r.state, &r.sealed, &r.tries, &r.notBefore, &r.notAfter)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrMissing
	}
	return r, err
}

// Leave claims what is due, or says when to come again. What was claimed before and
// never settled may have left: it is marked so, and is not sent again. What did not
// leave in its hours has failed. A nil Leaving with no Turn is settled.
func (b *Book) Leave(ctx context.Context, id hotline.ContactID, message string) (*Leaving, Turn, error) {
	var r outboxRow
	var now int64
	err := b.db.Read(ctx, func(tx db.Tx) (err error) {
		if now, err = db.Now(tx); err != nil {
			return err
		}
		r, err = readOut(tx, id, message)
		return err
	})
	if errors.Is(err, ErrMissing) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	ref := seal.Conceal(hotline.NewID())
	trace, err := b.sealer.Hash(ctx, now, seal.Sent, r.channel, ref)
	if err != nil {
		return nil, 0, err
	}
	var l *Leaving
	var again Turn
	var seq int64
	err = b.db.Write(ctx, func(tx db.Tx) error {
		l, again, seq = nil, 0, 0
		if _, err := lock(tx, id); err != nil {
			return err
		}
		if r, err = readOut(tx, id, message); err != nil {
			return err
		}
		if again, seq, err = b.mayLeave(tx, id, message, r); err != nil || again != mayGo {
			return err
		}
		again = 0
		if _, err := tx.Exec(`UPDATE outbox SET state = 'sending', tries = tries + 1, ref = $1, receipt = NULL WHERE contact = $2 AND id = $3`, trace, id, message); err != nil {
			return err
		}
		l = &Leaving{id, message, r.channel, r.entry, r.sealed, ref, r.tries + 1}
		return nil
	})
	if errors.Is(err, ErrMissing) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	if seq != 0 {
		b.told(id, 0, false)
	}
	return l, again, nil
}

// mayGo says that something leaves now.
const mayGo Turn = -1

// mayLeave decides about a row under its contact's lock. seq is that of a message whose
// state on the desk has changed.
func (b *Book) mayLeave(tx db.Tx, id hotline.ContactID, message string, r outboxRow) (again Turn, seq int64, err error) {
	now, err := db.Now(tx)
	if err != nil {
		return 0, 0, err
	}
	switch {
	case r.state == rowSending:
		seq, err = b.unsure(tx, id, message)
		return 0, seq, err
	case r.state != rowWaiting:
		return 0, 0, nil
	case now >= r.notAfter:
		seq, err = over(tx, id, message, Failed)
		return 0, seq, err
	case now < r.notBefore:
		return Turn(milli(r.notBefore - now)), 0, nil
	}
	if seq, err = sequence(tx, id, message); err != nil {
		return 0, 0, err
	}
	if seq != 0 {
		if err := noSend(tx, id, message); err != nil {
			return 0, 0, err
		}
		if err := b.said(tx, id); err != nil {
			return 0, 0, err
		}
	}
	var before int
	err = tx.QueryRow(`SELECT count(*) FROM outbox o JOIN message m ON m.contact = o.contact AND m.id = o.id
		JOIN message this ON this.contact = o.contact AND this.id = $2
		WHERE o.contact = $1 AND o.state IN ('waiting', 'sending') AND (m.at < this.at OR m.at = this.at AND m.id < this.id)`, id, message).Scan(&before)
	if err == nil && before > 0 {
		return Turn(turn), seq, nil
	}
	return mayGo, seq, err
}

// unsure notes that something may have left.
func (b *Book) unsure(tx db.Tx, id hotline.ContactID, message string) (int64, error) {
	if _, err := tx.Exec(`UPDATE outbox SET state = 'unknown', sealed = NULL WHERE contact = $1 AND id = $2`, id, message); err != nil {
		return 0, err
	}
	seq, err := advance(tx, id, message, Unsure)
	if err != nil {
		return 0, err
	}
	return seq, deliverNext(tx, id)
}

// over ends a row for good.
func over(tx db.Tx, id hotline.ContactID, message, sent string) (int64, error) {
	if err := takeBack(tx, id, message); err != nil {
		return 0, err
	}
	seq, err := advance(tx, id, message, sent)
	if err != nil {
		return 0, err
	}
	return seq, deliverNext(tx, id)
}

// A Departure is how handing over ended. Sent is Accepted, Failed, Unsure, or Queued
// where the vendor surely has not got it and it is tried again.
type Departure struct {
	Sent    string
	Receipt seal.Text // the vendor's name for it, where it gave one
}

// first and longest are the least and the most that something waits for its next try.
const (
	firstTry = 10 * time.Second
	lastTry  = 15 * time.Minute
)

func nextTry(tries int64) time.Duration {
	if tries > 8 {
		return lastTry
	}
	return min(firstTry<<(tries-1), lastTry)
}

// Left settles what Leave gave, and says when to try again. Whoever was overtaken, or
// comes after her words were erased, changes nothing but what is better known now.
func (b *Book) Left(ctx context.Context, l Leaving, d Departure) (again Turn, err error) {
	now, err := b.now(ctx)
	if err != nil {
		return 0, err
	}
	traces := [][]byte{nil}
	if d.Receipt.Len() > 0 {
		if traces, err = b.sealer.Hashes(ctx, now, seal.Sent, l.Channel, d.Receipt); err != nil {
			return 0, err
		}
	}
	err = b.db.Write(ctx, func(tx db.Tx) error {
		again = 0
		if _, err := lock(tx, l.Contact); err != nil {
			return err
		}
		r, err := readOut(tx, l.Contact, l.Message)
		if err != nil {
			return err
		}
		if r.tries != l.try || r.state != rowSending && !(r.state == rowUnknown && d.Sent != Queued) {
			return ErrMissing
		}
		switch d.Sent {
		case Accepted:
			if _, err := tx.Exec(`UPDATE outbox SET state = 'accepted', sealed = NULL, receipt = $1 WHERE contact = $2 AND id = $3`, traces[0], l.Contact, l.Message); err != nil {
				return err
			}
			if _, err := advance(tx, l.Contact, l.Message, Accepted); err != nil {
				return err
			}
			if traces[0] != nil { // it may have been spoken of before
				said, err := early(tx, traces, seal.HashUntil(now))
				if err != nil {
					return err
				}
				if said != "" {
					return settle(tx, l.Contact, l.Message, said)
				}
			}
			return deliverNext(tx, l.Contact)
		case Queued:
			again, err = b.later(tx, l, r)
			return err
		case Failed:
			_, err = over(tx, l.Contact, l.Message, Failed)
			return err
		default:
			_, err = b.unsure(tx, l.Contact, l.Message)
			return err
		}
	})
	if errors.Is(err, ErrMissing) {
		return 0, nil
	}
	if err == nil {
		b.told(l.Contact, 0, false)
	}
	return again, err
}

// later has it tried again, at the latest when its hours are over: then it fails.
func (b *Book) later(tx db.Tx, l Leaving, r outboxRow) (Turn, error) {
	now, err := db.Now(tx)
	if err != nil {
		return 0, err
	}
	at := min(now+nextTry(r.tries).Milliseconds(), r.notAfter)
	_, err = tx.Exec(`UPDATE outbox SET state = 'waiting', not_before = $1 WHERE contact = $2 AND id = $3`, at, l.Contact, l.Message)
	return Turn(milli(max(at-now, 1))), err
}

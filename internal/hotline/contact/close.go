package contact

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/jobs"
)

// EndNow begins the wrap-up. by is the advocate who has it, or [hotline.Machine]
// for the caller herself. What waits to be sent is sent first.
func (b *Book) EndNow(ctx context.Context, by hotline.Actor, id hotline.ContactID) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if by != hotline.Machine && c.Advocate != hotline.PersonID(by) {
			return ErrNotYours
		}
		if by != hotline.Machine && c.Promised > 0 {
			return ErrPromised
		}
		if err := flush(tx, id); err != nil {
			return err
		}
		_, err = b.move(tx, id, step{move: End, by: by, epoch: c.Epoch, hers: by == hotline.Machine})
		return err
	})
	if err == nil {
		b.told(id, 0, true)
	}
	return err
}

// Extend gives a wrap-up three more minutes.
func (b *Book) Extend(ctx context.Context, by hotline.PersonID, id hotline.ContactID) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE contact SET wrap_until = $1 WHERE id = $2 AND advocate = $3 AND state = 'closing' AND wrap_until > 0`, now+b.set.WrapUp.Milliseconds(), id, by)
		if err == nil && n == 0 {
			err = ErrState
		}
		return err
	})
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

// An Outcome closes a contact: the head with its code, sealed by the session that
// saves it, and the grants it changes.
type Outcome struct {
	By   hotline.PersonID
	Head Head
	Key  seal.Key // of the head of S
	Swap seal.Swap
}

// CloseNow saves the outcome: state, head, grants and the keeping time of her words
// change together.
func (b *Book) CloseNow(ctx context.Context, id hotline.ContactID, o Outcome) error {
	o.Head.Number = "" // whoever is closed is not called back
	n, err := o.Head.next(o.Key, id)
	if err != nil {
		return err
	}
	keep, err := b.keep(ctx, 0)
	if err != nil {
		return err
	}
	err = b.overHead(ctx, id, &n, func(tx db.Tx, c Contact) error {
		if c.Advocate != "" && c.Advocate != o.By {
			return ErrNotYours
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if _, err := b.move(tx, id, step{move: Close, by: hotline.Actor(o.By), epoch: c.Epoch}); err != nil {
			return err
		}
		if err := b.replaceHead(tx, c, n); err != nil {
			return err
		}
		if err := o.Swap.Apply(tx); err != nil {
			return err
		}
		if err := tells(tx, id, o.Head); err != nil {
			return err
		}
		return b.closed(tx, keep, c, o.Head, now)
	})
	if err == nil {
		b.told(id, 0, true)
	}
	return err
}

// JobSettle is the kind of the team job that swaps the grants of a contact that a
// machine closed.
const JobSettle = "settle"

// LeaveAsIs closes wrap-ups that nobody finished in a day. The next session of the
// team swaps the grants.
func (b *Book) LeaveAsIs(ctx context.Context, teamOf func(hotline.QueueID) hotline.TeamID) error {
	var old []Contact
	keep, err := b.keep(ctx, 0)
	if err != nil {
		return err
	}
	err = b.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT `+columns+` FROM contact WHERE state = 'closing' AND state_at <= $1 ORDER BY state_at LIMIT `+itoa(portion), now-b.set.LeftAsIs.Milliseconds())
		if err != nil {
			return err
		}
		old, err = gather(rows, nil)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range old {
		err := b.db.Write(ctx, func(tx db.Tx) error {
			now, err := db.Now(tx)
			if err != nil {
				return err
			}
			if _, err := b.move(tx, c.ID, step{move: Close, by: hotline.Machine, epoch: c.Epoch}); err != nil {
				return err
			}
			return b.unattended(tx, keep, c, teamOf(c.Queue), now)
		})
		if isState(err) {
			continue
		}
		if err != nil {
			return err
		}
		b.told(c.ID, 0, true)
	}
	return nil
}

// unattended is a closing that a machine made: the next session of the team swaps
// the grants.
func (b *Book) unattended(tx db.Tx, k keeping, c Contact, team hotline.TeamID, now int64) error {
	if err := jobs.Enqueue(tx, jobs.Job{Kind: JobSettle, Key: string(c.ID), Body: string(c.ID), Team: string(team)}); err != nil {
		return err
	}
	return b.closed(tx, k, c, Head{}, now)
}

// tells notes whether a head has facts that are to be counted.
func tells(tx db.Tx, id hotline.ContactID, h Head) error {
	_, err := tx.Exec(`UPDATE contact SET facts_wait = $1 WHERE id = $2`, len(h.Facts) > 0, id)
	return err
}

// closed does what every closing does: the handle is given back, her cookie's next
// word makes a new contact, and the keeping times of her words and of ours begin. An
// unread reply holds that of hers.
func (b *Book) closed(tx db.Tx, k keeping, c Contact, h Head, now int64) error {
	id := c.ID
	if err := keepRecord(tx, k, c, h, now); err != nil {
		return err
	}
	for _, q := range []string{
		`UPDATE caller SET current = 0 WHERE contact = $1`,
		`UPDATE contact SET handle = '', promised_until = 0 WHERE id = $1`,
		`DELETE FROM draft WHERE contact = $1`,
		`DELETE FROM joined WHERE contact = $1`,
		`DELETE FROM recent WHERE contact = $1 AND kind = 'digits'`,
	} {
		if _, err := tx.Exec(q, id); err != nil {
			return err
		}
	}
	// What was sent outside, and what is owed for it, outlives the conversation.
	if _, err := tx.Exec(`UPDATE alert SET acknowledged_at = $1 WHERE contact = $2 AND acknowledged_at IS NULL AND kind NOT IN ($3, $4, $5, $6, $7)`,
		now, id, Emergency, Unconfirmed, PutBack, SentAlone, DutyOverdue); err != nil {
		return err
	}
	if err := b.untie(tx, id); err != nil {
		return err
	}
	left, err := unread(tx, id)
	if err != nil {
		return err
	}
	keep := b.set.KeepWords
	if left > 0 {
		keep = max(keep, b.set.KeepUnread)
	}
	return setClock(tx, id, now+keep.Milliseconds())
}

// Settled swaps the grants of a contact that a machine closed, and writes into its head
// what an advocate would have: the facts. How long what we wrote is kept goes by them.
func (b *Book) Settled(ctx context.Context, by hotline.Actor, id hotline.ContactID, o Outcome) error {
	o.Head.Number = ""
	n, err := o.Head.next(o.Key, id)
	if err != nil {
		return err
	}
	was, err := b.Find(ctx, id)
	if err != nil {
		return err
	}
	keep, err := b.keep(ctx, was.Editions[policy.KindKeep]) // as they were when it closed
	if err != nil {
		return err
	}
	return b.overHead(ctx, id, &n, func(tx db.Tx, c Contact) error {
		if c.State != Closed {
			return ErrState
		}
		if err := b.replaceHead(tx, c, n); err != nil {
			return err
		}
		if err := tells(tx, id, o.Head); err != nil {
			return err
		}
		if err := HoldRecords(tx, id); err != nil {
			return err
		}
		if err := keepRecord(tx, keep, c, o.Head, c.StateAt); err != nil {
			return err
		}
		if err := o.Swap.Apply(tx); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: by, What: "settle", Object: string(id)}).Insert(tx)
	})
}

package contact

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/shred"
)

// ErrHead says that what is known of her safety has changed since it was read: look
// again.
var ErrHead = problem.New(problem.Conflict, "contact.head")

// OldHead is the kind of alert that says that an older head was put back in the
// database over a newer one.
const OldHead = "old_head"

// PutHead writes a contact's head anew: the one way to change it. head is the one that
// was opened, changed; if another one was written since, it is [ErrHead] and nothing
// happens. What waits to leave and is forbidden from now on goes in the same
// transaction, and one leaf names the act. Whoever has the key has been let in by a
// grant; who may of those is for the caller to say.
func (b *Book) PutHead(ctx context.Context, by hotline.Actor, id hotline.ContactID, head Head, key seal.Key, act string) error {
	n, err := head.next(key, id)
	if err != nil {
		return err
	}
	err = b.overHead(ctx, id, &n, func(tx db.Tx, c Contact) error {
		if err := b.replaceHead(tx, c, n); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: by, What: act, Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

// newHead is a head about to be written, sealed.
type newHead struct {
	object string // whose key it is sealed to
	was    int64
	head   Head
	sealed []byte
}

// next seals what follows an opened head. Of whoever may not be called, no number stays.
func (h Head) next(key seal.Key, id hotline.ContactID) (newHead, error) {
	n := newHead{object: key.Object(), was: h.N, head: h}
	n.head.N++
	if h.Safety.Ways[ByCall].May != Yes {
		n.head.Number = ""
	}
	var err error
	n.sealed, err = n.head.seal(key, id)
	return n, err
}

// overHead has write put a head in the place of another one, under the contact's lock,
// with what else changes with it. The head is noted once that is kept.
func (b *Book) overHead(ctx context.Context, id hotline.ContactID, n *newHead, write func(tx db.Tx, c Contact) error) error {
	var c Contact
	err := b.db.Write(ctx, func(tx db.Tx) (err error) {
		if c, err = lock(tx, id); err != nil {
			return err
		}
		if c.State == Erased || c.ShredS != n.object {
			return ErrMissing
		}
		return write(tx, c)
	})
	if err == nil {
		b.noteHead(ctx, c, *n)
	}
	return err
}

// replaceHead writes a head over the one it was made of, under the contact's lock.
func (b *Book) replaceHead(tx db.Tx, c Contact, n newHead) error {
	changed, err := tx.Exec(`UPDATE contact SET head = $1, head_n = $2 WHERE id = $3 AND head_n = $4`, n.sealed, n.head.N, c.ID, n.was)
	if err != nil {
		return err
	}
	if changed == 0 {
		return ErrHead
	}
	c.HeadN = n.head.N
	return b.withdraw(tx, c, &n.head)
}

// withdraw takes back what waits to leave and what a new head forbids.
// What waits was let go while the contact was live; only her rules count.
func (b *Book) withdraw(tx db.Tx, c Contact, head *Head) error {
	var waits int
	if err := tx.QueryRow(`SELECT count(*) FROM outbox WHERE contact = $1 AND state = 'waiting'`, c.ID).Scan(&waits); err != nil || waits == 0 {
		return err
	}
	c.State = Live
	err := b.allow(tx, c, head, Out{Way: wayBy(c)})
	if err == nil || problem.Of(err).Kind != problem.Denied {
		return err
	}
	_, err = b.Withhold(tx, c.ID)
	return err
}

// noteHead notes the newest head beside the secret it depends on, after the commit.
// If that fails, the head stands nevertheless, and the next who opens it notes it.
func (b *Book) noteHead(ctx context.Context, c Contact, n newHead) {
	_ = b.shred.RaiseHeads(context.WithoutCancel(ctx), map[string]shred.Newest{c.ShredS: b.shred.Head(c.ShredS, n.head.N, n.sealed)})
}

// RingOld rings for a contact whose head was put back, once until somebody has seen
// it, and writes a leaf. It is the vault's to call, which has noticed.
func RingOld(ctx context.Context, d *db.DB, log *audit.Log, by hotline.Actor, id hotline.ContactID) error {
	return d.Write(ctx, func(tx db.Tx) error {
		if _, err := lock(tx, id); err != nil {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		first, err := raise(tx, id, OldHead, now)
		if err != nil || !first {
			return err
		}
		return log.Public(audit.Act{By: by, What: "old head refused", Object: string(id)}).Insert(tx)
	})
}

// MendHead puts an empty head in the place of one that was put back, above the newest that
// is noted: nothing of the old one is believed, and what she said is asked anew. It is a
// supervisor's, whose reason stands in the log; noted is the counter of the newest. A head
// above that is not mended: it is [ErrHead]. That the vault refuses what stands there is the
// caller's to have seen.
func (b *Book) MendHead(ctx context.Context, by hotline.PersonID, id hotline.ContactID, noted int64, key seal.Key, why string) error {
	n, err := Head{N: noted}.next(key, id)
	if err != nil {
		return err
	}
	leaf, err := b.overriding(ctx, Override{By: by, Reason: why}, key.Object())
	if err != nil {
		return err
	}
	err = b.overHead(ctx, id, &n, func(tx db.Tx, c Contact) error {
		if c.HeadN > noted {
			return ErrHead
		}
		n.was = c.HeadN
		if err := b.replaceHead(tx, c, n); err != nil {
			return err
		}
		return leaf.Insert(tx)
	})
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

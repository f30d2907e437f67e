package vault

import (
	"context"
	"errors"
	"fmt"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/shred"
)

// ErrOldHead says that a contact's head is older than the newest one: somebody has put
// back what she had once allowed. It is not opened, and nothing leaves.
var ErrOldHead = problem.New(problem.Denied, "vault.old_head")

// alarmed rings for a head that was put back: the supervisors' alert, a leaf, and
// whatever the operator watches.
func (r *Ring) alarmed(ctx context.Context, id hotline.ContactID) error {
	err := fmt.Errorf("contact %s: %w", id, ErrOldHead)
	if r.k.alarm != nil {
		r.k.alarm(err)
	}
	return errors.Join(err, contact.RingOld(ctx, r.k.db, r.k.log, hotline.Actor(r.me), id))
}

// Alarm sets what is told of a head that was put back.
func (k *Keeper) Alarm(f func(error)) { k.alarm = f }

// newer keeps only what is above what is noted: a head that opened although the note
// says less was committed just before a crash. The first head of all needs no note.
func newer(noted, head shred.Newest) bool { return head.N > noted.N && (noted.N > 0 || head.N > 1) }

// newest refuses a row whose head is older than what is noted. What is noted was read
// after the row: one that was changed between the two is read once more.
func (r *Ring) newest(ctx context.Context, row *headRow, noted shred.Newest) error {
	object, id := row.columns.ShredS, row.columns.ID
	if row.erased || noted.Allows(r.k.shred.Head(object, row.n, row.sealed)) {
		return nil
	}
	err := r.k.db.Read(ctx, func(tx db.Tx) error {
		fresh, err := contact.Heads(tx, id)
		row.sealed, row.n, row.erased = fresh[id].Sealed, fresh[id].N, fresh[id].Erased
		return err
	})
	if err != nil {
		return err
	}
	if row.erased || noted.Allows(r.k.shred.Head(object, row.n, row.sealed)) {
		return nil
	}
	return r.alarmed(ctx, id)
}

// Noted is the counter of the newest head that is known of, whatever stands in its place.
func (k *Key) Noted(ctx context.Context) (int64, error) {
	noted, err := k.ring.k.shred.Newest(ctx, k.Object)
	return noted[k.Object].N, err
}

package contact

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/shred"
)

// A Telling is a closed contact whose head has facts that are not counted yet.
type Telling struct {
	ID    hotline.ContactID
	Queue hotline.QueueID
	At    int64 // when it closed
	Words int64 // until when her words are kept: the head goes with them
}

// mostTelling is how many of them are read at once.
const mostTelling = 2000

// Telling lists closed contacts with facts that are not counted yet, in the order of
// their ids, which says nothing of the order in which they closed. now is the moment at
// which that was so.
func (b *Book) Telling(ctx context.Context) (out []Telling, now int64, err error) {
	return out, now, b.db.Read(ctx, func(tx db.Tx) error {
		out = nil
		if now, err = db.Now(tx); err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT id, queue, state_at, keep_words_until FROM contact WHERE facts_wait = 1 AND state = 'closed' ORDER BY id LIMIT ` + itoa(mostTelling))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t Telling
			if err := rows.Scan(&t.ID, &t.Queue, &t.At, &t.Words); err != nil {
				return err
			}
			out = append(out, t)
		}
		return rows.Err()
	})
}

// An Untold is a contact whose head is written anew without its facts.
type Untold struct {
	ID   hotline.ContactID
	Head Head // as it was opened
	Key  seal.Key
}

// Untell takes the facts out of the heads of closed contacts, all in one transaction or
// none, as [Book.PutHead] writes heads. also keeps the facts elsewhere, after all heads
// are written: the order of the one says nothing of the order of the other.
func (b *Book) Untell(ctx context.Context, by hotline.Actor, of []Untold, also func(db.Tx) error) error {
	heads := make([]newHead, len(of))
	for i, u := range of {
		u.Head.Facts = nil
		var err error
		if heads[i], err = u.Head.next(u.Key, u.ID); err != nil {
			return err
		}
	}
	notes := make(map[string]shred.Newest, len(of))
	err := b.db.Write(ctx, func(tx db.Tx) error {
		clear(notes)
		for i, u := range of {
			c, err := lock(tx, u.ID)
			if err != nil {
				return err
			}
			if c.State != Closed || c.ShredS != u.Key.Object() {
				return ErrState
			}
			if err := b.replaceHead(tx, c, heads[i]); err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE contact SET facts_wait = 0 WHERE id = $1`, u.ID); err != nil {
				return err
			}
			if err := b.log.Public(audit.Act{By: by, What: "facts", Object: string(u.ID)}).Insert(tx); err != nil {
				return err
			}
			notes[c.ShredS] = b.shred.Head(c.ShredS, heads[i].head.N, heads[i].sealed)
		}
		return also(tx)
	})
	if err == nil {
		_ = b.shred.RaiseHeads(context.WithoutCancel(ctx), notes) // as noteHead
	}
	return err
}

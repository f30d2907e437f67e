package contact

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/jobs"
	"github.com/freeline-org/freeline/internal/shred"
)

// JobShred is the kind of the job that destroys an entry of the shred store. It is
// repeated until it succeeds, at boot too: until then an old backup opens.
const JobShred = "shred"

func isState(err error) bool { return errors.Is(err, ErrState) }

// EraseNow destroys her words: the rows first, in one transaction, then the entries
// that opened them. It returns after both; what a crash leaves undone, jobs do. What
// we wrote stands under S and stays. Under a legal hold it is ErrKeep.
func (b *Book) EraseNow(ctx context.Context, by hotline.Actor, id hotline.ContactID) error {
	entries, err := b.Forget(ctx, by, id)
	if err != nil {
		return err
	}
	return b.Shred(ctx, entries...)
}

// Forget is the first half of EraseNow. It returns the entries that are left to
// destroy; a job stands for each.
func (b *Book) Forget(ctx context.Context, by hotline.Actor, id hotline.ContactID) ([]string, error) {
	if err := b.free(ctx, id); err != nil {
		return nil, err
	}
	keep, err := b.keep(ctx, 0)
	if err != nil {
		return nil, err
	}
	var entries []string
	err = b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if c.Hold {
			return ErrKeep
		}
		// What the log says of it in readable words goes too; the hashes stay.
		if _, err := tx.Exec(`UPDATE leaf SET opening = NULL WHERE object IN ($1, $2)`, id, Steps(id)); err != nil {
			return err
		}
		if _, err := b.move(tx, id, step{move: Erase, by: by, epoch: c.Epoch}); err != nil {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		for _, t := range b.ties {
			if err := t.Erased(tx, c); err != nil {
				return err
			}
		}
		if entries, err = blank(tx, c, now); err != nil || c.State == Closed {
			return err
		}
		return keepRecord(tx, keep, c, Head{}, now) // what we wrote has its own end
	})
	if err != nil {
		return nil, err
	}
	b.told(id, 0, true)
	return entries, nil
}

// free refuses what the entry itself holds: the contact's own column is a copy.
func (b *Book) free(ctx context.Context, id hotline.ContactID) error {
	c, err := b.Find(ctx, id)
	if err != nil {
		return err
	}
	clock, err := b.shred.Clock(ctx, c.ShredK)
	if errors.Is(err, shred.ErrShredded) {
		return nil
	}
	if err == nil && clock.Hold {
		err = ErrKeep
	}
	return err
}

// blank deletes every row of hers and empties every column of the contact but id,
// channel, state, the day it began and, until S goes, the key columns, which say
// nothing of her.
func blank(tx db.Tx, c Contact, now int64) ([]string, error) {
	entries, err := dropCodes(tx, `contact = $1`, c.ID)
	if err != nil {
		return nil, err
	}
	if err := unsend(tx, c.ID); err != nil {
		return nil, err
	}
	if err := dropOutbox(tx, c.ID); err != nil {
		return nil, err
	}
	for _, t := range []string{"message", "caller", "phrase_try", "draft", "offer", "alert", "joined", "request", "reading", "call_back"} {
		if _, err := tx.Exec(`DELETE FROM `+t+` WHERE contact = $1`, c.ID); err != nil {
			return nil, err
		}
	}
	if _, err := tx.Exec(`UPDATE request SET about = contact WHERE about = $1`, c.ID); err != nil {
		return nil, err
	}
	if err := forgetRecent(tx, c.ID); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(`DELETE FROM thread WHERE contact = $1 AND kind = 'number'`, c.ID); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(`DELETE FROM key_grant WHERE object = $1`, c.ShredK); err != nil {
		return nil, err
	}
	_, err = tx.Exec(`UPDATE contact SET handle = '', queue = '', lang = '', urgency = 9, path = '', danger = 0, minor = 0, returned = 0, waits = 0, wishes = '{}',
		advocate = '', epoch = 0, last_seq = 0, began = began / 86400000 * 86400000, seen_until = 0, seen = 0, gone = 0, quiet_at = 0, state_at = 0, asked_at = 0, wrap_until = 0,
		editions = '{}', pub_secret = NULL, head = NULL, head_n = 0, way = NULL, situation = '', keep_words_until = 0, promised_until = 0, facts_wait = 0 WHERE id = $1`, c.ID)
	if err != nil {
		return nil, err
	}
	for _, kind := range []string{JobClock, JobSettle} {
		if err := jobs.Cancel(tx, kind, string(c.ID)); err != nil {
			return nil, err
		}
	}
	if _, err := tx.Exec(`INSERT INTO tombstone (object, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, c.ShredK, now); err != nil {
		return nil, err
	}
	return append(entries, c.ShredK), jobs.Enqueue(tx, jobs.Job{Kind: JobShred, Key: c.ShredK, Body: c.ShredK})
}

// unsend takes back what was to be sent.
func unsend(tx db.Tx, id hotline.ContactID) error {
	waiting, err := unsent(tx, id)
	if err != nil {
		return err
	}
	for _, m := range waiting {
		if err := noSend(tx, id, m); err != nil {
			return err
		}
	}
	return nil
}

// Shred is the second half: it destroys entries, then the jobs that named them.
func (b *Book) Shred(ctx context.Context, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	if err := b.shred.Destroy(ctx, ids...); err != nil {
		return err
	}
	return b.db.Write(ctx, func(tx db.Tx) error {
		for _, id := range ids {
			if err := jobs.Cancel(tx, JobShred, id); err != nil {
				return err
			}
		}
		return nil
	})
}

package contact

import (
	"context"
	"errors"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/jobs"
)

// SetHold notes that the law demands that a contact stays, or does no more. It is a
// copy of what the entries say, who alone decide; leaf says who and why. Nobody is told: a
// desk that looked again at this one would say which it is.
func (b *Book) SetHold(ctx context.Context, id hotline.ContactID, held bool, leaf audit.Leaf) error {
	return b.db.Write(ctx, func(tx db.Tx) error { return SetHold(tx, id, held, leaf) })
}

// SetHold is [Book.SetHold] for whoever has the transaction.
func SetHold(tx db.Tx, id hotline.ContactID, held bool, leaf audit.Leaf) error {
	if _, err := lock(tx, id); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE contact SET legal_hold = $1 WHERE id = $2`, held, id); err != nil {
		return err
	}
	return leaf.Insert(tx)
}

// Held locks contacts, each in the order of all who lock several, and lists those that
// the law holds.
func Held(tx db.Tx, ids ...hotline.ContactID) (held []hotline.ContactID, err error) {
	for _, id := range slices.Sorted(slices.Values(ids)) {
		c, err := lock(tx, id)
		if errors.Is(err, ErrMissing) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.Hold {
			held = append(held, id)
		}
	}
	return held, nil
}

// AsForgotten leaves of contacts that the law holds past the time when their words would be
// gone what is left of every other one then: whoever looks at a list cannot tell which is
// held.
func (b *Book) AsForgotten(tx db.Tx, rows map[hotline.ContactID]Contact) error {
	now, err := db.Now(tx)
	for id, c := range rows {
		if !b.forgotten(c, now) {
			continue
		}
		rows[id] = Contact{ID: id, Channel: c.Channel, State: Erased, Urgency: 9, Began: c.Began / days * days, ShredK: c.ShredK, ShredS: c.ShredS, KeepRecordUntil: c.KeepRecordUntil, Hold: true}
	}
	return err
}

// forgotten reports whether a contact's words are there by the hold alone.
func (b *Book) forgotten(c Contact, now int64) bool {
	return c.Hold && c.State == Closed && c.KeepUntil > 0 && c.KeepUntil+b.set.Destroyed.Milliseconds() <= now
}

// An Owner is what depends on an entry of the shred store.
type Owner struct {
	Contact hotline.ContactID
	Record  bool // S, else K
	Erased  bool // her words are
	Gone    bool // what the entry opened is
	Hold    bool
}

// Owners finds what depends on entries. What is not in the answer has no owner.
func (b *Book) Owners(ctx context.Context, entries ...string) (map[string]Owner, error) {
	out := make(map[string]Owner, len(entries))
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		for _, column := range []string{"shred_k", "shred_s"} {
			places, args := db.List(entries)
			rows, err := tx.Query(`SELECT `+column+`, id, state, legal_hold, CASE WHEN EXISTS (SELECT 1 FROM tombstone WHERE object = `+column+`) THEN 1 ELSE 0 END
				FROM contact WHERE `+column+` IN (`+places+`)`, args...)
			if err != nil {
				return err
			}
			err = func() error {
				defer rows.Close()
				for rows.Next() {
					o := Owner{Record: column == "shred_s"}
					var entry string
					var state State
					if err := rows.Scan(&entry, &o.Contact, &state, &o.Hold, &o.Gone); err != nil {
						return err
					}
					o.Erased = state == Erased
					o.Gone = o.Gone && (o.Erased || o.Record)
					out[entry] = o
				}
				return rows.Err()
			}()
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// ForgetRecord destroys what we wrote about a contact: notes, head and grants. Once
// her words are gone too, the key columns say nothing to anybody and go with it. The
// entry of S is destroyed by whoever calls; a job stands for it. also deletes, in the
// same transaction, what other packages keep under S.
func (b *Book) ForgetRecord(ctx context.Context, by hotline.Actor, id hotline.ContactID, also ...func(db.Tx) error) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if c.Hold {
			return ErrKeep
		}
		if c.State != Closed && c.State != Erased {
			return ErrState
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM note WHERE contact = $1`, id); err != nil {
			return err
		}
		for _, do := range also {
			if err := do(tx); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`DELETE FROM key_grant WHERE object = $1`, c.ShredS); err != nil {
			return err
		}
		gone := `UPDATE contact SET head = NULL, head_n = 0, facts_wait = 0, keep_days = 0, keep_record_until = 0 WHERE id = $1`
		if c.State == Erased {
			gone = `UPDATE contact SET head = NULL, head_n = 0, keep_days = 0, keep_record_until = 0, pub = NULL, commit_k = NULL, commit_s = NULL, intake_sig = NULL, shred_k = '', shred_s = '' WHERE id = $1`
		}
		if _, err := tx.Exec(gone, id); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO tombstone (object, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, c.ShredS, now); err != nil {
			return err
		}
		if err := jobs.Enqueue(tx, jobs.Job{Kind: JobShred, Key: c.ShredS, Body: c.ShredS}); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: by, What: "forget record", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

// ForgetWhenFree is ForgetRecord where the law holds what we wrote: from then on it opens
// to nobody at the desk, as if it were gone, and it goes when the hold is lifted.
func (b *Book) ForgetWhenFree(ctx context.Context, by hotline.Actor, id hotline.ContactID) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if !c.Hold || c.State != Closed && c.State != Erased {
			return ErrState
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE contact SET keep_record_until = $1 WHERE id = $2`, now, id); err != nil {
			return err
		}
		if err := jobs.Enqueue(tx, jobs.Job{Kind: JobRecordClock, Key: c.ShredS, Body: c.ShredS}); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: by, What: "forget record", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

// AboutOf is which contact a request is about, and whether what we wrote about it is gone,
// as far as the desk may know: of one whose words are erased only the asking one is left.
// Both are read at all times, so that a clock does not tell more.
func (b *Book) AboutOf(ctx context.Context, r Request) (about hotline.ContactID, gone bool, err error) {
	return about, gone, b.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		rows, err := Some(tx, r.About, r.Contact)
		if err != nil {
			return err
		}
		about = r.About
		if b.forgotten(rows[about], now) {
			about = r.Contact
		}
		c, ok := rows[about]
		if !ok {
			return ErrMissing
		}
		gone = c.recordGone(now)
		return nil
	})
}

// Shown is a contact as a desk may show it, and whether what we wrote is there: of one whose
// words are there by a hold alone as much as of every erased one. A desk that asks this
// before it opens anything takes no longer for what is held than for what is gone.
func (b *Book) Shown(ctx context.Context, id hotline.ContactID) (c Contact, record bool, err error) {
	return c, record, b.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		rows, err := Some(tx, id)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return ErrMissing
		}
		record = !rows[id].recordGone(now)
		err = b.AsForgotten(tx, rows)
		c = rows[id]
		return err
	})
}

// recordGone reports whether what we wrote is gone, as far as the desk may know.
func (c Contact) recordGone(now int64) bool {
	return c.HeadN == 0 || c.Hold && c.KeepRecordUntil > 0 && c.KeepRecordUntil <= now
}

// dated lists what carries times of a contact, and which.
func dated() map[string][]string {
	return map[string][]string{
		"contact": {"began", "seen_until", "quiet_at", "state_at", "asked_at", "wrap_until"},
		"message": {"at"},
		"note":    {"at"},
		"offer":   {"made", "until", "ended_at"},
		"alert":   {"at", "acknowledged_at"},
		"request": {"at", "done_at"},
		"reading": {"asked_at", "given_at", "until", "ended_at"},
	}
}

// days is how many milliseconds a day has.
const days = 86400000

// Round leaves of all times of contacts that have been closed for the age only the
// day: time, channel and language together could lead to somebody in a small place.
// It rounds a portion, and returns how many contacts that were.
func (b *Book) Round(ctx context.Context, age int64) (int, error) {
	n := 0
	return n, b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE tombstone SET at = at / 86400000 * 86400000 WHERE at <= $1 AND at % 86400000 <> 0`, now-age); err != nil {
			return err
		}
		old, err := rounded(tx, now-age)
		if err != nil || len(old) == 0 {
			return err
		}
		n = len(old)
		for table, columns := range dated() {
			key := "contact"
			if table == "contact" {
				key = "id"
			}
			set := ""
			for i, c := range columns {
				if i > 0 {
					set += ", "
				}
				set += c + " = " + c + " / 86400000 * 86400000"
			}
			places, args := db.List(old)
			if _, err := tx.Exec(`UPDATE `+table+` SET `+set+` WHERE `+key+` IN (`+places+`)`, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// rounded lists contacts whose times are to be rounded: closed ones, and erased ones
// about which a note is left.
func rounded(tx db.Tx, before int64) ([]hotline.ContactID, error) {
	return db.Values[hotline.ContactID](tx, `SELECT id FROM contact WHERE state = 'closed' AND state_at <= $1 AND state_at % `+itoa(days)+` <> 0
		UNION SELECT contact FROM note JOIN contact ON contact.id = note.contact WHERE state = 'erased' AND note.at <= $1 AND note.at % `+itoa(days)+` <> 0
		LIMIT `+itoa(portion), before)
}

// Keeping is what the clock of K must say.
type Keeping struct {
	Entry string
	Until int64
}

// Keeping reads until when a closed contact's words are kept. One that is not closed
// has no end yet; one that is erased is ErrMissing.
func (b *Book) Keeping(ctx context.Context, id hotline.ContactID) (Keeping, error) {
	c, err := b.Find(ctx, id)
	switch {
	case err != nil:
		return Keeping{}, err
	case c.State == Erased:
		return Keeping{}, ErrMissing
	case c.State != Closed:
		return Keeping{c.ShredK, c.KeepUntil}, nil // 0, or that of a promise
	case c.KeepUntil == 0:
		return Keeping{}, errors.New("contact: closed without a keeping time")
	}
	return Keeping{c.ShredK, c.KeepUntil}, nil
}

package contact

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/jobs"
)

// Page is what a cookie may show: sealed, in order.
type Page struct {
	Contact  Contact
	Columns  seal.Columns
	Wrap     []byte
	Own      bool // her own browser; else it came by a code
	Current  bool // the next word goes here; else it makes a new contact
	Messages []seal.Sealed
	Before   int    // how many wait before her
	With     string // pseudonym of the advocate who has it, while live
}

// pageRows is how many messages one page of hers holds, the newest.
const pageRows = 500

// Page reads the page of a cookie, messages after seq. Her own browser shows what
// was said; one that came by a code shows unread replies and what followed. A reply
// that she has read is on neither. Without a contact it is ErrMissing.
func (b *Book) Page(ctx context.Context, lookup []byte, after int64) (p Page, err error) {
	return p, b.db.Read(ctx, func(tx db.Tx) error {
		var id hotline.ContactID
		var from int64
		err := tx.QueryRow(`SELECT c.contact, c.wrap, c.from_seq, c.current FROM caller c JOIN contact k ON k.id = c.contact
			WHERE c.lookup = $1 AND k.state <> 'erased' ORDER BY c.current DESC, k.began DESC LIMIT 1`, lookup).Scan(&id, &p.Wrap, &from, &p.Current)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		p.Own = from == 0
		if p.Contact, err = find(tx, id); err != nil {
			return err
		}
		if p.Columns, err = Columns(tx, id); err != nil {
			return err
		}
		if p.Contact.State == Live {
			if who, err := staff.Find(tx, p.Contact.Advocate); err == nil {
				p.With = who.Pseudonym
			}
		}
		if p.Contact.State == Waiting {
			if p.Before, err = before(tx, p.Contact); err != nil {
				return err
			}
		}
		p.Messages, err = newest(tx, `contact = $1 AND seq > $2 AND CASE side WHEN 'caller' THEN seq > $3 OR $3 = 0 ELSE read = 0 END`, id, after, from)
		return err
	})
}

// before counts who waits before her by class and age, as they stood at arrival.
func before(tx db.Tx, c Contact) (n int, err error) {
	return n, tx.QueryRow(`SELECT count(*) FROM contact WHERE queue = $1 AND state = 'waiting' AND (urgency < $2 OR urgency = $2 AND began < $3)`, c.Queue, c.Urgency, c.Began).Scan(&n)
}

// newest reads the last messages that a condition allows, in order.
func newest(tx db.Tx, where string, args ...any) ([]seal.Sealed, error) {
	rows, err := tx.Query(`SELECT id, side, form, seq, at, author, sent, read, sealed FROM message WHERE `+where+` ORDER BY seq DESC LIMIT `+itoa(pageRows), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []seal.Sealed
	for rows.Next() {
		var m seal.Sealed
		if err := rows.Scan(&m.ID, &m.Side, &m.Form, &m.Seq, &m.At, &m.Author, &m.Sent, &m.Read, &m.Sealed); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out, rows.Err()
}

// See notes that her page is open, and wakes an interrupted contact: she is back.
func (b *Book) See(ctx context.Context, id hotline.ContactID) error {
	var woke bool
	err := b.db.Write(ctx, func(tx db.Tx) error {
		woke = false
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE contact SET seen = 1, gone = 0, seen_until = $1 WHERE id = $2 AND state NOT IN ('closed', 'erased')`, now+b.set.Seen.Milliseconds(), id)
		if err != nil || n == 0 {
			return err
		}
		c, err := find(tx, id)
		if err != nil || c.State != Interrupted {
			return err
		}
		woke = true
		return b.back(tx, c, now)
	})
	if err == nil && woke {
		b.told(id, 0, true)
	}
	return err
}

// Gone notes that she left by the button. Her place and the advocate's draft are
// kept as long as for a lost connection.
func (b *Book) Gone(ctx context.Context, id hotline.ContactID) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(`UPDATE contact SET gone = 1, seen_until = 0 WHERE id = $1 AND state NOT IN ('closed', 'erased')`, id)
		if err != nil || n == 0 {
			return err
		}
		if err := flushIfLive(tx, id); err != nil {
			return err
		}
		_, err = b.move(tx, id, step{move: Lose, by: hotline.Machine, epoch: -1})
		if errors.Is(err, ErrState) {
			err = nil // it stands where nothing is lost
		}
		return err
	})
	if err == nil {
		b.told(id, 0, true)
	}
	return err
}

func flushIfLive(tx db.Tx, id hotline.ContactID) error {
	c, err := find(tx, id)
	if err != nil || c.State != Live {
		return err
	}
	return flush(tx, id)
}

// MarkRead notes that she has read all replies up to seq. No page of hers shows
// them again; the desk keeps them, and they go with her words.
func (b *Book) MarkRead(ctx context.Context, id hotline.ContactID, upTo int64) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE message SET read = 1 WHERE contact = $1 AND seq <= $2 AND side <> 'caller' AND read = 0`, id, upTo)
		if err != nil || n == 0 {
			return err
		}
		return b.release(tx, c)
	})
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

// release shortens the keeping time that unread replies held, once the last of them
// is read.
func (b *Book) release(tx db.Tx, c Contact) error {
	if c.State != Closed || c.KeepUntil == 0 {
		return nil
	}
	left, err := unread(tx, c.ID)
	if err != nil || left > 0 {
		return err
	}
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	until := min(c.KeepUntil, max(now, c.StateAt+b.set.KeepWords.Milliseconds()))
	return setClock(tx, c.ID, until)
}

// unread counts what waits on her page for her; what left by a channel does not.
func unread(tx db.Tx, id hotline.ContactID) (n int, err error) {
	return n, tx.QueryRow(`SELECT count(*) FROM message WHERE contact = $1 AND side <> 'caller' AND read = 0 AND seq IS NOT NULL
		AND EXISTS (SELECT 1 FROM contact WHERE id = $1 AND way IS NULL)`, id).Scan(&n)
}

// JobClock is the kind of the job that carries a contact's keeping time to the
// shred store, which alone decides what opens.
const JobClock = "clock"

func setClock(tx db.Tx, id hotline.ContactID, until int64) error {
	if _, err := tx.Exec(`UPDATE contact SET keep_words_until = $1 WHERE id = $2`, until, id); err != nil {
		return err
	}
	return jobs.Enqueue(tx, jobs.Job{Kind: JobClock, Key: string(id), Body: string(id)})
}

// Change notes that she chose another language in the middle.
func (b *Book) Change(ctx context.Context, id hotline.ContactID, lang string) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(`UPDATE contact SET lang = $1 WHERE id = $2 AND state NOT IN ('closed', 'erased')`, lang, id)
		if err == nil && n == 0 {
			err = ErrOver
		}
		if err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Machine, What: "language", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id, 0, true)
	}
	return err
}

// Here notes that she answered "Are you still there?" by a button.
func (b *Book) Here(ctx context.Context, id hotline.ContactID) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE contact SET asked_at = 0, quiet_at = $1, seen = 1, seen_until = $2 WHERE id = $3 AND state NOT IN ('closed', 'erased')`,
			now, now+b.set.Seen.Milliseconds(), id)
		return err
	})
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

func itoa(n int) string { return strconv.Itoa(n) }

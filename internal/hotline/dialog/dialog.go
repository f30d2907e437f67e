// Package dialog keeps what a living call needs to outlive the process that holds it, until
// it ends. It is the one place at rest in which a caller's number stands without staff: it
// is sealed under the entry of its day, which the line's own key opens, is in no backup,
// and the row goes when the call does.
package dialog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/shred"
)

// Shred is the kind of the entries that open dialogs, one for each day.
const Shred = "dialog"

// Lease is how long a process holds its calls after it last said so. Another one may then
// take them over: so it says so every second.
const Lease = 4 * time.Second

// Longest is how long a row stays that nobody holds.
const Longest = 24 * time.Hour

// Topic is the topic of hints that a call may be had, or that one was taken over.
const Topic = "dialog"

// ErrTaken says that another process holds the call: whoever is told so lets its legs go,
// and says nothing more of it, neither to the peer nor to the contact.
var ErrTaken = problem.New(problem.Conflict, "dialog.taken")

// A Dialog is a living call as it is kept.
type Dialog struct {
	ID      string            // random, ours
	Contact hotline.ContactID // empty before there is one
	Saved   []byte            // of the trunk; secret
}

// Book keeps dialogs, for one process of a line.
type Book struct {
	db    *db.DB
	shred *shred.Store
	node  string

	mu    sync.Mutex
	given map[string]bool // calls that whoever comes first may have
}

// New returns the book of a process. node is its name, which no other process that lives or
// has lived shares.
func New(d *db.DB, s *shred.Store, node string) *Book {
	return &Book{db: d, shred: s, node: node, given: map[string]bool{}}
}

// parts bind what is kept to its row, and to whose call it is.
func parts(d Dialog) []string { return []string{"dialog", d.ID, string(d.Contact)} }

// Put keeps a dialog as it is now: it is new, or has changed. It is durable when Put
// returns. One that another process holds is ErrTaken.
func (b *Book) Put(ctx context.Context, d Dialog) error {
	var now int64
	err := b.db.Read(ctx, func(tx db.Tx) (err error) { now, err = db.Now(tx); return err })
	if err != nil {
		return err
	}
	entry, _, err := b.shred.Day(ctx, Shred, now)
	if err != nil {
		return err
	}
	sealed, err := b.shred.SealUnder(ctx, entry, d.Saved, parts(d)...)
	if err != nil {
		return err
	}
	return b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		until := now + Lease.Milliseconds()
		if slices.Contains(b.givenAway(), d.ID) {
			until = over(now)
		}
		n, err := tx.Exec(`INSERT INTO dialog (id, contact, node, lease_until, began, shred, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (id) DO UPDATE SET contact = excluded.contact, lease_until = excluded.lease_until, shred = excluded.shred, sealed = excluded.sealed
			WHERE dialog.node = excluded.node`, d.ID, d.Contact, b.node, until, now, entry, sealed)
		if err == nil && n == 0 {
			err = ErrTaken
		}
		return err
	})
}

// Ends takes a dialog away: the call is over. It reports ErrTaken where another process
// holds it; one that is gone already is no error.
func (b *Book) Ends(ctx context.Context, id string) error {
	return b.db.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(`DELETE FROM dialog WHERE id = $1 AND node = $2`, id, b.node)
		if err != nil || n > 0 {
			return err
		}
		err = tx.QueryRow(`SELECT 1 FROM dialog WHERE id = $1`, id).Scan(new(int))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			err = ErrTaken
		}
		return err
	})
}

// Give lets another process have a call, whichever claims it first: this one ends. Until
// then this one holds it, and goes on with it.
func (b *Book) Give(ctx context.Context, id string) error {
	b.mu.Lock()
	b.given[id] = true
	b.mu.Unlock()
	return b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err == nil {
			_, err = tx.Exec(`UPDATE dialog SET lease_until = $1 WHERE id = $2 AND node = $3`, over(now), id, b.node)
		}
		return err
	})
}

// over is a lease that has ended by the clock of every process.
func over(now int64) int64 { return now - Lease.Milliseconds() }

func (b *Book) givenAway() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.given))
}

// Beat says that this process still holds its calls. It returns which those are: one that
// it took for its own and that is not among them was taken over.
func (b *Book) Beat(ctx context.Context) (held []string, err error) {
	return held, b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		given, args := db.List(b.givenAway())
		n := len(args)
		args = append(args, now+Lease.Milliseconds(), b.node)
		_, err = tx.Exec(fmt.Sprintf(`UPDATE dialog SET lease_until = $%d WHERE node = $%d AND (id IN (%s)) IS NOT TRUE`, n+1, n+2, given), args...)
		if err != nil {
			return err
		}
		held, err = db.Values[string](tx, `SELECT id FROM dialog WHERE node = $1`, b.node)
		return err
	})
}

// most is how many dialogs one claim takes over; the next goes on.
const most = 500

// Claim takes over the calls that nobody holds any more, the oldest first, and gives what
// is needed to go on with them. all takes those of other processes too, before their leases
// end: for a line whose only process has just begun. One whose day's entry is gone opens
// nowhere; its row goes. One that does not open for another reason is left as it was, and
// keeps none of the others: they are given beside the error.
func (b *Book) Claim(ctx context.Context, all bool) ([]Dialog, error) {
	type row struct {
		Dialog
		node   string // that held it
		lease  int64  // of that
		entry  string
		sealed []byte
	}
	free := func(tx db.Tx) (int64, error) {
		now, err := db.Now(tx)
		if all {
			now += Lease.Milliseconds()
		}
		return now, err
	}
	found := 0
	err := b.db.Read(ctx, func(tx db.Tx) error { // mostly there is none, and this is asked all the time
		until, err := free(tx)
		if err != nil {
			return err
		}
		return tx.QueryRow(`SELECT count(*) FROM dialog WHERE node <> $1 AND lease_until <= $2`, b.node, until).Scan(&found)
	})
	if err != nil || found == 0 {
		return nil, err
	}
	var mine []row
	err = b.db.Write(ctx, func(tx db.Tx) error {
		mine = nil
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		until, err := free(tx)
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT id, contact, node, lease_until, shred, sealed FROM dialog WHERE node <> $1 AND lease_until <= $2 ORDER BY began, id LIMIT $3 FOR UPDATE SKIP LOCKED`, b.node, until, most)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r row
			if err := rows.Scan(&r.ID, &r.Contact, &r.node, &r.lease, &r.entry, &r.sealed); err != nil {
				return err
			}
			mine = append(mine, r)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for _, r := range mine {
			if err := hand(tx, r.ID, b.node, now+Lease.Milliseconds()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []Dialog
	for _, r := range mine {
		var shut error
		r.Saved, shut = b.shred.OpenUnder(ctx, r.entry, r.sealed, parts(r.Dialog)...)
		switch {
		case shut == nil:
			out = append(out, r.Dialog)
		case errors.Is(shut, shred.ErrShredded):
			err = errors.Join(err, b.Ends(ctx, r.ID))
		default: // to hold it would keep a call that nobody goes on with
			err = errors.Join(err, shut, b.db.Write(ctx, func(tx db.Tx) error { return hand(tx, r.ID, r.node, r.lease) }))
		}
	}
	return out, err
}

// hand makes a process the holder of a dialog.
func hand(tx db.Tx, id, node string, until int64) error {
	_, err := tx.Exec(`UPDATE dialog SET node = $1, lease_until = $2 WHERE id = $3`, node, until, id)
	return err
}

// Of tells whether a contact's call is held by some process, and by which.
func (b *Book) Of(ctx context.Context, id hotline.ContactID) (node string, held bool, err error) {
	err = b.db.One(ctx, `SELECT node FROM dialog WHERE contact = $1 ORDER BY began DESC LIMIT 1`, []any{id}, &node)
	if errors.Is(err, db.ErrNoRows) {
		return "", false, nil
	}
	return node, err == nil, err
}

// Sweep takes away what nobody has held for a day.
func (b *Book) Sweep(ctx context.Context) error {
	return b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM dialog WHERE lease_until <= $1`, now-Longest.Milliseconds())
		return err
	})
}

// Package outage keeps which ways to the telephone network do not work at the moment: for
// the supervisors, whom it rings, for the administrators, and for the public pages, which say
// to write instead.
package outage

import (
	"context"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// Stale is how long a way counts as down after somebody last said so: a process that has
// ended says nothing more.
const Stale = 3 * time.Minute

// An Outage is a way that does not work.
type Outage struct {
	Trunk string // as the configuration calls it
	Why   string // in a word that plain words are written for
	Since time.Time
}

// Book keeps outages.
type Book struct {
	db   *db.DB
	bus  bus.Bus
	bell contact.Bell
}

// New returns the book of a line.
func New(d *db.DB, b bus.Bus) *Book { return &Book{d, b, contact.Bell{Kind: contact.Trunk}} }

// Down says that a way does not work. It rings once, and is said again as long as that is so.
func (b *Book) Down(ctx context.Context, trunk, why string) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO outage (trunk, why, since, until) VALUES ($1, $2, $3, $4)
			ON CONFLICT (trunk) DO UPDATE SET why = excluded.why, until = excluded.until,
			since = CASE WHEN outage.until > excluded.since THEN outage.since ELSE excluded.since END`, trunk, why, now, now+Stale.Milliseconds())
		if err != nil {
			return err
		}
		return b.bell.Ring(tx, trunk)
	})
	if err == nil {
		b.bus.Publish(bus.Hint{Topic: contact.TopicAlert})
	}
	return err
}

// Up says that it works again, and ends what rings for it.
func (b *Book) Up(ctx context.Context, trunk string) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM outage WHERE trunk = $1`, trunk); err != nil {
			return err
		}
		return b.bell.Hush(tx, hotline.PersonID(hotline.Machine), trunk)
	})
	if err == nil {
		b.bus.Publish(bus.Hint{Topic: contact.TopicAlert})
	}
	return err
}

// Watch has f called whenever it may have changed, by any process, until stop returns. f
// must not wait.
func (b *Book) Watch(f func()) (stop func()) {
	return b.bus.Subscribe(func(h bus.Hint) {
		if h.Topic == contact.TopicAlert || h.Topic == bus.Missed {
			f()
		}
	})
}

// Now lists what does not work, the oldest first.
func (b *Book) Now(ctx context.Context) (out []Outage, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		out = nil
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT trunk, why, since FROM outage WHERE until > $1 ORDER BY since, trunk LIMIT 100`, now)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var o Outage
			var since int64
			if err := rows.Scan(&o.Trunk, &o.Why, &since); err != nil {
				return err
			}
			o.Since = time.UnixMilli(since)
			out = append(out, o)
		}
		return rows.Err()
	})
}

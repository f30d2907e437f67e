// Package stats counts what leads to nobody: hours in which contacts came, and codes
// of what they were about. It knows no contact. What it keeps has no name, no order
// and no moment by which somebody could be found in it; its own statements name the
// tables of facts and tallies and no others.
package stats

import (
	"context"
	"regexp"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrCode says that something is not on the closed list of what is counted.
	ErrCode = problem.New(problem.Invalid, "stats.code")
	// ErrMoved says that another session has released the same facts: look again.
	ErrMoved = problem.New(problem.Conflict, "stats.moved")
	// ErrFew says that a lot is too small to hide anybody.
	ErrFew = problem.New(problem.Invalid, "stats.few")
)

// Lot is how many facts are released together at least, and how many closed contacts
// give theirs away together. What a month has left may be fewer.
const Lot = 20

// Batch is how many of the closed contacts whose facts wait give them away now: none
// that would be few among themselves, or leave few behind, but all when the words of
// one are about to go.
func Batch(waiting int, last bool) int {
	const together = 200
	switch {
	case waiting < Lot && !last:
		return 0
	case waiting <= together:
		return waiting
	case waiting-together < Lot:
		return waiting - Lot
	}
	return together
}

// Late is how long after its end a month may still get facts: contacts that closed on
// its last day give theirs away within it.
const Late = 9 * 24 * time.Hour

// Book keeps figures.
type Book struct {
	db   *db.DB
	zone func() *time.Location // of the line: hours are those on its wall
}

// New returns the book.
func New(d *db.DB, zone func() *time.Location) *Book { return &Book{d, zone} }

// Month names the month of a moment, in the line's time zone.
func (b *Book) Month(ms int64) string { return time.UnixMilli(ms).In(b.zone()).Format(month) }

const month = "2006-01"

// over reports whether nothing is to come for a month any more.
func (b *Book) over(m string, now int64) bool {
	at, err := time.ParseInLocation(month, m, b.zone())
	return err == nil && now >= at.AddDate(0, 1, 0).Add(Late).UnixMilli()
}

// spoken is what a language is counted by: its code of two or three letters.
var spoken = regexp.MustCompile(`^[a-z]{2,3}`)

// Count adds one to a tally, in the transaction of what happened. It comes last in it:
// many who come in one hour share the row.
func (b *Book) Count(tx db.Tx, at int64, ch hotline.Channel, lang, counter string) error {
	t := time.UnixMilli(at).In(b.zone())
	_, err := tx.Exec(`INSERT INTO tally (month, weekday, hour, channel, lang, counter, n) VALUES ($1, $2, $3, $4, $5, $6, 1)
		ON CONFLICT (month, weekday, hour, channel, lang, counter) DO UPDATE SET n = tally.n + 1`,
		t.Format(month), int(t.Weekday()), t.Hour(), ch, spoken.FindString(lang), counter)
	return err
}

// A Tally is one count of an hour of the week.
type Tally struct {
	Month         string
	Weekday, Hour int
	Channel       hotline.Channel
	Lang, Counter string
	N             int64
}

// Tallies reads the tallies of a month.
func (b *Book) Tallies(ctx context.Context, of string) (out []Tally, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		out = nil
		rows, err := tx.Query(`SELECT month, weekday, hour, channel, lang, counter, n FROM tally WHERE month = $1
			ORDER BY weekday, hour, channel, lang, counter`, of)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t Tally
			if err := rows.Scan(&t.Month, &t.Weekday, &t.Hour, &t.Channel, &t.Lang, &t.Counter, &t.N); err != nil {
				return err
			}
			out = append(out, t)
		}
		return rows.Err()
	})
}

package contact

import (
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
)

// A Counter counts what happens to contacts, in the transaction in which it does and by
// codes alone: it is told of no contact. It comes last in its transaction.
type Counter interface {
	Count(tx db.Tx, at int64, channel hotline.Channel, lang, counter string) error
}

// Counts says who counts, while the line is built. Without one nothing is counted.
func (b *Book) Counts(c Counter) { b.counter = c }

// What is counted. How long they waited is counted at the answer, by classes.
const (
	Received   = "received"
	Answered   = "answered"
	MissedOne  = "missed"
	ClosedOne  = "closed"
	EndedByHer = "ended_by_her"
)

// waitClass is the class of a wait of so many milliseconds.
func waitClass(ms int64) string {
	const minute = 60_000
	switch {
	case ms < minute:
		return "waited_under_1"
	case ms < 5*minute:
		return "waited_under_5"
	case ms < 15*minute:
		return "waited_under_15"
	case ms < 60*minute:
		return "waited_under_60"
	}
	return "waited_longer"
}

// Counters lists what is counted.
func Counters() []string {
	return []string{Received, Answered, MissedOne, ClosedOne, EndedByHer, "waited_under_1", "waited_under_5", "waited_under_15", "waited_under_60", "waited_longer"}
}

// count counts for a contact.
func (b *Book) count(tx db.Tx, c Contact, now int64, counters ...string) error {
	if b.counter == nil {
		return nil
	}
	for _, n := range counters {
		if err := b.counter.Count(tx, now, c.Channel, c.Lang, n); err != nil {
			return err
		}
	}
	return nil
}

// tally counts a move. An answer is the first time that an advocate has it.
func (b *Book) tally(tx db.Tx, was Contact, s step, now int64) error {
	switch s.move {
	case Accept, Take:
		had, err := one(tx, `SELECT 1 FROM offer WHERE contact = $1 AND outcome = 'accepted' LIMIT 1`, was.ID)
		if err != nil || had {
			return err
		}
		return b.count(tx, was, now, Answered, waitClass(now-was.Began))
	case Miss:
		return b.count(tx, was, now, MissedOne)
	case Close:
		return b.count(tx, was, now, ClosedOne)
	case End:
		if s.hers {
			return b.count(tx, was, now, EndedByHer)
		}
	case Park, Unpark, Offer, Unoffer, HandBack, HandOver, Sleep, Lose, Resume, Rejoin, Erase:
	}
	return nil
}

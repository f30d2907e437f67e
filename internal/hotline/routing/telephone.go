package routing

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// A Wait is where somebody stands who waits on the telephone, as it is said to her.
type Wait struct {
	State   contact.State // Offered: it rings for somebody
	Before  int           // how many are asked for before her, by the classes of this moment
	Known   bool          // Minutes is worth saying
	Minutes int           // for which she waits still, as far as the last answers tell; at least one
}

// fewestAnswers is of how many answers a wait is guessed at least.
const fewestAnswers = 3

// Wait tells where somebody on the telephone stands. How long it takes is a guess from the
// last twenty answers of the past two hours to those who called, less what she has waited:
// whoever has waited longer than they did is told no minutes, since nobody knows.
func (p *Place) Wait(ctx context.Context, id hotline.ContactID) (w Wait, err error) {
	m, err := p.current(ctx)
	if err != nil {
		return w, err
	}
	return w, p.db.Read(ctx, func(tx db.Tx) error {
		w = Wait{}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		c, err := contact.In(tx, id)
		if err != nil {
			return err
		}
		if w.State = c.State; c.State != contact.Waiting {
			return nil
		}
		if w.Before, err = m.before(tx, c, now); err != nil {
			return err
		}
		usual, n, err := answers(tx, now, "AND c.queue = $2 AND c.channel = $3", c.Queue, c.Channel)
		if left := usual - (now - c.Began); err == nil && n >= fewestAnswers && left > 0 {
			w.Known, w.Minutes = true, int(left/time.Minute.Milliseconds())+1
		}
		return err
	})
}

// before counts who is asked for before a contact.
func (m *made) before(tx db.Tx, c contact.Contact, now int64) (n int, err error) {
	mine := m.rules.Class(factsOf(c, now)).Now
	for cursor := contact.InQueue(c.Queue); ; {
		all, err := cursor.Next(tx, portion)
		if err != nil || len(all) == 0 {
			return n, err
		}
		for _, o := range all {
			theirs := m.rules.Class(factsOf(o, now)).Now
			if o.ID != c.ID && (theirs < mine || theirs == mine && (o.Began < c.Began || o.Began == c.Began && o.ID < c.ID)) {
				n++
			}
		}
	}
}

// answers is how long the last twenty of the past two hours waited in the middle, and how
// many they are. where narrows them, from $2 on.
func answers(tx db.Tx, now int64, where string, args ...any) (mean int64, n int, err error) {
	var wait *float64
	err = tx.QueryRow(`SELECT avg(w), count(*) FROM (SELECT o.ended_at - c.began AS w FROM offer o JOIN contact c ON c.id = o.contact
		WHERE o.outcome = 'accepted' AND o.ended_at > $1 `+where+` ORDER BY o.ended_at DESC LIMIT 20) AS recent`,
		append([]any{now - (2 * time.Hour).Milliseconds()}, args...)...).Scan(&wait, &n)
	if wait != nil {
		mean = int64(*wait)
	}
	return mean, n, err
}

// Relieve rings for somebody who takes over a living call whose advocate's telephone is
// gone: a supervisor, else another advocate, whoever fits best and would hear it. It is
// asked again as long as the telephone is gone; where it rings already, where nobody can be
// asked, or where the telephone is back, it asks nobody. Where nobody can be, the
// supervisors' desks ring. The call itself stays up and the advocate's, until somebody
// accepts.
func (m *Matcher) Relieve(ctx context.Context, id hotline.ContactID) (asked hotline.PersonID, err error) {
	nobody := false
	err = m.db.Write(ctx, func(tx db.Tx) error {
		asked, nobody = "", false
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		c, err := contact.In(tx, id)
		if err != nil {
			return err
		}
		if c.State != contact.Live || !m.book.Holds(c) || m.book.Reaches(c, c.Advocate) {
			return nil
		}
		n, can, err := m.relievers(tx, c, now)
		if err != nil {
			return err
		}
		best, ok := relief(n, can)
		if !ok {
			nobody = true
			return nil
		}
		err = m.book.RelieveBy(tx, c, best.Person)
		if errors.Is(err, contact.ErrState) || errors.Is(err, contact.ErrPhone) || errors.Is(err, staff.ErrFull) {
			return nil // it rings already, or somebody was faster
		}
		if err == nil {
			asked = best.Person
		}
		return err
	})
	if err == nil && asked != "" {
		m.book.Told(id)
	}
	if err == nil && nobody {
		_, err = m.book.RingOnce(ctx, id, contact.Nobody)
	}
	return asked, err
}

// relievers lists who could be asked for a living call.
func (m *Matcher) relievers(tx db.Tx, c contact.Contact, now int64) (n Need, out []Can, err error) {
	shift, err := staff.Shift(tx, now)
	if err != nil {
		return n, nil, err
	}
	calls, err := contact.Calls(tx, now)
	if err != nil {
		return n, nil, err
	}
	opens, err := contact.Holders(tx, c)
	if err != nil {
		return n, nil, err
	}
	n = Need{Language: c.Lang, Call: true, Gender: c.Wishes.Gender, NotCommunity: c.Wishes.NotCommunity}
	if n.Blocked, err = contact.Blocked(tx, c.Situation); err != nil {
		return n, nil, err
	}
	if n.Declined, err = contact.Declined(tx, c.ID, now-justAsked.Milliseconds()); err != nil {
		return n, nil, err
	}
	for _, p := range shift {
		if p.State == staff.Ready && p.Person != c.Advocate && opens(p.Person, p.Roles) && m.book.Reaches(c, p.Person) {
			out = append(out, canOf(p, calls))
		}
	}
	return n, out, nil
}

// relief picks whom to ask: supervisors before others, and who fits before who does not
// quite.
func relief(n Need, all []Can) (Can, bool) {
	isnt := func(c Can) bool { return !slices.Contains(c.Roles, hotline.Supervisor) }
	supervisors := slices.DeleteFunc(slices.Clone(all), isnt)
	for _, of := range [][]Can{supervisors, all} {
		for _, widened := range []bool{false, true} {
			if best, ok := Best(n, of, widened); ok {
				return best, true
			}
		}
	}
	return Can{}, false
}

package voice

import (
	"context"
	"errors"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// relieved is how long a caller usually waits for the browser of her advocate.
const relieved = 10 * time.Second

// A course is what a contact's row means for its call.
type course int

const (
	waits  course = iota // nobody has her
	talks                // somebody has
	lost                 // her line counts as gone, and it is not
	parked               // the line has closed, and nobody is there any more
	over                 // her advocate has ended it
	erased               // her words are gone, and so is the call
)

// courseOf reads it.
func courseOf(c contact.Contact) course {
	switch c.State {
	case contact.Live:
		return talks
	case contact.Interrupted, contact.Sleeping:
		return lost
	case contact.Parked:
		return parked
	case contact.Closing, contact.Closed:
		return over
	case contact.Erased:
		return erased
	case contact.Waiting, contact.Offered:
	}
	return waits
}

// look reads her contact, and lets flow and sound follow. Where the database does not
// answer, all stays as it is.
func (c *call) look(ctx context.Context) {
	if c.other.with() && c.contact != "" { // it could not be noted when she was put through
		c.do(ctx, []flow.Do{flow.Leave})
	}
	if c.contact == "" {
		c.settle(ctx)
		return
	}
	asking, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	row, err := c.v.Book.Find(asking, c.contact)
	switch {
	case errors.Is(err, contact.ErrMissing):
		row = contact.Contact{ID: c.contact, State: contact.Erased}
	case err != nil:
		if ctx.Err() == nil {
			c.fault(ctx, "read", err)
		}
		c.settle(ctx)
		return
	}
	was := c.row
	c.row = row
	switch courseOf(row) {
	case waits:
		if c.m.State().Phase == flow.Talking { // handed back, or her line was taken to be gone
			c.desk = newTalk()
			c.do(ctx, c.m.Step(flow.Back))
		}
		c.place(ctx)
	case talks:
		if c.answers.IsZero() && c.v.Fresh(row.Advocate) {
			c.answers = c.v.cfg.Clock()
			if !c.joined.IsZero() { // else another process has put her into the queue
				c.v.Figures.answered(c.answers.Sub(c.joined))
			}
		}
		if row.Advocate != was.Advocate {
			c.desk.next(row.Advocate)
		}
		c.do(ctx, c.m.Step(flow.Answered))
	case lost: // nobody said for a while that her line is up
		if _, err := c.v.Book.BackOnLine(asking, c.contact, c.d.From()); err == nil {
			c.poke()
		} else if !errors.Is(err, contact.ErrState) { // it is tried again at the next look
			c.fault(ctx, "back", err)
		}
	case parked:
		c.do(ctx, c.m.Step(flow.Closed))
	case over:
		c.left = "ended"
		if c.m.State().Phase == flow.Talking {
			c.do(ctx, c.m.Step(flow.Over))
		} else if before := courseOf(was); before == waits || before == lost {
			c.hangUp("ended")
		}
	case erased:
		c.hangUp("forgotten")
	}
	c.settle(ctx)
	c.relief(asking)
}

// place tells the flow how she stands, whenever that has changed.
func (c *call) place(ctx context.Context) {
	asking, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	w, err := c.v.Place.Wait(asking, c.contact)
	if err != nil || w.State != contact.Waiting {
		return // she is told the next time
	}
	is := flow.Place{Before: w.Before, Known: w.Known, Wait: time.Duration(w.Minutes) * time.Minute}
	if is != c.desk.place {
		c.desk.place = is
		c.do(ctx, c.m.Step(is))
	}
}

// relief asks somebody in whose browser is there, ten seconds after hers has gone, and takes
// that back when hers is there again.
func (c *call) relief(ctx context.Context) {
	if courseOf(c.row) != talks {
		c.desk.alone, c.desk.asked = time.Time{}, false
		return
	}
	if c.v.Fresh(c.row.Advocate) {
		if c.desk.asked {
			if err := c.v.Book.PhoneBack(ctx, c.contact); err != nil {
				c.fault(ctx, "phone_back", err)
			}
		}
		c.desk.alone, c.desk.asked = time.Time{}, false
		return
	}
	now := c.v.cfg.Clock()
	if c.desk.alone.IsZero() {
		c.desk.alone = now
		time.AfterFunc(c.v.cfg.Alone, c.poke) // a late poke does nothing
	}
	if now.Sub(c.desk.alone) < c.v.cfg.Alone {
		return
	}
	c.desk.asked = true
	if _, err := c.v.Relief.Relieve(ctx, c.contact); err != nil && !errors.Is(err, contact.ErrState) {
		c.fault(ctx, "relief", err)
	}
}

package voice

import (
	"context"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// callBack keeps her wish to be called back: sealed to her contact, so that only a session of
// the staff can open it. Whoever wishes so outside the hours, or where too many wait, becomes
// a contact by that.
func (c *call) callBack(ctx context.Context, w flow.CallBack) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	number := c.d.From()
	if w.Number.Len() > 0 {
		number = c.v.trunks.Number(c.d.Trunk(), w.Number)
	}
	s := c.m.State()
	err := c.enters(ctx, flow.Join{Silent: s.Silent, Wish: s.Wish})
	if err == nil {
		err = c.v.Book.WishCallBack(ctx, c.contact, contact.CallBack{Number: number, Terms: termsOf(w)})
	}
	if err != nil {
		c.fault(ctx, "call_back", err)
	}
	c.came = append(c.came, flow.Noted{OK: err == nil})
}

// termsOf is a wish of the flow's in the words of contacts: hours as minutes of the day.
func termsOf(w flow.CallBack) contact.Terms {
	const hour = 60
	t := contact.Terms{May: contact.Yes, Leave: contact.No}
	if w.Leave {
		t.Leave = contact.Yes
	}
	switch w.Hours {
	case flow.Morning:
		t.From, t.To = 8*hour, 12*hour
	case flow.Afternoon:
		t.From, t.To = 12*hour, 18*hour
	case flow.Evening:
		t.From, t.To = 18*hour, 22*hour
	}
	return t
}

package desk

import (
	"context"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Numbers knows the number of whoever is on the line; a Phone may. It never waits.
type Numbers interface {
	Number(id hotline.ContactID) (seal.Text, bool)
}

// showNumber shows a caller's number to whoever has her, or to a supervisor: with a reason and
// the second factor anew. Where an advocate looks, the supervisors are told.
func (c *console) showNumber(ctx context.Context, f AskNumber) error {
	if len([]rune(strings.TrimSpace(f.Why))) < 3 {
		return errReason
	}
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	if !s.view.Mine && !c.supervises {
		return contact.ErrNotYours
	}
	if err := c.d.Accounts.StepUp(ctx, c.token, f.Code); err != nil {
		return err
	}
	var live func() (seal.Text, bool)
	if known, ok := c.d.Phone.(Numbers); ok {
		live = func() (seal.Text, bool) { return known.Number(s.row.ID) }
	}
	number, err := c.ring.Number(ctx, c.token, s.record, f.Why, !c.supervises, live)
	if err != nil {
		return err
	}
	c.push(NumberFrame{Contact: f.Contact, Number: plain(number)})
	return nil
}

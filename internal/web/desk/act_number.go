package desk

import (
	"context"
	"errors"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	errNoNumber = problem.New(problem.Missing, "desk.problem.no_number")
	errNever    = problem.New(problem.Conflict, "desk.problem.never_call")
)

// Numbers knows the number of whoever is on the line; a Phone may. It never waits.
type Numbers interface {
	Number(id hotline.ContactID) (seal.Text, bool)
}

// number is the one from which she calls, while she is on the line and does not withhold it.
func (c *console) number(id hotline.ContactID) (seal.Text, bool) {
	known, ok := c.d.Phone.(Numbers)
	if !ok {
		return seal.Text{}, false
	}
	return known.Number(id)
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
	live := func() (seal.Text, bool) { return c.number(s.row.ID) }
	number, err := c.ring.Number(ctx, c.token, s.record, f.Why, !c.supervises, live)
	if errors.Is(err, contact.ErrWay) {
		return errNoNumber
	}
	if err != nil {
		return err
	}
	c.push(NumberFrame{Contact: f.Contact, Number: plain(number)})
	return nil
}

// callBack notes that she may be called back at the number from which she calls, on her terms.
// It goes the way of every such wish: sealed to her contact, and from there into the head, here
// at once. Nobody has seen the number by then. What somebody has noted as never stays so.
func (c *console) callBack(ctx context.Context, f CallBack) error {
	s, err := c.mine(f.Contact)
	if err == nil && !s.view.Mine {
		err = contact.ErrNotYours
	}
	if err != nil {
		return err
	}
	terms, err := f.Terms.read()
	if err != nil {
		return err
	}
	head, err := s.record.Head(ctx)
	if err != nil {
		return err
	}
	if head.Safety.Ways[contact.ByCall].May == contact.No {
		return errNever
	}
	number, ok := c.number(s.row.ID)
	if !ok {
		return errNoNumber
	}
	if err := c.d.Book.WishCallBack(ctx, s.row.ID, contact.CallBack{Number: number, Terms: terms}); err != nil {
		return err
	}
	if err := c.ring.TakeCallBack(ctx, c.d.Book, s.words, s.record); err != nil {
		return err
	}
	return c.with(ctx, f.Contact, func(*shown) error { return nil })
}

package desk

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	errRole  = problem.New(problem.Denied, "desk.problem.role")
	errAway  = problem.New(problem.Conflict, "desk.problem.away")
	errEarly = problem.New(problem.Later, "desk.problem.early")
)

// take does what one frame asks. Only what ends the console comes back as an error.
func (c *console) take(ctx context.Context, f inbound) error {
	if f.err != nil {
		c.refuse(ctx, f.kind, "", f.err)
		return nil //nolint:nilerr // said to the desk, which goes on
	}
	switch frame := f.frame.(type) {
	case Hello:
		return c.greet(ctx, frame)
	case Ping:
		c.push(Pong{Now: c.now(ctx)})
		if time.Duration(frame.Idle)*time.Millisecond >= c.d.cfg.Lock {
			return c.cover(ctx)
		}
		return nil
	case Cover:
		return c.cover(ctx)
	}
	if !c.greeted {
		c.refuse(ctx, f.kind, "", errEarly)
		return nil
	}
	id, err := c.do(ctx, f.frame)
	if err != nil {
		c.refuse(ctx, f.kind, id, err)
	}
	return nil
}

// do does what a person asks, and names what it was about.
func (c *console) do(ctx context.Context, frame any) (id string, err error) {
	if !takes(c.me) && !ofTranslators(frame) {
		return "", errRole
	}
	switch f := frame.(type) {
	case Send:
		return f.ID, c.send(ctx, f)
	case Undo:
		return f.ID, c.undo(ctx, f)
	case Draft:
		return f.Contact, c.keepDraft(ctx, f)
	case Typing:
		if _, err := c.mine(f.Contact); err == nil {
			c.d.Book.Typing(hotline.ContactID(f.Contact), false)
		}
		return f.Contact, nil
	case Take:
		return f.Contact, c.takeContact(ctx, f)
	case Accept:
		return f.Offer, c.accept(ctx, f)
	case Decline:
		return f.Offer, c.decline(ctx, f)
	case HandBack:
		return f.Contact, c.handBack(ctx, f)
	case HandOver:
		return f.Contact, c.handOver(ctx, f)
	case End:
		return f.Contact, c.end(ctx, f)
	case Extend:
		return f.Contact, c.with(ctx, f.Contact, func(s *shown) error { return c.d.Book.Extend(ctx, c.me.ID, s.row.ID) })
	case Sleep:
		return f.Contact, c.with(ctx, f.Contact, func(s *shown) error { return c.d.Book.Rest(ctx, c.me.ID, s.row.ID) })
	case Mark:
		return f.Contact, c.with(ctx, f.Contact, func(s *shown) error { return c.d.Book.Mark(ctx, c.me.ID, s.row.ID, f.Danger) })
	case State:
		return "", c.enter(ctx, f.State)
	default:
		for _, part := range []func(context.Context, any) (string, bool, error){
			c.writeDown, c.report, c.languages, c.guard, c.agree, c.help, c.call, c.situate,
		} {
			if id, ours, err := part(ctx, frame); ours {
				return id, err
			}
		}
		return c.supervise(ctx, frame)
	}
}

// supervise does what only supervisors may.
func (c *console) supervise(ctx context.Context, frame any) (id string, err error) {
	switch f := frame.(type) {
	case AskExport:
		return f.Contact, c.may(func() error { return c.askExport(ctx, f) })
	case ApproveExport:
		return f.ID, c.may(func() error { return c.approveExport(ctx, f) })
	case FetchExport:
		return f.ID, c.may(func() error { return c.fetchExport(ctx, f) })
	case Join:
		return f.Contact, c.may(func() error { return c.join(ctx, f) })
	case Assign:
		return f.Contact, c.may(func() error {
			to, err := c.d.Staff.Person(ctx, hotline.PersonID(f.To))
			if err != nil {
				return err
			}
			if to.State != staff.Active || !takes(to) {
				return errRole
			}
			// Whoever has no presence would keep it although nobody is there.
			if c.pic.stateOf(to.ID) == staff.Away {
				return errAway
			}
			return c.d.Book.Take(ctx, c.me.ID, hotline.ContactID(f.Contact), to.ID)
		})
	case Seen:
		return f.Alert, c.may(func() error {
			if f.LetIn {
				if err := c.letIn(ctx, f.Alert); err != nil {
					return err
				}
			}
			c.d.hub.saw(f.Alert, c.me.Pseudonym, c.now(ctx))
			return c.d.Book.Acknowledge(ctx, c.me.ID, f.Alert)
		})
	default:
		return "", errFrame
	}
}

func (c *console) may(do func() error) error {
	if !c.supervises {
		return errRole
	}
	return do()
}

// mine is a contact that this desk shows.
func (c *console) mine(id string) (*shown, error) {
	s, ok := c.shown[hotline.ContactID(id)]
	if !ok {
		return nil, contact.ErrMissing
	}
	return s, nil
}

// with does something to a shown contact and tells the desk how it stands, changed or not: so
// that what was asked is always answered.
func (c *console) with(ctx context.Context, id string, do func(*shown) error) error {
	s, err := c.mine(id)
	if err != nil {
		return err
	}
	if err := do(s); err != nil {
		return err
	}
	s.view = Contact{Mine: s.view.Mine, Handle: s.view.Handle, ID: s.view.ID}
	return c.refresh(ctx, s, true)
}

func (c *console) send(ctx context.Context, f Send) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	if !s.view.Mine {
		return contact.ErrNotYours
	}
	if err := s.unread(f); err != nil {
		return err
	}
	return c.reply(ctx, s, contact.Reply{ID: f.ID, Text: trimmed(f.Text), Mark: c.markOf(ctx, s, f).Text()})
}

func trimmed(text string) seal.Text { return seal.Conceal(strings.TrimRight(text, " \n\t\r")) }

// reply stores words of this person's, under the rules of the head as it stands now.
func (c *console) reply(ctx context.Context, s *shown, r contact.Reply) error {
	head, err := s.record.Head(ctx)
	if err != nil {
		return err
	}
	to, err := s.way(ctx)
	if err != nil {
		return err
	}
	r.By, r.Key, r.Head, r.To = c.me.ID, s.words.Seal(), &head, to
	if err := c.d.Book.Reply(ctx, s.row.ID, r); err != nil {
		return err
	}
	c.push(Ack{ID: r.ID, Until: c.now(ctx) + c.d.Book.Settings().Undo.Milliseconds()})
	if _, left := s.ours[r.ID]; left { // a repetition of what has left: it is shown again
		s.seq = max(0, s.row.LastSeq-mostNewest)
		return c.refresh(ctx, s, false)
	}
	return nil
}

func (c *console) undo(ctx context.Context, f Undo) error {
	for _, s := range c.shown {
		err := c.d.Book.Undo(ctx, c.me.ID, s.row.ID, f.ID)
		if err == nil {
			c.push(Undone(f))
			return nil
		}
		if _, left := s.ours[f.ID]; left {
			return err
		}
		if !errors.Is(err, contact.ErrState) && !errors.Is(err, contact.ErrNotYours) {
			return err
		}
	}
	return contact.ErrMissing
}

func (c *console) keepDraft(ctx context.Context, f Draft) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	d := contact.Draft{Contact: s.row.ID, Place: f.Place, N: f.N}
	if f.Text != "" {
		d.Sealed = c.ring.SealDraft(s.row.ID, f.Place, seal.Conceal(f.Text))
	}
	if err := c.d.Book.PutDraft(ctx, c.me.ID, d); err != nil {
		return err
	}
	c.push(Draft{Contact: f.Contact, Place: f.Place, N: f.N})
	return nil
}

// takeContact takes one that waits. "Take next" goes on to the next that fits when somebody was
// faster.
func (c *console) takeContact(ctx context.Context, f Take) error {
	// Who takes one is there, whatever she said before; her presence is what a lost desk is
	// noticed by.
	if c.pic.stateOf(c.me.ID) == staff.Away {
		if err := c.d.Staff.Enter(ctx, c.me.ID, c.d.cfg.Node, staff.Busy); err != nil {
			return err
		}
	}
	err := c.d.Book.Take(ctx, c.me.ID, hotline.ContactID(f.Contact), c.me.ID)
	if !f.Next {
		return err
	}
	for _, row := range c.pic.rows(c.me) {
		if !errors.Is(err, contact.ErrState) && !errors.Is(err, contact.ErrMissing) {
			return err
		}
		if row.Contact != f.Contact && row.Fits && row.State == string(contact.Waiting) {
			err = c.d.Book.Take(ctx, c.me.ID, hotline.ContactID(row.Contact), c.me.ID)
		}
	}
	return err
}

func (c *console) accept(ctx context.Context, f Accept) error {
	id, err := c.d.Book.Accept(ctx, c.me.ID, f.Offer, f.Epoch)
	if err != nil {
		return err
	}
	c.answered(f.Offer, "accepted")
	if _, ok := c.shown[id]; ok {
		return nil
	}
	return c.begin(ctx, id)
}

func (c *console) decline(ctx context.Context, f Decline) error {
	if err := c.d.Book.Decline(ctx, c.me.ID, f.Offer); err != nil {
		return err
	}
	c.answered(f.Offer, "declined")
	return nil
}

// answered ends an offer on the desk at once.
func (c *console) answered(offer, how string) {
	for i, o := range c.told.offers {
		if o.ID == offer {
			c.told.offers = append(append([]Offer{}, c.told.offers[:i]...), c.told.offers[i+1:]...)
			c.push(OfferFrame{Offer: o, Ended: how})
			return
		}
	}
}

// writeNote leaves a note for whoever comes next. A repetition of the same is harmless.
func (c *console) writeNote(ctx context.Context, s *shown, text string) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if s.note.text != text {
		s.note = writtenNote{hotline.NewID(), text}
	}
	return c.d.Book.AddNote(ctx, c.me.ID, s.row.ID, s.note.id, s.record.Seal(), seal.Conceal(text))
}

func (c *console) handBack(ctx context.Context, f HandBack) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	if err := c.writeNote(ctx, s, f.Note); err != nil {
		return err
	}
	s.leaving = "back"
	if err := c.d.Book.HandBackNow(ctx, c.me.ID, s.row.ID); err != nil {
		s.leaving = ""
		return err
	}
	return c.refresh(ctx, s, false)
}

func (c *console) handOver(ctx context.Context, f HandOver) error {
	return c.with(ctx, f.Contact, func(s *shown) error {
		if err := c.writeNote(ctx, s, f.Note); err != nil {
			return err
		}
		if err := c.d.Book.HandOverTo(ctx, c.me.ID, s.row.ID, hotline.PersonID(f.To)); err != nil {
			return err
		}
		s.overTo = hotline.PersonID(f.To)
		return nil
	})
}

// end begins the wrap-up, or saves the outcome and closes.
func (c *console) end(ctx context.Context, f End) error {
	return c.with(ctx, f.Contact, func(s *shown) error {
		if f.Outcome == "" {
			return c.endNow(ctx, s)
		}
		if s.row.State == contact.Live { // ended and saved by one press
			if err := c.endNow(ctx, s); err != nil && !errors.Is(err, contact.ErrState) {
				return err
			}
		}
		known := false
		for _, code := range outcomes() {
			known = known || code == f.Outcome
		}
		if !known {
			return errFrame
		}
		if err := c.close(ctx, s, f.Outcome); err != nil {
			return err
		}
		if f.KeepOut && f.Outcome == "abusive" && c.d.Outside != nil {
			return c.d.Outside.KeepOut(ctx, c.me.ID, s.row.ID)
		}
		return nil
	})
}

// endNow begins the wrap-up, and hangs up.
func (c *console) endNow(ctx context.Context, s *shown) error {
	if err := c.d.Book.EndNow(ctx, hotline.Actor(c.me.ID), s.row.ID); err != nil {
		return err
	}
	return c.hangUp(ctx, s)
}

// letIn lets somebody in again whom an alert says is kept out.
func (c *console) letIn(ctx context.Context, alert string) error {
	all, err := c.d.Book.Alerts(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.ID == alert && a.Kind == contact.KeptOut && c.d.Outside != nil {
			return c.d.Outside.LetIn(ctx, c.me.ID, a.Contact)
		}
	}
	return contact.ErrState
}

func (c *console) close(ctx context.Context, s *shown, outcome string) error {
	head, err := s.record.Head(ctx)
	if err != nil {
		return err
	}
	if err := c.settled(ctx, s, &head); err != nil {
		return err
	}
	swap, err := c.ring.Settle(s.words, s.record, c.me.ID)
	if err != nil {
		return err
	}
	head.Outcome = outcome
	head.Facts = form.Closing(head.Facts, s.row.Channel, s.row.Lang)
	return c.d.Book.CloseNow(ctx, s.row.ID, contact.Outcome{By: c.me.ID, Head: head, Key: s.record.HeadKey(), Swap: swap})
}

// join lets a supervisor read along, or ends it.
func (c *console) join(ctx context.Context, f Join) error {
	id := hotline.ContactID(f.Contact)
	if err := c.d.Book.Accompany(ctx, c.me.ID, id, !f.Leave); err != nil {
		return err
	}
	if s, ok := c.shown[id]; ok {
		return c.refresh(ctx, s, true)
	}
	if f.Leave {
		return nil
	}
	delete(c.shut, id)
	return c.begin(ctx, id)
}

// enter is what the person says of herself.
func (c *console) enter(ctx context.Context, state string) error {
	if state != staff.Ready && state != staff.Break && state != staff.Away {
		return errFrame
	}
	if err := c.d.Staff.Enter(ctx, c.me.ID, c.d.cfg.Node, state); err != nil {
		return err
	}
	c.told.me = Me{} // she is told, changed or not
	c.d.hub.wake()
	return nil
}

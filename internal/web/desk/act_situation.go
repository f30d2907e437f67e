package desk

import (
	"context"
	"errors"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// situate does what is asked about situations. ok is false for every other frame.
func (c *console) situate(ctx context.Context, frame any) (id string, ok bool, err error) {
	if !ofSituations(frame) {
		return "", false, nil
	}
	if c.d.Situations == nil || !takes(c.me) {
		return "", true, errRole
	}
	id, err = c.situates(ctx, frame)
	return id, true, err
}

func (c *console) situates(ctx context.Context, frame any) (id string, err error) {
	b := c.d.Situations
	switch f := frame.(type) {
	case AskSituations:
		c.list = !f.Leave
		return "", c.tellList(ctx)
	case OpenSituation:
		if f.Leave {
			c.at = nil
			return f.ID, nil
		}
		return f.ID, c.openSituation(ctx, hotline.SituationID(f.ID))
	case Attach:
		return f.Contact, c.attach(ctx, f)
	case Unlink:
		return f.Contact, c.did("unlink", f.Contact, f.Situation, b.Unlink(ctx, c.ring, hotline.SituationID(f.Situation), hotline.ContactID(f.Contact), seal.Conceal(f.Note)))
	case PutPart:
		p := situation.Said{Of: f.ID, Kind: f.Kind, About: hotline.ContactID(f.Whom), Version: f.Version, Role: seal.Conceal(f.Text)}
		if f.Named {
			names := seal.Conceal(f.Note)
			p.Detail = &names
		}
		return f.ID, c.did("part", f.ID, f.Situation, b.Say(ctx, c.ring, hotline.SituationID(f.Situation), p))
	case DropPart:
		return f.ID, c.did("drop", f.ID, f.Situation, b.Drop(ctx, c.ring, hotline.SituationID(f.Situation), f.ID))
	case AskNames:
		return f.ID, c.names(ctx, f)
	case Write:
		return f.ID, c.did("write", f.ID, f.Situation, b.Write(ctx, c.ring, hotline.SituationID(f.Situation), f.ID, f.Kind, seal.Conceal(f.Text)))
	case PutTask:
		t := situation.Task{ID: f.ID, Contact: hotline.ContactID(f.Whom), Due: f.Due, Person: hotline.PersonID(f.Person), Text: seal.Conceal(f.Text)}
		return f.ID, c.did("task", f.ID, f.Situation, b.Assign(ctx, c.ring, hotline.SituationID(f.Situation), t))
	case DoTask:
		return f.ID, c.did("done", f.ID, "", b.Done(ctx, c.me.ID, f.ID, f.Again))
	case TurnSituation:
		turn := b.Close
		if f.Open {
			turn = b.Reopen
		}
		return f.ID, c.did("turn", f.ID, f.ID, turn(ctx, c.ring, hotline.SituationID(f.ID), seal.Conceal(f.Text)))
	case Knows:
		return f.ID, c.knows(ctx, f)
	default:
		return c.reading(ctx, frame)
	}
}

// reading does what is asked about words of closed contacts.
func (c *console) reading(ctx context.Context, frame any) (id string, err error) {
	b := c.d.Situations
	switch f := frame.(type) {
	case AskReading:
		why := f.Why
		if f.Note != "" {
			why += ": " + f.Note
		}
		return f.Contact, c.did("reading", f.Contact, f.Situation, b.AskReading(ctx, c.ring, hotline.SituationID(f.Situation), hotline.ContactID(f.Contact), seal.Conceal(why)))
	case GiveReading:
		return f.ID, c.may(func() error { return c.did("give", f.ID, "", b.GiveReading(ctx, c.ring, f.ID, f.No)) })
	case ShowHer:
		return f.ID, c.showHer(ctx, f)
	case Answered:
		return f.ID, c.did("answered", f.ID, "", c.d.Book.Answered(ctx, c.me.ID, f.ID))
	case PutPromise:
		return f.Contact, c.with(ctx, f.Contact, func(s *shown) error { return c.d.Book.Promise(ctx, hotline.Actor(c.me.ID), s.row.ID, f.Until) })
	case Forget:
		return f.Contact, c.may(func() error { return c.did("forget", f.Contact, "", c.forget(ctx, hotline.ContactID(f.Contact))) })
	case Read:
		return f.Contact, c.readClosed(ctx, f)
	default:
		return "", errFrame
	}
}

// did answers what has changed something, so that what was asked is always answered.
func (c *console) did(of, id, in string, err error) error {
	if err == nil {
		c.push(DoneFrame{Of: of, ID: id, Situation: in})
	}
	return err
}

// attach links a contact of this desk, or one of a situation that is shown.
func (c *console) attach(ctx context.Context, f Attach) error {
	id := hotline.ContactID(f.Contact)
	to := hotline.SituationID(f.Situation)
	var err error
	if to == "" {
		var made situation.Situation
		made, err = c.d.Situations.Create(ctx, c.ring, id)
		to = made.ID
	} else {
		err = c.d.Situations.Link(ctx, c.ring, to, id)
	}
	if err := c.did("link", f.Contact, string(to), err); err != nil {
		return err
	}
	if s, ok := c.shown[id]; ok {
		return c.refresh(ctx, s, true)
	}
	return nil
}

// openSituation shows one; the one before is left.
func (c *console) openSituation(ctx context.Context, id hotline.SituationID) error {
	c.at = nil
	w, err := c.d.Situations.Open(ctx, c.ring, id, "desk")
	if why := notShown(err); why != "" {
		c.push(SituationFrame{ID: string(id), Gone: why})
		return nil
	}
	if err != nil {
		return err
	}
	c.at = w
	return c.tellSituation(ctx)
}

// notShown says why a situation is not shown, where that is nobody's fault.
func notShown(err error) string {
	switch {
	case errors.Is(err, vault.ErrConflict):
		return "knows"
	case errors.Is(err, vault.ErrGrant):
		return "closed"
	case errors.Is(err, situation.ErrMissing), errors.Is(err, vault.ErrNoSituation):
		return "missing"
	}
	return ""
}

// situationMoved reads anew what this desk shows of situations.
func (c *console) situationMoved(ctx context.Context, id hotline.SituationID) error {
	if !c.greeted {
		return nil
	}
	if c.at != nil && (c.at.ID == id || id == "") {
		at := c.at.ID
		w, err := c.d.Situations.Again(ctx, c.ring, c.at)
		if why := notShown(err); why != "" {
			c.at = nil
			c.push(SituationFrame{ID: string(at), Gone: why})
			return nil
		}
		if err != nil {
			return err
		}
		c.at = w
		if err := c.tellSituation(ctx); err != nil {
			return err
		}
	}
	for _, s := range c.shown {
		if s.row.Situation == id {
			if err := c.refresh(ctx, s, true); err != nil {
				return err
			}
			c.aroundAgain(ctx, s)
		}
	}
	if !c.list {
		return nil
	}
	return c.tellList(ctx)
}

// lookSituations reads anew what has changed, where no hint came.
func (c *console) lookSituations(ctx context.Context) error {
	if c.d.Situations == nil {
		return nil
	}
	if c.at != nil {
		m, err := c.d.Situations.Mark(ctx, c.at.ID)
		if err != nil {
			return err
		}
		if m != c.markAt || c.helpIn(c.at) != c.helpAt {
			return c.situationMoved(ctx, c.at.ID)
		}
	}
	if !c.list {
		return nil
	}
	m, err := c.d.Situations.MarkAll(ctx)
	if err != nil || m == c.markList {
		return err
	}
	return c.tellList(ctx)
}

// names shows the names and addresses of a part, for a reason that stands in the log.
func (c *console) names(ctx context.Context, f AskNames) error {
	text, err := c.d.Situations.Detail(ctx, c.ring, hotline.SituationID(f.Situation), f.ID, f.Why)
	if err != nil {
		return err
	}
	c.push(NamesFrame{ID: f.ID, Situation: f.Situation, Text: plain(text)})
	return nil
}

// knows closes a situation to this person, or, by a supervisor, opens it to somebody again. Her
// own live contacts in it go to somebody else.
func (c *console) knows(ctx context.Context, f Knows) error {
	id := hotline.SituationID(f.ID)
	if f.Person != "" {
		return c.may(func() error {
			return c.did("knows", f.ID, f.ID, c.d.Situations.Lift(ctx, c.me.ID, id, hotline.PersonID(f.Person)))
		})
	}
	if err := c.d.Situations.Conflict(ctx, c.me.ID, id); err != nil {
		return err
	}
	for _, s := range c.shown {
		if s.row.Situation != id {
			continue
		}
		if s.row.Advocate == c.me.ID && s.row.State == contact.Live {
			if err := c.d.Book.HandBackNow(ctx, c.me.ID, s.row.ID); err != nil && !errors.Is(err, contact.ErrState) {
				return err
			}
		}
		if slices.Contains(s.readers, c.me.ID) {
			if err := c.d.Book.Accompany(ctx, c.me.ID, s.row.ID, false); err != nil {
				return err
			}
		}
		c.leave(s, "knows")
		c.shut[s.row.ID] = s.row.Epoch
	}
	return c.did("knows", f.ID, f.ID, nil)
}

// readClosed shows what was said and written in a contact that has left all desks. The reason
// stands in the log.
func (c *console) readClosed(ctx context.Context, f Read) error {
	id := hotline.ContactID(f.Contact)
	row, record, err := c.d.Book.Shown(ctx, id)
	if err == nil && row.State == contact.Erased {
		err = shred.ErrShredded // gone, whoever may have read it
	}
	if err != nil {
		return err
	}
	words, err := c.ring.Open(ctx, vault.Ref{Contact: id}, "read: "+f.Why)
	if err != nil {
		return err
	}
	out := WordsFrame{Contact: f.Contact, Messages: []Message{}, Notes: []Note{}}
	rows, err := c.d.Book.Thread(ctx, id, 0, mostNewest)
	if err != nil {
		return err
	}
	s := &shown{words: words, ours: map[string]string{}}
	for _, row := range rows {
		m, err := c.message(s, row)
		if err != nil {
			return err
		}
		out.Messages = append(out.Messages, m)
	}
	if record {
		if out.Notes, err = c.notesOf(ctx, id, f.Why); err != nil {
			return err
		}
	}
	c.push(out)
	return nil
}

// notesOf opens what we wrote about a contact, through the situation where that is shown.
func (c *console) notesOf(ctx context.Context, id hotline.ContactID, why string) ([]Note, error) {
	out := []Note{}
	open := c.ring.Open
	if c.at != nil {
		open = c.at.Key.Open
	}
	record, err := open(ctx, vault.Ref{Contact: id, Record: true}, "read: "+why)
	if errors.Is(err, vault.ErrGrant) || errors.Is(err, shred.ErrShredded) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	notes, err := c.d.Book.Notes(ctx, id)
	for _, n := range notes {
		text, err := record.Note(n)
		if err != nil {
			return nil, err
		}
		out = append(out, Note{At: n.At, By: c.pic.name(n.By), Text: plain(text)})
	}
	return out, err
}

// forget destroys what we wrote about a closed contact, for which she has asked.
func (c *console) forget(ctx context.Context, id hotline.ContactID) error {
	row, err := c.d.Book.Find(ctx, id)
	if err != nil {
		return err
	}
	asked, err := c.d.Book.WantsErased(ctx, id)
	if err != nil {
		return err
	}
	if !asked {
		return contact.ErrRequest
	}
	err = c.d.Book.ForgetRecord(ctx, hotline.Actor(c.me.ID), id, func(tx db.Tx) error {
		return errors.Join(emergency.Forget(tx, id), protocol.Forget(tx, id), safety.Forget(tx, id), situation.Forget(tx, string(id)))
	})
	if errors.Is(err, contact.ErrKeep) { // the law holds it, and nobody at the desk learns of that
		return c.d.Book.ForgetWhenFree(ctx, hotline.Actor(c.me.ID), id)
	}
	if err != nil {
		return err
	}
	return c.d.Book.Shred(ctx, row.ShredS)
}

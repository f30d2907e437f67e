package desk

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// deciding is a contact whose decisions this desk shows: one of its own, or one that was
// opened for them.
type deciding struct {
	id     hotline.ContactID
	handle string
	key    *vault.Key
	acts   bool  // this person may decide and send
	n      int64 // acts that the desk has been told of
	told   DecisionsFrame
}

// decidingOf is a contact as this desk has it now: what was opened for its decisions alone
// may have come to this desk since, or have been taken from it.
func (c *console) decidingOf(ctx context.Context, id string) (*deciding, error) {
	if s, ok := c.shown[hotline.ContactID(id)]; ok {
		delete(c.decisions, s.row.ID)
		return c.decidesOn(s), nil
	}
	d, ok := c.decisions[hotline.ContactID(id)]
	if !ok {
		return nil, contact.ErrMissing
	}
	row, err := c.d.Book.Find(ctx, d.id)
	d.acts = c.supervises || row.Advocate == c.me.ID
	return d, err
}

// decidesOn is a contact of this desk's.
func (c *console) decidesOn(s *shown) *deciding {
	s.decided.id, s.decided.handle, s.decided.key = s.row.ID, s.row.Handle, s.record
	s.decided.acts = s.view.Mine || c.supervises
	return &s.decided
}

// second reports whether this person may be somebody's second person: a supervisor, or
// one of whom the line has said so.
func (c *console) second() bool {
	return c.supervises || takes(c.me) && slices.Contains(c.me.Skills, policy.SecondSkill)
}

// tellDecisions shows what was decided about a contact, where that has changed. What is not
// as it was written is said, and nothing of it shown.
func (c *console) tellDecisions(ctx context.Context, d *deciding, always bool) error {
	if c.d.Decisions == nil {
		return nil
	}
	n, err := c.d.Decisions.Acts(ctx, string(d.id))
	if err != nil {
		return err
	}
	all, err := c.d.Decisions.Of(ctx, string(d.id), d.key)
	f := DecisionsFrame{Contact: string(d.id), Handle: d.handle, All: []DecisionView{}}
	switch {
	case errors.Is(err, policy.ErrPutBack), errors.Is(err, box.ErrOpen):
		f.Broken = true
		c.d.Log.ErrorContext(ctx, "what was decided is not as it was written", "contact", d.id, "err", err)
	case err != nil:
		return pass(err)
	}
	now := c.now(ctx)
	for i := range all {
		f.All = append(f.All, c.decisionOf(&all[i], d.acts, now))
	}
	was := len(d.told.All) > 0 || d.told.Broken
	d.n = n
	if always || (was || len(f.All) > 0 || f.Broken) && !reflect.DeepEqual(f, d.told) {
		d.told = f
		c.push(f)
	}
	return nil
}

// decided shows what was decided about a contact of this desk. What is wrong with it stops
// nobody who talks with her.
func (c *console) decided(ctx context.Context, s *shown) {
	if err := c.tellDecisions(ctx, c.decidesOn(s), false); err != nil && ctx.Err() == nil {
		c.d.Log.ErrorContext(ctx, "what was decided is not shown", "contact", s.row.ID, "err", err)
	}
}

// decidedAbout follows a hint.
func (c *console) decidedAbout(ctx context.Context, id hotline.ContactID) error {
	if !c.greeted {
		return nil
	}
	if s, ok := c.shown[id]; ok {
		delete(c.decisions, id) // it was opened before it came to this desk
		c.decided(ctx, s)
	} else if d, ok := c.decisions[id]; ok {
		return c.decidedElsewhere(ctx, d)
	}
	return nil
}

// decidedElsewhere looks whether a colleague has added an act: a lost hint costs one poll.
func (c *console) decidedElsewhere(ctx context.Context, d *deciding) error {
	if c.d.Decisions == nil {
		return nil
	}
	n, err := c.d.Decisions.Acts(ctx, string(d.id))
	if err == nil && n != d.n {
		err = c.tellDecisions(ctx, d, false)
	}
	return err
}

// decisionOf is a decision as it stands, and what this person may do with it.
func (c *console) decisionOf(d *policy.Decision, acts bool, now int64) DecisionView {
	v := DecisionView{
		ID: d.ID, State: string(d.State), Demands: d.Demands(), Due: d.DueBy(), SecondBy: d.SecondBy(), Report: d.Report, Ground: string(d.Ground),
		By: c.pic.name(d.By), Second: c.pic.name(d.Second), Entries: entriesOf(d.Said), Acts: []ActView{}, May: []string{}, Grounds: []string{}, Others: strs(policy.Grounds(false)),
	}
	for _, a := range d.Acts {
		v.Acts = append(v.Acts, ActView{
			Kind: string(a.Kind), At: a.At, By: c.pic.name(a.By), Report: a.Report, Ground: string(a.Ground), How: string(a.How), To: plain(a.To), Words: plain(a.Words),
		})
	}
	try := func(a policy.Act) bool {
		a.By, a.At, a.Words, a.To = c.me.ID, max(now, d.Acts[len(d.Acts)-1].At), seal.Conceal("-"), seal.Conceal("-")
		_, err := d.After(a)
		return err == nil && c.mayAct(a.Kind, acts) == nil
	}
	for _, g := range policy.Grounds(true) {
		if try(policy.Act{Kind: policy.Decide, Report: true, Ground: g}) {
			v.Grounds = append(v.Grounds, string(g))
		}
	}
	if len(v.Grounds) > 0 {
		v.May = append(v.May, string(policy.Decide))
	}
	for _, k := range []policy.ActKind{policy.Counsel, policy.Confirm, policy.Contest, policy.Send, policy.Prove, policy.Feedback} {
		if try(policy.Act{Kind: k, How: policy.Print}) {
			v.May = append(v.May, string(k))
		}
	}
	v.Alone = d.Second == ""
	return v
}

// mayAct says whether this person may do a kind of act: a second person speaks of what
// another has decided; everything else is of who has the contact, or supervises. That she
// is not her own second person the decision itself knows.
func (c *console) mayAct(k policy.ActKind, acts bool) error {
	ok := acts
	if k == policy.Confirm || k == policy.Contest {
		ok = c.second()
	}
	if !ok {
		return errRole
	}
	return nil
}

// clocks shows, to whoever may be a second person, the decisions whose clock runs.
func (c *console) clocks() {
	if c.d.Decisions == nil || !c.second() {
		return
	}
	f := ClocksFrame{Rows: []ClockRow{}}
	for _, l := range c.pic.clocks {
		row := ClockRow{ID: l.ID, Contact: l.Owner, Due: l.DueBy, SecondBy: l.SecondBy}
		if w, ok := c.pic.find(hotline.ContactID(l.Owner)); ok {
			if slices.Contains(c.pic.blocked[w.Situation], c.me.ID) {
				continue
			}
			row.Handle, row.With = w.Handle, c.pic.holder(w.Contact)
		}
		_, row.Here = c.shown[hotline.ContactID(l.Owner)]
		f.Rows = append(f.Rows, row)
	}
	if !reflect.DeepEqual(f.Rows, c.told.clocks) && len(f.Rows)+len(c.told.clocks) > 0 {
		c.told.clocks = f.Rows
		c.push(f)
	}
}

// ownerOf is what the decisions of a contact are about, as its record stands now.
func ownerOf(id hotline.ContactID, k *vault.Key, head contact.Head) policy.Owner {
	o := recordOwner(id, k, head)
	return policy.Owner{ID: o.ID, Allow: o.Allow}
}

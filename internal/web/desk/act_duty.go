package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// report does what a frame asks about the duty to report. It reports whether it was such a
// frame.
func (c *console) report(ctx context.Context, frame any) (id string, ours bool, err error) {
	switch f := frame.(type) {
	case PutLearned:
		return f.Contact, true, c.putLearned(ctx, f)
	case AskBefore:
		return f.Contact, true, c.before(ctx, f)
	case BeginDecision:
		return f.Contact, true, c.begins(ctx, f)
	case PutAct:
		return f.ID, true, c.putAct(ctx, f)
	case OpenDecisions:
		return f.Contact, true, c.openDecisions(ctx, f)
	default:
		return "", false, nil
	}
}

// putLearned notes what only the law asks, as long as this desk shows the contact; what is
// decided by it stands in the decision.
func (c *console) putLearned(ctx context.Context, f PutLearned) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	b, err := c.bench(ctx)
	if err != nil {
		return err
	}
	if f.Where != "" && !b.knows(policy.Place(f.Where)) || f.Degree != "" && !slices.Contains(policy.Degrees(), policy.Degree(f.Degree)) ||
		!among(f.Harms, policy.Harms()) || !among(f.Conditions, askable()) || !among(f.Excuses, policy.Excuses()) {
		return errFrame
	}
	at := s.law.at
	if at == 0 && len(f.Harms) > 0 {
		at = c.now(ctx)
	}
	s.law = lawSaid{f, at}
	s.asks = DutyFrame{} // it is told again, whatever came of it
	c.duty(ctx, s)
	return nil
}

// among reports whether all are codes of a list.
func among[C ~string](all []string, of []C) bool {
	return !slices.ContainsFunc(all, func(s string) bool { return !slices.Contains(of, C(s)) })
}

// recordOwner owns the record of a contact.
func recordOwner(id hotline.ContactID, k *vault.Key, head contact.Head) situation.Owner {
	return situation.OfContact(id, k, head.N)
}

// begins notes what the rules of a place say, with all their words: the first act of a
// decision.
func (c *console) begins(ctx context.Context, f BeginDecision) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	if c.d.Decisions == nil || s.filed == nil {
		return policy.ErrDecision
	}
	if err := c.mayAct(policy.Notice, s.view.Mine || c.supervises); err != nil {
		return err
	}
	b, err := c.bench(ctx)
	if err != nil {
		return err
	}
	if !b.knows(policy.Place(f.Where)) {
		return errFrame
	}
	_, l, err := c.learned(ctx, s, b)
	if err != nil {
		return err
	}
	l.Place, l.At = policy.Place(f.Where), b.in(policy.Place(f.Where), l.At.UnixMilli())
	return c.decides(ctx, s.record, s.row.ID, func(o policy.Owner) error {
		_, err := c.d.Decisions.Begin(ctx, c.me.ID, o, s.record, f.ID, b.laws.Match(l))
		return err
	})
}

// decides does something to what was decided, by the head as it stands: once more where it
// has moved on meanwhile. Whatever came of it, the desk is told how it stands.
func (c *console) decides(ctx context.Context, k *vault.Key, id hotline.ContactID, do func(policy.Owner) error) error {
	var err error
	for range 2 {
		var head contact.Head
		if head, err = k.Head(ctx); err != nil {
			return err
		}
		if err = do(ownerOf(id, k, head)); !errors.Is(err, situation.ErrHead) {
			break
		}
	}
	d, found := c.decidingOf(ctx, string(id))
	if found != nil {
		return errors.Join(err, found)
	}
	return errors.Join(err, c.tellDecisions(ctx, d, true))
}

// putAct adds an act. Whoever is refused because a colleague was there first sees what she
// did, and what was typed stays where it was typed.
func (c *console) putAct(ctx context.Context, f PutAct) error {
	d, err := c.decidingOf(ctx, f.Contact)
	if err != nil {
		return err
	}
	a := policy.Act{Kind: policy.ActKind(f.Kind), Report: f.Report, Ground: policy.Ground(f.Ground), How: policy.Means(f.How)}
	if c.d.Decisions == nil || a.Kind == policy.Notice {
		return policy.ErrAct
	}
	if err := c.mayAct(a.Kind, d.acts); err != nil {
		return err
	}
	if to := strings.TrimSpace(f.Name); to != "" {
		a.To = seal.Conceal(to)
	}
	if words := strings.TrimSpace(f.Note); words != "" {
		a.Words = seal.Conceal(words)
	}
	return c.decides(ctx, d.key, d.id, func(o policy.Owner) error {
		_, err := c.d.Decisions.Take(ctx, c.me.ID, o, d.key, f.ID, int(f.Seen), a)
		return err
	})
}

// openDecisions opens what was decided about a contact that is not on this desk: by a key
// that opens it to this person, through the situation where that is shown. The reason
// stands in the log.
func (c *console) openDecisions(ctx context.Context, f OpenDecisions) error {
	id := hotline.ContactID(f.Contact)
	if f.Leave {
		delete(c.decisions, id)
		return nil
	}
	if c.d.Decisions == nil || !takes(c.me) {
		return errRole
	}
	if s, ok := c.shown[id]; ok {
		return c.tellDecisions(ctx, c.decidesOn(s), true)
	}
	if !slices.Contains([]string{"second", "due", "asked", "other"}, f.Why) {
		return errWhy
	}
	open := c.ring.Open
	if c.at != nil && slices.ContainsFunc(c.at.Parts, func(p situation.Part) bool { return p.Contact.ID == id }) {
		open = c.at.Key.Open
	}
	record, err := open(ctx, vault.Ref{Contact: id, Record: true}, "decisions: "+f.Why)
	if errors.Is(err, vault.ErrGrant) || errors.Is(err, vault.ErrConflict) {
		c.push(DecisionsFrame{Contact: f.Contact, All: []DecisionView{}, Gone: true})
		return nil
	}
	if err != nil {
		return err
	}
	row, err := c.d.Book.Find(ctx, id)
	if err != nil {
		return err
	}
	d := &deciding{id: id, handle: row.Handle, key: record, acts: c.supervises || row.Advocate == c.me.ID}
	c.decisions[id] = d
	return c.tellDecisions(ctx, d, true)
}

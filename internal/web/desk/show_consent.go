package desk

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/situation"
)

// consentsShown is what a desk was told of a contact's consents, and how far that had come.
type consentsShown struct {
	frame  ConsentsFrame
	n      int64
	around *situation.Whole // of which the others are shown too; nil: nobody has asked
}

// consents shows what a contact has said of what may be passed on, where it has changed.
// What is wrong with it stops nobody who talks with her.
func (c *console) consents(ctx context.Context, s *shown) {
	if c.d.Consents == nil {
		return
	}
	id := string(s.row.ID)
	heads, handles, place := map[string]consent.Opened{}, map[string]string{}, map[string]int{}
	if s.passed.around != nil && s.passed.around.ID != s.row.Situation {
		s.passed.around = nil // it belongs to another one since, or to none
	}
	if s.passed.around == nil && c.speaksForOthers(ctx, s) { // whether that counts, the others say
		s.passed.around, _ = c.d.Situations.Around(ctx, c.ring, s.row.Situation, "consents")
	}
	if s.passed.around != nil {
		heads = maps.Clone(s.passed.around.Heads())
		handles, place = handlesOf(s.passed.around)
	}
	heads[id], handles[id], place[id] = s.record.OfHead(), s.row.Handle, -1 // hers first
	f, n, err := c.consentsOf(ctx, id, heads, handles, place)
	if err != nil {
		if pass(err) != nil && ctx.Err() == nil {
			c.d.Log.ErrorContext(ctx, "consents are not shown", "contact", s.row.ID, "err", err)
		}
		return
	}
	s.passed.n = n[id]
	if !reflect.DeepEqual(f, s.passed.frame) {
		s.passed.frame = f
		c.push(f)
	}
}

// speaksForOthers reports whether somebody in a situation has spoken for another, and nobody
// has said that she writes herself.
func (c *console) speaksForOthers(ctx context.Context, s *shown) bool {
	if c.d.Situations == nil || s.row.Situation == "" {
		return false
	}
	l, err := c.d.Consents.Read(ctx, string(s.row.ID), s.record.OfHead())
	return err == nil && slices.ContainsFunc(l.Others(), func(o consent.Someone) bool { return o.Herself == "" })
}

// aroundAgain opens the situation anew, of which something has changed, beside a contact that
// shows what the others in it have said.
func (c *console) aroundAgain(ctx context.Context, s *shown) {
	if s.passed.around == nil {
		return
	}
	s.passed.around, _ = c.d.Situations.Around(ctx, c.ring, s.passed.around.ID, "consents")
	c.consents(ctx, s)
}

// consentsIn shows what was said in the situation that is open.
func (c *console) consentsIn(ctx context.Context) error {
	if c.d.Consents == nil || c.at == nil {
		return nil
	}
	handles, place := handlesOf(c.at)
	f, _, err := c.consentsOf(ctx, string(c.at.ID), c.at.Heads(), handles, place)
	if err != nil {
		return pass(err)
	}
	c.push(f)
	return nil
}

// handlesOf are how staff call those in a situation, and in which order they come; what is
// nobody's alone comes last.
func handlesOf(w *situation.Whole) (handles map[string]string, place map[string]int) {
	handles, place = map[string]string{string(w.ID): w.Handle}, map[string]int{string(w.ID): len(w.Parts)}
	for i, p := range w.Parts {
		if p.Kind == situation.ContactPart {
			handles[p.Of], place[p.Of] = p.Contact.Handle, i
		}
	}
	return handles, place
}

// consentsOf opens what was said, by whose it is. One that was put back is shown as such.
func (c *console) consentsOf(ctx context.Context, of string, heads map[string]consent.Opened, handles map[string]string, place map[string]int) (ConsentsFrame, map[string]int64, error) {
	out := ConsentsFrame{Of: of, All: []ConsentGroup{}}
	w, old, err := c.d.Consents.Look(ctx, heads)
	if err != nil {
		return out, nil, err
	}
	ns := map[string]int64{}
	for owner, l := range w {
		ns[owner] = l.N
	}
	now := c.now(ctx)
	owners := slices.SortedFunc(maps.Keys(heads), func(a, b string) int { return place[a] - place[b] })
	for _, owner := range owners {
		g := ConsentGroup{Owner: owner, Handle: handles[owner], N: w[owner].N, Old: old[owner], Items: []Consent{}, Others: []ConsentSomeone{}}
		for _, i := range slices.Backward(w[owner].Items()) {
			g.Items = append(g.Items, c.consentOf(w, owner, i, now))
		}
		for _, s := range w[owner].Others() {
			g.Others = append(g.Others, someone(w, owner, s, handles))
		}
		out.All = append(out.All, g)
	}
	return out, ns, nil
}

// someone is somebody another has spoken for, with the contacts that may be she.
func someone(w consent.Whole, owner string, s consent.Someone, handles map[string]string) ConsentSomeone {
	v := ConsentSomeone{ID: s.ID, Label: s.Label, Herself: string(s.Herself), MayBe: []ConsentMaybeShe{}}
	for _, id := range w.MayBe(owner, s.ID) {
		if handle, there := handles[id]; there && s.Herself == "" {
			v.MayBe = append(v.MayBe, ConsentMaybeShe{id, handle})
		}
	}
	return v
}

func (c *console) consentOf(w consent.Whole, owner string, i consent.Item, now int64) Consent {
	v := Consent{
		ID: i.ID, Kind: string(i.Kind), State: w.State(owner, i, now), For: i.For, Say: i.Label, What: []string{}, Name: i.Terms.To, Purpose: string(i.Terms.Purpose),
		Until: i.Until, How: string(i.How), Ground: string(i.Ground), Text: i.Words, By: c.pic.name(i.By), At: i.At,
		SecondBy: i.SecondBy(), May: i.MaySecond(c.me.ID, c.supervises),
	}
	for _, s := range i.Terms.What {
		v.What = append(v.What, string(s))
	}
	if i.Second.Kind != "" {
		v.Second, v.SecondAt, v.Why = c.pic.name(i.Second.By), i.Second.At, i.Second.Words
	}
	if i.Ended.Kind != "" {
		v.EndedBy, v.EndedAt, v.Why = c.pic.name(i.Ended.By), i.Ended.At, i.Ended.Words
	}
	return v
}

// consentedElsewhere looks whether a colleague has written: a lost hint costs one poll.
func (c *console) consentedElsewhere(ctx context.Context, s *shown) error {
	if c.d.Consents == nil {
		return nil
	}
	n, err := c.d.Consents.Version(ctx, string(s.row.ID))
	if err == nil && n != s.passed.n {
		c.consents(ctx, s)
	}
	return err
}

// consentMoved shows at once, on every desk that shows it, what somebody has written.
func (c *console) consentMoved(ctx context.Context, owner string) error {
	if !c.greeted {
		return nil
	}
	for _, s := range c.shown {
		beside := string(s.row.ID) == owner
		if s.passed.around != nil && !beside {
			_, beside = s.passed.around.Heads()[owner]
		}
		if beside {
			c.consents(ctx, s)
		}
	}
	if c.at != nil {
		if _, in := c.at.Heads()[owner]; in {
			return c.consentsIn(ctx)
		}
	}
	return nil
}

package desk

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/situation"
)

// consentsShown is what a desk was told of a contact's consents, and how far that had come.
type consentsShown struct {
	frame ConsentsFrame
	n     int64
}

// consents shows what a contact has said of what may be passed on, where it has changed.
// What is wrong with it stops nobody who talks with her.
func (c *console) consents(ctx context.Context, s *shown) {
	if c.d.Consents == nil {
		return
	}
	id := string(s.row.ID)
	f, n, err := c.consentsOf(ctx, id, map[string]consent.Opened{id: s.record.OfHead()}, map[string]string{id: s.row.Handle})
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

// consentsIn shows what was said in the situation that is open.
func (c *console) consentsIn(ctx context.Context) error {
	if c.d.Consents == nil || c.at == nil {
		return nil
	}
	handles := map[string]string{string(c.at.ID): c.at.Handle}
	place := map[string]int{string(c.at.ID): len(c.at.Parts)} // what is nobody's alone comes last
	for i, p := range c.at.Parts {
		if p.Kind == situation.ContactPart {
			handles[p.Of], place[p.Of] = p.Contact.Handle, i
		}
	}
	f, _, err := c.consentsOf(ctx, string(c.at.ID), c.at.Heads(), handles)
	if err != nil {
		return pass(err)
	}
	slices.SortStableFunc(f.All, func(a, b ConsentGroup) int { return place[a.Owner] - place[b.Owner] })
	c.push(f)
	return nil
}

// consentsOf opens what was said, by whose it is. One that was put back is shown as such.
func (c *console) consentsOf(ctx context.Context, of string, heads map[string]consent.Opened, handles map[string]string) (ConsentsFrame, map[string]int64, error) {
	out := ConsentsFrame{Of: of, All: []ConsentGroup{}}
	w, old, ns := consent.Whole{}, map[string]bool{}, map[string]int64{}
	for owner, key := range heads {
		l, err := c.d.Consents.Read(ctx, owner, key)
		if old[owner] = errors.Is(err, consent.ErrPutBack); err != nil && !old[owner] {
			return out, nil, err
		}
		w[owner], ns[owner] = l, l.N
	}
	now := c.now(ctx)
	for _, owner := range slices.Sorted(maps.Keys(heads)) {
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
	if s, ok := c.shown[hotline.ContactID(owner)]; ok {
		c.consents(ctx, s)
	}
	if c.at != nil {
		if _, in := c.at.Heads()[owner]; in {
			return c.consentsIn(ctx)
		}
	}
	return nil
}

package retention

import (
	"context"
	"errors"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// Legal is what a legal request does to what the line keeps: it has it searched, holds
// what was found, and gives out what must be produced. Whoever acts brings her ring, and
// says how many acts of the request she has seen.
type Legal struct {
	*Retention
	Desk *policy.LegalDesk
}

// NewLegal joins the desk to what it acts on.
func NewLegal(r *Retention, desk *policy.LegalDesk) *Legal { return &Legal{r, desk} }

// Begin enters a request.
func (l *Legal) Begin(ctx context.Context, ring *vault.Ring, a policy.LegalAct) (policy.Legal, error) {
	k, put, err := ring.NewLegal(ctx)
	if errors.Is(err, vault.ErrDenied) {
		err = ErrRole
	}
	if err != nil {
		return policy.Legal{}, err
	}
	return l.Desk.Begin(ctx, ring.Me(), k, put, a)
}

// Read opens a request, for the privacy team and for who is named for it.
func (l *Legal) Read(ctx context.Context, ring *vault.Ring, id, why string) (policy.Legal, *vault.Key, error) {
	row, err := l.Desk.Row(ctx, id)
	if err != nil {
		return policy.Legal{}, nil, err
	}
	k, err := ring.Legal(ctx, row.Object, why)
	if errors.Is(err, vault.ErrGrant) {
		err = ErrRole
	}
	if err != nil {
		return policy.Legal{}, nil, err
	}
	req, err := l.Desk.Read(ctx, k, id)
	return req, k, err
}

// begun opens a request for an act of the privacy officer, as she saw it.
func (l *Legal) begun(ctx context.Context, ring *vault.Ring, id string, seen int, kind policy.LegalKind) (policy.Legal, *vault.Key, error) {
	if !ring.Holds(hotline.Privacy) {
		return policy.Legal{}, nil, ErrRole
	}
	req, k, err := l.Read(ctx, ring, id, string(kind))
	if err == nil && len(req.Acts) != seen {
		err = policy.ErrLegalMoved
	}
	return req, k, err
}

// Act adds what changes nothing but the request.
func (l *Legal) Act(ctx context.Context, ring *vault.Ring, id string, seen int, a policy.LegalAct) error {
	if !slices.Contains([]policy.LegalKind{policy.Another, policy.ToldCounsel, policy.Neither, policy.Hands, policy.Empties, policy.Declines, policy.Tells}, a.Kind) {
		return policy.ErrLegalAct
	}
	_, k, err := l.begun(ctx, ring, id, seen, a.Kind)
	if err != nil {
		return err
	}
	_, err = l.Desk.Take(ctx, ring.Me(), k, id, seen, a)
	return err
}

// oftenHeld is how often a hold is set anew that another request has lifted meanwhile.
const oftenHeld = 5

// Keep holds contacts that were found: nothing of them is erased or destroyed from then
// on. What is gone already cannot be held, and is left out.
func (l *Legal) Keep(ctx context.Context, ring *vault.Ring, id string, seen int, ids []hotline.ContactID, why seal.Text, reason string) error {
	req, k, err := l.begun(ctx, ring, id, seen, policy.Holds)
	if err != nil {
		return err
	}
	if len(ids) == 0 || slices.ContainsFunc(ids, func(c hotline.ContactID) bool { return !slices.Contains(req.Found, c) }) || !req.May(policy.Holds, ring.Me()) {
		return policy.ErrLegalAct
	}
	for range oftenHeld {
		held, err := l.held(ctx, ring, ids, reason)
		if err != nil {
			return err
		}
		lifted := false
		_, err = l.Desk.Take(ctx, ring.Me(), k, id, seen, policy.LegalAct{Kind: policy.Holds, IDs: held, Words: why}, func(tx db.Tx) error {
			// Another request may have let go of one since: then it is not held by this one.
			still, err := contact.Held(tx, held...)
			if lifted = err == nil && len(still) < len(held); lifted {
				err = policy.ErrLegalMoved
			}
			return err
		})
		if !lifted {
			return err
		}
	}
	return policy.ErrLegalMoved
}

// held holds what can be held, and lists it.
func (l *Legal) held(ctx context.Context, ring *vault.Ring, ids []hotline.ContactID, reason string) (held []hotline.ContactID, err error) {
	for _, c := range ids {
		err := l.Hold(ctx, ring, c, reason)
		if gone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(held, c) {
			held = append(held, c)
		}
	}
	if len(held) == 0 {
		return nil, contact.ErrMissing
	}
	return held, nil
}

func gone(err error) bool {
	return errors.Is(err, shred.ErrShredded) || errors.Is(err, contact.ErrMissing)
}

// Release ends the hold of contacts. What another request holds too stays, also where it
// begins to in the same moment: then it is [policy.ErrLegalMoved], and nothing is let go.
func (l *Legal) Release(ctx context.Context, ring *vault.Ring, id string, seen int, ids []hotline.ContactID, why seal.Text, reason string) error {
	req, k, err := l.begun(ctx, ring, id, seen, policy.Lifts)
	if err != nil {
		return err
	}
	// Nothing is let go before it is sure that the act can be taken, and by her.
	a := policy.LegalAct{Kind: policy.Lifts, By: ring.Me(), At: req.Acts[len(req.Acts)-1].At, IDs: ids, Words: why}
	if _, err := req.After(a); err != nil {
		return err
	}
	others, err := l.others(ctx, ring, id, policy.Lifts)
	if err != nil {
		return err
	}
	loose := map[hotline.ContactID]audit.Leaf{}
	for _, c := range ids {
		if slices.ContainsFunc(others, func(o policy.Legal) bool { return slices.Contains(o.Held, c) }) {
			continue
		}
		var leaf audit.Leaf
		if leaf, err = l.loosen(ctx, ring, c, reason); gone(err) {
			err = nil
			continue
		}
		loose[c] = leaf
		if err != nil {
			break
		}
	}
	if err == nil {
		_, err = l.Desk.Take(ctx, ring.Me(), k, id, seen, a, func(tx db.Tx) error { return l.free(tx, id, ids, others, loose) })
	}
	after := l.around
	if err != nil {
		after = func(ctx context.Context, c hotline.ContactID) error { return l.tighten(ctx, ring, c) }
	}
	for c := range loose {
		err = errors.Join(err, after(ctx, c))
	}
	return err
}

// free lets go of the rows of contacts, if no other request has had an act since others
// were read. The contacts are locked first, as [Legal.Keep] does: of two at once one sees
// the other.
func (l *Legal) free(tx db.Tx, id string, ids []hotline.ContactID, others []policy.Legal, loose map[hotline.ContactID]audit.Leaf) error {
	if _, err := contact.Held(tx, ids...); err != nil {
		return err
	}
	if err := policy.SameOthers(tx, id, others); err != nil {
		return err
	}
	for c, leaf := range loose {
		if err := contact.SetHold(tx, c, false, leaf); err != nil && !errors.Is(err, contact.ErrMissing) {
			return err
		}
	}
	return nil
}

// others opens the requests that are open beside one.
func (l *Legal) others(ctx context.Context, ring *vault.Ring, but string, why policy.LegalKind) (out []policy.Legal, err error) {
	rows, err := l.Desk.Others(ctx, but)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		req, _, err := l.Read(ctx, ring, row.ID, string(why))
		if err != nil {
			return nil, err
		}
		out = append(out, req)
	}
	return out, nil
}

// Name names the supervisor who opens what must be produced. From then on she reads this
// request, and who was named before her does not.
func (l *Legal) Name(ctx context.Context, ring *vault.Ring, id string, seen int, to hotline.PersonID, why seal.Text) error {
	req, k, err := l.begun(ctx, ring, id, seen, policy.Names)
	if err != nil {
		return err
	}
	v, err := l.Authority.Current(ctx)
	if err != nil {
		return err
	}
	if who, ok := v.Roster[to]; !ok || who.Former || !slices.Contains(who.Teams, hotline.Supervisors) {
		return policy.ErrLegalRole
	}
	if to == ring.Me() {
		return policy.ErrLegalSecond
	}
	put, err := ring.Giving(ctx, k, to, "named for a legal request")
	if err != nil {
		return err
	}
	_, err = l.Desk.Take(ctx, ring.Me(), k, id, seen, policy.LegalAct{Kind: policy.Names, To: to, Words: why}, func(tx db.Tx) error {
		if req.Named == "" || req.Named == to {
			return nil
		}
		return vault.Ungrant(tx, req.Named, k.Object)
	}, put)
	return err
}

// Produce opens what must be produced, and gives it to the privacy officer who has named
// the supervisor: both halves of each contact that she asks for, and nothing else.
func (l *Legal) Produce(ctx context.Context, ring *vault.Ring, id string, seen int, objects []policy.LegalObject, why seal.Text, reason string) error {
	req, k, err := l.Read(ctx, ring, id, string(policy.Produces))
	if err != nil {
		return err
	}
	if len(req.Acts) != seen {
		return policy.ErrLegalMoved
	}
	a := policy.LegalAct{Kind: policy.Produces, By: ring.Me(), Objects: objects, To: namedBy(req), Words: why}
	a.At = req.Acts[len(req.Acts)-1].At
	if _, err := req.After(a); err != nil {
		return err
	}
	var puts []func(db.Tx) error
	give := func(ref vault.Ref) error {
		opened, err := ring.OpenByLaw(ctx, ref, reason)
		if err != nil {
			return err
		}
		put, err := ring.Giving(ctx, opened, a.To, "legal request: "+reason)
		puts = append(puts, put)
		return err
	}
	for _, o := range objects {
		if o.Words {
			if err := give(vault.Ref{Contact: o.Contact}); err != nil {
				return err
			}
		}
		if o.Record {
			if err := give(vault.Ref{Contact: o.Contact, Record: true}); err != nil {
				return err
			}
		}
	}
	_, err = l.Desk.Take(ctx, ring.Me(), k, id, seen, a, puts...)
	return err
}

// namedBy is the privacy officer who named the supervisor.
func namedBy(req policy.Legal) hotline.PersonID {
	for _, a := range slices.Backward(req.Acts) {
		if a.Kind == policy.Names {
			return a.By
		}
	}
	return ""
}

// End closes a request, and takes back what was granted for it. What another request has
// given to the same person too stays.
func (l *Legal) End(ctx context.Context, ring *vault.Ring, id string, seen int, words seal.Text) error {
	req, k, err := l.begun(ctx, ring, id, seen, policy.Closes)
	if err != nil {
		return err
	}
	others, err := l.others(ctx, ring, id, policy.Closes)
	if err != nil {
		return err
	}
	kept := map[given]bool{}
	for _, o := range others {
		for _, g := range gave(o) {
			kept[g] = true
		}
	}
	back := []func(db.Tx) error{func(tx db.Tx) error { return vault.Ungrant(tx, req.Named, k.Object) }}
	for _, g := range gave(req) {
		if kept[g] {
			continue
		}
		c, err := l.Book.Columns(ctx, g.contact)
		if errors.Is(err, contact.ErrMissing) {
			continue
		}
		if err != nil {
			return err
		}
		object := c.ShredK
		if g.record {
			object = c.ShredS
		}
		back = append(back, func(tx db.Tx) error { return vault.Ungrant(tx, g.to, object) })
	}
	_, err = l.Desk.Take(ctx, ring.Me(), k, id, seen, policy.LegalAct{Kind: policy.Closes, Words: words}, back...)
	return err
}

// given is one half of a contact that somebody was given.
type given struct {
	to      hotline.PersonID
	contact hotline.ContactID
	record  bool // what we wrote; else her words
}

// gave lists what was given for a request.
func gave(req policy.Legal) (out []given) {
	for _, a := range req.Acts {
		if a.Kind != policy.Produces {
			continue
		}
		for _, o := range a.Objects {
			if o.Words {
				out = append(out, given{a.To, o.Contact, false})
			}
			if o.Record {
				out = append(out, given{a.To, o.Contact, true})
			}
		}
	}
	return out
}

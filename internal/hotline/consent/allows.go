package consent

import (
	"maps"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
)

// A Whole is all that was said and done in a situation, by whose it is: a contact's, or
// the situation's own. A contact without a situation is a whole of one.
type Whole map[string]Ledger

// A Question is whether something may go to somebody now.
type Question struct {
	About   string // the contact whose it is, or the situation
	For     string // somebody whom that contact has spoken for; empty: herself
	What    []Scope
	To      string
	Whom    hotline.ContactID
	Purpose Purpose
	Now     int64
}

// An Answer says whether, and on which ground. Why is the reason, as a code: with a yes it
// is "consent" or the ground's own, with a no it is why not.
type Answer struct {
	OK       bool
	Why      string
	Item     string // the consent or override
	By       hotline.PersonID
	Second   hotline.PersonID // who approved an override
	SecondBy int64            // until when a second person has still to answer
}

// Why something may not go.
const (
	Nobody   = "nobody"   // nobody was asked
	Refused  = "refused"  // she said no
	Revoked  = "revoked"  // she has taken it back
	Ended    = "ended"    // it has ended by itself
	Replaced = "replaced" // another has consented for her, and she speaks for herself
	Unsure   = "unsure"   // another has consented for her, and somebody writes who may be she
	Waits    = "waits"    // an override waits for its second approver
	Late     = "late"     // no second person has answered in time for what one did alone
	Against  = "against"  // the second person contests it

	ByConsent = "consent"
)

// Allows says whether something may go to somebody, for a purpose, now. Nothing may but by
// a consent that stands, or by a recorded ground that two people stand for. Two grounds
// need the second one only within a day: danger now, and a duty that is due at once.
func (w Whole) Allows(q Question) Answer {
	if len(q.What) == 0 {
		return Answer{Why: Nobody}
	}
	said := w.consented(q)
	if said.OK {
		return said
	}
	if g := w[q.About].ground(q); g.Item != "" {
		return g
	}
	return said
}

// consented asks for each part of what is asked for the newest word about it.
func (w Whole) consented(q Question) (a Answer) {
	items := w[q.About].Items()
	for _, s := range q.What {
		a = Answer{Why: Nobody}
		for _, i := range slices.Backward(items) {
			if i.Kind != Give && i.Kind != Refuse || i.For != q.For || !i.Terms.to(q) || !slices.Contains(i.Terms.What, s) {
				continue
			}
			a = Answer{Item: i.ID, By: i.By}
			a.OK, a.Why = w.stands(i, q)
			break
		}
		if !a.OK {
			return a
		}
	}
	return a
}

// stands reports whether a consent counts, or why not.
func (w Whole) stands(i Item, q Question) (bool, string) {
	switch {
	case i.Kind == Refuse:
		return false, Refused
	case i.Ended.Kind != "":
		return false, Revoked
	case i.Until <= q.Now:
		return false, Ended
	case i.For == "":
		return true, ByConsent
	case w[q.About].replaced(i.For):
		return false, Replaced
	case len(w.MayBe(q.About, i.For)) > 0:
		return false, Unsure
	}
	return true, ByConsent
}

// MayBe are those who write in the situation, have spoken for themselves, and may be the
// one another has spoken for: until somebody says who she is, or that she is not.
func (w Whole) MayBe(about, id string) (out []string) {
	for _, owner := range slices.Sorted(maps.Keys(w)) {
		if owner != about && w[owner].Spoke() && !w[about].apart(id, hotline.ContactID(owner)) {
			out = append(out, owner)
		}
	}
	return out
}

// Holds and Signed are the states of what stands; every other one says why it does not.
const (
	Holds  = "holds"
	Signed = "signed"
)

// State says how one of them stands now.
func (w Whole) State(about string, i Item, now int64) string {
	ok, why := w.stands(i, Question{About: about, Now: now})
	switch {
	case i.Kind == Override:
		ok, why = i.carries(now)
	case i.Kind == SignOff && i.Ended.Kind == "":
		return Signed
	case i.Kind == SignOff:
		return Revoked
	}
	if ok {
		return Holds
	}
	return why
}

// ground looks for a recorded ground.
func (l Ledger) ground(q Question) Answer {
	no := Answer{Why: Nobody}
	for _, i := range slices.Backward(l.Items()) {
		if i.Kind != Override || i.For != q.For || !i.Terms.covers(q) {
			continue
		}
		a := Answer{Item: i.ID, By: i.By, Second: i.Second.By, SecondBy: i.SecondBy()}
		a.OK, a.Why = i.carries(q.Now)
		if a.OK {
			return a
		}
		if no.Why == Nobody {
			no = a
		}
	}
	return no
}

// carries reports whether an override lets something go, or why not.
func (i Item) carries(now int64) (bool, string) {
	switch {
	case i.Ended.Kind != "":
		return false, Revoked
	case i.Second.Kind == Contest:
		return false, Against
	case i.Until <= now:
		return false, Ended
	case i.Second.Kind == Approve:
		return true, string(i.Ground)
	case !i.Ground.Alone() || i.Two:
		return false, Waits
	case i.SecondBy() <= now:
		return false, Late
	}
	return true, string(i.Ground)
}

// covers reports whether terms reach as far as is asked.
func (t Terms) covers(q Question) bool {
	return t.to(q) && !slices.ContainsFunc(q.What, func(s Scope) bool { return !slices.Contains(t.What, s) })
}

func (t Terms) to(q Question) bool { return t.same(Terms{Purpose: q.Purpose, Whom: q.Whom, To: q.To}) }

// same reports whether terms lead to the same partner, for the same purpose.
func (t Terms) same(o Terms) bool {
	return t.Purpose == o.Purpose && t.Whom == o.Whom && (t.Whom != "" || same(t.To, o.To))
}

// same compares the names of partners as people write them.
func same(a, b string) bool {
	fold := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
	return fold(a) == fold(b)
}

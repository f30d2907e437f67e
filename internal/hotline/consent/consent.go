// Package consent keeps who has agreed to what may be passed on, and what stands in the
// place of an agreement: a recorded ground with two approvers. Nothing leaves the house
// without one of the two, and one function says which: [Whole.Allows].
//
// What one person said stands in a head of its own under the S of her contact, beside what
// is known of her safety; what belongs to a situation alone stands under the situation's.
// So linking and unlinking move nothing, and nobody's consent becomes somebody else's.
package consent

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrMoved says that somebody has written since: look again.
	ErrMoved = problem.New(problem.Conflict, "consent.moved")
	// ErrAct says that the act is none that can be taken where things stand.
	ErrAct = problem.New(problem.Conflict, "consent.act")
	// ErrTerms says that it is not said what, to whom, for what, or until when.
	ErrTerms = problem.New(problem.Invalid, "consent.terms")
	// ErrWords says that words are missing, or too long.
	ErrWords = problem.New(problem.Invalid, "consent.words")
	// ErrGround says that the ground is none that can stand in the place of a consent.
	ErrGround = problem.New(problem.Invalid, "consent.ground")
	// ErrSecond says that it takes another person, and a supervisor among the two.
	ErrSecond = problem.New(problem.Denied, "consent.second")
	// ErrHerself says that she speaks for herself: nobody consents for her any more.
	ErrHerself = problem.New(problem.Conflict, "consent.herself")
	// ErrPutBack says that what stands in the database is older than the newest, or says
	// that a consent lasts longer than was given. Nothing of it is believed.
	ErrPutBack = problem.New(problem.Denied, "consent.put_back")
	// ErrMissing says that there is no such contact, situation, consent or sign-off.
	ErrMissing = problem.New(problem.Missing, "consent.missing")
)

const (
	// Longest is how long a consent lasts at most. Then she is asked anew.
	Longest = 366 * 24 * time.Hour
	// SecondWithin is how soon a second person answers for what one has passed on alone.
	SecondWithin = policy.SecondWithin

	mostActs  = 200
	mostWords = 1 << 10 // bytes
	mostLine  = 200     // bytes
)

// The codes. What people wrote stands beside them, sealed.
type (
	// Kind is what was done.
	Kind string
	// Scope is a part of what we know of her.
	Scope string
	// Purpose is what something is passed on for.
	Purpose string
	// How is how she said it.
	How string
)

// Kinds of acts.
const (
	Give     Kind = "give"     // she allows it
	Refuse   Kind = "refuse"   // she was asked, and does not
	Revoke   Kind = "revoke"   // of a consent, an override or a sign-off: it ends now
	Herself  Kind = "herself"  // of somebody another has spoken for: she writes herself
	Apart    Kind = "apart"    // of the same: whoever writes is somebody else
	Override Kind = "override" // it is passed on without her wish, on a ground
	Approve  Kind = "approve"  // the second person agrees to an override
	Contest  Kind = "contest"  // she does not
	SignOff  Kind = "sign"     // somebody stands for something
)

// Scopes lists the parts, from what says least of her.
func Scopes() []Scope {
	return []Scope{"well", "needs", "story", "health", "papers", "others", "place", "name", "reach"}
}

// Purposes lists them.
func Purposes() []Purpose {
	return []Purpose{"shelter", "support", "medical", "legal", "papers", "police", "authority", "family", "line"}
}

// Hows lists how somebody says it.
func Hows() []How { return []How{"chat", "spoken", "written", "page"} }

// Grounds lists what stands in the place of a consent. Of these exactly two need no second
// approver before the act; which they are, [policy.Ground.Alone] says.
func Grounds() []policy.Ground {
	return []policy.Ground{policy.DangerNow, policy.DutyAtOnce, policy.ByDuty, policy.ByRight, policy.ByOrder}
}

// Terms say what may be passed on, to whom, for what, and until when.
type Terms struct {
	What    []Scope           `json:"what,omitempty"`
	To      string            `json:"to,omitempty"`   // a partner, by name
	Whom    hotline.ContactID `json:"whom,omitempty"` // somebody of the situation, in a partner's place
	Purpose Purpose           `json:"purpose,omitempty"`
	Until   int64             `json:"until,omitempty"` // ms
}

// An Act is one thing that she said, or that we did. It is never changed.
type Act struct {
	Kind   Kind              `json:"kind"`
	ID     string            `json:"id,omitempty"` // of what it begins, or is about
	At     int64             `json:"at"`
	By     hotline.PersonID  `json:"by"`             // who of us wrote it down
	Lead   bool              `json:"lead,omitempty"` // she is a supervisor
	For    string            `json:"for,omitempty"`  // for whom: empty is herself, else somebody she speaks for
	Label  string            `json:"label,omitempty"`
	Who    hotline.ContactID `json:"who,omitempty"` // of Herself and Apart: whoever writes
	Terms  Terms             `json:"terms,omitzero"`
	How    How               `json:"how,omitempty"`
	Ground policy.Ground     `json:"ground,omitempty"`
	Words  string            `json:"words,omitempty"` // her own, or our reason
	Duty   string            `json:"duty,omitempty"`  // of an override for a duty that is due at once: the decision about it
}

// A Ledger is what was said and done about one contact, or about a situation, act by act.
type Ledger struct {
	N    int64 // its counter: 0 = nobody has written anything
	Acts []Act

	ends map[string]int64 // when each consent and override ends, as the stores have it
}

// Format keeps it out of logs and errors: it may lead to her.
func (Ledger) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[consents]") }

// Format keeps it out of logs and errors.
func (Act) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[act]") }

// Format keeps it out of logs and errors.
func (Terms) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[terms]") }

// An Item is a consent, a refusal, an override or a sign-off, as it stands.
type Item struct {
	Act

	Ended  Act   // by whom it was taken back; its Kind is empty as long as nobody has
	Second Act   // of an override: who approved or contested it
	Until  int64 // when it ends by itself, 0 = it does not; never later than was said
	Two    bool  // an override on an urgent ground that takes two first, since a colleague has not agreed to the last
}

// Items are all of them, the oldest first.
func (l Ledger) Items() (out []Item) {
	at := map[string]int{}
	for _, a := range l.Acts {
		i, there := at[a.ID]
		switch a.Kind {
		case Give, Refuse, Override, SignOff:
			at[a.ID] = len(out)
			out = append(out, Item{Act: a, Until: l.until(a), Two: a.Kind == Override && slices.ContainsFunc(out, a.repeats)})
		case Revoke:
			if there {
				out[i].Ended = a
			}
		case Approve, Contest:
			if there {
				out[i].Second = a
			}
		case Herself, Apart:
		}
	}
	return out
}

// repeats reports whether an override does once more what one person did alone before, to
// the same, for the same: where a colleague has contested that, as long as it would have
// lasted; and where nobody has answered for it in time, until somebody has. Else whoever
// does it anew each day would never need a second person.
func (a Act) repeats(i Item) bool {
	if i.Kind != Override || !i.Ground.Alone() || !a.Ground.Alone() || i.For != a.For || !i.Terms.same(a.Terms) {
		return false
	}
	return i.Second.Kind == Contest && a.At < i.Terms.Until || i.Second.Kind == "" && a.At >= i.At+SecondWithin.Milliseconds()
}

// until is when a consent or an override ends by itself. What the database says may only
// be earlier.
func (l Ledger) until(a Act) int64 {
	if l.ends == nil || a.Kind != Give && a.Kind != Override {
		return a.Terms.Until
	}
	return min(a.Terms.Until, l.ends[a.ID])
}

// Item finds one.
func (l Ledger) Item(id string) (Item, bool) {
	all := l.Items()
	i := slices.IndexFunc(all, func(i Item) bool { return i.ID == id })
	if i < 0 {
		return Item{}, false
	}
	return all[i], true
}

// Spoke reports whether she has said yes or no for herself, whatever became of it.
func (l Ledger) Spoke() bool {
	return slices.ContainsFunc(l.Acts, func(a Act) bool { return a.For == "" && (a.Kind == Give || a.Kind == Refuse) })
}

// replaced reports whether somebody she has spoken for writes herself.
func (l Ledger) replaced(id string) bool {
	return slices.ContainsFunc(l.Acts, func(a Act) bool { return a.Kind == Herself && a.For == id })
}

// apart reports whether it was said that somebody who writes is another than the one she
// has spoken for.
func (l Ledger) apart(id string, who hotline.ContactID) bool {
	return slices.ContainsFunc(l.Acts, func(a Act) bool { return a.Kind == Apart && a.For == id && a.Who == who })
}

// Someone is somebody another has spoken for.
type Someone struct {
	ID      string
	Label   string
	Herself hotline.ContactID // she writes herself, by that contact; empty as long as nobody has said so
}

// Others are those she has spoken for.
func (l Ledger) Others() (out []Someone) {
	for _, a := range l.Acts {
		i := slices.IndexFunc(out, func(s Someone) bool { return s.ID == a.For })
		switch {
		case a.For == "":
		case i < 0:
			out = append(out, Someone{ID: a.For, Label: a.Label})
		case a.Kind == Herself:
			out[i].Herself = a.Who
		}
	}
	return out
}

// line checks one line of text that must be there.
func line(s string, most int) bool {
	return strings.TrimSpace(s) != "" && utf8.ValidString(s) && len(s) <= most
}

package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// An AgeGroup is all that somebody need say of her age to be told what we would have
// to report.
type AgeGroup string

// Age groups.
const (
	Under18  AgeGroup = "under_18"
	Adult    AgeGroup = "adult"
	AgeUnset AgeGroup = "not_said" // both, then
)

// Beforehand is what may have to be reported of somebody who has not told anything
// yet: what could come of it, by whom it would go to and how soon.
type Beforehand struct {
	Must      []Report
	Unclear   []Report // nobody read whether the harms count
	May       []Report
	Limits    []Report
	Anonymity []Report
	Warnings  []Report
	Check     []Report

	Childhood bool    // there are duties about children: an adult who would tell of her childhood asks first
	Finer     []Place // places within the one given that have rules of their own
}

// A Report is what could have to go to somebody, of rules that are alike in that.
type Report struct {
	To     []string
	Soon   Soon
	Within Span
	Urgent bool   // a duty that is due at once
	Degree Degree // the least that any of them asks

	Harms   []Harm
	Unclear []Harm // of which nobody read that they count

	// What else must be so of her, and what lifts it. Empty is no bound.

	AgeUnder, AgeFrom int
	Needs             []Need
	Status            []Status
	Requires          []Condition // beside that it is learned on a shift
	Unless            []Excuse
	WithConsent       bool // only if she agrees

	Rules []Known
}

// A Known is a rule by its id, and where it stands.
type Known struct {
	ID    string
	Kind  RuleKind
	Under Under
}

// Beforehand answers "what would you have to report about me?" from the rules that
// Match goes by, for somebody of an age group in a place, told to one on a shift.
func (d Duties) Beforehand(p Place, at time.Time, by Listener, age AgeGroup) Beforehand {
	b := Beforehand{Finer: d.finer(p, DayOf(at))}
	place := map[string]int{} // of what is alike, in its list
	for i := range d.rules {
		r := &d.rules[i]
		if _, bound := r.Who.fits(by); !bound || !d.covers(r.Place, p) || !r.inForce(DayOf(at)) || slices.Contains(r.What.Requires, OffDuty) {
			continue
		}
		if !age.fits(r.Whom) {
			b.Childhood = b.Childhood || age == Adult && r.verdict(true, true, false) == due
			continue
		}
		n := r.report(age)
		if len(n.Harms)+len(n.Unclear) == 0 {
			continue
		}
		v := r.verdict(true, len(n.Harms) > 0, false)
		to := b.list(v)
		n.Urgent = v == due && n.Soon == AtOnce
		like := fmt.Sprintf("%d%q%q%q%d,%d%q%q%q%q%v", v, n.To, n.Soon, n.Within, n.AgeUnder, n.AgeFrom, n.Needs, n.Status, n.Requires, n.Unless, n.WithConsent)
		if i, ok := place[like]; ok {
			(*to)[i].take(n)
			continue
		}
		place[like] = len(*to)
		*to = append(*to, n)
	}
	return b
}

// list is the one of a verdict on a rule that fits her age, and that nothing lifts yet.
func (b *Beforehand) list(v verdict) *[]Report {
	switch v {
	case due:
		return &b.Must
	case unclear:
		return &b.Unclear
	case may:
		return &b.May
	case limit:
		return &b.Limits
	case anonymity:
		return &b.Anonymity
	case warning:
		return &b.Warnings
	case nothing, check, counsel, lifted:
	}
	return &b.Check
}

// fits reports whether somebody of the group can be one whom a rule is about.
func (g AgeGroup) fits(w Whom) bool {
	minor := w.From < majority
	adult := w.Under == 0 || w.Under > majority
	switch g {
	case Under18:
		return minor
	case Adult:
		return adult
	case AgeUnset:
	}
	return true
}

// can reports whether somebody of the group can suffer the harm today.
func (g AgeGroup) can(h Harm) bool {
	return (g != Under18 || !h.ofAdult()) && (g != Adult || !h.ofChild())
}

// ofAdult reports whether the harm is one that only an adult suffers.
func (h Harm) ofAdult() bool { return strings.HasPrefix(string(h), "adult_") }

// report is what could come of the rule for somebody of the group.
func (r *ruled) report(age AgeGroup) Report {
	cannot := func(h Harm) bool { return !age.can(h) }
	n := Report{
		To: r.To, Soon: r.Deadline.First.Class, Within: r.Deadline.First.ISO, Degree: r.What.Degree,
		Harms: slices.DeleteFunc(slices.Clone(r.What.Harms), cannot), Unclear: slices.DeleteFunc(slices.Clone(r.What.Unclear), cannot),
		AgeUnder: r.Whom.Under, AgeFrom: r.Whom.From, Needs: r.Whom.Needs, Status: r.Whom.Status,
		Requires:    slices.DeleteFunc(slices.Clone(r.What.Requires), func(c Condition) bool { return c == OnDuty }),
		WithConsent: r.Consent != nil && *r.Consent,
		Rules:       []Known{{r.ID, r.Kind, r.under}},
	}
	for _, x := range r.Exceptions {
		n.Unless = append(n.Unless, x.Code)
	}
	if age == Under18 && n.AgeUnder >= majority {
		n.AgeUnder = 0 // which she is
	}
	if age == Adult && n.AgeFrom <= majority {
		n.AgeFrom = 0
	}
	return n
}

// take adds what is alike.
func (n *Report) take(more Report) {
	for _, h := range more.Harms {
		if !slices.Contains(n.Harms, h) {
			n.Harms = append(n.Harms, h)
		}
	}
	n.Unclear = slices.DeleteFunc(append(n.Unclear, more.Unclear...), func(h Harm) bool { return slices.Contains(n.Harms, h) })
	slices.Sort(n.Unclear)
	n.Unclear = slices.Compact(n.Unclear)
	if n.Degree.reaches(more.Degree) {
		n.Degree = more.Degree
	}
	n.Rules = append(n.Rules, more.Rules...)
}

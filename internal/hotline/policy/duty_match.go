package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// Duties are the rules of all countries that a line has published, ready to be asked.
// They hold no clock: what they say of a moment they say of it for ever.
type Duties struct {
	rules []ruled // by id
	over  map[Place][]Place
}

// ruled is a rule, and the edition it stands in.
type ruled struct {
	Rule

	under Under
}

// Under is the edition under which something was found: whoever decides keeps it, so
// that the decision is read, years later, with the words that were in force.
type Under struct {
	Country  Place
	Number   int64
	Reviewed bool // by counsel
}

// DutiesOf reads editions of the kind "duty", one of each country. An edition that
// cannot be read, or says that it is another country's, comes as an error; what the
// others say holds nevertheless.
func DutiesOf(editions ...edition.Edition) (Duties, error) {
	d := Duties{over: map[Place][]Place{}}
	var wrong []error
	for i, e := range editions {
		l, err := ParseDuty(e.Body)
		switch {
		case err != nil:
		case DutyKey(l.Country) != e.Key || slices.ContainsFunc(editions[:i], func(o edition.Edition) bool { return o.Key == e.Key }):
			err = edition.ErrInvalid
		default:
			for _, r := range l.Rules {
				d.rules = append(d.rules, ruled{r, Under{l.Country, e.Number, e.ReviewedBy != ""}})
			}
			for _, g := range l.Groups {
				d.over[g.Code] = g.Over
			}
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("duties of %q: %w", e.Name, err))
		}
	}
	slices.SortFunc(d.rules, func(a, b ruled) int { return cmp.Compare(a.ID, b.ID) })
	return d, errors.Join(wrong...)
}

// An Outcome is what the rules say of something learned: what *may* be due, and why.
// People decide. Every list is in the order of the rules' ids.
type Outcome struct {
	Due       []Entry // duties that may be due
	Unclear   []Entry // would be, if the harm counts: nobody read that it does, or not
	May       []Entry // one may report
	Limits    []Entry // what keeps us from telling
	Anonymity []Entry // whether a report may go without a name
	Warnings  []Entry // enacted, and nobody read from which day
	Check     []Entry // nobody has read enough of it: look it up; says nothing more
	Counsel   []Entry // would fit her age when it was done, and not her age today
	Lifted    []Entry // would be there, but for an exception that was given

	First     time.Time // earliest latest moment of the duties that may be due; zero: no law names one
	Childhood bool      // an adult tells of what was done to her as a child: ask counsel
	Finer     []Place   // places within the one given that have rules of their own: ask where
}

// An Entry is a rule that fits.
type Entry struct {
	Rule   Rule
	Under  Under
	Why    []Reason
	Excuse []Excuse // that lift it, of those given

	// The rest is of duties that may be due alone.

	Urgent bool      // due at once: whoever sends needs no second approver before she does
	Latest time.Time // of the first step; zero where the law gives no fixed time
	Line   time.Time // the line's own time, where the law gives none
	Then   time.Time // of the second step, where it is counted from the same moment
}

// A Reason is one condition of a rule that fitted: a code, what was given, and what the
// rule asks.
type Reason struct {
	Why  Why
	Is   string
	Asks string
}

// Why is which condition it was. Pages have words for each.
type Why string

// Reasons for which a rule fits.
const (
	WhyPlace       Why = "place"
	WhyDay         Why = "day"
	WhyRole        Why = "role"
	WhyUnder       Why = "under"        // her age is known, and lower
	WhyFrom        Why = "from"         // her age is known, and as high
	WhyMayBeUnder  Why = "may_be_under" // her age is not known
	WhyGrownUp     Why = "grown_up"     // only that she is an adult is known
	WhyThen        Why = "then"         // it was her age when it was done
	WhyNeed        Why = "need"
	WhyStatus      Why = "status"
	WhyHarm        Why = "harm"
	WhyHarmUnclear Why = "harm_unclear"
	WhyDegree      Why = "degree"
	WhyCondition   Why = "condition"
)

// Match says what the rules ask of what was learned. A place is judged by itself: where
// the line and the caller are in two, ask twice and show both.
func (d Duties) Match(l Learned) Outcome {
	o := Outcome{Childhood: l.childhood(), Finer: d.finer(l.Place, DayOf(l.At))}
	for i := range d.rules {
		d.rules[i].judge(&d, &l, &o)
	}
	return o
}

// childhood reports whether an adult tells of what was done to her as a child.
func (l *Learned) childhood() bool {
	return l.Age.adult() && slices.ContainsFunc(l.Harms, Harm.ofChild)
}

// judge puts the rule where it belongs, if it fits.
func (r *ruled) judge(d *Duties, l *Learned, o *Outcome) {
	if !d.covers(r.Place, l.Place) || !r.inForce(DayOf(l.At)) {
		return
	}
	e := Entry{Rule: r.Rule, Under: r.under, Why: []Reason{{WhyPlace, string(l.Place), string(r.Place)}, {Why: WhyDay, Is: string(DayOf(l.At))}}}
	why := func(more []Reason, ok bool) bool {
		e.Why = append(e.Why, more...)
		return ok
	}
	if !why(r.Who.fits(l.By)) || !why(r.Whom.protects(l)) || !why(r.What.fits(l)) {
		return
	}
	more, now := l.Age.fits(r.Whom)
	if !now {
		var then bool
		if more, then = l.AgeThen.fits(r.Whom); !then || !o.Childhood {
			return
		}
		more = append(more, Reason{Why: WhyThen})
	}
	e.Why = append(e.Why, more...)
	for _, x := range r.Exceptions {
		if slices.Contains(l.Excuses, x.Code) {
			e.Excuse = append(e.Excuse, x.Code)
		}
	}
	sure := slices.ContainsFunc(e.Why, func(y Reason) bool { return y.Why == WhyHarm })
	switch r.verdict(now, sure, len(e.Excuse) > 0) {
	case nothing:
	case due:
		e.clock(l, o)
		o.Due = append(o.Due, e)
	case unclear:
		o.Unclear = append(o.Unclear, e)
	case may:
		o.May = append(o.May, e)
	case limit:
		o.Limits = append(o.Limits, e)
	case anonymity:
		o.Anonymity = append(o.Anonymity, e)
	case warning:
		o.Warnings = append(o.Warnings, e)
	case check:
		o.Check = append(o.Check, e)
	case counsel:
		o.Counsel = append(o.Counsel, e)
	case lifted:
		o.Lifted = append(o.Lifted, e)
	}
}

// A verdict is what a rule that fits may say: the lists of an [Outcome].
type verdict byte

const (
	nothing verdict = iota
	due
	unclear
	may
	limit
	anonymity
	warning
	check
	counsel
	lifted
)

// verdict is what the rule may say that fits: her age today, or only that of then; a
// harm that surely counts, or one of which nobody read it; with an excuse, or without.
// What nobody has read, or is no law yet, can say no more than that it exists.
func (r *ruled) verdict(now, sure, excused bool) verdict {
	read := r.Verified && r.Standing != Bill
	switch {
	case excused && read && r.Standing == InForce && now:
		return lifted
	case excused:
		return nothing
	case !read:
		return check
	case r.Standing != InForce:
		return warning
	case !now:
		return counsel
	case !sure:
		return unclear
	case r.Kind.Due():
		return due
	case r.Kind == MayReport:
		return may
	case r.Kind == Confidential:
		return limit
	}
	return anonymity
}

// clock sets the times of a duty.
func (e *Entry) clock(l *Learned, o *Outcome) {
	first := e.Rule.Deadline.First
	e.Urgent = first.Class == AtOnce
	switch first.Class {
	case AtOnce:
		e.Latest = l.At
	case Within:
		e.Latest, _ = first.ISO.After(l.At)
	case InFront:
		e.Latest = l.EventAt
	case ASAP, Unsaid:
		if e.Rule.LineWithin != "" {
			e.Line, _ = e.Rule.LineWithin.After(l.At)
		}
	}
	if then := e.Rule.Deadline.Then; then != nil && then.Count == FromLearned && then.ISO != "" {
		e.Then, _ = then.ISO.After(l.At)
	}
	if !e.Latest.IsZero() && (o.First.IsZero() || e.Latest.Before(o.First)) {
		o.First = e.Latest
	}
}

// inForce reports whether a day lies in force, both its first and its last being so.
func (r *ruled) inForce(day Day) bool {
	return day >= r.From && day >= r.NotBefore && (r.Until == "" || day <= r.Until)
}

// fits reports whether somebody is bound.
func (b Bound) fits(by Listener) (why []Reason, ok bool) {
	for _, role := range b.Except {
		if slices.Contains(by.Roles, role) {
			return nil, false
		}
	}
	for _, role := range b.Roles {
		if role == AnyPerson || role == AnyAdult && !by.Minor || slices.Contains(by.Roles, role) {
			why = append(why, Reason{Why: WhyRole, Is: string(role)})
		}
	}
	return why, len(why) > 0
}

// protects reports whether she is one whom the rule is about, but for her age.
func (w Whom) protects(l *Learned) (why []Reason, ok bool) {
	for _, need := range w.Needs {
		const old = 65
		if slices.Contains(l.Needs, need) || need == Age65 && l.Age.said == inYears && l.Age.years >= old {
			why = append(why, Reason{Why: WhyNeed, Is: string(need)})
		}
	}
	if len(w.Needs) > 0 && len(why) == 0 {
		return nil, false
	}
	needs := len(why)
	for _, status := range w.Status {
		if slices.Contains(l.Status, status) {
			why = append(why, Reason{Why: WhyStatus, Is: string(status)})
		}
	}
	return why, len(w.Status) == 0 || len(why) > needs
}

// fits reports whether what was learned is what the rule is about: sure where a reason
// is [WhyHarm]. A rule on every harm fits before one has been told.
func (t Trigger) fits(l *Learned) (why []Reason, ok bool) {
	for _, c := range t.Requires {
		if !slices.Contains(l.Conditions, c) {
			return nil, false
		}
		why = append(why, Reason{Why: WhyCondition, Is: string(c)})
	}
	if !l.Degree.reaches(t.Degree) {
		return nil, false
	}
	why = append(why, Reason{WhyDegree, string(l.Degree), string(t.Degree)})
	before := len(why)
	add := func(of Why, harms []Harm) {
		for _, h := range harms {
			if h == AnyHarm || slices.Contains(l.Harms, h) {
				why = append(why, Reason{Why: of, Is: string(h)})
			}
		}
	}
	add(WhyHarm, t.Harms)
	add(WhyHarmUnclear, t.Unclear)
	return why, len(why) > before
}

// finer lists the places within one that have rules of their own on a day.
func (d Duties) finer(p Place, day Day) (out []Place) {
	for _, r := range d.rules {
		if r.Place != p && d.covers(p, r.Place) && r.inForce(day) && !slices.Contains(out, r.Place) {
			out = append(out, r.Place)
		}
	}
	slices.Sort(out)
	return out
}

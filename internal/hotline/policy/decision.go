package policy

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrSecond says that it takes a second person: before this, or for it.
	ErrSecond = problem.New(problem.Denied, "policy.second")
	// ErrAct says that the act is none that can be taken where the decision stands.
	ErrAct = problem.New(problem.Conflict, "policy.act")
	// ErrGround says that the ground is none for this.
	ErrGround = problem.New(problem.Invalid, "policy.ground")
	// ErrWords says that words are missing, or too long.
	ErrWords = problem.New(problem.Invalid, "policy.words")
)

// SecondWithin is how soon a second person speaks of what one person has sent alone.
const SecondWithin = 24 * time.Hour

// The codes of a decision. What people wrote stands beside them, sealed.
type (
	// State is how far a decision is.
	State string
	// ActKind is what was done.
	ActKind string
	// Ground is why we report, or do not.
	Ground string
	// Means is how a report leaves the house.
	Means string
)

// States. A decision that was sent alone is Sent, or Proven, before anybody confirmed it.
const (
	Due       State = "due"
	Decided   State = "decided"
	Confirmed State = "confirmed"
	Contested State = "contested"
	Sent      State = "sent"
	Proven    State = "proven"
)

// Acts.
const (
	Notice   ActKind = "notice"   // something may be due: the first of every decision
	Decide   ActKind = "decide"   // report, or do not
	Counsel  ActKind = "counsel"  // counsel was asked, and said
	Confirm  ActKind = "confirm"  // the second person agrees
	Contest  ActKind = "contest"  // she does not
	Send     ActKind = "send"     // a report has left
	Prove    ActKind = "prove"    // that it has arrived
	Feedback ActKind = "feedback" // what came of it
)

// Grounds to report. The first two need no second person before the act, and no other
// ever does without one.
const (
	DangerNow  Ground = "danger_now"
	DutyAtOnce Ground = "duty_at_once"
	ByDuty     Ground = "duty"
	ByRight    Ground = "may_report"
	ByWish     Ground = "her_wish"
	ByOrder    Ground = "order"
)

// Grounds not to report.
const (
	NoDuty      Ground = "no_duty"
	LiftedDuty  Ground = "lifted"
	ByPrivilege Ground = "privilege"
	Otherwise   Ground = "otherwise"
)

// Grounds lists those to report, or those not to.
func Grounds(report bool) []Ground {
	if report {
		return []Ground{DangerNow, DutyAtOnce, ByDuty, ByRight, ByWish, ByOrder}
	}
	return []Ground{NoDuty, LiftedDuty, ByPrivilege, Otherwise}
}

// Alone reports whether one person may send on the ground before a second one agrees:
// danger does not wait, and a law that says "immediately" forbids to.
func (g Ground) Alone() bool { return g == DangerNow || g == DutyAtOnce }

// Means by which a report leaves.
const (
	Print    Means = "print"
	ReadBack Means = "read_back" // over the telephone, and read back to us
)

// AllMeans lists them.
func AllMeans() []Means { return []Means{Print, ReadBack} }

// An Act is one thing that somebody did about a decision. It is never changed.
type Act struct {
	Kind ActKind
	At   int64
	By   hotline.PersonID

	Said   *Outcome  // of Notice: what the rules said, in their words of that day, and under which editions
	Report bool      // of Decide
	Ground Ground    // of Decide
	How    Means     // of Send
	To     seal.Text // of Send: to whom
	Words  seal.Text // the reason, what was sent, its proof, what counsel said
}

// A Decision is what people have decided about a duty, act by act.
type Decision struct {
	ID    string
	Owner string // the contact or situation that it is about
	Acts  []Act
	State State
	Said  Outcome // what the rules said when it began

	// The answer that holds; nothing before there is one.

	Report bool
	Ground Ground
	By     hotline.PersonID // who decided
	Second hotline.PersonID // who confirmed or contested

	sent      bool // a report has left
	contested bool // somebody has contested an answer
	alone     int64
	lone      Ground // on which a report was sent alone, as long as no second person has agreed
}

// DueBy is the latest moment of the first step, as long as it is open: the law's, or,
// where no law names one, the line's own. 0 is none.
func (d *Decision) DueBy() int64 {
	if d.sent || d.State == Confirmed && !d.Report {
		return 0
	}
	first := d.Said.First
	if first.IsZero() {
		for _, e := range d.Said.Due {
			if !e.Line.IsZero() && (first.IsZero() || e.Line.Before(first)) {
				first = e.Line
			}
		}
	}
	if first.IsZero() {
		return 0
	}
	return first.UnixMilli()
}

// SecondBy is when a second person must have spoken of what was sent alone; 0 where
// nobody must, or somebody has.
func (d *Decision) SecondBy() int64 {
	if d.alone == 0 {
		return 0
	}
	return d.alone + SecondWithin.Milliseconds()
}

// spent reports whether a report was sent alone to which no second person has agreed in
// time, so that nothing else leaves on its ground by one alone.
func (d *Decision) spent(now int64) bool {
	return d.lone != "" && (d.alone == 0 || now >= d.SecondBy())
}

// spends reports whether it rests on the ground on which another was sent alone: where that
// is a duty due at once, on the same rule.
func (d *Decision) spends(o *Decision) bool {
	return d.Ground == o.lone && (d.Ground != DutyAtOnce || slices.ContainsFunc(d.Said.Due, func(e Entry) bool {
		return e.Urgent && slices.ContainsFunc(o.Said.Due, func(f Entry) bool { return f.Urgent && f.Rule.ID == e.Rule.ID })
	}))
}

// Urgent reports whether a duty stands in it that is due at once.
func (d *Decision) Urgent() bool {
	return slices.ContainsFunc(d.Said.Due, func(e Entry) bool { return e.Urgent })
}

// Demands reports whether the law demands an act at once: a duty that is due at once
// stands in it, and two people have not settled that it is not met.
func (d *Decision) Demands() bool { return d.Urgent() && (d.Report || d.State != Confirmed) }

const (
	mostActs   = 200
	longestAct = 4 << 10 // bytes of its words, as of a note
)

// said checks words that must be there.
func said(t seal.Text) error {
	if s := t.Reveal(); strings.TrimSpace(s) == "" || !utf8.ValidString(s) || len(s) > longestAct {
		return ErrWords
	}
	return nil
}

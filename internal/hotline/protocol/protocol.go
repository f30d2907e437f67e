// Package protocol keeps the line's written procedures: what to say, ask and do, in
// which order, who signs, by when. A protocol is an edition. Following one
// is a pure function of the protocol, the record and what was done: the panel beside
// the conversation shows what comes of it, and stands in nobody's way.
package protocol

import (
	"cmp"
	"maps"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// Kind is the edition kind of protocols.
const Kind = "protocol"

// Key names a protocol. All languages stand in one edition, so that whoever reads it
// does the same.
func Key(name string) edition.Key { return edition.Key{Kind: Kind, Name: name} }

// A Protocol is a procedure. It fits a contact for which all conditions of one of the
// rows of Fits hold; without a row it is opened by hand alone.
type Protocol struct {
	Words   map[string]form.Words `json:"words"`   // by language
	Urgency hotline.Urgency       `json:"urgency"` // among those that fit, 0 first
	Fits    [][]form.Cond         `json:"fits,omitempty"`
	Steps   []Step                `json:"steps"`
}

// A Step is one thing to do. Which of its parts it has follows from its kind.
type Step struct {
	ID      string                `json:"id"` // a word, for conditions and for what was done
	Kind    string                `json:"kind"`
	Words   map[string]form.Words `json:"words"`
	When    []form.Cond           `json:"when,omitempty"`    // all must hold, else the way goes past it
	Phrase  string                `json:"phrase,omitempty"`  // say, ask: the code of an approved phrase
	Field   string                `json:"field,omitempty"`   // ask: the answer stands in this field of the record
	Options []Option              `json:"options,omitempty"` // ask: the answer stands here alone
	Act     string                `json:"act,omitempty"`     // do: what the desk has a key for
	Minutes int                   `json:"minutes,omitempty"` // wait
	Rings   hotline.Role          `json:"rings,omitempty"`   // wait: for whom
	Sign    hotline.Role          `json:"sign,omitempty"`    // check: who says yes or no; do: who confirms it afterwards
	Skip    bool                  `json:"skip,omitempty"`    // may be skipped, with a reason
	Go      []Branch              `json:"go,omitempty"`      // the first that holds; else the step below
}

// An Option is an answer that stands in no field of the record.
type Option struct {
	Code  string                `json:"code"`
	Words map[string]form.Words `json:"words"`
}

// A Branch goes to a step further down, or to [End].
type Branch struct {
	When []form.Cond `json:"when,omitempty"`
	To   string      `json:"to"`
}

// End is where a protocol is over.
const End = "end"

// Kinds of steps.
const (
	Say     = "say"   // an approved phrase, to the caller
	Ask     = "ask"   // the caller, or oneself
	Do      = "do"    // an act
	SignOff = "check" // somebody else says yes or no before the way goes on
	Wait    = "wait"  // a clock runs, and then rings
)

// Kinds lists them.
func Kinds() []string { return []string{Say, Ask, Do, SignOff, Wait} }

// Counsel signs for the law. It has no account here: a reviewer signs, or the privacy
// officer notes what counsel said.
const Counsel hotline.Role = "counsel"

// Signers lists whose sign-off a step may ask for.
func Signers() []hotline.Role {
	return []hotline.Role{hotline.Supervisor, hotline.PrivacyOfficer, Counsel}
}

// Signs reports whether somebody with these roles may sign for that one.
func Signs(roles []hotline.Role, of hotline.Role) bool {
	if of == Counsel {
		return slices.Contains(roles, hotline.Reviewer) || slices.Contains(roles, hotline.PrivacyOfficer)
	}
	return slices.Contains(roles, of)
}

// Answers to a [SignOff], and to what is confirmed afterwards.
const (
	Yes = "yes"
	No  = "no"
)

// Acts lists what a step can have a key for: the panel offers it, and does nothing by
// itself.
func Acts() []string {
	return []string{
		"supervisor", "emergency", "cover", "safety", "phrase", "return_code", "translator", "directory", "referral",
		"duty", "legal_request", "harm", "handover", "situation", "note", "task", "close",
	}
}

// Beginnings of the fields by which a condition asks about what is no answer of the
// record: what the contact is, and what was answered on an earlier step.
const (
	OfContact = "contact."
	OfStep    = "step."
)

// A Record is what a protocol sees of a contact.
type Record struct {
	Seen   form.Seen
	Fields map[string]form.Value // by code
}

// Read is the record as its form shows it: what stands in a field that is not shown
// counts as not answered, here as there.
func Read(f form.Form, seen form.Seen, v map[string]form.Value) Record {
	r := Record{Seen: seen, Fields: map[string]form.Value{}}
	for _, field := range f.Shown(v) {
		r.Fields[field.Code] = v[field.Code]
	}
	return r
}

// Value is what stands in what a condition asks about, but for a step.
func (r Record) Value(field string) form.Value { return view{r: r}.value(field) }

// Applies lists the protocols that fit, by name, the most urgent first.
func Applies(all map[string]Protocol, r Record) []string {
	fits := slices.DeleteFunc(slices.Collect(maps.Keys(all)), func(name string) bool { return !all[name].fits(r) })
	slices.SortFunc(fits, func(a, b string) int {
		return cmp.Or(cmp.Compare(all[a].Urgency, all[b].Urgency), cmp.Compare(a, b))
	})
	return fits
}

func (p Protocol) fits(r Record) bool {
	return slices.ContainsFunc(p.Fits, func(row []form.Cond) bool { return view{r: r}.hold(row) })
}

// Step returns the step of that id.
func (p Protocol) Step(id string) (Step, bool) {
	i := p.index(id)
	if i < 0 {
		return Step{}, false
	}
	return p.Steps[i], true
}

func (p Protocol) index(id string) int {
	return slices.IndexFunc(p.Steps, func(s Step) bool { return s.ID == id })
}

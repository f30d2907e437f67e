package protocol

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrStep says that the protocol has no such step.
	ErrStep = problem.New(problem.Missing, "protocol.step")
	// ErrDone says that the step was done already, or signed.
	ErrDone = problem.New(problem.Conflict, "protocol.done")
	// ErrAnswer says that this is no answer to that step.
	ErrAnswer = problem.New(problem.Invalid, "protocol.answer")
	// ErrSkip says that the step cannot be skipped.
	ErrSkip = problem.New(problem.Invalid, "protocol.skip")
	// ErrReason says that a reason is lacking, or is too long.
	ErrReason = problem.New(problem.Invalid, "protocol.reason")
	// ErrSign says that somebody else has to sign this: another role, or another
	// person than the one who did it.
	ErrSign = problem.New(problem.Denied, "protocol.sign")
)

// Done is what was done so far. It names the edition that was followed, so that years
// later it can be said what was in force.
type Done struct {
	Edition int64            `json:"edition"`
	Began   int64            `json:"began"`
	Steps   map[string]Entry `json:"steps,omitempty"` // by the step's id
}

// An Entry says who did a step, when, and what came of it; or why it was skipped.
type Entry struct {
	At      int64            `json:"at"`
	By      hotline.PersonID `json:"by"`
	Answer  string           `json:"answer,omitempty"`  // one of the step's own options, or a state
	Skipped string           `json:"skipped,omitempty"` // why
	Signed  Signed           `json:"signed,omitzero"`   // of what is confirmed afterwards
}

// Signed is a confirmation afterwards, or its refusal.
type Signed struct {
	At     int64            `json:"at"`
	By     hotline.PersonID `json:"by"`
	Answer string           `json:"answer"` // yes or no
}

// withheld is what is printed of an entry: answers and reasons could lead to a caller.
const withheld = "[withheld]"

// Format prints a fixed word, whatever the verb.
func (Entry) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, withheld) }

// LogValue hides the entry from log/slog.
func (Entry) LogValue() slog.Value { return slog.StringValue(withheld) }

// maxReason is how many letters a reason may have.
const maxReason = 240

// Mark notes that a step was done, whether or not the way leads over it: people do
// what is needed in their own order. A step with options of its own takes one of them,
// or a state; others take no answer. What was done is never done over.
func (p Protocol) Mark(d Done, step string, by hotline.PersonID, at int64, answer string) (Done, error) {
	s, err := p.open(d, step)
	if err != nil {
		return d, err
	}
	switch own := s.answers(); {
	case s.Kind == SignOff:
		return d, ErrSign
	case len(own) == 0 && answer != "",
		len(own) > 0 && !slices.Contains(own, answer) && !slices.Contains(form.States(), answer):
		return d, ErrAnswer
	}
	return d.with(step, Entry{At: at, By: by, Answer: answer}), nil
}

// Skip notes that a step was left out, and why.
func (p Protocol) Skip(d Done, step string, by hotline.PersonID, at int64, why string) (Done, error) {
	s, err := p.open(d, step)
	switch why = strings.TrimSpace(why); {
	case err != nil:
		return d, err
	case !s.Skip:
		return d, ErrSkip
	case why == "" || !utf8.ValidString(why) || utf8.RuneCountInString(why) > maxReason:
		return d, ErrReason
	}
	return d.with(step, Entry{At: at, By: by, Skipped: why}), nil
}

// Sign notes what somebody with these roles says to a step: to a [SignOff] before the
// way goes on, to what is confirmed afterwards once it was done, by another person.
func (p Protocol) Sign(d Done, step string, by hotline.PersonID, at int64, roles []hotline.Role, answer string) (Done, error) {
	s, ok := p.Step(step)
	e, done := d.Steps[step]
	switch {
	case !ok:
		return d, ErrStep
	case answer != Yes && answer != No:
		return d, ErrAnswer
	case s.Sign == "" || !Signs(roles, s.Sign):
		return d, ErrSign
	case s.Kind == SignOff && !done:
		return d.with(step, Entry{At: at, By: by, Answer: answer}), nil
	case s.Kind == SignOff || e.Skipped != "" || e.Signed.At != 0:
		return d, ErrDone
	case !done:
		return d, ErrStep
	case e.By == by:
		return d, ErrSign
	}
	e.Signed = Signed{At: at, By: by, Answer: answer}
	return d.with(step, e), nil
}

func (p Protocol) open(d Done, step string) (Step, error) {
	s, ok := p.Step(step)
	if !ok {
		return s, ErrStep
	}
	if _, done := d.Steps[step]; done {
		return s, ErrDone
	}
	return s, nil
}

// with leaves d as it is.
func (d Done) with(step string, e Entry) Done {
	d.Steps = maps.Clone(d.Steps)
	if d.Steps == nil {
		d.Steps = map[string]Entry{}
	}
	d.Steps[step] = e
	return d
}

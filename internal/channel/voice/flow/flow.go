// Package flow is what a caller hears and can press before somebody answers her, and
// after: the line's call flow. A flow is an edition: steps with their words in every
// language, and the conditions under which each is gone through. Following one is a
// [Machine]: events in, things to do out, without a clock and without a sound. It
// promises that
//
//   - it is never stuck: whatever happens, something is being said, a time runs, or
//     somebody talks with her, until it is over;
//   - * always ends and has her place and her messages forgotten, and 9 always alerts,
//     but for two places: with another line that she agreed to, 9 is that line's; and
//     in a number that she types it is a digit, unless no number comes of it;
//   - silence loses nobody: while the line is open, whoever presses nothing comes into
//     the queue, after she has heard what to expect;
//   - nothing in it names her. A machine keeps no number, and no digits that are hers.
package flow

import (
	"slices"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// Kind is the edition kind of call flows.
const Kind = "flow"

// Key names the line's flow. All languages stand in one edition, so that whatever she
// speaks, she is led the same way.
func Key() edition.Key { return edition.Key{Kind: Kind, Name: "line"} }

// A Flow is a way through a call: its steps, in their order. A way leads only further
// down, so that it ends.
type Flow struct {
	Steps []Step `json:"steps"`
}

// A Step is one thing on the way. Which of its parts it has follows from its kind.
type Step struct {
	ID    string            `json:"id"` // a word, for conditions, branches and prompts
	Kind  string            `json:"kind"`
	Words map[string]string `json:"words"` // what is said, by language
	When  []form.Cond       `json:"when,omitempty"`
	Keys  []Press           `json:"keys,omitempty"`  // languages, menu, queue, pass, back
	Times int               `json:"times,omitempty"` // languages, menu, ask, digits, pass, back: how often it is said to whoever presses nothing; 0 is twice
	Opens bool              `json:"opens,omitempty"` // say: followed by when the line opens again
	Every int               `json:"every,omitempty"` // queue: seconds between two words on her place; 0 is 60
	After int               `json:"after,omitempty"` // queue: minutes after which the step "pass" below is offered to her; 0 is never
	Dial  string            `json:"dial,omitempty"`  // pass: the other line's number
	Go    []Branch          `json:"go,omitempty"`    // the first that holds; else the step below
}

// Kinds of steps.
const (
	Say       = "say"       // words
	Expect    = "expect"    // words: what to expect, in less than 20 seconds
	Languages = "languages" // each language's words in that language, one key each
	Menu      = "menu"      // words that name keys
	Ask       = "ask"       // a question: 1 yes, 2 no. Whoever cannot speak answers it too
	Digits    = "digits"    // four digits that keep a place, typed. Wrong ones count as nothing pressed
	Danger    = "danger"    // what is said to whoever presses 9. No other way leads to it
	Queue     = "queue"     // waiting. Its words are said once, at its beginning
	Pass      = "pass"      // a key that agrees to be put through to another line, her number withheld
	Recall    = "back"      // a key that wishes to be called back; when, and on what number, is asked then
	End       = "end"       // last words, and the line hangs up
)

// Kinds lists them.
func Kinds() []string {
	return []string{Say, Expect, Languages, Menu, Ask, Digits, Danger, Queue, Pass, Recall, End}
}

// A Press is a key and what it does: it chooses a language, does something of
// [Does], and leads to a step further down; without one the way goes on below.
type Press struct {
	Key  string `json:"key"`
	Lang string `json:"lang,omitempty"` // languages
	Does string `json:"does,omitempty"`
	To   string `json:"to,omitempty"`
}

// What a key does.
const (
	Woman  = "woman"  // menu: she wishes to be answered by a woman
	Man    = "man"    // menu: by a man
	Silent = "silent" // menu: she cannot speak, and answers by keys
	Music  = "music"  // queue: turns the music off, and on again
	Keep   = "keep"   // queue: has four digits spoken that keep her place
	Other  = "other"  // queue: asks at once whether another line would do
	CallMe = "back"   // queue: asks whether she wishes to be called back
	Here   = "here"   // back: on the number that she calls from
	Type   = "type"   // back: on one that she types
	Agree  = "agree"  // pass: she agrees to be put through
)

// Deeds lists what a key of a kind of step can do.
func Deeds(kind string) []string {
	switch kind {
	case Menu:
		return []string{Woman, Man, Silent}
	case Queue:
		return []string{Music, Keep, Other, CallMe}
	case Pass:
		return []string{Agree}
	case Recall:
		return []string{Here, Type}
	}
	return nil
}

// Keys that mean the same everywhere.
const (
	KeyForget = '*' // ends, and has place and messages forgotten
	KeyDanger = '9' // danger now
	KeyAgain  = '#' // says it once more; ends a number that is typed
)

// A Branch goes to a step further down.
type Branch struct {
	When []form.Cond `json:"when,omitempty"`
	To   string      `json:"to"`
}

// What a condition can ask about, beside "step." and the id of a step above, which is
// answered by yes, no, or the key that was pressed.
const (
	OfOpen     = "open"     // yes, no
	OfFull     = "full"     // yes, no: more wait than the line can answer
	OfDanger   = "danger"   // yes, no
	OfSilent   = "silent"   // yes, no
	OfLang     = "lang"     // the language that she hears
	OfCampaign = "campaign" // of the number that she dialled
	OfStep     = "step."
)

// A Prompt is a piece of speech: the words of a step, or one of [Pieces], in a language.
type Prompt struct{ Name, Lang string }

// Step returns the step of that id.
func (f Flow) Step(id string) (Step, bool) {
	i := f.index(id)
	if i < 0 {
		return Step{}, false
	}
	return f.Steps[i], true
}

func (f Flow) index(id string) int {
	return slices.IndexFunc(f.Steps, func(s Step) bool { return s.ID == id })
}

// first is the first step of a kind, or -1.
func (f Flow) first(kind string) int {
	return slices.IndexFunc(f.Steps, func(s Step) bool { return s.Kind == kind })
}

package flow

import (
	"maps"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Start is what is known of a call before the first word.
type Start struct {
	Number     Number  `json:"number"` // as the register has it; the zero one where it does not
	Open, Full bool    // how the line stands for calls
	Opens      Opening // when it opens next, where it is closed
	Withheld   bool    // she does not show the number that she calls from
}

// A Phase is where in a call she is.
type Phase string

// The phases.
const (
	Walking Phase = "walking" // hears and presses
	Waiting Phase = "waiting" // stands in the queue
	Offered Phase = "offered" // waits, and is asked whether something else would do
	Wishing Phase = "wishing" // is asked about a call back
	Dialing Phase = "dialing" // another line is dialled for her
	Talking Phase = "talking" // an advocate is with her
	Through Phase = "through" // another line is with her; all keys but * are that line's
	Ended   Phase = "ended"
)

// State is all that a machine knows; with it a call goes on after a restart. It holds
// what she answered by keys: it is stored under a key or not at all.
type State struct {
	Start   Start
	Phase   Phase
	At      int    // the step
	Lang    string // what she hears
	N       int    // of the last Speak and the last Wait
	Due     due    // what comes next
	Rounds  int    // how often the step was said
	Again   int    // how often she had it said again
	Danger  bool
	Silent  bool
	Wish    string
	Answers map[string]string
	Joined  bool
	Left    bool // she left her place for another line, and comes back to it where that is lost
	Mute    bool // the music is off
	Place   *Place
	Fresh   bool          // the place was not said yet
	Waited  time.Duration // since she joined, as far as times rang
	Asked   time.Duration // of it, when another line was offered last
	Offer   int           // the step by which she is asked whether something else would do
	Wished  Wished
	Leaving bool   // after what is being said the way goes on below the step
	typed   string // digits, while she types them
}

// String prints nothing of what she pressed.
func (s State) String() string { return string(s.Phase) }

// due is what a machine waits for.
type due string

const (
	dueSaid   due = "said"   // words are being said
	dueKey    due = "key"    // a time runs, in which she may press
	dueKept   due = "kept"   // digits are asked for
	dueFound  due = "found"  // digits are looked up
	dueNoted  due = "noted"  // a wish is being kept
	dueNobody due = "nobody" // somebody talks
)

// Times of a machine.
const (
	pause   = 5 * time.Second  // for a key, after the words
	reply   = 5 * time.Second  // for what the line looks up
	ring    = 40 * time.Second // for another line
	every   = 60 * time.Second // between two words on a place
	mostRep = 5                // times that a step is said again on her wish
)

// A Machine leads one call. It is used by one goroutine.
type Machine struct {
	flow Flow
	s    State
	out  []Do
}

// New returns the machine of a call. flow is one that [Parse] has taken.
func New(flow Flow, start Start) *Machine {
	m := &Machine{flow: flow, s: State{Start: start, Phase: Walking, Answers: map[string]string{}}}
	m.s.Lang = start.Number.Lang
	if i := flow.first(Languages); m.s.Lang == "" && i >= 0 && len(flow.Steps[i].Keys) > 0 {
		m.s.Lang = flow.Steps[i].Keys[0].Lang
	}
	if m.s.Lang == "" && len(flow.Steps) > 0 { // nobody chose one: that of the first words
		m.s.Lang = flow.Steps[0].spoken("")
	}
	return m
}

// State is all that the machine knows.
func (m *Machine) State() State {
	s := m.s
	s.Answers = maps.Clone(s.Answers)
	return s
}

// Resume returns the machine of a call that a restart has cut, and what is to be done
// first: she hears where she is. What was being looked up or dialled is not any more.
// Where another line was with her, it is taken to be so still; else [Failed] is due.
func Resume(flow Flow, s State) (*Machine, []Do) {
	m := &Machine{flow: flow, s: s}
	m.s.Answers = maps.Clone(s.Answers)
	if m.s.Answers == nil {
		m.s.Answers = map[string]string{}
	}
	if s.At < 0 || s.At >= len(flow.Steps) { // the flow is another one by now
		m.s.At = flow.first(Queue)
	}
	switch s.Phase {
	case Dialing:
		m.failed()
	case Waiting, Offered:
		m.sing()
		m.wait()
	case Wishing:
		if m.s.Joined {
			m.sing()
			m.wait()
			break
		}
		m.enter(m.s.At)
	case Walking:
		m.enter(m.s.At)
	case Talking, Through, Ended:
	}
	return m, m.done()
}

// Silent reports whether she answers by keys: somebody is beside her.
func (m *Machine) Silent() bool { return m.s.Silent }

// Ended reports whether the call is over: no event does anything any more.
func (m *Machine) Ended() bool { return m.s.Phase == Ended }

// Step takes an event and returns what is to be done, in its order. An event that is
// late, or that nothing asked for, does nothing.
func (m *Machine) Step(e Event) []Do {
	if m.Ended() {
		return nil
	}
	switch e := e.(type) {
	case Happened:
		m.happened(e)
	case Pressed:
		m.key(e.Key)
	case Said:
		if e.N == m.s.N && m.s.Due == dueSaid {
			m.said()
		}
	case Rang:
		if e.N == m.s.N && m.s.Due != dueSaid && m.s.Due != dueNobody {
			m.rang()
		}
	case Place:
		m.s.Place, m.s.Fresh = &e, true
	case Kept:
		m.kept(e.Digits)
	case Found:
		m.found(e.OK)
	case Noted:
		m.noted(e.OK)
	case Hushed:
		m.s.Silent = e.On
	}
	return m.done()
}

func (m *Machine) happened(e Happened) {
	switch e {
	case Began:
		if m.s.Due == "" && m.s.Phase == Walking {
			m.enter(0)
		}
	case Answered:
		m.answered()
	case Connected:
		m.connected()
	case Over:
		m.over()
	case Back:
		if m.s.Phase == Talking || m.s.Phase == Waiting {
			m.sing()
			m.wait()
		}
	case Full:
		m.s.Start.Full = true
		m.lost()
	case Closed:
		m.s.Start.Open = false
		m.lost()
	case Failed:
		m.failed()
	case Gone:
		m.s.Phase, m.s.Due = Ended, ""
	}
}

func (m *Machine) done() []Do {
	out := m.out
	m.out = nil
	return out
}

func (m *Machine) do(d Do) { m.out = append(m.out, d) }

func (m *Machine) step() Step { return m.flow.Steps[m.s.At] }

// enter goes through the flow from a step on, to the first that is for her.
func (m *Machine) enter(i int) {
	m.s.Phase, m.s.Rounds, m.s.Again, m.s.Leaving, m.s.typed = Walking, 0, 0, false, ""
	for ; i < len(m.flow.Steps); i++ {
		s := m.flow.Steps[i]
		if s.Kind == Danger || s.Kind == Languages && m.s.Start.Number.Lang != "" || !m.hold(s.When) {
			continue
		}
		m.s.At = i
		if s.Kind == Queue {
			m.join()
			m.speak(m.words(s)...)
			return
		}
		m.say()
		return
	}
	m.hangUp()
}

// say says the step.
func (m *Machine) say() {
	m.s.Rounds++
	m.speak(m.words(m.step())...)
}

// next goes on from the step.
func (m *Machine) next() { m.enter(m.after(m.s.At)) }

// after is where the way goes on from a step.
func (m *Machine) after(i int) int {
	for _, b := range m.flow.Steps[i].Go {
		if to := m.flow.index(b.To); to > i && m.hold(b.When) {
			return to
		}
	}
	return i + 1
}

// said goes on when words were heard to their end.
func (m *Machine) said() {
	if m.s.Leaving {
		m.next()
		return
	}
	switch m.s.Phase {
	case Waiting:
		if m.s.Fresh {
			m.place()
			return
		}
		m.timer(dueKey, m.between())
	case Offered:
		m.timer(dueKey, pause)
	case Wishing:
		if m.s.Wished.Asks == "" {
			m.wished()
			return
		}
		m.timer(dueKey, pause)
	case Dialing:
		m.timer(dueKey, ring)
	case Walking:
		switch m.step().Kind {
		case Languages, Menu, Ask, Digits, Pass, Recall:
			m.timer(dueKey, pause)
		case End:
			m.hangUp()
		default:
			m.next()
		}
	case Talking, Through, Ended:
	}
}

// rang goes on when a time is over.
func (m *Machine) rang() {
	switch {
	case m.s.Phase == Waiting && m.s.Due == dueKept:
		m.kept(seal.Text{})
	case m.s.Phase == Waiting:
		m.s.Waited += m.between()
		if m.offer() {
			return
		}
		m.place()
	case m.s.Phase == Offered:
		m.wait()
	case m.s.Phase == Wishing:
		m.silent()
	case m.s.Phase == Dialing:
		m.do(BreakOff)
		m.failed()
	case m.s.Due == dueFound:
		m.found(false)
	case m.s.Rounds < times(m.step()):
		m.s.typed = ""
		m.say()
	default:
		m.next()
	}
}

// answered: an advocate is with her, whatever she was at.
func (m *Machine) answered() {
	if m.s.Phase == Talking || m.s.Phase == Through {
		return
	}
	if m.s.Phase == Dialing {
		m.do(BreakOff)
	}
	m.hush(Talking)
}

// connected: the other line is with her, and she waits for us no longer.
func (m *Machine) connected() {
	if m.s.Phase != Dialing {
		return
	}
	if m.s.Joined {
		m.do(Leave)
		m.s.Joined, m.s.Left = false, true
	}
	m.hush(Through)
}

// hush ends what is said: somebody talks.
func (m *Machine) hush(p Phase) {
	m.s.N++
	m.s.Phase, m.s.Due, m.s.Leaving = p, dueNobody, false
	m.do(Speak{N: m.s.N})
}

// over: the talk has ended, and she hears the last words. Whoever answers by keys hears none:
// somebody beside her may hear them too.
func (m *Machine) over() {
	if m.s.Phase != Talking && m.s.Phase != Through {
		return
	}
	m.s.Joined = false
	if m.s.Silent {
		m.hangUp()
		return
	}
	m.enter(len(m.flow.Steps) - 1)
}

// speak says prompts.
func (m *Machine) speak(prompts ...Prompt) {
	m.s.N++
	m.s.Due = dueSaid
	m.do(Speak{N: m.s.N, Prompts: prompts})
}

// pieces says pieces in her language.
func (m *Machine) pieces(names ...string) {
	var out []Prompt
	for _, n := range names {
		out = append(out, Prompt{n, m.s.Lang})
	}
	m.speak(out...)
}

// timer lets a time run.
func (m *Machine) timer(d due, after time.Duration) {
	m.s.N++
	m.s.Due = d
	m.do(Wait{N: m.s.N, After: after})
}

// cut ends what is being said, where something is.
func (m *Machine) cut() {
	if m.s.Due == dueSaid {
		m.s.N++
		m.do(Speak{N: m.s.N})
	}
}

func (m *Machine) hangUp() {
	m.s.Phase, m.s.Due = Ended, ""
	m.do(HangUp)
}

// words are the prompts of a step: in her language, or in the first that has words.
func (m *Machine) words(s Step) (out []Prompt) {
	if s.Kind == Languages {
		for _, k := range s.Keys {
			if s.Words[k.Lang] != "" {
				out = append(out, Prompt{s.ID, k.Lang})
			}
		}
		return out
	}
	out = append(out, Prompt{s.ID, s.spoken(m.s.Lang)})
	if s.Opens {
		for _, n := range m.s.Start.Opens.words() {
			out = append(out, Prompt{n, m.s.Lang})
		}
	}
	return out
}

// spoken is the language in which a step is said to somebody who hears another.
func (s Step) spoken(lang string) string {
	if s.Words[lang] != "" {
		return lang
	}
	if s.Words[Fallback] != "" {
		return Fallback
	}
	for _, tag := range slices.Sorted(maps.Keys(s.Words)) {
		if s.Words[tag] != "" {
			return tag
		}
	}
	return lang
}

// Fallback is the language of whoever speaks none of the others.
const Fallback = "en"

// times is how often a step is said to whoever presses nothing.
func times(s Step) int {
	if s.Times == 0 {
		return 2
	}
	return s.Times
}

// hold reports whether conditions hold.
func (m *Machine) hold(all []form.Cond) bool {
	return !slices.ContainsFunc(all, func(c form.Cond) bool {
		var v form.Value
		if is := m.is(c.Field); is != "" {
			v.Codes = []string{is}
		}
		return !c.Holds(v)
	})
}

// is answers a condition.
func (m *Machine) is(field string) string {
	yes := func(b bool) string {
		if b {
			return "yes"
		}
		return "no"
	}
	switch field {
	case OfOpen:
		return yes(m.s.Start.Open)
	case OfFull:
		return yes(m.s.Start.Full)
	case OfDanger:
		return yes(m.s.Danger)
	case OfSilent:
		return yes(m.s.Silent)
	case OfLang:
		return m.s.Lang
	case OfCampaign:
		return m.s.Start.Number.Campaign
	}
	if len(field) > len(OfStep) {
		return m.s.Answers[field[len(OfStep):]]
	}
	return ""
}

// Flow is the flow that the machine follows.
func (m *Machine) Flow() Flow { return m.flow }

package flow

import (
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A Wished is what a machine knows of a wish to be called back while she is asked about it.
// The number is not in it.
type Wished struct {
	Asks  string // what she is asked; empty is nothing any more
	Types bool   // another number than the one that she calls from
	Hours string
	Leave bool
	Tries int // of typing the number
}

// What she is asked of a wish, by the names of the pieces that ask.
const (
	askHours  = "back.hours"
	askLeave  = "back.leave"
	askNumber = "back.number"
	askRight  = "back.right"
)

// When she may be called back.
const (
	AnyTime   = "any"
	Morning   = "morning"
	Afternoon = "afternoon"
	Evening   = "evening"
)

// Hours lists them, in the order of the keys 1 to 4.
func Hours() []string { return []string{AnyTime, Morning, Afternoon, Evening} }

// Limits of a number that is typed.
const (
	leastNumber = 7
	mostNumber  = 15 // digits that any number has, but for how one dials abroad
	mostTries   = 3
)

// wishes begins to ask about a wish to be called back, to which she has agreed. Whoever
// falls silent has made none.
func (m *Machine) wishes(types bool) {
	m.s.Phase, m.s.Wished = Wishing, Wished{Types: types || m.s.Start.Withheld}
	m.ask(askHours)
}

// ask asks something about the wish.
func (m *Machine) ask(what string) {
	m.s.Wished.Asks, m.s.Rounds, m.s.Again = what, 1, 0
	if what == askNumber {
		m.s.Wished.Tries++
		m.s.typed = ""
	}
	m.asking()
}

// asking says what she is asked. What she has typed is read to her: a wrong number, called
// back, is somebody else's telephone.
func (m *Machine) asking() {
	if m.s.Wished.Asks != askRight {
		m.pieces(m.s.Wished.Asks)
		return
	}
	words := []string{"back.typed"}
	for _, d := range m.s.typed {
		words = append(words, "digit."+string(d))
	}
	m.pieces(append(words, askRight)...)
}

// types reports whether she is typing a number, in which a 9 is a digit.
func (m *Machine) types() bool { return m.s.Phase == Wishing && m.s.Wished.Asks == askNumber }

// wishKey is a key that she pressed while she is asked.
func (m *Machine) wishKey(k byte) {
	w := &m.s.Wished
	switch {
	case w.Asks == "" || m.s.Due == dueNoted:
	case m.types():
		m.typesNumber(k)
	case k == KeyAgain:
		if m.s.Again < mostRep {
			m.s.Again++
			m.cut()
			m.asking()
		}
	case w.Asks == askHours && k >= '1' && k <= '4':
		m.cut()
		w.Hours = Hours()[k-'1']
		m.ask(askLeave)
	case w.Asks == askLeave && (k == '1' || k == '2'):
		m.cut()
		m.left(k == '1')
	case w.Asks == askRight && k == '1':
		m.cut()
		m.note(m.s.typed)
	case w.Asks == askRight && k == '2':
		m.cut()
		m.retype()
	}
}

// left goes on when she has said whether a message may be left.
func (m *Machine) left(may bool) {
	m.s.Wished.Leave = may
	if m.s.Wished.Types {
		m.ask(askNumber)
		return
	}
	m.note("")
}

// typesNumber takes a digit; # ends the number.
func (m *Machine) typesNumber(k byte) {
	m.cut()
	if k == KeyAgain {
		m.typedAll()
		return
	}
	if len(m.s.typed) < mostNumber+2 {
		m.s.typed += string(k)
	}
	m.timer(dueKey, pause)
}

// typedAll goes on when she types no more. What is no number and ends with a 9 was perhaps
// none, but the key for danger: a false alarm costs less.
func (m *Machine) typedAll() {
	switch {
	case len(m.s.typed) >= leastNumber:
		m.ask(askRight)
	case strings.HasSuffix(m.s.typed, string(KeyDanger)):
		m.s.typed = ""
		m.danger()
	default:
		m.retype()
	}
}

// retype has her type the number once more, three times at most.
func (m *Machine) retype() {
	if m.s.Wished.Tries < mostTries {
		m.ask(askNumber)
		return
	}
	m.wished()
}

// silent goes on when she answers nothing: she is asked twice. No message is left then; and
// without hours or a number that she has confirmed there is no wish.
func (m *Machine) silent() {
	w := &m.s.Wished
	switch {
	case m.s.Due == dueNoted:
		m.noted(false)
	case m.types():
		m.typedAll()
	case m.s.Rounds < 2:
		m.s.Rounds++
		m.asking()
	case w.Asks == askLeave:
		m.left(false)
	default:
		m.wished()
	}
}

// note has the wish kept. An empty number is the one that she calls from.
func (m *Machine) note(number string) {
	m.s.typed = ""
	m.do(CallBack{Number: seal.Conceal(number), Hours: m.s.Wished.Hours, Leave: m.s.Wished.Leave})
	m.timer(dueNoted, reply)
}

// noted tells her whether it is.
func (m *Machine) noted(ok bool) {
	if m.s.Phase != Wishing || m.s.Due != dueNoted {
		return
	}
	m.s.Wished.Asks = ""
	m.pieces(map[bool]string{true: "back.kept", false: "back.failed"}[ok])
}

// wished goes on after a wish, or without one: she waits on, or goes on below the step.
func (m *Machine) wished() {
	m.s.typed = ""
	if m.s.Joined {
		m.wait()
		return
	}
	m.next()
}

package flow

import (
	"slices"

	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// key is a key that she pressed. One that means nothing where she is does nothing: a
// cough is no choice. * ends and forgets wherever she is: she was told so.
func (m *Machine) key(k byte) {
	if m.s.Phase == Through && k != KeyForget { // the other line has menus of its own
		m.do(PassOn{k})
		return
	}
	switch k {
	case KeyForget:
		if m.s.Phase == Dialing {
			m.do(BreakOff)
		}
		m.do(Forget)
		m.hangUp()
		return
	case KeyDanger:
		if !m.types() {
			m.danger()
			return
		}
	}
	switch m.s.Phase {
	case Talking:
		m.do(Told{k})
	case Waiting, Offered:
		m.waitingKey(k)
	case Wishing:
		m.wishKey(k)
	case Walking:
		m.walkingKey(k)
	case Dialing, Through, Ended:
	}
}

// danger: she is put before all others, whatever she was at and whether the line is
// open, and the staff are told.
func (m *Machine) danger() {
	m.s.Danger = true
	if m.s.Phase == Talking {
		m.do(Alert)
		return
	}
	if m.s.Phase == Dialing {
		m.do(BreakOff)
	}
	m.cut()
	m.s.At, m.s.Leaving, m.s.typed = m.flow.first(Queue), false, ""
	m.join()
	m.do(Alert)
	m.speak(m.words(m.flow.Steps[m.flow.first(Danger)])...)
}

func (m *Machine) walkingKey(k byte) {
	s := m.step()
	if k == KeyAgain {
		if m.s.Again < mostRep && m.s.Due != dueFound && m.s.Due != "" {
			m.s.Again++
			m.s.typed = ""
			m.cut()
			m.speak(m.words(s)...)
		}
		return
	}
	switch s.Kind {
	case Ask:
		if k == '1' || k == '2' {
			m.cut()
			m.s.Answers[s.ID] = map[byte]string{'1': "yes", '2': "no"}[k]
			m.next()
		}
	case Digits:
		m.digit(k)
	case Languages, Menu, Pass, Recall:
		i := slices.IndexFunc(s.Keys, func(p Press) bool { return p.Key == string(k) })
		if i < 0 {
			return
		}
		m.cut()
		m.pressed(s, s.Keys[i])
	}
}

// pressed does what a key of a step does, and goes on.
func (m *Machine) pressed(s Step, p Press) {
	m.s.Answers[s.ID] = p.Key
	if p.Lang != "" && p.Lang != m.s.Lang {
		m.s.Lang = p.Lang
	}
	if p.Lang != "" {
		m.do(Speaks{p.Lang})
	}
	switch p.Does {
	case Woman, Man:
		m.s.Wish = p.Does
	case Silent:
		m.s.Silent = true
	case Agree:
		m.dial(s)
		return
	case Here, Type:
		m.wishes(p.Does == Type)
		return
	}
	if to := m.flow.index(p.To); to > m.s.At {
		m.enter(to)
		return
	}
	m.next()
}

// digit takes one of four.
func (m *Machine) digit(k byte) {
	if m.s.Due == dueFound {
		return
	}
	m.cut()
	m.s.typed += string(k)
	if len(m.s.typed) < 4 {
		m.timer(dueKey, pause)
		return
	}
	m.do(FindPlace{seal.Conceal(m.s.typed)})
	m.s.typed = ""
	m.timer(dueFound, reply)
}

// found goes on when her digits were looked up: with her place, or with another try.
func (m *Machine) found(ok bool) {
	if m.s.Phase != Walking || m.s.Due != dueFound {
		return
	}
	switch {
	case ok:
		m.s.Leaving = true
		m.pieces("digits.found")
	case m.s.Rounds < times(m.step()):
		m.s.Rounds++
		m.pieces("digits.again")
	default:
		m.next()
	}
}

package flow

import (
	"maps"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// join puts her into the queue, or tells it how she stands there by now.
func (m *Machine) join() {
	first := !m.s.Joined
	m.s.Phase, m.s.Joined, m.s.Left = Waiting, true, false
	m.do(Join{Danger: m.s.Danger, Silent: m.s.Silent, Wish: m.s.Wish, Answers: maps.Clone(m.s.Answers)})
	if first {
		m.s.Waited, m.s.Asked = 0, 0
		m.sing()
	}
}

func (m *Machine) sing() { m.do(Sing{Music: !m.s.Mute}) }

// wait goes on waiting, quietly.
func (m *Machine) wait() {
	m.s.Phase, m.s.At = Waiting, m.flow.first(Queue)
	m.timer(dueKey, m.between())
}

// between is the time between two words on her place.
func (m *Machine) between() time.Duration {
	if s := m.step().Every; s > 0 {
		return time.Duration(s) * time.Second
	}
	return every
}

// place says how she stands, after other words.
func (m *Machine) place(after ...string) {
	m.s.Fresh = false
	if m.s.Place == nil {
		m.pieces(append(after, "wait.open")...)
		return
	}
	m.pieces(append(after, placeWords(*m.s.Place)...)...)
}

// offer asks her whether another line would do, where she has waited long enough.
func (m *Machine) offer() bool {
	after := time.Duration(m.step().After) * time.Minute
	if after == 0 || m.other() < 0 || m.s.Danger || m.s.Waited-m.s.Asked < after {
		return false
	}
	m.suggest(m.other())
	return true
}

// suggest asks her, while she waits, whether something else would do.
func (m *Machine) suggest(step int) {
	m.s.Asked = m.s.Waited
	m.s.Phase, m.s.Offer = Offered, step
	m.speak(m.words(m.flow.Steps[step])...)
}

// other is the step below the queue that puts her through to another line, or -1.
func (m *Machine) other() int {
	i := m.flow.first(Queue)
	n := slices.IndexFunc(m.flow.Steps[i+1:], func(s Step) bool { return s.Kind == Pass })
	if n < 0 {
		return -1
	}
	return i + 1 + n
}

// waitingKey is a key that she pressed while she waits.
func (m *Machine) waitingKey(k byte) {
	s := m.step()
	if m.s.Phase == Offered {
		s = m.flow.Steps[m.s.Offer]
	}
	i := slices.IndexFunc(s.Keys, func(p Press) bool { return p.Key == string(k) })
	switch {
	case k == KeyAgain:
		m.cut()
		m.speak(m.words(s)...)
	case i < 0:
	case s.Keys[i].Does == Music:
		m.s.Mute = !m.s.Mute
		m.cut()
		m.sing()
		m.pieces(map[bool]string{true: "music.off", false: "music.on"}[m.s.Mute])
	case s.Keys[i].Does == Keep:
		m.cut()
		m.do(KeepPlace)
		m.timer(dueKept, reply)
	case s.Keys[i].Does == Other:
		m.cut()
		m.suggest(m.other())
	case s.Keys[i].Does == CallMe:
		m.cut()
		m.suggest(m.flow.first(Recall))
	case s.Keys[i].Does == Here || s.Keys[i].Does == Type:
		m.cut()
		m.wishes(s.Keys[i].Does == Type)
	case s.Keys[i].Does == Agree:
		m.cut()
		m.dial(s)
	}
}

// kept says the digits that keep her place.
func (m *Machine) kept(digits seal.Text) {
	if m.s.Phase != Waiting || m.s.Due != dueKept {
		return
	}
	if digits.Len() == 0 {
		m.pieces("digits.none")
		return
	}
	m.pieces(digitWords(digits)...)
}

// lost: the queue takes nobody more, or has closed. Whoever is in danger goes on
// waiting: somebody is being called. What is being said is said to its end.
func (m *Machine) lost() {
	switch {
	case m.s.Danger || !m.s.Joined || m.s.Phase != Waiting && m.s.Phase != Offered:
	case m.s.Due == dueSaid:
		m.s.Phase, m.s.Leaving, m.s.Joined = Waiting, true, false
	default:
		m.s.Joined = false
		m.next()
	}
}

// dial puts her through to another line, where she has agreed.
func (m *Machine) dial(s Step) {
	m.s.Phase = Dialing
	m.do(PutThrough{Dial: s.Dial})
	m.pieces("through.now")
}

// failed: what was asked for last did not come about.
func (m *Machine) failed() {
	switch m.s.Phase {
	case Dialing, Through:
		if m.s.Left { // back to the place that she left
			m.s.At = m.flow.first(Queue)
			m.join()
		}
		if m.s.Joined {
			m.s.Phase = Waiting
			m.place("through.failed")
			return
		}
		m.s.Phase, m.s.Leaving = Walking, true
		m.pieces("through.failed")
	case Waiting, Offered:
		m.s.Start.Full = true
		m.s.Joined = false
		m.s.Phase = Waiting
		if m.s.Due == dueSaid {
			m.s.Leaving = true
			return
		}
		m.next()
	case Wishing:
		m.noted(false)
	case Walking, Talking, Ended:
	}
}

package flow

import (
	"maps"
	"slices"
	"time"
)

// A Trial is somebody made up who calls: how the line stands, and which key she presses
// on which step once its words were said; on the others she presses nothing.
type Trial struct {
	Start  Start
	Keys   map[string]string
	Closes bool // the line closes while she waits
}

// Passed is a step that a trial went over, and the key that was pressed there.
type Passed struct{ Step, Key string }

// Try follows a flow with somebody made up. Whoever comes into the queue is answered
// after a while, unless the queue keeps her waiting until another line is offered and
// she agrees; the other line does not answer.
func Try(f Flow, t Trial) (way []Passed) {
	m := New(f, t.Start)
	do := m.Step(Began)
	over := func(id string) {
		if len(way) == 0 || way[len(way)-1].Step != id {
			way = append(way, Passed{Step: id})
		}
	}
	for range mostTried {
		for _, d := range do {
			if s, ok := d.(Speak); ok {
				for _, p := range s.Prompts {
					if _, ok := f.Step(p.Name); ok {
						over(p.Name)
					}
				}
			}
		}
		if m.Ended() {
			break
		}
		if n := len(way); n > 0 && m.s.Due == dueSaid {
			at := &way[n-1]
			if key := t.Keys[at.Step]; key != "" && at.Key == "" {
				at.Key = key
				do = m.Step(Pressed{key[0]})
				continue
			}
		}
		switch {
		case t.Closes && m.s.Phase == Waiting && m.s.Start.Open:
			do = m.Step(Closed)
		case m.s.Phase == Talking:
			do = m.Step(Over)
		case m.s.Phase == Waiting && m.s.Due == dueKey && (m.other() < 0 || m.s.Waited > time.Hour || t.Keys[f.Steps[m.other()].ID] == ""):
			do = m.Step(Answered)
		case m.s.Phase == Dialing && m.s.Due == dueKey:
			do = m.Step(Failed)
			if m.s.Phase == Waiting {
				do = append(do, m.Step(Answered)...)
			}
		case m.s.Due == dueFound:
			do = m.Step(Found{OK: true})
		case m.s.Due == dueNoted:
			do = m.Step(Noted{OK: true})
		default:
			do = m.Nothing()
		}
	}
	return way
}

const mostTried = 400 // events of a trial

// Made makes callers up: the line open, closed and full, and
// then each key of each step that one of them came to.
func Made(f Flow) (out []Trial) {
	opens := Opening{Day: "tomorrow", Hour: 8}
	todo := []Trial{
		{Start: Start{Open: true}},
		{Start: Start{Opens: opens}},
		{Start: Start{Open: true, Full: true}},
		{Start: Start{Open: true, Opens: opens}, Closes: true},
	}
	for _, s := range f.starts() {
		if s.Number.Lang+s.Number.Campaign != "" {
			todo = append(todo, Trial{Start: s})
		}
	}
	seen := map[Passed]bool{}
	for len(todo) > 0 && len(out) < MostMade {
		t := todo[0]
		todo = todo[1:]
		out = append(out, t)
		for _, at := range Try(f, t) {
			s, _ := f.Step(at.Step)
			for _, key := range s.pressable() {
				p := Passed{s.ID, key}
				if seen[p] || t.Keys[s.ID] != "" {
					continue
				}
				seen[p] = true
				next := Trial{Start: t.Start, Keys: maps.Clone(t.Keys)}
				if next.Keys == nil {
					next.Keys = map[string]string{}
				}
				next.Keys[s.ID] = key
				todo = append(todo, next)
			}
		}
	}
	return out
}

// MostMade is how many callers are made up for one flow.
const MostMade = 48

// pressable are the keys that lead somewhere from a step, and that of danger.
func (s Step) pressable() (out []string) {
	for _, p := range s.Keys {
		out = append(out, p.Key)
	}
	switch s.Kind {
	case Ask:
		out = []string{"1", "2"}
	case Queue, Danger, End, Digits:
		return nil
	}
	if len(out) > 0 {
		out = append(out, string(KeyDanger))
	}
	return out
}

// Unreached are the steps that none of those came to.
func Unreached(f Flow, all []Trial) (out []string) {
	came := map[string]bool{}
	for _, t := range all {
		for _, p := range Try(f, t) {
			came[p.Step] = true
		}
	}
	for _, s := range f.Steps {
		if !came[s.ID] {
			out = append(out, s.ID)
		}
	}
	return out
}

// Languages lists those in which anything of the flow is said, in order.
func (f Flow) Languages() []string {
	all := map[string]bool{}
	for _, s := range f.Steps {
		for lang, text := range s.Words {
			if text != "" {
				all[lang] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

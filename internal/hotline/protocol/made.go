package protocol

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// Made makes people up whom a protocol takes, the same ones each time: what it asks
// about is answered with one of the values that it asks for, with another, or not at
// all. With some hundred of them, every step that anybody can come to is come to.
func Made(p Protocol, n int) []Trial {
	m := maker{rand.New(rand.NewPCG(1, 2)), p} //nolint:gosec // the same ones each time are wanted
	out := make([]Trial, n)
	for i := range out {
		out[i] = m.trial()
	}
	return out
}

type maker struct {
	r *rand.Rand
	p Protocol
}

func (m maker) pick(of ...string) string { return of[m.r.IntN(len(of))] }

func (m maker) trial() Trial {
	t := Trial{Record: Record{Fields: map[string]form.Value{}}, Answers: map[string]string{}}
	t.Record.Seen = form.Seen{
		Path:    hotline.Path(m.pick(string(hotline.Self), string(hotline.Other), string(hotline.Tip), string(hotline.Unknown))),
		Channel: hotline.Channel(m.pick(form.FactCodes()[form.FactChannel]...)),
		Danger:  m.r.IntN(2) == 0, Minor: m.r.IntN(2) == 0, Returned: m.r.IntN(2) == 0,
	}
	m.p.conds(func(c form.Cond) {
		if strings.Contains(c.Field, ".") {
			return
		}
		if v := m.pick(append(slices.Clone(c.Values), Yes, No, "")...); v != "" {
			t.Record.Fields[c.Field] = answer(v)
		}
	})
	for _, s := range m.p.Steps {
		switch own := s.answers(); {
		case s.Kind == SignOff:
			t.Answers[s.ID] = m.pick(own...)
		case len(own) > 0:
			t.Answers[s.ID] = m.pick(append(own, form.Declined)...)
		case s.Field != "":
			t.Answers[s.ID] = m.pick(append(m.values(s.Field), form.Unknown)...)
		}
	}
	return t
}

// values are those that the protocol asks for in a field, and two that fit most.
func (m maker) values(field string) []string {
	out := []string{Yes, No}
	m.p.conds(func(c form.Cond) {
		if c.Field == field {
			out = append(out, c.Values...)
		}
	})
	return out
}

// Asks lists what the protocol asks about, but for its own steps, in order.
func (p Protocol) Asks() (out []string) {
	p.conds(func(c form.Cond) {
		if !strings.HasPrefix(c.Field, OfStep) && !slices.Contains(out, c.Field) {
			out = append(out, c.Field)
		}
	})
	return out
}

// conds goes through all conditions.
func (p Protocol) conds(do func(form.Cond)) {
	all := func(conds []form.Cond) {
		for _, c := range conds {
			do(c)
		}
	}
	for _, row := range p.Fits {
		all(row)
	}
	for _, s := range p.Steps {
		all(s.When)
		for _, b := range s.Go {
			all(b.When)
		}
	}
}

// Telling leaves of trials those that show something: the one that goes the longest
// way first, and then each time the one that goes most often from a step to another as
// none did before.
func Telling(p Protocol, all []Trial) (out []Trial) {
	ways := make([][][2]string, len(all))
	for i, t := range all {
		from := ""
		for _, s := range append(p.run(t), Passed{Step: End}) {
			ways[i] = append(ways[i], [2]string{from, s.Step})
			from = s.Step
		}
	}
	went := map[[2]string]bool{}
	for {
		best, most := -1, 0
		for i, way := range ways {
			n := 0
			for _, s := range way {
				if !went[s] {
					n++
				}
			}
			if n > most {
				best, most = i, n
			}
		}
		if best < 0 {
			return out
		}
		for _, s := range ways[best] {
			went[s] = true
		}
		out = append(out, all[best])
	}
}

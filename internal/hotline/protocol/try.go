package protocol

import (
	"maps"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
)

// A Trial is somebody made up who is taken by a protocol: her record as it begins, and
// what is answered on the way, by step. What is asked for a field of the record is
// written there; a step that nothing is answered to is done without an answer.
type Trial struct {
	Record  Record
	Answers map[string]string
}

// A Dry is what came of trials.
type Dry struct {
	Ways      [][]Passed // of each trial
	Unreached []string   // steps that none of them came to
	Unsaid    []Unsaid
}

// Passed is a step that a trial went over.
type Passed struct{ Step, Answer string }

// Unsaid is a phrase that has no words in a language of the protocol or of the line.
type Unsaid struct{ Step, Phrase, Lang string }

// Try runs a protocol dry. phrases are the line's approved ones, by language.
func Try(p Protocol, phrases map[string][]interpret.Phrase, trials ...Trial) Dry {
	out := Dry{Unsaid: p.unsaid(phrases)}
	came := map[string]bool{}
	for _, t := range trials {
		way := p.run(t)
		for _, s := range way {
			came[s.Step] = true
		}
		out.Ways = append(out.Ways, way)
	}
	for _, s := range p.Steps {
		if !came[s.ID] {
			out.Unreached = append(out.Unreached, s.ID)
		}
	}
	return out
}

// run takes a trial to the end: each step is done a minute after the one before it.
func (p Protocol) run(t Trial) (way []Passed) {
	r, d := t.Record, Done{}
	r.Fields = maps.Clone(r.Fields)
	if r.Fields == nil {
		r.Fields = map[string]form.Value{}
	}
	for at := int64(0); ; at += 60_000 {
		over, head := view{p: p, r: r, d: d}.walk()
		if head == len(p.Steps) {
			for _, i := range over {
				way = append(way, Passed{p.Steps[i].ID, t.Answers[p.Steps[i].ID]})
			}
			return way
		}
		s, e := p.Steps[head], Entry{At: at}
		if given := t.Answers[s.ID]; s.Field != "" {
			r.Fields[s.Field] = answer(given)
		} else if slices.Contains(s.answers(), given) || slices.Contains(form.States(), given) {
			e.Answer = given
		}
		d = d.with(s.ID, e)
	}
}

func (p Protocol) unsaid(phrases map[string][]interpret.Phrase) (out []Unsaid) {
	langs := append(p.Languages(), slices.Collect(maps.Keys(phrases))...)
	slices.Sort(langs)
	for _, s := range p.Steps {
		for _, lang := range slices.Compact(slices.Clone(langs)) {
			if _, ok := interpret.Find(phrases[lang], s.Phrase); s.Phrase != "" && !ok {
				out = append(out, Unsaid{s.ID, s.Phrase, lang})
			}
		}
	}
	return out
}

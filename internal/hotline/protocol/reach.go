package protocol

import (
	"slices"
	"strconv"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// unreached adds what no contact can ever come to: conditions of which no answer meets
// all, branches below one that is always taken, steps that every way goes past.
func (p Protocol) unreached(fs *edition.Faults, fields Fields) {
	for i, row := range p.Fits {
		if !fields.possible(row, nil) {
			fs.Add(0, "fits."+strconv.Itoa(i+1), "edition.fault.no_way", "")
		}
	}
	come := make([]bool, len(p.Steps)+1)
	come[0] = true
	for i, s := range p.Steps {
		if !come[i] {
			fs.Add(i+1, "", "edition.fault.no_way", s.ID)
			continue
		}
		if !fields.possible(s.When, p.Steps[:i]) {
			fs.Add(i+1, "when", "edition.fault.no_way", s.ID)
		}
		come[i+1] = come[i+1] || len(s.When) > 0 // the way goes past it
		always := false
		for j, b := range s.Go {
			if always || !fields.possible(b.When, p.Steps[:i+1]) {
				fs.Add(i+1, "go."+strconv.Itoa(j+1), "edition.fault.no_way", b.To)
				continue
			}
			come[p.at(b.To)] = true
			always = len(b.When) == 0
		}
		come[i+1] = come[i+1] || !always
	}
}

// at is where a branch leads; the end is behind the last step.
func (p Protocol) at(to string) int {
	if to == End {
		return len(p.Steps)
	}
	return p.index(to)
}

// possible reports whether a record can meet all conditions at once.
func (fs Fields) possible(all []form.Cond, steps []Step) bool {
	return !slices.ContainsFunc(all, func(w form.Cond) bool {
		f, _ := fs.asked(w.Field, steps)
		return !fs.meets(f, slices.DeleteFunc(slices.Clone(all), func(o form.Cond) bool { return o.Field != w.Field }))
	})
}

// meets reports whether one answer to a field meets conditions that all ask about it:
// none, a state, one option, or where several can be chosen all that nothing forbids.
func (fs Fields) meets(f form.Field, all []form.Cond) bool {
	var most form.Value
	answers := []form.Value{{}}
	for _, state := range form.States() {
		answers = append(answers, form.Value{State: state})
	}
	for _, w := range all {
		for _, code := range w.Values {
			if slices.Contains(form.States(), code) {
				continue
			}
			answers = append(answers, form.Value{Codes: []string{code}})
			if !slices.ContainsFunc(all, func(o form.Cond) bool { return o.Is == form.IsNot && slices.Contains(o.Values, code) }) {
				most.Codes = append(most.Codes, code)
			}
		}
	}
	if f.Kind == form.Many {
		answers = append(answers, most)
	}
	return slices.ContainsFunc(answers, func(v form.Value) bool {
		return !slices.ContainsFunc(all, func(w form.Cond) bool { return !w.Holds(v) })
	})
}

package flow

import (
	"slices"
	"strconv"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// ways adds what is wrong with where a flow leads, whatever is pressed: branches below
// one that is always taken, steps that no way leads to, and a way into the queue that
// does not go over what to expect.
func (f Flow) ways(fs *edition.Faults) {
	come := make([]bool, len(f.Steps)+1)
	told := make([]bool, len(f.Steps)+1) // on every way to the step
	lead := func(to int, has bool) {
		told[to] = has && (told[to] || !come[to])
		come[to] = true
	}
	lead(0, false)
	for i, s := range f.Steps {
		if s.Kind == Danger {
			if come[i] {
				lead(i+1, told[i])
			}
			continue
		}
		if !come[i] {
			fs.Add(i+1, "", "edition.fault.no_way", s.ID)
			continue
		}
		if s.Kind == Queue && !told[i] {
			fs.Add(i+1, "", "edition.fault.flow.untold", s.ID)
		}
		if len(s.When) > 0 || s.Kind == Languages { // some go past it
			lead(i+1, told[i])
		}
		has := told[i] || s.Kind == Expect
		for _, p := range s.Keys {
			if to := f.index(p.To); to >= 0 {
				lead(to, has)
			}
		}
		always := s.Kind == End
		for j, b := range s.Go {
			if always {
				fs.Add(i+1, "go."+strconv.Itoa(j+1), "edition.fault.no_way", b.To)
				continue
			}
			lead(f.index(b.To), has)
			always = len(b.When) == 0
		}
		if !always {
			lead(i+1, has)
		}
	}
}

// quiet follows a flow with those who press nothing while the line is open, of every
// language and campaign that it asks about: each must come into the queue.
func (f Flow) quiet(fs *edition.Faults) {
	for _, start := range f.starts() {
		m := New(f, start)
		do := m.Step(Began)
		for !m.Ended() && !slices.ContainsFunc(do, func(d Do) bool { _, ok := d.(Join); return ok }) {
			do = m.Nothing()
		}
		if m.Ended() {
			fs.Add(m.s.At+1, "", "edition.fault.flow.silence", f.Steps[m.s.At].ID)
			return
		}
	}
}

// Nothing lets come what comes to somebody who presses nothing: the end of what is being
// said, or of the time that runs.
func (m *Machine) Nothing() []Do {
	if m.s.Due == dueSaid {
		return m.Step(Said{m.s.N})
	}
	return m.Step(Rang{m.s.N})
}

// starts are the calls that a flow can tell apart while the line is open.
func (f Flow) starts() (out []Start) {
	langs, campaigns := []string{""}, []string{""}
	see := func(all []form.Cond) {
		for _, c := range all {
			switch c.Field {
			case OfLang:
				langs = append(langs, c.Values...)
			case OfCampaign:
				campaigns = append(campaigns, c.Values...)
			}
		}
	}
	for _, s := range f.Steps {
		see(s.When)
		for _, b := range s.Go {
			see(b.When)
		}
	}
	few := func(all []string) []string {
		slices.Sort(all)
		all = slices.Compact(all)
		return all[:min(len(all), 20)]
	}
	for _, lang := range few(langs) {
		for _, c := range few(campaigns) {
			out = append(out, Start{Open: true, Number: Number{Lang: lang, Campaign: c}})
		}
	}
	return out
}

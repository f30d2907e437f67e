package protocol

import (
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// States of a step, as the panel shows it.
const (
	Next    = "next"    // to be done; at most one
	Waiting = "waiting" // its clock runs until Due
	IsDone  = "done"    // or answered by the record already
	Skipped = "skipped" // with a reason
	Ahead   = "ahead"   // may come, as things stand
	Off     = "off"     // the way goes past it, as things stand
)

// A View is a protocol as the panel shows it.
type View struct {
	Steps []Shown
	Over  bool   // there is nothing more to do or to wait for
	Open  []Open // who has still to sign, also when all else is over
}

// Shown is a step as it stands.
type Shown struct {
	Step

	State string
	Due   int64 // of what is waited for
	Entry Entry // of what was done or skipped; empty where the record answers
}

// Open is a sign-off that somebody has to give. After is of what was done already.
type Open struct {
	Step  string
	Of    hotline.Role
	After bool
}

// Follow tells where a protocol stands, for the record as it is and what was done so
// far. Whatever changes in the record changes what is still to do, wherever it stands:
// an answer that is put right brings back the steps that it had gone past. What was
// done stays done, whether or not the way still leads over it. A step that asks for a
// field that is answered already is not asked again.
func Follow(p Protocol, r Record, d Done) View {
	f := view{p: p, r: r, d: d}
	way, head := f.walk()
	out := View{Steps: make([]Shown, len(p.Steps)), Over: head == len(p.Steps)}
	ahead := f.ahead(head)
	for i, s := range p.Steps {
		e, done := d.Steps[s.ID]
		out.Steps[i] = Shown{Step: s, State: f.state(i, head, ahead[i] || slices.Contains(way, i)), Entry: e}
		switch {
		case out.Steps[i].State == Waiting:
			out.Steps[i].Due = f.since(way) + int64(s.Minutes)*60_000
		case out.Steps[i].State == Next && s.Kind == SignOff:
			out.Open = append(out.Open, Open{Step: s.ID, Of: s.Sign})
		case done && e.Skipped == "" && s.Kind == Do && s.Sign != "" && e.Signed.At == 0:
			out.Open = append(out.Open, Open{Step: s.ID, Of: s.Sign, After: true})
		}
	}
	return out
}

// Ringing lists the steps whose clock has run out.
func (v View) Ringing(now int64) (out []Shown) {
	for _, s := range v.Steps {
		if s.State == Waiting && s.Due <= now {
			out = append(out, s)
		}
	}
	return out
}

// view is one look at a protocol.
type view struct {
	p Protocol
	r Record
	d Done
}

// walk goes the way from the first step to the first that is not done, or to the end.
// It lists the steps that were gone over.
func (f view) walk() (way []int, head int) {
	for i := 0; i < len(f.p.Steps); {
		s := f.p.Steps[i]
		_, done := f.d.Steps[s.ID]
		switch {
		case !done && !f.hold(s.When):
			i++
		case done || f.known(s):
			way = append(way, i)
			i = f.after(i)
		default:
			return way, i
		}
	}
	return way, len(f.p.Steps)
}

// after is where the way goes from a step that is done.
func (f view) after(i int) int {
	for _, b := range f.p.Steps[i].Go {
		if f.hold(b.When) {
			return f.p.at(b.To)
		}
	}
	return i + 1
}

// known reports whether the record answers a step already. What nobody has asked is
// still to be asked.
func (f view) known(s Step) bool {
	v := f.r.Fields[s.Field]
	return s.Kind == Ask && s.Field != "" && !v.Empty() && v.State != form.NotAsked
}

func (f view) state(i, head int, onWay bool) string {
	s := f.p.Steps[i]
	e, done := f.d.Steps[s.ID]
	switch {
	case done && e.Skipped != "":
		return Skipped
	case done, onWay && f.known(s):
		return IsDone
	case i == head && s.Kind == Wait:
		return Waiting
	case i == head:
		return Next
	case onWay:
		return Ahead
	}
	return Off
}

// since is when the clock of the step began to run: when the last thing on the way
// before it was done, or the protocol was begun.
func (f view) since(way []int) int64 {
	at := f.d.Began
	for _, i := range way {
		at = max(at, f.d.Steps[f.p.Steps[i].ID].At)
	}
	return at
}

// ahead tells which steps the way may still lead over. What is not answered yet may be
// answered in any way.
func (f view) ahead(head int) []bool {
	come := make([]bool, len(f.p.Steps)+1)
	come[head] = true
	for i := head; i < len(f.p.Steps); i++ {
		if !come[i] {
			continue
		}
		s := f.p.Steps[i]
		if _, done := f.d.Steps[s.ID]; !done && i > head {
			come[i+1] = come[i+1] || !f.must(s.When)
			if come[i] = f.may(s.When); !come[i] {
				continue
			}
		}
		sure := false
		for _, b := range s.Go {
			if f.may(b.When) {
				come[f.p.at(b.To)] = true
			}
			if sure = f.must(b.When); sure {
				break
			}
		}
		come[i+1] = come[i+1] || !sure
	}
	return come
}

// hold reports whether all conditions hold as things stand.
func (f view) hold(all []form.Cond) bool {
	return !slices.ContainsFunc(all, func(c form.Cond) bool { return !c.Holds(f.value(c.Field)) })
}

// may reports whether all hold, or could once what is empty is answered.
func (f view) may(all []form.Cond) bool {
	return !slices.ContainsFunc(all, func(c form.Cond) bool {
		v := f.value(c.Field)
		return !v.Empty() && !c.Holds(v)
	})
}

// must reports whether all hold whatever else is answered.
func (f view) must(all []form.Cond) bool {
	return !slices.ContainsFunc(all, func(c form.Cond) bool {
		v := f.value(c.Field)
		return v.Empty() || !c.Holds(v)
	})
}

// value is what stands in what a condition asks about.
func (f view) value(field string) form.Value {
	if id, ok := strings.CutPrefix(field, OfStep); ok {
		return answer(f.d.Steps[id].Answer)
	}
	switch field {
	case contactPath:
		return answer(string(f.r.Seen.Path))
	case contactChannel:
		return answer(string(f.r.Seen.Channel))
	case contactDanger:
		return answer(yesNo(f.r.Seen.Danger))
	case contactMinor:
		return answer(yesNo(f.r.Seen.Minor))
	case contactReturned:
		return answer(yesNo(f.r.Seen.Returned))
	}
	return f.r.Fields[field]
}

// answer is a code as a record holds it.
func answer(code string) form.Value {
	switch {
	case code == "":
		return form.Value{}
	case slices.Contains(form.States(), code):
		return form.Value{State: code}
	}
	return form.Value{Codes: []string{code}}
}

func yesNo(b bool) string {
	if b {
		return Yes
	}
	return No
}

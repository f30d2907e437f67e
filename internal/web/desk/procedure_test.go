package desk_test

import (
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// guided has the line's procedures in force: two that came with the program, and one of
// three steps that fits everybody.
func (l *line) guided(t *testing.T) {
	t.Helper()
	all := protocol.Shipped()
	small := hotlinetest.Procedure()
	small.Urgency = 9
	small.Fits = [][]form.Cond{{{Field: "contact.path", Is: form.IsNot, Values: []string{"tip"}}}}
	for name, body := range map[string]string{"first_contact": all["first_contact"], "minor": all["minor"], "heron": small.Body()} {
		hotlinetest.Must(t, l.editions.Begin(t.Context(), l.First.ID, protocol.Key(name), body))
	}
}

// fitting lists the procedures that fit, in order.
func fitting(f desk.ProceduresFrame) (out []string) {
	for _, p := range f.All {
		if p.Fits {
			out = append(out, p.Name)
		}
	}
	return out
}

func procedureIn(t *testing.T, f desk.ProceduresFrame, name string) desk.Procedure {
	t.Helper()
	i := slices.IndexFunc(f.All, func(p desk.Procedure) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("there is no %s", name)
	}
	return f.All[i]
}

// steps waits until a procedure stands so.
func (c *console) steps(name string, of func(desk.Procedure) bool) desk.Procedure {
	c.t.Helper()
	f := await(c, "procedures", func(f desk.ProceduresFrame) bool {
		i := slices.IndexFunc(f.All, func(p desk.Procedure) bool { return p.Name == name })
		return i >= 0 && of(f.All[i])
	})
	return procedureIn(c.t, f, name)
}

// What fits stands first, and follows the record with each answer; steps come only of
// the one that is opened.
func TestProceduresFollowTheRecord(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l, ana, c := taken(t, e)
		l.guided(t)
		d, _ := l.at(t, ana)
		f := await[desk.FormFrame](d, "form", nil)
		first := await[desk.ProceduresFrame](d, "procedures", nil)
		hotlinetest.Same(t, fitting(first), "first_contact", "heron")
		if p := procedureIn(t, first, "first_contact"); p.Next == "" || !p.Draft || len(p.Steps) != 0 || p.Label == "" || procedureIn(t, first, "minor").Next != "" {
			t.Errorf("it begins with %q next, draft %v, %d steps", p.Next, p.Draft, len(p.Steps))
		}
		d.save(c.Contact, asks(t, f, "age_group"), 0, desk.Answer{Codes: []string{"minor"}})
		then := await(d, "procedures", func(f desk.ProceduresFrame) bool { return len(fitting(f)) == 3 })
		hotlinetest.Same(t, fitting(then), "minor", "first_contact", "heron")
		d.say("procedure", desk.OpenProcedure{Contact: string(c.Contact), Name: "minor"})
		p := d.steps("minor", func(p desk.Procedure) bool { return len(p.Steps) > 0 })
		if s := p.Steps[0]; s.ID != "safe" || s.State != protocol.Next || s.Field != asks(t, f, "safe_now") {
			t.Errorf("the first step is %s, %s", s.ID, s.State)
		}
		d.save(c.Contact, asks(t, f, "danger_now"), 0, desk.Answer{Codes: []string{"yes"}})
		d.steps("minor", func(p desk.Procedure) bool { return len(p.Steps) > 0 && p.Steps[1].State == protocol.IsDone })
		d.say("procedure", desk.OpenProcedure{Contact: string(c.Contact)})
		if p := d.steps("minor", func(p desk.Procedure) bool { return len(p.Steps) == 0 }); p.Next == "" {
			t.Error("closed, nothing is next")
		}
	})
}

// A step is done once, left out with a reason or not at all, and signed by the role that
// signs, who is not the one who did it; a colleague sees each at once. What was begun
// goes on under its edition.
func TestStepsAreDoneSkippedAndSigned(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l, ana, c := taken(t, e)
		l.guided(t)
		sup := l.Hire(t, hotline.Supervisor)
		id := string(c.Contact)
		hers, _ := l.at(t, ana)
		others, _ := l.at(t, sup)
		others.say("join", desk.Join{Contact: id})
		for _, d := range []*console{hers, others} {
			await[desk.ProceduresFrame](d, "procedures", nil)
			d.say("procedure", desk.OpenProcedure{Contact: id, Name: "heron"})
			d.steps("heron", func(p desk.Procedure) bool { return len(p.Steps) == 3 })
		}
		step := func(d *console, kind, step, answer, reason string) {
			d.say("step", desk.PutStep{Contact: id, Procedure: "heron", Kind: kind, Step: step, Answer: answer, Reason: reason})
		}
		refused := func(d *console, key string) {
			t.Helper()
			if no := await[desk.Refused](d, "refused", nil); no.Of != "step" || no.ID != id || no.Key != key {
				t.Errorf("refused %s of %s with %s, want %s", no.Of, no.ID, no.Key, key)
			}
		}
		step(hers, "skip", "hello", "", "  ")
		refused(hers, "protocol.reason")
		step(hers, "skip", "hello", "", "she knows us")
		for _, d := range []*console{hers, others} {
			p := d.steps("heron", func(p desk.Procedure) bool { return p.Begun > 0 && len(p.Steps) == 3 })
			if s := p.Steps[0]; s.State != protocol.Skipped || s.Skipped != "she knows us" || s.By != ana.Name || p.Steps[1].State != protocol.Next {
				t.Errorf("the step is %s by %s", s.State, s.By)
			}
		}
		step(hers, "mark", "hello", "", "")
		refused(hers, "protocol.done")
		step(hers, "mark", "call", "", "")
		p := hers.steps("heron", func(p desk.Procedure) bool { return p.Steps[1].At > 0 })
		if p.Open != 2 || p.Steps[1].May || p.Steps[2].May {
			t.Errorf("%d sign-offs are open, and she may give %v, %v", p.Open, p.Steps[1].May, p.Steps[2].May)
		}
		step(hers, "sign", "may", "yes", "")
		refused(hers, "protocol.sign")
		p = others.steps("heron", func(p desk.Procedure) bool { return p.Steps[1].At > 0 })
		if !p.Steps[1].May || !p.Steps[2].May {
			t.Error("a supervisor may not sign")
		}
		step(others, "sign", "call", "yes", "")
		step(others, "sign", "may", "no", "")
		p = hers.steps("heron", func(p desk.Procedure) bool { return p.Over && p.Open == 0 })
		if s := p.Steps[1]; s.Signed != "yes" || s.SignedBy != sup.Name || p.Steps[2].Answer != "no" {
			t.Errorf("signed %q by %s, answered %q", s.Signed, s.SignedBy, p.Steps[2].Answer)
		}

		other := hotlinetest.Procedure()
		other.Steps = other.Steps[:1]
		v, err := l.editions.Write(t.Context(), l.First.ID, protocol.Key("heron"), other.Body(), 0)
		hotlinetest.Must(t, err)
		_, err = l.editions.Publish(t.Context(), l.First.ID, protocol.Key("heron"), v)
		hotlinetest.Must(t, err)
		again, _ := l.at(t, ana)
		again.say("procedure", desk.OpenProcedure{Contact: id, Name: "heron"})
		if p := again.steps("heron", func(p desk.Procedure) bool { return len(p.Steps) > 0 }); len(p.Steps) != 3 || !p.Over || p.Fits {
			t.Errorf("begun under the first edition, it goes on with %d steps", len(p.Steps))
		}
	})
}

// A line without procedures in force shows none.
func TestNoProceduresAreShownWhereThereAreNone(t *testing.T) {
	t.Parallel()
	l, ana, _ := taken(t, dbtest.New(t))
	d, _ := l.at(t, ana)
	d.say("ping", desk.Ping{})
	d.none("procedures", "pong")
}

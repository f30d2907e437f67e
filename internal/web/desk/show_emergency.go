package desk

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/problem"
)

// errNoTable says that the line has no table of places in force.
var errNoTable = errors.New("desk: no table of places")

// An atlas keeps the table of places as it was read, by the number of its edition: it is
// looked through with each key that is pressed.
type atlas struct {
	mu     sync.Mutex
	number int64
	table  emergency.Table
}

// inForce is the table in force, and its number.
func (a *atlas) inForce(ctx context.Context, editions *edition.Book) (emergency.Table, int64, error) {
	if editions == nil {
		return emergency.Table{}, 0, errNoTable
	}
	e, err := editions.Current(ctx, emergency.Key())
	if errors.Is(err, edition.ErrMissing) {
		err = errNoTable
	}
	if err != nil {
		return emergency.Table{}, 0, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.number != e.Number {
		if a.table, err = emergency.Parse(e.Body); err != nil {
			a.number = 0
			return emergency.Table{}, 0, err
		}
		a.number = e.Number
	}
	return a.table, a.number, nil
}

// emergent shows the emergencies of a contact, where anything of them has changed. What is
// wrong with them ends nothing else on the desk.
func (c *console) emergent(ctx context.Context, s *shown) error {
	if c.d.Emergencies == nil {
		return nil
	}
	of, err := c.urgent(ctx, s.row.ID, s.record)
	if err != nil {
		return pass(err)
	}
	f, err := c.emergencies(ctx, of)
	if err != nil {
		return pass(err)
	}
	if len(f.All)+len(s.helped.All) == 0 && f.Trouble == s.helped.Trouble || reflect.DeepEqual(f, s.helped) {
		return nil
	}
	s.helped = f
	c.push(f)
	return nil
}

// emergencies is what stands of a contact's emergencies. Rows that are not ours are not shown,
// and the desk says so.
func (c *console) emergencies(ctx context.Context, of emergency.Of) (EmergenciesFrame, error) {
	f := EmergenciesFrame{Contact: string(of.Contact), All: []EmergencyView{}}
	all, err := c.d.Emergencies.All(ctx, of)
	if errors.Is(err, emergency.ErrOld) || errors.Is(err, emergency.ErrBroken) {
		f.Trouble = problem.Of(err).Key
		c.d.Log.ErrorContext(ctx, "an emergency in the database is not what was written", "contact", of.Contact, "err", err)
		return f, nil
	}
	for _, e := range all {
		f.All = append(f.All, c.emergencyView(e, of))
	}
	return f, err
}

// emergencyView is one, as it may be read out now.
func (c *console) emergencyView(e emergency.Emergency, of emergency.Of) EmergencyView {
	v := EmergencyView{
		ID: e.ID, Version: e.Version, State: string(e.State), Ground: string(e.Ground), Reason: e.Reason, OpenedAt: e.OpenedAt, OpenedBy: c.pic.name(e.OpenedBy),
		Calls: c.pic.name(e.Calls), CalledAt: e.CalledAt, Stays: e.Stays(of.Head), Agreed: e.Agreed, Dispatches: []DispatchView{},
		Second: e.Second.Says, SecondBy: c.pic.name(e.Second.By), SecondAt: e.Second.At, SecondWhy: e.SecondWhy, EndedAt: e.EndedAt, Outcome: e.Outcome, Note: e.Note,
	}
	if waits, _ := e.Waits(0); waits {
		v.ConfirmBy, v.May = e.ConfirmBy, c.supervises && !e.Acted(c.me.ID)
	}
	if e.Where.Place != "" {
		v.Place = &PlaceView{Code: e.Where.Place, Name: e.Where.Name, In: []string{}, Who: answersOf(e.Where.Who)}
	}
	sheet := e.Sheet(of.Head)
	v.MayKnow, v.Heard = sheet.MayKnow, sheet.Heard
	for _, l := range emergency.Pieces() {
		line := SheetLine{Kind: l.Name, Back: l.Back, Kept: slices.Contains(sheet.Kept, l.Name)}
		if i := slices.IndexFunc(sheet.Read, func(r emergency.Line) bool { return r.Name == l.Name }); i >= 0 {
			line.Text = sheet.Read[i].Text
		}
		v.Lines = append(v.Lines, line)
	}
	for _, d := range e.Dispatches {
		v.Dispatches = append(v.Dispatches, DispatchView{
			ID: d.ID, Unit: d.Unit, Number: d.Number, Ref: d.Ref, At: d.At, By: c.pic.name(d.By), Came: d.Came, CameAt: d.CameAt, Note: d.Note,
		})
	}
	return v
}

func answersOf(w emergency.Who) Answers {
	a := Answers{
		Call: w.Call, Text: w.Text, Police: w.Police.Name, Number: w.Police.Number, Form: w.Police.Form, Hours: w.Police.Hours,
		Languages: list(w.Police.Languages), Takes: list(w.Police.Takes), Notes: w.Notes, MadeUp: w.MadeUp(),
	}
	if w.Medical != w.Call {
		a.Medical = w.Medical
	}
	if w.Fire != w.Call {
		a.Fire = w.Fire
	}
	return a
}

// behind reports whether somebody has written in an emergency what this desk was not told: a
// lost hint costs one picture.
func (c *console) behind(s *shown) bool {
	e, ok := c.pic.goesOn(s.row.ID)
	return ok && c.d.Emergencies != nil && s.helped.Trouble == "" &&
		!slices.ContainsFunc(s.helped.All, func(v EmergencyView) bool { return v.ID == e.ID && v.Version >= e.Version })
}

// goesOn is the emergency of a contact that goes on, if there is one.
func (p *picture) goesOn(id hotline.ContactID) (emergency.Standing, bool) {
	for _, s := range p.standing {
		if s.Contact == id && s.State != emergency.Ended {
			return s, true
		}
	}
	return emergency.Standing{}, false
}

// helpIn tells apart whose emergencies go on within a situation.
func (c *console) helpIn(w *situation.Whole) (ids string) {
	for _, p := range w.Parts {
		if e, ok := c.pic.goesOn(p.Contact.ID); ok && p.Kind == situation.ContactPart {
			ids += e.ID
		}
	}
	return ids
}

// emergencies are those that go on or wait for a second person, for the board. What somebody
// must not know of, because she knows them, is not on hers.
func (p *picture) emergencies(me hotline.PersonID) []EmergencyRow {
	out := []EmergencyRow{}
	for _, s := range p.standing {
		row := EmergencyRow{
			ID: s.ID, Contact: string(s.Contact), State: string(s.State), Ground: string(s.Ground), OpenedAt: s.OpenedAt, OpenedBy: p.name(s.OpenedBy),
			Calls: p.name(s.Calls), Mine: s.OpenedBy == me || s.Calls == me, Version: s.Version,
		}
		if s.Waits {
			row.ConfirmBy = s.ConfirmBy
		}
		if w, ok := p.find(s.Contact); ok {
			if slices.Contains(p.blocked[w.Situation], me) {
				continue
			}
			row.Handle, row.With = w.Handle, p.holder(w.Contact)
		}
		out = append(out, row)
	}
	return out
}

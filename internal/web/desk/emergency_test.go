package desk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// places has the made-up table of places in force.
func (l *line) places(t *testing.T) {
	t.Helper()
	hotlinetest.Must(t, l.editions.Begin(t.Context(), l.First.ID, emergency.Key(), emergency.Shipped()))
}

// stands waits until an emergency of a contact stands so.
func (c *console) stands(id hotline.ContactID, of func(desk.EmergencyView) bool) desk.EmergencyView {
	c.t.Helper()
	f := await(c, "emergencies", func(f desk.EmergenciesFrame) bool {
		return f.Contact == string(id) && slices.ContainsFunc(f.All, of)
	})
	return f.All[slices.IndexFunc(f.All, of)]
}

// opened opens an emergency and gives it as the desk shows it.
func (c *console) opened(f desk.OpenEmergency) desk.EmergencyView {
	c.t.Helper()
	c.say("emergency", f)
	return c.stands(hotline.ContactID(f.Contact), func(e desk.EmergencyView) bool { return e.ID == f.ID })
}

// harbours are lines with that table, on which ana has a chat on her desk.
func harbours(t *testing.T, f func(t *testing.T, l *line, ana *hotlinetest.Person, c *hotlinetest.Caller, d *console)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l, ana, c := taken(t, e)
		l.places(t)
		d, _ := l.at(t, ana)
		f(t, l, ana, c, d)
	})
}

func inDanger(c *hotlinetest.Caller) desk.OpenEmergency {
	return desk.OpenEmergency{
		ID: hotline.NewID(), Contact: string(c.Contact), Code: "harbour_district", Text: "by the blue crane", Ground: "danger", Reason: "a man with a knife is at the door",
	}
}

func says(e desk.EmergencyView, kind string) string {
	i := slices.IndexFunc(e.Lines, func(l desk.SheetLine) bool { return l.Kind == kind })
	return e.Lines[i].Text
}

// Rough words bring the places that they may mean, with who answers there, as she types; a
// line without a table says so.
func TestPlacesAreFoundAsSheTypes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l, ana, c := taken(t, e)
		d, _ := l.at(t, ana)
		ask := func(n int64, words string) desk.PlacesFrame {
			d.say("places", desk.AskPlaces{Contact: string(c.Contact), N: n, Text: words})
			return await(d, "places", func(f desk.PlacesFrame) bool { return f.N == n })
		}
		if f := ask(1, "blue crane"); !f.None || len(f.All) != 0 {
			t.Errorf("without a table it finds %d", len(f.All))
		}
		l.places(t)
		f := ask(2, "near the blu crane")
		if len(f.All) == 0 || f.All[0].Code != "harbour_district" || f.All[0].Fit != "spelt" || f.All[0].By != "blue crane" || !f.All[0].Near {
			t.Fatalf("it finds %d", len(f.All))
		}
		who := f.All[0].Who
		if who.Call != "+1 555 0162" || who.Text != "yes" || who.Number != "+1 555 0165" || !slices.Equal(who.Takes, []string{"call"}) || !who.MadeUp || who.Notes == "" || who.Medical == "" || who.Fire != "" {
			t.Error("who answers is not what the table says")
		}
		if f := ask(3, "zzz"); len(f.All) != 0 {
			t.Errorf("nonsense finds %d", len(f.All))
		}
		other := l.Arrive(t, "another")
		if key := d.refusal("places", desk.AskPlaces{Contact: string(other.Contact), Text: "crane"}); key != "contact.missing" {
			t.Errorf("for a contact that is not hers: %q", key)
		}
	})
}

// From the first key to the end, as everybody who has the contact open sees it: the
// supervisors are told in the same transaction, one calls, two are sent, and the board has the
// clock.
func TestHelpIsCalledFromTheDesk(t *testing.T) {
	t.Parallel()
	harbours(t, func(t *testing.T, l *line, ana *hotlinetest.Person, c *hotlinetest.Caller, hers *console) {
		sue := l.Hire(t, hotline.Supervisor)
		others, _ := l.at(t, sue)
		id := string(c.Contact)
		f := inDanger(c)
		f.Ground, f.Reason = "wish", "she wrote: send somebody"
		v := hers.opened(f)
		if l.Count(t, `SELECT count(*) FROM alert WHERE kind = $1 AND contact = $2`, contact.Emergency, id) != 1 {
			t.Error("it is open, and nothing rings")
		}
		if v.State != "open" || v.Place == nil || v.Place.Who.Call != "+1 555 0162" || says(v, "place") != "Harbour District, Harbour Town, Harbour Coast" || v.ConfirmBy != 0 {
			t.Errorf("opened as %s", v.State)
		}
		row := await(others, "board", func(b desk.BoardFrame) bool { return len(b.Board.Emergencies) == 1 }).Board.Emergencies[0]
		if row.Contact != id || row.With != ana.Name || row.OpenedBy != ana.Name || row.Mine || row.OpenedAt != v.OpenedAt {
			t.Errorf("the board shows it with %q", row.With)
		}
		await(hers, "contact", func(f desk.ContactFrame) bool { return f.Contact.Emergency == v.OpenedAt })
		others.say("join", desk.Join{Contact: id})
		others.stands(c.Contact, func(e desk.EmergencyView) bool { return e.ID == v.ID })

		both := func(of func(desk.EmergencyView) bool) desk.EmergencyView {
			t.Helper()
			others.stands(c.Contact, of)
			return hers.stands(c.Contact, of)
		}
		hers.say("calls", desk.Calls{ID: v.ID, Contact: id, Version: v.Version})
		v = both(func(e desk.EmergencyView) bool { return e.State == "calling" && e.Calls == ana.Name })
		hers.say("sheet", desk.PutSheet{ID: v.ID, Contact: id, Version: v.Version, Code: v.Place.Code, Lines: []desk.ToSay{{Kind: "people", Text: " two "}, {Kind: "words", Text: "second door"}}})
		v = both(func(e desk.EmergencyView) bool {
			return says(e, "people") == "two" && says(e, "words") == "second door"
		})
		if v.Place == nil || v.Place.Code != "harbour_district" {
			t.Error("the place is gone")
		}
		first, second := hotline.NewID(), hotline.NewID()
		hers.say("dispatch", desk.PutDispatch{ID: v.ID, Contact: id, Version: v.Version, Of: first, Unit: "Water police", Number: "+1 555 0165", Ref: "W-1"})
		v = both(func(e desk.EmergencyView) bool { return e.State == "sent" && len(e.Dispatches) == 1 })
		hers.say("came", desk.PutCame{ID: v.ID, Contact: id, Version: v.Version, Of: first, Came: "not_found", Note: "gate locked"})
		v = both(func(e desk.EmergencyView) bool { return e.Dispatches[0].Came == "not_found" })
		others.say("dispatch", desk.PutDispatch{ID: v.ID, Contact: id, Version: v.Version, Of: second, Unit: "Town police"})
		v = both(func(e desk.EmergencyView) bool { return len(e.Dispatches) == 2 && e.Dispatches[1].By == sue.Name })
		others.say("came", desk.PutCame{ID: v.ID, Contact: id, Version: v.Version, Of: second, Came: "arrived"})
		v = both(func(e desk.EmergencyView) bool { return e.Dispatches[1].Came == "arrived" })
		hers.say("end_emergency", desk.EndEmergency{ID: v.ID, Contact: id, Version: v.Version, Outcome: "safe", Note: "with the nurse"})
		both(func(e desk.EmergencyView) bool { return e.State == "ended" && e.Outcome == "safe" && e.EndedAt > 0 })
		await(others, "board", func(b desk.BoardFrame) bool { return len(b.Board.Emergencies) == 0 })
		again, _ := l.at(t, ana)
		again.stands(c.Contact, func(e desk.EmergencyView) bool { return e.State == "ended" && len(e.Dispatches) == 2 })
	})
}

// Of two who write at once the later one is shown what stands, and refused; nothing opens
// twice, on no fourth ground, without a reason, or for a place that is not there.
func TestTwoWhoWriteAtOnce(t *testing.T) {
	t.Parallel()
	harbours(t, func(t *testing.T, l *line, ana *hotlinetest.Person, c *hotlinetest.Caller, d *console) {
		for name, change := range map[string]func(*desk.OpenEmergency){
			"emergency.ground": func(f *desk.OpenEmergency) { f.Ground = "supervisor" },
			"emergency.reason": func(f *desk.OpenEmergency) { f.Reason = "  " },
			"emergency.place":  func(f *desk.OpenEmergency) { f.Code = "nowhere" },
			"emergency.duty":   func(f *desk.OpenEmergency) { f.Ground = "duty" },
			"contact.missing":  func(f *desk.OpenEmergency) { f.Contact = hotline.NewID() },
		} {
			f := inDanger(c)
			change(&f)
			if key := d.refusal("emergency", f); key != name {
				t.Errorf("refused with %q, want %q", key, name)
			}
		}
		v := d.opened(inDanger(c))
		if key := d.refusal("emergency", inDanger(c)); key != "emergency.open" {
			t.Errorf("a second one: %q", key)
		}
		line := func(kind, text string) desk.PutSheet {
			return desk.PutSheet{ID: v.ID, Contact: string(c.Contact), Version: v.Version, Code: v.Place.Code, Lines: []desk.ToSay{{Kind: kind, Text: text}}}
		}
		d.say("sheet", line("weapons", "a knife"))
		now := d.stands(c.Contact, func(e desk.EmergencyView) bool { return e.Version == v.Version+1 })
		other, _ := l.at(t, ana)
		other.say("sheet", line("weapons", "none"))
		shown := other.stands(c.Contact, func(e desk.EmergencyView) bool { return e.Version == now.Version })
		if no := await[desk.Refused](other, "refused", nil); no.Key != "emergency.moved" || no.ID != v.ID || says(shown, "weapons") != "a knife" {
			t.Errorf("refused with %q, and shown %d", no.Key, shown.Version)
		}
		v = now
		if key := d.refusal("sheet", line("place", "x")); key != "emergency.words" {
			t.Errorf("a line that is none: %q", key)
		}
		d.say("end_emergency", desk.EndEmergency{ID: v.ID, Contact: string(c.Contact), Version: v.Version, Outcome: "stood_down"})
		d.stands(c.Contact, func(e desk.EmergencyView) bool { return e.ID == v.ID && e.State == "ended" })
		duty := inDanger(c)
		duty.Ground, duty.Decision, duty.Code = "duty", hotlinetest.AtOnce, ""
		if v := d.opened(duty); v.Place != nil || v.ConfirmBy == 0 || v.Ground != "duty" {
			t.Errorf("by a duty that is due at once, without a place: %s", v.Ground)
		}
	})
}

// What names her is on the desk only where her rules let it be said, and the desk says why it
// is not; a level that she chooses meanwhile counts at once.
func TestTheSheetFollowsHerRules(t *testing.T) {
	t.Parallel()
	harbours(t, func(t *testing.T, l *line, _ *hotlinetest.Person, c *hotlinetest.Caller, d *console) {
		id := string(c.Contact)
		f := inDanger(c)
		f.Ground = "wish"
		v := d.opened(f)
		if v.Stays != emergency.StaysUnasked {
			t.Errorf("nobody has asked her, and it stays because of %q", v.Stays)
		}
		d.say("privacy", desk.Level{Contact: id, Level: "confidential"})
		v = d.stands(c.Contact, func(e desk.EmergencyView) bool { return e.Stays == emergency.StaysDisagreed })
		name := func(agreed bool) desk.PutSheet {
			return desk.PutSheet{ID: v.ID, Contact: id, Version: v.Version, Code: v.Place.Code, Lines: []desk.ToSay{{Kind: "name", Text: "Noor"}}, Agreed: agreed}
		}
		d.say("sheet", name(true))
		v = d.stands(c.Contact, func(e desk.EmergencyView) bool { return says(e, "name") == "Noor" && e.Stays == "" && e.Agreed })
		d.say("sheet", name(false))
		v = d.stands(c.Contact, func(e desk.EmergencyView) bool { return e.Stays == emergency.StaysDisagreed })
		if says(v, "name") != "" || !v.Lines[slices.IndexFunc(v.Lines, func(l desk.SheetLine) bool { return l.Kind == "name" })].Kept {
			t.Error("she has not said yes, and her name is on the desk")
		}
		d.say("sheet", desk.PutSheet{ID: v.ID, Contact: id, Version: v.Version, Code: v.Place.Code, Agreed: true})
		d.stands(c.Contact, func(e desk.EmergencyView) bool { return says(e, "name") == "Noor" })
		d.say("privacy", desk.Level{Contact: id, Level: "anonymous"})
		v = d.stands(c.Contact, func(e desk.EmergencyView) bool { return e.Stays == emergency.StaysAnonymous })
		if says(v, "name") != "" {
			t.Error("she stays anonymous, and her name is on the desk")
		}
		if key := d.refusal("sheet", name(true)); key != "emergency.anonymous" {
			t.Errorf("her name is kept: %q", key)
		}
		d.say("sheet", desk.PutSheet{ID: v.ID, Contact: id, Version: v.Version, Code: v.Place.Code, Lines: []desk.ToSay{{Kind: "hurt", Text: "nobody"}}})
		v = d.stands(c.Contact, func(e desk.EmergencyView) bool { return says(e, "hurt") == "nobody" })
		if slices.ContainsFunc(v.Lines, func(l desk.SheetLine) bool { return l.Kept }) {
			t.Error("she stays anonymous, and her name is kept")
		}
	})
}

// What was not her wish waits on the board for a supervisor who had no part in it, also when
// nobody has the contact any more; late, it rings until she has answered.
func TestASecondPersonAnswersFromTheBoard(t *testing.T) {
	t.Parallel()
	harbours(t, func(t *testing.T, l *line, ana *hotlinetest.Person, c *hotlinetest.Caller, hers *console) {
		sue, tia := l.Hire(t, hotline.Supervisor), l.Hire(t, hotline.Supervisor)
		id := string(c.Contact)
		v := hers.opened(inDanger(c))
		if v.ConfirmBy-v.OpenedAt != emergency.Confirm.Milliseconds() || v.May {
			t.Errorf("to be answered within %d, by her: %v", v.ConfirmBy-v.OpenedAt, v.May)
		}
		answer := func(says string) desk.PutSecond {
			return desk.PutSecond{ID: v.ID, Contact: id, Version: v.Version, Says: says, Reason: "I read it with her"}
		}
		if key := hers.refusal("second", answer("confirmed")); key != "desk.problem.role" {
			t.Errorf("an advocate answers: %q", key)
		}
		caller, _ := l.at(t, sue)
		caller.say("calls", desk.Calls{ID: v.ID, Contact: id, Version: v.Version})
		v = caller.stands(c.Contact, func(e desk.EmergencyView) bool { return e.Calls == sue.Name })
		if key := caller.refusal("second", answer("confirmed")); key != "emergency.second" {
			t.Errorf("who called answers: %q", key)
		}
		hers.say("end_emergency", desk.EndEmergency{ID: v.ID, Contact: id, Version: v.Version, Outcome: "moved"})
		v = hers.stands(c.Contact, func(e desk.EmergencyView) bool { return e.State == "ended" })
		l.Close(t, ana, c.Contact)
		if l.Count(t, `SELECT count(*) FROM alert WHERE kind = $1 AND acknowledged_at IS NULL`, contact.Emergency) != 1 {
			t.Error("the contact is closed, and what rang is silent although nobody has seen it")
		}
		l.Advance(t, emergency.Confirm+time.Minute)
		hotlinetest.Must(t, l.Emergencies.RingOverdue(t.Context()))
		l.SignIn(t, tia)
		second, shows := l.at(t, tia)
		if !slices.ContainsFunc(shows.Alerts, func(a desk.Alert) bool { return a.Kind == contact.Unconfirmed && a.SeenAt == 0 }) {
			t.Error("a second person is overdue, and nothing rings")
		}
		second.say("look", desk.LookEmergency{Contact: id})
		v = second.stands(c.Contact, func(e desk.EmergencyView) bool { return e.May && e.Place != nil })
		for _, empty := range []desk.PutSecond{{ID: v.ID, Contact: id, Version: v.Version, Says: "confirmed", Reason: " "}, answer("perhaps")} {
			if key := second.refusal("second", empty); key != "emergency.reason" && key != "emergency.words" {
				t.Errorf("%q because of nothing: %q", empty.Says, key)
			}
		}
		second.say("second", answer("contested"))
		v = second.stands(c.Contact, func(e desk.EmergencyView) bool { return e.Second == "contested" && e.SecondBy == tia.Name })
		if v.May || v.ConfirmBy != 0 {
			t.Error("it still waits")
		}
		if l.Count(t, `SELECT count(*) FROM alert WHERE kind = $1 AND acknowledged_at IS NULL`, contact.Emergency) == 0 {
			t.Error("contested, and nothing rings")
		}
	})
}

// A row that was put back is refused, the desk says so, and the rest of the desk goes on.
func TestADeskSaysThatARowWasPutBack(t *testing.T) {
	t.Parallel()
	harbours(t, func(t *testing.T, l *line, ana *hotlinetest.Person, c *hotlinetest.Caller, d *console) {
		v := d.opened(inDanger(c))
		l.SQL(t, `CREATE TABLE before AS SELECT * FROM emergency`)
		d.say("calls", desk.Calls{ID: v.ID, Contact: string(c.Contact), Version: v.Version})
		d.stands(c.Contact, func(e desk.EmergencyView) bool { return e.State == "calling" })
		l.SQL(t, `DELETE FROM emergency`)
		l.SQL(t, `INSERT INTO emergency SELECT * FROM before`)
		if key := d.refusal("end_emergency", desk.EndEmergency{ID: v.ID, Contact: string(c.Contact), Version: v.Version, Outcome: "safe"}); key != "emergency.old" {
			t.Errorf("refused with %q", key)
		}
		again, _ := l.at(t, ana)
		if f := await(again, "emergencies", func(f desk.EmergenciesFrame) bool { return f.Trouble != "" }); f.Trouble != "emergency.old" || len(f.All) != 0 {
			t.Errorf("it says %q and shows %d", f.Trouble, len(f.All))
		}
		again.say("mark", desk.Mark{Contact: string(c.Contact), Danger: true})
		await(again, "contact", func(f desk.ContactFrame) bool { return f.Contact.Danger })
		if l.Count(t, `SELECT count(*) FROM alert WHERE kind = $1`, contact.PutBack) != 1 {
			t.Error("nothing rings")
		}
	})
}

// deaf hears nothing of emergencies and decisions.
type deaf struct{ bus.Bus }

func (d deaf) Subscribe(hear func(bus.Hint)) func() {
	return d.Bus.Subscribe(func(h bus.Hint) {
		if h.Topic != emergency.Topic && h.Topic != contact.TopicAlert && h.Topic != policy.TopicDecision {
			hear(h)
		}
	})
}

// A hint that is lost costs a picture: what a colleague did stands on the desk without it.
func TestALostHintOfAnEmergencyCostsAPicture(t *testing.T) {
	t.Parallel()
	l := openWith(t, dbtest.New(t), desk.Config{Node: "test"}, func(p *desk.Parts) { p.Bus = deaf{p.Bus} })
	l.places(t)
	ana, c := l.Hire(t, hotline.Advocate), l.Arrive(t, "her words")
	l.Take(t, ana, c.Contact)
	d, _ := l.at(t, ana)
	v := d.opened(inDanger(c))
	await(d, "contact", func(f desk.ContactFrame) bool { return f.Contact.Emergency == v.OpenedAt })
	hotlinetest.Must(t, l.Emergency(t, l.Hire(t, hotline.Supervisor), c.Contact, func(of emergency.Of) error {
		_, err := l.Emergencies.Call(t.Context(), of, v.ID, v.Version)
		return err
	}))
	d.stands(c.Contact, func(e desk.EmergencyView) bool { return e.State == "calling" })
}

// Whoever has the situation open sees that an emergency of one of its contacts goes on, and
// that it has ended.
func TestTheSituationShowsThatHelpIsCalled(t *testing.T) {
	t.Parallel()
	harbours(t, func(t *testing.T, l *line, _ *hotlinetest.Person, c *hotlinetest.Caller, d *console) {
		d.say("link", desk.Attach{Contact: string(c.Contact)})
		in := await(d, "did", func(f desk.DoneFrame) bool { return f.Of == "link" }).Situation
		sees, _ := l.at(t, l.Hire(t, hotline.Advocate))
		sees.say("situation", desk.OpenSituation{ID: in})
		since := func(want func(int64) bool) {
			t.Helper()
			await(sees, "situation", func(f desk.SituationFrame) bool {
				return f.Situation != nil && slices.ContainsFunc(f.Situation.Parts, func(p desk.PartView) bool { return p.Contact != nil && want(p.Contact.Emergency) })
			})
		}
		since(func(at int64) bool { return at == 0 })
		v := d.opened(inDanger(c))
		since(func(at int64) bool { return at == v.OpenedAt })
		d.say("end_emergency", desk.EndEmergency{ID: v.ID, Contact: string(c.Contact), Version: v.Version, Outcome: "stood_down"})
		since(func(at int64) bool { return at == 0 })
	})
}

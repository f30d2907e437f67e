package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// lawful has the laws of some countries in force, as they come with the program, and says
// where the line works and what its people are there.
func (l *line) lawful(t *testing.T, ours policy.Ours, countries ...string) {
	t.Helper()
	for _, country := range countries {
		key := policy.DutyKey(policy.Place(country))
		hotlinetest.Must(t, l.editions.Begin(t.Context(), l.First.ID, key, policy.ShippedDuty()[key]))
	}
	hotlinetest.Must(t, l.editions.Begin(t.Context(), l.First.ID, policy.OursKey(), ours.Body()))
}

// A court is a line with the laws of four countries, on which ana has just taken a chat.
type court struct {
	*line
	ana  *hotlinetest.Person
	her  *hotlinetest.Caller
	hers *console
	form desk.FormFrame
	id   string
}

func courts(t *testing.T, f func(t *testing.T, b *court)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		f(t, open(t, e).court(t))
	})
}

func (l *line) court(t *testing.T) *court {
	t.Helper()
	l.lawful(t, policy.Ours{Place: "IE", Roles: []policy.Role{"public_official"}}, "IE", "PH", "ZA", "AE")
	b := &court{line: l, ana: l.Hire(t, hotline.Advocate), her: l.Arrive(t, "her words")}
	l.Take(t, b.ana, b.her.Contact)
	b.id = string(b.her.Contact)
	b.hers, _ = l.at(t, b.ana)
	b.form = await[desk.FormFrame](b.hers, "form", nil)
	return b
}

// says answers a field of the record.
func (b *court) says(t *testing.T, code string, a desk.Answer) {
	t.Helper()
	b.hers.save(b.her.Contact, asks(t, b.form, code), 0, a)
}

// lawOf waits until the rules of a place say so.
func lawOf(c *console, place string, of func(desk.DutyPlace) bool) desk.DutyPlace {
	c.t.Helper()
	find := func(f desk.DutyFrame) int {
		return slices.IndexFunc(f.Places, func(p desk.DutyPlace) bool { return p.Code == place })
	}
	f := await(c, "duty", func(f desk.DutyFrame) bool { i := find(f); return i >= 0 && (of == nil || of(f.Places[i])) })
	return f.Places[find(f)]
}

// due lists the rules that may be due.
func due(p desk.DutyPlace) (out []string) {
	for _, e := range p.Entries {
		if e.List == "due" {
			out = append(out, e.Rule)
		}
	}
	return out
}

// minor is a record of a child in the Philippines that is made to work.
func (b *court) minor(t *testing.T) {
	t.Helper()
	b.says(t, "age_group", desk.Answer{Codes: []string{"minor"}})
	b.says(t, "exploitation", desk.Answer{Codes: []string{"domestic_servitude"}})
	b.says(t, "country", text("pilipinas"))
}

// minors are lines as [courts] where the record tells of such a child, and the rules of a
// place are shown.
func minors(t *testing.T, place string, f func(t *testing.T, b *court)) {
	t.Helper()
	courts(t, func(t *testing.T, b *court) {
		b.minor(t)
		if place != "PH" {
			b.hers.say("learned", desk.PutLearned{Contact: b.id, Where: place, Harms: []string{}, Conditions: []string{}, Excuses: []string{}})
		}
		lawOf(b.hers, place, nil)
		f(t, b)
	})
}

// decision waits until the newest decision stands so.
func decision(c *console, of func(desk.DecisionView) bool) desk.DecisionView {
	c.t.Helper()
	f := await(c, "decisions", func(f desk.DecisionsFrame) bool { return len(f.All) > 0 && of(f.All[len(f.All)-1]) })
	return f.All[len(f.All)-1]
}

// begin begins a decision under the rules of a place.
func (b *court) begin(t *testing.T, c *console, place string) desk.DecisionView {
	t.Helper()
	c.say("decision", desk.BeginDecision{ID: hotline.NewID(), Contact: b.id, Where: place})
	return decision(c, func(d desk.DecisionView) bool { return len(d.Acts) == 1 })
}

func (b *court) act(c *console, d desk.DecisionView, a desk.PutAct) {
	a.ID, a.Contact, a.Seen = d.ID, b.id, int64(len(d.Acts))
	c.say("act", a)
}

func refusedAct(c *console, key string) {
	c.t.Helper()
	if no := await[desk.Refused](c, "refused", nil); no.Of != "act" || no.Key != key {
		c.t.Errorf("refused %s with %s, want %s", no.Of, no.Key, key)
	}
}

// With each answer the desk is shown what may be due: where she is first, then where the
// line is, each rule with why, in the words of its source, under its edition.
func TestWhatTheLawAsksFollowsTheRecord(t *testing.T) {
	t.Parallel()
	courts(t, func(t *testing.T, b *court) {
		first := await[desk.DutyFrame](b.hers, "duty", nil)
		if first.Where != "" || len(first.Places) != 1 || first.Places[0].Of != "line" || len(due(first.Places[0])) > 0 || len(first.Countries) != 4 {
			t.Errorf("before anything is said it says %+v", first.Places)
		}
		b.minor(t)
		f := await(b.hers, "duty", func(f desk.DutyFrame) bool { return len(f.Places) == 2 && len(due(f.Places[0])) > 0 })
		her, line := f.Places[0], f.Places[1]
		hotlinetest.Same(t, due(her), "PH-7610-OFFICIALS")
		i := slices.IndexFunc(her.Entries, func(e desk.DutyEntry) bool { return e.Rule == "PH-7610-OFFICIALS" })
		e := her.Entries[i]
		if e.Number != 1 || e.Reviewed || !slices.Equal(e.To, []string{"DSWD"}) || e.SoonIn != "within 48 hours of learning" || e.Latest == 0 || her.First != e.Latest || her.Of != "her" {
			t.Errorf("the rule says %+v", e)
		}
		if why := []string{"role", "harm", "under"}; !slices.ContainsFunc(e.Why, func(w desk.DutyWhy) bool { return w.Why == why[0] && w.Is == "public_official" }) ||
			!slices.ContainsFunc(e.Why, func(w desk.DutyWhy) bool { return w.Why == why[1] && w.Is == "child_labour_trafficking" }) ||
			!slices.ContainsFunc(e.Why, func(w desk.DutyWhy) bool { return w.Why == why[2] && w.Asks == "18" }) {
			t.Errorf("it fits since %+v", e.Why)
		}
		if her.Code != "PH" || line.Code != "IE" || line.Of != "line" || !slices.Contains(due(line), "IE-WITHHOLD-CHILD") {
			t.Errorf("where the line is: %s, due %v", line.Of, due(line))
		}
		// Half an hour later nothing has moved; and of her age stands there what the rule asks, and not how old she is.
		b.Advance(t, 30*time.Minute)
		b.says(t, "birth_year", text("2011"))
		b.hers.say("learned", desk.PutLearned{Contact: b.id, Harms: []string{}, Degree: "knows", Conditions: []string{}, Excuses: []string{}})
		again := lawOf(b.hers, "PH", func(p desk.DutyPlace) bool { return len(due(p)) == 1 })
		if again.First != her.First {
			t.Errorf("half an hour later the clock ends %d ms later", again.First-her.First)
		}
		for _, e := range again.Entries {
			if slices.ContainsFunc(e.Why, func(w desk.DutyWhy) bool { return w.Why == "under" && (w.Is != "" || w.Asks != "18") }) {
				t.Errorf("it repeats her age: %+v", e.Why)
			}
		}
		b.hers.say("learned", desk.PutLearned{Contact: b.id, Where: "ZA", Harms: []string{"child_sexual_abuse"}, Degree: "knows", Conditions: []string{}, Excuses: []string{}})
		za := lawOf(b.hers, "ZA", nil)
		if !slices.ContainsFunc(za.Entries, func(e desk.DutyEntry) bool { return e.Rule == "ZA-PACOTIP-18" && e.Urgent && e.List == "due" }) {
			t.Errorf("in South Africa it says %v", due(za))
		}
		b.hers.say("learned", desk.PutLearned{Contact: b.id, Where: "AE", Harms: []string{}, Degree: "knows", Conditions: []string{}, Excuses: []string{}})
		ae := lawOf(b.hers, "AE", nil)
		if i := slices.IndexFunc(ae.Entries, func(e desk.DutyEntry) bool { return e.Rule == "AE-HT-DUTY" }); i < 0 || ae.Entries[i].List != "check" ||
			ae.Entries[i].What != "" || len(ae.Entries[i].To) > 0 || len(ae.Entries[i].Why) > 0 || ae.Entries[i].Soon != "" || ae.Entries[i].Source == "" {
			t.Errorf("what nobody has read says %+v", ae.Entries)
		}
		b.hers.say("learned", desk.PutLearned{Contact: b.id, Where: "XX", Harms: []string{}, Conditions: []string{}, Excuses: []string{}})
		if no := await[desk.Refused](b.hers, "refused", nil); no.Of != "learned" {
			t.Errorf("a place of which nobody has read anything: refused %s", no.Of)
		}
	})
}

// Before she has said anything the desk answers what would have to be reported, from the
// same rules, in her language.
func TestWhatWouldYouReportAboutMe(t *testing.T) {
	t.Parallel()
	courts(t, func(t *testing.T, b *court) {
		ask := func(where, age string) desk.BeforeFrame {
			t.Helper()
			b.hers.say("before", desk.AskBefore{Contact: b.id, Where: where, Age: age})
			return await(b.hers, "beforehand", func(f desk.BeforeFrame) bool { return f.Where == where && f.Age == age })
		}
		za := ask("ZA", "adult")
		if i := slices.IndexFunc(za.Reports, func(r desk.DutyReport) bool {
			return r.List == "must" && slices.Contains(r.Rules, "ZA-PACOTIP-19-DUTY")
		}); i < 0 || !za.Reports[i].Urgent || !za.Draft {
			t.Errorf("an adult in South Africa is told %+v", za.Reports)
		}
		if !strings.Contains(za.Say, "police official (SAPS)") || !strings.Contains(za.Say, "at once") || !za.Childhood || za.SayLang != "en" {
			t.Errorf("said: %s", za.Say)
		}
		ae := ask("AE", "adult")
		if i := slices.IndexFunc(ae.Reports, func(r desk.DutyReport) bool { return r.List == "check" && slices.Contains(r.Rules, "AE-HT-DUTY") }); i < 0 || len(ae.Reports[i].Harms)+len(ae.Reports[i].To) > 0 ||
			!strings.Contains(ae.Say, "have not read enough") {
			t.Errorf("of what nobody has read it says %+v: %s", ae.Reports, ae.Say)
		}
		if ie := ask("IE", "adult"); strings.Contains(ie.Say, "Tusla") || !ie.Rules {
			t.Errorf("an adult in Ireland is told %s", ie.Say)
		}
		if n := b.Count(t, `SELECT count(*) FROM record_field`) + b.Count(t, `SELECT count(*) FROM decision`); n != 0 {
			t.Errorf("%d rows were written of what was asked", n)
		}
		b.hers.say("before", desk.AskBefore{Contact: b.id, Where: "FR", Age: "adult"})
		if no := await[desk.Refused](b.hers, "refused", nil); no.Of != "before" {
			t.Errorf("refused %s", no.Of)
		}
	})
}

// What is decided takes a second person: a supervisor, or one of whom the line says so,
// and never whoever decided; then it is sent, and proven.
func TestADecisionAtTheDesk(t *testing.T) {
	t.Parallel()
	courts(t, func(t *testing.T, b *court) {
		b.minor(t)
		lawOf(b.hers, "PH", func(p desk.DutyPlace) bool { return len(due(p)) > 0 })
		d := b.begin(t, b.hers, "PH")
		if d.State != "due" || d.Due == 0 || d.Demands || slices.Contains(d.Grounds, "duty_at_once") || !slices.Contains(d.May, "decide") || slices.Contains(d.May, "send") {
			t.Fatalf("it begins as %+v", d)
		}
		b.act(b.hers, d, desk.PutAct{Kind: "decide", Report: true, Ground: "duty", Note: "  "})
		refusedAct(b.hers, "policy.words")
		b.act(b.hers, d, desk.PutAct{Kind: "decide", Report: true, Ground: "duty_at_once", Note: "now"})
		refusedAct(b.hers, "policy.ground")
		b.act(b.hers, d, desk.PutAct{Kind: "decide", Report: true, Ground: "duty", Note: "she said it herself"})
		d = decision(b.hers, func(d desk.DecisionView) bool { return d.State == "decided" })
		b.act(b.hers, d, desk.PutAct{Kind: "send", How: "print", Name: "DSWD", Note: "a child"})
		refusedAct(b.hers, "policy.second")
		b.act(b.hers, d, desk.PutAct{Kind: "confirm"})
		refusedAct(b.hers, "desk.problem.role")

		// A colleague who answers callers is nobody's second person; one of whom the line says so is.
		cem := b.HireBy(t, b.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Languages: []string{"en"}, Capacity: 3})
		dan := b.HireBy(t, b.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Languages: []string{"en"}, Skills: []string{policy.SecondSkill}, Capacity: 3})
		for _, p := range []*hotlinetest.Person{cem, dan} {
			c, _ := b.at(t, p)
			c.say("open_decisions", desk.OpenDecisions{Contact: b.id, Why: "nosy"})
			if no := await[desk.Refused](c, "refused", nil); no.Of != "open_decisions" {
				t.Errorf("without a reason: %+v", no)
			}
			c.say("open_decisions", desk.OpenDecisions{Contact: b.id, Why: "second"})
			is := decision(c, func(desk.DecisionView) bool { return true })
			if may := slices.Contains(is.May, "confirm"); may != (p == dan) || slices.Contains(is.May, "send") || slices.Contains(is.May, "decide") {
				t.Errorf("%s may %v", p.Name, is.May)
			}
			b.act(c, is, desk.PutAct{Kind: "send", How: "print", Name: "DSWD", Note: "a child"})
			refusedAct(c, "desk.problem.role")
			b.act(c, is, desk.PutAct{Kind: "confirm"})
			if p == cem {
				refusedAct(c, "desk.problem.role")
			}
		}
		d = decision(b.hers, func(d desk.DecisionView) bool { return d.State == "confirmed" })
		if d.Second != dan.Name || d.By != b.ana.Name {
			t.Errorf("decided by %s, confirmed by %s", d.By, d.Second)
		}
		for _, a := range []desk.PutAct{{Kind: "send", How: "print", Name: "DSWD", Note: "a child"}, {Kind: "prove", Note: "a stamp"}, {Kind: "feedback", Note: "they went"}} {
			b.act(b.hers, d, a)
			n := len(d.Acts)
			d = decision(b.hers, func(d desk.DecisionView) bool { return len(d.Acts) == n+1 })
		}
		if last := d.Acts[len(d.Acts)-3]; d.State != "proven" || last.To != "DSWD" || last.Words != "a child" || last.How != "print" || d.Due != 0 {
			t.Errorf("it is %s, sent %+v", d.State, last)
		}
	})
}

// Who has opened what was decided, and is then given the contact, decides.
func TestADecisionGoesWithItsContact(t *testing.T) {
	t.Parallel()
	minors(t, "PH", func(t *testing.T, b *court) {
		dan := b.Hire(t, hotline.Advocate)
		theirs, _ := b.at(t, dan)
		d := b.begin(t, b.hers, "PH")
		theirs.say("open_decisions", desk.OpenDecisions{Contact: b.id, Why: "asked"})
		if is := decision(theirs, func(desk.DecisionView) bool { return true }); len(is.May) > 0 {
			t.Errorf("she may %v of what she does not have", is.May)
		}
		b.hers.say("handover", desk.HandOver{Contact: b.id, To: string(dan.ID), Note: "she is a child"})
		offer := await[desk.OfferFrame](theirs, "offer", nil).Offer
		theirs.say("accept", desk.Accept{Offer: offer.ID, Epoch: offer.Epoch})
		await[desk.ContactFrame](theirs, "contact", nil)
		b.act(theirs, d, desk.PutAct{Kind: "decide", Report: true, Ground: "duty", Note: "a reason"})
		if is := decision(theirs, func(d desk.DecisionView) bool { return d.State == "decided" }); is.By != dan.Name {
			t.Errorf("decided by %s", is.By)
		}
	})
}

// A duty that is due at once, and danger now, go alone: the supervisors' desks ring in the
// same second, and the clock of a second person stands on theirs.
func TestWhatGoesAloneRingsAtTheDesk(t *testing.T) {
	t.Parallel()
	minors(t, "ZA", func(t *testing.T, b *court) {
		theirs, _ := b.at(t, b.Hire(t, hotline.Supervisor))
		d := b.begin(t, b.hers, "ZA")
		if !d.Demands || !slices.Contains(d.Grounds, "duty_at_once") {
			t.Fatalf("it begins as %+v", d)
		}
		b.act(b.hers, d, desk.PutAct{Kind: "decide", Report: true, Ground: "duty_at_once", Note: "the law says at once"})
		d = decision(b.hers, func(d desk.DecisionView) bool { return d.State == "decided" })
		if !d.Alone || !slices.Contains(d.May, "send") {
			t.Errorf("it may not be sent: %v", d.May)
		}
		b.act(b.hers, d, desk.PutAct{Kind: "send", How: "read_back", Name: "SAPS", Note: "a child is made to work"})
		d = decision(b.hers, func(d desk.DecisionView) bool { return d.State == "sent" })
		clocks := await(theirs, "clocks", func(f desk.ClocksFrame) bool { return len(f.Rows) == 1 && f.Rows[0].SecondBy > 0 })
		rung := await(theirs, "alert", func(f desk.AlertFrame) bool { return f.Alert.Kind == "sent_alone" })
		if rung.Alert.Contact != b.id || rung.Alert.With != b.ana.Name {
			t.Errorf("it rings for %+v", rung.Alert)
		}
		if clocks.Rows[0].ID != d.ID || clocks.Rows[0].SecondBy != d.SecondBy {
			t.Errorf("the clocks are %+v", clocks.Rows)
		}
		b.act(b.hers, d, desk.PutAct{Kind: "send", How: "print", Name: "another", Note: "once more"})
		refusedAct(b.hers, "policy.second")
		theirs.say("open_decisions", desk.OpenDecisions{Contact: b.id, Why: "second"})
		is := decision(theirs, func(desk.DecisionView) bool { return true })
		b.act(theirs, is, desk.PutAct{Kind: "contest", Note: "I do not see it"})
		decision(b.hers, func(d desk.DecisionView) bool { return d.State == "contested" && d.SecondBy == 0 })
		await(theirs, "clocks", func(f desk.ClocksFrame) bool { return len(f.Rows) == 0 })
	})
}

// Help may be called on a duty that two people have not settled, whatever they settled
// before about another.
func TestWhichDutyCallsForHelp(t *testing.T) {
	t.Parallel()
	minors(t, "ZA", func(t *testing.T, b *court) {
		theirs, _ := b.at(t, b.Hire(t, hotline.Supervisor))
		d := b.begin(t, b.hers, "ZA")
		b.act(b.hers, d, desk.PutAct{Kind: "decide", Ground: "no_duty", Note: "she is of age after all"})
		d = decision(b.hers, func(d desk.DecisionView) bool { return d.State == "decided" })
		if !d.Demands {
			t.Error("one person alone has settled it")
		}
		theirs.say("open_decisions", desk.OpenDecisions{Contact: b.id, Why: "second"})
		decision(theirs, func(desk.DecisionView) bool { return true })
		b.act(theirs, d, desk.PutAct{Kind: "confirm"})
		decision(b.hers, func(d desk.DecisionView) bool { return d.State == "confirmed" && !d.Demands })
		if again := b.begin(t, b.hers, "ZA"); !again.Demands {
			t.Error("another one is settled by it")
		}
	})
}

// Of two who go on at once one is told to look again, and is shown what the other did.
func TestADecisionThatHasMovedOn(t *testing.T) {
	t.Parallel()
	minors(t, "PH", func(t *testing.T, b *court) {
		d := b.begin(t, b.hers, "PH")
		again, _ := b.at(t, b.ana)
		is := decision(again, func(desk.DecisionView) bool { return true })
		b.act(b.hers, d, desk.PutAct{Kind: "counsel", Note: "counsel says wait"})
		decision(b.hers, func(d desk.DecisionView) bool { return len(d.Acts) == 2 })
		b.act(again, is, desk.PutAct{Kind: "counsel", Note: "counsel says go"})
		seen := decision(again, func(d desk.DecisionView) bool { return len(d.Acts) == 2 })
		refusedAct(again, "policy.moved")
		if seen.Acts[1].Words != "counsel says wait" {
			t.Errorf("shown is %+v", seen.Acts[1])
		}
	})
}

// A hint that is lost costs a poll: what a second person has said stands at the desk of
// whoever decided, and what she does then, in the window that was opened for it.
func TestALostHintOfADecisionCostsAPoll(t *testing.T) {
	t.Parallel()
	b := openWith(t, dbtest.New(t), desk.Config{Node: "test"}, func(p *desk.Parts) { p.Bus = deaf{p.Bus} }).court(t)
	d := b.begin(t, b.hers, "PH")
	b.act(b.hers, d, desk.PutAct{Kind: "decide", Report: true, Ground: "duty", Note: "a reason"})
	d = decision(b.hers, func(d desk.DecisionView) bool { return d.State == "decided" })
	theirs, _ := b.at(t, b.Hire(t, hotline.Supervisor))
	theirs.say("open_decisions", desk.OpenDecisions{Contact: b.id, Why: "second"})
	decision(theirs, func(desk.DecisionView) bool { return true })
	b.act(theirs, d, desk.PutAct{Kind: "confirm"})
	d = decision(b.hers, func(d desk.DecisionView) bool { return d.State == "confirmed" })
	b.act(b.hers, d, desk.PutAct{Kind: "counsel", Note: "counsel says go"})
	decision(theirs, func(d desk.DecisionView) bool { return len(d.Acts) == 4 })
}

// A rule that changes tomorrow rewrites nothing: the desk shows what the rules said, under
// the edition of that day, and so it reads to whoever opens it when the contact is closed.
func TestTheDeskShowsADecisionAsItWas(t *testing.T) {
	t.Parallel()
	minors(t, "PH", func(t *testing.T, b *court) {
		d := b.begin(t, b.hers, "PH")
		law, err := policy.ParseDuty(policy.ShippedDuty()[policy.DutyKey("PH")])
		hotlinetest.Must(t, err)
		law.Rules = slices.DeleteFunc(law.Rules, func(r policy.Rule) bool { return r.ID == "PH-7610-OFFICIALS" })
		n, err := b.editions.Write(t.Context(), b.First.ID, policy.DutyKey("PH"), law.Body(), 0)
		hotlinetest.Must(t, err)
		_, err = b.editions.Publish(t.Context(), b.First.ID, policy.DutyKey("PH"), n)
		hotlinetest.Must(t, err)
		b.says(t, "still_there", desk.Answer{Codes: []string{"yes"}})
		lawOf(b.hers, "PH", func(p desk.DutyPlace) bool { return len(due(p)) == 0 })
		b.CloseAs(t, b.ana, b.her.Contact, "helped", nil)
		b.Advance(t, 300*24*time.Hour)
		b.SignIn(t, b.First)
		sue := b.Hire(t, hotline.Supervisor)
		theirs, _ := b.at(t, sue)
		theirs.say("open_decisions", desk.OpenDecisions{Contact: b.id, Why: "asked"})
		is := decision(theirs, func(desk.DecisionView) bool { return true })
		i := slices.IndexFunc(is.Entries, func(e desk.DutyEntry) bool { return e.Rule == "PH-7610-OFFICIALS" && e.List == "due" })
		if i < 0 || is.Entries[i].Number != 1 || is.Entries[i].SoonIn != "within 48 hours of learning" || is.Acts[0].By != b.ana.Name || is.Acts[0].At != d.Acts[0].At {
			t.Errorf("a year later it says %+v", is.Entries)
		}
		cem := b.Hire(t, hotline.Advocate)
		other, _ := b.at(t, cem)
		other.say("open_decisions", desk.OpenDecisions{Contact: b.id, Why: "other"})
		if f := await[desk.DecisionsFrame](other, "decisions", nil); !f.Gone || len(f.All) > 0 {
			t.Errorf("it opens to whoever may not open the contact: %+v", f)
		}
	})
}

// What was put back is refused, and the desk says so and shows nothing of it.
func TestADecisionPutBackIsSaidAtTheDesk(t *testing.T) {
	t.Parallel()
	minors(t, "PH", func(t *testing.T, b *court) {
		d := b.begin(t, b.hers, "PH")
		b.act(b.hers, d, desk.PutAct{Kind: "counsel", Note: "counsel says wait"})
		decision(b.hers, func(d desk.DecisionView) bool { return len(d.Acts) == 2 })
		b.SQL(t, `DELETE FROM decision_act WHERE n = 2`)
		again, _ := b.at(t, b.ana)
		if f := await[desk.DecisionsFrame](again, "decisions", nil); !f.Broken || len(f.All) > 0 {
			t.Errorf("shown is %+v", f)
		}
	})
}

// In the wrap-up a decision is begun as before. When the contact is closed, whoever has its
// situation open reads what was decided, and does not act on it.
func TestADecisionInTheWrapUpAndInASituation(t *testing.T) {
	t.Parallel()
	minors(t, "PH", func(t *testing.T, b *court) {
		b.hers.say("link", desk.Attach{Contact: b.id})
		linked := await(b.hers, "did", func(f desk.DoneFrame) bool { return f.Of == "link" })
		b.hers.say("end", desk.End{Contact: b.id})
		await(b.hers, "contact", func(f desk.ContactFrame) bool { return f.Contact.State == "closing" })
		b.begin(t, b.hers, "PH")
		b.CloseAs(t, b.ana, b.her.Contact, "helped", nil)
		cem := b.Hire(t, hotline.Advocate)
		other, _ := b.at(t, cem)
		other.say("open_decisions", desk.OpenDecisions{Contact: b.id, Why: "due"})
		if f := await[desk.DecisionsFrame](other, "decisions", nil); !f.Gone {
			t.Error("it opens to her before she has the situation open")
		}
		other.say("situation", desk.OpenSituation{ID: linked.Situation})
		await(other, "situation", func(f desk.SituationFrame) bool { return f.Situation != nil })
		other.say("open_decisions", desk.OpenDecisions{Contact: b.id, Why: "due"})
		is := decision(other, func(desk.DecisionView) bool { return true })
		if len(is.May) > 0 || len(is.Acts) != 1 || is.Acts[0].By != b.ana.Name {
			t.Errorf("she may %v of %+v", is.May, is.Acts)
		}
		b.act(other, is, desk.PutAct{Kind: "decide", Report: true, Ground: "duty", Note: "a reason"})
		refusedAct(other, "desk.problem.role")
	})
}

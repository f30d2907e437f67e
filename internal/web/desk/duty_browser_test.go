//go:build !race

package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/browser"
)

// lawyered is a desk in a browser beside a chat, where the laws of three countries are in
// force and the record tells of a child that is made to work.
func lawyered(t *testing.T, lang string, o browser.Options) (*line, *hotlinetest.Person, hotline.ContactID, *seat) {
	t.Helper()
	o.Patience = time.Minute
	l := open(t, dbtest.New(t))
	l.lawful(t, policy.Ours{Place: "IE", Roles: []policy.Role{"public_official"}}, "IE", "PH", "ZA")
	ana := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Languages: []string{lang}, Locale: lang, Capacity: 3})
	c := l.in(t, lang, "hello")
	l.Take(t, ana, c.Contact)
	d, _ := l.at(t, ana)
	b := &court{line: l, ana: ana, her: c, hers: d, id: string(c.Contact)}
	b.form = await(d, "form", func(f desk.FormFrame) bool { return true })
	b.minor(t)
	s := l.sit(t, ana, o)
	s.WaitFor(".bar .dot.ok")
	if o.Width == 320 {
		s.Click(".tabs button:nth-of-type(3)")
	}
	s.WaitFor(".duty > details > summary")
	s.WaitTrue(`document.querySelector('.duty > details > summary .tag.danger') !== null`)
	return l, ana, c.Contact, s
}

// enters presses Enter on what a selector finds, as the keyboard does.
func (s *seat) enters(expression string) {
	s.t.Helper()
	s.WaitTrue(`(() => { const at = ` + expression + `; if (at && document.activeElement === at) return true; at?.focus(); return false; })()`) // a page that is still being filled may draw it anew
	s.Key("Enter")
}

func button(words string) string {
	return `[...document.querySelectorAll('.duty button, .modal button')].find((b) => b.textContent.startsWith('` + words + `'))`
}

// A quiet line opens by the keyboard: what may be due and why; what would have to be
// reported, in words that go into the message and are not sent; a decision to its sheet.
func TestTheLawBesideTheConversation(t *testing.T) {
	l, _, id, s := lawyered(t, "en", browser.Options{})
	var open bool
	if s.Eval(`document.querySelector('.duty > details').open`, &open); open {
		t.Error("it stands open before anybody has opened it")
	}
	s.enters(`document.querySelector('.duty > details > summary')`)
	s.WaitText("Where she is: Philippines")
	s.WaitText("Where the line is: Ireland")
	s.WaitText("within 48 hours of learning")
	s.enters(`[...document.querySelectorAll('.duty section summary')].find((e) => e.textContent.includes('DSWD'))`)
	s.WaitText("draft, not reviewed by counsel")
	s.WaitText("Whoever learns it is bound: public official")
	s.Shot("open")

	s.enters(`[...document.querySelectorAll('.duty summary')].find((e) => e.textContent.includes('What would you have to report'))`)
	s.WaitFor(".duty form select")
	s.Eval(`(() => { const e = document.querySelectorAll('.duty form select'); e[0].value = 'under_18'; e[0].dispatchEvent(new Event('change', {bubbles: true})); })()`, nil)
	s.enters(button("Show the answer"))
	s.WaitText("If you tell me about")
	s.Shot("before")
	s.enters(button("Put it in the message"))
	s.WaitTrue(`document.querySelector('.compose textarea').value.includes('I may have to tell DSWD') && document.querySelectorAll('.msg.us, .undo').length === 0`)

	s.enters(button("Begin a decision"))
	s.WaitText("to be decided")
	s.WaitText("left")
	s.enters(button("Decide"))
	s.Eval(`[...document.querySelectorAll('.decision .chip input')][0].click()`, nil)
	s.WaitText("a duty")
	s.Eval(`[...document.querySelectorAll('.decision .check')].find((e) => e.textContent.includes('danger now')).querySelector('input').click()`, nil)
	var off bool
	if s.Eval(button("Write the decision down")+`.disabled`, &off); !off {
		t.Error("it can be decided without a reason")
	}
	s.Type(".decision textarea", "he beats her now")
	// A colleague is there first: what was typed stays.
	sue := l.Hire(t, hotline.Supervisor)
	theirs, _ := l.at(t, sue)
	b := &court{line: l, id: string(id)}
	theirs.say("open_decisions", desk.OpenDecisions{Contact: string(id), Why: "asked"})
	is := decision(theirs, func(desk.DecisionView) bool { return true })
	s.cut(true)
	b.act(theirs, is, desk.PutAct{Kind: "counsel", Note: "counsel says wait"})
	decision(theirs, func(d desk.DecisionView) bool { return len(d.Acts) == 2 })
	s.cut(false)
	s.WaitText("counsel says wait")
	s.WaitTrue(`document.querySelector('.decision textarea').value === 'he beats her now'`)
	s.enters(button("Write the decision down"))
	s.WaitText("waits for a second person")
	s.enters(button("Send"))
	s.WaitText("This goes before a second person has looked")
	s.Type(".decision input[type=text]", "the police")
	s.Type(".decision textarea", "a child is made to work")
	s.enters(button("It leaves now"))
	s.WaitText("A second person by")
	s.enters(button("The sheet that was sent"))
	s.WaitFor(".print")
	s.Shot("sheet")
	if title := s.Title(); strings.Contains(title, "police") || strings.Contains(s.URL(), string(id)) {
		t.Errorf("the page is called %q at %s", title, s.URL())
	}
	browser.Axe(t, s.Page)
	// As a printer sees it: the sheet, and nothing else of the desk.
	var seen string
	s.Eval(`(() => {
		const turn = (rules) => { for (const r of rules) { if (r.media?.mediaText === 'print') r.media.mediaText = 'all'; if (r.cssRules) turn(r.cssRules); } };
		for (const sheet of document.styleSheets) turn(sheet.cssRules);
		return [...document.querySelectorAll('body *')].filter((e) => e.childElementCount === 0 && e.textContent.trim() && e.checkVisibility({ visibilityProperty: true })).map((e) => e.textContent).join('|');
	})()`, &seen)
	s.Shot("printed")
	if !strings.Contains(seen, "the police") || !strings.Contains(seen, "a child is made to work") || strings.Contains(seen, "hello") || strings.Contains(seen, "Put the sheet away") {
		t.Errorf("printed is %s", seen)
	}
}

// It is used at 320 px, in the dark and in Arabic; and no word is missing.
func TestTheLawFitsEverybody(t *testing.T) {
	for _, as := range []struct {
		name string
		o    browser.Options
		lang string
	}{
		{"dark", browser.Options{Dark: true}, "en"},
		{"dark_pocket", browser.Options{Width: 320, Height: 900, Dark: true}, "en"},
		{"Arabic", browser.Options{}, "ar"},
		{"Arabic_pocket", browser.Options{Width: 320, Height: 900}, "ar"},
	} {
		t.Run(as.name, func(t *testing.T) {
			_, _, _, s := lawyered(t, as.lang, as.o)
			s.Click(".duty > details > summary")
			s.Eval(`document.querySelectorAll('.duty details').forEach((d) => { d.open = true })`, nil)
			s.WaitFor(".duty section button")
			s.Eval(`document.querySelector('.duty section button').click()`, nil)
			s.WaitFor(".decision [aria-expanded]")
			s.Eval(`document.querySelector('.decision [aria-expanded]').click()`, nil)
			s.WaitFor(".decision form")
			s.Eval(`document.querySelectorAll('.duty details').forEach((d) => { d.open = true })`, nil)
			s.Shot(as.name)
			s.Eval(`document.querySelector('.decision').scrollIntoView()`, nil)
			s.Shot(as.name + "_decision")
			if missing := strings.Contains(s.Shown(), "⟦"); missing {
				t.Error("a word is missing")
			}
			browser.Axe(t, s.Page)
			browser.Reflow(t, s.Page)
		})
	}
}

// A supervisor sees the clock on her board, opens what was decided for a reason, and
// confirms it; the conversation itself stays closed. Whoever opens the contact through its
// situation sees the same.
func TestASecondPersonConfirms(t *testing.T) {
	l, ana, id, s := lawyered(t, "en", browser.Options{})
	d, _ := l.at(t, ana)
	b := &court{line: l, hers: d, id: string(id)}
	is := b.begin(t, d, "PH")
	b.act(d, is, desk.PutAct{Kind: "decide", Report: true, Ground: "duty", Note: "she said it herself"})
	decision(d, func(d desk.DecisionView) bool { return d.State == "decided" })
	sue := l.Hire(t, hotline.Supervisor)
	theirs := l.sit(t, sue, browser.Options{})
	theirs.WaitFor(".bar .dot.ok")
	theirs.ClickText("Board")
	theirs.WaitText("Decisions with a clock")
	theirs.WaitText("Due by")
	theirs.enters(`[...document.querySelectorAll('.todo button')].find((b) => b.textContent.startsWith('Look at it'))`)
	theirs.WaitFor(".modal .chip")
	browser.Axe(t, theirs.Page)
	theirs.Click(".modal .chip")
	theirs.enters(button("Open it"))
	theirs.WaitText("waits for a second person")
	theirs.WaitText("she said it herself")
	theirs.Shot("dialog")
	browser.Axe(t, theirs.Page)
	browser.Reflow(t, theirs.Page)
	theirs.enters(button("Confirm"))
	theirs.enters(button("I agree"))
	theirs.WaitText("agreed by two")
	decision(d, func(d desk.DecisionView) bool { return d.State == "confirmed" && d.Second == sue.Name })
	theirs.enters(button("Close"))
	theirs.WaitGone(".modal")
	if shown := theirs.Shown(); strings.Contains(shown, "she said it herself") || strings.Contains(shown, "hello") {
		t.Error("what was opened stays on the page")
	}
	s.WaitTrue(`document.querySelector('.duty > details > summary .tag.info') !== null`)
}

// An advocate whom the line has made a second person finds the clock among what is to be
// done; from the situation it opens to whoever has that open.
func TestADecisionAmongWhatIsToBeDone(t *testing.T) {
	l, ana, id, s := lawyered(t, "en", browser.Options{})
	d, _ := l.at(t, ana)
	b := &court{line: l, hers: d, id: string(id)}
	is := b.begin(t, d, "PH")
	b.act(d, is, desk.PutAct{Kind: "decide", Ground: "no_duty", Note: "she is of age after all"})
	decision(d, func(d desk.DecisionView) bool { return d.State == "decided" })
	d.say("link", desk.Attach{Contact: string(id)})
	linked := await(d, "did", func(f desk.DoneFrame) bool { return f.Of == "link" })
	dan := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Languages: []string{"en"}, Skills: []string{policy.SecondSkill}, Capacity: 3})
	theirs := l.sit(t, dan, browser.Options{Patience: time.Minute})
	theirs.WaitFor(".bar .dot.ok")
	theirs.ClickText("Situations")
	theirs.WaitText("Decisions with a clock")
	theirs.WaitFor(".grid tbody button")
	browser.Axe(t, theirs.Page)
	theirs.Shot("list")
	if linked.Situation == "" {
		t.Fatal("it is in no situation")
	}
	theirs.Click(".grid tbody button")
	theirs.WaitText("What was decided")
	theirs.enters(`[...document.querySelectorAll('button')].find((b) => b.textContent.startsWith('What was decided'))`)
	theirs.WaitFor(".modal .chip")
	theirs.Click(".modal .chip")
	theirs.enters(button("Open it"))
	theirs.WaitText("Do not report: there is no duty")
	theirs.enters(button("Contest"))
	theirs.Type(".modal textarea", "she said she is 16")
	theirs.enters(button("I do not agree"))
	theirs.WaitText("contested: decide anew")
	s.WaitTrue(`document.querySelector('.duty > details > summary .tag.info') !== null`)
}

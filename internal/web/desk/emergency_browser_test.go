//go:build !race

package desk_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/browser"
)

// is asks the page.
func (s *seat) is(expression string) (yes bool) {
	s.t.Helper()
	s.Eval(expression, &yes)
	return yes
}

// From one key to "called" with the keyboard alone: seven keys besides what is typed. Then the
// first line to fill in has the keyboard, and each Enter goes to the next.
func TestHelpIsCalledByTheKeyboardAlone(t *testing.T) {
	l, ana, c := taken(t, dbtest.New(t))
	l.places(t)
	s := l.sit(t, ana, browser.Options{})
	s.WaitFor(".chat .compose textarea")
	presses := 0
	press := func(key string) { presses++; s.Key(key) }
	press("F9")
	s.WaitTrue(`document.activeElement?.matches('.help input[role="combobox"]')`)
	s.Say("near the blu crane")
	s.WaitTrue(`document.querySelector('.help [role="option"][aria-selected="true"]')?.textContent.includes("Harbour District")`)
	press("Enter")
	s.WaitTrue(`document.activeElement?.matches('.help input[type="radio"]')`)
	s.WaitText("Made up: nobody answers these numbers.")
	press("ArrowDown")
	press("Tab")
	s.Say("she hears them come up the stairs")
	press("Enter")
	s.WaitTrue(`document.activeElement?.id.startsWith("cl-")`)
	if n := l.Count(t, `SELECT count(*) FROM alert WHERE kind = $1`, contact.Emergency); n != 1 {
		t.Errorf("%d supervisors' alerts", n)
	}
	press("Enter")
	s.WaitText("You call")
	if presses != 6 {
		t.Errorf("it takes %d keys", presses)
	}
	t.Logf("from the first key to \"You call\": %d keys besides her words and the reason", presses)
	s.WaitTrue(`document.activeElement?.id.endsWith("-happens")`)
	s.Say("two men at the door")
	s.Key("Enter")
	s.WaitTrue(`document.activeElement?.id.endsWith("-people")`)
	s.Say("three")
	s.Key("Enter")
	s.WaitTrue(`document.activeElement?.id.endsWith("-children")`)
	s.Key("Enter")
	d, _ := l.at(t, ana)
	v := d.stands(c.Contact, func(e desk.EmergencyView) bool { return says(e, "happens") != "" && says(e, "people") == "three" })
	if v.Calls != ana.Name || says(v, "words") != "near the blu crane" {
		t.Errorf("called by %q", v.Calls)
	}
	s.WaitFor(".chat header .tag.danger")
	s.Shot("called")
	for _, v := range s.Violations() {
		t.Errorf("axe: %v", v)
	}
}

// Two write in one line: what is typed here stays, what the other wrote stands beside it, and
// somebody chooses. What nobody else has touched is saved over her version by itself.
func TestNothingTypedIsLost(t *testing.T) {
	l, ana, c := taken(t, dbtest.New(t))
	l.places(t)
	other, _ := l.at(t, ana)
	v := other.opened(inDanger(c))
	s := l.sit(t, ana, browser.Options{})
	at := func(kind string) string { return `textarea[id="sh-` + v.ID + `-` + kind + `"]` }
	s.WaitFor(at("weapons"))
	s.Type(at("weapons"), "a knife")
	write := func(kind, text string) {
		other.say("sheet", desk.PutSheet{ID: v.ID, Contact: string(c.Contact), Version: v.Version, Code: v.Place.Code, Lines: []desk.ToSay{{Kind: kind, Text: text}}})
		v = other.stands(c.Contact, func(e desk.EmergencyView) bool { return says(e, kind) == text })
	}
	write("hurt", "nobody")
	s.WaitTrue(`document.querySelector('` + at("hurt") + `').value === "nobody"`)
	s.Key("Enter")
	v = other.stands(c.Contact, func(e desk.EmergencyView) bool { return says(e, "weapons") == "a knife" })
	s.Type(at("looks"), "red coat")
	write("looks", "blue scarf")
	s.WaitText("A colleague has just written:")
	s.WaitText("blue scarf")
	if !s.is(`document.querySelector('` + at("looks") + `').value === "red coat"`) {
		t.Error("what was typed is gone")
	}
	s.ClickText("Keep mine")
	other.stands(c.Contact, func(e desk.EmergencyView) bool { return says(e, "looks") == "red coat" })
	s.WaitGone(".help .clash")
}

// Places that are asked for on a line that breaks are asked for anew: the key that chooses
// one is not dead when it is back.
func TestPlacesAreAskedAnew(t *testing.T) {
	l, ana, _ := taken(t, dbtest.New(t))
	l.places(t)
	s := l.sit(t, ana, browser.Options{})
	s.WaitFor(".chat .compose textarea")
	s.Key("F9")
	s.WaitTrue(`document.activeElement?.matches('.help input[role="combobox"]')`)
	s.cut(true)
	s.WaitFor(".bar .link-again")
	s.Say("crane")
	s.cut(false)
	s.WaitFor(".bar .link-live")
	s.WaitTrue(`document.querySelector('.help [role="option"][aria-selected="true"]')?.textContent.includes("Harbour District")`)
	s.Key("Enter")
	s.WaitTrue(`document.activeElement?.matches('.help input[type="radio"]')`)
	s.Excuse("")
}

// Where she stays anonymous, no name stands anywhere on the desk, there is no field for one,
// and the page says why.
func TestTheSheetNeverNamesWhoStaysAnonymous(t *testing.T) {
	l, ana, c := taken(t, dbtest.New(t))
	l.places(t)
	hotlinetest.Must(t, l.PutHead(t, ana, c.Contact, func(h *contact.Head) { h.Privacy = contact.Share }))
	d, _ := l.at(t, ana)
	f := inDanger(c)
	f.Ground = "wish"
	v := d.opened(f)
	d.say("sheet", desk.PutSheet{ID: v.ID, Contact: string(c.Contact), Version: v.Version, Code: v.Place.Code, Lines: []desk.ToSay{{Kind: "name", Text: "Rosalinda"}}, Agreed: true})
	d.stands(c.Contact, func(e desk.EmergencyView) bool { return says(e, "name") == "Rosalinda" })
	s := l.sit(t, ana, browser.Options{})
	s.WaitTrue(`[...document.querySelectorAll(".help textarea")].some((e) => e.value === "Rosalinda")`)
	d.say("privacy", desk.Level{Contact: string(c.Contact), Level: "anonymous"})
	s.WaitText("She stays anonymous: nothing that names her is said, or kept.")
	s.WaitTrue(`![...document.querySelectorAll("textarea, input")].some((e) => e.value.includes("Rosalinda"))`)
	if s.is(`document.documentElement.outerHTML.includes("Rosalinda") || document.querySelector('.help [id$="-name"], .help [id$="-reach"]') !== null`) {
		t.Error("her name stands on the desk, or may be written there")
	}
}

// The second person answers on the board, and a row that was put back is said there too.
func TestTheBoardShowsItsClock(t *testing.T) {
	l, ana, c := taken(t, dbtest.New(t))
	l.places(t)
	d, _ := l.at(t, ana)
	d.opened(inDanger(c))
	sue := l.Hire(t, hotline.Supervisor)
	s := l.sit(t, sue, browser.Options{})
	s.WaitFor(".bar .dot.ok")
	s.Key("Alt+v")
	s.WaitText("Second person: answers within")
	s.Shot("board")
	browser.Axe(t, s.Page)
	s.Click(".board .help .btn")
	s.WaitText("read back")
	s.Shot("looked_at")
	browser.Axe(t, s.Page)
	s.Type(`.help textarea[id^="sw-"]`, "I would have done it")
	s.ClickText("It was right")
	s.WaitText("Confirmed")
}

// It is used at 320 px, in the dark and in Arabic, and no word is missing.
func TestHelpFitsEverybody(t *testing.T) {
	for _, as := range []struct {
		name string
		o    browser.Options
		lang string
	}{
		{"light", browser.Options{}, "en"},
		{"dark_pocket", browser.Options{Width: 320, Height: 900, Dark: true}, "en"},
		{"dark", browser.Options{Dark: true}, "en"},
		{"Arabic", browser.Options{}, "ar"},
		{"Arabic_pocket", browser.Options{Width: 320, Height: 900}, "ar"},
	} {
		t.Run(as.name, func(t *testing.T) {
			l := open(t, dbtest.New(t))
			l.places(t)
			ana := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Languages: []string{as.lang}, Locale: as.lang, Capacity: 3})
			c := l.in(t, as.lang, "hello")
			l.Take(t, ana, c.Contact)
			s := l.sit(t, ana, as.o)
			s.WaitFor(".bar .dot.ok")
			if as.o.Width == 320 { // a telephone has no F9
				s.Click(".tabs button:nth-of-type(2)")
				s.Click(".chat header summary")
				s.Click(".chat header .sheet li:first-child button")
			} else {
				s.Key("F9")
			}
			s.WaitTrue(`document.activeElement?.matches('.help input[role="combobox"]')`)
			s.Say("crane")
			s.WaitFor(`.help [role="option"] .dial, .help [role="option"] .nowrap`)
			s.Shot(as.name + "_place")
			browser.Axe(t, s.Page)
			browser.Reflow(t, s.Page)
			s.Key("Enter")
			s.WaitTrue(`document.activeElement?.matches('.help input[type="radio"]')`)
			s.Key("ArrowDown")
			s.Key("Tab")
			s.Say("x y z")
			s.Shot(as.name + "_reason")
			browser.Axe(t, s.Page)
			s.Key("Enter")
			s.WaitTrue(`document.activeElement?.id.startsWith("cl-")`)
			s.Key("Enter")
			s.WaitTrue(`document.activeElement?.id.endsWith("-happens")`)
			s.Say("a long sentence of what happens there, so that it takes more than one line to say")
			s.Type(`.help input[id^="rf-"]`, "W-1")
			s.Key("Enter")
			s.WaitFor(`.help input[id^="nt-"]`)
			s.Shot(as.name + "_called")
			browser.Axe(t, s.Page)
			browser.Reflow(t, s.Page)
			if s.is(`document.body.innerText.includes("⟦")`) {
				t.Error("a word is missing")
			}
		})
	}
}

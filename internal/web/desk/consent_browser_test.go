//go:build !race

package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/test/browser"
)

// consented is what stands in a panel of every kind: a consent, a refusal, one for another, an
// override that waits for its second person, a sign-off.
func consented(t *testing.T, l *line, p *hotlinetest.Person, id hotline.ContactID) {
	t.Helper()
	until := time.Now().Add(30 * 24 * time.Hour).UnixMilli()
	terms := func(to string, purpose consent.Purpose, until int64, what ...consent.Scope) consent.Terms {
		return consent.Terms{To: to, Purpose: purpose, What: what, Until: until}
	}
	for _, a := range []consent.Act{
		{Kind: consent.Give, How: "chat", Terms: terms("North house", "shelter", until, "well", "needs", "place"), Words: "yes, tell them"},
		{Kind: consent.Refuse, How: "spoken", Terms: terms("Police", "police", 0, "name")},
		{Kind: consent.Give, How: "chat", For: hotline.NewID(), Label: "my daughter", Terms: terms("Aunt", "family", until, "well")},
		{Kind: consent.Override, Ground: policy.ByOrder, Terms: terms("Court", "authority", until, "story"), Words: "a judge has ordered it"},
		{Kind: consent.SignOff, Label: "the plan for the night"},
	} {
		a.ID = hotline.NewID()
		_, err := l.Consent(t, p, id, a)
		hotlinetest.Must(t, err)
	}
}

// She is asked in her own words, says yes, and takes it back, by the keyboard alone; another
// desk that shows it sees each at once.
func TestAConsentIsAskedGivenAndTakenBack(t *testing.T) {
	l := open(t, dbtest.New(t))
	ana, sol := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)
	c := l.Arrive(t, "her words")
	l.Take(t, ana, c.Contact)
	s := l.sit(t, ana, browser.Options{})
	other := l.sit(t, sol, browser.Options{})
	other.WaitFor(".bar .dot.ok")
	other.Key("Alt+v")
	other.Click(".grid .acts .btn")
	other.WaitText("reads along")
	other.Click(".grid .acts .btn")
	other.WaitText("Nothing may be passed on.")
	s.WaitText("Nothing may be passed on.")
	s.Eval(`document.querySelector('.con button[aria-expanded]').focus()`, nil)
	s.Key("Enter")
	s.WaitFor(".con .form input")
	s.Eval(`document.querySelector('.con .form input').focus()`, nil)
	s.Say("North house")
	s.Key("Tab")
	s.Key("ArrowDown")
	s.WaitTrue(`document.querySelector('.con .form select').value === 'shelter'`)
	s.Key("Tab")
	s.Key(" ")
	s.WaitTrue(`document.querySelector('.con .form input[value=well]').checked`)
	s.Eval(`document.querySelector('.con .form > .btn').focus()`, nil)
	s.Key("Enter")
	s.WaitTrue(`document.querySelector('.compose textarea').value.includes('North house') && document.querySelector('.compose textarea').value.includes('that she is well')`)
	s.WaitTrue(`document.activeElement === document.querySelector('.compose textarea')`)
	var sent int
	s.Eval(`document.querySelectorAll('.msg.me, .undo').length`, &sent)
	if sent > 0 {
		t.Error("the question is sent by itself")
	}
	s.Eval(`document.querySelector('.con .form .pair .pri').focus()`, nil)
	s.Key("Enter")
	s.WaitText("holds")
	s.WaitTrue(`document.activeElement === document.querySelector('.con button[aria-expanded]')`)
	s.WaitText("1 holds")
	other.WaitText("1 holds")
	for _, v := range s.Violations() {
		t.Errorf("axe: %v", v)
	}
	s.Shot("given")
	s.Eval(`document.querySelector('.con li details summary').focus()`, nil)
	s.Key("Enter")
	s.Key("Tab")
	s.Say("he may read it")
	s.Key("Enter")
	s.WaitTrue(`document.querySelector('.con li .tag').textContent === 'taken back'`)
	other.WaitText("taken back")
	if strings.Contains(other.Shown(), "1 holds") {
		t.Error("on the other desk it still holds")
	}
	if wide := s.Sideways(320); len(wide) > 0 {
		t.Errorf("at 320 px %v goes sideways", wide)
	}
}

// The panel fits everybody: 320 px, the dark, Arabic; no word is missing.
func TestConsentsFitEverybody(t *testing.T) {
	for _, as := range []struct {
		name string
		o    browser.Options
		lang string
	}{
		{"dark_pocket", browser.Options{Width: 320, Height: 1600, Dark: true}, "en"},
		{"Arabic", browser.Options{Height: 1600}, "ar"},
		{"Arabic_pocket", browser.Options{Width: 320, Height: 1600}, "ar"},
	} {
		t.Run(as.name, func(t *testing.T) {
			l := open(t, dbtest.New(t))
			ana := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Languages: []string{as.lang}, Locale: as.lang, Capacity: 3})
			c := l.in(t, as.lang, "hello")
			l.Take(t, ana, c.Contact)
			consented(t, l, ana, c.Contact)
			s := l.sit(t, ana, as.o)
			s.WaitFor(".bar .dot.ok")
			if as.o.Width == 320 {
				s.Click(".tabs button:nth-of-type(3)")
			}
			s.WaitFor(".con li")
			s.Click(".con button[aria-expanded]")
			s.WaitFor(".con .form")
			s.Click(".con .form .over summary")
			s.Eval(`document.querySelector('.con').scrollIntoView()`, nil)
			s.Shot(as.name)
			browser.Axe(t, s.Page)
			browser.Reflow(t, s.Page)
		})
	}
}

//go:build !race

package desk_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/test/browser"
)

// Beside the conversation stands one line for each procedure; opened by the keyboard,
// its steps. A phrase goes into the message and is not sent; a step is left out only
// with a reason.
func TestProceduresBesideTheConversation(t *testing.T) {
	l, ana, _ := taken(t, dbtest.New(t))
	l.guided(t)
	s := l.sit(t, ana, browser.Options{})
	is := func(expression string) (yes bool) {
		t.Helper()
		s.Eval(expression, &yes)
		return yes
	}
	s.WaitFor(".proc")
	s.WaitTrue(`document.querySelector('.proc')?.textContent.includes('next: ')`)
	if is(`document.querySelector('.proc ol') !== null`) {
		t.Error("steps stand there before anybody has opened them")
	}
	heron := `[...document.querySelectorAll('.proc button[aria-expanded]')].find((b) => b.textContent.includes('Any'))`
	is(`(` + heron + `.focus(), true)`)
	s.Key("Enter")
	s.WaitTrue(heron + `.getAttribute('aria-expanded') === 'true' && document.querySelector('.proc [aria-current=step]') !== null`)
	s.WaitText("Put it in the message")
	is(`([...document.querySelectorAll('.proc button')].find((b) => b.textContent.includes('Put it in')).click(), true)`)
	s.WaitTrue(`document.querySelector('.compose textarea').value !== '' && document.activeElement.matches('.compose textarea')`)
	if is(`document.querySelectorAll('.msg.me, .undo').length > 0`) {
		t.Error("it is sent by itself")
	}
	skip := `[...document.querySelectorAll('.proc form button')].find((b) => b.textContent.includes('Leave out'))`
	if !is(skip + `.disabled`) {
		t.Error("a step can be left out without a reason")
	}
	s.Type(".proc form input", "she knows us")
	s.Key("Enter")
	s.WaitText("she knows us")
	s.WaitTrue(`document.querySelector('.proc [aria-current=step]')?.textContent.includes('Call')`)
	for _, v := range s.Violations() {
		t.Errorf("axe: %v", v)
	}
	if wide := s.Sideways(320); len(wide) > 0 {
		t.Errorf("at 320 px %v goes sideways", wide)
	}
}

// They are used at 320 px, in the dark and in Arabic, by the keyboard alone; and no word
// is missing.
func TestProceduresFitEverybody(t *testing.T) {
	for _, as := range []struct {
		name string
		o    browser.Options
		lang string
	}{
		{"dark_pocket", browser.Options{Width: 320, Height: 900, Dark: true}, "en"},
		{"Arabic", browser.Options{}, "ar"},
		{"Arabic_pocket", browser.Options{Width: 320, Height: 900}, "ar"},
	} {
		t.Run(as.name, func(t *testing.T) {
			l := open(t, dbtest.New(t))
			l.guided(t)
			ana := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Languages: []string{as.lang}, Locale: as.lang, Capacity: 3})
			c := l.in(t, as.lang, "hello")
			l.Take(t, ana, c.Contact)
			s := l.sit(t, ana, as.o)
			s.WaitFor(".bar .dot.ok")
			if as.o.Width == 320 {
				s.Click(".tabs button:nth-of-type(3)")
			}
			s.WaitFor(".proc button[aria-expanded]")
			s.Click(".proc button[aria-expanded]")
			s.WaitFor(".proc [aria-current=step] .btn.pri")
			s.Shot(as.name + "_open")
			s.Click(".proc [aria-current=step] .btn.pri")
			s.WaitFor(".proc li.did")
			s.WaitTrue(`document.activeElement.matches('.proc [aria-current=step] summary')`)
			s.Click(".proc > details > summary")
			s.Shot(as.name)
			browser.Axe(t, s.Page)
			browser.Reflow(t, s.Page)
		})
	}
}

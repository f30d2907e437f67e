//go:build !race

package desk_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/test/browser"
)

// waiting has a procedure in force that asks a supervisor once something was done, and
// waits for ten minutes after she has said something.
func (l *line) waiting(t *testing.T) {
	t.Helper()
	words := func(en, ar string) map[string]form.Words {
		return map[string]form.Words{"en": {Label: en}, "ar": {Label: ar}}
	}
	p := protocol.Protocol{Words: words("Quiet line", "خط هادئ"), Fits: [][]form.Cond{{{Field: "contact.path", Is: form.IsNot, Values: []string{"tip"}}}}, Steps: []protocol.Step{
		{ID: "call", Kind: protocol.Do, Words: words("Ask the house", "اسأل البيت")},
		{ID: "may", Kind: protocol.SignOff, Words: words("May we go on?", "هل نتابع؟"), Sign: hotline.Supervisor},
		{ID: "quiet", Kind: protocol.Wait, Words: words("Wait for the house", "انتظر البيت"), Minutes: 10, Rings: hotline.Advocate},
		{ID: "again", Kind: protocol.Do, Words: words("Ask again", "اسأل مرة أخرى")},
	}}
	hotlinetest.Must(t, l.editions.Begin(t.Context(), l.First.ID, protocol.Key("quiet"), p.Body()))
}

// An advocate comes to a step that a supervisor has to sign: it stands on the board with
// who asks and since when, and one press opens the contact there. Then a clock runs out:
// beside the conversation, softly, and, where nobody goes on, on the board.
func TestASignoffAndAClockOnTheBoard(t *testing.T) {
	for _, as := range []struct {
		name, lang string
		o          browser.Options
	}{
		{"en", "en", browser.Options{}},
		{"ar", "ar", browser.Options{Width: 390, Height: 844, Dark: true}},
	} {
		t.Run(as.name, func(t *testing.T) {
			l := open(t, dbtest.New(t))
			l.waiting(t)
			ana := l.Hire(t, hotline.Advocate)
			sue := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Supervisor}, Languages: []string{as.lang}, Locale: as.lang, Capacity: 3})
			her, other := l.Arrive(t, "her words"), l.Arrive(t, "other words")
			l.Take(t, ana, her.Contact)
			l.Take(t, ana, other.Contact)
			a, s := l.sit(t, ana, browser.Options{}), l.sit(t, sue, as.o)
			s.WaitFor(".bar .dot.ok")
			s.Key("Alt+v")
			s.WaitFor("main.board")
			handle := l.Find(t, her.Contact).Handle
			a.WaitText(handle)
			turn := func(to hotline.ContactID) {
				t.Helper()
				a.WaitFor(`#w-` + string(to))
				a.Click(`#w-` + string(to))
			}
			turn(her.Contact)
			a.WaitFor(".proc button[aria-expanded]")
			a.Click(".proc button[aria-expanded]")
			a.WaitFor(".proc [aria-current=step] .btn.pri")
			a.Click(".proc [aria-current=step] .btn.pri")
			s.WaitFor(`[aria-labelledby="sg"] li`)
			s.WaitText(handle)
			s.Shot("board_" + as.name)
			browser.Axe(t, s.Page)
			browser.Reflow(t, s.Page)
			s.Click(`[aria-labelledby="sg"] .btn`)
			if as.lang == "ar" {
				s.WaitText("her words")
				return
			}
			s.WaitFor(".proc button[aria-expanded]")
			s.Click(".proc button[aria-expanded]")
			s.WaitFor(".proc [aria-current=step] .btn")
			s.Shot("opened_" + as.name)
			s.ClickText("Yes")
			s.WaitTrue(`document.querySelector('.proc [aria-current=step]')?.textContent.includes('Wait for the house')`)

			a.WaitTrue(`document.querySelector('.proc [aria-current=step]')?.textContent.includes('Wait for the house')`)
			turn(other.Contact)
			l.Advance(t, 10*time.Minute+time.Second)
			a.WaitText("Time is up with " + handle)
			a.WaitFor(`.proc [aria-label="Time is up elsewhere"] button`)
			a.Shot("time_up")
			browser.Axe(t, a.Page)
			hotlinetest.Must(t, l.Procedures.Ring(t.Context()))
			l.Advance(t, 5*time.Minute)
			hotlinetest.Must(t, l.Procedures.Ring(t.Context()))
			s.Key("Alt+v")
			s.WaitText("A step waits: " + handle)
			s.Shot("rings")
			browser.Axe(t, s.Page)
			a.Click(`.proc [aria-label="Time is up elsewhere"] button`)
			a.WaitTrue(`document.querySelector('[aria-label="Time is up elsewhere"]') === null`)
		})
	}
}

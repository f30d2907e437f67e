package load_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// S6, the police's part: a mother writes for her grown daughter. Help is called by one key,
// the supervisor is told in the same second; those who were sent found nobody, since she had
// been moved; others go where she is now. A second person, who had no part in it, confirms
// what was not the daughter's own wish.
func TestSheHadBeenMoved(t *testing.T) {
	people := []staff.Person{hand("Wren", hotline.Advocate, "en"), hand("Sol", hotline.Supervisor, "en")}
	stories(t, []string{"en"}, people, func(s *story) {
		wrens, err := s.a.Line.Staff.ByName(s.ctx, "Wren")
		must(t, err)
		must(t, s.a.Line.Editions.Begin(s.ctx, wrens.ID, emergency.Key(), emergency.Shipped()))
		wren, sol := s.sit("Wren", true), s.sit("Sol", false)
		sol.Key("Alt+v")
		const first = "they keep my daughter in a container by the blue crane, she is 24"
		her := s.phone("en", first)
		wren.WaitFor(".ring")
		wren.accept(first)
		id := s.newest().ID

		wren.Key("F9")
		wren.WaitTrue(`document.activeElement?.matches('.help input[role="combobox"]')`)
		wren.Say("blue crane")
		wren.WaitText("+1 555 0162")
		wren.Key("Enter")
		wren.WaitTrue(`document.activeElement?.matches('.help input[type="radio"]')`)
		wren.Key("ArrowDown")
		wren.Key("Tab")
		wren.Say("her mother saw the guard with a knife")
		wren.Key("Enter")
		wren.WaitText("Nobody calls yet")
		if n := s.count(`SELECT count(*) FROM alert WHERE kind = $1 AND contact = $2`, contact.Emergency, id); n != 1 {
			t.Errorf("%d alerts", n)
		}
		sol.WaitText("Help is called from outside")
		sol.WaitText("Second person: answers within")
		wren.WaitTrue(`document.activeElement?.id.startsWith("cl-")`) // the next key says who calls
		wren.Key("Enter")
		wren.WaitText("You call")
		sol.WaitText("Wren calls")

		wren.WaitTrue(`document.activeElement?.id.endsWith("-happens")`)
		wren.Say("a woman is locked in")
		wren.Key("Enter")
		wren.Say("one, and a guard")
		wren.Key("Enter")
		wren.answer("We are calling them now.")
		her.WaitText("We are calling them now.")
		send := func(ref string) {
			t.Helper()
			wren.Type(`.help input[id^="rf-"]`, ref)
			wren.Key("Enter")
			wren.WaitText(ref)
		}
		came := func(words string) {
			t.Helper()
			wren.ClickText(words)
			wren.WaitTrue(`[...document.querySelectorAll(".help .left .tag")].some((e) => e.innerText === ` + quoted(words) + `)`)
		}
		send("W-17")
		wren.Type(`.help input[id^="nt-"]`, "empty, a bed still warm")
		came("They did not find her")
		const again = "she texted me, they moved her to the ferry terminal"
		write(her, again)
		wren.WaitText(again)
		wren.ClickText("Another place")
		wren.WaitTrue(`document.activeElement?.matches('.help input[role="combobox"]')`)
		wren.Say("ferry terminal")
		wren.WaitTrue(`document.querySelector('.help [role="option"][aria-selected="true"]')?.textContent.includes("ferry terminal")`)
		wren.Key("Enter")
		wren.WaitTrue(`document.querySelector(".help .aloud")?.innerText === "Harbour Town, Harbour Coast"`)
		wren.Type(`.help input[id^="un-"]`, "Harbour Town police")
		send("T-4")
		came("They are there")
		wren.Shot("two dispatches")

		wren.ClickText("It is over…")
		wren.ClickText("She is safe")
		wren.ClickText("End it")
		wren.WaitText("She is safe")
		wren.choose("Safe to talk now?", "yes")
		wren.choose("What kind of contact", "crisis")
		wren.more("End…")
		wren.ClickText("End now")
		wren.WaitFor(".wrapup")
		wren.ClickText("A plan was made")
		wren.ClickText("Save and close")
		wren.WaitGone(".chat")
		s.at(id, contact.Closed)

		sol.Click(".board .help .btn")
		sol.WaitText("W-17")
		sol.WaitText("empty, a bed still warm")
		sol.WaitText("T-4")
		sol.Type(`.help textarea[id^="sw-"]`, "a life was in danger, I would have called")
		sol.ClickText("It was right")
		sol.WaitText("Confirmed")
		sol.Shot("confirmed")
		if n := s.count(`SELECT count(*) FROM emergency WHERE second_says = 'confirmed' AND state = 'ended'`); n != 1 {
			t.Errorf("%d are confirmed", n)
		}
		for _, gone := range []seat{wren, sol} { // their sessions end with the day
			gone.Goto("about:blank")
			gone.Excuse("")
		}
		s.later(25 * time.Hour)
		must(t, s.a.Line.Emergencies.RingOverdue(s.ctx))
		if n := s.count(`SELECT count(*) FROM alert WHERE kind = $1`, contact.Unconfirmed); n != 0 {
			t.Error("it is confirmed, and rings")
		}
	})
}

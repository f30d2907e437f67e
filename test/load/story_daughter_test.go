package load_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// S6, as a chat: a mother writes for her grown daughter, and allows for her what she can. The
// next day the daughter writes herself. It is one situation with two who write and two
// consents: from the moment somebody has said that it is she, the mother's counts no longer
// for her, also when hers is taken back; and the mother hears what the daughter allows.
func TestTheDaughterSpeaksForHerself(t *testing.T) {
	people := []staff.Person{hand("Wren", hotline.Advocate, "en"), hand("Sol", hotline.Supervisor, "en")}
	stories(t, []string{"en"}, people, func(s *story) {
		wren := s.sit("Wren", true)
		sol := s.sit("Sol", false)
		const first = "my daughter is in that house, please help her"
		mother := s.phone("en", first)
		wren.WaitFor(".ring")
		wren.accept(first)
		mothers := s.newest()
		wren.asks("Police", "police", "place")
		wren.choice(`select[id$="-whose"]`, "new")
		wren.Type(`.con .form input[id$="-label"]`, "my daughter")
		wren.press(".con .form .pair .pri")
		wren.stands("Police", "holds")
		wren.situation(false)
		wren.more("Let it sleep")
		s.at(mothers.ID, contact.Sleeping)

		s.later(20 * time.Hour)
		for _, gone := range []seat{wren, sol} { // their sessions have ended in the night
			gone.Goto("about:blank")
			gone.Excuse("")
		}
		wren, sol = s.sit("Wren", true), s.sit("Sol", false)
		const herself = "i am the daughter. they moved me"
		her := s.phone("en", herself)
		wren.WaitFor(".ring")
		wren.accept(herself)
		wren.situation(true)

		// She is asked in words that her advocate reads and sends.
		wren.asks("my mother", "family", "well")
		wren.press(".con .form > .btn")
		wren.WaitTrue(`document.querySelector(".chat[aria-current] .compose textarea").value.includes("that she is well")`)
		wren.Key("Alt+m")
		wren.Click(".chat[aria-current] .compose textarea")
		wren.Key("Enter")
		her.WaitText("my mother")
		write(her, "yes. not where i am")
		wren.WaitText("not where i am")
		wren.press(".con .form .pair .pri")
		wren.stands("my mother", "holds")

		// Somebody who may be she has spoken: the mother's does not count until it is said.
		sol.ClickText("Situations")
		sol.WaitFor("table .btn")
		sol.Click("table .btn")
		sol.WaitFor(".file .con li")
		sol.stands("Police", "is it she who writes?")
		sol.stands("my mother", "holds")
		sol.Shot("is it she")
		sol.ClickText("Yes, it is she")
		sol.stands("Police", "she speaks for herself")
		if n := s.count(`SELECT count(*) FROM contact WHERE situation <> ''`); n != 2 {
			t.Errorf("%d who write in the situation, want 2", n)
		}
		if n := s.count(`SELECT count(*) FROM situation`); n != 1 {
			t.Errorf("%d situations, want 1", n)
		}
		if n := s.count(`SELECT count(*) FROM consent`); n != 2 {
			t.Errorf("%d have said what may be passed on, want 2", n)
		}

		// The mother asks, and beside her words stands what the daughter allows, and no more.
		write(mother, "how is she?")
		wren.WaitTrue(`[...document.querySelectorAll(".chat")].some((c) => c.textContent.includes("how is she?"))`)
		wren.turnTo("how is she?")
		wren.stands("Police", "she speaks for herself")
		wren.stands("my mother", "holds")
		wren.Shot("beside the mother")
		wren.answer("She is well. She will say more herself, if she wants to.")
		mother.WaitText("She is well.")
		wren.turnTo("not where i am")
		hides(t, "the mother's phone", mother.Shown(), herself, "they moved me", "not where i am")

		// The daughter takes hers back: at once, on every desk. The mother's does not come back.
		write(her, "please do not tell her any more")
		wren.WaitText("do not tell her any more")
		wren.Click(".con li details summary")
		wren.Type(`.con li input`, "she asked")
		wren.Key("Enter")
		wren.stands("my mother", "taken back")
		sol.stands("my mother", "taken back")
		sol.stands("Police", "she speaks for herself")
		sol.Shot("taken back")
		for _, v := range sol.Violations() {
			t.Errorf("axe: %v", v)
		}
		sol.Eval(`document.documentElement.dataset.theme = "dark"`, nil) // else by the clock of the line
		sol.Shot("dark")
		sol.Resize(320, 900)
		if wide := sol.Sideways(320); len(wide) > 0 {
			t.Errorf("at 320 px %v goes sideways", wide)
		}
	})
}

// asks fills in what may be passed on.
func (d seat) asks(to, purpose, what string) {
	d.s.t.Helper()
	d.WaitFor(".con button[aria-expanded]")
	d.press(".con button[aria-expanded]")
	d.WaitFor(".con .form")
	d.Type(`.con .form input[id$="-to"]`, to)
	d.choice(`select[id$="-for"]`, purpose)
	d.press(`.con .form input[value=` + what + `]`)
	d.WaitTrue(`document.querySelector('.con .form input[value=` + what + `]').checked`)
}

// choice chooses from a list of the panel.
func (d seat) choice(list, value string) {
	d.s.t.Helper()
	d.Eval(`(() => { const e = document.querySelector('.con .form `+list+`'); e.value = `+quoted(value)+`; e.dispatchEvent(new Event("change", {bubbles: true})); })()`, nil)
	d.WaitTrue(`document.querySelector('.con .form ` + list + `').value === ` + quoted(value))
}

// press presses what stands anywhere in the column.
func (d seat) press(what string) {
	d.s.t.Helper()
	d.WaitTrue(`(() => { const e = document.querySelector('` + what + `'); return e && !e.disabled })()`)
	d.Eval(`document.querySelector('`+what+`').click()`, nil)
}

// turnTo goes to the conversation in which these words stand.
func (d seat) turnTo(words string) {
	d.s.t.Helper()
	d.WaitTrue(`(() => {
		const here = document.querySelector(".chat[aria-current]");
		if (here?.textContent.includes(` + quoted(words) + `)) return true;
		const there = [...document.querySelectorAll(".chat")].find((c) => c.textContent.includes(` + quoted(words) + `));
		there?.dispatchEvent(new PointerEvent("pointerdown", {bubbles: true}));
		there?.querySelector("textarea")?.focus();
		return false;
	})()`)
}

// stands waits until what goes to somebody stands so.
func (d seat) stands(to, state string) {
	d.s.t.Helper()
	d.WaitTrue(`[...document.querySelectorAll('.con li')].some((li) => li.querySelector('b')?.textContent === ` + quoted(to) + ` && li.querySelector('.tag')?.textContent === ` + quoted(state) + `)`)
}

// situation makes the conversation part of a new one, or of the first that is open.
func (d seat) situation(first bool) {
	d.s.t.Helper()
	d.Key("Alt+k")
	d.WaitText("Which situation is")
	if first {
		d.Click(".who li:nth-child(2) input")
	}
	d.Click("dialog .foot-row .pri")
	d.WaitGone("dialog")
	d.WaitText("This contact is part of a situation.")
}

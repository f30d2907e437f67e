package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/test/browser"
)

// stranger writes her first words and is answered by whoever was asked.
func stranger(t *testing.T, d demo, words string) *browser.Page {
	t.Helper()
	her := browser.Chromium(t, browser.Options{World: true, Patience: time.Minute})
	her.Goto(d.line)
	her.Click("button[value=chat]")
	her.WaitFor("#w")
	her.Type("#w", words)
	her.Click("button[value=send]")
	her.WaitFor("#say")
	her.WaitText(words)
	return her
}

// A contact becomes a situation, a second contact is linked to it, and the next
// advocate opens it and goes on: with the summary, the people, a task.
func TestNextAdvocateGoesOn(t *testing.T) {
	t.Parallel()
	d := ours(t)
	amina, noor := sit(t, d, "Amina"), sit(t, d, "Noor")
	amina.ready()
	noor.look()
	stranger(t, d, "my daughter is in that house")
	amina.WaitFor(".ring")
	amina.accept()
	amina.WaitText("my daughter is in that house")
	amina.Key("Alt+k")
	amina.WaitText("Which situation is")
	amina.axe("linking")
	amina.Click("dialog .foot-row .pri")
	amina.WaitGone("dialog")
	amina.WaitText("This contact is part of a situation.")

	stranger(t, d, "i am in the house")
	amina.WaitFor(".ring")
	amina.accept()
	amina.WaitText("i am in the house")
	amina.Key("Alt+2")
	amina.Key("Alt+k")
	amina.WaitText("Which situation is")
	amina.Click(".who li:nth-child(2) input")
	amina.Click("dialog .foot-row .pri")
	amina.WaitGone("dialog")

	amina.Key("Alt+k")
	amina.WaitFor(".file .line")
	amina.WaitText("Summary for whoever goes on")
	amina.Click(".summary .btn")
	amina.Type("#sit-text", "Mother and daughter. The daughter is still there.")
	amina.Click("dialog .foot-row .pri")
	amina.WaitGone("dialog")
	amina.Click("#h-person + .btn")
	amina.Type("#sit-text", "a man who controls her papers")
	amina.Type("#sit-names", "a name of his")
	amina.axe("adding a person")
	amina.Click("dialog .foot-row .pri")
	amina.WaitGone("dialog")
	amina.WaitText("a man who controls her papers")
	amina.Click(`.side .card header .btn`)
	amina.Type("#sit-text", "Tell her how to get new papers")
	amina.Eval(`(() => { const i = document.querySelector("#sit-due"); i.value = "2026-01-02T10:00"; i.dispatchEvent(new Event("input", {bubbles: true})); })()`, nil)
	amina.Click("dialog .foot-row .pri")
	amina.WaitGone("dialog")
	amina.WaitFor(".todo .late")
	amina.axe("a situation")
	amina.Shot("situation")

	noor.ClickText("Situations")
	noor.WaitText("1 overdue")
	noor.WaitText("Tell her how to get new papers")
	noor.axe("the list of situations")
	noor.Shot("list")
	noor.Click("table .btn")
	noor.WaitFor(".file .line")
	noor.WaitText("Mother and daughter. The daughter is still there.")
	noor.WaitText("a man who controls her papers")
	if strings.Contains(noor.Shown(), "a name of his") || strings.Contains(noor.Shown(), "i am in the house") {
		t.Error("what should stay closed is shown")
	}
	noor.Click(".plain .sealed summary")
	noor.ClickText("Follow-up due")
	noor.Click(".plain .reason .pri")
	noor.WaitText("a name of his")
	noor.Click(".todo input")
	noor.WaitText("Nothing to be done.")
	amina.WaitText("Nothing to be done.")

	noor.Darken(true)
	noor.Shot("dark")
	noor.Darken(false)
	noor.Resize(320, 900)
	noor.WaitFor(".pocket")
	for _, wide := range noor.Sideways(320) {
		t.Errorf("at 320 px: %s", wide)
	}
	noor.axe("a situation at 320 px")
	noor.Resize(320, 900)
	noor.Shot("narrow")
}

// Whoever knows somebody in it says so: it is closed to her at once, and the page says
// what that means.
func TestWhoKnowsSomebodyIsKeptOut(t *testing.T) {
	t.Parallel()
	d := ours(t)
	amina, noor := sit(t, d, "Amina"), sit(t, d, "Noor")
	amina.ready()
	noor.look()
	stranger(t, d, "i am in that house")
	amina.WaitFor(".ring")
	amina.accept()
	amina.Key("Alt+k")
	amina.WaitText("Which situation is")
	amina.Click("dialog .foot-row .pri")
	amina.WaitGone("dialog")
	noor.Key("Alt+t")
	noor.WaitFor("table .btn")
	noor.Click("table .btn")
	noor.WaitFor(".file .line")
	noor.ClickText("I know somebody in it")
	noor.WaitText("a key apart needs a team of its own")
	noor.axe("saying that she knows somebody")
	noor.Click("dialog .foot-row .end")
	noor.WaitText("Closed to you: you know somebody in it")
	noor.WaitGone(".file")
	amina.Key("Alt+k")
	amina.WaitText("Closed to Noor")
}

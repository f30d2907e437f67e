package browser_test

import (
	"strings"
	"testing"
)

// link makes the conversation that is shown part of a situation: a new one, or the first of
// those that are open.
func (c console) link(toFirst bool) {
	c.t.Helper()
	c.Key("Alt+k")
	c.WaitText("Which situation is")
	if toFirst {
		c.Click(".who li:nth-child(2) input")
	}
	c.axe("linking")
	c.Click("dialog .foot-row .pri")
	c.WaitGone("dialog")
	c.WaitText("This contact is part of a situation.")
}

// says fills the window in which something of a situation is changed, and closes it.
func (c console) says(words string) {
	c.t.Helper()
	c.Type("#sit-text", words)
	c.Click("dialog .foot-row .btn:last-child")
	c.WaitGone("dialog")
}

// open opens the first situation of the list.
func (c console) open() {
	c.t.Helper()
	c.Key("Alt+t")
	c.Click("table .btn")
	c.WaitFor(".file .line")
}

// A contact becomes a situation, a second contact is linked to it, and the next
// advocate opens it and goes on: with the summary, the people, a task.
func TestNextAdvocateGoesOn(t *testing.T) {
	t.Parallel()
	d := ours(t)
	amina, noor := sit(t, d, "Amina"), sit(t, d, "Noor")
	amina.ready()
	noor.look()
	amina.meet(d, "my daughter is in that house")
	amina.WaitText("my daughter is in that house")
	amina.link(false)

	amina.meet(d, "i am in the house")
	amina.WaitText("i am in the house")
	amina.Key("Alt+2")
	amina.link(true)

	amina.Key("Alt+k")
	amina.WaitFor(".file .line")
	amina.WaitText("Summary for whoever goes on")
	amina.Click(".summary .btn")
	amina.says("Mother and daughter. The daughter is still there.")
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

	noor.Eval(`document.documentElement.dataset.theme = "dark"`, nil) // else by the clock of the line
	noor.Shot("dark")
	noor.Resize(320, 900)
	noor.WaitFor(".pocket")
	for _, wide := range noor.Sideways(320) {
		t.Errorf("at 320 px: %s", wide)
	}
	noor.axe("a situation at 320 px")
	noor.Resize(320, 900)
	noor.Shot("narrow")
	noor.ClickText("All situations")
	noor.WaitFor(".grid tbody tr")
	noor.axe("the list of situations at 320 px")
	noor.WaitTrue(`document.querySelector(".grid td .btn").getBoundingClientRect().right <= innerWidth`)
	noor.Shot("narrow list")
}

// Whoever knows somebody in it says so: it is closed to her at once, and the page says
// what that means.
func TestWhoKnowsSomebodyIsKeptOut(t *testing.T) {
	t.Parallel()
	d := ours(t)
	amina, noor := sit(t, d, "Amina"), sit(t, d, "Noor")
	amina.ready()
	noor.look()
	amina.meet(d, "i am in that house")
	amina.link(false)
	noor.open()
	noor.ClickText("I know somebody in it")
	noor.WaitText("a key apart needs a team of its own")
	noor.axe("saying that she knows somebody")
	noor.Click("dialog .foot-row .end")
	noor.WaitText("Closed to you: you know somebody in it")
	noor.WaitGone(".file")
	amina.Key("Alt+k")
	amina.WaitText("Closed to Noor")
}

// wrap ends the conversation that is shown, answers what is asked then, and saves it.
func (c console) wrap(answers ...string) {
	c.t.Helper()
	c.more("End…")
	c.ClickText("End now")
	c.WaitFor(".wrapup")
	for _, a := range append(answers, "not_asked") {
		c.Click(`.wrapup input[value="` + a + `"]`)
	}
	c.ClickText("A plan was made")
	c.ClickText("Save and close")
	c.WaitGone(".wrapup")
}

// The words of a closed contact: asked for with a reason from the timeline, given by a
// supervisor, read until the shift ends.
func TestClosedWordsAreGivenByASupervisor(t *testing.T) {
	t.Parallel()
	d := ours(t)
	amina, noor, sana := sit(t, d, "Amina"), sit(t, d, "Noor"), sit(t, d, "Sana")
	amina.ready()
	noor.look()
	sana.look()
	amina.meet(d, "he has my passport")
	amina.link(false)
	amina.wrap("crisis")
	amina.WaitGone(".chat")

	noor.open()
	noor.WaitFor(".events .sealed")
	noor.Click(".events .sealed summary")
	noor.WaitText("A supervisor is asked.")
	noor.ClickText("She is writing now")
	noor.Click(".events .reason .pri")
	noor.WaitText("Asked. A supervisor will answer.")

	sana.ClickText("Board")
	sana.WaitText("A colleague asks to read a closed conversation")
	sana.Key("Alt+t")
	sana.WaitText("asks to read a closed conversation of")
	sana.WaitText("She is writing now")
	sana.axe("who asks to read")
	sana.Shot("reading")
	sana.ClickText("Let her read")
	sana.WaitTrue(`!document.body.innerText.includes("Let her read")`)

	noor.WaitText("Open, with a reason")
	noor.Click(".events .sealed summary")
	noor.WaitText("Open until your shift ends")
	noor.ClickText("She is writing now")
	noor.Click(".events .reason .pri")
	noor.WaitText("he has my passport")
	noor.axe("words that were given")
	noor.Shot("given")
}

// She asks what we have of her; an advocate finds it among the tasks, answers in the
// conversation, promises more, and her page shows the day.
func TestRequestIsAnsweredAndAPromiseIsShown(t *testing.T) {
	t.Parallel()
	d := ours(t)
	amina := sit(t, d, "Amina")
	amina.ready()
	her := amina.meet(d, "hello")
	her.Click("details summary")
	her.Click("button[value=asks]")
	her.WaitText("What would you like to ask?")
	her.Click("button[value=show]")
	her.WaitText("Please show me what you have about me.")

	amina.WaitText("Please show me what you have about me.")
	amina.Key("Alt+t")
	amina.WaitText("She asks what we have about her")
	amina.axe("what callers ask")
	amina.Shot("asked")
	amina.Click(".todo .btn:last-child")
	amina.WaitText("She has not been told yet.")
	amina.ClickText("Go to the conversation")
	amina.WaitFor(".chat .compose textarea")
	amina.answer("We have one note about you.")
	her.WaitText("We have one note about you.")
	amina.Key("Alt+t")
	amina.WaitText("She asks what we have about her")
	amina.Click(".todo .btn:last-child")
	amina.WaitTrue(`!document.body.innerText.includes("She asks what we have about her")`)

	amina.Key("Alt+t")
	amina.WaitText("Promise her word")
	amina.ClickText("Promise her word")
	amina.WaitText("Only at her wish.")
	amina.axe("promising")
	amina.Shot("promise")
	amina.Click("dialog .foot-row .pri")
	amina.WaitGone("dialog")
	amina.WaitText("She waits for our word until")
	her.Goto(d.line)
	her.WaitText("We write to you here by")
	her.Shot("hers")
}

// The whole of it in Arabic, turned round, and by the keyboard alone.
func TestSituationInArabicByKeys(t *testing.T) {
	t.Parallel()
	d := ours(t)
	amina := sit(t, d, "Amina")
	amina.ready()
	stranger(t, d, "i am in that house")
	amina.WaitFor(".ring")
	amina.Key("Alt+a")
	amina.WaitFor(".chat .compose textarea")
	amina.Click(".bar .menu summary")
	amina.Eval(`(() => { const s = document.querySelector("#tongue"); s.value = "ar"; s.dispatchEvent(new Event("change", {bubbles: true})); })()`, nil)
	amina.WaitTrue(`document.documentElement.dir === "rtl"`)
	amina.Key("Alt+k")
	amina.WaitFor("dialog")
	amina.TabTo("dialog .foot-row .pri")
	amina.Key("Enter")
	amina.WaitGone("dialog")
	amina.WaitTrue(`document.querySelector("#insit").parentElement.querySelector("b") !== null`)
	amina.Key("Alt+k")
	amina.WaitFor(".file .line")
	amina.TabTo(".summary .btn")
	amina.Key("Enter")
	amina.WaitFor("dialog #sit-text")
	amina.WaitTrue(`document.activeElement.closest("dialog") !== null`)
	amina.TabTo("#sit-text")
	amina.Say("ما يجب معرفته")
	amina.TabTo("dialog .foot-row .pri")
	amina.Key("Enter")
	amina.WaitGone("dialog")
	amina.WaitText("ما يجب معرفته")
	amina.axe("a situation in Arabic")
	amina.Shot("arabic")
}

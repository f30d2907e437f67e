package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/test/browser"
)

// tick answers a question of the form that is open.
func (c console) tick(answer string) {
	c.t.Helper()
	at := `.form label:has(input[value="` + answer + `"])`
	c.WaitFor(at)
	c.Click(at)
	c.WaitTrue(`((a) => a.checked || void a.click())(document.querySelector('` + at + ` input'))`) // where the form came anew in this moment
}

// asks reports what the form beside the conversation asks.
func (c console) asks() (all string) {
	c.t.Helper()
	c.WaitFor(".form .q")
	c.Eval(`[...document.querySelectorAll('.form .q')].map(q => q.innerText).join('|')`, &all)
	return all
}

// again opens her desk anew, and waits for the form.
func (c console) again(d demo) {
	c.t.Helper()
	c.Goto(d.desk + "/desk")
	c.WaitFor(".bar .dot.ok")
	c.WaitFor(".form .q")
}

// An administrator adds a field with a condition in two languages, tries it out,
// puts it in force and takes it back, in a browser without a script. A record that
// was begun before does not change, nor does one that was begun with the field.
func TestAFieldIsAddedAndAnOldRecordKeepsItsForm(t *testing.T) {
	t.Parallel()
	d := ours(t)
	amina := sit(t, d, "Amina")
	amina.ready()
	amina.meet(d, "the old one")
	amina.tick("crisis")
	amina.ClickText("What kind of place")
	amina.tick("boat")
	amina.WaitText("Saved")
	amina.WaitText("Form, edition 1")
	if asked := amina.asks(); strings.Contains(asked, "Which net?") || !strings.Contains(asked, "What kind of place") {
		t.Fatalf("the form asks %s", asked)
	}

	ines := browser.Chromium(t, browser.Options{NoScript: true, Width: 1280, Height: 900, Patience: time.Minute})
	ines.Goto(d.desk)
	ines.SubmitText("Ines")
	ines.Goto(d.desk + "/forms")
	ines.Submit(`a[href="/forms/self"]`)
	ines.Submit(`a[href="/forms/self/field/new"]`)
	browser.Axe(t, ines)
	browser.Keyboard(t, ines)
	ines.Type(`[id="f-words.en.label"]`, "Which net?")
	ines.Type(`[id="f-words.ar.label"]`, "أي شبكة؟")
	ines.Submit(`button[value="add.options"]`)
	ines.Type(`[id="f-options.1.words.en.label"]`, "Trawl")
	ines.Type(`[id="f-options.1.words.ar.label"]`, "جر")
	ines.Eval(`document.getElementById('f-newwhen').value = 'setting'`, nil)
	ines.Submit(`button[value="add.when"]`)
	ines.Click(`input[name="when.1.values"][value="boat"]`)
	ines.Submit(".sticky .pri")
	ines.WaitText("Kept in the draft.")
	browser.Axe(t, ines)
	ines.Submit(`a[href="/forms/self/preview"]`)
	ines.Eval(`document.getElementById('f-v.type').value = 'crisis'; document.getElementById('f-v.setting').value = 'boat'; document.getElementById('f-l').value = 'ar'`, nil)
	ines.Submit(".trial p .btn")
	ines.WaitText("أي شبكة؟")
	browser.Axe(t, ines)
	browser.Reflow(t, ines)
	ines.Submit(`form[action="/edition/form/self/all/publish"] .pri`)
	ines.WaitText("It is in force now.")

	amina.again(d)
	amina.WaitText("Form, edition 1")
	if asked := amina.asks(); strings.Contains(asked, "Which net?") {
		t.Errorf("the old record asks what its form did not: %s", asked)
	}
	amina.wrap()
	amina.WaitGone(".chat")

	amina.meet(d, "the new one")
	amina.tick("crisis")
	amina.ClickText("What kind of place")
	amina.tick("boat")
	amina.WaitText("Which net?")
	amina.ClickText("Which net?")
	amina.tick("x_trawl")
	amina.WaitText("Saved")

	ines.Goto(d.desk + "/edition/form/self/all/back/1")
	ines.WaitText("Which net?") // struck through
	ines.Submit(`form[action="/edition/form/self/all/back/1"] .pri`)
	ines.WaitText("It is in force now.")
	amina.again(d)
	amina.WaitText("Form, edition 2")
	if asked := amina.asks(); !strings.Contains(asked, "Which net?") {
		t.Errorf("taken back, the record that was begun with it asks %s", asked)
	}
	amina.WaitText("Trawl")
}

package browser_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/test/browser"
)

// comes opens the line on another phone, with a code.
func comes(t *testing.T, d demo, code string) *browser.Page {
	t.Helper()
	p := browser.Chromium(t, browser.Options{World: true, Patience: time.Minute})
	p.Goto(d.line)
	p.Click("button[value=return]")
	p.Type("#c", code)
	p.Click("button[value=open]")
	return p
}

// She asks for a correction and for more time, keeps a code and goes. What we wrote
// meanwhile waits unread for the phone that has the code, with the day until which she
// waits; and her press deletes it all at once, for her and for us.
func TestAnAnswerWaitsForHerCodeUntilSheDeletesIt(t *testing.T) {
	t.Parallel()
	d := ours(t)
	amina := sit(t, d, "Amina")
	amina.ready()
	const first = "i am in the kitchen"
	her := stranger(t, d, first)
	amina.WaitFor(".ring")
	amina.accept()
	asks := func(kind, more, says string) {
		t.Helper()
		her.Click("details summary")
		her.Click("button[value=asks]")
		her.WaitText("What would you like to ask?")
		her.Type("#w", more)
		her.Click("button[name=k][value=" + kind + "]")
		her.WaitText(says)
		her.WaitText(more)
		her.WaitTrue(`document.querySelector("#w").value === ""`) // what is said is not there to be said again
	}
	asks("correct", "i am nineteen", "Something that you have about me is wrong.")
	asks("keep", "until friday", "Please keep my words longer.")
	amina.Key("Alt+t")
	amina.WaitText("She asks us to correct something")
	amina.WaitText("She asks us to keep her words longer")
	amina.Key("Alt+t")
	amina.ClickText("Promise her word")
	amina.Click("dialog .foot-row .pri")
	amina.WaitGone("dialog")
	amina.WaitText("She waits for our word until")

	her.Click("details summary")
	her.Click("button[value=code]")
	her.WaitText("Your code to come back")
	code := strings.Join(regexp.MustCompile(`\d{4}`).FindAllString(her.Shown(), 4), " ")
	her.Click("button[value=kept]")
	her.WaitFor("#say")
	her.Click(`form[action="/leave"] button`)
	her.WaitText(browser.Elsewhere)
	const answer = "There is a room for you."
	amina.answer(answer)
	const became = `[...document.querySelectorAll(".log .msg.us:not(.later)")].some((m) => m.innerText.includes("` + answer + `") && `
	amina.WaitTrue(became + `true)`) // it has left

	other := comes(t, d, code)
	other.WaitText("1 new answer for you")
	other.WaitText(answer)
	other.WaitText("We write to you here by")
	for _, words := range []string{first, "nineteen", "friday"} {
		if strings.Contains(other.Shown(), words) {
			t.Errorf("whoever has the code reads %q of hers", words)
		}
	}
	browser.Axe(t, other)
	browser.Reflow(t, other)
	other.Shot("hers")
	amina.WaitTrue(became + `!/ read/.test(m.innerText))`)
	other.Click("button[value=read]")
	other.WaitText("There is no new answer yet")
	amina.WaitTrue(became + `/ read/.test(m.innerText))`)
	amina.Shot("read")

	other.Click("button[value=erase]")
	other.WaitText("Delete your words now?")
	other.Click("button[value=gone]")
	other.WaitText("Your words are deleted")
	amina.WaitTrue(`!document.body.innerText.includes("` + answer + `")`)
	amina.Shot("deleted")
	amina.Key("Alt+t")
	amina.WaitText("Situations")
	amina.hides("She asks us", "She waits", first, answer)
	third := comes(t, d, code)
	third.WaitText("There is nothing to show for this code")
}

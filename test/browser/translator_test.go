package browser_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/test/browser"
)

// gives writes what a translator is asked for, and hands it over.
func (c console) gives(words string) {
	c.t.Helper()
	c.Click(".compose textarea")
	c.Say(words)
	c.Key("Enter")
}

// row waits until a row of a part of the board says something.
func (c console) row(part, words string) {
	c.t.Helper()
	c.WaitTrue(fmt.Sprintf(`document.querySelector('[aria-labelledby=%s] tbody tr')?.innerText.includes(%q)`, part, words))
}

// A stranger writes in a language that nobody on the shift speaks: a translator is asked
// by the line itself, comes, and from then on the language is in nobody's way. The
// advocate tells the limits by an approved phrase, reads what is said in her own
// language, and sends the translator's sentence, which says to the staff whose it is and
// to the caller nothing. A supervisor's board says at each step whether a translator is
// waited for or at work.
func TestATranslatorHelps(t *testing.T) {
	t.Parallel()
	d := ours(t)
	noor, mirela, sana := sit(t, d, "Noor"), sit(t, d, "Mirela"), sit(t, d, "Sana")
	sana.look()
	sana.ClickText("Board")
	noor.ready()
	mirela.ready()
	mirela.WaitText("Nobody needs you now")
	mirela.axe("a translator's empty desk")

	her := browser.Chromium(t, browser.Options{Lang: "fr", World: true, Patience: time.Minute})
	enter(her, d, "il garde mon passeport, je suis dans la cuisine")

	mirela.WaitText("nobody who is here speaks the language")
	noor.WaitText("A translator is asked.")
	sana.row("wt", "A translator is asked.")
	if strings.Contains(mirela.Shown(), "passeport") {
		t.Error("who is asked reads what was said")
	}
	mirela.ClickText("Come")
	sana.row("wt", "A translator stands by.")
	noor.WaitFor(".ring")
	noor.accept()
	mirela.WaitTrue(`document.querySelector("blockquote")?.textContent.includes("passeport")`)
	mirela.axe("a thread")
	sana.row("wi", "Translator: Mirela")
	sana.axe("the board with a translator")
	sana.Shot("at work")
	mirela.gives("he keeps my passport, I am in the kitchen")
	noor.WaitText("he keeps my passport, I am in the kitchen")
	noor.WaitText("translated by Mirela")

	noor.Click(".chat .compose textarea")
	noor.Key("/")
	noor.WaitFor(`.phrases [aria-selected="true"]`)
	noor.Say("confidentiality") // her page has told them: they are not the first any more
	noor.WaitTrue(`document.querySelectorAll('.phrases [role="option"]').length === 2`)
	noor.Key("Enter")
	noor.WaitTrue(`document.querySelector('.chat .compose textarea').value.includes("notre équipe")`)
	noor.Key("Enter")
	her.WaitText("reste dans notre équipe")
	noor.WaitTrue(`[...document.querySelectorAll(".log .sys")].some((e) => /Limits told \d/.test(e.innerText))`)

	noor.answer("Does the door lock?")
	mirela.WaitTrue(`document.querySelector("blockquote")?.textContent === "Does the door lock?"`)
	mirela.gives("La porte ferme à clé ?")
	noor.WaitFor(".sentences .back")
	noor.axe("a sentence that came back")
	if strings.Contains(her.Shown(), "porte") {
		t.Error("a sentence left by itself")
	}
	noor.Key("Alt+m")
	her.WaitText("La porte ferme à clé ?")
	noor.WaitTrue(`[...document.querySelectorAll(".log .msg.us")].some((m) => m.innerText.includes("La porte ferme") && m.innerText.includes("Does the door lock?") && m.innerText.includes("translated by Mirela"))`)
	for _, words := range []string{"Mirela", "kitchen", "door"} {
		if strings.Contains(her.Shown(), words) {
			t.Errorf("her page shows %q", words)
		}
	}

	if strings.Contains(noor.Shown(), "By machine") {
		t.Error("nobody runs a machine here, and the desk offers one")
	}
	noor.ClickText("End the translation")
	mirela.WaitText("Nobody needs you now")
	if strings.Contains(mirela.Shown(), "passeport") {
		t.Error("what was said stays on the translator's desk")
	}
	sana.WaitTrue(`!document.querySelector('[aria-labelledby="wi"]').innerText.includes("ranslator")`)
	noor.ClickText("Ask for a translator")
	sana.row("wi", "A translator is asked.")
	sana.Shot("asked")
	if strings.Contains(sana.Shown(), "passeport") {
		t.Error("the board shows what she said")
	}
}

package browser_test

import (
	"strings"
	"testing"
)

// hides looks that none of the words is on the page.
func (c console) hides(words ...string) {
	c.t.Helper()
	shown := c.Shown()
	for _, w := range words {
		if strings.Contains(shown, w) {
			c.t.Errorf("%s's desk shows %q", c.name, w)
		}
	}
}

// She asks that what we wrote about her be deleted. That takes a supervisor, who is asked
// once more: from then on nothing of it is on any desk, nor comes back for another
// supervisor.
func TestASupervisorErasesWhatWeWrote(t *testing.T) {
	t.Parallel()
	d := ours(t)
	amina, sana, lena := sit(t, d, "Amina"), sit(t, d, "Sana"), sit(t, d, "Lena")
	amina.ready()
	sana.look()
	lena.look()
	her := amina.meet(d, "he has my passport")
	amina.link(false)
	amina.Key("Alt+k")
	amina.WaitFor(".file .line")
	const role, name, task, all = "the one in the kitchen", "called Marisol", "Ask the embassy for her papers", "Two sisters, one house"
	amina.Click(".head li .row .btn:first-child")
	amina.Type("#sit-names", name)
	amina.says(role)
	amina.WaitText(role)
	amina.Click(".summary .btn")
	amina.says(all)
	amina.Click(".side .card header .btn")
	amina.Eval(`(() => {
		const set = (of, v) => { const e = document.querySelector(of); e.value = v; e.dispatchEvent(new Event(e.matches("select") ? "change" : "input", {bubbles: true})); };
		set("#sit-due", "2040-01-02T10:00");
		set("#sit-about", document.querySelector("#sit-about option:last-child").value);
	})()`, nil)
	amina.says(task)
	amina.Key("Alt+1")
	amina.wrap("crisis")
	lena.open()
	lena.WaitText(role)
	lena.WaitText(task)

	her.WaitText("This chat has ended")
	her.Click("details summary")
	her.Click("button[value=asks]")
	her.Click("button[name=k][value=erase]")
	her.WaitText("Please delete what you wrote about me.")
	amina.WaitFor(".ring")
	amina.accept()
	amina.Key("Alt+t")
	amina.WaitText("She asks us to erase what we wrote")
	amina.hides("Erase what we wrote")
	sana.Key("Alt+t")
	sana.WaitText("She asks us to erase what we wrote")
	sana.axe("what a supervisor may erase")
	sana.Shot("asked")
	sana.ClickText("Erase what we wrote")
	sana.WaitText("This cannot be undone.")
	sana.WaitTrue(`document.activeElement.textContent === "Keep"`)
	sana.axe("what is asked once more")
	sana.Shot("asked once more")
	sana.Key("Enter")
	sana.WaitTrue(`document.activeElement.textContent.startsWith("Erase what we wrote")`)
	sana.Key("Enter")
	sana.WaitText("This cannot be undone.")
	sana.Key("Escape")
	sana.WaitTrue(`document.activeElement.textContent.startsWith("Erase what we wrote")`)
	lena.WaitText(role)
	sana.ClickText("Erase what we wrote")
	sana.ClickText("Erase for good")

	for _, c := range []console{amina, sana} {
		c.WaitText("What we wrote is erased.")
		c.hides(task, "Erase what we wrote")
	}
	sana.Shot("pressed")
	lena.WaitTrue(`!document.body.innerText.includes("` + role + `")`)
	lena.Shot("erased")
	for _, c := range []console{sana, lena} {
		c.Key("Alt+t")
		c.open()
		c.WaitText(all)
		c.WaitText("Nothing to be done.")
		c.WaitGone(".head li")
		c.hides(role, name, task)
		c.axe("a situation without her")
	}
}

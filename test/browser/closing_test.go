package browser_test

import "testing"

// What was linked by mistake is unlinked with a reason, and what stood of it leaves every
// desk; a situation is closed with what became of it and opened again by a supervisor
// alone. Through all of it the summary stands for whoever goes on.
func TestASituationIsUnlinkedClosedAndOpenedAgain(t *testing.T) {
	t.Parallel()
	d := ours(t)
	amina, noor, sana := sit(t, d, "Amina"), sit(t, d, "Noor"), sit(t, d, "Sana")
	amina.ready()
	noor.look()
	sana.look()
	amina.meet(d, "my daughter is in that house")
	amina.link(false)
	amina.meet(d, "i need a taxi")
	amina.WaitText("i need a taxi")
	amina.Key("Alt+2")
	amina.link(true)

	amina.Key("Alt+k")
	amina.WaitFor(".file .line")
	amina.Click(".summary .btn")
	const summary = "The mother asks. The daughter is still there."
	amina.says(summary)
	const taxi = ".head li:nth-child(2) .row"
	amina.Click(taxi + " .btn:first-child")
	amina.says("somebody without a ride")
	noor.open()
	noor.WaitText("somebody without a ride")
	amina.Click(taxi + " .btn:last-child")
	amina.WaitText("Who has read it has read it.")
	amina.WaitTrue(`document.querySelector("dialog .end").disabled`)
	amina.axe("unlinking")
	amina.Shot("unlink")
	const reason = "It is about something else"
	amina.says(reason)
	for _, c := range []console{amina, noor} {
		c.WaitText("A contact was unlinked")
		c.WaitText(reason)
		c.WaitTrue(`!document.body.innerText.includes("without a ride") && document.querySelectorAll(".head li").length === 1`)
		c.WaitText(summary)
	}

	amina.ClickText("Close the situation")
	const became = "They are together, and safe"
	amina.Type("#sit-text", became)
	amina.Click("dialog .pri")
	amina.WaitFor("dialog .refusal") // she still writes
	amina.Key("Escape")
	amina.WaitGone("dialog")
	amina.Key("Alt+2")
	amina.WaitText("Not part of a situation yet.")
	amina.wrap("crisis")
	amina.Key("Alt+1")
	amina.wrap("crisis")
	amina.WaitGone(".chat")
	amina.open()
	amina.ClickText("Close the situation")
	amina.WaitText("Say what became of it.")
	amina.axe("closing a situation")
	amina.says(became)
	for _, c := range []console{amina, noor} {
		c.WaitText("Closed on")
		c.WaitText(became)
		c.WaitText(summary)
		c.WaitGone(".summary .btn")
		c.WaitGone(".head .row .btn")
	}
	amina.axe("a closed situation")
	amina.Shot("closed")

	noor.ClickText("Open it again")
	noor.WaitText("It takes a supervisor.")
	noor.Type("#sit-text", "Her sister has written")
	noor.Click("dialog .pri")
	noor.WaitFor("dialog .refusal")
	noor.axe("opening without being a supervisor")
	noor.Shot("refused")
	noor.Key("Escape")
	noor.WaitGone("dialog")
	sana.open()
	sana.ClickText("Open it again")
	sana.says("Her sister has written")
	for _, c := range []console{sana, noor} {
		c.WaitText("Opened again")
		c.WaitText("Her sister has written")
		c.WaitText("Open since")
		c.WaitText(summary)
		c.WaitFor(".summary .btn")
	}
	noor.Shot("opened again")
}

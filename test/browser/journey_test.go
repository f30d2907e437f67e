package browser_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/test/browser"
)

// A console is somebody of the staff at a desk of her own.
type console struct {
	*browser.Page
	t    *testing.T
	name string
}

// sit opens the desk in a browser of her own and enters as somebody, by the
// demo's door.
func sit(t *testing.T, d demo, name string) console {
	t.Helper()
	p := browser.Chromium(t, browser.Options{Width: 1440, Height: 900, Patience: time.Minute})
	p.Goto(d.desk)
	p.Forget() // the demo's own door
	p.SubmitText(name)
	p.WaitFor(".bar .dot.ok")
	weigh(t, p)
	return console{p, t, name}
}

// weigh looks at what the desk's first load cost.
func weigh(t *testing.T, p *browser.Page) {
	t.Helper()
	bytes := 0
	const most = 120 << 10
	for _, r := range p.Requests() {
		bytes += r.Wire
	}
	if bytes > most {
		t.Errorf("the desk's first load: %d bytes, want at most %d", bytes, most)
	}
	t.Logf("the desk's first load: %d bytes", bytes)
}

// ready says that she may be offered contacts, without sound.
func (c console) ready() {
	c.t.Helper()
	c.ClickText("Go on without sound")
	c.WaitGone("dialog")
}

// look opens the desk without being ready.
func (c console) look() {
	c.t.Helper()
	c.ClickText("Only look around for now")
	c.WaitGone("dialog")
}

// accept takes what is offered.
func (c console) accept() {
	c.t.Helper()
	c.Click(".ring .btn.pri")
	c.WaitFor(".chat .compose textarea")
}

// meet takes somebody who writes her first words, and gives her page.
func (c console) meet(d demo, words string) *browser.Page {
	c.t.Helper()
	her := stranger(c.t, d, words)
	c.WaitFor(".ring")
	c.accept()
	return her
}

// answer writes to the caller and does not take it back.
func (c console) answer(words string) {
	c.t.Helper()
	c.Type(".chat .compose textarea", words)
	c.Key("Enter")
	c.WaitTrue("document.querySelector('.chat .compose textarea').value === ''")
}

// more chooses from the menu of the conversation.
func (c console) more(words string) {
	c.t.Helper()
	c.Click(".chat[aria-current] header summary")
	c.ClickText(words)
}

func (c console) axe(what string) {
	c.t.Helper()
	for _, v := range c.Violations() {
		c.t.Errorf("%s, %s: axe: %s", c.name, what, v)
	}
}

// The whole thread: a stranger writes in Arabic; an advocate takes it, answers
// and marks danger; the supervisor's board shows it within two seconds; a
// colleague takes over, answers and ends; after leaving, Back shows nothing.
func TestStrangerWritesAdvocateAnswers(t *testing.T) {
	t.Parallel()
	d := ours(t)
	amina, noor, sana := sit(t, d, "Amina"), sit(t, d, "Noor"), sit(t, d, "Sana")
	sana.look()
	sana.ClickText("Board")
	sana.WaitText("Nobody is in a conversation.")
	sana.axe("the empty board")
	amina.ready()
	noor.ready()
	byKeys(t, d, [3]console{amina, noor, sana})
	for _, noScript := range []bool{false, true} {
		t.Logf("without script: %v", noScript)
		thread(t, d, [3]console{amina, noor, sana}, noScript)
	}
}

func thread(t *testing.T, d demo, staff [3]console, noScript bool) {
	sana := staff[2]
	h := &house{name: "line", leads: d.line}
	h.open(t)
	her := browser.Chromium(t, browser.Options{NoScript: noScript, Lang: "ar", World: true, Patience: time.Minute})
	her.Goto(h.at("search"))
	her.Submit("#found")
	her.WaitText("ما الطريقة الأنسب للحديث معنا؟")
	her.Click("button[value=chat]")
	her.WaitText("قبل الكتابة")
	her.Type("#w", "أخذ جواز سفري ولا أعرف إلى أين أذهب")
	her.Click("button[value=send]")
	her.WaitFor("#say")
	her.WaitText("أخذ جواز سفري")

	amina, noor := rung(t, staff[0], staff[1])
	amina.accept()
	amina.WaitText("أخذ جواز سفري ولا أعرف إلى أين أذهب")
	amina.axe("a conversation")
	amina.answer("مرحباً، أنا أمينة. هل الكتابة آمنة الآن؟")
	her.WaitText("هل الكتابة آمنة الآن؟")
	axeLive(t, her)
	browser.Reflow(t, her)
	browser.LargeText(t, her)
	her.Type("#w", "نعم، هو في العمل")
	her.Click("#say button[value=send]")
	amina.WaitText("نعم، هو في العمل")

	sana.WaitText("With someone")
	amina.more("Danger now")
	marked := time.Now()
	sana.WaitTrue(fmt.Sprintf(`document.querySelector('.alarm.open') && document.querySelector('.alarm.open').innerText.includes(%q)`, "with "+amina.name))
	shown := time.Since(marked)
	const most = 2 * time.Second
	t.Logf("the board shows the danger after %v", shown.Round(time.Millisecond))
	if shown > most {
		t.Errorf("the board shows the danger after %v, want at most %v", shown, most)
	}
	sana.axe("the board with danger")
	sana.Click(".alarm.open .btn")
	sana.WaitGone(".alarm.open")

	amina.more("Hand over, with a note")
	amina.WaitFor("dialog #note")
	amina.Type("#note", "Her passport is with him. She is safe until six.")
	amina.ClickText(noor.name)
	amina.axe("handing over")
	amina.Click("dialog .foot-row .pri")
	amina.WaitGone("dialog")
	noor.WaitFor(".ring")
	noor.axe("an offer")
	noor.accept()
	noor.WaitText("Her passport is with him.")
	noor.WaitText("نعم، هو في العمل")
	noor.answer("مرحباً، أنا نور. نبحث معاً عن مكان آمن.")
	her.WaitText("نبحث معاً عن مكان آمن")
	amina.WaitGone(".chat")

	noor.more("End…")
	noor.ClickText("End now")
	noor.WaitFor(".wrapup")
	noor.axe("the end")
	noor.Click(`.wrapup input[value="not_asked"]`)
	noor.ClickText("A plan was made")
	noor.ClickText("Save and close")
	noor.WaitGone(".chat")
	her.WaitText("انتهت هذه المحادثة")

	her.Click(`form[action="/leave"] button`)
	her.WaitText(browser.Elsewhere)
	found := false
	for i := 1; !found && her.Back(); i++ {
		seen := her.Watch(150 * time.Millisecond)
		for _, words := range []string{"جواز", "آمنة", "نور", "Harbour Line", "المحادثة"} {
			if strings.Contains(seen, words) {
				t.Errorf("back %d shows %q", i, words)
			}
		}
		found = strings.Contains(seen, "Results of a search")
	}
	if !found {
		t.Error("Back does not lead to the page she came from")
	}
}

// byKeys is a whole contact by the keyboard alone, on both sides.
func byKeys(t *testing.T, d demo, staff [3]console) {
	t.Helper()
	her := browser.Chromium(t, browser.Options{World: true, Patience: time.Minute})
	her.Goto(d.line)
	her.TabTo("button[value=chat]")
	her.Key("Enter")
	her.WaitText("Before you write")
	her.TabTo("#w")
	her.Say("is it free")
	her.TabTo("button[value=send]")
	her.Key("Enter")
	her.WaitFor("#say")
	her.WaitText("is it free")

	advocate, _ := rung(t, staff[0], staff[1])
	advocate.Key("Alt+a")
	advocate.WaitFor(".chat .compose textarea")
	advocate.Key("Alt+c")
	advocate.WaitTrue("document.activeElement.tagName === 'TEXTAREA'")
	advocate.Say("Yes, it is free.")
	advocate.Key("Enter")
	her.WaitText("Yes, it is free.")
	advocate.Key("Alt+g")
	advocate.WaitText("Danger is over")
	sana := staff[2]
	sana.WaitFor(".alarm.open")
	sana.Key("Alt+r")
	sana.WaitGone(".alarm.open")
	advocate.Key("Alt+w")
	advocate.WaitFor("dialog")
	advocate.TabTo("dialog .foot-row .btn.end")
	advocate.Key("Enter")
	advocate.WaitFor(".wrapup")
	advocate.TabTo(`.wrapup input[value="yes"]`)
	advocate.Key("Space")
	// That it is a crisis is known since danger was marked; what came of it follows from that.
	advocate.TabTo(".wrapup .btn.pri")
	advocate.Key("Enter")
	advocate.WaitGone(".chat")

	her.WaitText("This chat has ended")
	her.TabTo(`form[action="/leave"] button`)
	her.Key("Enter")
	her.WaitText(browser.Elsewhere)
}

// rung tells who of two was asked, and who was not.
func rung(t *testing.T, a, b console) (asked, other console) {
	t.Helper()
	end := time.After(time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if a.holds(".ring") {
			return a, b
		}
		if b.holds(".ring") {
			return b, a
		}
		select {
		case <-end:
			t.Fatalf("nobody was asked; %s sees:\n%s", a.name, a.Shown())
		case <-tick.C:
		}
	}
}

func (c console) holds(selector string) (yes bool) {
	c.t.Helper()
	c.Eval(fmt.Sprintf("!!document.querySelector(%q)", selector), &yes)
	return yes
}

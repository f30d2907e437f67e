// The race detector sees nothing of a browser, and what the desk does for one it sees in the tests
// that speak its frames.

//go:build !race

package desk_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// shift opens a desk in Chromium, before which a script plays the server.
func shift(t *testing.T, o browser.Options, set ...func(*script)) (*script, *browser.Page) {
	t.Helper()
	s := play(t)
	for _, f := range set {
		f(s)
	}
	if o.Width == 0 {
		o.Width, o.Height = 1440, 900
	}
	p := browser.Chromium(t, o)
	enter(p, s.url+desk.PagePath, o.Dark)
	p.WaitFor(".bar .dot.ok")
	return s, p
}

func (s *script) lose(what func(*script)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	what(s)
}

const (
	composer = ".chat[aria-current] textarea"
	log      = ".chat[aria-current] .log"
)

func value(p *browser.Page) (text string) {
	p.Eval(`document.querySelector('`+composer+`').value`, &text)
	return text
}

// Whatever a caller writes is a text: no element, no request, no breach of the page's policy.
func TestHostileWordsStayWords(t *testing.T) {
	s, p := shift(t, browser.Options{})
	before := count(p, log+" *")
	for _, words := range []string{
		`<img src=x onerror="alert(1)"><script>alert(2)</script>`, `{{constructor.constructor('alert(1)')()}}`,
		`javascript:alert(1)`, "\u202egnol si siht", strings.Repeat("A", 5000),
	} {
		p.Forget()
		s.say(s.held[0].ID, words)
		p.WaitTrue(`[...document.querySelectorAll('` + log + ` p')].some((e) => e.textContent === ` + asJSON(words) + `)`)
		for _, asked := range p.Requests() {
			if !strings.Contains(asked.URL, "/ui/") && !isLater(asked.URL) { // the icon that says that something is new
				t.Errorf("%.40q made the page ask for %s", words, asked.URL)
			}
		}
	}
	// A message is one list item of three elements and a mark for readers who hear the page.
	if after := count(p, log+" *"); after != before+5*5 {
		t.Errorf("five messages made %d elements", after-before)
	}
	if n := count(p, log+" :is(img, script, a, b, iframe)"); n > 0 {
		t.Errorf("%d elements came from words", n)
	}
}

// What a first chat does not need comes by itself, in each language, and can be asked for again
// where it did not come.
func TestWhatComesLaterComes(t *testing.T) {
	_, p := shift(t, browser.Options{})
	p.WaitTrue(`performance.getEntriesByType('resource').some((e) => e.name.includes('/far-'))`)
	p.Forget()
	p.ClickText("Situations")
	p.WaitFor("#sits")
	for _, asked := range p.Requests() {
		if isLater(asked.URL) {
			t.Errorf("%s was asked for when it was wanted", asked.URL)
		}
	}

	s, p := shift(t, browser.Options{}, func(s *script) { s.near = true })
	p.ClickText("Situations")
	p.WaitFor(".toast[role=alert] button")
	p.Excuse("503")
	s.lose(func(s *script) { s.near = false })
	p.Click(".toast[role=alert] button")
	p.WaitFor("#sits")
	if text := p.Shown(); strings.Contains(text, "⟦") {
		t.Errorf("a text is missing: %s", text)
	}
	p.Click(".menu > summary")
	p.Eval(`(() => { const s = document.getElementById('tongue'); s.value = 'es'; s.dispatchEvent(new Event('change', { bubbles: true })); })()`, nil)
	p.WaitTrue(`document.getElementById('sits').textContent === 'Situaciones'`)
	if text := p.Shown(); strings.Contains(text, "⟦") {
		t.Errorf("a text is missing: %s", text)
	}
}

func count(p *browser.Page, selector string) (n int) {
	p.Eval(`document.querySelectorAll('`+selector+`').length`, &n)
	return n
}

func TestSendIsSeenAtOnceAndTakenBack(t *testing.T) {
	s, p := shift(t, browser.Options{})
	p.Type(composer, "first line")
	p.Key("Shift+Enter")
	p.Say("second line")
	p.Key("Enter")
	p.WaitTrue(`document.querySelector('` + log + ` .later p')?.textContent === "first line\nsecond line"`)
	p.WaitText("Leaves in")
	if got := value(p); got != "" {
		t.Errorf("the field still holds %q", got)
	}
	p.Key("Control+z")
	p.WaitGone(log + " .later")
	if got := value(p); got != "first line\nsecond line" {
		t.Errorf("taken back, the field holds %q", got)
	}
	if undone := come[desk.Undo](s, 1); len(undone) != 1 {
		t.Errorf("undone: %v", undone)
	}
	p.Key("Enter")
	p.WaitFor(log + " .later")
	p.WaitGone(log + " .later") // it has left
	if got := p.Shown(); !strings.Contains(got, "second line") {
		t.Error("what was sent is not shown")
	}
}

// A keystroke older than a second is lost neither with the server's copy nor with the browser's.
func TestKeystrokesSurvive(t *testing.T) {
	s, p := shift(t, browser.Options{})
	p.Type(composer, "half a thought")
	p.WaitText("Draft kept")
	again := func(what string) {
		t.Helper()
		p.Goto(s.url + desk.PagePath)
		p.WaitTrue(`document.querySelector('` + composer + `')?.value === "half a thought"`)
		if t.Failed() {
			t.Fatalf("lost with %s", what)
		}
	}
	s.lose(func(s *script) { s.drafts = map[string]desk.Draft{} })
	again("the server's copy")
	// The browser tells the server what it lacks.
	p.WaitText("Draft kept")
	var readable bool
	p.Eval(`new Promise((done) => { const ask = indexedDB.open("freeline-desk"); ask.onsuccess = () => {
		const all = ask.result.transaction("kept").objectStore("kept").getAll();
		all.onsuccess = () => { ask.result.close(); done(all.result.some((r) => new TextDecoder().decode(r.data).includes("half"))); }; }; })`, &readable)
	if readable {
		t.Error("the browser's copy can be read without the key")
	}
	p.Eval(`new Promise((done) => { const ask = indexedDB.open("freeline-desk"); ask.onsuccess = () => {
		const tx = ask.result.transaction("kept", "readwrite"); tx.objectStore("kept").clear(); tx.oncomplete = () => { ask.result.close(); done(true); }; }; })`, new(bool))
	again("the browser's copy")
}

// What is written while there is no connection goes once, by itself, when it is back.
func TestWordsWaitForTheLine(t *testing.T) {
	s, p := shift(t, browser.Options{})
	s.setDown(true)
	p.WaitText("Reconnecting")
	p.Type(composer, "are you still there")
	p.Key("Enter")
	p.WaitText("Not sent yet")
	p.Key("Alt+b")
	p.WaitFor("dialog")
	p.ClickText("Hand back")
	p.WaitFor("dialog .refusal")
	s.setDown(false)
	p.WaitText("Leaves in")
	p.WaitGone(log + " .later")
	p.WaitFor("dialog .refusal") // what was asked meanwhile says that it was not done
	s.lose(func(s *script) {
		n := 0
		for _, m := range s.held[0].Messages {
			if m.Text == "are you still there" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("it was written %d times", n)
		}
	})
	p.Excuse("WebSocket connection")
}

// A number that was skipped is a message that was lost on the way: the desk asks for it.
func TestGapMakesTheDeskAskAgain(t *testing.T) {
	s, p := shift(t, browser.Options{})
	id, before := s.held[0].ID, len(sent[desk.Hello](s))
	s.lose(func(s *script) {
		for _, words := range []string{"lost on the way", "came through"} {
			s.held[0].LastSeq++
			s.held[0].Messages = append(s.held[0].Messages, desk.Message{ID: hotline.NewID(), Seq: s.held[0].LastSeq, Side: "caller", Text: words, At: now()})
		}
	})
	s.all(desk.MessageFrame{Contact: id, Message: s.held[0].Messages[len(s.held[0].Messages)-1]})
	p.WaitText("lost on the way")
	p.WaitText("came through")
	if got := len(sent[desk.Hello](s)) - before; got != 1 {
		t.Errorf("the desk asked %d times", got)
	}
}

func TestRefusalIsSaidInPlaceAndKeepsTheWords(t *testing.T) {
	s, p := shift(t, browser.Options{})
	no := func(kind string) {
		s.lose(func(s *script) { s.refuse[kind] = desk.Refused{Why: "denied", Key: "problem.denied"} })
	}
	s.lose(func(s *script) { s.quiet = true })
	p.Type(composer, "kept words")
	p.Key("Enter")
	p.WaitFor(log + " .later")
	s.all(desk.Refused{Of: "send", ID: come[desk.Send](s, 1)[0].ID, Why: "denied", Key: "problem.denied"})
	p.WaitFor(log + " .refused")
	p.WaitText("You may not do this.")
	p.ClickText("Back into the field")
	p.WaitTrue(`document.querySelector('` + composer + `').value === "kept words"`)

	no("take")
	p.Click(".wait:nth-child(2) .go")
	p.WaitFor(".wait:nth-child(2) .refusal")

	no("handback")
	p.Key("Alt+b")
	p.Type("#note", "what I know")
	p.ClickText("Hand back")
	p.WaitFor("dialog .refusal")
	var note string
	p.Eval(`document.querySelector("#note").value`, &note)
	if note != "what I know" {
		t.Errorf("the note holds %q", note)
	}
	p.ClickText("Hand back")
	p.WaitGone("dialog")
	if got := come[desk.HandBack](s, 2); len(got) != 2 || got[1].Note != "what I know" {
		t.Errorf("handed back with %+v", got)
	}
}

func TestCoveredDeskHasNoWords(t *testing.T) {
	s, p := shift(t, browser.Options{})
	p.WaitText("petrol station")
	p.Type(composer, "an unsent thought")
	p.Key("Alt+l")
	p.WaitText("The desk is covered")
	var all string
	p.Eval(`document.documentElement.outerHTML`, &all)
	for _, word := range []string{"petrol", "Juniper", "unsent"} {
		if strings.Contains(all, word) {
			t.Errorf("the covered page holds %q", word)
		}
	}
	s.all(desk.Lock{Ring: true})
	p.WaitText("Somebody is writing to you")
	if got := p.Title(); got != "(1) Desk" {
		t.Errorf("the title is %q", got)
	}
	p.Type("#pw", "wrong")
	p.Key("Enter")
	p.WaitFor(".refusal")
	p.Type("#pw", "right")
	p.Key("Enter")
	p.WaitText("petrol station")
	if got := value(p); got != "an unsent thought" {
		t.Errorf("uncovered, the field holds %q", got)
	}
}

func TestQuietNight(t *testing.T) {
	s, p := shift(t, browser.Options{}, func(s *script) { s.me.Limits.Ask, s.me.Limits.Lock = 1500, 4000 })
	p.WaitText("Still here?")
	p.Key("Shift")
	p.WaitGone("dialog")
	p.WaitText("Still here?")
	p.WaitText("The desk is covered")
	if got := come[desk.Cover](s, 1); len(got) == 0 {
		t.Error("the server was not told")
	}
}

func TestOfferIsAnsweredByKey(t *testing.T) {
	s, p := shift(t, browser.Options{})
	give := func() desk.Offer {
		return s.offer(desk.Offer{Kind: "offer", Channel: "chat", Lang: "es", Urgency: 3, Reason: "self", Why: []string{"self"}, Since: now() - 60000})
	}
	give()
	p.WaitFor(".ring")
	if got := p.Title(); got != "(1) Desk" {
		t.Errorf("the title is %q", got)
	}
	p.Key("Alt+x")
	p.WaitGone(".ring")
	o := give()
	p.WaitFor(".ring")
	p.Key("Alt+a")
	p.WaitText("estoy aquí")
	if got := come[desk.Accept](s, 1); len(got) != 1 || got[0].Offer != o.ID || got[0].Epoch != o.Epoch {
		t.Errorf("accepted: %+v", got)
	}
	// More than three: the rest are tabs.
	p.WaitFor(".strip")
	p.Key("Alt+1")
	p.WaitTrue(`document.activeElement.placeholder === "Write to Juniper"`)
}

func TestShiftBeginsWithTheRingAndEndsWithNobodyLeft(t *testing.T) {
	s, p := shift(t, browser.Options{}, func(s *script) { s.me.State = "away" })
	p.WaitText("Good to see you")
	p.ClickText("Play the ring")
	p.WaitText("Did you hear it?")
	p.ClickText("No")
	p.WaitText("headset")
	p.ClickText("Yes, I heard it")
	p.WaitGone("dialog")
	if got := come[desk.State](s, 1); len(got) != 1 || got[0].State != "ready" {
		t.Errorf("begun with %+v", got)
	}
	p.Click(".bar summary")
	p.ClickText("End my shift…")
	p.WaitText("What should become of each conversation?")
	var can bool
	p.Eval(`!document.querySelector("dialog .foot-row .pri").disabled`, &can)
	if can {
		t.Error("the shift ends with conversations nobody decided about")
	}
	for i, what := range []string{"back", "end", "sleep"} {
		p.Eval(`(() => { const e = document.querySelectorAll("dialog select")[`+asJSON(i)+`]; e.value = `+asJSON(what)+`; e.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`, new(bool))
	}
	p.ClickText("Do this and sign out")
	p.WaitText("Ended; its outcome is not saved yet.")
	p.SubmitText("Sign out now")
	p.WaitText("signed out")
	if a, b, c := sent[desk.HandBack](s), sent[desk.End](s), come[desk.Sleep](s, 1); len(a) != 1 || len(b) != 1 || len(c) != 1 {
		t.Errorf("handed back %v, ended %v, put to sleep %v", a, b, c)
	}
}

func TestSecondTabSaysSo(t *testing.T) {
	_, p := shift(t, browser.Options{})
	p.Type(composer, "seen in both")
	var says, ours string
	p.Eval(`(async () => {
		const w = open(location.href);
		for (let i = 0; i < 100; i++) {
			await new Promise((done) => setTimeout(done, 100));
			w.document.querySelector(".tabs button:nth-child(2)")?.click();
			const note = w.document.querySelector(".strip-note"), field = w.document.querySelector("`+composer+`");
			if (note && field && field.value) return note.textContent + "|" + field.value;
		}
		return w.document.body.innerText;
	})()`, &says)
	p.Eval(`document.querySelector(".strip-note")?.textContent ?? ""`, &ours)
	if !strings.Contains(says, "open in another tab") || !strings.Contains(says, "seen in both") {
		t.Errorf("the second tab says %q", says)
	}
	if ours != "" {
		t.Errorf("the first says %q", ours)
	}
}

func TestArabicDeskIsTurnedRound(t *testing.T) {
	_, p := shift(t, browser.Options{Lang: "ar"})
	p.WaitText("في الانتظار")
	var ok bool
	p.Eval(`document.documentElement.dir === "rtl" && document.querySelector(".queue").getBoundingClientRect().left > document.querySelector(".side").getBoundingClientRect().left`, &ok)
	if !ok {
		t.Error("the page is not turned round")
	}
	if strings.Contains(p.Shown(), "⟦") {
		t.Error("a word is missing")
	}
	browser.Axe(t, p)
}

// view is a state of the desk, and how to come there.
type view struct {
	name string
	come func()
}

// judged looks at each view with axe and in a window of 320 pixels.
func judged(t *testing.T, p *browser.Page, views []view) {
	t.Helper()
	for _, v := range views {
		v.come()
		for _, bad := range p.Violations() {
			t.Errorf("%s: %s", v.name, bad)
		}
		for _, wide := range p.Sideways(320) {
			t.Errorf("%s at 320 pixels: %s", v.name, wide)
		}
	}
}

func (s *script) ring(kind string) {
	s.offer(desk.Offer{
		Kind: kind, From: "Wren", Note: "Works at five.", Channel: "chat", Lang: "en", Urgency: 0, Reason: "danger", Why: []string{"danger"},
		Since: now(), Until: now() + time.Hour.Milliseconds(),
	})
}

func TestDeskIsForEverybody(t *testing.T) {
	s, p := shift(t, browser.Options{})
	window := func(keys string) func() {
		return func() {
			p.Key("Escape")
			p.WaitGone("dialog")
			p.Key(keys)
			p.WaitFor("dialog")
		}
	}
	judged(t, p, []view{
		{"desk", func() {}},
		{"palette", window("Control+k")},
		{"hand over", window("Alt+o")},
		{"hand back", window("Alt+b")},
		{"end", window("Alt+w")},
		{"wrap-up", func() { p.ClickText("End now"); p.WaitFor(".wrapup") }},
		{"offer", func() { s.ring("handover"); p.WaitFor(".ring") }},
		{"menu", func() { p.Click(".bar summary") }},
		{"keys", func() { p.Key("Escape"); p.Click("#q"); p.Key("?"); p.WaitFor("dialog") }},
		{"covered", func() { p.Key("Escape"); p.WaitGone("dialog"); p.Key("Alt+l"); p.WaitFor(".locked") }},
	})
}

func TestPocketDeskIsForEverybody(t *testing.T) {
	s, p := shift(t, browser.Options{Width: 390, Height: 844, Dark: true})
	judged(t, p, []view{
		{"now", func() {}},
		{"offer", func() { s.ring("offer"); p.WaitFor(".ring") }},
		{"talk", func() { p.Click(".tabs button:nth-child(2)"); p.WaitFor(".chat") }},
		{"safety", func() { p.Click(".tabs button:nth-child(3)"); p.WaitFor(".safety") }},
		{"menu", func() { p.Click(".bar summary") }},
	})
}

func TestBoardIsForEverybody(t *testing.T) {
	s, p := shift(t, browser.Options{}, (*script).supervisor)
	p.ClickText("Board")
	p.WaitText("Danger now, nobody has it")
	browser.Axe(t, p)
	browser.Zoom(t, p)
	p.WaitFor(".sup .alarm.open")
	p.ClickText("I have seen it")
	p.WaitGone(".alarm.open")
	if got := come[desk.Seen](s, 1); len(got) != 1 {
		t.Errorf("seen: %v", got)
	}
	p.Click(".grid tbody tr:nth-child(2) .btn")
	p.WaitFor("dialog")
	browser.Axe(t, p)
	p.Click("dialog .check input")
	p.Click("dialog .foot-row .pri")
	p.WaitGone("dialog")
	if got := come[desk.Assign](s, 1); len(got) != 1 {
		t.Errorf("assigned: %v", got)
	}
}

// A report of harm that is overdue leads from the board to its page, and is seen like danger.
func TestHarmOnTheBoardLeadsToItsReport(t *testing.T) {
	report := hotline.NewID()
	s, p := shift(t, browser.Options{}, (*script).supervisor, func(s *script) {
		s.alerts = []desk.Alert{{ID: hotline.NewID(), Kind: "harm", Contact: report, At: now() - 60000}}
	})
	p.ClickText("Board")
	p.WaitText("A report of harm is overdue")
	p.WaitFor(`.alarm.open a[href="/harm/` + report + `"]`)
	browser.Axe(t, p)
	p.ClickText("I have seen it")
	p.WaitGone(".alarm.open")
	if got := come[desk.Seen](s, 1); len(got) != 1 {
		t.Errorf("seen: %v", got)
	}
}

// The keys reach everything, and single letters do nothing while somebody writes.
func TestKeyboardAlone(t *testing.T) {
	s, p := shift(t, browser.Options{})
	browser.Keyboard(t, p)
	p.Key("Alt+1")
	p.WaitTrue(`document.activeElement.tagName === "TEXTAREA"`)
	p.Say("? n a g")
	p.WaitTrue(`document.activeElement.value === "? n a g"`)
	if n := count(p, "dialog"); n > 0 {
		t.Error("a letter in the field opened a window")
	}
	p.Key("Control+k")
	p.WaitFor("dialog")
	p.Say("take nex")
	p.Key("Enter")
	p.WaitGone("dialog")
	p.WaitText("hello, is somebody there")
	if got := come[desk.Take](s, 1); len(got) != 1 || !got[0].Next {
		t.Errorf("taken: %+v", got)
	}
	p.Key("Alt+g")
	p.WaitText("Danger is over")
	if got := come[desk.Mark](s, 1); len(got) != 1 || !got[0].Danger {
		t.Errorf("marked: %+v", got)
	}
}

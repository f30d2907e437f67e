// The race detector sees nothing of a browser, and what the desk does for one it sees in the tests
// that speak its frames.

//go:build !race

package desk_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/browser"
)

const chosen = `.phrases [aria-selected="true"]`

// By keys alone: "/" opens the phrases, a few letters in either language find one, Enter puts it
// into the composer in her language, and nothing is sent until the advocate sends it.
func TestPhrasesComeByKeys(t *testing.T) {
	s, p := shift(t, browser.Options{})
	p.Key("Alt+2") // Walnut, in Arabic
	p.WaitTrue(`document.activeElement.id === "w-` + s.held[1].ID + `"`)
	p.Key("/")
	p.WaitFor(chosen)
	p.WaitTrue(`document.activeElement.getAttribute("role") === "combobox"`)
	var first string
	p.Eval(`document.querySelector('`+chosen+`').textContent`, &first)
	if !strings.Contains(first, "What you write stays with our team") {
		t.Errorf("first comes %q, want the limits, which she was not told", first)
	}
	browser.Axe(t, p)
	p.Shot("phrases")
	p.Say("zebra")
	p.WaitTrue(`document.querySelectorAll('.phrases [role="option"]').length === 0`)
	p.Key("Escape")
	p.WaitTrue(`document.activeElement.tagName === "TEXTAREA" && !document.querySelector(".phrases")`)
	if got := value(p); got != "" {
		t.Errorf("the field holds %q", got)
	}
	p.Key("/")
	p.WaitFor(chosen)
	p.WaitTrue(`!!document.activeElement.closest(".phrases")`) // what is said now goes there
	p.Say("القطارات")
	p.WaitTrue(`document.querySelectorAll('.phrases [role="option"]').length === 0`)
	for range []rune("القطارات") {
		p.Key("Backspace")
	}
	p.Say("team limits") // the name of the group, and a word of what they say
	p.WaitTrue(`document.querySelectorAll('.phrases [role="option"]').length === 2`)
	p.Key("ArrowDown")
	p.Key("ArrowDown")
	p.Key("ArrowUp")
	p.Key("Enter")
	arabic, _ := interpret.Parse(interpret.Shipped()["ar"])
	short, _ := interpret.Find(arabic, "limits.short")
	p.WaitTrue(`document.querySelector('` + composer + `').value === ` + asJSON(short.Text))
	if got := sent[desk.Send](s); len(got) > 0 {
		t.Fatalf("sent by itself: %+v", got)
	}
	p.Say(" نعم؟")
	p.Key("Enter")
	got := come[desk.Send](s, 1)
	if len(got) != 1 || got[0].Phrase != "limits.short" || got[0].Edition != 7 || got[0].Lang != "ar" || got[0].Text != short.Text+" نعم؟" {
		t.Errorf("sent %+v", got)
	}

	// Taken back and sent again, it still says where its words came from; other words do not.
	p.Key("Control+z")
	p.WaitTrue(`document.querySelector('` + composer + `').value !== ""`)
	p.Key("Enter")
	p.WaitFor(log + " .later")
	p.Type(composer, "شكراً")
	p.Key("Enter")
	p.WaitTrue(`document.querySelector('` + composer + `').value === ""`)
	p.WaitText("Leaves in") // the server has it
	if got = come[desk.Send](s, 3); len(got) != 3 || got[1].Phrase != "limits.short" || got[2].Phrase != "" {
		t.Errorf("sent %+v", got)
	}
}

// A slash inside a sentence is a slash.
func TestASlashInASentenceOpensNothing(t *testing.T) {
	_, p := shift(t, browser.Options{})
	p.Type(composer, "yes / no, 1/2")
	p.WaitTrue(`document.querySelector('` + composer + `').value === "yes / no, 1/2"`)
	if n := count(p, ".phrases"); n > 0 {
		t.Error("the phrases opened")
	}
}

func TestLanguagesAreForEverybody(t *testing.T) {
	for name, o := range map[string]browser.Options{
		"light": {}, "dark pocket": {Width: 390, Height: 844, Dark: true}, "Arabic": {Lang: "ar"},
	} {
		t.Run(name, func(t *testing.T) {
			_, p := shift(t, o)
			judged(t, p, []view{{"phrases", func() {
				if o.Width > 0 {
					p.Click(".tabs button:nth-child(2)")
				}
				p.WaitFor(".chat")
				p.Click(".chat[aria-current] .compose textarea")
				p.Key("/")
				p.WaitFor(chosen)
				p.Shot("phrases " + name)
			}}})
			if strings.Contains(p.Shown(), "⟦") {
				t.Error("a word is missing")
			}
		})
	}
}

// By two presses a translator is asked; what the advocate writes then goes to her, comes
// back, and is sent by the advocate alone, with whose words they are.
func TestASentenceGoesByTheTranslator(t *testing.T) {
	s, p := shift(t, browser.Options{})
	p.Key("Alt+1")
	s.lose(func(s *script) { s.held[0].Lang = "fil" })
	s.all(desk.ContactFrame{Contact: bare(s.held[0])})
	id := s.held[0].ID
	p.WaitText("You do not speak Filipino.")
	p.ClickText("Ask for a translator")
	p.WaitText("2 are here who could come")
	if got := come[desk.AskTranslator](s, 1); len(got) != 1 || got[0].Contact != id || got[0].Lang != "fil" || got[0].Ours != "en" {
		t.Fatalf("asked: %+v", got)
	}
	here := bare(s.held[0])
	here.Interpreter = &desk.Interpreter{State: "here", Name: "Mirela", By: "Amina", Lang: "fil", Ours: "en", Since: now()}
	s.lose(func(s *script) { s.held[0].Interpreter = here.Interpreter })
	s.all(desk.ContactFrame{Contact: here})
	p.WaitText("Mirela translates since")

	p.Type(composer, "Does the door lock?")
	p.Key("Enter")
	p.WaitText("Waits for Mirela")
	if got := sent[desk.Send](s); len(got) > 0 {
		t.Fatalf("her own words were sent: %+v", got)
	}
	asked := come[desk.PutSentence](s, 1)
	if len(asked) != 1 || asked[0].Text != "Does the door lock?" || value(p) != "" {
		t.Fatalf("to the translator went %+v", asked)
	}
	said := s.held[0].Messages[1]
	s.all(desk.TranslationFrame{Contact: id, Translation: desk.Translation{ID: hotline.NewID(), N: 2, Kind: "said", About: said.ID, By: "Mirela", At: now(), Text: "He took it, as she says"}})
	answer := desk.Translation{ID: hotline.NewID(), N: 3, Kind: "answer", About: asked[0].ID, By: "Mirela", At: now(), Text: "Nakakandado ba ang pinto?"}
	s.all(desk.TranslationFrame{Contact: id, Translation: answer})
	p.WaitText("He took it, as she says")
	p.WaitFor(".sentences .back")
	browser.Axe(t, p)
	p.Shot("sentence")
	p.Key("Alt+m")
	p.WaitFor(log + " .later")
	p.WaitGone(".sentences")
	got := come[desk.Send](s, 1)
	if len(got) != 1 || got[0].Of != answer.ID || got[0].Text != answer.Text || got[0].Phrase != "" {
		t.Fatalf("sent %+v", got)
	}

	// Taken back, it is still hers; and a phrase goes out by itself.
	p.Click(composer)
	p.Key("Control+z")
	p.WaitTrue(`document.querySelector('` + composer + `').value === ` + asJSON(answer.Text))
	p.Key("Enter")
	p.WaitTrue(`document.querySelector('` + composer + `').value === ""`)
	p.WaitText("Leaves in") // the server has it
	if got = come[desk.Send](s, 2); len(got) != 2 || got[1].Of != answer.ID {
		t.Errorf("sent again: %+v", got)
	}
	p.Key("/")
	p.WaitFor(chosen)
	p.Key("Enter")
	p.WaitTrue(`document.querySelector('` + composer + `').value !== ""`)
	p.Key("Enter")
	p.WaitTrue(`document.querySelector('` + composer + `').value === ""`)
	p.WaitText("Leaves in") // the server has it
	if got = come[desk.Send](s, 3); len(got) != 3 || got[2].Phrase == "" {
		t.Errorf("a phrase went elsewhere: %+v", got)
	}
	p.ClickText("End the translation")
	p.WaitText("Ask for a translator")
}

// A translator's desk: asked, she comes; the next thing to translate stands in the field, the
// advocate's sentence before all; and what she types outlives the page.
func TestATranslatorWorksByKeys(t *testing.T) {
	s, p := shift(t, browser.Options{}, (*script).translator)
	p.WaitText("Nobody needs you now")
	ask := desk.Ask{Contact: hotline.NewID(), Lang: "ar", Ours: "en", Channel: "chat", Since: now(), By: "Wren"}
	s.all(desk.AsksFrame{Asks: []desk.Ask{ask}})
	p.WaitText("Wren asks for you.")
	browser.Axe(t, p)
	p.ClickText("Come")
	p.WaitTrue(`document.querySelector(".asks .go").disabled`)
	if got := come[desk.Come](s, 1); len(got) != 1 || got[0].Contact != ask.Contact {
		t.Fatalf("said: %+v", got)
	}
	message := func(seq int64, side, text string) desk.Message {
		return desk.Message{ID: hotline.NewID(), Seq: seq, Side: side, By: "Wren", Text: text, At: now() - 60000*(9-seq)}
	}
	one, two, three := message(1, "caller", "نعم، هم نائمون"), message(2, "advocate", "هل المكان آمن؟"), message(3, "caller", "أخاف")
	sentence := desk.Translation{ID: hotline.NewID(), N: 1, Kind: "sentence", By: "Wren", At: now(), Text: "You need not answer that number."}
	whole := desk.ThreadFrame{
		Contact: ask.Contact, Handle: "Walnut", Lang: "ar", Ours: "en", Advocate: "Wren", State: "live",
		Messages: []desk.Message{one, two, three}, Translations: []desk.Translation{sentence}, Whole: true,
	}
	s.all(whole)
	s.all(desk.AsksFrame{Asks: []desk.Ask{}})
	p.WaitTrue(`document.querySelector("blockquote")?.textContent === "You need not answer that number."`)
	p.WaitTrue(`document.activeElement.tagName === "TEXTAREA"`)
	p.Say("لست مضطرة للرد")
	p.Shot("thread")
	for _, bad := range p.Violations() {
		t.Error(bad)
	}
	for _, wide := range p.Sideways(320) {
		t.Errorf("at 320 pixels: %s", wide)
	}
	p.WaitTrue(`new Promise((done) => { const ask = indexedDB.open("freeline-desk"); ask.onsuccess = () => {
		const all = ask.result.transaction("kept").objectStore("kept").getAllKeys();
		all.onsuccess = () => { ask.result.close(); done(all.result.some((k) => k.includes("translate/"))); }; }; })`)
	p.Goto(s.url + desk.PagePath)
	p.WaitFor(".bar .dot.ok")
	s.all(whole)
	s.all(desk.AsksFrame{Asks: []desk.Ask{}})
	p.WaitTrue(`document.querySelector(".compose textarea")?.value === "لست مضطرة للرد"`)
	p.Click(".compose textarea")
	p.Key("Enter")
	p.WaitTrue(`document.querySelector("blockquote")?.textContent === ` + asJSON(one.Text))
	p.Say("Yes, they sleep")
	p.Key("Enter")
	p.WaitTrue(`document.querySelector("blockquote")?.textContent === ` + asJSON(three.Text))
	p.WaitText("Yes, they sleep")
	p.Say("I am afraid")
	p.Key("Enter")
	p.WaitText("Everything is translated.")
	var about []string
	for _, x := range sent[desk.PutTranslation](s) {
		about = append(about, x.About)
	}
	if !slices.Equal(about, []string{sentence.ID, one.ID, three.ID}) {
		t.Errorf("translated %v", about)
	}
	s.all(desk.ThreadFrame{Contact: ask.Contact, Messages: []desk.Message{}, Translations: []desk.Translation{}, Gone: true})
	p.WaitText("Nobody needs you now")
	if strings.Contains(p.Shown(), "they sleep") {
		t.Error("what was said stays on the page")
	}
}

// machine is the operator's own, on the loopback; say changes what it answers.
func machine(t *testing.T) (m *interpret.Loopback, say func(answer func(w http.ResponseWriter, q, from, to string))) {
	t.Helper()
	var mu sync.Mutex
	var answer func(w http.ResponseWriter, q, from, to string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Q, Source, Target string }
		_ = json.NewDecoder(r.Body).Decode(&asked)
		mu.Lock()
		defer mu.Unlock()
		answer(w, asked.Q, asked.Source, asked.Target)
	}))
	t.Cleanup(server.Close)
	m, err := interpret.NewLoopback(server.URL + "/translate")
	hotlinetest.Must(t, err)
	return m, func(a func(w http.ResponseWriter, q, from, to string)) {
		mu.Lock()
		defer mu.Unlock()
		answer = a
	}
}

// What the operator's machine makes of a text is marked as such wherever it stands, and is
// sent by the press that says that it was read, and by no other. A machine that fails says
// so. Where there is none, nothing of it is on the desk.
func TestAMachinesWordsAreReadBeforeTheyLeave(t *testing.T) {
	m, say := machine(t)
	say(func(w http.ResponseWriter, q, from, to string) {
		_ = json.NewEncoder(w).Encode(map[string]string{"translatedText": from + " to " + to + ": " + q})
	})
	l := openWith(t, dbtest.New(t), desk.Config{Node: "test"}, func(p *desk.Parts) { p.Machine = m })
	ana := l.Hire(t, hotline.Advocate)
	her := l.in(t, "fil", "nasa kusina ako")
	l.Take(t, ana, her.Contact)
	p := l.sit(t, ana, browser.Options{})
	p.WaitText("nasa kusina ako")
	p.Click(log + " .msg .btn")
	p.WaitTrue(`/^machine, not read by anyone\s+fil to en: nasa kusina ako$/.test(document.querySelector('` + log + ` .meant')?.innerText)`)

	const ask, made = ".chat[aria-current] .compose .foot .btn:nth-of-type(2)", "en to fil: Does the door lock?"
	p.WaitTrue(`document.querySelector('` + ask + `').innerText === "By machine" && document.querySelector('` + ask + `').disabled`)
	p.Type(composer, "Does the door lock?")
	p.Click(ask)
	p.WaitTrue(`document.querySelector(".sentences li").innerText.includes("` + made + `")`)
	p.WaitTrue(`document.querySelector(".sentences li").innerText.includes("machine, not read by anyone")`)
	browser.Axe(t, p.Page)
	p.Shot("unread")
	p.Eval(`document.querySelector('`+composer+`').select()`, nil)
	p.Say(made)
	p.Key("Enter")
	p.WaitText("A machine wrote this. Read it first, and say so.")
	p.Shot("refused")
	if n := l.Count(t, `SELECT count(*) FROM message WHERE side = 'advocate'`); n > 0 {
		t.Fatalf("%d messages that nobody has read", n)
	}
	p.ClickText("Back into the field")
	p.ClickText("I have read it: send")
	p.WaitGone(".sentences")
	p.WaitText("Leaves in") // the server has it
	hotlinetest.Must(t, l.Book.Send(t.Context(), her.Contact, l.One(t, `SELECT id FROM message WHERE side = 'advocate'`)))
	p.WaitTrue(`[...document.querySelectorAll('` + log + ` .msg.us:not(.later)')].some((e) => e.innerText.includes("` + made + `") && e.innerText.includes("machine, read by the advocate"))`)
	p.Shot("read")

	say(func(w http.ResponseWriter, q, _, _ string) { http.Error(w, q, http.StatusServiceUnavailable) })
	p.Click(log + " .msg .btn")
	p.WaitText("The machine does not translate now.")
	p.Shot("down")

	none := open(t, dbtest.New(t))
	ben := none.Hire(t, hotline.Advocate)
	none.Take(t, ben, none.in(t, "fil", "nasa kusina ako").Contact)
	q := none.sit(t, ben, browser.Options{})
	q.WaitText("nasa kusina ako")
	q.WaitText("You do not speak Filipino.")
	if strings.Contains(strings.ToLower(q.Shown()), "machine") {
		t.Error("without a machine the desk speaks of one")
	}
}

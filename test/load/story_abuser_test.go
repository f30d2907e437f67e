package load_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/test/browser"
)

// pageOf is what a phone shows, without what differs by nature: her own words and times.
func pageOf(p *browser.Page, own string) string {
	return regexp.MustCompile(`\d{1,2}:\d\d( [ap]m)?`).ReplaceAllString(strings.ReplaceAll(p.Shown(), own, "…"), "0:00")
}

// asideOf is what a desk says beside a conversation.
func (d seat) asideOf(handle string) string {
	var text string
	d.Eval(`document.querySelector(".side").innerText`, &text)
	text = regexp.MustCompile(`\b`+regexp.QuoteMeta(handle)+`\b`).ReplaceAllString(text, "…") // Fir is not in "First"
	return regexp.MustCompile(`\d{1,2}:\d\d|\b\d+ (s|min)\b`).ReplaceAllString(text, "0:00")
}

// S2, as a chat: he writes as if he were her, with her name and the town of the shelter.
// He, and a stranger whom nobody knows, meet the same words on the page and the same
// screen at the desk. Nothing of hers is shown, what he tries is written down, and after
// five tries a supervisor hears of it.
func TestTheAbuserWritesAsHer(t *testing.T) {
	people := []staff.Person{hand("Wren", hotline.Advocate, "en"), hand("Sol", hotline.Supervisor, "en")}
	stories(t, []string{"en"}, people, func(s *story) {
		wren, sol := s.sit("Wren", true), s.sit("Sol", false)
		sol.ClickText("Board")
		sol.WaitText("Today since")
		const first = "i left him, my sister waits in Ullapool"
		her := s.phone("en", first)
		wren.WaitFor(".ring")
		wren.accept(first)
		wren.Key("Alt+e")
		wren.Type(`.safe-edit input[id$="-name"]`, "Marisol")
		wren.Type(`.safe-edit input[id$="-promised"]`, "the bus on Friday")
		wren.Click(".safe-edit .pri")
		wren.WaitGone(".safe-edit")
		wren.WaitText("the bus on Friday") // nothing moves any more
		words := wren.draw()
		wren.more("End…")
		wren.ClickText("End now")
		wren.WaitFor(".wrapup")
		for _, chip := range []string{`input[value="yes"]`, `input[value="crisis"]`} {
			wren.Click(".wrapup " + chip)
		}
		wren.ClickText("A plan was made")
		wren.ClickText("Save and close")
		wren.WaitGone(".chat")
		her.WaitText("This chat has ended")

		const his, theirs = "I am Marisol from Ullapool, I called yesterday, what did you tell me", "I am Nadia from Tromso, I called yesterday, what did you tell me"
		type met struct{ page, aside, answer, after string }
		meets := func(own, tried string) (m met, p *browser.Page) {
			p = s.phone("en", own)
			wren.WaitFor(".ring")
			wren.accept(own)
			handle := s.newest().Handle
			p.WaitText("is here with you")
			wren.WaitText("Code phrase")
			wren.WaitTrue(`["Not said yet", "How they learned of us", "Promise her word"].every(w => document.querySelector(".side").innerText.includes(w))`) // all of it has come
			m.page, m.aside = pageOf(p, own), wren.asideOf(handle)
			wren.hides(first, "the bus on Friday", "A plan was made", "earlier contact")
			wren.says(tried)
			wren.WaitText("These words find nothing.")
			m.answer = wren.asideOf(handle)
			m.after = pageOf(p, own)
			return m, p
		}
		known, him := meets(his, "marisol ullapool")
		for n := range safety.Tries - 1 {
			wren.says("guess " + strings.Repeat("x", n+1))
			wren.WaitText([]string{"3 tries left", "2 tries left", "1 try left", "0 tries left"}[n])
		}
		wren.says(words) // the right ones, too late: they say nothing either
		sol.WaitText("phrases were tried")
		wren.hides("It is really her", "the bus on Friday", first)
		hides(t, "his page", him.Shown(), first, "the bus", "phrase")
		id := s.newest().ID
		if n := s.count(`SELECT tries FROM phrase_try WHERE contact = $1`, id); n != safety.Tries+1 {
			t.Errorf("%d tries are written down, want %d", n, safety.Tries+1)
		}
		if n := s.count(`SELECT count(*) FROM thread WHERE contact = $1`, id); n != 0 {
			t.Error("he was joined to hers")
		}
		if n := s.count(`SELECT count(*) FROM outbox`); n != 0 {
			t.Errorf("%d words on their way to somebody", n)
		}
		wren.more("End…")
		wren.ClickText("End now")
		wren.WaitFor(".wrapup")
		for _, chip := range []string{`input[value="yes"]`, `input[value="silent"]`} {
			wren.Click(".wrapup " + chip)
		}
		wren.ClickText("Save and close")
		wren.WaitGone(".chat")

		unknown, _ := meets(theirs, "nadia tromso")
		for what, pair := range map[string][2]string{
			"page": {known.page, unknown.page}, "desk": {known.aside, unknown.aside}, "answer": {known.answer, unknown.answer}, "page after the answer": {known.after, unknown.after},
		} {
			if pair[0] != pair[1] {
				t.Errorf("the %s differs: as somebody we know\n%s\nand as somebody nobody knows\n%s", what, pair[0], pair[1])
			}
		}
	})
}

// The race detector sees nothing of a browser, and what the desk does for one it sees in the tests
// that speak its frames.

//go:build !race

package desk_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/test/browser"
)

// browse opens a person's desk on the real line in Chromium.
func (l *line) browse(t *testing.T, p *hotlinetest.Person) *browser.Page {
	t.Helper()
	page := browser.Chromium(t, browser.Options{Width: 1440, Height: 900})
	page.Goto(l.url + "/in?as=" + base64.RawURLEncoding.EncodeToString(p.Token))
	page.WaitFor(".bar .dot.ok")
	return page
}

// In the browser: asked first and seen first, answered by one key; what is refused says why, and
// the words are still there.
func TestNeverIsSaidInWords(t *testing.T) {
	l := open(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	caller := l.Arrive(t, "hello")
	l.Take(t, ana, caller.Contact)
	p := l.browse(t, ana)
	p.WaitText("Ask first: is it safe to write?")
	p.Key("Alt+j")
	p.WaitText("Not safe now")
	p.Shot("safety-not-safe")
	p.Type(composer, "are you there")
	p.Key("Enter")
	p.WaitText("It is not safe for her now. Nothing was sent.")
	p.Shot("safety-refused")
	p.Key("Alt+E")
	p.WaitFor(".safe-edit")
	p.Shot("safety-edit")
	if vs := p.Violations(); len(vs) > 0 {
		t.Errorf("axe: %v", vs)
	}
}

// One key turns a conversation to yes and no, hides what the line is called, and the same key
// turns it back.
func TestNotAloneByOneKey(t *testing.T) {
	l := open(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	caller := l.Arrive(t, "hello")
	l.Take(t, ana, caller.Contact)
	p := l.browse(t, ana)
	p.WaitFor(composer)
	p.Type(composer, "I was just")
	p.Key("F8")
	p.WaitText("Is somebody with you?")
	p.Shot("heard")
	if vs := p.Violations(); len(vs) > 0 {
		t.Errorf("axe: %v", vs)
	}
	p.ClickText("Is somebody with you?")
	p.WaitTrue(`document.querySelector('` + log + ` .later p')?.textContent === "Is somebody with you?"`)
	if got := value(p); got != "I was just" {
		t.Errorf("what she was writing is %q", got)
	}
	p.Resize(320, 640)
	p.Shot("heard-320")
	p.Resize(1440, 900)
	p.Key("F8")
	p.WaitGone(".cover-words")

	p.ClickText("Give her a phrase")
	p.WaitText("It is shown once and kept nowhere.")
	p.Shot("phrase")
	p.ClickText("She has it")
	p.WaitGone(".drawn")
	p.Type("#says", "no such words")
	p.Key("Enter")
	p.WaitText("These words find nothing. 4 tries left.")
	p.Shot("phrase-nothing")
	for left := 3; left >= 0; left-- {
		p.Type("#says", "others")
		p.Key("Enter")
		p.WaitText(fmt.Sprintf("%d tr", left))
	}
	p.Type("#says", "others")
	p.Key("Enter")
	p.WaitText("A supervisor has been told and goes on from here.")
	p.WaitGone("#says")
	if got := p.Shown(); strings.Contains(got, "left.") || strings.Contains(got, "find nothing") {
		t.Error("beside the refusal stands what the last words found")
	}
	p.Shot("phrase-refused")
	if vs := p.Violations(); len(vs) > 0 {
		t.Errorf("axe: %v", vs)
	}
}

// From one who is not safe to one who is, the answer of each stands beside her: two groups of
// answers that share their fields would take each other's.
func TestEachHasHerOwnAnswer(t *testing.T) {
	l := open(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	for range 2 {
		l.Take(t, ana, l.Arrive(t, "hello").Contact)
	}
	p := l.browse(t, ana)
	p.WaitFor(composer)
	stands := func(of, lead, answer string) {
		t.Helper()
		p.Key("Alt+" + of)
		p.WaitTrue(`document.querySelector(".safety .lead").textContent === "` + lead + `"`)
		var got string
		p.Eval(`[...document.querySelectorAll(".safety .chip")].filter((c) => c.querySelector(":checked")).map((c) => c.textContent).join()`, &got)
		if got != answer {
			t.Errorf("beside %q stands the answer %q, not %q", lead, got, answer)
		}
	}
	p.Key("Alt+1")
	p.Key("Alt+j")
	stands("1", "Not safe now", "Not safe")
	p.Key("Alt+2")
	p.Key("Alt+y")
	stands("2", "Safe to write", "Safe")
	stands("1", "Not safe now", "Not safe")
	stands("2", "Safe to write", "Safe")
}

func TestSafetyIsForEverybody(t *testing.T) {
	l := open(t, dbtest.New(t))
	sue := l.HireBy(t, l.First, staff.Person{Pseudonym: "Sue", Roles: []hotline.Role{hotline.Supervisor}, Languages: []string{"en", "ar"}, Locale: "ar", Capacity: 3})
	caller := l.Arrive(t, "hello")
	l.Take(t, sue, caller.Contact)
	first := l.Backup(t)
	hotlinetest.Must(t, l.PutHead(t, sue, caller.Contact, func(h *contact.Head) {
		h.Safety = contact.Safety{Safe: contact.Yes, SafeAt: l.Now(t), Name: "مريم", Cover: "المكتبة", Promised: "مكان لشخصين", Distress: "القهوة باردة", Ways: map[contact.Way]contact.Terms{
			contact.ByCall: {May: contact.No}, contact.ByText: {May: contact.Yes, Days: []int{1, 2, 3, 4, 5}, From: 600, To: 720, Say: "موعدك غداً"},
		}}
	}))
	p := l.browse(t, sue)
	p.WaitText("أبداً عبر")
	p.Shot("card-ar")
	p.Key("Alt+E")
	p.WaitFor(".safe-edit")
	look := func(name string) {
		t.Helper()
		for _, width := range []int{1440, 320} {
			p.Resize(width, 900)
			for _, theme := range []string{"light", "dark"} {
				p.Eval(`document.documentElement.dataset.theme = "`+theme+`"`, nil)
				if vs := p.Violations(); len(vs) > 0 {
					t.Errorf("%s, %d px, %s: %v", name, width, theme, vs)
				}
			}
			p.Shot(name)
			if over := p.Sideways(width); len(over) > 0 {
				t.Errorf("%s runs over at %d px: %v", name, width, over)
			}
		}
		p.Resize(1440, 900)
		p.WaitFor(".desk .side") // drawn anew for the width
	}
	look("edit-ar")
	p.Click(".safe-edit .pair .btn")
	p.WaitGone(".safe-edit")
	p.Key("Alt+j")
	p.WaitText("ليس آمناً الآن")
	p.Type(composer, "words")
	p.Key("Enter")
	p.WaitText("لم يُرسل شيء")
	p.ClickText("السماح بالإرسال…")
	p.WaitFor("#reason")
	look("override-ar")
	p.Type("#reason", "police")
	p.Type("#code", "000000")
	p.Key("Enter")
	p.WaitFor("dialog .refusal")
	p.Type("#code", l.Code(t, sue))
	p.Key("Enter")
	p.WaitGone("dialog")
	p.WaitFor(log + " .msg.us")

	l.SQL(t, `UPDATE contact SET head = $1, head_n = 1 WHERE id = $2`, first.Cell("contact", "head", "id", string(caller.Contact)), caller.Contact)
	l.Book.Told(caller.Contact)
	p.WaitText("لا تكتبي: قواعد قديمة")
	p.ClickText("سؤالها عن قواعدها من جديد…")
	p.WaitFor("#reason")
	p.Type("#reason", "restored")
	p.Type("#code", l.Code(t, sue))
	p.Key("Enter")
	p.WaitGone("dialog")
	p.WaitText("اسألي أولاً")
}

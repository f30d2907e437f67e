// The race detector sees nothing of a browser, and what the desk does for one it sees in the tests
// that speak its frames.

//go:build !race

package desk_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/browser"
)

// In the browser: one supervisor asks with her code, a second reads what it is about and
// agrees with hers, and the first takes a file that holds what stands in the form, and no
// word of the conversation; once.
func TestARecordComesDownByTwo(t *testing.T) {
	l := open(t, dbtest.New(t))
	ana, sue, tom := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor), l.Hire(t, hotline.Supervisor)
	l.Advance(t, time.Minute) // from here on nobody has used the code that her app shows
	l.Enter(t, staff.Ready, ana, sue, tom)
	her := l.Arrive(t, "her secret words")
	l.Take(t, ana, her.Contact)
	a, _ := l.at(t, ana)
	a.save(her.Contact, asks(t, await[desk.FormFrame](a, "form", nil), "country"), 0, text("Inland"))

	s, o := l.sit(t, sue, browser.Options{}), l.sit(t, tom, browser.Options{})
	for _, p := range []*seat{s, o} {
		p.WaitFor(".bar .dot.ok")
		p.Key("Alt+v")
	}
	s.ClickText("Join")
	s.Click(`[aria-labelledby="wi"] .acts .btn:first-child:not([aria-pressed])`) // open
	s.ClickText("Export this record…")
	s.Type(`input[id^="ew-"]`, "a court asks")
	s.Type(`input[id^="ec-"]`, "000000")
	s.ClickText("Ask for it")
	s.WaitFor(".more .ask .refusal")
	browser.Axe(t, s.Page)
	s.Shot("asks")
	s.Type(`input[id^="ec-"]`, l.CodeNow(t, sue))
	s.ClickText("Ask for it")
	s.WaitText("Asked for. A second supervisor has to agree within a day.")
	if strings.Contains(s.Shown(), "Take the file") {
		t.Error("it comes down before a second one has agreed")
	}

	o.WaitText("asks to export the record of")
	if strings.Contains(o.Shown(), "a court asks") {
		t.Error("the board tells why")
	}
	o.Shot("board")
	o.ClickText("Read it first")
	o.WaitText("a court asks")
	o.Type(`input[id^="ea-"]`, l.CodeNow(t, tom))
	browser.Axe(t, o.Page)
	o.Shot("agrees")
	o.ClickText("I agree")
	o.WaitGone(`input[id^="ea-"]`)

	s.WaitText("A second supervisor has agreed.")
	s.Shot("agreed")
	file := s.Download(func() { s.ClickText("Take the file, once") })
	if !json.Valid(file) || !strings.Contains(string(file), "Inland") {
		t.Errorf("what comes down is %s", file)
	}
	for _, no := range []string{"secret", "court", sue.Name, tom.Name, ana.Name} {
		if strings.Contains(string(file), no) {
			t.Errorf("in the file stands %q", no)
		}
	}
	for _, p := range []*seat{s, o} {
		p.WaitText("Export this record…")
		p.WaitGone(".leaves")
	}
}

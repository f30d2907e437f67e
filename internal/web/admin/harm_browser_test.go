// The race detector sees nothing of a browser, and these pages' handlers it sees in the other tests.

//go:build !race

package admin_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/test/browser"
)

// An advocate reports by the keyboard alone, on a phone; the deadline passes and it rings;
// a supervisor puts it right and another closes it.
func TestHarmIsPutRightInABrowser(t *testing.T) {
	t.Parallel()
	e := dbtest.New(t)
	w := newWorld(t, e)
	s := httptest.NewServer(w.srv.Config.Handler)
	t.Cleanup(s.Close)
	base := strings.Replace(s.URL, "127.0.0.1", "desk.localhost", 1)
	sit := func(who *hotlinetest.Person, to string, width int) *browser.Page {
		t.Helper()
		p := browser.Chromium(t, browser.Options{NoScript: true, Width: width, Height: 900})
		p.Goto(base + to)
		for _, f := range []struct{ at, words string }{{"#f-name", who.Name}, {"#f-passphrase", who.Passphrase.Reveal()}, {"#f-code", w.Code(t, who)}} {
			p.TabTo(f.at)
			p.Say(f.words)
		}
		p.Moving(func() { p.Key("Enter") })
		return p
	}
	says := func(p *browser.Page, words ...string) {
		t.Helper()
		got := p.Shown()
		for _, s := range words {
			if !strings.Contains(got, s) {
				t.Errorf("the page does not say %q: %q", s, got)
			}
		}
	}
	ana, sue, tom := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor), w.Hire(t, hotline.Supervisor)
	a := sit(ana, "/harm/new", 320)
	a.TabTo(`input[name="kind"]`)
	a.Key("Space")
	a.TabTo("#f-words")
	a.Say("I called while he was there")
	browser.Axe(t, a)
	browser.Reflow(t, a)
	a.TabTo(`main form .btn.pri`)
	a.Moving(func() { a.Key("Enter") })
	says(a, "Thank you for saying so.", "Unsafe contact", "Nobody’s yet")
	browser.Axe(t, a)

	w.Advance(t, 25*time.Hour)
	hotlinetest.Must(t, policy.NewHarmRegister(e.Main, w.Log, w.editions, contact.Bell{Kind: contact.Harm}).Turn(t.Context()))
	if n := w.Count(t, `SELECT count(*) FROM alert WHERE kind = 'harm' AND acknowledged_at IS NULL`); n != 1 {
		t.Errorf("%d ring", n)
	}
	p := sit(sue, "/harm", 1280)
	says(p, "Overdue")
	p.Submit(".rows .btn")
	says(p, "I called while he was there", "Nobody puts this right yet.")
	p.Submit(`button[value="own"]`)
	says(p, "It is yours now.")
	p.Type("#f-words", "Never before noon, from now on.")
	p.Submit(`button[value="correct"]`)
	says(p, "Never before noon, from now on.", "Close the report")
	browser.Axe(t, p)
	c := sit(tom, "/harm", 390)
	c.Submit(".rows .btn")
	c.Submit(`button[value="close"]`)
	says(c, "Closed", "Open it again")
	browser.Axe(t, c)
	if n := w.Count(t, `SELECT count(*) FROM alert WHERE kind = 'harm' AND acknowledged_at IS NULL`); n != 0 {
		t.Errorf("closed, %d ring", n)
	}
}

// The race detector sees nothing of a browser, and these pages' handlers it sees in the other tests.

//go:build !race

package admin_test

import (
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
	w := newWorld(t, e).site(t)
	ana, sue, tom := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor), w.Hire(t, hotline.Supervisor)
	a := w.sit(t, ana, "/harm/new", 320)
	a.TabTo(`input[name="kind"]`)
	a.Key("Space")
	a.TabTo("#f-words")
	a.Say("I called while he was there")
	browser.Axe(t, a)
	browser.Reflow(t, a)
	a.TabTo(`main form .btn.pri`)
	a.Moving(func() { a.Key("Enter") })
	says(t, a, "Thank you for saying so.", "Unsafe contact", "Nobody’s yet")
	browser.Axe(t, a)

	w.Advance(t, 25*time.Hour)
	hotlinetest.Must(t, policy.NewHarmRegister(e.Main, w.Log, w.editions, contact.Bell{Kind: contact.Harm}).Turn(t.Context()))
	if n := w.Count(t, `SELECT count(*) FROM alert WHERE kind = 'harm' AND acknowledged_at IS NULL`); n != 1 {
		t.Errorf("%d ring", n)
	}
	p := w.sit(t, sue, "/harm", 1280)
	says(t, p, "Overdue")
	p.Submit(".rows .btn")
	says(t, p, "I called while he was there", "Nobody puts this right yet.")
	p.Submit(`button[value="own"]`)
	says(t, p, "It is yours now.")
	p.Type("#f-words", "Never before noon, from now on.")
	p.Submit(`button[value="correct"]`)
	says(t, p, "Never before noon, from now on.", "Close the report")
	browser.Axe(t, p)
	c := w.sit(t, tom, "/harm", 390)
	c.Submit(".rows .btn")
	c.Submit(`button[value="close"]`)
	says(t, c, "Closed", "Open it again")
	browser.Axe(t, c)
	if n := w.Count(t, `SELECT count(*) FROM alert WHERE kind = 'harm' AND acknowledged_at IS NULL`); n != 0 {
		t.Errorf("closed, %d ring", n)
	}
}

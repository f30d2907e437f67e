// The race detector sees nothing of a browser, and these pages' handlers it sees in the other tests.

//go:build !race

package admin_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/test/browser"
)

// A site is a world whose pages a browser reads.
type site struct {
	*world
	base string
}

func (w *world) site(t *testing.T) site {
	t.Helper()
	s := httptest.NewServer(w.srv.Config.Handler)
	t.Cleanup(s.Close)
	return site{w, strings.Replace(s.URL, "127.0.0.1", "desk.localhost", 1)}
}

// sit has somebody sign in by the keyboard alone, on her way to a page.
func (s site) sit(t *testing.T, who *hotlinetest.Person, to string, width int) *browser.Page {
	t.Helper()
	p := browser.Chromium(t, browser.Options{NoScript: true, Width: width, Height: 900})
	p.Goto(s.base + to)
	for _, f := range []struct{ at, words string }{{"#f-name", who.Name}, {"#f-passphrase", who.Passphrase.Reveal()}, {"#f-code", s.Code(t, who)}} {
		p.TabTo(f.at)
		p.Say(f.words)
	}
	p.Moving(func() { p.Key("Enter") })
	return p
}

// says fails where a page does not show words.
func says(t *testing.T, p *browser.Page, words ...string) {
	t.Helper()
	got := p.Shown()
	for _, s := range words {
		if !strings.Contains(got, s) {
			t.Errorf("the page does not say %q: %q", s, got)
		}
	}
}

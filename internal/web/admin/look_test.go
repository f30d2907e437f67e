// The race detector sees nothing of a browser, and these pages' handlers it sees in the other tests.

//go:build !race

package admin_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/admin"
	"github.com/freeline-org/freeline/internal/web/session"
	"github.com/freeline-org/freeline/internal/web/ui"
	"github.com/freeline-org/freeline/test/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// samples serves every page with made-up data, under the policy that the real ones
// have.
func samples(t *testing.T, lang string) (base string, pages []string) {
	t.Helper()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	assets, err := ui.New()
	if err != nil {
		t.Fatal(err)
	}
	a, err := admin.New(admin.Parts{Words: words, Assets: assets})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for _, name := range a.Pages() {
		pages = append(pages, name)
		mux.HandleFunc("GET /sample/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if name == "prompt" || name == "flowcall" { // what is spoken can be heard there
				w.Header().Set("Content-Security-Policy", session.Policy+"; media-src 'self'")
			}
			if err := a.Sample(w, name, lang, true); err != nil {
				t.Error(err)
			}
		})
	}
	mux.Handle("GET "+ui.Prefix, assets)
	a.Mount(mux) // the style sheet
	s := httptest.NewServer(session.Safe(mux, http.NotFoundHandler()))
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "desk.localhost", 1) + "/sample/", pages
}

// Every administrator can read and use these pages: by a screen reader, in the light
// and in the dark, on a phone, in large letters, by the keyboard.
func TestPagesAreForEverybody(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			base, pages := samples(t, lang)
			p := browser.Chromium(t, browser.Options{NoScript: true, Lang: lang, Width: 1280, Height: 900})
			for _, name := range pages {
				t.Run(name, func(t *testing.T) {
					p.Goto(base + name)
					browser.Axe(t, p)
					browser.Reflow(t, p)
					if lang != "en" {
						return // what follows does not depend on the direction
					}
					browser.Zoom(t, p)
					browser.Keyboard(t, p)
					p.Darken(true)
					browser.Axe(t, p)
					p.Darken(false)
				})
			}
		})
	}
}

// The whole way in, and a person invited, in a browser without a script and by the
// keyboard alone.
func TestSignInByTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	s := httptest.NewServer(w.srv.Config.Handler)
	t.Cleanup(s.Close)
	base := strings.Replace(s.URL, "127.0.0.1", "desk.localhost", 1)
	p := browser.Chromium(t, browser.Options{NoScript: true, Width: 1280, Height: 900})
	p.Goto(base + "/people/new")
	if at := p.URL(); at != base+"/signin?to=%2Fpeople%2Fnew" {
		t.Fatalf("led to %s", at)
	}
	for _, f := range []struct{ at, words string }{{"#f-name", w.First.Name}, {"#f-passphrase", w.First.Passphrase.Reveal()}, {"#f-code", w.Code(t, w.First)}} {
		p.TabTo(f.at)
		p.Say(f.words)
	}
	p.Moving(func() { p.Key("Enter") })
	if at := p.URL(); at != base+"/people/new" {
		t.Fatalf("signed in, led to %s", at)
	}
	p.TabTo("#f-pseudonym")
	p.Say("Amina")
	p.Moving(func() { p.Key("Enter") })
	if got := p.Shown(); !strings.Contains(got, "The code for Amina") {
		t.Errorf("the page shows %q", got)
	}
	p.TabTo(`form[action="/signout"] button`)
	p.Moving(func() { p.Key("Enter") })
	if got := p.Shown(); !strings.Contains(got, "You are signed out") {
		t.Errorf("the page shows %q", got)
	}
	p.Back()
	if got := p.Shown(); strings.Contains(got, "The code for Amina") {
		t.Error("Back shows the code")
	}
}

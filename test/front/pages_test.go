package front_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/front"
	"github.com/freeline-org/freeline/test/browser"
)

// gallery serves every page with made-up data.
func gallery(t *testing.T) (url string, pages []front.Sample) {
	t.Helper()
	words, err := i18n.Load()
	hotlinetest.Must(t, err)
	pages, err = front.Samples(words)
	hotlinetest.Must(t, err)
	mux := http.NewServeMux()
	for _, s := range pages {
		mux.HandleFunc("GET /"+s.Page+"/"+s.Lang, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(s.HTML)
		})
	}
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /log", func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), "event-stream") {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		http.Redirect(w, r, "/log/en", http.StatusSeeOther)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "line.localhost", 1), pages
}

// Every page, in a language written from the left, in one from the right and in one
// with long words, by day and by night: no fault of accessibility, contrast of 7:1, no
// scrolling sideways at 320 px, readable at twice the size, everything reached by
// keyboard.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct {
		name string
		o    browser.Options
	}{{"en day", browser.Options{Lang: "en"}}, {"ar night", browser.Options{Lang: "ar", Dark: true}}, {"fil day", browser.Options{Lang: "fil"}}} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			url, pages := gallery(t)
			p := browser.Chromium(t, kind.o)
			for _, s := range pages {
				if s.Lang != kind.o.Lang {
					continue
				}
				p.Goto(url + "/" + s.Page + "/" + s.Lang)
				for _, v := range p.Violations(browser.EnhancedContrast) {
					t.Errorf("%s: %s", s.Page, v)
				}
				for _, what := range p.Sideways(320) {
					t.Errorf("%s at 320 px: %s", s.Page, what)
				}
				browser.LargeText(t, p)
				browser.Keyboard(t, p)
				unfolded(t, p, s.Page)
			}
		})
	}
}

// unfolded looks at a page once more with all that is folded open.
func unfolded(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	var n int
	p.Eval(`(() => { const all = document.querySelectorAll('details:not([open])'); all.forEach(d => d.open = true); return all.length })()`, &n)
	if n == 0 {
		return
	}
	for _, v := range p.Violations(browser.EnhancedContrast) {
		t.Errorf("%s unfolded: %s", name, v)
	}
	for _, what := range p.Sideways(320) {
		t.Errorf("%s unfolded at 320 px: %s", name, what)
	}
	for _, what := range p.Cramped() {
		t.Errorf("%s unfolded, with text at 200 %%: %s", name, what)
	}
}

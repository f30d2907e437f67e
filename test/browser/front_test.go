package browser_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/front"
	"github.com/freeline-org/freeline/test/browser"
)

// samples serves every page of the front with made-up data, each under its own
// name, and the log where a chat looks for it.
func samples(t *testing.T, lang string) (base string, pages []string) {
	t.Helper()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	all, err := front.Samples(words)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for _, s := range all {
		if s.Lang != lang {
			continue
		}
		path := "/" + s.Page
		pages = append(pages, path)
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(s.HTML)
		})
	}
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "line.localhost", 1), pages
}

// Everybody can read and use her pages: by a screen reader, in the light and in
// the dark, on the smallest screen, in large letters, by the keyboard.
func TestHerPagesAreForEverybody(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			base, pages := samples(t, lang)
			p := browser.Chromium(t, browser.Options{NoScript: true, Lang: lang})
			for _, path := range pages {
				t.Run(path[1:], func(t *testing.T) {
					p.Goto(base + path)
					browser.Axe(t, p, browser.EnhancedContrast)
					browser.Reflow(t, p)
					browser.LargeText(t, p)
					browser.Keyboard(t, p)
					p.Darken(true)
					browser.Axe(t, p, browser.EnhancedContrast)
					p.Darken(false)
				})
			}
		})
	}
}

// Package front_test opens a caller's pages in real browsers, with and without
// JavaScript, on a whole line.
package front_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/front"
	"github.com/freeline-org/freeline/test/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// said is what the line says of itself.
type said struct{ open bool }

func (s said) About(context.Context, string) (front.About, error) {
	return front.About{
		Name: "Harbour Line", KeepDays: 7, Emergency: front.Number{Dial: "112", Shown: "112"}, Phones: []front.Phone{{Number: front.Number{Dial: "+15550109", Shown: "+1 555 0109"}, Cost: "free", Bill: "nothing"}},
		Night: []front.Help{{Number: front.Number{Dial: "+15550142", Shown: "+1 555 0142"}, Why: "For a bed tonight. Day and night, free."}},
	}, nil
}

func (s said) Stands(context.Context, string) (front.Standing, error) {
	now := time.Now().UTC()
	return front.Standing{Now: now, Open: s.open, Turns: now.Add(3 * time.Hour), Wait: front.Wait{Known: true, Minutes: 4}}, nil
}

func (s said) Waits(_ context.Context, _ contact.Contact, before int) (front.Wait, error) {
	return front.Wait{Ahead: before, Known: true, Minutes: 2 + 2*before}, nil
}

func (said) Expect(_ context.Context, lang string) (front.Expect, error) {
	return front.Expect{Lang: lang, Number: 7, Who: "A trained person, not a machine.", Limits: "If a child or a life is in danger, we may have to tell.", Next: "We ask if it is safe to write."}, nil
}

func (said) Scope(_ context.Context, lang string) (front.Scope, error) {
	return front.Scope{Lang: lang, For: []string{"Someone keeps your papers."}, Not: []string{"We are not the police."}, Pass: []string{"To a safe place to sleep."}}, nil
}

func (said) Readers(context.Context) (front.Readers, error) {
	return front.Readers{List: 12, Answer: 14, Supervise: 3, Count: 2, Check: 1, Manage: 2}, nil
}

// A site is a line with its public pages, and a site elsewhere that leaving leads
// to.
type site struct {
	*hotlinetest.World
	front *front.Front
	url   string
	noor  *hotlinetest.Person
	down  atomic.Bool // its network is gone: every request is cut off
	drop  func()      // cuts off what is open
}

func newSite(t *testing.T, open bool) *site {
	t.Helper()
	s := &site{World: hotlinetest.New(t, dbtest.New(t))}
	s.noor = s.Hire(t, hotline.Advocate)
	s.Place.Open(open)
	words, err := i18n.Load()
	hotlinetest.Must(t, err)
	weather := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><title>Weather</title><link rel="icon" href="data:,"><p>It will be sunny.`))
	}))
	t.Cleanup(weather.Close)
	s.front, err = front.New(front.Config{Harmless: map[string]string{"": strings.Replace(weather.URL, "127.0.0.1", "weather.localhost", 1) + "/"}, Limits: front.Limits{Streams: 100}}, front.Parts{
		Words: words, Line: said{open}, Own: s.Own, Book: s.Book, Staff: s.Staff, Bus: s.Bus, Clock: time.Now,
		Address: func(*http.Request) netip.Addr { return netip.MustParseAddr("127.0.0.1") }, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	hotlinetest.Must(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.down.Load() {
			panic(http.ErrAbortHandler)
		}
		s.front.ServeHTTP(w, r)
	}))
	s.url = strings.Replace(server.URL, "127.0.0.1", "line.localhost", 1)
	s.drop = server.CloseClientConnections
	t.Cleanup(func() { s.front.Close(); server.CloseClientConnections(); server.Close() })
	return s
}

// contact is the newest contact of the line.
func (s *site) contact(t testing.TB) hotline.ContactID {
	t.Helper()
	return hotline.ContactID(s.One(t, `SELECT id FROM contact ORDER BY began DESC, id LIMIT 1`))
}

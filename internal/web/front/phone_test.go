package front_test

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/front"
)

// said is what the line says of itself.
type said struct{ open bool }

func (s said) About(_ context.Context, lang string) (front.About, error) {
	name := "Harbour Line"
	if lang == "ar" {
		name = "خط المرفأ"
	}
	return front.About{Name: name, KeepDays: 7, Emergency: front.Number{Dial: "112", Shown: "112"}, Phones: []front.Phone{{Number: front.Number{Dial: "+15550109", Shown: "+1 555 0109"}, Cost: "free", Bill: "nothing"}}}, nil
}

func (s said) Stands(context.Context, string) (front.Standing, error) {
	now := time.Now().UTC()
	return front.Standing{Now: now, Open: s.open, Turns: now.Add(3 * time.Hour), Wait: front.Wait{Known: true, Minutes: 4}}, nil
}

func (s said) Waits(_ context.Context, _ contact.Contact, before int) (front.Wait, error) {
	return front.Wait{Ahead: before, Known: true, Minutes: 2}, nil
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

// A site is a line with its public pages.
type site struct {
	*hotlinetest.World
	front   *front.Front
	server  *httptest.Server
	address netip.Addr // from where everybody comes
}

const harmless = "https://weather.example.org/"

func newSite(t testing.TB, e *dbtest.Engine, limits front.Limits, open bool) *site {
	t.Helper()
	s := &site{World: hotlinetest.New(t, e), address: netip.MustParseAddr("127.9.8.7")}
	s.Place.Open(open)
	s.serve(t, limits, open)
	return s
}

func (s *site) serve(t testing.TB, limits front.Limits, open bool) {
	t.Helper()
	words, err := i18n.Load()
	hotlinetest.Must(t, err)
	s.front, err = front.New(front.Config{Harmless: map[string]string{"": harmless}, Limits: limits}, front.Parts{
		Words: words, Line: said{open}, Own: s.Own, Book: s.Book, Staff: s.Staff, Bus: s.Bus, Clock: time.Now,
		Address: func(r *http.Request) netip.Addr {
			if from, err := netip.ParseAddr(r.Header.Get("From")); err == nil {
				return from
			}
			return s.address
		}, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	hotlinetest.Must(t, err)
	s.server = httptest.NewServer(s.front)
	t.Cleanup(func() { s.front.Close(); s.server.Close() })
}

// free holds nobody back.
func free() front.Limits { return front.Limits{Streams: 1000} }

// lineOn is an open line on an engine, with an advocate.
func lineOn(t *testing.T, e *dbtest.Engine) (*site, *hotlinetest.Person) {
	t.Helper()
	s := newSite(t, e, free(), true)
	return s, s.Hire(t, hotline.Advocate)
}

// A phone is an old browser without script.
type phone struct {
	t       testing.TB
	s       *site
	cookies map[string]string
	header  http.Header
	status  int
	answer  http.Header
	page    string
	id      string // of the page's forms
}

func (s *site) phone(t testing.TB) *phone {
	t.Helper()
	return &phone{t: t, s: s, cookies: map[string]string{}, header: http.Header{}}
}

func (p *phone) request(method, path, body string) *http.Request {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.s.server.URL+path, strings.NewReader(body))
	hotlinetest.Must(p.t, err)
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for k, v := range p.header {
		r.Header[k] = v
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// do sends a request and keeps the cookies of its answer; it follows no redirect.
func (p *phone) do(r *http.Request) {
	p.t.Helper()
	res, err := (&http.Transport{}).RoundTrip(r)
	hotlinetest.Must(p.t, err)
	defer res.Body.Close()
	p.take(res)
	b, err := io.ReadAll(res.Body)
	hotlinetest.Must(p.t, err)
	p.page = string(b)
	if m := regexp.MustCompile(`name="id" value="([0-9A-Z]+)"`).FindStringSubmatch(p.page); m != nil {
		p.id = m[1]
	}
}

func (p *phone) take(res *http.Response) {
	p.status, p.answer = res.StatusCode, res.Header
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 {
			delete(p.cookies, c.Name)
		} else {
			p.cookies[c.Name] = c.Value
		}
	}
}

// open looks at a page.
func (p *phone) open(path string) *phone {
	p.t.Helper()
	p.do(p.request(http.MethodGet, path, ""))
	return p
}

// press posts the page's form by a button, with more fields in pairs, and follows
// the answer to the one address.
func (p *phone) press(do string, pairs ...string) *phone {
	p.t.Helper()
	p.post(do, pairs...)
	if p.status == http.StatusSeeOther {
		if got := p.answer.Get("Location"); got != "/" {
			p.t.Fatalf("%s leads to %q", do, got)
		}
		p.open("/")
	}
	return p
}

func (p *phone) post(do string, pairs ...string) {
	p.t.Helper()
	p.do(p.request(http.MethodPost, "/", p.body(do, pairs...)))
}

func (p *phone) body(do string, pairs ...string) string {
	v := url.Values{"do": {do}}
	if p.id != "" {
		v.Set("id", p.id)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

// leave presses the button that leaves.
func (p *phone) leave() {
	p.t.Helper()
	p.do(p.request(http.MethodPost, "/leave", "l=en"))
}

// words is the log as a phone shows it that knows no streams.
func (p *phone) words() string {
	p.t.Helper()
	old := *p
	old.header = http.Header{"User-Agent": {"Opera Mini/7.1"}}
	old.open("/log")
	return old.text()
}

// text is what the page says, without markup.
func (p *phone) text() string {
	s := regexp.MustCompile(`(?s)<(style|script)[^>]*>.*?</(style|script)>|<!--.*?-->`).ReplaceAllString(p.page, "")
	s = regexp.MustCompile(`</?(b|bdi|a|span)( [^>]*)?>`).ReplaceAllString(s, "")
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(s, "\n"))
}

func (p *phone) shows(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.text(), text) {
			p.t.Errorf("the page does not say %q:\n%s", text, squash(p.text()))
		}
	}
}

func (p *phone) hides(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if strings.Contains(p.text(), text) {
			p.t.Errorf("the page says %q:\n%s", text, squash(p.text()))
		}
	}
}

func squash(s string) string { return strings.Join(strings.Fields(s), " ") }

// told runs f and waits until the bus has told of a contact that then is as it
// should be.
func (s *site) told(t testing.TB, id hotline.ContactID, f func(), is func(contact.Contact) bool) {
	t.Helper()
	hints := make(chan bus.Hint, 100)
	stop := s.Bus.Subscribe(func(h bus.Hint) { hints <- h })
	defer stop()
	f()
	for limit := time.After(20 * time.Second); !is(s.Find(t, id)); {
		select {
		case <-hints:
		case <-limit:
			t.Fatalf("the contact is %+v", s.Find(t, id))
		}
	}
}

// contactID is the newest contact of the line.
func (s *site) contactID(t testing.TB) hotline.ContactID {
	t.Helper()
	return hotline.ContactID(s.One(t, `SELECT id FROM contact ORDER BY began DESC, id LIMIT 1`))
}

// writes is somebody who has chosen the chat and written.
func (s *site) writes(t testing.TB, words string) (*phone, hotline.ContactID) {
	t.Helper()
	p := s.phone(t)
	p.open("/").press("chat").press("send", "w", words)
	return p, hotline.ContactID(s.contactID(t))
}

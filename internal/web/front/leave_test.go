package front_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline/contact"
)

func TestLeave(t *testing.T) {
	t.Parallel()
	s, noor := lineOn(t, dbtest.New(t))
	p, id := s.writes(t, "hello")
	s.Take(t, noor, id)
	p.press("code")
	s.told(t, id, func() { p.leave() }, func(c contact.Contact) bool { return c.State == contact.Interrupted && c.Gone })
	if p.status != http.StatusSeeOther || p.answer.Get("Location") != harmless {
		t.Errorf("leaving: %d to %q", p.status, p.answer.Get("Location"))
	}
	if got := p.answer.Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data: %s", got) // "cookies" would take the cover's as well
	}
	if len(p.cookies) != 1 || p.cookies["__Host-n"] == "" {
		t.Errorf("cookies after leaving: %v", p.cookies)
	}
	for _, path := range []string{"/", "/?l=en", "/leave", "/p/help", "/p/keep"} {
		p.open(path).shows("This page has closed")
		p.hides("Harbour", "hello", "112")
	}
	p.open("/log").hides("hello", "Harbour")
	p.press("uncover").shows("How would you like to talk?")
	if len(p.cookies) != 0 {
		t.Errorf("cookies: %v", p.cookies)
	}
}

// A scanner that follows every address must not end a chat.
func TestLookingAtTheWayOutChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, id := s.writes(t, "hello")
	p.open("/leave").shows("This page has closed")
	if got := p.answer.Values("Set-Cookie"); got != nil {
		t.Errorf("it sets %q", got)
	}
	if got := s.Find(t, id).State; got != contact.Waiting {
		t.Errorf("state %s", got)
	}
	p.open("/").shows("Your words")
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, _ := s.writes(t, "hello")
	p.header = http.Header{"User-Agent": {"Opera Mini"}}
	looks := map[string]func(){
		"home":    func() { s.phone(t).open("/") },
		"chat":    func() { p.open("/") },
		"log":     func() { p.open("/log") },
		"help":    func() { p.open("/p/help") },
		"missing": func() { p.open("/p/else") },
		"robots":  func() { p.open("/robots.txt") },
		"icon":    func() { p.open("/favicon.ico") },
		"post":    func() { p.post("typing") },
		"leave":   func() { p.leave() },
	}
	for name, look := range looks {
		look()
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := p.answer.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
		if kind := p.answer.Get("Content-Type"); kind != "" && !strings.Contains(kind, "charset=utf-8") {
			t.Errorf("%s: Content-Type %q names no charset", name, kind)
		}
		if got := p.answer.Get("Server") + p.answer.Get("X-Powered-By"); got != "" {
			t.Errorf("%s says what it runs on: %s", name, got)
		}
	}
	if got := p.open("/p/help").answer.Get("X-Robots-Tag"); !strings.Contains(got, "noindex") {
		t.Error("the covered page is indexed as if it were public")
	}
}

// The policy must let in exactly what stands in the pages: every style, since her
// script changes from one page to another without loading it, and one script.
func TestPolicyFitsThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p := s.phone(t)
	policy := p.open("/").answer.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "form-action 'self' https://weather.example.org", "frame-ancestors 'none'", "frame-src 'self'", "connect-src 'self'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %s: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is unsafe: %s", policy)
	}
	for _, page := range samples(t) {
		for _, m := range regexp.MustCompile(`(?s)<(style|script)>(.*?)</(?:style|script)>`).FindAllStringSubmatch(string(page.HTML), -1) {
			if !strings.Contains(policy, hash(m[2])) {
				t.Errorf("%s %s: the policy does not know its %s", page.Page, page.Lang, m[1])
			}
		}
	}
	q, _ := s.writes(t, "hello")
	q.header = http.Header{"User-Agent": {"Opera Mini"}}
	framed := q.open("/log").answer.Get("Content-Security-Policy")
	if !strings.Contains(framed, "frame-ancestors 'self'") || !strings.Contains(framed, "script-src 'none'") {
		t.Errorf("the log's policy: %s", framed)
	}
}

func TestHerScriptIsSmall(t *testing.T) {
	t.Parallel()
	for _, page := range samples(t) {
		m := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindSubmatch(page.HTML)
		if m != nil && len(m[1]) > 10<<10 {
			t.Errorf("%s: a script of %d bytes", page.Page, len(m[1]))
		}
		if m != nil && regexp.MustCompile(`localStorage|sessionStorage|indexedDB|document\.cookie|innerHTML|insertAdjacentHTML|eval\(`).Match(m[1]) {
			t.Errorf("%s: the script keeps something or writes markup", page.Page)
		}
	}
}

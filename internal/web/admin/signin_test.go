package admin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/web/session"
)

func TestSigningIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		b := w.browser(t)
		b.get("/people").went(t, "/signin?to=%2Fpeople")
		a := b.get("/signin?to=%2Fpeople")
		a.is(t, 200, `name="to" value="/people"`)
		b.signIn(w.First).went(t, "/admin")
		b.get("/admin").is(t, 200, "How far the line is")
		b.get("/signin").went(t, "/admin")
		b.post("/signout", nil).went(t, "/signin?done=out")
		b.get("/admin").went(t, "/signin?to=%2Fadmin")
	})
}

// An advocate's work is at the desk.
func TestSignInLeadsToTheWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	ana := w.Hire(t, hotline.Advocate)
	b := w.browser(t)
	b.signIn(ana).went(t, "/desk")
	b.get("/admin").is(t, http.StatusForbidden, "Your role does not open this page")
}

func TestCookieStaysOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	a := w.browser(t).signIn(w.First)
	cookies := a.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies, want one", len(cookies))
	}
	c := cookies[0]
	if c.Name != "__Host-desk" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 {
		t.Errorf("the cookie is %+v", c)
	}
}

// Whoever guesses cannot tell what was wrong, or who is on the staff.
func TestFailedSignInsAreAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	ana := w.Hire(t, hotline.Advocate)
	invited, _ := w.Invite(t, w.First, personOf(hotline.Advocate))
	words := ana.Passphrase.Reveal()
	var pages []string
	for _, form := range []url.Values{
		{"name": {"Nobody"}, "passphrase": {words}, "code": {"123456"}},
		{"name": {ana.Name}, "passphrase": {"baku dori femi gola hune jasi"}, "code": {w.Code(t, ana)}},
		{"name": {ana.Name}, "passphrase": {words}, "code": {"000000"}},
		{"name": {invited.Name}, "passphrase": {words}, "code": {"123456"}},
		{"name": {""}, "passphrase": {""}, "code": {""}},
	} {
		a := w.browser(t).post("/signin", form)
		a.is(t, http.StatusForbidden, "This did not fit together")
		if len(a.Cookies()) > 0 {
			t.Error("a failed sign-in sets a cookie")
		}
		pages = append(pages, strings.Replace(a.body, `value="`+form.Get("name")+`"`, `value=""`, 1))
	}
	for i, p := range pages {
		if p != pages[0] {
			t.Errorf("the answer to try %d differs from the first", i+1)
		}
	}
}

// The six digits are typed on all kinds of keyboards.
func TestDigitsOfOtherKeyboards(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	arabic := strings.Map(func(r rune) rune { return r - '0' + '٠' }, w.Code(t, w.First))
	form := url.Values{"name": {w.First.Name}, "passphrase": {" " + strings.ToUpper(w.First.Passphrase.Reveal()) + " "}, "code": {arabic[:6] + " " + arabic[6:]}}
	w.browser(t).post("/signin", form).went(t, "/admin")
}

func TestThirdDeviceEndsTheOthersIfAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	one, two := w.as(t, w.First), w.browser(t)
	two.signIn(w.First).went(t, "/admin")
	three := w.browser(t)
	three.signIn(w.First).is(t, http.StatusConflict, "two devices", `name="end"`)
	one.get("/admin").is(t, 200)
	form := url.Values{"name": {w.First.Name}, "passphrase": {w.First.Passphrase.Reveal()}, "code": {w.Code(t, w.First)}, "end": {"yes"}}
	three.post("/signin", form).went(t, "/admin")
	one.get("/admin").went(t, "/signin?to=%2Fadmin")
	two.get("/admin").went(t, "/signin?to=%2Fadmin")
	three.get("/admin").is(t, 200)
}

// With the wrong words "end them" ends nothing.
func TestWrongWordsEndNoDevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	one := w.as(t, w.First)
	w.browser(t).signIn(w.First).went(t, "/admin")
	w.browser(t).post("/signin", url.Values{"name": {w.First.Name}, "passphrase": {"baku dori femi gola hune jasi"}, "code": {w.Code(t, w.First)}, "end": {"yes"}}).is(t, http.StatusForbidden)
	one.get("/admin").is(t, 200)
}

func TestGuessingIsSlowedForEverybodyAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	count := func(name string) (n int) {
		for n = range 20 {
			a := w.browser(t).post("/signin", url.Values{"name": {name}, "passphrase": {"x"}, "code": {"000000"}})
			if a.StatusCode == http.StatusServiceUnavailable {
				a.is(t, http.StatusServiceUnavailable, "Too many tries")
				if a.Header.Get("Retry-After") == "" {
					t.Error("nothing says when to come back")
				}
				return n
			}
			a.is(t, http.StatusForbidden)
		}
		return n
	}
	if there, nobody := count(w.First.Name), count("Nobody"); there != nobody || there > 10 {
		t.Errorf("tries for somebody: %d, for nobody: %d", there, nobody)
	}
	w.Advance(t, 2*time.Minute)
	w.browser(t).signIn(w.First).went(t, "/admin")
}

func TestLockedSessionOpensByThePassphrase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		b := w.as(t, w.First)
		hotlinetest.Must(t, w.Keeper.Lock(t.Context(), w.First.Token))
		b.get("/people").went(t, "/unlock?to=%2Fpeople")
		b.get("/unlock?to=%2Fpeople").is(t, 200, "Are you still there", w.First.Name)
		b.get("/signin").is(t, 200)
		b.post("/unlock", url.Values{"passphrase": {"baku dori femi gola hune jasi"}}).is(t, http.StatusForbidden, "These are not your six words")
		b.get("/people").went(t, "/unlock?to=%2Fpeople")
		b.post("/unlock", url.Values{"passphrase": {w.First.Passphrase.Reveal()}, "to": {"/people"}}).went(t, "/people")
		b.get("/people").is(t, 200)
	})
}

// Nobody watches a page without a script; the next request of a session that was
// left alone finds it locked.
func TestSessionLeftAloneLocks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	b.get("/people").is(t, 200)
	w.Advance(t, session.Quiet-time.Minute)
	b.get("/people").is(t, 200)
	w.Advance(t, session.Quiet+time.Minute)
	b.get("/people").went(t, "/unlock?to=%2Fpeople")
	b.post("/unlock", url.Values{"passphrase": {w.First.Passphrase.Reveal()}}).went(t, "/admin")
	b.get("/people").is(t, 200)
}

// What comes after a sign-in is a page of ours, whatever a link says.
func TestSignInLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	for _, to := range []string{"//example.org", "https://example.org/", "/\\example.org", "/%2fexample.org", "javascript:x", "/people/../..//example.org", "/a?b", "people"} {
		a := w.browser(t).get("/signin?to=" + url.QueryEscape(to))
		if strings.Contains(a.body, "example.org") || !strings.Contains(a.body, `name="to" value="/"`) {
			t.Errorf("the form goes on to %q", to)
		}
		b := w.browser(t)
		b.post("/language", url.Values{"l": {"es"}, "to": {to}}).went(t, "/")
	}
}

func TestLanguageIsChosenAndKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.browser(t)
	b.post("/language", url.Values{"l": {"ar"}, "to": {"/signin"}}).went(t, "/signin")
	b.get("/signin").is(t, 200, `<html lang="ar" dir="rtl">`, "تسجيل الدخول")
	b.post("/language", url.Values{"l": {"xx"}, "to": {"/signin"}}).went(t, "/signin")
	b.get("/signin").is(t, 200, `<html lang="ar"`)
}

func TestAnotherSiteDoesNothingInHerName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	for _, h := range []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}},
		{"Sec-Fetch-Site": {"same-site"}},
		{"Origin": {"https://example.org"}},
		{"Origin": {"null"}},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.srv.URL+"/signout", nil)
		hotlinetest.Must(t, err)
		r.Header = h
		res, err := b.Do(r)
		hotlinetest.Must(t, err)
		res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("with %v the answer is %d, want 403", h, res.StatusCode)
		}
	}
	b.get("/admin").is(t, 200)
}

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	for _, path := range []string{"/signin", "/code", "/nowhere", "/people"} {
		a := w.browser(t).get(path)
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
		} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
}

// A line's staff can be asked to prove who wrote what; the log must not.
func TestNothingTypedStandsInTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	const canary = "canary-of-what-was-typed"
	b.post("/signin", url.Values{"name": {canary}, "passphrase": {canary}, "code": {canary}})
	b.post("/code", url.Values{"name": {canary}, "once": {canary}})
	b.post("/people/new", url.Values{"pseudonym": {canary}})
	b.post("/line", url.Values{"name": {canary}, "phone": {canary}})
	b.get("/" + canary)
	b.post("/people/"+canary, nil)
	if strings.Contains(w.log.String(), canary) {
		t.Errorf("the log holds it: %s", w.log)
	}
	if got := w.Holding(t, canary); len(got) > 0 {
		t.Errorf("the database holds it: %q", got)
	}
}

func TestFormsThatAreNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.browser(t)
	b.post("/signin", url.Values{"name": {"a\xff"}}).is(t, http.StatusBadRequest, "not a form of ours")
	b.post("/signin", url.Values{"name": {strings.Repeat("😀", 300_000)}}).is(t, http.StatusBadRequest)
}

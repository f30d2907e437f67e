package front_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/web/front"
)

func TestNothingIsSetBeforeSheChooses(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p := s.phone(t)
	for _, path := range []string{"/", "/?l=ar", "/p/help", "/p/keep", "/leave", "/log", "/nowhere"} {
		p.open(path)
		if got := p.answer.Values("Set-Cookie"); got != nil {
			t.Errorf("%s sets %q", path, got)
		}
	}
	p.open("/").shows("Open now, until", "Call +1 555 0109", "Write now", "about 4 minutes", "Call 112", "العربية")
	p.press("chat").shows("Before you write", "for 7 days", "When we must tell", "about 4 minutes")
	if got := s.Count(t, `SELECT count(*) FROM caller`); got != 0 {
		t.Errorf("%d rows before the first word", got)
	}
}

func TestStrangerWritesAndIsAnswered(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		s, noor := lineOn(t, e)
		p, id := s.writes(t, "is it <b>free</b>")
		if c := s.Find(t, id); c.State != contact.Waiting || c.Lang != "en" || !c.Seen {
			t.Fatalf("contact %+v", c)
		}
		if got := p.words(); !strings.Contains(got, "is it <b>free</b>") || !strings.Contains(got, "You are next") || !strings.Contains(got, "About 2 minutes") {
			t.Errorf("her log: %s", squash(got))
		}
		s.Take(t, noor, id)
		s.Reply(t, noor, id, "Yes. Is it safe to write?")
		if got := p.words(); !strings.Contains(got, "Yes. Is it safe to write?") || !strings.Contains(got, noor.Name+", ") || strings.Contains(got, "You are next") {
			t.Errorf("her log: %s", squash(got))
		}
		p.press("send", "w", "yes until 6")
		got, err := s.Desk(t, noor, id)
		if err != nil || strings.Join(got, "|") != "is it <b>free</b>|Yes. Is it safe to write?|yes until 6" {
			t.Errorf("the desk reads %q, %v", got, err)
		}
	})
}

func TestNotKnowingHowToBeginIsEnough(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p := s.phone(t)
	p.open("/?l=es").press("chat", "l", "es").shows("Antes de escribir")
	p.press("hello", "l", "es")
	if got := p.words(); !strings.Contains(got, "No sé cómo empezar.") {
		t.Errorf("her log: %s", squash(got))
	}
}

func TestDoubleTapWritesOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		s := newSite(t, e, free(), true)
		p := s.phone(t)
		p.open("/").press("chat")
		for round := range 2 { // the first words, and later ones
			var taps sync.WaitGroup
			body := p.body("send", "w", "help me")
			for range 6 {
				taps.Go(func() {
					one := *p
					one.cookies = map[string]string{"__Host-w": p.cookies["__Host-w"]}
					one.do(one.request(http.MethodPost, "/", body))
					if one.status != http.StatusSeeOther {
						t.Errorf("a tap is answered by %d", one.status)
					}
				})
			}
			taps.Wait()
			p.post("send", "w", "help me") // and once more by a retry
			p.open("/")
			if got, want := s.Count(t, `SELECT count(*) FROM message`), round+1; got != want {
				t.Errorf("%d messages, want %d", got, want)
			}
			if got := s.Count(t, `SELECT count(*) FROM contact`); got != 1 {
				t.Errorf("%d contacts, want 1", got)
			}
		}
	})
}

// A browser may bring an old page back with its old id; what she then writes on it
// is something else.
func TestOtherWordsOnAnOldPageAreNotTakenForARetry(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, _ := s.writes(t, "hello")
	old := p.id
	p.press("send", "w", "one")
	p.id = old
	p.press("send", "w", "two")
	if got := p.words(); !strings.Contains(got, "one") || !strings.Contains(got, "two") {
		t.Errorf("her log: %s", squash(got))
	}
}

func TestClosedTab(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, id := s.writes(t, "hello")
	for _, c := range (&http.Response{Header: p.answer}).Cookies() {
		if c.Name == "__Host-w" && (c.MaxAge != 3600 || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "") {
			t.Errorf("her cookie is %+v", c)
		}
	}
	tab := s.phone(t)
	tab.cookies = p.cookies
	tab.open("/").shows("Your words", "Get a code, delete or end")
	if got := tab.words(); !strings.Contains(got, "hello") {
		t.Errorf("her log: %s", squash(got))
	}
	if c := s.Find(t, id); c.SeenUntil == 0 {
		t.Error("the line does not know that she is there")
	}
}

// The answer to her first words is lost on the way: her cookie still stands before
// them.
func TestLostAnswerToTheFirstWords(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p := s.phone(t)
	p.open("/").press("chat")
	before := p.cookies["__Host-w"]
	p.post("send", "w", "hello")
	p.cookies["__Host-w"] = before
	p.open("/").shows("Your words", "Get a code, delete or end")
}

func TestClosedHours(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), false)
	p := s.phone(t)
	p.open("/").shows("Closed now. We open", "Nobody is here now")
	p.press("chat").shows("We are closed.")
	p.press("send", "w", "is somebody there").shows("We are closed until", "Call 112", "Get a code to come back", "Without a code")
	if !strings.Contains(p.page, `<noscript><meta http-equiv="refresh" content="60"></noscript>`) {
		t.Error("without script the page does not look again")
	}
	p.press("more").shows("Your words")
	p.press("send", "w", "one more thing").shows("Your words")
	if got := p.words(); !strings.Contains(got, "is somebody there") || !strings.Contains(got, "one more thing") || !strings.Contains(got, "We are closed until") {
		t.Errorf("her log: %s", squash(got))
	}
}

func TestEndAndWriteAgain(t *testing.T) {
	t.Parallel()
	s, noor := lineOn(t, dbtest.New(t))
	p, id := s.writes(t, "hello")
	s.Take(t, noor, id)
	p.press("end").shows("Write again", "Back to the start", "I have read it, hide the answers")
	if got := s.Find(t, id).State; got != contact.Closing {
		t.Errorf("state %s", got)
	}
	p.press("send", "w", "one more thing").shows("End this chat")
	if got := s.Find(t, id).State; got != contact.Live {
		t.Errorf("state %s", got)
	}
	p.press("end").press("end") // twice is nothing
	s.Close(t, noor, id)
	p.open("/").shows("Write again")
	p.press("send", "w", "again")
	if next := s.contactID(t); next == id || !s.Find(t, next).Returned {
		t.Error("after closing her words make no new contact that is known as returning")
	}
	p.press("end").press("start").shows("How would you like to talk?")
	if len(p.cookies) != 0 {
		t.Errorf("cookies are left: %v", p.cookies)
	}
}

func TestLanguageInTheMiddle(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, id := s.writes(t, "hello")
	p.press("language").shows("Which language?", "Español", "Français", "العربية")
	p.press("speak", "l", "ar")
	if !strings.Contains(p.page, `<html lang="ar" dir="rtl" class="tall"`) {
		t.Errorf("the page is not Arabic: %.120s", p.page)
	}
	if c := s.Find(t, id); c.Lang != "ar" || c.State != contact.Waiting {
		t.Errorf("contact in %s, %s", c.Lang, c.State)
	}
	p.press("language").press("back")
	p.press("speak", "l", "xx") // not ours
	p.press("speak", "l", "<script>")
	p.open("/?l=fr") // the choice stands over the address
	if !strings.Contains(p.page, `<html lang="ar"`) {
		t.Errorf("the page is not Arabic: %.120s", p.page)
	}
	if got := s.Count(t, `SELECT count(*) FROM contact`); got != 1 {
		t.Errorf("%d contacts", got)
	}
}

func TestStillThere(t *testing.T) {
	t.Parallel()
	s, noor := lineOn(t, dbtest.New(t))
	p, id := s.writes(t, "hello")
	s.Take(t, noor, id)
	s.SQL(t, `UPDATE contact SET asked_at = 1 WHERE id = $1`, id)
	if got := p.words(); !strings.Contains(got, "I am here") || !strings.Contains(got, "Take your time") {
		t.Errorf("her log: %s", squash(got))
	}
	p.press("here").shows("Your words")
	if got := s.Find(t, id).AskedAt; got != 0 {
		t.Error("the question still stands")
	}
}

func TestErase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		s, noor := lineOn(t, e)
		p, id := s.writes(t, "hello")
		s.Take(t, noor, id)
		s.Reply(t, noor, id, "good evening")
		p.press("code")
		code := p.code()
		p.press("kept").press("erase").shows("Delete your words now?", "may the law make us keep a note", "No, go back")
		p.press("back").shows("Your words")
		old := p.cookies["__Host-w"]
		p.press("erase").press("gone").shows("Your words are deleted")
		if now := p.cookies["__Host-w"]; now[len(now)-43:] == old[len(old)-43:] {
			t.Error("her cookie is still the one of what is deleted")
		}
		if got := s.Find(t, id).State; got != contact.Erased {
			t.Errorf("state %s", got)
		}
		p.press("start").shows("How would you like to talk?")
		thief := s.phone(t)
		thief.cookies["__Host-w"] = old
		thief.open("/").shows("How would you like to talk?")
		thief.press("gone") // what is gone can be asked to go
		if got := thief.words(); strings.Contains(got, "hello") {
			t.Errorf("an old cookie shows %s", squash(got))
		}
		other := s.phone(t)
		other.open("/").press("return").press("open", "c", code).shows("There is nothing to show for this code")
	})
}

func TestLawMayForbidToErase(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, id := s.writes(t, "hello")
	s.SQL(t, `UPDATE contact SET legal_hold = 1 WHERE id = $1`, id)
	p.press("gone").shows("Not deleted", "The law makes us keep your words")
	if p.status != http.StatusForbidden || s.Find(t, id).State == contact.Erased {
		t.Errorf("status %d", p.status)
	}
}

func TestWordsWithoutACookieAreTaken(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p := s.phone(t)
	p.press("send", "w", "my cookie ended while I wrote")
	if got := p.words(); !strings.Contains(got, "my cookie ended") {
		t.Errorf("her log: %s", squash(got))
	}
}

// Where a browser throws our cookies away, the page says so instead of beginning
// anew for ever.
func TestAddressThatKeepsNoCookie(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	for origin, safe := range map[string]bool{
		"http://192.0.2.1:8080": false, "http://line.example.org": false, "http://notlocalhost": false,
		"http://line.localhost:8080": true, "http://localhost": true, "http://127.0.0.1:99": true, "http://[::1]": true, "http://abc.onion": true, "https://line.example.org": true,
	} {
		p := s.phone(t)
		r := p.request(http.MethodPost, "/", p.body("chat"))
		r.Header.Set("Origin", origin)
		r.Host = strings.SplitN(origin, "//", 2)[1]
		p.do(r)
		if got := p.status == http.StatusSeeOther; got != safe {
			t.Errorf("%s: status %d", origin, p.status)
		}
		if !safe {
			p.shows("This address is not safe")
		}
	}
}

func TestForgedCookiesShowTheHomePage(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, _ := s.writes(t, "hello")
	good := p.cookies["__Host-w"]
	for _, forged := range []string{"", "c", good[:len(good)-1], good + "A", "z-s" + good[3:], strings.Replace(good, ".en.", ".<b>.", 1), strings.Repeat("A", 4000), good[:len(good)-2] + "AB"} {
		one := s.phone(t)
		one.cookies["__Host-w"] = forged
		one.open("/").shows("How would you like to talk?")
		for _, do := range []string{"code", "erase", "gone", "end", "read", "here", "more", "plain", "language", "speak", "back", "open", "kept", "typing", "nonsense", ""} {
			one.post(do)
			if one.status >= 500 {
				t.Errorf("%q with %q: %d", do, forged, one.status)
			}
		}
	}
	if got := s.Count(t, `SELECT count(*) FROM contact`); got != 1 {
		t.Errorf("%d contacts", got)
	}
}

func TestBusyLineGivesHerWordsBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p := s.phone(t)
	p.open("/").press("chat")
	s.SQL(t, `ALTER TABLE message RENAME TO away`)
	p.press("send", "w", "please & thank you\nsecond line").shows("Not sent yet", "please & thank you\nsecond line")
	if p.status != http.StatusServiceUnavailable {
		t.Errorf("status %d", p.status)
	}
	s.SQL(t, `ALTER TABLE away RENAME TO message`)
	p.press("send", "w", "please & thank you\nsecond line")
	if got := p.words(); strings.Count(got, "please & thank you") != 1 {
		t.Errorf("her log: %s", squash(got))
	}
}

func TestTooLong(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p := s.phone(t)
	p.open("/").press("chat")
	long := strings.Repeat("ضوء ", 1500) // 10 KB
	p.press("send", "w", long).shows("too long for one message", strings.TrimSpace(long))
	if p.status != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", p.status)
	}
	began := time.Now()
	p.press("send", "w", strings.Repeat("😀", 10<<20/4)).shows("too long for one message", "😀😀😀")
	if p.status != http.StatusRequestEntityTooLarge || len(p.page) > 200<<10 {
		t.Errorf("10 MB of emoji: status %d, page of %d bytes", p.status, len(p.page))
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	p.press("send", "w", strings.Repeat("a", contact.MaxMessage))
	if got := s.Count(t, `SELECT count(*) FROM message`); got != 1 {
		t.Errorf("%d messages", got)
	}
}

func TestForeignPagesCannotPost(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, id := s.writes(t, "hello")
	for _, h := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://example.org"}}, {"Origin": {"null"}}} {
		p.header = h
		p.post("gone")
		if p.status != http.StatusForbidden {
			t.Errorf("%v: status %d", h, p.status)
		}
		p.do(p.request(http.MethodPost, "/leave", ""))
		if p.status != http.StatusForbidden {
			t.Errorf("%v: leaving has status %d", h, p.status)
		}
	}
	if got := s.Find(t, id).State; got != contact.Waiting {
		t.Errorf("state %s", got)
	}
}

func TestTooFast(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), front.Limits{Contacts: front.Rate{Burst: 3, Every: time.Hour}}, true)
	for n := range 5 {
		p := s.phone(t)
		p.open("/").press("chat").press("send", "w", "hello again")
		if want := n < 3; (p.status == http.StatusOK) != want {
			t.Errorf("contact %d: status %d", n, p.status)
		}
		if n >= 3 {
			p.shows("Not sent yet", "hello again")
			if p.status != http.StatusTooManyRequests || p.answer.Get("Retry-After") == "" {
				t.Errorf("status %d, Retry-After %q", p.status, p.answer.Get("Retry-After"))
			}
		}
	}
	s.address = s.address.Next()
	p, _ := s.writes(t, "from elsewhere")
	if p.status != http.StatusOK {
		t.Errorf("a visitor from elsewhere gets %d", p.status)
	}
	if got := s.Count(t, `SELECT count(*) FROM contact`); got != 4 {
		t.Errorf("%d contacts, want 4", got)
	}
}

// One client who opens thousands of chats is held back; everybody else is served
// meanwhile, and whatever of hers was taken is there.
func TestFloodLeavesRoomForOthers(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), front.DefaultLimits(), true)
	const chats, hands = 2000, 1000
	var flood sync.WaitGroup
	var taken, refused, other atomic.Int64
	for range hands {
		flood.Go(func() {
			for range chats / hands {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader("do=send&w=flood"))
				r.Header.Set("From", "192.0.2.66")
				w := httptest.NewRecorder()
				s.front.ServeHTTP(w, r)
				switch w.Code {
				case http.StatusSeeOther:
					taken.Add(1)
				case http.StatusTooManyRequests:
					refused.Add(1)
				default:
					other.Add(1)
				}
			}
		})
	}
	var slowest time.Duration
	for n := range 5 {
		began := time.Now()
		p := s.phone(t)
		p.header = http.Header{"From": {"198.51.100." + strconv.Itoa(n+1)}}
		p.open("/").press("chat").press("send", "w", "I need help").shows("Your words")
		slowest = max(slowest, time.Since(began))
	}
	flood.Wait()
	t.Logf("%d taken, %d refused; the slowest visitor took %s", taken.Load(), refused.Load(), slowest)
	if other.Load() != 0 || refused.Load() < chats/2 {
		t.Errorf("%d taken, %d refused, %d answered by something else", taken.Load(), refused.Load(), other.Load())
	}
	if got, want := s.Count(t, `SELECT count(*) FROM contact`), int(taken.Load())+5; got != want {
		t.Errorf("%d contacts, want %d", got, want)
	}
	if slowest > 20*time.Second {
		t.Errorf("a visitor took %s", slowest)
	}
	if got := s.Holding(t, "192.0.2.66"); got != nil {
		t.Errorf("an address is written down in %q", got)
	}
}

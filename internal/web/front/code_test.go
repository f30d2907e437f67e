package front_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/web/front"
)

// code is the code that the page shows.
func (p *phone) code() string {
	p.t.Helper()
	m := regexp.MustCompile(`(?s)class="code".*?</p>`).FindString(p.page)
	digits := regexp.MustCompile(`\d{4}`).FindAllString(m, -1)
	if len(digits) != 4 {
		p.t.Fatalf("the page shows no code: %s", squash(p.text()))
	}
	return strings.Join(digits, "")
}

func TestReturnByCode(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		s, noor := lineOn(t, e)
		p, id := s.writes(t, "he has my passport")
		p.press("code")
		code := p.code()
		p.press("kept").shows("Your words")
		p.open("/").hides(code[:4])
		s.Take(t, noor, id)
		own := p.cookies["__Host-w"]
		p.leave()
		s.Reply(t, noor, id, "Good morning.")
		s.Reply(t, noor, id, "There is a room for you.")

		forged := s.phone(t) // her own cookie, turned to the page of answers
		forged.cookies["__Host-w"] = "a" + own[1:]
		forged.open("/").shows("Good morning.")
		forged.hides("he has my passport")

		other := s.phone(t)
		other.open("/").press("return").shows("16 digits. Spaces do not matter.")
		other.press("open", "c", code[:4]+" "+code[4:8]+"-"+code[8:12]+" "+code[12:]).shows("2 new answers for you", "Good morning.", "There is a room for you.", noor.Name)
		other.hides("he has my passport")
		s.Reply(t, noor, id, "One thing more.")
		last := regexp.MustCompile(`name="n" value="(\d+)"`).FindStringSubmatch(other.page)[1]
		other.press("read", "n", last).shows("1 new answer for you", "One thing more.")
		other.hides("Good morning.")
		other.press("send", "w", "thank you")
		if got := other.words(); !strings.Contains(got, "thank you") || !strings.Contains(got, "One thing more.") || strings.Contains(got, "passport") || strings.Contains(got, "Good morning") {
			t.Errorf("her log: %s", squash(got))
		}
		third := s.phone(t)
		third.open("/").press("return").press("open", "c", "٠"+code).shows("There is nothing to show")
		third.press("open", "c", arabic(code)).shows("1 new answer for you")
	})
}

func arabic(digits string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '٠' }, digits)
}

func TestCodeIsMadeOnceByADoublePress(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, _ := s.writes(t, "hello")
	twin := *p
	twin.cookies = map[string]string{"__Host-w": p.cookies["__Host-w"]}
	p.press("code")
	twin.press("code")
	if a, b := p.code(), twin.code(); a != b {
		t.Error("two presses of one button make two codes")
	}
	if got := s.Count(t, `SELECT count(*) FROM return_code`); got != 1 {
		t.Errorf("%d codes", got)
	}
}

// Whoever tries codes learns nothing of why one does not open.
func TestWrongExpiredAndErasedCodesLookTheSame(t *testing.T) {
	t.Parallel()
	s, _ := lineOn(t, dbtest.New(t))
	make := func() (*phone, string) {
		p, _ := s.writes(t, "hello")
		p.press("code")
		return p, p.code()
	}
	_, expired := make()
	s.Advance(t, s.Settings.Code+time.Hour)
	gone, erased := make()
	gone.press("gone")
	_, good := make()
	tries := map[string]string{"wrong": "0000000000000000", "expired": expired, "erased": erased, "short": "1234", "words": "help", "empty": ""}
	var first string
	for name, code := range tries {
		p := s.phone(t)
		p.open("/").press("return")
		began := time.Now()
		p.post("open", "c", code)
		took := time.Since(began)
		head := []any{p.status, p.answer.Get("Location"), len(p.answer.Values("Set-Cookie"))}
		p.open("/")
		page := regexp.MustCompile(`value="[0-9A-Z]{26}"`).ReplaceAllString(p.page, "")
		if first == "" {
			first = page
		}
		if page != first {
			t.Errorf("%s: the page differs", name)
		}
		if head[0] != 303 || head[1] != "/" || head[2] != 1 {
			t.Errorf("%s: answered by %v", name, head)
		}
		if took < 250*time.Millisecond {
			t.Errorf("%s: answered after %s, before the tick", name, took)
		}
	}
	p := s.phone(t)
	p.open("/").press("return")
	began := time.Now()
	p.post("open", "c", good)
	if took := time.Since(began); took < 250*time.Millisecond {
		t.Errorf("the right code is answered after %s, before the tick", took)
	}
	p.open("/").shows("There is no new answer yet")
}

func TestFiveTriesAMinute(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), front.Limits{Codes: 5}, true)
	p := s.phone(t)
	p.open("/").press("return")
	for n := range 7 {
		p.press("open", "c", "1234")
		if got, want := p.status, map[bool]int{true: 200, false: 429}[n < 5]; got != want {
			t.Errorf("try %d: status %d, want %d", n, got, want)
		}
	}
	s.address = s.address.Next()
	if p.press("open", "c", "1234"); p.status != 200 {
		t.Errorf("somebody else gets %d", p.status)
	}
}

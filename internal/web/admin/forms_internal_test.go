package admin

import (
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/routing"
)

// form reads what a fuzzer makes up as the body of a form.
func form(t *testing.T, body string) url.Values {
	t.Helper()
	f, err := url.ParseQuery(body)
	if err != nil || !utf8.ValidString(body) {
		t.Skip()
	}
	for _, values := range f {
		for _, v := range values {
			if !utf8.ValidString(v) {
				t.Skip() // a visit refuses it
			}
		}
	}
	return f
}

func english(tag string) bool { return tag == "en" || tag == "ar" || tag == "th" }

func FuzzSignin(f *testing.F) {
	f.Add("name=Amina&passphrase=a+b&code=123456&to=/people&end=yes")
	f.Add("to=//example.org&code=%D9%A1%D9%A2")
	f.Fuzz(func(t *testing.T, body string) {
		in := readSignin(form(t, body))
		if len([]rune(in.name)) > 60 || strings.Trim(in.code, "0123456789") != "" || len(in.code) > 20 {
			t.Errorf("%q gives %q and %q", body, in.name, in.code)
		}
		if at, err := url.Parse(in.to); err != nil || at.Host != "" || at.Scheme != "" || !strings.HasPrefix(in.to, "/") || strings.ContainsAny(in.to, "\\?#\r\n") || strings.HasPrefix(in.to, "//") {
			t.Errorf("%q leads to %q", body, in.to)
		}
	})
}

func FuzzPerson(f *testing.F) {
	f.Add("pseudonym=Amina&roles=advocate&roles=supervisor&languages=en&language=th&skills=minors%2C+driving&gender=woman&capacity=3")
	f.Add("pseudonym=%00&roles=queen&capacity=-1&skills=%E2%80%AE")
	f.Fuzz(func(t *testing.T, body string) {
		p, wrong := readPerson(form(t, body), english)
		if p.Capacity < 1 || p.Capacity > maxCapacity || len(p.Languages) > 20 || len(p.Skills) > 20 {
			t.Errorf("%q gives %+v", body, p)
		}
		if len(wrong) > 0 {
			return
		}
		if p.Pseudonym == "" || len([]rune(p.Pseudonym)) > 40 || strings.ContainsFunc(p.Pseudonym, unicode.IsControl) || p.Pseudonym != strings.TrimSpace(p.Pseudonym) {
			t.Errorf("%q gives the name %q", body, p.Pseudonym)
		}
		for _, r := range p.Roles {
			if !slices.Contains(hotline.Roles(), r) {
				t.Errorf("%q gives the role %q", body, r)
			}
		}
	})
}

// What a form without faults makes is what its edition takes.
func FuzzLine(f *testing.F) {
	f.Add("name=Harbour+Line&phone=%2B1+555+0100&emergency=112&text=&zone=Europe/Lisbon&languages=en&languages=ar&first=en")
	f.Add("name=x&phone=%2B%2B1&zone=Local")
	f.Fuzz(func(t *testing.T, body string) {
		in, wrong := readLine(form(t, body), english)
		if len(wrong) > 0 {
			return
		}
		text, err := marshal(facts(lineInput{}, in, policy.About{}))
		if err != nil || policy.CheckAbout(text) != nil {
			t.Errorf("%q gives %s: %v", body, text, policy.CheckAbout(text))
		}
		hours, err := marshal(routing.Hours{Zone: in.Zone, Week: always()})
		if err != nil || routing.CheckHours(hours) != nil {
			t.Errorf("%q gives %s: %v", body, hours, routing.CheckHours(hours))
		}
		if len(in.Languages) == 0 {
			t.Errorf("%q gives no language", body)
		}
	})
}

func FuzzHours(f *testing.F) {
	f.Add("mon.1.from=20:00&mon.1.to=8&tue.all=yes&day1.date=2026-12-25&day1.1.from=0900&day1.1.to=12.30&version=3&do=copy")
	f.Add("mon.1.from=24:00&mon.1.to=00:00&day1.date=2026-2-30")
	f.Fuzz(func(t *testing.T, body string) {
		in, wrong := readHours(form(t, body))
		if len(in.Week) != 7 {
			t.Fatalf("%q gives a week of %d days", body, len(in.Week))
		}
		if len(wrong) > 0 {
			return
		}
		text, err := marshal(in.hours(routing.Hours{Zone: "Europe/Lisbon"}, "2000-01-01"))
		if err != nil {
			t.Fatal(err)
		}
		h, err := routing.ParseHours(text)
		if err != nil {
			t.Fatalf("%q gives %s: %v", body, text, err)
		}
		if again, err := marshal(inputOf(*h).hours(*h, "2000-01-01")); err != nil || again != text {
			t.Errorf("%q gives %s, and shown again %s", body, text, again)
		}
	})
}

// What a form of rules makes is taken, or told by row and field of the form; and what
// is taken is shown again as it is.
func FuzzUrgency(f *testing.F) {
	f.Add("default=3&r1.class=0&r1.reason=danger&r1.danger=yes&r2.class=4&r2.reason=tip&r2.path=tip&r2.language=ar%2C+en&r2.waited=20&do=up.2&version=3")
	f.Add("default=x&r1.class=-1&r1.reason=&r1.channel=C4&r1.channel=C4&do=remove.9")
	f.Fuzz(func(t *testing.T, body string) {
		in, _ := readUrgency(form(t, body))
		text, err := marshal(in.rules(""))
		if err != nil {
			t.Fatal(err)
		}
		rules, err := routing.ParseRules(text)
		if err != nil {
			var found edition.Faults
			if !errors.As(err, &found) {
				t.Fatalf("%q gives %s: %v", body, text, err)
			}
			for _, f := range found {
				if f.Row > len(in.Rules) || f.Key == "edition.fault.json" {
					t.Errorf("%q gives %s: %v", body, text, err)
				}
			}
			return
		}
		if again, err := marshal(urgencyOf(*rules).rules("")); err != nil || again != text {
			t.Errorf("%q gives %s, and shown again %s", body, text, again)
		}
	})
}

func FuzzGreeting(f *testing.F) {
	f.Add("greeting=Tonight&run_by=We&night1.number=112&night1.why=Help&version=2")
	f.Add("greeting=%00%E2%80%AE&night3.number=%2B&night3.why=x")
	f.Fuzz(func(t *testing.T, body string) {
		in, night, wrong := readGreeting(form(t, body))
		if len(wrong) > 0 {
			return
		}
		text, err := marshal(policy.About{Name: "x", RunBy: in.RunBy, Greeting: in.Greeting, Night: night})
		if err != nil || policy.CheckAbout(text) != nil {
			t.Errorf("%q gives %s: %v", body, text, policy.CheckAbout(text))
		}
	})
}

// Times as tired people type them.
func TestTimesAsTheyAreTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"20:30": "20:30", "2030": "20:30", "8": "08:00", "8:05": "08:05", "20.30": "20:30", "20h30": "20:30", "٢٠:٣٠": "20:30", " 9 ": "09:00",
		"25:00": "25:00", "8:5": "8:5", "noon": "noon", "": "", "1:2:3": "1:2:3", "20:30:00": "20:30:00",
	} {
		if got := clock(typed); got != want {
			t.Errorf("%q is read as %q, want %q", typed, got, want)
		}
	}
}

var rectangle = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z`)

// The drawing shows the picture's dots, each once.
func TestDrawingIsThePicture(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		img := image.NewGray(image.Rect(3, 5, 3+1+r.IntN(12), 5+1+r.IntN(12)))
		for i := range img.Pix {
			img.Pix[i] = []uint8{0, 255}[r.IntN(2)]
		}
		back := image.NewGray(img.Bounds())
		for i := range back.Pix {
			back.Pix[i] = 255
		}
		for _, m := range rectangle.FindAllStringSubmatch(string(draw(img)), -1) {
			n := func(i int) int { v, _ := strconv.Atoi(m[i]); return v }
			for x := n(1); x < n(1)+n(3); x++ {
				for y := n(2); y < n(2)+n(4); y++ {
					if back.GrayAt(3+x, 5+y).Y == 0 {
						t.Fatal("a dot is drawn twice")
					}
					back.SetGray(3+x, 5+y, color.Gray{})
				}
			}
		}
		if !slices.Equal(back.Pix, img.Pix) {
			t.Fatalf("drawn is %v of %v", back.Pix, img.Pix)
		}
	}
}

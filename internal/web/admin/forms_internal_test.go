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
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/i18n"
)

// filled reads what a fuzzer makes up as the body of a form.
func filled(t *testing.T, body string) url.Values {
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
		in := readSignin(filled(t, body))
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
		p, wrong := readPerson(filled(t, body), english)
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
		in, wrong := readLine(filled(t, body), english)
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
		in, wrong := readHours(filled(t, body))
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
		in, _ := readUrgency(filled(t, body))
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

// What the form about a field makes is taken, or told at a place of that form; and
// what is taken is shown again as it is.
func FuzzFormField(f *testing.F) {
	f.Add("kind=one&block=situation&class=1&words.en.label=Which+net%3F&options.1.was=0&options.1.words.en.label=Trawl&when.1.field=type&when.1.is=is&when.1.values=tip&when.1.values=crisis")
	f.Add("kind=long&code=x_note&block=person&class=2&words.ar.label=%D9%85&words.en.help=only&options.1.was=9&do=up.options.1")
	f.Add("do=add.when&newwhen=type&class=-1&options.1.was=1&options.1.code=A&options.1.htcds=x")
	base := form.Form{Fields: []form.Field{
		{ID: hotline.NewID(), Code: form.SafeNow, Block: form.Contact, Kind: form.One, Required: true, Words: map[string]form.Words{"en": {Label: "Safe?"}}, Options: []form.Option{{Code: "yes", Words: map[string]form.Words{"en": {Label: "Yes"}}}}},
		{ID: hotline.NewID(), Code: form.Type, Block: form.Contact, Kind: form.One, Required: true, Words: map[string]form.Words{"en": {Label: "What?"}}, Options: []form.Option{{Code: "tip", Words: map[string]form.Words{"en": {Label: "Tip"}}}}},
	}}
	if err := form.Check(base.Body()); err != nil {
		f.Fatal(err)
	}
	langs := []string{"en", "ar"}
	f.Fuzz(func(t *testing.T, body string) {
		is, _ := readField(filled(t, body), form.Field{}, langs)
		is = coded(is, base)
		whole := form.Form{Fields: append(slices.Clone(base.Fields), is)}
		for _, w := range wrongForm(whole) {
			if w.Row != 3 || w.Key == "edition.fault.json" || w.Key == "edition.fault.encoding" {
				t.Errorf("%q gives %+v", body, w)
			}
		}
		if len(wrongForm(whole)) > 0 {
			return
		}
		again, _ := readField(shownAgain(is, langs), is, langs)
		if got, want := (form.Form{Fields: []form.Field{again}}).Body(), (form.Form{Fields: []form.Field{is}}).Body(); got != want {
			t.Errorf("%q gives %s, and shown again %s", body, want, got)
		}
	})
}

// shownAgain is what a browser sends of a field that nobody has changed.
func shownAgain(f form.Field, langs []string) url.Values {
	in := url.Values{"kind": {f.Kind}, "code": {f.Code}, "block": {f.Block}, "class": {strconv.Itoa(f.Class)}, "fact": {f.Fact}}
	for _, lang := range langs {
		in.Set("words."+lang+".label", f.Words[lang].Label)
		in.Set("words."+lang+".help", f.Words[lang].Help)
	}
	for i, o := range f.Options {
		at := "options." + strconv.Itoa(i+1)
		in.Set(at+".was", strconv.Itoa(i+1))
		in.Set(at+".code", o.Code)
		in.Set(at+".htcds", o.HTCDS)
		for _, lang := range langs {
			in.Set(at+".words."+lang+".label", o.Words[lang].Label)
		}
	}
	for i, c := range f.When {
		at := "when." + strconv.Itoa(i+1)
		in.Set(at+".field", c.Field)
		in.Set(at+".is", c.Is)
		in[at+".values"] = c.Values
	}
	return in
}

// What the form of an edition makes is JSON that is shown again as it is, and a fault
// of its kind is told without a hole.
func FuzzEdition(f *testing.F) {
	f.Add("groups1.was=0&groups1.codes=danger&groups1.expressions=help%0Ame&stop=stop&order=1&let1=gender&let2=language")
	f.Add("body=en%0Aar&body1.was=1&body1.code=x&body1.group=safety&body1.text=t&body1.says.en=%00&widen=x&do=up.body.2")
	parts := map[string][]part{
		routing.KindWords: firstLookParts(), routing.KindQueue: queueParts(), "languages": {{look: words, hold: true}},
		"phrases": {{look: rows, hold: true, title: "code", parts: []part{{name: "code"}, {name: "says.en", look: area}}}},
	}
	f.Fuzz(func(t *testing.T, body string) {
		in := filled(t, body)
		for kind, p := range parts {
			tree, wrong := readParts(in, p, growth(`{"kept":{"a":[1,2.50]}}`), "")
			for _, w := range wrong {
				if w.Field == "" {
					t.Errorf("%q gives a fault of %s without a place", body, kind)
				}
			}
			text, err := marshal(tree)
			if err != nil || !utf8.ValidString(text) {
				t.Fatalf("%q gives %s: %q, %v", body, kind, text, err)
			}
			if kind == routing.KindQueue || kind == routing.KindWords {
				if !strings.Contains(text, `"kept":{"a":[1,2.50]}`) {
					t.Errorf("%q loses what is not asked for: %s", body, text)
				}
			}
			if again, err := marshal(growth(text)); err != nil || again != text {
				t.Errorf("%q gives %s, read again %s", body, text, again)
			}
		}
	})
}

func FuzzQueue(f *testing.F) {
	f.Add("name=The+night&team=desk")
	f.Add("name=%E2%80%AE&team=stats")
	f.Fuzz(func(t *testing.T, body string) {
		in, wrong := readQueue(filled(t, body), []hotline.TeamID{hotline.Desk})
		if len(wrong) == 0 && (in.Name == "" || len([]rune(in.Name)) > 40 || in.Team != hotline.Desk || strings.ContainsFunc(in.Name, unicode.IsControl)) {
			t.Errorf("%q gives %+v", body, in)
		}
	})
}

func FuzzGreeting(f *testing.F) {
	f.Add("greeting=Tonight&run_by=We&night1.number=112&night1.why=Help&version=2")
	f.Add("greeting=%00%E2%80%AE&night3.number=%2B&night3.why=x")
	f.Fuzz(func(t *testing.T, body string) {
		in, night, wrong := readGreeting(filled(t, body))
		if len(wrong) > 0 {
			return
		}
		text, err := marshal(policy.About{Name: "x", RunBy: in.RunBy, Greeting: in.Greeting, Night: night})
		if err != nil || policy.CheckAbout(text) != nil {
			t.Errorf("%q gives %s: %v", body, text, policy.CheckAbout(text))
		}
	})
}

// What an edition of hours or of a greeting refuses is told in words, and at the field
// that it speaks of where the page has one.
func TestWhatAnEditionRefusesIsNamed(t *testing.T) {
	t.Parallel()
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	l := catalogue.For("en")
	told := func(fs faults) (field, text string) {
		if len(fs) != 1 {
			t.Errorf("%d faults, want one", len(fs))
			return "", ""
		}
		return fs[0].Field, fs.say(l)[0].Text
	}
	hours := hoursInput{Days: []dayInput{{Date: "2026-12-24"}, {Date: "2026-12-25"}, {Date: "2026-13-01"}}}
	for _, c := range []struct{ body, at, says string }{
		{`{"zone":"Nowhere"}`, "", "Time zone: “Nowhere” is no time zone"},
		{`{"zone":"UTC","week":{"mon":["24h","9-12"]}}`, "mon.2.from", "Monday: “9-12” is no stretch of time"},
		{`{"zone":"UTC","week":{"may":["24h"]}}`, "", "Hours: A week has the days"},
		{`{"zone":"UTC","days":{"2026-12-25":["x"]}}`, "day2.1.from", "2026-12-25: “x” is no stretch of time"},
		{`{"zone":"UTC","days":{"2026-13-01":[]}}`, "", "Hours: “2026-13-01” is no date"},
		{`{"zone":"UTC","channels":{"call":{"mon":["x"]}}}`, "", "Hours: “x” is no stretch of time"},
		{`{"zone":"UTC","week":{"tue":[` + strings.Repeat(`"24h",`, 12) + `"24h"]}}`, "tue.1.from", "Tuesday: There are too many here"},
		{`x`, "", "Hours: This is not written as it must be"},
	} {
		var found edition.Faults
		if !errors.As(routing.CheckHours(c.body), &found) {
			t.Errorf("%s is taken", c.body)
			continue
		}
		if field, text := told(wrongHours(l, hours, found)); field != c.at || !strings.HasPrefix(text, c.says) {
			t.Errorf("%s: told at %q: %s", c.body, field, text)
		}
	}
	long := strings.Repeat("a", 401)
	for _, c := range []struct{ body, at, says string }{
		{`{"name":""}`, "", "Name of the line: Something must stand here"},
		{`{"name":"x","greeting":"` + long + `"}`, "greeting", "Tonight’s sentence on the first page: This is too long"},
		{`{"name":"x","run_by":"` + long + `"}`, "run_by", "Who runs the line, and when it is open: This is too long"},
		{`{"name":"x","phone":{"dial":"call","shown":"x"}}`, "", "Number to call: A telephone cannot dial “call”"},
		{`{"name":"x","night":[{"dial":"112","shown":"112"},{"dial":"x","shown":"x"}]}`, "night2.number", "Number: A telephone cannot dial “x”"},
		{`{"name":"x","night":[{"dial":"112","shown":"112","why":"` + long + `"}]}`, "night1.why", "Who answers there: This is too long"},
		{`{"name":"x","night":[` + strings.Repeat(`{"dial":"","shown":""},`, 10) + `{"dial":"","shown":""}]}`, "", "Texts for callers: There are too many here"},
	} {
		var found edition.Faults
		if !errors.As(policy.CheckAbout(c.body), &found) {
			t.Errorf("%s is taken", c.body)
			continue
		}
		if field, text := told(wrongGreeting(l, found)); field != c.at || !strings.HasPrefix(text, c.says) {
			t.Errorf("%s: told at %q: %s", c.body, field, text)
		}
	}
}

// What a form does not ask for stays with its row, wherever the row goes.
func TestRowsKeepWhatIsNotAsked(t *testing.T) {
	t.Parallel()
	parts := []part{{name: "rows", look: rows, parts: []part{{name: "text"}}}}
	base := growth(`{"rows":[{"text":"a","id":1},{"text":"b","id":2}]}`)
	in := url.Values{"do": {"up.rows.2"}, "rows1.was": {"1"}, "rows1.text": {"A"}, "rows2.was": {"2"}, "rows2.text": {"B"}, "rows3.was": {"9"}, "rows3.text": {"c"}}
	got, _ := readParts(in, parts, base, "")
	if text, err := marshal(got); err != nil || text != `{"rows":[{"id":2,"text":"B"},{"id":1,"text":"A"},{"text":"c"}]}` {
		t.Errorf("the rows are %s, %v", text, err)
	}
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

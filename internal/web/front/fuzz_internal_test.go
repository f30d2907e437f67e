package front

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/i18n"
)

// Whatever is posted: words come out fit to be kept, and those of a browser come
// out as she wrote them.
func FuzzForm(f *testing.F) {
	for _, s := range []string{"", "do=send&w=hello", "w=%F0%9F%98%80&id=", "w=100%", "w=%zz%", "&&==&w", "w=a%00b%0D%0Ac", "w=%E4%F6&l=fr", "n=-9223372036854775809"} {
		f.Add([]byte(s), s)
	}
	f.Fuzz(func(t *testing.T, body []byte, words string) {
		got := decode(body)
		if s := got.text(); !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && r != '\t' && unicode.IsControl(r) }) {
			t.Errorf("not fit to be kept: %q", s)
		}
		if got.ID != "" && !hotline.IsID(got.ID) || got.Lang != "" && !isTag(got.Lang) {
			t.Errorf("id %q, language %q", got.ID, got.Lang)
		}
		if !hotline.IsID(got.message()) {
			t.Errorf("message id %q", got.message())
		}
		posted := decode([]byte(url.Values{"w": {words}, "do": {"send"}}.Encode()))
		if posted.Do != "send" || posted.text() != tidy(words) {
			t.Errorf("%q came out as %q", words, posted.text())
		}
		if again := tidy(posted.text()); again != posted.text() {
			t.Errorf("%q is not tidy yet", posted.text())
		}
	})
}

// What is not exactly a ticket is none, and one that is comes out as it was.
func FuzzTicket(f *testing.F) {
	f.Add(ticket{Step: chatting, From: noStep, Lang: "en"}.String())
	f.Add("c-s.en.")
	f.Add("zzz.en." + strings.Repeat("A", 43))
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseTicket(s)
		if ok != (got != ticket{}) {
			t.Errorf("%q gives %v, %t", s, got, ok)
		}
		if ok && got.String() != s {
			t.Errorf("%q came out as %q", s, got.String())
		}
		if ok && (!got.Step.known() || !got.back().Step.known() || !isTag(got.Lang)) {
			t.Errorf("%q gives %v", s, got)
		}
	})
}

// A code is 16 digits of any script, or it is none.
func FuzzCode(f *testing.F) {
	for _, s := range []string{"4827 1936 5502 7481", "٤٨٢٧١٩٣٦٥٥٠٢٧٤٨١", "4827193655027481x", "𝟘"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, ok := digits(s)
		plain := code.Reveal()
		if ok != isCode(plain) || strings.Trim(plain, "0123456789") != "" {
			t.Errorf("%q gives %q, %t", s, plain, ok)
		}
		if again, still := digits(plain); again.Reveal() != plain || still != ok {
			t.Errorf("%q is read as another code than %q", plain, again.Reveal())
		}
	})
}

// Whatever a browser asks for, the page is in a language of the line.
func FuzzLanguage(f *testing.F) {
	words, err := i18n.Load()
	if err != nil {
		f.Fatal(err)
	}
	p, err := newPages(words, []string{"en", "ar"})
	if err != nil {
		f.Fatal(err)
	}
	front := &Front{pages: p, match: words.Matcher("en", "ar")}
	front.Words = words
	f.Add("ar-EG;q=0.8", "", "")
	f.Add("", "ar", "c-s.ar."+strings.Repeat("A", 43))
	f.Add("*", "../../etc", "c-s.xx-yy."+strings.Repeat("A", 43))
	f.Fuzz(func(t *testing.T, accept, chosen, cookie string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.RawQuery = url.Values{"l": {chosen}}.Encode()
		r.Header.Set("Accept-Language", accept)
		r.Header.Set("Cookie", herCookie+"="+cookie)
		if got := front.language(r).Tag(); got != "en" && got != "ar" {
			t.Errorf("%q, %q, %q: page in %q", accept, chosen, cookie, got)
		}
	})
}

// Nothing that she writes becomes markup, on any page that shows it back.
func FuzzShownBack(f *testing.F) {
	words, err := i18n.Load()
	if err != nil {
		f.Fatal(err)
	}
	p, err := newPages(words, nil)
	if err != nil {
		f.Fatal(err)
	}
	count := func(t *testing.T, text string) [2]int {
		t.Helper()
		var b strings.Builder
		l := words.For("ar")
		view := tooBusy.view(p.newFrame("error", l, About{}), text)
		if err := p.write(&b, "error", view); err != nil {
			t.Fatal(err)
		}
		if err := p.write(&b, "row", row(l, message{Side: seal.Advocate, By: text, Text: seal.Conceal(text)}, made(true).Now)); err != nil {
			t.Fatal(err)
		}
		return [2]int{strings.Count(b.String(), "<"), strings.Count(b.String(), `"`)}
	}
	for _, s := range []string{"</textarea><script>", `" onclick="x`, "<!--", "]]>", "&lt;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			return
		}
		if got, want := count(t, text), count(t, "x"); got != want {
			t.Errorf("%q changes the markup: %v, want %v", text, got, want)
		}
	})
}

package front_test

import (
	"bytes"
	"compress/gzip"
	"regexp"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/front"
)

func samples(t *testing.T) []front.Sample {
	t.Helper()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	all, err := front.Samples(words)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// firstFlight is what fits into the first round trip of a slow line.
const firstFlight = 14 * 1024

func TestEveryPageInEveryLanguage(t *testing.T) {
	t.Parallel()
	attribute := regexp.MustCompile(`<[a-z][^>]*\s(style|on[a-z]+)=`)
	dir := map[string]string{"en": "ltr", "es": "ltr", "fr": "ltr", "ar": "rtl", "fil": "ltr"}
	seen := map[string]int{}
	for _, s := range samples(t) {
		seen[s.Page]++
		html := string(s.HTML)
		outside := regexp.MustCompile(`(?s)<(style|script)>.*?</(style|script)>`).ReplaceAllString(html, "")
		if strings.Contains(html, "⟦") {
			t.Errorf("%s %s: a message is missing: %.80s", s.Page, s.Lang, html[strings.Index(html, "⟦"):])
		}
		if got := attribute.FindString(outside); got != "" {
			t.Errorf("%s %s: an attribute that the policy forbids: %s", s.Page, s.Lang, got)
		}
		if want := `<html lang="` + s.Lang + `" dir="` + dir[s.Lang] + `"`; !strings.Contains(html, want) {
			t.Errorf("%s %s: no %s", s.Page, s.Lang, want)
		}
		if got := strings.Count(outside, "<h1"); got != 1 {
			t.Errorf("%s %s: %d first headings, want 1", s.Page, s.Lang, got)
		}
		if strings.Contains(outside, "ZgotmplZ") || strings.Contains(outside, "&lt;b") || strings.Contains(html, "var(--") {
			t.Errorf("%s %s: something was not filled in", s.Page, s.Lang)
		}
		if got := regexp.MustCompile(`(?:src|href)="(https?:)?//`).FindString(outside); got != "" {
			t.Errorf("%s %s: something comes from elsewhere", s.Page, s.Lang)
		}
		if got, want := strings.Contains(outside, `action="/leave"`), s.Page != "cover" && s.Page != "log"; got != want {
			t.Errorf("%s %s: leave button %t, want %t", s.Page, s.Lang, got, want)
		}
		if open := unclosed(outside); open != "" {
			t.Errorf("%s %s: %s", s.Page, s.Lang, open)
		}
	}
	for page, n := range seen {
		if n != len(dir) {
			t.Errorf("%s is shown in %d languages, want %d", page, n, len(dir))
		}
	}
}

// unclosed reports the first element that is not closed where it should be.
func unclosed(html string) string {
	var open []string
	for _, m := range regexp.MustCompile(`<(/?)([a-z][a-z0-9]*)[^>]*>`).FindAllStringSubmatch(html, -1) {
		switch name := m[2]; {
		case name == "meta" || name == "link" || name == "input" || name == "br":
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			return "</" + name + "> closes nothing; open are " + strings.Join(open, " ")
		default:
			open = open[:len(open)-1]
		}
	}
	return strings.Join(open, " ")
}

func TestEveryPageFitsIntoTheFirstFlight(t *testing.T) {
	t.Parallel()
	for _, s := range samples(t) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(s.HTML)
		_ = z.Close()
		if got := b.Len(); got > firstFlight-1024 { // a kilobyte is left for the headers
			t.Errorf("%s %s: %d bytes on the wire", s.Page, s.Lang, got)
		}
		if testing.Verbose() {
			t.Logf("%6d bytes %5d on the wire  %s %s", len(s.HTML), b.Len(), s.Page, s.Lang)
		}
	}
}

func TestTitlesSayNothing(t *testing.T) {
	t.Parallel()
	titles := map[string]string{}
	for _, s := range samples(t) {
		title := regexp.MustCompile(`<title>.*</title>`).FindString(string(s.HTML))
		if titles[s.Lang] == "" {
			titles[s.Lang] = title
		}
		if title == "" || title != titles[s.Lang] {
			t.Errorf("%s %s: title %q, want %q", s.Page, s.Lang, title, titles[s.Lang])
		}
	}
}

func TestCoverSaysNothingOfTheLine(t *testing.T) {
	t.Parallel()
	for _, s := range samples(t) {
		if s.Page != "cover" {
			continue
		}
		for _, word := range []string{"Harbour", "555", "tel:", "المرفأ", "<script"} {
			if bytes.Contains(s.HTML, []byte(word)) {
				t.Errorf("the cover in %s says %q", s.Lang, word)
			}
		}
	}
}

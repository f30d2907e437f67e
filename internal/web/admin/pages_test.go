//go:build !race

package admin_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
)

// Each page, with nothing in it and with all that it can hold, in each language.
func TestEveryPageIsWholeInEveryLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	for _, name := range w.Pages() {
		for _, lang := range []string{"en", "es", "fr", "ar", "fil"} {
			for _, full := range []bool{false, true} {
				var b bytes.Buffer
				if err := w.Sample(&b, name, lang, full); err != nil {
					t.Errorf("%s in %s: %v", name, lang, err)
					continue
				}
				for _, wrong := range faultsOf(b.String(), lang) {
					t.Errorf("%s in %s, full %v: %s", name, lang, full, wrong)
				}
			}
		}
	}
}

var (
	ids        = regexp.MustCompile(`\sid="([^"]*)"`)
	refers     = regexp.MustCompile(`\s(?:for|aria-describedby|aria-labelledby|href)="(#?)([^"]*)"`)
	inputs     = regexp.MustCompile(`<(?:input|select|textarea)[^>]*>`)
	attributes = regexp.MustCompile(`\s(style|on[a-z]+)=`)
	pressed    = regexp.MustCompile(`(?s)<(?:a|button)(?:\s[^>]*?href="([^"]*)")?[^>]*>(.*?)</(?:a|button)>`)
	missing    = regexp.MustCompile(`⟦[^⟧]*⟧|ZgotmplZ|%!|<no value>`)
)

// faultsOf lists what no page of ours may have.
func faultsOf(page, lang string) (all []string) {
	dir := "ltr"
	if lang == "ar" {
		dir = "rtl"
	}
	if !strings.Contains(page, `<html lang="`+lang+`" dir="`+dir+`">`) {
		all = append(all, "the page does not name its language")
	}
	if own := map[string]string{"en": "English", "es": "español", "fr": "français", "fil": "Filipino", "ar": "العربية"}[lang]; !strings.Contains(page, "</span>"+own+"</summary>") {
		all = append(all, "the menu of languages does not show "+own)
	}
	all = append(all, missing.FindAllString(page, -1)...)
	all = append(all, attributes.FindAllString(page, -1)...)
	if strings.Contains(page, "<script") && !strings.Contains(page, `<script src="/admin/style/`) { // one page records, and is whole without
		all = append(all, "a script")
	}
	if n := strings.Count(page, "<h1"); n != 1 {
		all = append(all, "not one h1")
	}
	if strings.Count(page, "<main") != 1 || !strings.Contains(page, "</html>") {
		all = append(all, "not one main, or cut off")
	}
	there := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(page, -1) {
		if there[m[1]] {
			all = append(all, "twice the id "+m[1])
		}
		there[m[1]] = true
	}
	for _, m := range refers.FindAllStringSubmatch(page, -1) {
		if strings.HasPrefix(m[0], " href") && m[1] == "" {
			continue
		}
		for _, id := range strings.Fields(m[2]) {
			if !there[id] {
				all = append(all, "nothing has the id "+id+", which something refers to")
			}
		}
	}
	for _, in := range inputs.FindAllString(page, -1) {
		id := ids.FindStringSubmatch(in)
		if strings.Contains(in, `type="hidden"`) || strings.Contains(in, `type="checkbox"`) || strings.Contains(in, `type="radio"`) || strings.Contains(in, "aria-hidden") {
			continue
		}
		if id == nil || !strings.Contains(page, `for="`+id[1]+`"`) {
			all = append(all, "no label for "+in)
		}
	}
	leads := map[string]string{}
	for _, m := range pressed.FindAllStringSubmatch(page, -1) {
		name := strings.Join(strings.Fields(tags.ReplaceAllString(m[2], "")), " ")
		if name == "" || strings.HasSuffix(name, ",") || strings.HasSuffix(name, "،") {
			all = append(all, "half a name: "+m[0])
		}
		if was, known := leads[name]; known && m[1] != "" && was != m[1] {
			all = append(all, name+" leads to "+was+" and to "+m[1])
		}
		if m[1] != "" {
			leads[name] = m[1]
		}
	}
	return all
}

// A guard that never barks keeps nothing.
func TestFaultsOfAPageAreSeen(t *testing.T) {
	t.Parallel()
	const good = `<html lang="en" dir="ltr"><span></span>English</summary><main><h1>x</h1><label for="a">a</label><input id="a"></main></html>`
	if got := faultsOf(good, "en"); len(got) > 0 {
		t.Errorf("a good page has %q", got)
	}
	for _, bad := range []string{
		`⟦admin.x⟧`, `<h1>`, `<input id="b">`, `<input>`, `<p style="x">`, `<a href="#nowhere">`, `<i id="a">`, `<script>`,
		`<a href="/x">Look<span>, </span></a>`, `<button></button>`, `<a href="/x">Look</a> <a href="/y">Look</a>`,
	} {
		if got := faultsOf(strings.Replace(good, "</main>", bad+"</main>", 1), "en"); len(got) == 0 {
			t.Errorf("nobody sees %s", bad)
		}
	}
	if got := faultsOf(good, "ar"); len(got) == 0 {
		t.Error("nobody sees the wrong direction")
	}
}

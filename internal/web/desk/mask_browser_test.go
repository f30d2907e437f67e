// The race detector sees nothing of a browser, and what the desk does for one it sees in the tests
// that speak its frames.

//go:build !race

package desk_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/test/browser"
)

// everywhere is all that a page says: drawn or hidden, in names of buttons, in fields that can be
// read, in the title.
const everywhere = `(root) => [
	document.title,
	...[root, ...root.querySelectorAll("*")].flatMap((e) => [
		...[...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data),
		...["aria-label", "title", "placeholder", "alt"].map((a) => e.getAttribute(a)),
		e.matches("textarea, input[type=text]") && getComputedStyle(e).webkitTextSecurity !== "disc" ? e.value : "",
	]),
].filter(Boolean)`

// saying are the texts within an element that hold a word or one of several.
func saying(p *browser.Page, within, word string) (out []string) {
	var all []string
	p.Eval(`[...document.querySelectorAll(`+asJSON(within)+`)].flatMap(`+everywhere+`)`, &all)
	for _, text := range all {
		if regexp.MustCompile("(?i)" + word).MatchString(text) {
			out = append(out, text)
		}
	}
	return out
}

// While somebody is beside her, what the line is about stands nowhere on the desk: in no language,
// in no bubble of ours, no form, no phrase, no note of a situation. What she wrote stands.
func TestNothingNamesItWhileSomebodyListens(t *testing.T) {
	for _, in := range []struct{ lang, word, stays, ours string }{
		{"en", "traffick", "we know", "This is human trafficking, and we know traffickers."},
		{"es", "de trata|trata de personas", "la trata mal", "Esto es trata de personas, y la trata mal."},
		{"fr", "de traite|traite des", "la traite mal", "C'est la traite des êtres humains, et il la traite mal."},
		{"ar", "اتجار", "هذا من", "هذا من الاتجار بالبشر"},
		{"fil", "traffick", "ito ay", "Ito ay human trafficking."},
	} {
		t.Run(in.lang, func(t *testing.T) {
			l := open(t, dbtest.New(t))
			ana := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Languages: []string{in.lang}, Locale: in.lang, Capacity: 3})
			her := in.ours + " ?"
			c := l.in(t, in.lang, her)
			l.Take(t, ana, c.Contact)
			l.Reply(t, ana, c.Contact, in.ours)
			l.approve(t, in.lang, in.ours)
			l.Field(t, ana, c.Contact, l.asksOf(t, "self", "country"), (form.Value{Text: in.ours}).JSON())
			l.With(t, ana, func(r *vault.Ring) error {
				s, err := l.Situations.Create(t.Context(), r, c.Contact)
				if err == nil {
					err = l.Situations.Write(t.Context(), r, s.ID, hotline.NewID(), "note", seal.Conceal(in.ours))
				}
				if err == nil {
					err = l.Situations.Assign(t.Context(), r, s.ID, situation.Task{ID: hotline.NewID(), Text: seal.Conceal(in.ours), Due: l.Now(t)})
				}
				return err
			})
			beside := l.in(t, in.lang, "…")
			l.Take(t, ana, beside.Contact)
			s := l.sit(t, ana, browser.Options{})
			country := l.question(t, c, "country")

			desk := func() {
				t.Helper()
				s.Key("Alt+1")
				s.WaitFor(country)
				s.Click(country + " summary")
				s.WaitFor(country + " input[type=text]")
				s.Key("Alt+h")
				s.WaitFor(".phrases [role=option]")
			}
			file := func() {
				t.Helper()
				s.Key("Escape")
				s.Key("Alt+k")
				s.WaitFor(".file .line")
				s.WaitFor(".todo li")
			}
			back := func() {
				t.Helper()
				s.Key("Alt+t")
				s.WaitFor(composer)
			}
			stands := func(when string, in_ ...string) {
				t.Helper()
				for _, where := range in_ {
					if len(saying(s.Page, where, in.word)) == 0 {
						t.Errorf("%s, %s does not say it", when, where)
					}
				}
			}

			desk()
			stands("before", ".msg.us", ".form .q", ".form input[type=text]", ".phrases")
			file()
			stands("before", ".line", ".todo")
			back()
			s.Key("Alt+2")
			s.Key("F8")
			s.WaitFor(".cover-words button")
			desk()
			s.Shot("desk")
			if got := saying(s.Page, "#app", in.word); !slices.Equal(got, []string{her}) {
				t.Errorf("while somebody listens, the desk says %q, want what she wrote alone", got)
			}
			if got := saying(s.Page, ".msg.us", in.stays); len(got) == 0 {
				t.Errorf("what we said is gone with it: %q", got)
			}
			file()
			s.Shot("situation")
			if got := saying(s.Page, "#app", in.word); len(got) > 0 {
				t.Errorf("while somebody listens, the situation says %q", got)
			}
			back()
			s.Key("Alt+2")
			s.Key("Alt+h")
			s.WaitFor(".phrases [role=option]")
			if got := saying(s.Page, ".phrases", "…"); len(got) > 0 {
				t.Errorf("beside who listens, phrases are offered that say it: %q", got)
			}
			s.Key("Escape")
			s.Key("F8")
			s.WaitGone(".cover-words")
			desk()
			stands("afterwards", ".msg.us", ".phrases")
		})
	}
}

// approve publishes phrases among which one says it.
func (l *line) approve(t *testing.T, lang, text string) {
	t.Helper()
	key := interpret.PhrasesKey(lang)
	all, err := interpret.Parse(interpret.Shipped()[lang])
	hotlinetest.Must(t, err)
	body, err := json.Marshal(append(all, interpret.Phrase{Code: "planted", Group: all[0].Group, Text: text}))
	hotlinetest.Must(t, err)
	version, err := l.editions.Write(t.Context(), l.First.ID, key, string(body), 0)
	hotlinetest.Must(t, err)
	_, err = l.editions.Publish(t.Context(), l.First.ID, key, version)
	hotlinetest.Must(t, err)
}

// The race detector sees nothing of a browser, and these pages' handlers it sees in the other tests.

//go:build !race

package admin_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/test/browser"
)

// A procedure is changed, tried out on people who are made up, refused without the
// council's sign-off, and in force with it: the council signs with its own account, what
// counsel signed on paper is noted by the privacy officer, and whoever wrote it does
// neither.
func TestAProtocolIsSignedByTheCouncilInABrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	s := httptest.NewServer(w.srv.Config.Handler)
	t.Cleanup(s.Close)
	base := strings.Replace(s.URL, "127.0.0.1", "desk.localhost", 1)
	council, officer := w.Hire(t, hotline.Reviewer), w.Hire(t, hotline.PrivacyOfficer)
	b := w.as(t, w.First)
	b.post("/edition/reviewers/line/all/edit", url.Values{
		"version": {"0"}, "do": {"save"},
		"rows1.was": {"0"}, "rows1.kind": {"protocol"}, "rows1.who": {"council"}, "rows1.name": {"Women of the coast"}, "rows1.account": {string(council.ID)},
		"rows2.was": {"0"}, "rows2.kind": {"protocol"}, "rows2.who": {"counsel"}, "rows2.name": {"A. Counsel"},
	}).went(t, "/edition/reviewers/line/all/preview")
	preview := b.get("/edition/reviewers/line/all/preview")
	preview.is(t, 200, "Women of the coast", "Written procedures", council.Name)
	b.post("/edition/reviewers/line/all/publish", url.Values{"version": {preview.version(t)}}).went(t, "/edition/reviewers/line/all?done=published")

	sit := func(who *hotlinetest.Person, to string, width int) *browser.Page {
		t.Helper()
		p := browser.Chromium(t, browser.Options{NoScript: true, Width: width, Height: 900})
		p.Goto(base + to)
		for _, f := range []struct{ at, words string }{{"#f-name", who.Name}, {"#f-passphrase", who.Passphrase.Reveal()}, {"#f-code", w.Code(t, who)}} {
			p.TabTo(f.at)
			p.Say(f.words)
		}
		p.Moving(func() { p.Key("Enter") })
		return p
	}
	says := func(p *browser.Page, words ...string) {
		t.Helper()
		got := p.Shown()
		for _, s := range words {
			if !strings.Contains(got, s) {
				t.Errorf("the page does not say %q: %q", s, got)
			}
		}
	}
	unpublished := func() {
		t.Helper()
		if _, err := w.editions.Current(t.Context(), protocol.Key("minor")); err == nil {
			t.Fatal("what the council has not signed is in force")
		}
	}

	a := sit(w.First, minorAt+"/edit", 1280)
	a.TabTo(`[name="words.en.label"], [name="words_en_label"]`)
	a.Say("A minor, as we do it")
	a.Moving(func() { a.Key("Enter") })
	says(a, "Tried out on people who are made up", "Women of the coast", "not signed yet", "A. Counsel")
	browser.Axe(t, a)
	put := `form[action$="/publish"] .btn.pri`
	a.Submit(put)
	says(a, "Not in force: these have not signed it as it is: Women of the coast, A. Counsel")
	unpublished()
	a.Goto(base + minorAt + "/sign")
	says(a, "Whoever wrote at this draft neither signs it")

	c := sit(council, "/", 320)
	if got := c.Shown(); strings.Count(got, "waits for you to sign") != 1 {
		t.Errorf("more or less than the one waits for her: %q", got)
	}
	browser.Reflow(t, c)
	c.Submit(`a[href="` + minorAt + `/preview"]`)
	says(c, "A minor, as we do it", "Sign it, or note a sign-off")
	browser.Reflow(t, c)
	c.Submit(`a[href$="/sign"]`)
	browser.Axe(t, c)
	browser.Reflow(t, c)
	c.TabTo(`form[action$="/sign"] .btn.pri`)
	c.Moving(func() { c.Key("Enter") })
	says(c, "Signed. It holds for the words as they are.")
	c.Goto(base + "/editions")
	says(c, "Begun, and not in force")
	if strings.Contains(c.Shown(), "waits for you to sign") {
		t.Error("what she has signed waits for her again")
	}
	a.Goto(base + minorAt + "/preview")
	a.Submit(put)
	says(a, "Not in force: these have not signed it as it is: A. Counsel")
	unpublished()

	o := sit(officer, "/editions", 390)
	o.Goto(base + minorAt + "/sign")
	o.Type("#f-day", "2026-11-30")
	o.Submit(`form[action$="/sign"] .btn.pri`)
	says(o, "Say how it was signed.")
	browser.Axe(t, o)
	o.Type("#f-how", "By letter")
	o.Shot("signoff_noted")
	o.Submit(`form[action$="/sign"] .btn.pri`)
	says(o, "On 2026-11-30: By letter. Noted by "+officer.Name)
	o.Shot("signoff_preview")

	a.Goto(base + minorAt + "/preview")
	a.Submit(put)
	says(a, "It is in force now.", "Reviewed by Women of the coast, A. Counsel.")
	for _, p := range []*browser.Page{a, c, o} {
		p.Excuse("422") // what was refused
	}
	e, err := w.editions.Current(t.Context(), protocol.Key("minor"))
	hotlinetest.Must(t, err)
	if !strings.Contains(e.Body, "A minor, as we do it") {
		t.Error("other words are in force")
	}
}

// The race detector sees nothing of a browser, and these pages' handlers it sees in the other tests.

//go:build !race

package admin_test

import (
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
	w := newWorld(t, dbtest.New(t)).site(t)
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

	unpublished := func() {
		t.Helper()
		if _, err := w.editions.Current(t.Context(), protocol.Key("minor")); err == nil {
			t.Fatal("what the council has not signed is in force")
		}
	}

	a := w.sit(t, w.First, minorAt+"/edit", 1280)
	a.TabTo(`[name="words.en.label"], [name="words_en_label"]`)
	a.Say("A minor, as we do it")
	a.Moving(func() { a.Key("Enter") })
	says(t, a, "Tried out on people who are made up", "Women of the coast", "not signed yet", "A. Counsel")
	browser.Axe(t, a)
	put := `form[action$="/publish"] .btn.pri`
	a.Submit(put)
	says(t, a, "Not in force: these have not signed it as it is: Women of the coast, A. Counsel")
	unpublished()
	a.Goto(w.base + minorAt + "/sign")
	says(t, a, "Whoever wrote at this draft neither signs it")

	c := w.sit(t, council, "/", 320)
	if got := c.Shown(); strings.Count(got, "waits for you to sign") != 1 || strings.Contains(got, "Look and change") {
		t.Errorf("more or less than the one waits for her, or she is asked to change something: %q", got)
	}
	browser.Reflow(t, c)
	c.Submit(`a[href="` + minorAt + `/preview"]`)
	says(t, c, "A minor, as we do it", "Sign it")
	if strings.Contains(c.Shown(), "note a sign-off") {
		t.Error("she is asked to note what another has signed")
	}
	browser.Reflow(t, c)
	c.Submit(`a[href$="/sign"]`)
	browser.Axe(t, c)
	browser.Reflow(t, c)
	c.TabTo(`form[action$="/sign"] .btn.pri`)
	c.Moving(func() { c.Key("Enter") })
	says(t, c, "Signed. It holds for the words as they are.")
	c.Goto(w.base + "/editions")
	says(t, c, "Begun, and not in force")
	if strings.Contains(c.Shown(), "waits for you to sign") {
		t.Error("what she has signed waits for her again")
	}
	a.Goto(w.base + minorAt + "/preview")
	a.Submit(put)
	says(t, a, "Not in force: these have not signed it as it is: A. Counsel")
	unpublished()

	o := w.sit(t, officer, "/editions", 390)
	o.Goto(w.base + minorAt + "/sign")
	o.Type("#f-day", "2026-11-30")
	o.Submit(`form[action$="/sign"] .btn.pri`)
	says(t, o, "Say how it was signed.")
	browser.Axe(t, o)
	o.Type("#f-how", "By letter")
	o.Shot("signoff_noted")
	o.Submit(`form[action$="/sign"] .btn.pri`)
	says(t, o, "On 2026-11-30: By letter. Noted by "+officer.Name)
	o.Shot("signoff_preview")

	a.Goto(w.base + minorAt + "/preview")
	a.Submit(put)
	says(t, a, "It is in force now.", "Reviewed by Women of the coast, A. Counsel.")
	for _, p := range []*browser.Page{a, c, o} {
		p.Excuse("422") // what was refused
	}
	e, err := w.editions.Current(t.Context(), protocol.Key("minor"))
	hotlinetest.Must(t, err)
	if !strings.Contains(e.Body, "A minor, as we do it") {
		t.Error("other words are in force")
	}
}

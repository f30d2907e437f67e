package admin_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

var (
	openLegal  = regexp.MustCompile(`href="(/legal/[0-9A-Z]{26})"`)
	actsSeen   = regexp.MustCompile(`name="seen" value="(\d+)"`)
	foundOn    = regexp.MustCompile(`name="[a-z]+\.contact" value="([0-9A-Z]{26})"`)
	givenOn    = regexp.MustCompile(`href="(/legal/[0-9A-Z]{26}/given/[0-9A-Z]{26})"`)
	objectsOn  = regexp.MustCompile(`name="produce\.object" value="([0-9A-Z]{26} [a-z]+)"`)
	statements = regexp.MustCompile(`href="(/legal/[0-9A-Z]{26}/statement)"`)
)

func first(t *testing.T, of *regexp.Regexp, in string) string {
	t.Helper()
	m := of.FindStringSubmatch(in)
	if m == nil {
		t.Fatalf("nothing like %s", of)
	}
	return m[1]
}

// act does something about a request as its page shows it.
func (b *client) act(at, do string, in url.Values) answer {
	b.t.Helper()
	if in == nil {
		in = url.Values{}
	}
	in.Set("do", do)
	in.Set("seen", first(b.t.(*testing.T), actsSeen, b.get(at).body))
	return b.post(at, in)
}

// Over the pages, from the subpoena to the order and to the end: the privacy officer
// enters it, a supervisor's session finds her and shows nothing, a named supervisor opens
// what the order lists, and nobody else sees any of it.
func TestALegalRequestOverThePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		ana, sue, tom, pat := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor), w.Hire(t, hotline.Supervisor), w.Hire(t, hotline.PrivacyOfficer)
		her := w.Arrive(t, "he has my papers")
		w.Take(t, ana, her.Contact)
		hotlinetest.Must(t, w.PutHead(t, ana, her.Contact, func(h *contact.Head) { h.Safety.Name = "Rosa Quispe" }))
		w.Note(t, ana, her.Contact, "she wants a bed")
		w.Close(t, ana, her.Contact)
		for _, p := range []*hotlinetest.Person{sue, tom, pat} {
			w.SignIn(t, p)
		}
		p, s, other := w.as(t, pat), w.as(t, sue), w.as(t, tom)

		p.get("/legal").is(t, 200, "Nothing was asked.", `href="/legal/new"`)
		p.post("/legal/new", url.Values{"on": {"soon"}}).is(t, http.StatusUnprocessableEntity, `href="#f-paper"`, `href="#f-on"`, `href="#f-from"`, `href="#f-words"`)
		due := w.time().AddDate(0, 0, 3).Format(time.DateOnly)
		in := url.Values{"paper": {"subpoena"}, "from": {"County court"}, "on": {"2026-11-30"}, "due": {due}, "words": {"Everything about Rosa Quispe."}}
		if got := p.post("/legal/new", in); got.StatusCode != http.StatusSeeOther {
			t.Fatalf("entered, it is %d %s", got.StatusCode, got.told())
		}
		at := first(t, openLegal, p.get("/legal").body)
		p.get(at).is(t, 200, "A subpoena is not a court order.", "We neither confirm nor deny", "County court", "Everything about Rosa Quispe.")
		s.get("/legal").is(t, 200, "Subpoena")
		if got := s.get(at); got.StatusCode != http.StatusForbidden || strings.Contains(got.body, "Rosa") {
			t.Errorf("opened by a supervisor who is not named, it is %d", got.StatusCode)
		}
		if got := s.get("/legal"); openLegal.MatchString(got.body) {
			t.Error("a supervisor is led into a request that is not hers")
		}

		p.act(at, "neither", nil).went(t, at+"?done=legal")
		p.act(at, "counsel", url.Values{"counsel.words": {"she looks at it"}}).is(t, http.StatusUnprocessableEntity, `href="#f-counsel.word"`, "she looks at it")
		p.act(at, "counsel", url.Values{"counsel.words": {"she looks at it"}, "counsel.word": {"none"}}).went(t, at+"?done=legal")
		p.act(at, "search", url.Values{"search.words": {"Xi"}}).is(t, http.StatusUnprocessableEntity, `href="#f-search.words"`)
		p.act(at, "search", url.Values{"search.words": {"rosa quispe"}}).went(t, at+"?done=legal")
		p.get(at).is(t, 200, "0 of 1 contacts looked at")
		if body := s.get("/harm").body; strings.Contains(body, "Rosa") { // the machine works after her request
			t.Error("the search shows in her page")
		}
		w.until(t, "the search to end", func() bool { return w.Count(t, `SELECT count(*) FROM legal_search WHERE done_at > 0`) == 1 })
		p.act(at, "found", nil).went(t, at+"?done=legal")
		page := p.get(at)
		page.is(t, 200, "Found: 1", "Contact 1: Chat")
		id := first(t, foundOn, page.body)
		p.act(at, "hold", url.Values{"hold.words": {"the subpoena"}}).is(t, http.StatusUnprocessableEntity, `href="#f-hold.contact"`)
		p.act(at, "hold", url.Values{"hold.words": {"the subpoena"}, "hold.contact": {id}}).went(t, at+"?done=legal")
		if !w.Find(t, her.Contact).Hold {
			t.Error("she is not held")
		}
		p.act(at, "name", url.Values{"name.to": {string(sue.ID)}, "name.words": {"the note"}}).is(t, http.StatusUnprocessableEntity, "there is no order or warrant")
		p.act(at, "paper", url.Values{"paper.paper": {"order"}, "paper.from": {"County court"}, "paper.on": {"2026-12-01"}, "paper.words": {"The notes of this contact."}}).went(t, at+"?done=legal")

		w.Advance(t, 6*time.Minute)
		asked := p.act(at, "name", url.Values{"name.to": {string(sue.ID)}, "name.words": {"the note"}})
		asked.is(t, http.StatusUnprocessableEntity, `id="f-stepup"`, "the note")
		p.act(at, "name", url.Values{"name.to": {string(sue.ID)}, "name.words": {"the note"}, "stepup": {w.Code(t, pat)}}).went(t, at+"?done=legal")
		if got := other.get(at); got.StatusCode != http.StatusForbidden {
			t.Errorf("opened by another supervisor, it is %d", got.StatusCode)
		}
		if got := p.get(at + "/given/" + id); got.StatusCode != http.StatusNotFound {
			t.Errorf("before it was produced, it is %d", got.StatusCode)
		}
		named := s.get(at)
		named.is(t, 200, "You are named for this request.", "The notes of this contact.")
		var record string
		for _, m := range objectsOn.FindAllStringSubmatch(named.body, -1) {
			if strings.HasSuffix(m[1], " record") {
				record = m[1]
			}
		}
		s.act(at, "hold", url.Values{"hold.words": {"x"}, "hold.contact": {id}}).is(t, http.StatusUnprocessableEntity)
		s.act(at, "produce", url.Values{"produce.words": {"the order of today"}, "produce.object": {record}, "stepup": {w.Code(t, sue)}}).went(t, at+"?done=legal")
		given := p.get(first(t, givenOn, p.get(at).body))
		given.is(t, 200, "she wants a bed")
		if strings.Contains(given.body, "he has my papers") {
			t.Error("what was not produced is shown")
		}
		p.act(at, "hand", url.Values{"hand.words": {"one note, to the clerk"}}).went(t, at+"?done=legal")
		p.act(at, "lift", url.Values{"lift.words": {"done"}, "lift.contact": {id}}).went(t, at+"?done=legal")
		if strings.Contains(p.get(at).body, `value="close"`) {
			t.Error("it can be closed, and nobody said whether she was told")
		}
		p.act(at, "tell", url.Values{"tell.told": {"forbidden"}, "tell.words": {"sealed by the court"}}).went(t, at+"?done=legal")
		p.act(at, "close", url.Values{"close.words": {"over"}}).went(t, at+"?done=legal")
		p.get(at).is(t, 200, "Closed", "sealed by the court")
		if got := s.get(at); got.StatusCode != http.StatusForbidden {
			t.Errorf("opened by who was named, when it is over, it is %d", got.StatusCode)
		}

		file := p.get(first(t, statements, p.get(at).body))
		st, err := policy.VerifyStatement([]byte(file.body), w.Founding.RootPub, 1, "rosa quispe")
		hotlinetest.Must(t, err)
		if st.Found != 1 || file.Header.Get("Content-Disposition") == "" {
			t.Errorf("it says %+v", st)
		}
		if log := w.log.String(); strings.Contains(log, "Rosa") || strings.Contains(log, "level=ERROR") {
			t.Errorf("the log says %s", log)
		}
	})
}

// until waits for the work of a session, which is done after a request.
func (w *world) until(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for !done() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited for %s", what)
		case <-w.searched:
		}
	}
}

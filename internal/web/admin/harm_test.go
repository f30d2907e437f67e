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

var openHarm = regexp.MustCompile(`href="(/harm/[0-9A-Z]{26})"`)

// harms are the addresses of the reports that somebody can open from the list.
func (b *client) harms() (out []string) {
	b.t.Helper()
	for _, m := range openHarm.FindAllStringSubmatch(b.get("/harm").body, -1) {
		out = append(out, m[1])
	}
	return out
}

// press does something to a report as its page shows it.
func (b *client) press(at, do, words string) answer {
	b.t.Helper()
	return b.post(at, url.Values{"do": {do}, "version": {b.get(at).version(b.t)}, "words": {words}})
}

// From the report to its closing, over the pages, and back: an advocate says what she did,
// it rings when nobody puts it right in time, a supervisor does, and another one closes.
func TestHarmIsReportedAndPutRight(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		ana, sue, tom := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor), w.Hire(t, hotline.Supervisor)
		a := w.as(t, ana)
		const words = "I left the list on the bus"
		a.get("/harm").is(t, 200, "Nothing was reported.", `href="/harm/new"`)
		a.get("/harm/new").is(t, 200, "It was me", sue.Name)
		a.post("/harm/new", url.Values{"words": {words}}).is(t, http.StatusUnprocessableEntity, `href="#f-kind"`, words)
		a.post("/harm/new", url.Values{"kind": {"leak"}, "words": {" \n "}}).is(t, http.StatusUnprocessableEntity, `href="#f-words"`)
		a.post("/harm/new", url.Values{"kind": {"leak"}, "words": {words}, "doer": {hotline.NewID()}}).is(t, http.StatusUnprocessableEntity, `href="#f-doer"`)
		if n := w.Count(t, `SELECT count(*) FROM harm`); n != 0 {
			t.Fatalf("%d reports of forms that were not right", n)
		}
		a.post("/harm/new", url.Values{"kind": {"leak"}, "near": {"yes"}, "words": {words}, "doer": {string(sue.ID)}}).went(t, "/harm?done=harm.report")
		mine := a.get("/harm?done=harm.report")
		mine.is(t, 200, "Leak", "Noticed in time", "Nobody’s yet", "Thank you for saying so.")
		if strings.Contains(mine.body, words) || len(a.harms()) > 0 {
			t.Error("who reported it reads it again")
		}

		s := w.as(t, sue)
		at := s.harms()
		if len(at) != 1 {
			t.Fatalf("the supervisor can open %v", at)
		}
		if got := a.get(at[0]); got.StatusCode != http.StatusForbidden || strings.Contains(got.body, words) {
			t.Errorf("opened by the advocate, it is %d", got.StatusCode)
		}
		s.get(at[0]).is(t, 200, words, ana.Name, "I put it right")
		s.press(at[0], "correct", "asked the bus company").is(t, http.StatusUnprocessableEntity, "Take it on first", "asked the bus company")

		harm := policy.NewHarmRegister(e.Main, w.Log, w.editions, contact.Bell{Kind: contact.Harm})
		rings := func() int {
			hotlinetest.Must(t, harm.Turn(context.WithoutCancel(t.Context())))
			return w.Count(t, `SELECT count(*) FROM alert WHERE kind = 'harm' AND acknowledged_at IS NULL`)
		}
		w.Advance(t, 71*time.Hour)
		if n := rings(); n != 0 {
			t.Errorf("an hour before the deadline, %d ring", n)
		}
		w.Advance(t, 2*time.Hour)
		if n := rings(); n != 1 {
			t.Errorf("after the deadline, %d ring", n)
		}
		for _, p := range []*hotlinetest.Person{sue, tom} {
			w.SignIn(t, p)
		}
		s, to := w.as(t, sue), w.as(t, tom)
		s.get("/harm").is(t, 200, "Overdue")
		stale := to.get(at[0]).version(t)
		s.press(at[0], "own", "").went(t, at[0]+"?done=harm.own")
		to.post(at[0], url.Values{"do": {"own"}, "version": {stale}}).is(t, http.StatusUnprocessableEntity, "Somebody else has changed")
		s.press(at[0], "correct", "").is(t, http.StatusUnprocessableEntity, `href="#f-words"`)
		to.press(at[0], "correct", "not mine").is(t, http.StatusUnprocessableEntity, "Take it on first", "not mine")
		s.press(at[0], "correct", "the bus company\nburnt it").went(t, at[0]+"?done=harm.correct")
		s.press(at[0], "close", "").is(t, http.StatusUnprocessableEntity, "Nobody closes a report about her own act")
		if n := rings(); n != 1 {
			t.Errorf("not closed, %d ring", n)
		}
		to.press(at[0], "close", "").went(t, at[0]+"?done=harm.close")
		if n := rings(); n != 0 {
			t.Errorf("closed, %d ring", n)
		}
		to.get(at[0]).is(t, 200, "the bus company\nburnt it", "Open it again")
		to.press(at[0], "reopen", "one page is missing").went(t, at[0]+"?done=harm.reopen")
		to.get(at[0]).is(t, 200, "one page is missing", "I put it right")
		to.press(at[0], "burn", "").is(t, http.StatusBadRequest)
		to.get("/harm/"+hotline.NewID()).is(t, http.StatusNotFound)
		if log := w.log.String(); strings.Contains(log, "the list") || strings.Contains(log, "level=ERROR") {
			t.Errorf("the log says %s", log)
		}
	})
}

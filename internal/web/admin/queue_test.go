package admin_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// nobody is called who is not at her desk.
type nobody struct{}

func (nobody) Page(context.Context, int) error { return nil }

// sealedTo lists the teams that a contact's words are sealed to.
func (w *world) sealedTo(t testing.TB, id hotline.ContactID) (out []string) {
	t.Helper()
	for _, team := range hotline.Teams() {
		if w.Count(t, `SELECT count(*) FROM key_grant g JOIN contact c ON g.object = c.shred_k WHERE c.id = $1 AND g.grantee = $2`, id, "team/"+string(team)) > 0 {
			out = append(out, string(team))
		}
	}
	return out
}

// What arrives after a queue was given to another team is sealed to that one, by a
// manifest that the administrator's session has signed.
func TestAQueueChangesItsTeam(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		sana, ana := w.Hire(t, hotline.Supervisor), w.Hire(t, hotline.Advocate)
		w.Advance(t, 6*time.Minute)
		b := w.as(t, w.First)
		before := w.Write(t, w.Browser(), "from before")
		const at = "/queues/" + string(hotlinetest.Night)
		b.get("/queues").is(t, 200, "Night", at)
		form := url.Values{"name": {"The night"}, "team": {"supervisors"}}
		b.post(at, form).is(t, http.StatusUnprocessableEntity, `href="#f-stepup"`, `value="The night"`)
		if got := w.sealedTo(t, w.Write(t, w.Browser(), "not yet").ID); strings.Join(got, " ") != "desk supervisors" {
			t.Fatalf("without a fresh code, sealed to %v", got)
		}
		form.Set("stepup", w.Code(t, w.First))
		b.post(at, form).went(t, "/queues?done=queue")
		after := w.Write(t, w.Browser(), "from now on")
		if got := w.sealedTo(t, after.ID); strings.Join(got, " ") != "supervisors" {
			t.Errorf("what arrives is sealed to %v", got)
		}
		if got := w.sealedTo(t, before.ID); strings.Join(got, " ") != "desk supervisors" {
			t.Errorf("what arrived before is sealed to %v", got)
		}
		b.get("/queues").is(t, 200, "The night", "Opened by: supervisors")

		// It is offered to those alone who can open it, however free the other is.
		matcher := routing.NewMatcher(e.Main, w.Book, w.place, nobody{})
		for _, p := range []*hotlinetest.Person{ana, sana} {
			hotlinetest.Must(t, w.Staff.Enter(t.Context(), p.ID, "node", staff.Ready))
			if p == ana {
				hotlinetest.Refused(t, w.Book.Take(t.Context(), ana.ID, after.ID, ana.ID), contact.ErrNoKey)
			}
			_, err := matcher.Match(t.Context(), hotlinetest.Night)
			hotlinetest.Must(t, err)
			if n := w.Count(t, `SELECT count(*) FROM offer WHERE contact = $1 AND advocate = $2`, after.ID, p.ID); (n == 1) != (p == sana) {
				t.Errorf("what is sealed to supervisors alone is offered to %s %d times", p.Name, n)
			}
			if n := w.Count(t, `SELECT count(*) FROM offer WHERE contact = $1`, before.ID); n != 1 {
				t.Errorf("what is sealed to both is offered %d times", n)
			}
		}
		if n := w.Count(t, `SELECT count(*) FROM leaf WHERE object = $1`, hotlinetest.Night); n != 1 {
			t.Errorf("%d leaves tell of it", n)
		}
		if alarms := w.Alarms(); len(alarms) > 0 {
			t.Errorf("the manifest rings: %v", alarms)
		}

		b.post("/queues/new", url.Values{"name": {"Day"}, "team": {"desk"}}).went(t, "/queues?done=queue")
		queues, err := w.place.Queues(t.Context())
		if err != nil || len(queues) != 2 || queues[0].ID != hotlinetest.Night || queues[1].Name != "Day" {
			t.Fatalf("the queues are %+v, %v", queues, err)
		}
		teams, err := w.Keeper.Queues(t.Context())
		if err != nil || teams[queues[1].ID] != hotline.Desk {
			t.Errorf("the teams are %v, %v", teams, err)
		}
		for _, wrong := range []struct{ name, team, fault string }{{"", "desk", "name"}, {"x", "stats", "team"}, {"x", "", "team"}, {"the NIGHT", "desk", "name"}, {strings.Repeat("x", 41), "desk", "name"}} {
			b.post("/queues/new", url.Values{"name": {wrong.name}, "team": {wrong.team}}).is(t, http.StatusUnprocessableEntity, `href="#f-`+wrong.fault+`"`, `id="f-`+wrong.fault+`"`)
		}
		b.get("/queues/nowhere").is(t, http.StatusNotFound)

		// Its rules are an edition like any other.
		rules := "/edition/queue/" + string(queues[1].ID) + "/all"
		b.get(rules+"/edit").is(t, 200, "Rules of queues: Day", `name="order" type="text" value="1"`)
		b.post(rules+"/edit", url.Values{
			"version": {"0"}, "order": {"0"}, "channels": {"chat"}, "languages": {"ar"}, "skills": {"minors\ndriving"}, "let1": {"language"}, "let2": {"language"}, "let3": {"gender"}, "widen": {"٣"},
			"demands1.was": {"0"}, "demands1.urgent": {"1"}, "demands1.skills": {"crisis"},
		}).went(t, rules+"/preview")
		b.get(rules+"/preview").is(t, 200, "Required skills: minors", "When nobody fits, what is let go?: The language, Her wish for a woman or a man")
		b.post(rules+"/publish", url.Values{"version": {b.get(rules + "/preview").version(t)}}).went(t, rules+"?done=published")
		got, err := w.editions.Current(t.Context(), routing.QueueKey(queues[1].ID))
		if err != nil || got.Body != `{"channels":["chat"],"demands":[{"skills":["crisis"],"urgent":1}],"languages":["ar"],"let":["language","gender"],"order":0,"skills":["minors","driving"],"widen":3}` {
			t.Errorf("in force is %s, %v", got.Body, err)
		}
		b.post(rules+"/edit", url.Values{"version": {"0"}, "skills": {"Not a skill"}, "demands1.was": {"1"}, "demands1.urgent": {"12"}, "widen": {"soon"}}).
			is(t, http.StatusUnprocessableEntity, `href="#f-widen"`)
		b.post(rules+"/edit", url.Values{"version": {"0"}, "skills": {"Not a skill"}, "demands1.was": {"1"}, "demands1.urgent": {"12"}}).
			is(t, http.StatusUnprocessableEntity, `href="#f-skills"`, `href="#f-demands1.urgent"`, `href="#f-demands1.skills"`)
	})
}

// A new queue takes what its rules say once they are in force, and nothing before.
func TestANewQueueTakesWhatItsRulesSay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		b := w.as(t, w.First)
		b.post("/queues/new", url.Values{"name": {"Arabic"}, "team": {"desk"}}).went(t, "/queues?done=queue")
		queues, err := w.place.Queues(t.Context())
		hotlinetest.Must(t, err)
		at := func(lang string) hotline.QueueID {
			placed, err := w.place.At(t.Context(), hotline.Chat, contact.Codes{Lang: lang})
			hotlinetest.Must(t, err)
			if n := placed.Editions[routing.KindQueue]; (n > 0) != (placed.Queue == queues[1].ID) {
				t.Errorf("placed in %s under its number %d", placed.Queue, n)
			}
			return placed.Queue
		}
		if got := at("ar"); got != hotlinetest.Night {
			t.Errorf("before its rules say so, it takes: %s", got)
		}
		rules := "/edition/queue/" + string(queues[1].ID) + "/all"
		b.post(rules+"/edit", url.Values{"version": {"0"}, "order": {"0"}, "languages": {"ar"}}).went(t, rules+"/preview")
		b.post(rules+"/publish", url.Values{"version": {"1"}}).went(t, rules+"?done=published")
		for lang, want := range map[string]hotline.QueueID{"ar": queues[1].ID, "en": hotlinetest.Night} {
			if got := at(lang); got != want {
				t.Errorf("%s is placed in %s, want %s", lang, got, want)
			}
		}
	})
}

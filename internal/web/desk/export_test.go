package desk_test

import (
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// One record leaves the house by two people, each with her second factor: who asks cannot
// approve, who has not seen it cannot approve, nobody else fetches it, and nobody twice. No
// word of the conversation is in it.
func TestExportTakesTwo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		ana, sue, tom := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor), l.Hire(t, hotline.Supervisor)
		c := l.Arrive(t, "her secret words")
		id := string(c.Contact)
		l.Take(t, ana, c.Contact)
		a, _ := l.at(t, ana)
		f := await[desk.FormFrame](a, "form", nil)
		a.save(c.Contact, asks(t, f, "country"), 0, text("Inland"))
		s, _ := l.at(t, sue)
		o, _ := l.at(t, tom)
		refused := func(d *console, kind string, frame any, key string) {
			t.Helper()
			d.say(kind, frame)
			if no := await[desk.Refused](d, "refused", nil); no.Of != kind || no.Key != key {
				t.Errorf("%s is refused with %s, want %s", no.Of, no.Key, key)
			}
		}
		refused(a, "ask_export", desk.AskExport{Contact: id, Reason: "x", Code: "1"}, "desk.problem.role")
		refused(s, "ask_export", desk.AskExport{Contact: id, Reason: "x", Code: "1"}, "contact.missing")
		s.say("join", desk.Join{Contact: id})
		await[desk.RecordFrame](s, "record", nil)
		refused(s, "ask_export", desk.AskExport{Contact: id, Reason: " ", Code: "1"}, "desk.problem.reason")
		refused(s, "ask_export", desk.AskExport{Contact: id, Reason: "a court asks", Code: "000000"}, "vault.denied")
		s.say("ask_export", desk.AskExport{Contact: id, Reason: "a court asks", Code: l.Code(t, sue)})
		asked := await(s, "exports", func(f desk.ExportsFrame) bool { return len(f.Requests) == 1 }).Requests[0]
		if !asked.Mine || asked.Approved || asked.Why != "a court asks" {
			t.Errorf("who asks sees %+v", asked)
		}
		refused(s, "fetch_export", desk.FetchExport{ID: asked.ID}, "situation.approval")
		refused(s, "approve_export", desk.ApproveExport{ID: asked.ID, Code: l.Code(t, sue)}, "situation.second")

		waits := await(o, "exports", func(f desk.ExportsFrame) bool { return len(f.Requests) == 1 }).Requests[0]
		if waits.Mine || waits.Here || waits.Why != "" {
			t.Errorf("who has not looked sees %+v", waits)
		}
		refused(o, "approve_export", desk.ApproveExport{ID: asked.ID, Code: l.Code(t, tom)}, "desk.problem.look")
		o.say("join", desk.Join{Contact: id})
		if seen := await(o, "exports", func(f desk.ExportsFrame) bool { return len(f.Requests) == 1 && f.Requests[0].Here }).Requests[0]; seen.Why != "a court asks" {
			t.Errorf("who looks reads the reason %q", seen.Why)
		}
		refused(o, "approve_export", desk.ApproveExport{ID: asked.ID, Code: "000000"}, "vault.denied")
		o.say("approve_export", desk.ApproveExport{ID: asked.ID, Code: l.Code(t, tom)})
		await(s, "exports", func(f desk.ExportsFrame) bool { return len(f.Requests) == 1 && f.Requests[0].Approved })
		refused(o, "fetch_export", desk.FetchExport{ID: asked.ID}, "situation.second")
		// She stays anonymous from now on. What a crash left undeleted of her name does not leave.
		a.say("privacy", desk.Level{Contact: id, Level: "anonymous"})
		await(s, "record", func(r desk.RecordFrame) bool { return r.Privacy == "anonymous" })
		_, err := l.PutField(t, ana, c.Contact, asks(t, f, "name"), 0, `{"text":"Noor"}`)
		hotlinetest.Must(t, err)
		_, err = l.Consent(t, ana, c.Contact, consent.Act{
			Kind: consent.Refuse, ID: hotline.NewID(), How: "chat", Words: "secret words", Terms: consent.Terms{What: []consent.Scope{"place"}, To: "North house", Purpose: "shelter"},
		})
		hotlinetest.Must(t, err)
		leaves := l.Count(t, `SELECT count(*) FROM leaf WHERE object = $1`, id)
		s.say("fetch_export", desk.FetchExport{ID: asked.ID})
		out := await[desk.ExportFrame](s, "export", nil)
		if !strings.Contains(out.File, "Inland") || !strings.Contains(out.File, "North house") || strings.Contains(out.File, "secret") || strings.Contains(out.File, "Noor") || out.ID != asked.ID {
			t.Errorf("what leaves is %s", out.File)
		}
		if n := l.Count(t, `SELECT count(*) FROM leaf WHERE object = $1`, id) - leaves; n != 1 {
			t.Errorf("%d leaves for what left, want 1", n)
		}
		refused(s, "fetch_export", desk.FetchExport{ID: asked.ID}, "situation.request")
	})
}

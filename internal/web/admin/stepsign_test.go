package admin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
)

// The privacy officer finds what waits for her and for counsel, with who asks and since
// when, and nothing of the contact; a yes is noted once.
func TestThePrivacyOfficerNotesASignoff(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		ana, officer := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.PrivacyOfficer)
		c := w.Arrive(t, "CANARY her words")
		w.Take(t, ana, c.Contact)
		b := w.as(t, officer)
		b.get("/signoffs").is(t, 200, "Nothing waits.")
		words := map[string]form.Words{"en": {Label: "HERON step"}}
		p := protocol.Protocol{Words: words, Steps: []protocol.Step{
			{ID: "call", Kind: protocol.Do, Words: words, Sign: protocol.Counsel}, {ID: "ring", Kind: protocol.Do, Words: words, Sign: hotline.Supervisor},
		}}
		at := protocol.Place{Contact: c.Contact, Name: "heron", Edition: 1, Protocol: p}
		for _, step := range []string{"call", "ring"} {
			hotlinetest.Must(t, w.StepAt(t, ana, at, protocol.Deed{Kind: protocol.Marking, Step: step}, func() {}))
		}
		page := b.get("/signoffs")
		page.is(t, 200, w.Find(t, c.Contact).Handle, "Counsel", ana.Name)
		if strings.Contains(page.body, "CANARY") || strings.Contains(page.body, "HERON") || strings.Contains(page.body, "heron") || strings.Count(page.body, `name="ask"`) != 1 {
			t.Errorf("the page tells more than that somebody asks: %s", page.body)
		}
		all, err := w.Procedures.Waiting(t.Context())
		hotlinetest.Must(t, err)
		for _, s := range all {
			in := url.Values{"ask": {s.ID}, "answer": {"yes"}}
			if s.Role == protocol.Counsel {
				b.post("/signoffs", in).went(t, "/signoffs?done=noted")
				b.get("/signoffs").is(t, 200, "Noted: yes.")
			}
			b.post("/signoffs", in).is(t, http.StatusUnprocessableEntity)
		}
	})
}

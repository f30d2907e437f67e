package desk_test

import (
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// Who asks what we have about her gets it from her advocate: it stands in the composer in
// her language, and has not been sent. It holds what was written about her and nobody else;
// what names or finds somebody is not repeated.
func TestWhatWeHaveIsDraftedForHer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		ana := l.Hire(t, hotline.Advocate)
		in := l.Incoming(l.Browser(), "hola")
		in.Lang = "es"
		her, err := l.Book.Receive(t.Context(), in)
		hotlinetest.Must(t, err)
		other := l.Arrive(t, "another")
		l.Take(t, ana, her.ID)
		l.Take(t, ana, other.Contact)
		texted, err := l.Book.Receive(t.Context(), contact.Incoming{ID: hotline.NewID(), Channel: hotline.Text, Lang: "en", Text: seal.Conceal("hello"), From: seal.Conceal("+15550101")})
		hotlinetest.Must(t, err)
		l.Take(t, ana, texted.ID)
		d, _ := l.at(t, ana)
		f := await[desk.FormFrame](d, "form", nil)
		await(d, "record", func(r desk.RecordFrame) bool { return r.Contact == string(texted.ID) })
		d.save(her.ID, asks(t, f, "country"), 0, text("Ruritania"))
		d.save(her.ID, asks(t, f, "still_there"), 0, desk.Answer{Codes: []string{"partly"}})
		d.save(her.ID, asks(t, f, "address"), 0, text("12 Mill Lane"))
		d.save(other.Contact, asks(t, f, "country"), 0, text("Elbonia"))
		d.say("privacy", desk.Level{Contact: string(her.ID), Level: "confidential"})
		await(d, "record", func(r desk.RecordFrame) bool { return r.Privacy == "confidential" })

		show := func(in, about hotline.ContactID, kind string) string {
			t.Helper()
			r := contact.Request{ID: hotline.NewID(), Contact: in, About: about, Kind: kind}
			hotlinetest.Must(t, l.Book.AskUs(t.Context(), r))
			return r.ID
		}
		asked := show(her.ID, her.ID, contact.ShowMe)
		before := l.Count(t, `SELECT count(*) FROM message WHERE contact = $1`, her.ID)
		d.say("show_her", desk.ShowHer{ID: asked})
		got := await[desk.ShowHerFrame](d, "show_her", nil)
		if got.Contact != string(her.ID) || got.ID != asked {
			t.Error("it is for somebody else")
		}
		for _, want := range []string{"Esto es lo que hemos anotado", ": Ruritania\n", ": también está anotado", "Pueden guardar lo que cuento, pero solo aquí", "un día"} {
			if !strings.Contains(got.Text, want) {
				t.Errorf("what she is told lacks %q:\n%s", want, got.Text)
			}
		}
		for _, never := range []string{"Mill", "Elbonia", "partly", "desk.", "front."} {
			if strings.Contains(got.Text, never) {
				t.Errorf("what she is told has %q:\n%s", never, got.Text)
			}
		}
		if n := l.Count(t, `SELECT count(*) FROM message WHERE contact = $1`, her.ID); n != before {
			t.Error("it was sent unread")
		}

		refused := func(name, id, why string) {
			t.Helper()
			d.say("show_her", desk.ShowHer{ID: id})
			if no := await[desk.Refused](d, "refused", nil); no.Of != "show_her" || no.Key != why {
				t.Errorf("%s: refused %s with %s, want %s", name, no.Of, no.Key, why)
			}
		}
		gone := l.Arrive(t, "not on this desk")
		refused("about a talk that is not on this desk", show(her.ID, gone.Contact, contact.ShowMe), "desk.problem.look")
		refused("asked in a talk that is not on this desk", show(gone.Contact, her.ID, contact.ShowMe), "desk.problem.look")
		refused("another kind of request", show(her.ID, her.ID, contact.Correct), "contact.state")
		put := func(change func(*contact.Safety)) {
			t.Helper()
			hotlinetest.Must(t, l.PutHead(t, ana, her.ID, func(h *contact.Head) { change(&h.Safety) }))
		}
		put(func(s *contact.Safety) { s.Phrase = true })
		refused("her phrase was not said", asked, "desk.problem.not_her")
		put(func(s *contact.Safety) { s.Given, s.Heard = true, true })
		refused("somebody is with her", asked, "safety.not_safe")
		put(func(s *contact.Safety) { s.Heard, s.Safe = false, contact.No })
		refused("it is not safe", asked, "safety.not_safe")
		refused("the answer would leave by text message", show(texted.ID, texted.ID, contact.ShowMe), "desk.problem.not_her")
	})
}

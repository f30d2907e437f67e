package desk_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// head reads what a person sees of a contact's head.
func (l *line) head(t *testing.T, p *hotlinetest.Person, id hotline.ContactID) (h contact.Head) {
	t.Helper()
	l.With(t, p, func(r *vault.Ring) error {
		k, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "test")
		if err != nil {
			return err
		}
		h, err = k.Head(t.Context())
		return err
	})
	return h
}

// in is a stranger who writes in a language.
func (l *line) in(t *testing.T, lang, words string) *hotlinetest.Caller {
	t.Helper()
	c := l.Browser()
	in := l.Incoming(c, words)
	in.Lang = lang
	made, err := l.Book.Receive(t.Context(), in)
	hotlinetest.Must(t, err)
	c.Contact = made.ID
	return c
}

// phrase finds a phrase that the desk was told.
func phrase(t *testing.T, f desk.PhrasesFrame, code string) desk.Phrase {
	t.Helper()
	for _, p := range f.Phrases {
		if p.Code == code {
			return p
		}
	}
	t.Fatalf("there is no phrase %s among %d", code, len(f.Phrases))
	return desk.Phrase{}
}

// The limits of confidentiality count as told once the approved words have left, under the
// edition that was in force, and not one moment before.
func TestLimitsAreToldByTheApprovedWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		l := open(t, e)
		amina := l.Hire(t, hotline.Advocate)
		c, _ := l.at(t, amina)
		her := l.Arrive(t, "they hold my passport")
		id := string(her.Contact)
		c.say("take", desk.Take{Contact: id})
		shown := await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.Mine })
		if shown.Contact.Limits != nil {
			t.Fatal("a stranger counts as told")
		}
		c.say("phrases", desk.AskPhrases{Contact: id, In: "es"})
		list := await[desk.PhrasesFrame](c, "phrases", nil)
		limits, hello := phrase(t, list, "limits"), phrase(t, list, "greeting.hello")
		if list.Of != "en" || list.Number != 1 || !list.Draft || limits.Says == "" || limits.Says == limits.Text {
			t.Errorf("got phrases in %q, edition %d, draft %v; the limits say %q in Spanish", list.Of, list.Number, list.Draft, limits.Says)
		}
		send := func(text string, f desk.Send) string {
			f.ID, f.Contact, f.Text = hotline.NewID(), id, text
			c.say("send", f)
			await(c, "ack", func(a desk.Ack) bool { return a.ID == f.ID })
			return f.ID
		}
		left := func(message string) desk.Message {
			t.Helper()
			hotlinetest.Must(t, l.Book.Send(t.Context(), her.Contact, message))
			return await(c, "message", func(f desk.MessageFrame) bool { return f.Message.ID == message && f.Message.Seq > 0 }).Message
		}
		from := desk.Send{Phrase: "limits", Edition: list.Number, Lang: list.Of}

		for what, words := range map[string]string{"other words": "We tell nobody anything.", "half of them": limits.Text[:40]} {
			if m := left(send(words, from)); m.Mark != nil {
				t.Errorf("%s are marked as the phrase: %+v", what, m.Mark)
			}
		}
		if m := left(send(hello.Text, desk.Send{Phrase: "greeting.hello", Edition: list.Number, Lang: list.Of})); m.Mark == nil || m.Mark.Phrase != "greeting.hello" {
			t.Errorf("a greeting is marked %+v", m.Mark)
		}
		taken := send(limits.Text, from)
		c.say("undo", desk.Undo{ID: taken})
		await[desk.Undone](c, "undone", nil)
		c.pinged()
		if told := l.head(t, amina, her.Contact).Told; len(told) > 0 {
			t.Errorf("what never left counts as told: %+v", told)
		}

		before := l.Now(t)
		message := send("Before you go on: "+limits.Text+" Is that all right?", from)
		if m := left(message); m.Mark == nil || m.Mark.Phrase != "limits" {
			t.Errorf("the limits are marked %+v", m.Mark)
		}
		view := await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.Limits != nil }).Contact.Limits
		told := l.head(t, amina, her.Contact).Told
		if len(told) != 1 || told[0].Kind != "limits" || told[0].Number != 1 || told[0].Lang != "en" || told[0].By != amina.ID || told[0].At < before {
			t.Errorf("the head says %+v", told)
		}
		if view.Number != 1 || view.By != amina.Name || view.At != told[0].At {
			t.Errorf("the desk shows %+v", view)
		}

		// A desk that is opened anew shows the same, and notes nothing twice.
		again, snap := l.at(t, amina)
		again.pinged()
		if len(snap.Contacts) != 1 || snap.Contacts[0].Limits == nil || *snap.Contacts[0].Limits != *view {
			t.Errorf("opened anew, the desk shows %+v", snap.Contacts)
		}
		if told := l.head(t, amina, her.Contact).Told; len(told) != 1 {
			t.Errorf("noted %d times", len(told))
		}
	})
}

// Where the line has no phrases in her language, the advocate sees whose words these are.
func TestPhrasesOfAnotherLanguageSaySo(t *testing.T) {
	l := open(t, dbtest.New(t))
	amina := l.Hire(t, hotline.Advocate)
	c, _ := l.at(t, amina)
	her := l.in(t, "th", "words")
	c.say("take", desk.Take{Contact: string(her.Contact)})
	await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.Mine })
	c.say("phrases", desk.AskPhrases{Contact: string(her.Contact), In: "en"})
	if f := await[desk.PhrasesFrame](c, "phrases", nil); f.Lang != "th" || f.Of != "en" {
		t.Errorf("got phrases of %q for %q", f.Of, f.Lang)
	}
}

package desk_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
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
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
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
	t.Parallel()
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

// A translator's whole way over the desk: asked, she comes, reads what was said and nothing
// else, translates, and the advocate sends her sentence, which says to the staff whose it is
// and to the caller nothing.
func TestATranslatorsSentenceIsSentAndMarked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		amina := l.Hire(t, hotline.Advocate)
		mira := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Translator}, Languages: []string{"fil", "en"}})
		her := l.in(t, "fil", "kinuha nila ang pasaporte ko")
		id := string(her.Contact)
		c, _ := l.at(t, amina)
		m, snap := l.at(t, mira)
		if len(snap.Queue)+len(snap.Contacts)+len(snap.Alerts)+len(snap.Offers) > 0 || snap.Board != nil {
			t.Errorf("a translator is shown the line: %+v", snap)
		}
		c.say("take", desk.Take{Contact: id})
		await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.Mine })
		l.Note(t, amina, her.Contact, "our note")
		c.say("translator", desk.AskTranslator{Contact: id, Lang: "fil", Ours: "en"})
		asked := await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.Interpreter != nil })
		if i := asked.Contact.Interpreter; i.State != "asked" || i.By != amina.Name || i.Able != 1 {
			t.Errorf("asked, the advocate's desk says %+v", i)
		}
		ask := await(m, "asks", func(f desk.AsksFrame) bool { return len(f.Asks) == 1 }).Asks[0]
		if ask.Contact != id || ask.Lang != "fil" || ask.Ours != "en" || ask.By != amina.Name || ask.Mine {
			t.Errorf("the translator is asked %+v", ask)
		}
		m.say("come", desk.Come{Contact: id})
		thread := await(m, "thread", func(f desk.ThreadFrame) bool { return f.Whole })
		if len(thread.Messages) != 1 || thread.Messages[0].Text != "kinuha nila ang pasaporte ko" || strings.Contains(asJSON(thread), "our note") {
			t.Errorf("the translator reads %+v", thread)
		}
		here := await(c, "contact", func(f desk.ContactFrame) bool {
			return f.Contact.Interpreter != nil && f.Contact.Interpreter.State == "here"
		})
		if here.Contact.Interpreter.Name != mira.Name {
			t.Errorf("the advocate sees %+v", here.Contact.Interpreter)
		}

		// Live: what she writes now, translated beside her words.
		said := l.Say(t, her, "nasa kusina ako")
		more := await(m, "thread", func(f desk.ThreadFrame) bool { return len(f.Messages) == 1 })
		if more.Whole || more.Messages[0].ID != said {
			t.Errorf("the translator is told %+v", more)
		}
		m.say("translate", desk.PutTranslation{ID: hotline.NewID(), Contact: id, About: said, Text: "I am in the kitchen"})
		beside := await(c, "translation", func(f desk.TranslationFrame) bool { return f.Translation.About == said }).Translation
		if beside.Kind != "said" || beside.By != mira.Name || beside.Text != "I am in the kitchen" {
			t.Errorf("beside her words stands %+v", beside)
		}

		// The advocate's sentence, there and back, and out.
		sentence := hotline.NewID()
		c.say("sentence", desk.PutSentence{ID: sentence, Contact: id, Text: "Does the door lock?"})
		await(m, "thread", func(f desk.ThreadFrame) bool {
			return len(f.Translations) == 1 && f.Translations[0].ID == sentence && f.Translations[0].Text == "Does the door lock?"
		})
		m.say("translate", desk.PutTranslation{ID: hotline.NewID(), Contact: id, About: sentence, Text: "Nakakandado ba ang pinto?"})
		answer := await(c, "translation", func(f desk.TranslationFrame) bool { return f.Translation.About == sentence }).Translation
		if answer.Kind != "answer" || l.Count(t, `SELECT count(*) FROM message WHERE side = 'advocate'`) > 0 {
			t.Errorf("%+v, and something was sent by itself", answer)
		}
		for text, want := range map[string]*desk.MessageMark{
			answer.Text:        {By: mira.Name, Said: "Does the door lock?"},
			answer.Text + " !": nil,
		} {
			message := hotline.NewID()
			c.say("send", desk.Send{ID: message, Contact: id, Text: text, Of: answer.ID})
			await(c, "ack", func(a desk.Ack) bool { return a.ID == message })
			hotlinetest.Must(t, l.Book.Send(t.Context(), her.Contact, message))
			got := await(c, "message", func(f desk.MessageFrame) bool { return f.Message.ID == message }).Message
			if !reflect.DeepEqual(got.Mark, want) {
				t.Errorf("%q is marked %+v, want %+v", text, got.Mark, want)
			}
		}
		page, err := l.Page(t, her)
		hotlinetest.Must(t, err)
		if text := strings.Join(page, "\n"); !strings.Contains(text, "Nakakandado ba ang pinto?") || strings.Contains(text, mira.Name) || strings.Contains(text, "kitchen") || strings.Contains(text, "door") {
			t.Errorf("her page shows %q", page)
		}

		// A desk opened anew shows the same.
		_, again := l.at(t, amina)
		if len(again.Contacts) != 1 || len(again.Contacts[0].Translations) != 3 {
			t.Errorf("opened anew, there are %+v", again.Contacts)
		}

		// The end.
		c.say("notranslator", desk.EndTranslator{Contact: id})
		await(m, "thread", func(f desk.ThreadFrame) bool { return f.Gone })
		m.say("translate", desk.PutTranslation{ID: hotline.NewID(), Contact: id, About: said, Text: "more"})
		await(m, "refused", func(f desk.Refused) bool { return f.Of == "translate" })
		if got, err := l.Desk(t, mira, her.Contact); err == nil {
			t.Errorf("she still reads %q", got)
		}
	})
}

// What the advocate can still take back is on no translator's desk: not live, and not on one
// that is opened anew.
func TestATranslatorReadsNothingUnsent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		amina := l.Hire(t, hotline.Advocate)
		mira := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Translator}, Languages: []string{"en"}})
		her := l.Arrive(t, "words")
		l.Take(t, amina, her.Contact)
		l.Translator(t, amina, mira, her.Contact)
		id := string(her.Contact)
		c, _ := l.at(t, amina)
		reads := func(m *console, until string) {
			t.Helper()
			await(m, "thread", func(f desk.ThreadFrame) bool {
				for _, x := range f.Messages {
					if x.Seq == 0 {
						t.Errorf("the translator reads what is not sent, of the %s", x.Side)
					}
				}
				return slices.ContainsFunc(f.Messages, func(x desk.Message) bool { return x.ID == until })
			})
		}
		m, _ := l.at(t, mira)
		await(m, "thread", func(f desk.ThreadFrame) bool { return f.Whole })
		for _, then := range []func() *console{
			func() *console { return m },
			func() *console { anew, _ := l.at(t, mira); return anew },
		} {
			reply := hotline.NewID()
			c.say("send", desk.Send{ID: reply, Contact: id, Text: "not yet"})
			await(c, "ack", func(a desk.Ack) bool { return a.ID == reply })
			reads(then(), l.Say(t, her, "are you there?"))
		}
	})
}

// What ends a contact takes it from the translator's desk, with the key that opened it.
func TestAThreadLeavesTheTranslatorsDesk(t *testing.T) {
	t.Parallel()
	ends := map[string]func(*testing.T, *line, *hotlinetest.Person, *hotlinetest.Caller, *console){
		"closed": func(t *testing.T, l *line, amina *hotlinetest.Person, her *hotlinetest.Caller, _ *console) {
			l.Close(t, amina, her.Contact)
		},
		"erased": func(t *testing.T, l *line, _ *hotlinetest.Person, her *hotlinetest.Caller, _ *console) {
			hotlinetest.Must(t, l.Book.EraseNow(t.Context(), "caller", her.Contact))
		},
		"she goes": func(_ *testing.T, _ *line, _ *hotlinetest.Person, her *hotlinetest.Caller, m *console) {
			m.say("pass", desk.Pass{Contact: string(her.Contact)})
		},
	}
	for what, end := range ends {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
				t.Parallel()
				l := open(t, e)
				amina := l.Hire(t, hotline.Advocate)
				mira := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Translator}, Languages: []string{"en"}})
				her := l.Arrive(t, "words")
				l.Take(t, amina, her.Contact)
				l.Translator(t, amina, mira, her.Contact)
				m, _ := l.at(t, mira)
				await(m, "thread", func(f desk.ThreadFrame) bool { return f.Whole })
				end(t, l, amina, her, m)
				await(m, "thread", func(f desk.ThreadFrame) bool { return f.Gone && f.Contact == string(her.Contact) })
			})
		})
	}
}

// Who translates and answers nobody can do nothing of an advocate's at the desk, and is
// offered nobody.
func TestATranslatorAnswersNobody(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	mira := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Translator}, Languages: []string{"en"}})
	her := l.Arrive(t, "words")
	id := string(her.Contact)
	m, _ := l.at(t, mira)
	m.say("state", desk.State{State: "ready"})
	await[desk.MeFrame](m, "me", nil)
	for kind, frame := range map[string]any{
		"take": desk.Take{Contact: id}, "join": desk.Join{Contact: id}, "assign": desk.Assign{Contact: id, To: string(mira.ID)},
		"send": desk.Send{ID: hotline.NewID(), Contact: id, Text: "words"}, "end": desk.End{Contact: id}, "mark": desk.Mark{Contact: id, Danger: true},
		"phrases": desk.AskPhrases{Contact: id, In: "en"}, "translator": desk.AskTranslator{Contact: id, Lang: "en", Ours: "es"},
		"sentence": desk.PutSentence{ID: hotline.NewID(), Contact: id, Text: "words"},
	} {
		m.say(kind, frame)
		if r := await(m, "refused", func(f desk.Refused) bool { return f.Of == kind }); r.Why != "denied" {
			t.Errorf("%s is refused as %s", kind, r.Why)
		}
	}
	if c := l.Find(t, her.Contact); c.State != contact.Waiting {
		t.Errorf("the contact is %s", c.State)
	}
	hotlinetest.Must(t, l.Engine.Main.Read(t.Context(), func(tx db.Tx) error {
		shift, err := staff.Shift(tx, l.Now(t))
		if len(shift) > 0 {
			t.Errorf("she counts as somebody who answers: %+v", shift)
		}
		return err
	}))
}

// What nobody on the shift speaks waits with a translator asked, and the queue says so.
func TestTheQueueSaysThatATranslatorIsAsked(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	amina := l.Hire(t, hotline.Advocate)
	mira := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Translator}, Languages: []string{"fil", "en"}})
	her := l.in(t, "fil", "words")
	id := string(her.Contact)
	c, _ := l.at(t, amina)
	m, _ := l.at(t, mira)
	hotlinetest.Must(t, l.Translators.Turn(t.Context()))
	says := func(why string, fits bool) {
		t.Helper()
		await(c, "queue", func(f desk.QueueFrame) bool {
			return len(f.Set) == 1 && slices.Contains(f.Set[0].Why, why) && slices.Contains(f.Set[0].Why, "no_language") && f.Set[0].Fits == fits
		})
	}
	says("translator", false)
	if ask := await(m, "asks", func(f desk.AsksFrame) bool { return len(f.Asks) == 1 }).Asks[0]; ask.By != "" || ask.Ours != "" {
		t.Errorf("the line asks with %+v", ask)
	}
	m.say("come", desk.Come{Contact: id})
	says("translator_comes", true)
	c.say("take", desk.Take{Contact: id})
	thread := await(m, "thread", func(f desk.ThreadFrame) bool { return f.Whole })
	if thread.Advocate != amina.Name || thread.Ours != "en" {
		t.Errorf("the translator works for %+v", thread)
	}
}

// echo is a machine that turns words round.
type echo struct{}

func (echo) Translate(_ context.Context, from, to string, t seal.Text) (seal.Text, error) {
	return seal.Conceal(from + ">" + to + ": " + t.Reveal()), nil
}

// What a machine wrote is marked, and leaves only once an advocate has said that she read it,
// or has made it her own.
func TestAMachinesWordsAreNeverSentUnread(t *testing.T) {
	t.Parallel()
	l := openWith(t, dbtest.New(t), desk.Config{Node: "test"}, func(p *desk.Parts) { p.Machine = echo{} })
	amina := l.Hire(t, hotline.Advocate)
	c, snap := l.at(t, amina)
	if !snap.Me.Machine {
		t.Error("the desk does not know of the machine")
	}
	her := l.in(t, "fil", "nasa kusina ako")
	id := string(her.Contact)
	c.say("take", desk.Take{Contact: id})
	shown := await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.Mine && len(f.Contact.Messages) == 1 })
	said := shown.Contact.Messages[0].ID
	c.say("machine", desk.AskMachine{ID: hotline.NewID(), Contact: id, Of: said})
	if f := await[desk.MachineFrame](c, "machine", nil); f.Of != said || f.Text != "fil>en: nasa kusina ako" {
		t.Errorf("of her words it makes %+v", f)
	}
	c.say("machine", desk.AskMachine{ID: hotline.NewID(), Contact: id, Text: "Does the door lock?"})
	made := await[desk.MachineFrame](c, "machine", nil)
	if made.Text != "en>fil: Does the door lock?" {
		t.Errorf("of ours it makes %+v", made)
	}
	send := func(f desk.Send) string {
		f.ID, f.Contact = hotline.NewID(), id
		c.say("send", f)
		return f.ID
	}
	unread := send(desk.Send{Text: made.Text + "\n"})
	if r := await(c, "refused", func(f desk.Refused) bool { return f.ID == unread }); r.Key != "interpret.unread" {
		t.Errorf("refused with %+v", r)
	}
	for text, machine := range map[string]bool{made.Text: true, "Nakakandado ba?": false} {
		message := send(desk.Send{Text: text, Read: machine})
		await(c, "ack", func(a desk.Ack) bool { return a.ID == message })
		hotlinetest.Must(t, l.Book.Send(t.Context(), her.Contact, message))
		got := await(c, "message", func(f desk.MessageFrame) bool { return f.Message.ID == message }).Message
		if (got.Mark != nil && got.Mark.Machine) != machine {
			t.Errorf("%q is marked %+v", text, got.Mark)
		}
	}
	if n := l.Count(t, `SELECT count(*) FROM message WHERE side = 'advocate'`); n != 2 {
		t.Errorf("%d messages, want those two", n)
	}
}

package desk_test

import (
	"encoding/base64"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/browser"
)

// browse opens a person's desk on the real line in Chromium.
func (l *line) browse(t *testing.T, p *hotlinetest.Person) *browser.Page {
	t.Helper()
	page := browser.Chromium(t, browser.Options{Width: 1440, Height: 900})
	page.Goto(l.url + "/in?as=" + base64.RawURLEncoding.EncodeToString(p.Token))
	page.WaitFor(".bar .dot.ok")
	return page
}

// An advocate asks first, notes the answer with one key, and what the answer forbids is
// refused in words, for everybody, until she says otherwise. A supervisor lets one message go
// with a fresh code and a reason, and the log has it.
func TestSafetyIsAskedFirstAndHeld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		l := open(t, e)
		ana, sue := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)
		caller := l.Arrive(t, "hello")
		l.Take(t, ana, caller.Contact)
		c, snap := l.at(t, ana)
		card := snap.Contacts[0].Safety
		if card == nil || card.N != 1 || card.Card.Safe != "" || card.Old {
			t.Fatalf("the card begins as %+v", card)
		}
		id := string(caller.Contact)
		safety := func(fits func(*desk.Safety) bool) *desk.Safety {
			t.Helper()
			return await(c, "contact", func(f desk.ContactFrame) bool { return fits(f.Contact.Safety) }).Contact.Safety
		}
		c.say("safety", desk.PutSafety{Contact: id, N: 1, Card: desk.Card{Safe: "no", Ways: []desk.Terms{{Way: "text", May: "no", Days: []int64{}}}}})
		now := safety(func(s *desk.Safety) bool { return s.N == 2 })
		if now.Card.Safe != "no" || now.Card.SafeAt == 0 || now.Card.Ways[0].May != "no" {
			t.Errorf("the card stands as %+v", now)
		}
		message := hotline.NewID()
		c.say("send", desk.Send{ID: message, Contact: id, Text: "are you there"})
		if no := await[desk.Refused](c, "refused", nil); no.Key != "safety.not_safe" || no.ID != message {
			t.Errorf("refused with %+v", no)
		}
		// A stale tab still shows the first card.
		c.say("safety", desk.PutSafety{Contact: id, N: 1, Card: desk.Card{Safe: "yes", Ways: []desk.Terms{}}})
		if no := await[desk.Refused](c, "refused", nil); no.Key != "contact.head" || no.Of != "safety" {
			t.Errorf("refused with %+v", no)
		}

		s, _ := l.at(t, sue)
		s.say("join", desk.Join{Contact: id})
		await(s, "contact", func(f desk.ContactFrame) bool { return f.Contact.ID == id })
		let := desk.Override{ID: message, Contact: id, Text: "leave by the back door", Reason: "the police are in front", Code: "000000"}
		c.say("override", let)
		if no := await[desk.Refused](c, "refused", nil); no.Key != "desk.problem.role" {
			t.Errorf("an advocate's override is refused with %+v", no)
		}
		s.say("override", let)
		if no := await[desk.Refused](s, "refused", nil); no.Why != "denied" || no.Of != "override" {
			t.Errorf("a wrong code is refused with %+v", no)
		}
		let.Code, let.Reason = l.Code(t, sue), " "
		s.say("override", let)
		if no := await[desk.Refused](s, "refused", nil); no.Key != "desk.problem.reason" {
			t.Errorf("no reason is refused with %+v", no)
		}
		let.Reason = "the police are in front"
		before := l.Count(t, `SELECT count(*) FROM leaf`)
		s.say("override", let)
		await[desk.Ack](s, "ack", nil)
		if n := l.Count(t, `SELECT count(*) FROM leaf`) - before; n != 1 {
			t.Errorf("%d leaves for the override, want 1", n)
		}
		if page, err := l.Page(t, caller); err != nil || len(page) != 1 {
			t.Errorf("her page shows %q before the undo time is over, %v", page, err)
		}

		// She is not alone: the same key there and back.
		c.say("alone", desk.Alone{Contact: id, Heard: true})
		safety(func(s *desk.Safety) bool { return s.Heard && s.N == 3 })
		c.say("send", desk.Send{ID: hotline.NewID(), Contact: id, Text: "yes?"})
		await[desk.Ack](c, "ack", nil)
		c.say("alone", desk.Alone{Contact: id})
		safety(func(s *desk.Safety) bool { return !s.Heard && s.N == 4 })

		// What is no card is refused.
		for _, bad := range []desk.Card{
			{Safe: "perhaps"},
			{Ways: []desk.Terms{{Way: "pigeon"}}},
			{Ways: []desk.Terms{{Way: "text", Days: []int64{7}}}},
			{Ways: []desk.Terms{{Way: "text", From: 1440}}},
			{Ways: []desk.Terms{{Way: "text"}, {Way: "text"}}},
			{Name: string(make([]byte, 401))},
		} {
			c.say("safety", desk.PutSafety{Contact: id, N: 4, Card: bad})
			if no := await[desk.Refused](c, "refused", nil); no.Why != "invalid" {
				t.Errorf("%+v is refused with %+v", bad, no)
			}
		}
		c.say("askin", desk.AskIn{Contact: id})
		if a := await(s, "alert", func(f desk.AlertFrame) bool { return f.Alert.Kind == contact.Help }).Alert; a.Contact != id {
			t.Errorf("the alert is %+v", a)
		}
	})
}

// In the browser: asked first and seen first, answered by one key; what is refused says why, and
// the words are still there.
func TestNeverIsSaidInWords(t *testing.T) {
	l := open(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	caller := l.Arrive(t, "hello")
	l.Take(t, ana, caller.Contact)
	p := l.browse(t, ana)
	p.WaitText("Ask first: is it safe to write?")
	p.Key("Alt+J")
	p.WaitText("Not safe now")
	p.Shot("safety-not-safe")
	p.Type(composer, "are you there")
	p.Key("Enter")
	p.WaitText("It is not safe for her now. Nothing was sent.")
	p.Shot("safety-refused")
	p.Key("Alt+E")
	p.WaitFor(".safe-edit")
	p.Shot("safety-edit")
	if vs := p.Violations(); len(vs) > 0 {
		t.Errorf("axe: %v", vs)
	}
}

// Two words are drawn, said to her and shown this once; by them an advocate who has never met
// her finds what was promised, and the rules of before hold again. Whoever says other words, or
// was never here, gets the same answer, and after five tries a supervisor is told.
func TestFoundAgainByHerPhrase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		l := open(t, e)
		ana, bea, sue := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)
		first := l.Arrive(t, "hello")
		l.Take(t, ana, first.Contact)
		c, _ := l.at(t, ana)
		c.say("safety", desk.PutSafety{Contact: string(first.Contact), N: 1, Card: desk.Card{Promised: "a bed for two", Ways: []desk.Terms{{Way: "call", May: "no"}}}})
		await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.Safety.N == 2 })
		c.say("phrase", desk.MakePhrase{Contact: string(first.Contact)})
		phrase := await[desk.PhraseFrame](c, "phrase", nil).Text
		l.Close(t, ana, first.Contact)

		again := l.Arrive(t, "hello again")
		l.Take(t, bea, again.Contact)
		id := string(again.Contact)
		b, _ := l.at(t, bea)
		b.say("join_found", desk.JoinFound{Contact: id})
		if no := await[desk.Refused](b, "refused", nil); no.Why != "missing" {
			t.Errorf("joined before the phrase was given: %+v", no)
		}
		b.say("says", desk.SheSays{Contact: id, Text: "no such words"})
		if said := await[desk.SaidFrame](b, "said", nil); said.Found || said.Left != 4 {
			t.Errorf("other words: %+v", said)
		}
		b.say("says", desk.SheSays{Contact: id, Text: phrase})
		if said := await[desk.SaidFrame](b, "said", nil); !said.Found || said.Left != 3 {
			t.Errorf("her words: %+v", said)
		}
		b.say("join_found", desk.JoinFound{Contact: id})
		now := await(b, "contact", func(f desk.ContactFrame) bool { return f.Contact.Safety.Phrase == "given" }).Contact.Safety
		if now.Card.Promised != "a bed for two" || len(now.Card.Ways) != 1 || now.Card.Ways[0].May != "no" {
			t.Errorf("the card stands as %+v", now)
		}
		found := await[desk.FoundFrame](b, "found", nil).Earlier
		if len(found) != 1 || found[0].Contact != string(first.Contact) || found[0].Promised != "a bed for two" || found[0].Outcome != "helped" {
			t.Errorf("found: %+v", found)
		}

		s, _ := l.at(t, sue)
		stranger := l.Arrive(t, "hello")
		l.Take(t, bea, stranger.Contact)
		await(b, "contact", func(f desk.ContactFrame) bool { return f.Contact.ID == string(stranger.Contact) })
		for range safety.Tries {
			b.say("says", desk.SheSays{Contact: string(stranger.Contact), Text: "guess"})
			await[desk.SaidFrame](b, "said", nil)
		}
		b.say("says", desk.SheSays{Contact: string(stranger.Contact), Text: phrase})
		if no := await[desk.Refused](b, "refused", nil); no.Key != "safety.tries" {
			t.Errorf("a sixth try: %+v", no)
		}
		await(s, "alert", func(f desk.AlertFrame) bool {
			return f.Alert.Kind == contact.Guesses && f.Alert.Contact == string(stranger.Contact)
		})
	})
}

// One key turns a conversation to yes and no, hides what the line is called, and the same key
// turns it back.
func TestNotAloneByOneKey(t *testing.T) {
	l := open(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	caller := l.Arrive(t, "hello")
	l.Take(t, ana, caller.Contact)
	p := l.browse(t, ana)
	p.WaitFor(composer)
	p.Type(composer, "I was just")
	p.Key("F8")
	p.WaitText("Is somebody with you?")
	p.Shot("heard")
	if vs := p.Violations(); len(vs) > 0 {
		t.Errorf("axe: %v", vs)
	}
	p.ClickText("Is somebody with you?")
	p.WaitTrue(`document.querySelector('` + log + ` .later p')?.textContent === "Is somebody with you?"`)
	if got := value(p); got != "I was just" {
		t.Errorf("what she was writing is %q", got)
	}
	p.Resize(320, 640)
	p.Shot("heard-320")
	p.Resize(1440, 900)
	p.Key("F8")
	p.WaitGone(".cover-words")

	p.ClickText("Give her a phrase")
	p.WaitText("It is shown once and kept nowhere.")
	p.Shot("phrase")
	p.ClickText("She has it")
	p.WaitGone(".drawn")
	p.Type("#says", "no such words")
	p.Key("Enter")
	p.WaitText("These words find nothing. 4 tries left.")
	p.Shot("phrase-nothing")
	if vs := p.Violations(); len(vs) > 0 {
		t.Errorf("axe: %v", vs)
	}
}

// The card, its editing, the phrase and the windows of a supervisor are for everybody: by
// keyboard, at 320 px, in Arabic, light and dark.
func TestSafetyIsForEverybody(t *testing.T) {
	l := open(t, dbtest.New(t))
	sue := l.HireBy(t, l.First, staff.Person{Pseudonym: "Sue", Roles: []hotline.Role{hotline.Supervisor}, Languages: []string{"en", "ar"}, Locale: "ar", Capacity: 3})
	caller := l.Arrive(t, "hello")
	l.Take(t, sue, caller.Contact)
	first := l.Backup(t)
	hotlinetest.Must(t, l.PutHead(t, sue, caller.Contact, func(h *contact.Head) {
		h.Safety = contact.Safety{Safe: contact.Yes, SafeAt: l.Now(t), Name: "مريم", Cover: "المكتبة", Promised: "مكان لشخصين", Distress: "القهوة باردة", Ways: map[contact.Way]contact.Terms{
			contact.ByCall: {May: contact.No}, contact.ByText: {May: contact.Yes, Days: []int{1, 2, 3, 4, 5}, From: 600, To: 720, Say: "موعدك غداً"},
		}}
	}))
	p := l.browse(t, sue)
	p.WaitText("أبداً عبر")
	p.Shot("card-ar")
	p.Key("Alt+E")
	p.WaitFor(".safe-edit")
	look := func(name string) {
		t.Helper()
		for _, width := range []int{1440, 320} {
			p.Resize(width, 900)
			for _, dark := range []bool{false, true} {
				p.Darken(dark)
				if vs := p.Violations(); len(vs) > 0 {
					t.Errorf("%s, %d px, dark %v: %v", name, width, dark, vs)
				}
			}
			p.Shot(name)
			if over := p.Sideways(width); len(over) > 0 {
				t.Errorf("%s runs over at %d px: %v", name, width, over)
			}
		}
		p.Resize(1440, 900)
	}
	look("edit-ar")
	p.Click(".safe-edit .pair .btn")
	p.WaitGone(".safe-edit")
	p.Key("Alt+J")
	p.WaitText("ليس آمناً الآن")
	p.Type(composer, "words")
	p.Key("Enter")
	p.WaitText("لم يُرسل شيء")
	p.ClickText("السماح بالإرسال…")
	p.WaitFor("#reason")
	look("override-ar")
	p.Type("#reason", "police")
	p.Type("#code", "000000")
	p.Key("Enter")
	p.WaitFor("dialog .refusal")
	p.Type("#code", l.Code(t, sue))
	p.Key("Enter")
	p.WaitGone("dialog")
	p.WaitFor(log + " .msg.us")

	l.SQL(t, `UPDATE contact SET head = $1, head_n = 1 WHERE id = $2`, first.Cell("contact", "head", "id", string(caller.Contact)), caller.Contact)
	l.Book.Told(caller.Contact)
	p.WaitText("لا تكتبي: قواعد قديمة")
	p.ClickText("سؤالها عن قواعدها من جديد…")
	p.WaitFor("#reason")
	p.Type("#reason", "restored")
	p.Type("#code", l.Code(t, sue))
	p.Key("Enter")
	p.WaitGone("dialog")
	p.WaitText("اسألي أولاً")
}

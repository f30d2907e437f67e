package desk_test

import (
	"encoding/base64"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
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

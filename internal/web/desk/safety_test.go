package desk_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// An advocate asks first, notes the answer with one key, and what the answer forbids is
// refused in words, for everybody, until she says otherwise. A supervisor lets one message go
// with a fresh code and a reason, and the log has it.
func TestSafetyIsAskedFirstAndHeld(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
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

		// Her rules are asked anew only where an older head was put back.
		mend := desk.Mend{Contact: id, Reason: "a backup was restored", Code: l.Code(t, sue)}
		if key := s.refusal("mend", mend); key != "contact.head" {
			t.Errorf("to forget the newest rules is answered with %q", key)
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

// Two words are drawn, said to her and shown this once; by them an advocate who has never met
// her finds what was promised, and the rules of before hold again. Whoever says other words, or
// was never here, gets the same answer, and after five tries a supervisor is told.
func TestFoundAgainByHerPhrase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
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
		s.say("join", desk.Join{Contact: id})
		await(s, "contact", func(f desk.ContactFrame) bool { return f.Contact.ID == id })
		for kind, frame := range map[string]any{"phrase": desk.MakePhrase{Contact: id}, "says": desk.SheSays{Contact: id, Text: phrase}, "join_found": desk.JoinFound{Contact: id}} {
			if key := s.refusal(kind, frame); key != "contact.not_yours" {
				t.Errorf("%s of somebody who reads along is answered with %q", kind, key)
			}
		}
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

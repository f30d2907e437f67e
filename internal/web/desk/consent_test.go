package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// held waits until the first of a contact's consents stands so, as a desk shows it.
func (c *console) held(id, state string) desk.Consent {
	c.t.Helper()
	f := await(c, "consents", func(f desk.ConsentsFrame) bool {
		return f.Of == id && len(f.All[0].Items) > 0 && f.All[0].Items[0].State == state
	})
	return f.All[0].Items[0]
}

// What goes without her wish takes the second factor, a ground and a second person, one of
// the two a supervisor; each desk that shows it sees each step. Whoever was not let in, or
// has read an older one, is refused.
func TestWithoutHerWishItTakesTwoAtTheDesk(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		ana, sup := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)
		c, other := l.Arrive(t, "her words"), l.Arrive(t, "another's")
		l.Take(t, ana, c.Contact)
		id := string(c.Contact)
		a, _ := l.at(t, ana)
		s, _ := l.at(t, sup)
		s.say("join", desk.Join{Contact: id})
		await[desk.ConsentsFrame](a, "consents", nil)
		await[desk.ConsentsFrame](s, "consents", nil)
		refused := func(d *console, f desk.PutConsent, key string) {
			t.Helper()
			d.say("consent", f)
			if no := await[desk.Refused](d, "refused", nil); no.Of != "consent" || no.ID != f.ID || no.Key != key {
				t.Errorf("refused %s of %s with %s, want %s", no.Of, no.ID, no.Key, key)
			}
		}
		over := desk.PutConsent{
			Of: id, Owner: id, Kind: "override", ID: hotline.NewID(), What: []string{"place"}, Name: "Court", Purpose: "authority",
			Until: time.Now().Add(24 * time.Hour).UnixMilli(), Ground: "order", Text: "a judge has ordered it", Code: "000000",
		}
		refused(a, over, "vault.denied")
		urgent := over
		urgent.Ground, urgent.Code = "duty_at_once", l.Code(t, ana)
		refused(a, urgent, "consent.ground")
		over.Code = l.Code(t, ana)
		a.say("consent", over)
		if got := a.held(id, "waits"); got.May || got.By != ana.Name {
			t.Errorf("who did it may answer: %v, by %s", got.May, got.By)
		}
		if got := s.held(id, "waits"); !got.May || got.Ground != "order" {
			t.Errorf("a second person may answer: %v, on %s", got.May, got.Ground)
		}
		yes := desk.PutConsent{Of: id, Owner: id, N: 1, Kind: "approve", ID: over.ID, Text: "I have read the order", Code: l.Code(t, ana)}
		refused(a, yes, "consent.second")
		yes.Code = ""
		refused(s, yes, "vault.denied")
		yes.Code, yes.N = l.Code(t, sup), 0
		refused(s, yes, "consent.moved")
		yes.Code, yes.N = l.Code(t, sup), 1
		s.say("consent", yes)
		if got := a.held(id, "holds"); got.Second != sup.Name || got.Why != "I have read the order" {
			t.Errorf("answered by %q, who says %q", got.Second, got.Why)
		}
		// Taking back takes no code, and is on the other desk at once.
		a.say("consent", desk.PutConsent{Of: id, Owner: id, N: 2, Kind: "revoke", ID: over.ID, Text: "the order is lifted"})
		if got := s.held(id, "revoked"); got.EndedBy != ana.Name || got.Why != "the order is lifted" {
			t.Errorf("taken back by %q: %q", got.EndedBy, got.Why)
		}
		// Whoever reads along, and is no supervisor any more, writes nothing for her.
		bea := l.Hire(t, hotline.Advocate)
		hotlinetest.Must(t, l.Book.Accompany(t.Context(), bea.ID, c.Contact, true))
		b, _ := l.at(t, bea)
		await[desk.ConsentsFrame](b, "consents", nil)
		refused(b, desk.PutConsent{Of: id, Owner: id, N: 3, Kind: "sign", ID: hotline.NewID(), Say: "a plan"}, "contact.not_yours")
		none := desk.PutConsent{Of: string(other.Contact), Owner: string(other.Contact), Kind: "sign", ID: hotline.NewID(), Say: "a plan"}
		refused(a, none, "consent.missing")
		none.Of = id
		refused(a, none, "consent.missing")

		// She is asked in her own language, and nothing is sent by itself.
		a.say("consent_say", desk.SayConsent{Contact: id, What: []string{"well", "place"}, Name: "North house", Purpose: "shelter", Until: time.Now().Add(49 * time.Hour).UnixMilli()})
		asked := await[desk.ConsentWords](a, "consent_words", nil).Text
		for _, word := range []string{"North house", "that she is well", "where she is", "3 days", "take it back"} {
			if !strings.Contains(asked, word) {
				t.Errorf("she is asked %q, without %q", asked, word)
			}
		}
	})
}

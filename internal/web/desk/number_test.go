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

// A number is shown to whoever has the caller, with a reason and a fresh code; the
// supervisors are told. Without either it is not, and nobody is told.
func TestANumberIsShownWithAReasonAndACode(t *testing.T) {
	t.Parallel()
	const number = "+15550101"
	l := open(t, dbtest.New(t))
	amina := l.Hire(t, hotline.Advocate)
	call := l.Call(t, number)
	hotlinetest.Must(t, l.Book.WishCallBack(t.Context(), call.ID, contact.CallBack{Number: seal.Conceal(number)}))
	l.Phones.Connect(amina)
	l.Enter(t, "ready", amina)
	l.Take(t, amina, call.ID)
	c, _ := l.at(t, amina)
	for _, ask := range []desk.AskNumber{
		{Contact: string(call.ID), Why: " ", Code: l.Code(t, amina)},
		{Contact: string(call.ID), Why: "she is in danger", Code: "000000"},
	} {
		c.say("number", ask)
		await[desk.Refused](c, "refused", nil)
	}
	told := func() int { return l.Count(t, `SELECT count(*) FROM alert WHERE kind = 'revealed'`) }
	if told() != 0 {
		t.Error("what was not shown was told of")
	}
	c.say("number", desk.AskNumber{Contact: string(call.ID), Why: "she is in danger", Code: l.Code(t, amina)})
	if got := await[desk.NumberFrame](c, "number", nil); got.Number != number || got.Contact != string(call.ID) {
		t.Error("it is not her number")
	}
	if told() != 1 {
		t.Errorf("the supervisors are told %d times, want once", told())
	}
}

// The advocate notes that she may be called back, and when, and what may be said: with the number
// she calls from, which nobody has seen. It goes when she may not be called any more, and what is
// noted as never stays so.
func TestSheMayBeCalledBack(t *testing.T) {
	t.Parallel()
	const number = "+15550101"
	l, b := rings(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	her := l.dials(t, ana)
	id := string(her.ID)
	l.Take(t, ana, her.ID)
	c, _ := l.at(t, ana)
	terms := desk.Terms{Days: []int64{1}, From: 600, To: 720, Leave: "no", Say: strings.Repeat("ط", 400)}
	asks := func(t desk.Terms) string { return c.refusal("call_back", desk.CallBack{Contact: id, Terms: t}) }
	if key := asks(terms); key != "desk.problem.no_number" {
		t.Errorf("a number that is withheld is refused as %s", key)
	}
	b.from(her.ID, number)
	if key := asks(desk.Terms{Days: []int64{7}}); key != "desk.problem.frame" {
		t.Errorf("an eighth day is refused as %s", key)
	}
	c.say("call_back", desk.CallBack{Contact: id, Terms: terms})
	got := await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.Safety.Number })
	if way := got.Contact.Safety.Card.Ways[0]; way.Way != "call" || way.May != "yes" || way.From != 600 || way.Leave != "no" || way.Say != terms.Say {
		t.Errorf("noted as %+v", way)
	}
	if strings.Contains(asJSON(got), number[1:]) || l.Count(t, `SELECT count(*) FROM alert`) != 0 || l.Count(t, `SELECT count(*) FROM call_back`) != 0 {
		t.Error("the number was shown, or stays beside the head")
	}
	if h, err := l.Head(t, ana, her.ID); err != nil || h.Number != number {
		t.Errorf("the number is not in the head, %v", err)
	}
	card := got.Contact.Safety.Card
	card.Ways = []desk.Terms{{Way: "call", May: "no", Days: []int64{}}}
	c.say("safety", desk.PutSafety{Contact: id, Card: card})
	await(c, "contact", func(f desk.ContactFrame) bool { return !f.Contact.Safety.Number })
	if h, err := l.Head(t, ana, her.ID); err != nil || h.Number != "" {
		t.Errorf("the number of whoever may not be called stays, %v", err)
	}
	if key := asks(terms); key != "desk.problem.never_call" {
		t.Errorf("what is noted as never is refused as %s", key)
	}
	c.say("number", desk.AskNumber{Contact: id, Why: "she is in danger", Code: l.Code(t, ana)})
	if got := await[desk.NumberFrame](c, "number", nil); got.Number != number {
		t.Error("it is not the number of whoever is on the line")
	}
}

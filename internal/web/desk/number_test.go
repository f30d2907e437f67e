package desk_test

import (
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

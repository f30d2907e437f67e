package desk_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// What a supervisor erases at a caller's wish says so on every desk that shows the wish,
// also where the contact was part of no situation.
func TestWhatIsErasedSaysSo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		ana, sue := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)
		her := l.Arrive(t, "hello")
		l.Take(t, ana, her.Contact)
		l.Close(t, ana, her.Contact)
		hotlinetest.Must(t, l.Book.AskUs(t.Context(), contact.Request{ID: hotline.NewID(), Contact: her.Contact, About: her.Contact, Kind: "erase"}))
		a, _ := l.at(t, ana)
		s, _ := l.at(t, sue)
		shows := func(erased bool) func(desk.SituationsFrame) bool {
			return func(f desk.SituationsFrame) bool { return len(f.Requests) == 1 && f.Requests[0].Erased == erased }
		}
		a.say("situations", desk.AskSituations{})
		await(a, "situations", shows(false))
		s.say("forget", desk.Forget{Contact: string(her.Contact)})
		await(a, "situations", shows(true))
	})
}

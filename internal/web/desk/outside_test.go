package desk_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// Who is kept out after an abusive chat is kept out at once, and a supervisor is told, who
// lets that browser in again: the chat itself has ended by then.
func TestSupervisorLetsInWhoIsKeptOut(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		door := new(struct{ *contact.Outside })
		l := openWith(t, e, desk.Config{Node: "test"}, func(p *desk.Parts) { p.Outside = door })
		door.Outside = contact.NewOutside(e.Main, l.Shred, l.Log, l.Bus, time.Now)
		ana, sue := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)
		c := l.Arrive(t, "abuse")
		l.Take(t, ana, c.Contact)
		hers, _ := l.at(t, ana)
		supervises, _ := l.at(t, sue)
		f := await[desk.FormFrame](hers, "form", nil)
		hers.save(c.Contact, asks(t, f, form.SafeNow), 0, desk.Answer{Codes: []string{"yes"}})
		hers.save(c.Contact, asks(t, f, form.Type), 0, desk.Answer{Codes: []string{"abusive"}})
		hers.say("end", desk.End{Contact: string(c.Contact), Outcome: "abusive", KeepOut: true})
		alert := await(supervises, "alert", func(f desk.AlertFrame) bool { return f.Alert.Kind == contact.KeptOut }).Alert
		if !door.Is(t.Context(), c.By.Lookup) {
			t.Error("let in at once")
		}
		supervises.say("seen", desk.Seen{Alert: alert.ID, LetIn: true})
		await(supervises, "alert", func(f desk.AlertFrame) bool { return f.Alert.ID == alert.ID && f.Alert.SeenAt != 0 })
		if door.Is(t.Context(), c.By.Lookup) {
			t.Error("kept out though a supervisor let that browser in")
		}
	})
}

package desk_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// A report of harm that rings, rings on a supervisor's desk by its own name, on no
// advocate's, and is silent there once it is closed.
func TestHarmRingsForSupervisors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		ana, sue := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)
		hers, _ := l.at(t, ana)
		supervises, _ := l.at(t, sue)
		bell, report := contact.Bell{Kind: contact.Harm}, hotline.NewID()
		change := func(f func(db.Tx) error) { t.Helper(); hotlinetest.Must(t, e.Main.Write(t.Context(), f)) }
		change(func(tx db.Tx) error { return bell.Ring(tx, report) })
		alert := await(supervises, "alert", func(f desk.AlertFrame) bool { return f.Alert.Kind == contact.Harm }).Alert
		if alert.Contact != report || alert.Handle != "" {
			t.Errorf("it rings as %+v", alert)
		}
		hers.say("ping", desk.Ping{})
		hers.none("alert", "pong")
		change(func(tx db.Tx) error { return bell.Hush(tx, sue.ID, report) })
		await(supervises, "alert", func(f desk.AlertFrame) bool { return f.Alert.ID == alert.ID && f.Alert.SeenAt != 0 })
	})
}

//go:build !race

package desk_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/test/browser"
)

// A report of harm passes its deadline, and rings on the supervisors' board as it is
// looked at; from there one press leads to the report.
func TestOverdueHarmRingsOnTheBoard(t *testing.T) {
	e := dbtest.New(t)
	l := open(t, e)
	ana, sue := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)
	editions, err := edition.New(t.Context(), e.Main, l.Bus, time.Now, edition.Kind{Name: policy.KindHarm, Check: policy.CheckHarmDeadlines})
	hotlinetest.Must(t, err)
	harm := policy.NewHarmRegister(e.Main, l.Log, editions, contact.Bell{Kind: contact.Harm})
	id := ""
	l.With(t, ana, func(r *vault.Ring) error {
		k, put, err := r.NewHarm(t.Context())
		id = k.Object()
		hotlinetest.Must(t, err)
		return harm.Report(t.Context(), ana.ID, k, put, policy.HarmIn{Kind: "threat", Words: seal.Conceal("CANARY he waited outside")})
	})
	l.Advance(t, 23*time.Hour+59*time.Minute)
	l.SignIn(t, sue)
	s := l.sit(t, sue, browser.Options{})
	s.ClickText("Go on without sound")
	s.WaitGone("dialog")
	s.Key("Alt+v")
	s.WaitFor("main.board")
	hotlinetest.Must(t, harm.Turn(t.Context()))
	var rings bool
	s.Eval(`document.querySelector('.alarm') !== null`, &rings)
	if rings {
		t.Error("it rings too early")
	}
	l.Advance(t, 2*time.Minute)
	hotlinetest.Must(t, harm.Turn(t.Context()))
	s.WaitText("A report of harm is overdue")
	s.WaitFor(`.alarm.open[role=alert] a[href="/harm/` + id + `"]`)
	s.Shot("harm_rings")
	browser.Axe(t, s.Page)
	s.Click(".alarm.open .btn.end")
	s.WaitGone(".alarm.open")
}

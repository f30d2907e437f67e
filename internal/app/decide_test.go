package app_test

import (
	"errors"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A chamber decides about duties as a line does: ana has the contact, bea supervises.
type chamber struct {
	*hotlinetest.World
	d        *policy.Decisions
	ana, bea *hotlinetest.Person
	about    hotline.ContactID
}

func chambers(t *testing.T, f func(t *testing.T, h *chamber)) {
	t.Helper()
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		h := &chamber{World: w, ana: w.Hire(t, hotline.Advocate), bea: w.Hire(t, hotline.Supervisor), about: w.Arrive(t, "her words").Contact}
		w.Take(t, h.ana, h.about)
		h.d = policy.NewDecisions(w.Engine.Main, w.Log, w.Bus, app.SentAlone)
		f(t, h)
	})
}

// begin notes a duty that is due at once, or by a time.
func (h *chamber) begin(t *testing.T, about hotline.ContactID, urgent bool, by time.Time) (id string) {
	t.Helper()
	id = hotline.NewID()
	said := policy.Outcome{Due: []policy.Entry{{Rule: policy.Rule{ID: "ZA-A"}, Urgent: urgent, Latest: by}}, First: by}
	must(t, h.Deciding(t, h.ana, about, func(o policy.Owner, k policy.Opener) error {
		_, err := h.d.Begin(t.Context(), h.ana.ID, o, k, id, said)
		return err
	}))
	return id
}

func (h *chamber) take(t *testing.T, p *hotlinetest.Person, id string, seen int, a policy.Act) error {
	t.Helper()
	a.Words = seal.Conceal("some words")
	return h.Deciding(t, p, h.about, func(o policy.Owner, k policy.Opener) error {
		_, err := h.d.Take(t.Context(), p.ID, o, k, id, seen, a)
		return err
	})
}

func (h *chamber) rings(t *testing.T, kind string) int {
	t.Helper()
	return h.Count(t, `SELECT count(*) FROM alert WHERE contact = $1 AND kind = $2 AND acknowledged_at IS NULL`, h.about, kind)
}

func (h *chamber) seen(t *testing.T) {
	t.Helper()
	all, err := h.Book.Alerts(t.Context())
	must(t, err)
	for _, a := range all {
		must(t, h.Book.Acknowledge(t.Context(), h.bea.ID, a.ID))
	}
}

func (h *chamber) overdue(t *testing.T) {
	t.Helper()
	must(t, app.RingOverdue(t.Context(), h.Engine.Main, h.Log, h.Bus))
}

// What one person sends rings in the same transaction, or nothing is sent.
func TestWhatIsSentAloneRings(t *testing.T) {
	chambers(t, func(t *testing.T, h *chamber) {
		id := h.begin(t, h.about, true, time.UnixMilli(h.Now(t)))
		must(t, h.take(t, h.ana, id, 1, policy.Act{Kind: policy.Decide, Report: true, Ground: policy.DutyAtOnce}))
		send := policy.Act{Kind: policy.Send, How: policy.ReadBack, To: seal.Conceal("the police")}
		h.SQL(t, `ALTER TABLE alert RENAME TO hidden`)
		if err := h.take(t, h.ana, id, 2, send); err == nil {
			t.Error("sent, and nothing rings")
		}
		h.SQL(t, `ALTER TABLE hidden RENAME TO alert`)
		if n := h.Count(t, `SELECT count(*) FROM decision_act WHERE decision = $1`, id); n != 2 {
			t.Errorf("%d acts stand there although nobody could be told", n)
		}
		must(t, h.take(t, h.ana, id, 2, send))
		if h.rings(t, contact.SentAlone) != 1 {
			t.Error("sent alone, and nothing rings")
		}
	})
}

// What is due, and what a second person has not spoken of, rings until somebody has acted:
// to see it is not enough.
func TestADecisionThatIsOverdueRings(t *testing.T) {
	chambers(t, func(t *testing.T, h *chamber) {
		id, leaves := h.begin(t, h.about, true, time.UnixMilli(h.Now(t)).Add(time.Hour)), h.Count(t, `SELECT count(*) FROM leaf WHERE object = $1`, h.about)
		if h.overdue(t); h.rings(t, contact.DutyOverdue) != 0 {
			t.Error("it rings before its time")
		}
		h.Advance(t, time.Hour)
		for range 2 {
			h.overdue(t)
			h.overdue(t)
			if n := h.rings(t, contact.DutyOverdue); n != 1 {
				t.Errorf("it rings %d times, want once until it is seen, and then again", n)
			}
			h.seen(t)
		}
		must(t, h.take(t, h.ana, id, 1, policy.Act{Kind: policy.Decide, Report: true, Ground: policy.DangerNow}))
		must(t, h.take(t, h.ana, id, 2, policy.Act{Kind: policy.Send, How: policy.Print, To: seal.Conceal("the police")}))
		h.seen(t)
		if h.overdue(t); h.rings(t, contact.DutyOverdue) != 0 {
			t.Error("sent, it rings")
		}
		h.Advance(t, policy.SecondWithin)
		h.SignIn(t, h.bea)
		h.overdue(t)
		h.seen(t)
		if h.overdue(t); h.rings(t, contact.DutyOverdue) != 1 {
			t.Error("a day later nobody has spoken, and it does not ring again")
		}
		must(t, h.take(t, h.bea, id, 3, policy.Act{Kind: policy.Contest}))
		h.seen(t)
		if h.overdue(t); h.rings(t, contact.DutyOverdue) != 0 {
			t.Error("contested, it rings")
		}
		if n := h.Count(t, `SELECT count(*) FROM leaf WHERE object = $1`, h.about) - leaves; n < 4 {
			t.Errorf("%d leaves say that it was overdue", n)
		}
	})
}

// However much is overdue, all of it rings: what nobody answers hides nothing that is behind
// it.
func TestWhatIsOverdueHidesNothing(t *testing.T) {
	chambers(t, func(t *testing.T, h *chamber) {
		const before = 700 // of each, all of them older
		b := emergency.New(h.Engine.Main, h.Log, h.Bus, app.Demanded)
		h.begin(t, h.about, true, time.UnixMilli(h.Now(t)).Add(time.Hour))
		must(t, h.Emergency(t, h.ana, h.about, func(of emergency.Of) error {
			_, err := b.Open(t.Context(), of, emergency.Emergency{ID: hotline.NewID(), Ground: emergency.DangerNow, Reason: "a knife"})
			return err
		}))
		_, err := h.Consent(t, h.ana, h.about, consent.Act{
			Kind: consent.Override, ID: hotline.NewID(), Ground: policy.DangerNow, Words: "why",
			Terms: consent.Terms{What: []consent.Scope{"place"}, To: "Police", Purpose: "police", Until: h.Now(t) + 72*time.Hour.Milliseconds()},
		})
		must(t, err)
		h.seen(t)
		for _, into := range []string{
			`decision (id, owner, due_by, second_by) SELECT 'd' || i, 'old' || i, i + 1, 0 FROM n`,
			`emergency (id, contact, version, state, ground, opened_at, opened_by, confirm_by, ended_at, sealed)
				SELECT 'e' || i, 'old' || i, version, 'ended', ground, i, opened_by, i + 1, i + 2, sealed FROM n, emergency`,
			`consent_until (id, owner, until, second_by) SELECT 'c' || i, 'old' || i, i + 1, i + 2 FROM n`,
		} {
			h.SQL(t, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700) INSERT INTO `+into)
		}
		h.Advance(t, 25*time.Hour)
		for range 2 {
			h.overdue(t)
			must(t, b.RingOverdue(t.Context()))
			must(t, h.Consents.RingOverdue(t.Context()))
		}
		for _, kind := range []string{contact.DutyOverdue, contact.Unconfirmed, contact.PassedOn} {
			if n := h.Count(t, `SELECT count(*) FROM alert WHERE kind = $1 AND acknowledged_at IS NULL`, kind); n != before+1 || h.rings(t, kind) != 1 {
				t.Errorf("%s rings for %d, want %d; and for the newest %d times", kind, n, before+1, h.rings(t, kind))
			}
		}
	})
}

// Help is called on the ground of a duty where a decision about this contact says that it
// is due at once, and nobody has settled that it is not met.
func TestADutyCallsForHelp(t *testing.T) {
	chambers(t, func(t *testing.T, h *chamber) {
		other := h.Arrive(t, "other words").Contact
		h.Take(t, h.ana, other)
		book := emergency.New(h.Engine.Main, h.Log, h.Bus, app.Demanded)
		opens := func(decision string) error {
			return h.Emergency(t, h.ana, h.about, func(of emergency.Of) error {
				e, err := book.Open(t.Context(), of, emergency.Emergency{ID: hotline.NewID(), Ground: emergency.Duty, Decision: decision, Reason: "the law says at once"})
				if err == nil {
					_, err = book.End(t.Context(), of, e.ID, e.Version, "stood_down", "")
				}
				return err
			})
		}
		at := time.UnixMilli(h.Now(t)).Add(time.Hour)
		now, later, hers, settled := h.begin(t, h.about, true, at), h.begin(t, h.about, false, at), h.begin(t, other, true, at), h.begin(t, h.about, true, at)
		must(t, h.take(t, h.ana, settled, 1, policy.Act{Kind: policy.Decide, Ground: policy.LiftedDuty}))
		must(t, opens(settled))
		must(t, h.take(t, h.bea, settled, 2, policy.Act{Kind: policy.Confirm}))
		for name, id := range map[string]string{"in two days": later, "another's": hers, "settled": settled, "none": hotline.NewID()} {
			if err := opens(id); !errors.Is(err, emergency.ErrDuty) {
				t.Errorf("a decision that is %s calls for help: %v", name, err)
			}
		}
		must(t, opens(now))
		h.SQL(t, `UPDATE decision SET urgent = 1 WHERE id = $1`, later)
		err := h.Deciding(t, h.ana, h.about, func(o policy.Owner, k policy.Opener) error {
			_, err := h.d.Of(t.Context(), o.ID, k)
			return err
		})
		refused(t, err, policy.ErrPutBack)
	})
}

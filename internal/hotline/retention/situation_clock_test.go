package retention_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// over is a situation of one contact, with a man who never wrote, a task and a summary,
// closed.
func (h *house) over(t *testing.T, ana *hotlinetest.Person) (s situation.Situation, c hotline.ContactID, entries []string) {
	t.Helper()
	c = h.Arrive(t, "her words").Contact
	h.Take(t, ana, c)
	man := hotline.NewID()
	h.With(t, ana, func(r *vault.Ring) (err error) {
		b := h.Situations
		if s, err = b.Create(t.Context(), r, c); err != nil {
			return err
		}
		if err := b.Say(t.Context(), r, s.ID, situation.Said{Of: man, Kind: situation.PersonPart, Role: seal.Conceal("a man")}); err != nil {
			return err
		}
		if err := b.Assign(t.Context(), r, s.ID, situation.Task{ID: hotline.NewID(), Due: h.Now(t), Text: seal.Conceal("ask the shelter")}); err != nil {
			return err
		}
		return b.Write(t.Context(), r, s.ID, hotline.NewID(), situation.Summary, seal.Conceal("she wants a place"))
	})
	h.Close(t, ana, c)
	h.shut(t, ana, s.ID)
	return s, c, []string{s.ShredS, h.One(t, `SELECT object FROM part WHERE of = $1`, man)}
}

// shut closes a situation and has its clock reach the store, as the jobs do.
func (h *house) shut(t *testing.T, p *hotlinetest.Person, id hotline.SituationID) {
	t.Helper()
	h.With(t, p, func(r *vault.Ring) error { return h.Situations.Close(t.Context(), r, id, seal.Conceal("over")) })
	h.clocks(t)
}

// clocks carries the clocks of all situations, as their jobs do.
func (h *house) clocks(t *testing.T) {
	t.Helper()
	for h.Count(t, `SELECT count(*) FROM job WHERE kind = $1`, situation.JobClock) > 0 {
		entry := h.One(t, `SELECT body FROM job WHERE kind = $1 LIMIT 1`, situation.JobClock)
		must(t, h.r.CarrySituation(t.Context(), entry))
		h.SQL(t, `DELETE FROM job WHERE kind = $1 AND body = $2`, situation.JobClock, entry)
	}
}

// kept is how many of the entries are there.
func (h *house) kept(t *testing.T, entries []string) (n int) {
	t.Helper()
	for _, e := range entries {
		if h.there(t, e) {
			n++
		}
	}
	return n
}

// What belongs to nobody alone goes five years after its situation closed, with what is
// about persons who never wrote; a week later it is destroyed, and no row is left.
func TestSituationsAreForgottenOnTime(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana := h.Hire(t, hotline.Advocate)
		s, c, entries := h.over(t, ana)
		h.SQL(t, `INSERT INTO decision (id, owner, due_by, second_by) VALUES ('d', $1, 0, 0)`, string(s.ID))
		end := h.last(t, 5*year)
		for _, e := range entries {
			clock, err := h.Shred.Clock(t.Context(), e)
			must(t, err)
			if clock.NotAfter != end {
				t.Errorf("an entry ends at %d, want %d", clock.NotAfter, end)
			}
		}
		must(t, h.Keeper.End(t.Context(), ana.Token))
		h.pass(t, end+(7*day-time.Minute).Milliseconds())
		if n := h.kept(t, entries); n != 2 {
			t.Fatalf("%d entries before the quarantine is over, want 2", n)
		}
		h.pass(t, end+7*day.Milliseconds())
		if n := h.kept(t, entries); n != 0 {
			t.Errorf("%d entries are kept longer than was said", n)
		}
		for _, q := range []string{
			`SELECT count(*) FROM situation WHERE id = $1`, `SELECT count(*) FROM part WHERE situation = $1`, `SELECT count(*) FROM task WHERE situation = $1`,
			`SELECT count(*) FROM happening WHERE situation = $1`, `SELECT count(*) FROM contact WHERE situation = $1`,
			`SELECT count(*) FROM decision WHERE owner = $1`,
		} {
			if n := h.Count(t, q, s.ID); n != 0 {
				t.Errorf("%s: %d", q, n)
			}
		}
		if n := h.Count(t, `SELECT count(*) FROM key_grant WHERE object IN ($1, $2) OR grantee = $3`, entries[0], entries[1], "object/"+s.ShredS); n != 0 {
			t.Errorf("%d grants are left", n)
		}
		if got := h.Find(t, c).Situation; got != "" {
			t.Errorf("the contact still belongs to %s", got)
		}
		h.rang(t, nil)
	})
}

// Opened again it has no end, and begins anew when it closes; while the law holds one of
// its contacts it is neither closed to anybody nor destroyed.
func TestASituationThatGoesOnIsKept(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana, sue, priv := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor), h.Hire(t, hotline.PrivacyOfficer)
		again, _, reopened := h.over(t, ana)
		h.With(t, sue, func(r *vault.Ring) error {
			return h.Situations.Reopen(t.Context(), r, again.ID, seal.Conceal("she wrote"))
		})
		h.clocks(t)
		_, held, entries := h.over(t, ana)
		h.With(t, priv, func(r *vault.Ring) error { return h.r.Hold(t.Context(), r, held, "court") })
		h.clocks(t)
		for _, e := range append(reopened, entries...) {
			clock, err := h.Shred.Clock(t.Context(), e)
			must(t, err)
			if clock.NotAfter != 0 {
				t.Errorf("an entry ends at %d although it goes on", clock.NotAfter)
			}
		}
		// Whoever comes too early, since a clock was not carried yet, is refused.
		for entry, want := range map[string]error{reopened[0]: situation.ErrState, entries[0]: contact.ErrKeep, entries[1]: contact.ErrKeep} {
			_, err := situation.End(t.Context(), h.Engine.Main, h.Log, retention.By, entry)
			refused(t, err, want)
		}
		h.pass(t, h.last(t, 6*year))
		if n := h.kept(t, append(reopened, entries...)); n != 4 {
			t.Fatalf("%d of 4 entries are left", n)
		}
		h.SignIn(t, priv)
		h.With(t, priv, func(r *vault.Ring) error { return h.r.Lift(t.Context(), r, held, "over") })
		h.SignIn(t, sue)
		h.shut(t, sue, again.ID)
		h.pass(t, h.Now(t)+8*day.Milliseconds())
		if n := h.kept(t, entries); n != 0 {
			t.Errorf("%d entries outlive the hold", n)
		}
		if n := h.kept(t, reopened); n != 2 {
			t.Errorf("%d entries of what closed a week ago, want 2", n)
		}
		h.rang(t, nil)
	})
}

package policy_test

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

// A house decides about one contact, which ana has; bea supervises.
type house struct {
	*hotlinetest.World

	d        *policy.Decisions
	ana, bea *hotlinetest.Person
	about    hotline.ContactID
	told     atomic.Int64 // how often somebody was told at once
	deaf     atomic.Bool  // nobody can be told
}

var errDeaf = errors.New("nobody can be told")

func houses(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		h := &house{World: w, ana: w.Hire(t, hotline.Advocate), bea: w.Hire(t, hotline.Supervisor), about: w.Arrive(t, "her words").Contact}
		w.Take(t, h.ana, h.about)
		h.d = policy.NewDecisions(w.Engine.Main, w.Log, w.Bus, func(_ db.Tx, owner string) error {
			if h.deaf.Load() || owner != string(h.about) {
				return errDeaf
			}
			h.told.Add(1)
			return nil
		})
		f(t, h)
	})
}

// begin notes what the rules say.
func (h *house) begin(t *testing.T, said policy.Outcome) (id string) {
	t.Helper()
	id = hotline.NewID()
	hotlinetest.Must(t, h.Deciding(t, h.ana, h.about, func(o policy.Owner, k policy.Opener) error {
		_, err := h.d.Begin(t.Context(), h.ana.ID, o, k, id, said)
		return err
	}))
	return id
}

// take has somebody take an act, having seen so many.
func (h *house) take(t *testing.T, p *hotlinetest.Person, id string, seen int, a policy.Act) (d policy.Decision, err error) {
	t.Helper()
	err = h.Deciding(t, p, h.about, func(o policy.Owner, k policy.Opener) error {
		d, err = h.d.Take(t.Context(), p.ID, o, k, id, seen, a)
		return err
	})
	return d, err
}

// of is what somebody reads of all that was decided.
func (h *house) of(t *testing.T) (all []policy.Decision, err error) {
	t.Helper()
	err = h.Deciding(t, h.bea, h.about, func(o policy.Owner, k policy.Opener) error {
		all, err = h.d.Of(t.Context(), o.ID, k)
		return err
	})
	return all, err
}

// runs is the clock of a decision, and whether something about the contact is overdue.
func (h *house) runs(t *testing.T, id string) (c policy.Clock, overdue bool) {
	t.Helper()
	hotlinetest.Must(t, h.Engine.Main.Read(t.Context(), func(tx db.Tx) error {
		all, err := policy.Running(tx)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(all, func(c policy.Clock) bool { return c.ID == id }); i >= 0 {
			c = all[i]
		}
		owners, err := policy.Overdue(tx, h.Now(t))
		overdue = slices.Contains(owners, string(h.about))
		return err
	}))
	return c, overdue
}

// One person sends what is due at once, and somebody is told in the same second; a day
// later it stands there that no second person has spoken.
func TestSentAloneAndSpokenOfWithinADay(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		said := atOnce(t)
		said.First = time.UnixMilli(h.Now(t)).UTC()
		said.Due[0].Latest = said.First
		id := h.begin(t, said)
		hotlinetest.Must(t, h.Deciding(t, h.ana, h.about, func(o policy.Owner, k policy.Opener) error {
			d, err := h.d.Begin(t.Context(), h.ana.ID, o, k, id, policy.Outcome{}) // a repetition
			if err == nil && len(d.Said.Due) != 1 {
				t.Errorf("begun twice, it says %+v", d.Said)
			}
			return err
		}))
		h.Advance(t, time.Minute)
		if c, overdue := h.runs(t, id); !overdue || c != (policy.Clock{ID: id, Owner: string(h.about), DueBy: said.First.UnixMilli()}) {
			t.Errorf("overdue: %v, %+v", overdue, c)
		}
		_, err := h.take(t, h.ana, id, 1, report(policy.ByDuty))
		hotlinetest.Must(t, err)
		_, err = h.take(t, h.ana, id, 2, send(policy.ReadBack))
		hotlinetest.Refused(t, err, policy.ErrSecond)
		_, err = h.take(t, h.bea, id, 2, act(policy.Contest))
		hotlinetest.Must(t, err)
		if h.told.Load() != 0 {
			t.Error("told although nothing was sent")
		}

		id = h.begin(t, said)
		_, err = h.take(t, h.ana, id, 1, report(policy.DutyAtOnce))
		hotlinetest.Must(t, err)
		h.deaf.Store(true)
		_, err = h.take(t, h.ana, id, 2, send(policy.ReadBack))
		hotlinetest.Refused(t, err, errDeaf)
		h.deaf.Store(false)
		d, err := h.take(t, h.ana, id, 2, send(policy.ReadBack))
		hotlinetest.Must(t, err)
		if d.State != policy.Sent || h.told.Load() != 1 {
			t.Errorf("%s, told %d times; want sent and once", d.State, h.told.Load())
		}
		_, err = h.take(t, h.ana, id, 3, act(policy.Confirm))
		hotlinetest.Refused(t, err, policy.ErrSecond)
		late := func() int {
			return h.Count(t, `SELECT count(*) FROM decision WHERE id = $1 AND second_by > 0 AND second_by <= $2`, id, h.Now(t))
		}
		if h.Advance(t, policy.SecondWithin-time.Minute); late() != 0 {
			t.Error("overdue before the day is over")
		}
		h.Advance(t, time.Minute)
		h.SignIn(t, h.bea)
		if c, overdue := h.runs(t, id); !overdue || c.SecondBy != d.SecondBy() || c.DueBy != 0 {
			t.Errorf("a day later overdue: %v, %+v", overdue, c)
		}
		_, err = h.take(t, h.bea, id, 3, act(policy.Confirm))
		hotlinetest.Must(t, err)
		if late() != 0 {
			t.Error("overdue although bea has spoken")
		}
		if n := h.Count(t, `SELECT count(*) FROM leaf WHERE object = $1`, id); n != 4 {
			t.Errorf("%d leaves for four acts", n)
		}
		h.SignIn(t, h.ana)
		_, err = h.take(t, h.ana, id, 4, send(policy.Print))
		hotlinetest.Must(t, err)
		if h.told.Load() != 1 {
			t.Errorf("told %d times: what two have agreed to rings for nobody", h.told.Load())
		}
	})
}

// What was sent alone and contested, or not spoken of within a day, goes alone no second
// time: not in another decision either, on the same ground. Another duty that is due at
// once still does.
func TestWhatWasSpentTakesTwo(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		alone := func(said policy.Outcome, g policy.Ground) (id string, err error) {
			id = h.begin(t, said)
			_, err = h.take(t, h.ana, id, 1, report(g))
			hotlinetest.Must(t, err)
			_, err = h.take(t, h.ana, id, 2, send(policy.ReadBack))
			return id, err
		}
		other := rulesOf(t, ruleOf("id", `"IE-B"`)).Match(told())
		id, err := alone(atOnce(t), policy.DutyAtOnce)
		hotlinetest.Must(t, err)
		_, err = h.take(t, h.bea, id, 3, act(policy.Contest))
		hotlinetest.Must(t, err)
		again, err := alone(atOnce(t), policy.DutyAtOnce)
		hotlinetest.Refused(t, err, policy.ErrSecond)
		if h.told.Load() != 1 {
			t.Errorf("told %d times, want of the first alone", h.told.Load())
		}
		_, err = h.take(t, h.bea, again, 2, act(policy.Confirm))
		hotlinetest.Must(t, err)
		_, err = h.take(t, h.ana, again, 3, send(policy.ReadBack))
		hotlinetest.Must(t, err)

		_, err = alone(other, policy.DutyAtOnce) // another duty
		hotlinetest.Must(t, err)
		_, err = alone(other, policy.DangerNow) // another ground
		hotlinetest.Must(t, err)
		_, err = alone(other, policy.DutyAtOnce) // nobody has spoken yet, and the day is not over
		hotlinetest.Must(t, err)
		h.Advance(t, policy.SecondWithin)
		h.SignIn(t, h.ana)
		h.SignIn(t, h.bea)
		for _, g := range []policy.Ground{policy.DutyAtOnce, policy.DangerNow} {
			_, err = alone(other, g)
			hotlinetest.Refused(t, err, policy.ErrSecond)
		}
	})
}

// Somebody who reads a year later sees who decided what, when, and under which edition,
// in the words of that day; whoever breaks in sees none of it.
func TestADecisionIsReadAYearLater(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		then := inTwoDays(t)
		id := h.begin(t, then)
		from := h.Now(t)
		for i, s := range []struct {
			p *hotlinetest.Person
			a policy.Act
		}{{h.ana, report(policy.ByDuty)}, {h.bea, policy.Act{Kind: policy.Confirm}}, {h.ana, send(policy.Print)}, {h.bea, act(policy.Prove)}} {
			_, err := h.take(t, s.p, id, i+1, s.a)
			hotlinetest.Must(t, err)
		}
		for _, words := range []string{"she said it herself", "the agency", "what was said", "some words", "the act", "IE-A", "duty_at_once", "proven"} {
			if in := h.Holding(t, words); len(in) > 0 {
				t.Errorf("%q stands readable in %v", words, in)
			}
		}
		// The law changes; what was decided says what it said.
		if now := rulesOf(t, ruleOf("id", `"IE-B"`)).Match(told()); now.Due[0].Rule.ID == then.Due[0].Rule.ID {
			t.Fatal("nothing has changed")
		}
		h.Advance(t, 365*24*time.Hour)
		h.SignIn(t, h.bea)
		all, err := h.of(t)
		if err != nil || len(all) != 1 {
			t.Fatalf("%d decisions, %v", len(all), err)
		}
		d := all[0]
		if diff := cmp.Diff(d.Said, then); diff != "" {
			t.Errorf("the rules said (-got +want):\n%s", diff)
		}
		if d.Said.Due[0].Under.Number != 4 || d.State != policy.Proven || d.By != h.ana.ID || d.Second != h.bea.ID || d.Ground != policy.ByDuty {
			t.Errorf("under %+v: %s by %s and %s for %s", d.Said.Due[0].Under, d.State, d.By, d.Second, d.Ground)
		}
		who := []hotline.PersonID{h.ana.ID, h.ana.ID, h.bea.ID, h.ana.ID, h.bea.ID}
		for i, a := range d.Acts {
			if a.By != who[i] || a.At < from-60_000 || a.At > h.Now(t)-364*24*time.Hour.Milliseconds() {
				t.Errorf("act %d by %s at %d", i, a.By, a.At)
			}
		}
	})
}

// Of those who go on with a decision at once one does, and whoever has not seen the last
// act is told so; where the record refuses, nothing is written.
func TestOneOfManyGoesOn(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		id := h.begin(t, inTwoDays(t))
		var all sync.WaitGroup
		var took, moved atomic.Int64
		hotlinetest.Must(t, h.Deciding(t, h.ana, h.about, func(o policy.Owner, k policy.Opener) error {
			for range 6 {
				all.Go(func() {
					switch _, err := h.d.Take(t.Context(), h.ana.ID, o, k, id, 1, report(policy.ByDuty)); {
					case err == nil:
						took.Add(1)
					case errors.Is(err, policy.ErrMoved):
						moved.Add(1)
					default:
						t.Error(err)
					}
				})
			}
			all.Wait()
			_, err := h.d.Take(t.Context(), h.ana.ID, policy.Owner{ID: "another", Allow: o.Allow}, k, id, 2, act(policy.Counsel))
			hotlinetest.Refused(t, err, policy.ErrDecision)
			_, err = h.d.Take(t.Context(), h.ana.ID, policy.Owner{ID: o.ID, Allow: func(db.Tx) error { return errDeaf }}, k, id, 2, act(policy.Counsel))
			hotlinetest.Refused(t, err, errDeaf)
			_, err = h.d.Begin(t.Context(), h.ana.ID, o, k, "x", policy.Outcome{})
			hotlinetest.Refused(t, err, policy.ErrDecision)
			return nil
		}))
		if took.Load() != 1 || moved.Load() != 5 {
			t.Errorf("%d went on and %d were told", took.Load(), moved.Load())
		}
		if n := h.Count(t, `SELECT count(*) FROM decision_act`); n != 2 {
			t.Errorf("%d acts, want 2", n)
		}
	})
}

// What was decided goes with S, act by act, and nobody else's with it.
func TestDecisionsAreForgotten(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		hers := h.begin(t, inTwoDays(t))
		other := h.Arrive(t, "other words").Contact
		h.Take(t, h.ana, other)
		theirs := h.Notice(t, h.ana, other)
		hotlinetest.Must(t, h.Engine.Main.Write(t.Context(), func(tx db.Tx) error { return policy.ForgetDecisions(tx, string(h.about)) }))
		for id, want := range map[string]int{hers: 0, theirs: 1} {
			for _, q := range []string{`SELECT count(*) FROM decision WHERE id = $1`, `SELECT count(*) FROM decision_act WHERE decision = $1`} {
				if n := h.Count(t, q, id); n != want {
					t.Errorf("%s: %d, want %d", q, n, want)
				}
			}
		}
	})
}

// No more are begun about a contact than are read: else one more would hide another.
func TestNoDecisionHidesAnother(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		h.begin(t, policy.Outcome{})
		for range 199 {
			h.SQL(t, `INSERT INTO decision (id, owner, due_by, second_by, urgent) VALUES ($1, $2, 0, 0, 0)`, hotline.NewID(), string(h.about))
		}
		hotlinetest.Refused(t, h.Deciding(t, h.ana, h.about, func(o policy.Owner, k policy.Opener) error {
			_, err := h.d.Begin(t.Context(), h.ana.ID, o, k, hotline.NewID(), policy.Outcome{})
			return err
		}), policy.ErrAct)
	})
}

// Whoever holds the key and writes past the rules is seen: an act that nobody could have
// taken is not ours.
func TestAnActThatNobodyCouldTake(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		id := h.begin(t, inTwoDays(t))
		_, err := h.take(t, h.ana, id, 1, report(policy.ByDuty))
		hotlinetest.Must(t, err)
		for _, forged := range []string{
			`{"kind":"confirm","at":9999999999999,"by":"` + string(h.ana.ID) + `"}`, // her own second person
			`{"kind":"send","at":9999999999999,"by":"` + string(h.ana.ID) + `","how":"print","to":"x","words":"x"}`,
			`{"kind":"counsel","at":1,"by":"` + string(h.ana.ID) + `","words":"x"}`, // before it began
		} {
			hotlinetest.Must(t, h.Deciding(t, h.ana, h.about, func(o policy.Owner, k policy.Opener) error {
				sealed := k.Seal().Row("decision_act", "sealed", o.ID+" "+id+" 3", 3, say(forged))
				h.SQL(t, `INSERT INTO decision_act (decision, n, sealed) VALUES ($1, 3, $2)`, id, sealed)
				return nil
			}))
			if _, err := h.of(t); !errors.Is(err, policy.ErrPutBack) {
				t.Errorf("%s opens: %v", forged, err)
			}
			h.SQL(t, `DELETE FROM decision_act WHERE n = 3`)
		}
		_, err = h.of(t)
		hotlinetest.Must(t, err)
	})
}

// An older state that is put back is refused: a contest that is taken away, a clock that
// is turned, an act of another decision.
func TestADecisionPutBackIsRefused(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		id, other := h.begin(t, atOnce(t)), h.begin(t, atOnce(t))
		for _, id := range []string{id, other} {
			for i, a := range []policy.Act{report(policy.DangerNow), send(policy.ReadBack)} {
				_, err := h.take(t, h.ana, id, i+1, a)
				hotlinetest.Must(t, err)
			}
		}
		before := h.Backup(t)
		_, err := h.take(t, h.bea, id, 3, act(policy.Contest))
		hotlinetest.Must(t, err)
		whole := h.Backup(t)
		back := func(to hotlinetest.Copy) {
			h.SQL(t, `DELETE FROM decision_act`)
			h.SQL(t, `DELETE FROM decision`)
			h.PutBackMain(t, to)
		}
		for name, broken := range map[string]func(){
			"not contested yet": func() { back(before) },
			"an act is gone":    func() { h.SQL(t, `DELETE FROM decision_act WHERE decision = $1 AND n = 2`, id) },
			"all acts are gone": func() { h.SQL(t, `DELETE FROM decision_act WHERE decision = $1`, id) },
			"a clock is turned": func() { h.SQL(t, `UPDATE decision SET second_by = 0 WHERE id = $1`, other) },
			"a time is over":    func() { h.SQL(t, `UPDATE decision SET due_by = 1 WHERE id = $1`, other) },
		} {
			broken()
			if _, err := h.of(t); !errors.Is(err, policy.ErrPutBack) {
				t.Errorf("%s: %v", name, err)
			}
			back(whole)
		}
		_, err = h.of(t)
		hotlinetest.Must(t, err)
		h.SQL(t, `UPDATE decision_act SET sealed = (SELECT sealed FROM decision_act WHERE decision = $1 AND n = 3) WHERE decision = $2 AND n = 3`, other, id)
		if _, err := h.of(t); !errors.Is(err, box.ErrOpen) {
			t.Errorf("an act of another decision: %v", err)
		}
		h.SQL(t, `DELETE FROM decision_act WHERE decision = $1`, id)
		h.SQL(t, `DELETE FROM leaf WHERE object = $1`, id)
		if _, err := h.of(t); !errors.Is(err, policy.ErrPutBack) {
			t.Errorf("its acts are gone, and their leaves: %v", err)
		}
	})
}

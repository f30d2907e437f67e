package emergency_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// A house has one contact, whom ana has.
type house struct {
	*hotlinetest.World
	ana, bea *hotlinetest.Person
	her      *hotlinetest.Caller
}

func houses(t *testing.T, f func(t *testing.T, h house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		w := hotlinetest.New(t, e)
		h := house{w, w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor), w.Arrive(t, "her words")}
		w.Take(t, h.ana, h.her.Contact)
		f(t, h)
	})
}

// does is one act of somebody, and what stands then.
func (h house) does(t *testing.T, p *hotlinetest.Person, do func(emergency.Of) (emergency.Emergency, error)) (e emergency.Emergency, err error) {
	t.Helper()
	err = h.Emergency(t, p, h.her.Contact, func(of emergency.Of) error { e, err = do(of); return err })
	return e, err
}

func (h house) opens(t *testing.T, p *hotlinetest.Person, e emergency.Emergency) (emergency.Emergency, error) {
	t.Helper()
	if e.ID == "" {
		e.ID = hotline.NewID()
	}
	return h.does(t, p, func(of emergency.Of) (emergency.Emergency, error) { return h.Emergencies.Open(t.Context(), of, e) })
}

func (h house) answers(t *testing.T, p *hotlinetest.Person, e emergency.Emergency, says string) (emergency.Emergency, error) {
	t.Helper()
	return h.does(t, p, func(of emergency.Of) (emergency.Emergency, error) {
		return h.Emergencies.Answer(t.Context(), of, e.ID, e.Version, says, "I heard her")
	})
}

// acts lists what the log says of the contact.
func (h house) acts(t *testing.T) (out []string) {
	t.Helper()
	var all []string
	hotlinetest.Must(t, h.Engine.Main.Read(t.Context(), func(tx db.Tx) (err error) {
		all, err = db.Values[string](tx, `SELECT id FROM leaf WHERE object = $1 OR object IN (SELECT id FROM emergency)`, h.her.Contact)
		return err
	}))
	for _, id := range all {
		a, err := h.Log.Open(t.Context(), id, box.PrivateKey{}, nil)
		if err == nil && strings.HasPrefix(a.What, "emergency") {
			out = append(out, string(a.By)+" "+a.What+" "+a.Why)
		}
	}
	slices.Sort(out)
	return out
}

func (h house) rings(t *testing.T) (out []string) {
	t.Helper()
	all, err := h.Book.Alerts(t.Context())
	hotlinetest.Must(t, err)
	for _, a := range all {
		out = append(out, a.Kind)
	}
	slices.Sort(out)
	return out
}

func danger() emergency.Emergency {
	return emergency.Emergency{Ground: emergency.DangerNow, Reason: "a man with a knife is at the door", Words: "the flat over the bakery"}
}

// From the first word to the end: who calls, who is sent, what came of it, each with its
// time and leaf, and all of it is read again.
func TestAnEmergencyIsKept(t *testing.T) {
	houses(t, func(t *testing.T, h house) {
		ctx, b := t.Context(), h.Emergencies
		places, err := emergency.Parse(emergency.Shipped())
		hotlinetest.Must(t, err)
		who, err := places.Who("harbour_district")
		hotlinetest.Must(t, err)
		opened := emergency.Emergency{ID: hotline.NewID(), Ground: emergency.Wish, Reason: "she said: send somebody", Words: "by the blue crane"}
		e, err := h.opens(t, h.ana, opened)
		hotlinetest.Must(t, err)
		if e.State != emergency.Open || e.OpenedBy != h.ana.ID || e.OpenedAt == 0 || e.ConfirmBy != 0 {
			t.Errorf("opened as %s by %q at %d, to be confirmed by %d", e.State, e.OpenedBy, e.OpenedAt, e.ConfirmBy)
		}
		if again, err := h.opens(t, h.ana, opened); err != nil || again.Version != 1 {
			t.Errorf("its id again gives version %d, %v", again.Version, err)
		}
		if _, err := h.opens(t, h.bea, danger()); !errors.Is(err, emergency.ErrOpen) {
			t.Errorf("a second one at once: %v", err)
		}
		h.Advance(t, time.Minute)
		where := emergency.Where{Place: "harbour_district", Number: 1, Name: "Harbour District", Who: who}
		told := emergency.Told{Happens: "locked in", People: "two", Weapons: "none seen"}
		step := func(p *hotlinetest.Person, want emergency.State, do func(of emergency.Of) (emergency.Emergency, error)) {
			t.Helper()
			was := e.Version
			if e, err = h.does(t, p, do); err != nil || e.State != want || e.Version != was+1 {
				t.Fatalf("%s at version %d, %v; want %s", e.State, e.Version, err, want)
			}
		}
		step(h.ana, emergency.Open, func(of emergency.Of) (emergency.Emergency, error) {
			return b.Says(ctx, of, e.ID, e.Version, "by the blue crane, second door", where, false, told)
		})
		step(h.ana, emergency.Calling, func(of emergency.Of) (emergency.Emergency, error) { return b.Call(ctx, of, e.ID, e.Version) })
		first, second := hotline.NewID(), hotline.NewID()
		for _, d := range []emergency.Dispatch{{ID: first, Unit: "Water police", Ref: "W-7"}, {ID: second, Unit: "Town police", Number: "+1 555 0163"}} {
			step(h.ana, emergency.Sent, func(of emergency.Of) (emergency.Emergency, error) { return b.Send(ctx, of, e.ID, e.Version, d) })
			h.Advance(t, time.Minute)
		}
		for id, came := range map[string]string{first: emergency.NotFound, second: emergency.Arrived} {
			step(h.bea, emergency.Sent, func(of emergency.Of) (emergency.Emergency, error) {
				return b.Came(ctx, of, e.ID, e.Version, id, came, "they said so")
			})
		}
		step(h.bea, emergency.Ended, func(of emergency.Of) (emergency.Emergency, error) {
			return b.End(ctx, of, e.ID, e.Version, "safe", "with the nurse")
		})
		got, err := h.does(t, h.bea, func(of emergency.Of) (emergency.Emergency, error) { return b.Read(ctx, of, e.ID) })
		hotlinetest.Must(t, err)
		if diff := cmp.Diff(got, e); diff != "" {
			t.Error("what is read is not what was written") // the difference would say what is in it
		}
		if got.Calls != h.ana.ID || got.CalledAt-got.OpenedAt < time.Minute.Milliseconds() || len(got.Dispatches) != 2 || got.Dispatches[0].Came != emergency.NotFound || got.Dispatches[1].CameAt == 0 || got.Words == opened.Words {
			t.Error("what was done is not what stands there")
		}
		if clock := got.Clock(h.Now(t) + 1e6); clock < 3*time.Minute || clock > time.Hour {
			t.Errorf("it took %s", clock)
		}
		if acts := h.acts(t); len(acts) != 8 {
			t.Errorf("the log says %q", acts)
		}
		if diff := cmp.Diff(h.rings(t), []string{contact.Emergency}); diff != "" {
			t.Errorf("what rings (-got +want):\n%s", diff)
		}
		for name, do := range map[string]func(of emergency.Of) (emergency.Emergency, error){
			"call": func(of emergency.Of) (emergency.Emergency, error) { return b.Call(ctx, of, e.ID, e.Version) },
			"send": func(of emergency.Of) (emergency.Emergency, error) {
				return b.Send(ctx, of, e.ID, e.Version, emergency.Dispatch{ID: hotline.NewID(), Unit: "x"})
			},
			"end": func(of emergency.Of) (emergency.Emergency, error) { return b.End(ctx, of, e.ID, e.Version, "safe", "") },
			"answer": func(of emergency.Of) (emergency.Emergency, error) {
				return b.Answer(ctx, of, e.ID, e.Version, emergency.Confirmed, "why")
			},
		} {
			if _, err := h.does(t, h.bea, do); !errors.Is(err, emergency.ErrState) {
				t.Errorf("%s after the end: %v", name, err)
			}
		}
		if _, err := h.opens(t, h.bea, danger()); err != nil {
			t.Errorf("the next one: %v", err)
		}
	})
}

// There are three grounds and no fourth, each has its reason, and a duty has its
// decision.
func TestOnlyTheGroundsAllow(t *testing.T) {
	houses(t, func(t *testing.T, h house) {
		for name, c := range map[string]struct {
			e    emergency.Emergency
			want error
		}{
			"none":                   {emergency.Emergency{Reason: "because"}, emergency.ErrGround},
			"a fourth":               {emergency.Emergency{Ground: "supervisor", Reason: "because"}, emergency.ErrGround},
			"in other letters":       {emergency.Emergency{Ground: "Wish", Reason: "because"}, emergency.ErrGround},
			"wish, no reason":        {emergency.Emergency{Ground: emergency.Wish}, emergency.ErrReason},
			"danger, no reason":      {emergency.Emergency{Ground: emergency.DangerNow, Reason: " \n"}, emergency.ErrReason},
			"duty, no reason":        {emergency.Emergency{Ground: emergency.Duty, Decision: hotlinetest.AtOnce}, emergency.ErrReason},
			"duty, no decision":      {emergency.Emergency{Ground: emergency.Duty, Reason: "because"}, emergency.ErrDuty},
			"duty, no id":            {emergency.Emergency{Ground: emergency.Duty, Decision: "x", Reason: "because"}, emergency.ErrDuty},
			"duty that can wait":     {emergency.Emergency{Ground: emergency.Duty, Decision: hotline.NewID(), Reason: "because"}, emergency.ErrDuty},
			"danger with a decision": {emergency.Emergency{Ground: emergency.DangerNow, Decision: hotlinetest.AtOnce, Reason: "because"}, emergency.ErrDuty},
			"a long reason":          {emergency.Emergency{Ground: emergency.Wish, Reason: strings.Repeat("x", emergency.MaxText+1)}, emergency.ErrWords},
			"long words":             {emergency.Emergency{Ground: emergency.Wish, Reason: "because", Told: emergency.Told{Happens: strings.Repeat("x", 401)}}, emergency.ErrWords},
			"no id":                  {emergency.Emergency{ID: "x", Ground: emergency.Wish, Reason: "because"}, emergency.ErrMissing},
		} {
			if _, err := h.opens(t, h.ana, c.e); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		if n := h.Count(t, `SELECT count(*) FROM emergency`); n != 0 || len(h.rings(t)) != 0 || len(h.acts(t)) != 0 {
			t.Errorf("%d stand there, %v rings, %v", n, h.rings(t), h.acts(t))
		}
		without := emergency.New(h.Engine.Main, h.Log, h.Bus, nil)
		_, err := h.does(t, h.ana, func(of emergency.Of) (emergency.Emergency, error) {
			return without.Open(t.Context(), of, emergency.Emergency{ID: hotline.NewID(), Ground: emergency.Duty, Decision: hotlinetest.AtOnce, Reason: "because"})
		})
		if !errors.Is(err, emergency.ErrDuty) {
			t.Errorf("where nobody keeps decisions: %v", err)
		}
		e, err := h.opens(t, h.ana, emergency.Emergency{Ground: emergency.Duty, Decision: hotlinetest.AtOnce, Reason: "because"})
		if err != nil || e.ConfirmBy-e.OpenedAt != emergency.Confirm.Milliseconds() {
			t.Errorf("a duty that is due at once: confirmed within %d, %v", e.ConfirmBy-e.OpenedAt, err)
		}
	})
}

// What was done without her wish waits for a second person, who had no part in it; in
// time or late, once, and what is contested rings again.
func TestASecondPersonAnswers(t *testing.T) {
	houses(t, func(t *testing.T, h house) {
		ctx, b := t.Context(), h.Emergencies
		cy := h.Hire(t, hotline.Advocate)
		e, err := h.opens(t, h.ana, danger())
		hotlinetest.Must(t, err)
		e, err = h.does(t, cy, func(of emergency.Of) (emergency.Emergency, error) {
			return b.Send(ctx, of, e.ID, e.Version, emergency.Dispatch{ID: hotline.NewID(), Unit: "Control room"})
		})
		hotlinetest.Must(t, err)
		dee := h.Hire(t, hotline.Advocate)
		for _, p := range []*hotlinetest.Person{dee, cy} {
			e, err = h.does(t, p, func(of emergency.Of) (emergency.Emergency, error) { return b.Call(ctx, of, e.ID, e.Version) })
			hotlinetest.Must(t, err)
		}
		for _, p := range []*hotlinetest.Person{h.ana, cy, dee} {
			if _, err := h.answers(t, p, e, emergency.Confirmed); !errors.Is(err, emergency.ErrSecond) {
				t.Errorf("who had a part in it answers: %v", err)
			}
		}
		for says, why := range map[string]string{"perhaps": "why", emergency.Confirmed: ""} {
			if _, err := h.does(t, h.bea, func(of emergency.Of) (emergency.Emergency, error) {
				return b.Answer(ctx, of, e.ID, e.Version, says, why)
			}); err == nil {
				t.Errorf("%q because of %q is taken", says, why)
			}
		}
		waits := func(want ...bool) {
			t.Helper()
			var got []bool
			for _, w := range h.stand(t) {
				if w.Waits {
					got = append(got, w.Overdue)
				}
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("what waits, overdue or not (-got +want):\n%s", diff)
			}
		}
		waits(false)
		hotlinetest.Must(t, b.RingOverdue(ctx))
		h.Advance(t, emergency.Confirm-time.Minute)
		waits(false)
		h.seen(t)
		hotlinetest.Must(t, b.RingOverdue(ctx))
		if got := h.rings(t); len(got) != 0 {
			t.Errorf("%v rings before its time", got)
		}
		h.Advance(t, time.Minute)
		waits(true)
		for range 2 {
			hotlinetest.Must(t, b.RingOverdue(ctx))
		}
		if diff := cmp.Diff(h.rings(t), []string{contact.Unconfirmed}); diff != "" {
			t.Errorf("what rings (-got +want):\n%s", diff)
		}
		h.seen(t)
		hotlinetest.Must(t, b.RingOverdue(ctx))
		if diff := cmp.Diff(h.rings(t), []string{contact.Unconfirmed}); diff != "" {
			t.Errorf("seen and not answered (-got +want):\n%s", diff)
		}
		h.seen(t)
		h.SignIn(t, h.bea)
		h.SignIn(t, h.ana)
		done, err := h.answers(t, h.bea, e, emergency.Contested)
		if err != nil || done.Second.By != h.bea.ID || done.Second.At == 0 || done.SecondWhy == "" {
			t.Errorf("answered by %q, %v", done.Second.By, err)
		}
		if diff := cmp.Diff(h.rings(t), []string{contact.Emergency}); diff != "" {
			t.Errorf("contested (-got +want):\n%s", diff)
		}
		waits()
		if _, err := h.answers(t, h.bea, done, emergency.Confirmed); !errors.Is(err, emergency.ErrState) {
			t.Errorf("answered twice: %v", err)
		}
		for _, want := range []string{string(h.ana.ID) + " emergency danger", string(h.bea.ID) + " emergency contested danger", "machine emergency unconfirmed "} {
			if acts := h.acts(t); !slices.Contains(acts, want) {
				t.Errorf("the log says %q, want %q", acts, want)
			}
		}
	})
}

// stand is what the server reads of those that go on or wait.
func (h house) stand(t *testing.T) (out []emergency.Standing) {
	t.Helper()
	hotlinetest.Must(t, h.Engine.Main.Read(t.Context(), func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		out, err = emergency.Stand(tx, now)
		return err
	}))
	return out
}

// seen answers all that rings.
func (h house) seen(t *testing.T) {
	t.Helper()
	all, err := h.Book.Alerts(t.Context())
	hotlinetest.Must(t, err)
	for _, a := range all {
		hotlinetest.Must(t, h.Book.Acknowledge(t.Context(), h.First.ID, a.ID))
	}
}

// It may have ended when the second person answers; her own wish needs none.
func TestTheSecondPersonMayComeAfterTheEnd(t *testing.T) {
	houses(t, func(t *testing.T, h house) {
		e, err := h.opens(t, h.ana, danger())
		hotlinetest.Must(t, err)
		e, err = h.does(t, h.ana, func(of emergency.Of) (emergency.Emergency, error) {
			return h.Emergencies.End(t.Context(), of, e.ID, e.Version, "stood_down", "")
		})
		hotlinetest.Must(t, err)
		if e, err = h.answers(t, h.bea, e, emergency.Confirmed); err != nil || e.Second.Says != emergency.Confirmed || e.State != emergency.Ended {
			t.Errorf("%s, %q, %v", e.State, e.Second.Says, err)
		}
		w, err := h.opens(t, h.ana, emergency.Emergency{Ground: emergency.Wish, Reason: "she asked"})
		hotlinetest.Must(t, err)
		if _, err := h.answers(t, h.bea, w, emergency.Confirmed); !errors.Is(err, emergency.ErrState) {
			t.Errorf("her wish is confirmed: %v", err)
		}
	})
}

// Once it is contested nobody is called or sent by it any more; what came of those who were
// sent before, and how it ended, is noted. Another one rings.
func TestNothingLeavesOnceItIsContested(t *testing.T) {
	houses(t, func(t *testing.T, h house) {
		b, ctx := h.Emergencies, t.Context()
		e, err := h.opens(t, h.ana, danger())
		hotlinetest.Must(t, err)
		sent := emergency.Dispatch{ID: hotline.NewID(), Unit: "a car"}
		send := func(of emergency.Of) (emergency.Emergency, error) { return b.Send(ctx, of, e.ID, e.Version, sent) }
		e, err = h.does(t, h.ana, send)
		hotlinetest.Must(t, err)
		e, err = h.answers(t, h.bea, e, emergency.Contested)
		hotlinetest.Must(t, err)
		h.seen(t)
		for what, do := range map[string]func(emergency.Of) (emergency.Emergency, error){
			"called": func(of emergency.Of) (emergency.Emergency, error) { return b.Call(ctx, of, e.ID, e.Version) },
			"sent": func(of emergency.Of) (emergency.Emergency, error) {
				return b.Send(ctx, of, e.ID, e.Version, emergency.Dispatch{ID: hotline.NewID(), Unit: "another car"})
			},
		} {
			for _, p := range []*hotlinetest.Person{h.ana, h.bea} {
				if _, err := h.does(t, p, do); !errors.Is(err, emergency.ErrContested) {
					t.Errorf("%s by %s: %v", what, p.Name, err)
				}
			}
		}
		e, err = h.does(t, h.ana, func(of emergency.Of) (emergency.Emergency, error) {
			return b.Came(ctx, of, e.ID, e.Version, sent.ID, emergency.NotFound, "")
		})
		hotlinetest.Must(t, err)
		_, err = h.does(t, h.ana, func(of emergency.Of) (emergency.Emergency, error) {
			return b.End(ctx, of, e.ID, e.Version, "stood_down", "")
		})
		hotlinetest.Must(t, err)
		_, err = h.opens(t, h.ana, danger())
		hotlinetest.Must(t, err)
		if diff := cmp.Diff(h.rings(t), []string{contact.Emergency}); diff != "" {
			t.Errorf("what rings (-got +want):\n%s", diff)
		}
	})
}

// Of those who write at once one has written, and every other one is shown what stands.
func TestOneOfManyWrites(t *testing.T) {
	houses(t, func(t *testing.T, h house) {
		e, err := h.opens(t, h.ana, danger())
		hotlinetest.Must(t, err)
		var all sync.WaitGroup
		wrote := make(chan bool, 8)
		for range 6 {
			all.Go(func() {
				got, err := h.does(t, h.ana, func(of emergency.Of) (emergency.Emergency, error) {
					return h.Emergencies.Call(t.Context(), of, e.ID, 1)
				})
				switch {
				case err == nil:
					wrote <- true
				case !errors.Is(err, emergency.ErrMoved) || got.Version != 2:
					t.Errorf("version %d, %v", got.Version, err)
				}
			})
		}
		all.Wait()
		if len(wrote) != 1 {
			t.Errorf("%d have written", len(wrote))
		}
	})
}

// Who is anonymous is not named in what we keep, a level that was chosen meanwhile
// counts at once, and what the database says without the key is noticed.
func TestWhatMayBeKept(t *testing.T) {
	houses(t, func(t *testing.T, h house) {
		ctx, b := t.Context(), h.Emergencies
		level := func(p contact.Privacy) {
			t.Helper()
			hotlinetest.Must(t, h.PutHead(t, h.ana, h.her.Contact, func(head *contact.Head) { head.Privacy = p }))
		}
		level(contact.Anonymous)
		for _, told := range []emergency.Told{{Name: "her name"}, {Reach: "+1 555 0199"}} {
			e := danger()
			e.Told = told
			if _, err := h.opens(t, h.ana, e); !errors.Is(err, emergency.ErrAnonymous) {
				t.Errorf("what names her is kept: %v", err)
			}
		}
		level(contact.Share)
		e := danger()
		e.Told.Name = "her name"
		e, err := h.opens(t, h.ana, e)
		hotlinetest.Must(t, err)
		err = h.Emergency(t, h.ana, h.her.Contact, func(of emergency.Of) error {
			level(contact.Anonymous)
			_, err := b.Says(ctx, of, e.ID, e.Version, "", emergency.Where{}, true, e.Told)
			return err
		})
		if !errors.Is(err, contact.ErrHead) {
			t.Errorf("by what she had chosen before: %v", err)
		}
		e, err = h.does(t, h.ana, func(of emergency.Of) (emergency.Emergency, error) { return b.Call(ctx, of, e.ID, e.Version) })
		if err != nil || e.Told.Name != "" {
			t.Errorf("she has chosen to stay anonymous, and her name is kept on: %v", err)
		}
		if len(h.Holding(t, "knife")) > 0 || len(h.Holding(t, "her name")) > 0 || len(h.Holding(t, "bakery")) > 0 {
			t.Error("the database can be read")
		}
		reads := func() error {
			_, err := h.does(t, h.bea, func(of emergency.Of) (emergency.Emergency, error) { return b.Read(ctx, of, e.ID) })
			return err
		}
		for sql, undo := range map[string]string{
			`ground = 'wish'`: `ground = 'danger'`, `confirm_by = 0`: `confirm_by = opened_at + 86400000`, `opened_by = 'x'`: `opened_by = calls`,
			`second_at = 5, second_by = 'x', second_says = 'confirmed'`: `second_at = 0, second_by = '', second_says = ''`,
		} {
			h.SQL(t, `UPDATE emergency SET `+sql)
			if err := reads(); !errors.Is(err, emergency.ErrBroken) {
				t.Errorf("%s: %v", sql, err)
			}
			h.SQL(t, `UPDATE emergency SET `+undo)
			hotlinetest.Must(t, reads())
		}
	})
}

// It is opened and rings, or neither.
func TestNothingIsOpenedThatDoesNotRing(t *testing.T) {
	houses(t, func(t *testing.T, h house) {
		h.SQL(t, `ALTER TABLE alert RENAME TO silent`)
		if _, err := h.opens(t, h.ana, danger()); err == nil {
			t.Error("nobody is told, and it is open")
		}
		if n := h.Count(t, `SELECT count(*) FROM emergency`); n != 0 {
			t.Errorf("%d stand there", n)
		}
		h.SQL(t, `ALTER TABLE silent RENAME TO alert`)
		if _, err := h.opens(t, h.ana, danger()); err != nil || len(h.rings(t)) != 1 {
			t.Errorf("told: %v, %v", h.rings(t), err)
		}
	})
}

// A row that is put back as it was before is refused, and rings: who confirmed it, who was
// sent and how it ended are not taken away.
func TestAnOldRowPutBackIsRefused(t *testing.T) {
	houses(t, func(t *testing.T, h house) {
		ctx, b := t.Context(), h.Emergencies
		e, err := h.opens(t, h.ana, danger())
		hotlinetest.Must(t, err)
		if got := h.stand(t); len(got) != 1 || !got[0].Waits || got[0].Version != 1 || got[0].OpenedBy != h.ana.ID {
			t.Errorf("the server reads %d of it", len(got))
		}
		h.seen(t)
		h.SQL(t, `CREATE TABLE before AS SELECT * FROM emergency`)
		was, err := h.answers(t, h.bea, e, emergency.Confirmed)
		hotlinetest.Must(t, err)
		h.SQL(t, `CREATE TABLE after AS SELECT * FROM emergency`)
		h.SQL(t, `DELETE FROM emergency`)
		h.SQL(t, `INSERT INTO emergency SELECT * FROM before`)
		for name, do := range map[string]func(of emergency.Of) (emergency.Emergency, error){
			"read": func(of emergency.Of) (emergency.Emergency, error) { return b.Read(ctx, of, e.ID) },
			"call": func(of emergency.Of) (emergency.Emergency, error) { return b.Call(ctx, of, e.ID, e.Version) },
			"answer": func(of emergency.Of) (emergency.Emergency, error) {
				return b.Answer(ctx, of, e.ID, e.Version, emergency.Contested, "why")
			},
		} {
			if _, err := h.does(t, h.bea, do); !errors.Is(err, emergency.ErrOld) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if diff := cmp.Diff(h.rings(t), []string{contact.PutBack}); diff != "" {
			t.Errorf("what rings (-got +want):\n%s", diff)
		}
		h.SQL(t, `DELETE FROM emergency`)
		h.SQL(t, `INSERT INTO emergency SELECT * FROM after`)
		got, err := h.does(t, h.ana, func(of emergency.Of) (emergency.Emergency, error) { return b.Read(ctx, of, e.ID) })
		if err != nil || got.Second.Says != emergency.Confirmed || got.Version != was.Version {
			t.Errorf("the newest one: %v", err)
		}
	})
}

// What we kept of it goes with what we wrote, and nothing is written under a key that is
// gone.
func TestItGoesWithWhatWeWrote(t *testing.T) {
	houses(t, func(t *testing.T, h house) {
		e, err := h.opens(t, h.ana, danger())
		hotlinetest.Must(t, err)
		err = h.Emergency(t, h.ana, h.her.Contact, func(of emergency.Of) error {
			h.Close(t, h.ana, h.her.Contact)
			hotlinetest.Must(t, h.Book.EraseNow(t.Context(), hotline.Machine, h.her.Contact))
			if _, err := h.Emergencies.Call(t.Context(), of, e.ID, e.Version); err != nil {
				t.Errorf("her words are gone, ours are not: %v", err)
			}
			if _, err := h.Emergencies.Says(t.Context(), of, e.ID, e.Version+1, "", emergency.Where{}, false, emergency.Told{}); !errors.Is(err, contact.ErrHead) {
				t.Errorf("what leaves is written by rules that are gone: %v", err)
			}
			hotlinetest.Must(t, h.Book.ForgetRecord(t.Context(), hotline.Machine, h.her.Contact, func(tx db.Tx) error { return emergency.Forget(tx, h.her.Contact) }))
			_, err := h.Emergencies.Open(t.Context(), of, emergency.Emergency{ID: hotline.NewID(), Ground: emergency.Wish, Reason: "late"})
			return err
		})
		if !errors.Is(err, emergency.ErrMissing) {
			t.Errorf("under a key that is gone: %v", err)
		}
		if n := h.Count(t, `SELECT count(*) FROM emergency`); n != 0 {
			t.Errorf("%d are left", n)
		}
	})
}

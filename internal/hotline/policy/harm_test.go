package policy_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// register is a line with its register of harm.
type register struct {
	*hotlinetest.World
	reg      *policy.HarmRegister
	editions *edition.Book
}

func registers(t *testing.T, f func(t *testing.T, h *register)) {
	t.Helper()
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		editions, err := edition.New(t.Context(), w.Engine.Main, w.Bus, time.Now, edition.Kind{Name: policy.KindHarm, Check: policy.CheckHarmDeadlines})
		hotlinetest.Must(t, err)
		f(t, &register{w, policy.NewHarmRegister(w.Engine.Main, w.Log, editions, contact.Bell{Kind: contact.Harm}), editions})
	})
}

// report is made by somebody, of what somebody did.
func (h *register) report(t *testing.T, by *hotlinetest.Person, kind string, doer hotline.PersonID, words string) (id string) {
	t.Helper()
	h.With(t, by, func(r *vault.Ring) error {
		k, put, err := r.NewHarm(t.Context())
		if err != nil {
			return err
		}
		id = k.Object()
		return h.reg.Report(t.Context(), by.ID, k, put, policy.HarmIn{Kind: kind, Doer: doer, Words: seal.Conceal(words)})
	})
	return id
}

// act does something to a report as somebody who opens it, at the version that stands.
func (h *register) act(t *testing.T, by *hotlinetest.Person, id string, do func(k policy.Opener, version int64) error) error {
	t.Helper()
	now, _, err := h.reg.Find(t.Context(), id)
	hotlinetest.Must(t, err)
	return h.Keeper.With(t.Context(), by.Token, func(r *vault.Ring) error {
		k, err := r.Harm(t.Context(), id, "test")
		if err != nil {
			return err
		}
		return do(k, now.Version)
	})
}

func (h *register) own(t *testing.T, by *hotlinetest.Person, id string) error {
	t.Helper()
	return h.act(t, by, id, func(k policy.Opener, n int64) error { return h.reg.Own(t.Context(), by.ID, k.Seal(), id, n) })
}

func (h *register) correct(t *testing.T, by *hotlinetest.Person, id, words string) error {
	t.Helper()
	return h.act(t, by, id, func(k policy.Opener, n int64) error {
		return h.reg.Correct(t.Context(), by.ID, k.Seal(), id, n, seal.Conceal(words))
	})
}

func (h *register) shut(t *testing.T, by *hotlinetest.Person, id string) error {
	t.Helper()
	return h.act(t, by, id, func(k policy.Opener, n int64) error { return h.reg.Close(t.Context(), by.ID, k, id, n) })
}

func (h *register) reopen(t *testing.T, by *hotlinetest.Person, id, why string) error {
	t.Helper()
	return h.act(t, by, id, func(k policy.Opener, n int64) error {
		return h.reg.Reopen(t.Context(), by.ID, k.Seal(), id, n, seal.Conceal(why))
	})
}

func (h *register) is(t *testing.T, id, state string, owner hotline.PersonID) policy.HarmReport {
	t.Helper()
	r, _, err := h.reg.Find(t.Context(), id)
	hotlinetest.Must(t, err)
	if r.State != state || r.Owner != owner {
		t.Errorf("it is %s and %s's, want %s and %s's", r.State, r.Owner, state, owner)
	}
	return r
}

// rings lists the reports for which it rings.
func (h *register) rings(t *testing.T) (out []string) {
	t.Helper()
	hotlinetest.Must(t, h.reg.Turn(t.Context()))
	all, err := h.Book.Alerts(t.Context())
	hotlinetest.Must(t, err)
	for _, a := range all {
		if a.Kind == contact.Harm {
			out = append(out, string(a.Contact))
		}
	}
	return out
}

// Anybody reports, also what she did herself. It is somebody's, put right in words, and
// closed by another; reopened, it is nobody's. Each act stands in the log.
func TestHarmIsPutRight(t *testing.T) {
	registers(t, func(t *testing.T, h *register) {
		ana, sue, tom := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor), h.Hire(t, hotline.Supervisor)
		id := h.report(t, ana, "leak", ana.ID, "I read a name aloud in the hall")
		h.is(t, id, policy.HarmOpen, "")
		hotlinetest.Refused(t, h.correct(t, sue, id, "said sorry"), policy.ErrHarmOwner)
		hotlinetest.Refused(t, h.shut(t, sue, id), policy.ErrHarmNothing)
		hotlinetest.Must(t, h.own(t, sue, id))
		h.is(t, id, policy.HarmCorrecting, sue.ID)
		hotlinetest.Refused(t, h.shut(t, sue, id), policy.ErrHarmNothing)
		hotlinetest.Refused(t, h.correct(t, tom, id, "said sorry"), policy.ErrHarmOwner)
		hotlinetest.Refused(t, h.correct(t, sue, id, ""), policy.ErrHarmWords)
		hotlinetest.Refused(t, h.correct(t, sue, id, strings.Repeat("x", policy.MostHarm+1)), policy.ErrHarmWords)
		hotlinetest.Must(t, h.correct(t, sue, id, "the hall was empty, and the door has a sign"))
		hotlinetest.Must(t, h.own(t, tom, id))
		hotlinetest.Must(t, h.shut(t, tom, id))
		if r := h.is(t, id, policy.HarmClosed, tom.ID); r.ClosedBy != tom.ID || r.ClosedAt < r.At {
			t.Errorf("closed by %s", r.ClosedBy)
		}
		hotlinetest.Refused(t, h.own(t, sue, id), policy.ErrHarmMoved)
		hotlinetest.Refused(t, h.reopen(t, sue, id, ""), policy.ErrHarmWords)
		hotlinetest.Must(t, h.reopen(t, sue, id, "somebody heard it"))
		h.is(t, id, policy.HarmOpen, "")
		hotlinetest.Must(t, h.own(t, sue, id))
		hotlinetest.Refused(t, h.shut(t, sue, id), policy.ErrHarmNothing) // since it was opened again

		var did []string
		hotlinetest.Must(t, h.Log.Sequence(t.Context()))
		hotlinetest.Must(t, h.Engine.Main.Read(t.Context(), func(tx db.Tx) (err error) {
			did, err = db.Values[string](tx, `SELECT id FROM leaf WHERE object = $1 ORDER BY n`, id)
			return err
		}))
		acts := map[string]int{}
		h.With(t, h.First, func(r *vault.Ring) error {
			for _, leaf := range did {
				a, err := r.Leaf(t.Context(), leaf)
				if err != nil {
					return err
				}
				acts[a.What]++
				if strings.Contains(a.Why, "hall") {
					t.Error("the log has words of it")
				}
			}
			return nil
		})
		for what, want := range map[string]int{"report harm": 1, "own harm": 3, "correct harm": 1, "close harm": 1, "reopen harm": 1} {
			if acts[what] != want {
				t.Errorf("%s stands in the log %d times, want %d: %v", what, acts[what], want, acts)
			}
		}
	})
}

// Nobody closes what is about her own act: whether she has reported it or a colleague has.
func TestNobodyClosesHerOwnHarm(t *testing.T) {
	registers(t, func(t *testing.T, h *register) {
		ana, sue := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor)
		eve := h.Hire(t, hotline.PrivacyOfficer)
		for what, id := range map[string]string{
			"her own report":   h.report(t, sue, "contact", sue.ID, "I called while he was there"),
			"of somebody else": h.report(t, ana, "contact", sue.ID, "she called while he was there"),
		} {
			hotlinetest.Must(t, h.own(t, sue, id))
			hotlinetest.Must(t, h.correct(t, sue, id, "never in the evening"))
			if err := h.shut(t, sue, id); !errors.Is(err, policy.ErrHarmOwn) {
				t.Errorf("%s: %v", what, err)
			}
			h.is(t, id, policy.HarmCorrecting, sue.ID)
			hotlinetest.Must(t, h.shut(t, eve, id))
		}
		// Where it does not open whose act it was, nobody closes.
		id := h.report(t, ana, "contact", sue.ID, "once more")
		hotlinetest.Must(t, h.own(t, sue, id))
		hotlinetest.Must(t, h.correct(t, sue, id, "never in the evening"))
		hotlinetest.Must(t, h.Engine.Main.Write(t.Context(), func(tx db.Tx) error {
			_, err := tx.Exec(`UPDATE harm SET doer = (SELECT o.doer FROM harm o WHERE o.id <> $1 LIMIT 1) WHERE id = $1`, id)
			return err
		}))
		for _, p := range []*hotlinetest.Person{sue, eve} {
			hotlinetest.Refused(t, h.shut(t, p, id), box.ErrOpen)
		}
	})
}

// Supervisors and the privacy officer open it, whoever reported it; an advocate does not
// open her own again, and nothing readable has a word of it.
func TestHarmIsReadByThoseWhoPutItRight(t *testing.T) {
	registers(t, func(t *testing.T, h *register) {
		ana, sue, eve := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor), h.Hire(t, hotline.PrivacyOfficer)
		const words = "he was told that she had called"
		id := h.report(t, ana, "leak", "", words)
		_, entries, err := h.reg.Find(t.Context(), id)
		hotlinetest.Must(t, err)
		if len(entries) != 1 || entries[0].By != ana.ID || bytes.Contains(entries[0].Sealed, []byte("told")) {
			t.Fatalf("%d entries", len(entries))
		}
		for _, p := range []*hotlinetest.Person{sue, eve, sue} {
			h.With(t, p, func(r *vault.Ring) error {
				k, err := r.Harm(t.Context(), id, "read")
				if err != nil {
					return err
				}
				got, err := k.Row("harm_entry", "sealed", policy.HarmRow(id, entries[0].Kind), entries[0].N, entries[0].Sealed)
				if err == nil && got.Reveal() != words {
					t.Error("it reads other words")
				}
				return err
			})
		}
		for _, role := range []hotline.Role{hotline.Advocate, hotline.Administrator, hotline.Analyst, hotline.Translator, hotline.Reviewer, hotline.Trainer, hotline.Director} {
			hotlinetest.Refused(t, h.own(t, h.Hire(t, role), id), vault.ErrGrant)
		}
		hotlinetest.Refused(t, h.own(t, ana, id), vault.ErrGrant)
		other := h.report(t, sue, "leak", "", "another")
		hotlinetest.Refused(t, h.act(t, sue, other, func(k policy.Opener, n int64) error { return h.reg.Own(t.Context(), sue.ID, k.Seal(), id, n) }), policy.ErrHarmKey)
		h.is(t, id, policy.HarmOpen, "")
		mine, err := h.reg.Of(t.Context(), ana.ID)
		hotlinetest.Must(t, err)
		all, err := h.reg.All(t.Context())
		hotlinetest.Must(t, err)
		if len(mine) != 1 || mine[0].ID != id || len(all) != 2 {
			t.Errorf("hers are %d of %d", len(mine), len(all))
		}
	})
}

// Of two who saw the same version, one acts.
func TestHarmIsChangedByOne(t *testing.T) {
	registers(t, func(t *testing.T, h *register) {
		sue, tom := h.Hire(t, hotline.Supervisor), h.Hire(t, hotline.Supervisor)
		id := h.report(t, sue, "threat", "", "he waits at the door")
		for i, p := range []*hotlinetest.Person{sue, tom} {
			want := []error{nil, policy.ErrHarmMoved}[i]
			h.With(t, p, func(r *vault.Ring) error {
				k, err := r.Harm(t.Context(), id, "test")
				hotlinetest.Refused(t, h.reg.Own(t.Context(), p.ID, k.Seal(), id, 1), want)
				return err
			})
		}
		h.is(t, id, policy.HarmCorrecting, sue.ID)
		if _, _, err := h.reg.Find(t.Context(), hotline.NewID()); !errors.Is(err, policy.ErrHarmMissing) {
			t.Errorf("what is not there: %v", err)
		}
	})
}

// It rings when the deadline of its kind is over, once, until it is seen to; reopened, it
// has a new one. A change of the deadlines moves none that runs.
func TestHarmRings(t *testing.T) {
	registers(t, func(t *testing.T, h *register) {
		ana, sue := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor)
		leak, threat := h.report(t, ana, "leak", "", "a list was left on the bus"), h.report(t, ana, "threat", "", "he waits at the door")
		early := h.report(t, ana, "threat", "", "it was the postman")
		hotlinetest.Must(t, h.own(t, sue, early))
		hotlinetest.Must(t, h.correct(t, sue, early, "we asked him"))
		hotlinetest.Must(t, h.shut(t, sue, early)) // in time: it never rings
		until := func(after time.Duration, want ...string) {
			t.Helper()
			h.Advance(t, after)
			hotlinetest.Same(t, sorted(h.rings(t)), sorted(want)...)
		}
		until(0)
		until(23 * time.Hour)
		until(2*time.Hour, threat)
		hotlinetest.Must(t, h.editions.Begin(t.Context(), h.First.ID, policy.HarmKey(), `{"rows":[{"hours":1}]}`))
		until(46*time.Hour, threat)
		until(2*time.Hour, leak, threat)
		until(time.Hour, leak, threat) // once each
		all, err := h.Book.Alerts(t.Context())
		hotlinetest.Must(t, err)
		for _, a := range all {
			hotlinetest.Must(t, h.Book.Acknowledge(t.Context(), sue.ID, a.ID))
		}
		until(time.Hour)
		list, err := h.reg.All(t.Context())
		hotlinetest.Must(t, err)
		if len(list) != 3 || !list[0].Late || !list[1].Late || list[0].ID != threat || list[2].ID != early || list[2].Late {
			t.Errorf("seen, they are %+v", list)
		}

		h.SignIn(t, sue)
		late := h.report(t, sue, "leak", "", "another")
		until(2*time.Hour, late)
		hotlinetest.Must(t, h.own(t, sue, late))
		hotlinetest.Must(t, h.correct(t, sue, late, "taken back"))
		hotlinetest.Must(t, h.shut(t, sue, late))
		until(time.Minute)
		hotlinetest.Must(t, h.reopen(t, sue, late, "not all of it"))
		until(time.Minute)
		until(2*time.Hour, late)
		if r := h.is(t, late, policy.HarmOpen, ""); r.Edition != 1 {
			t.Errorf("its deadline is of edition %d", r.Edition)
		}
	})
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

func TestDeadlinesThatCannotBePublished(t *testing.T) {
	t.Parallel()
	if err := policy.CheckHarmDeadlines(policy.ShippedHarmDeadlines().JSON()); err != nil {
		t.Errorf("the program's own: %v", err)
	}
	for kind, want := range map[string]int64{"leak": 72, "threat": 24, "contact": 24, "referral": 168, "other": 168} {
		if got := policy.ShippedHarmDeadlines().Hours(kind); got != want {
			t.Errorf("%s is closed within %d hours, want %d", kind, got, want)
		}
	}
	for body, want := range map[string]edition.Fault{
		`{}`:                           {Field: "rows", Key: "edition.fault.empty"},
		`{"rows":[{"hours":0}]}`:       {Row: 1, Field: "hours", Key: "edition.fault.hours"},
		`{"rows":[{"hours":8761}]}`:    {Row: 1, Field: "hours", Key: "edition.fault.hours"},
		`{"rows":[{"hours":1}],"x":1}`: {Field: "x", Key: "edition.fault.unknown"},
		`{"rows":[{"kind":"x","hours":1},{"hours":1}]}`:                              {Row: 1, Field: "kind", Key: "edition.fault.unknown"},
		`{"rows":[{"hours":1},{"kind":"leak","hours":1}]}`:                           {Row: 2, Field: "kind", Key: "edition.fault.unreached"},
		`{"rows":[{"kind":"leak","hours":1}]}`:                                       {Row: 1, Field: "kind", Key: "edition.fault.default"},
		`{"rows":[{"hours":1}],"note":"` + strings.Repeat("x", 401) + `"}`:           {Field: "note", Key: "edition.fault.long"},
		`{"rows":[{"kind":"leak","hours":1},{"kind":"leak","hours":2},{"hours":1}]}`: {Row: 2, Field: "kind", Key: "edition.fault.unreached"},
	} {
		var fs edition.Faults
		err := policy.CheckHarmDeadlines(body)
		if !errors.As(err, &fs) || !slices.ContainsFunc(fs, func(f edition.Fault) bool { return f.Row == want.Row && f.Field == want.Field && f.Key == want.Key }) {
			t.Errorf("%s: %v, want %+v", body, err, want)
		}
	}
}

// Who taps twice has reported once; who sends the form again with other words, twice.
func TestHarmReportedByTwoTapsIsOne(t *testing.T) {
	registers(t, func(t *testing.T, h *register) {
		ana, tom := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Advocate)
		form := hotline.NewID()
		var all sync.WaitGroup
		send := func(by *hotlinetest.Person, words string) {
			all.Go(func() {
				if err := h.Keeper.With(t.Context(), by.Token, func(r *vault.Ring) error {
					k, put, err := r.NewHarm(t.Context())
					if err != nil {
						return err
					}
					return h.reg.Report(t.Context(), by.ID, k, put, policy.HarmIn{Kind: "leak", Words: seal.Conceal(words), Form: form})
				}); err != nil {
					t.Error(err)
				}
			})
		}
		for range 3 {
			send(ana, "CANARY on the bus")
		}
		all.Wait()
		if n := h.Count(t, `SELECT count(*) FROM harm`); n != 1 || h.Count(t, `SELECT count(*) FROM harm_entry`) != 1 {
			t.Errorf("%d reports of three taps", n)
		}
		if n := h.Count(t, `SELECT count(*) FROM key_grant WHERE object NOT IN (SELECT id FROM harm) AND object NOT IN (SELECT shred_k FROM contact)`); n != 0 {
			t.Errorf("%d keys of nothing", n)
		}
		send(ana, "CANARY on the bus, and in the hall")
		send(tom, "CANARY on the bus")
		all.Wait()
		if n := h.Count(t, `SELECT count(*) FROM harm`); n != 3 {
			t.Errorf("%d reports, want three", n)
		}
		if got := h.Holding(t, form); len(got) > 0 {
			t.Errorf("the form's number stands in %v", got)
		}
	})
}

// What was closed is kept as long as the line said when it closed, and then no key of it
// is left. What is opened again is kept.
func TestClosedHarmIsForgottenInItsTime(t *testing.T) {
	registers(t, func(t *testing.T, h *register) {
		sue, tom := h.Hire(t, hotline.Supervisor), h.Hire(t, hotline.Supervisor)
		closed := func(words string) string {
			id := h.report(t, tom, "leak", "", words)
			hotlinetest.Must(t, h.own(t, sue, id))
			hotlinetest.Must(t, h.correct(t, sue, id, "put right"))
			hotlinetest.Must(t, h.shut(t, sue, id))
			return id
		}
		old, again, open := closed("old"), closed("again"), h.report(t, tom, "leak", "", "open")
		hotlinetest.Must(t, h.reopen(t, sue, again, "somebody heard it"))
		d := policy.ShippedHarmDeadlines()
		d.Keep = 90
		hotlinetest.Must(t, h.editions.Begin(t.Context(), h.First.ID, policy.HarmKey(), d.JSON()))
		soon := closed("soon")
		after := func(days int) (left []string) {
			t.Helper()
			h.Advance(t, time.Duration(days)*24*time.Hour)
			hotlinetest.Must(t, h.reg.Forget(t.Context(), h.Shred.Destroy))
			all, err := h.reg.All(t.Context())
			hotlinetest.Must(t, err)
			for _, r := range all {
				left = append(left, r.ID)
			}
			slices.Sort(left)
			return left
		}
		want := func(ids ...string) []string { slices.Sort(ids); return ids }
		hotlinetest.Same(t, after(89), want(old, again, open, soon)...)
		hotlinetest.Same(t, after(2), want(old, again, open)...)
		hotlinetest.Same(t, after(1003), want(old, again, open)...)
		hotlinetest.Same(t, after(2), want(again, open)...)
		for _, id := range []string{old, soon} {
			if n := h.Count(t, `SELECT (SELECT count(*) FROM harm_entry WHERE harm = $1) + (SELECT count(*) FROM key_grant WHERE object = $1)`, id); n != 0 {
				t.Errorf("%d rows are left of it", n)
			}
			if _, err := h.Shred.Get(t.Context(), id); !errors.Is(err, shred.ErrShredded) {
				t.Errorf("its key is there: %v", err)
			}
		}
	})
}

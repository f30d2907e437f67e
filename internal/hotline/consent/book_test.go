package consent_test

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

func must(t testing.TB, err error) { t.Helper(); hotlinetest.Must(t, err) }

func refused(t testing.TB, err, want error) { t.Helper(); hotlinetest.Refused(t, err, want) }

// house is a line with an advocate and a supervisor, and what they write.
type house struct {
	*hotlinetest.World
	ana, sol *hotlinetest.Person
}

func houses(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		f(t, &house{w, w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor)})
	})
}

func (h *house) now(t testing.TB) (ms int64) {
	t.Helper()
	must(t, h.Engine.Main.Read(t.Context(), func(tx db.Tx) (err error) { ms, err = db.Now(tx); return err }))
	return ms
}

// her is a contact that the advocate has.
func (h *house) her(t testing.TB) hotline.ContactID {
	t.Helper()
	id := h.Arrive(t, "words").Contact
	h.Take(t, h.ana, id)
	return id
}

// did writes an act, and must not fail.
func (h *house) did(t testing.TB, p *hotlinetest.Person, id hotline.ContactID, a consent.Act) consent.Ledger {
	t.Helper()
	l, err := h.Consent(t, p, id, a)
	must(t, err)
	return l
}

// given is a consent of hers for a day.
func (h *house) given(t testing.TB, id hotline.ContactID) string {
	t.Helper()
	a := gives(hotline.NewID(), to(h.now(t)+day, "place"))
	h.did(t, h.ana, id, a)
	return a.ID
}

// may asks whether her place may go to the house now.
func (h *house) may(t testing.TB, id hotline.ContactID) (consent.Answer, error) {
	t.Helper()
	w, err := h.ConsentsOf(t, h.ana, id)
	return w.Allows(asks(string(id), h.now(t), "place")), err
}

// row is what stands in the database about an owner at a moment.
type row struct{ n, sealed any }

func (h *house) row(t testing.TB, owner string) row {
	t.Helper()
	c := h.Backup(t)
	return row{c.Cell("consent", "n", "owner", owner), c.Cell("consent", "sealed", "owner", owner)}
}

func (h *house) putBack(t testing.TB, owner string, r row) {
	t.Helper()
	h.SQL(t, `UPDATE consent SET n = $1, sealed = $2 WHERE owner = $3`, r.n, r.sealed, owner)
}

// Old rows that are put back are refused, and ring: a consent over its revocation, what
// was before a sign-off was withdrawn, an override that was contested, and the same before
// a second person had answered; of a contact, and of a situation.
func TestOldRowsPutBack(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		id := h.her(t)
		var s situation.Situation
		h.With(t, h.ana, func(r *vault.Ring) (err error) { s, err = h.Situations.Create(t.Context(), r, id); return err })
		for _, owner := range []string{string(id), string(s.ID)} {
			given, signed, asked, told := hotline.NewID(), hotline.NewID(), hotline.NewID(), hotline.NewID()
			end := h.now(t) + day
			steps := []struct {
				name string
				by   *hotlinetest.Person
				act  consent.Act
			}{
				{"consent", h.ana, gives(given, to(end, "place"))},
				{"revocation", h.ana, on(given, consent.Revoke)},
				{"sign-off", h.sol, consent.Act{Kind: consent.SignOff, ID: signed, Label: "the plan", Words: "read"}},
				{"sign-off withdrawn", h.sol, on(signed, consent.Revoke)},
				{"override", h.ana, overrides(asked, policy.ByOrder, to(end, "place"))},
				{"second approver", h.sol, on(asked, consent.Approve)},
				{"alone", h.ana, overrides(told, policy.DangerNow, to(end, "place"))},
				{"contested", h.sol, on(told, consent.Contest)},
			}
			if owner == string(s.ID) { // nobody speaks there
				_, err := h.ConsentIn(t, h.ana, s.ID, owner, steps[0].act)
				refused(t, err, consent.ErrAct)
				steps = steps[2:]
			}
			before := row{int64(0), []byte{}}
			for _, x := range steps {
				_, err := h.ConsentIn(t, x.by, s.ID, owner, x.act)
				must(t, err)
				newest := h.row(t, owner)
				rung := len(h.Alarms())
				h.putBack(t, owner, before)
				if _, err := h.ConsentsIn(t, h.ana, s.ID); !errors.Is(err, consent.ErrPutBack) {
					t.Errorf("%s: what was before it is put back: %v", x.name, err)
				}
				if _, err := h.ConsentIn(t, h.sol, s.ID, owner, gives(hotline.NewID(), to(end, "name"))); !errors.Is(err, consent.ErrPutBack) {
					t.Errorf("%s: something is written upon it: %v", x.name, err)
				}
				if len(h.Alarms()) == rung {
					t.Errorf("%s: nothing rang for the operator", x.name)
				}
				alerts, err := h.Book.Alerts(t.Context())
				must(t, err)
				if !slices.ContainsFunc(alerts, func(a contact.Alert) bool { return a.Kind == contact.PutBack && string(a.Contact) == owner }) {
					t.Errorf("%s: nothing rang for the supervisors", x.name)
				}
				h.putBack(t, owner, newest)
				before = newest
			}
			w, err := h.ConsentsIn(t, h.ana, s.ID)
			must(t, err)
			if got := w.Allows(asks(owner, h.now(t), "place")); !got.OK || got.Why != string(policy.ByOrder) || got.Second != h.sol.ID {
				t.Errorf("the newest says %v %s", got.OK, got.Why)
			}
		}
		hotlinetest.Same(t, h.Holding(t, "old consents refused"), "main leaf.opening")
	})
}

// Whoever takes the row away is noticed, and where an entry was made anew, nothing of
// before opens. A supervisor has her asked anew: nothing of the old one is believed.
func TestTakenAwayAndAskedAnew(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		id := h.her(t)
		h.given(t, id)
		old := h.row(t, string(id))
		h.given(t, id)
		h.SQL(t, `DELETE FROM consent WHERE owner = $1`, id)
		_, err := h.may(t, id)
		refused(t, err, consent.ErrPutBack)
		mend := func(why string) error {
			return h.Keeper.With(t.Context(), h.sol.Token, func(r *vault.Ring) error {
				k, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "mend")
				must(t, err)
				of := consent.Of{By: h.sol.ID, Lead: true, Owner: string(id), Key: k.OfHead(), Allow: func(db.Tx) error { return nil }}
				return h.Consents.Mend(t.Context(), of, why)
			})
		}
		refused(t, mend(""), consent.ErrWords)
		must(t, mend("a backup was restored"))
		if got, err := h.may(t, id); err != nil || got.OK || got.Why != consent.Nobody {
			t.Errorf("asked anew: %v %s, %v", got.OK, got.Why, err)
		}
		refused(t, mend("again"), consent.ErrMoved)
		h.given(t, id)
		if got, err := h.may(t, id); err != nil || !got.OK {
			t.Errorf("given anew: %v %s, %v", got.OK, got.Why, err)
		}
		h.putBack(t, string(id), old)
		_, err = h.may(t, id)
		refused(t, err, consent.ErrPutBack)

		// The entry was swept, since nothing depended on it, and made anew.
		she := h.her(t)
		h.given(t, she)
		h.given(t, she)
		old = h.row(t, string(she))
		h.StoreSQL(t, `DELETE FROM entry WHERE id = $1`, h.One(t, `SELECT entry FROM consent WHERE owner = $1`, she))
		_, err = h.may(t, she)
		refused(t, err, consent.ErrPutBack)
		h.SQL(t, `DELETE FROM consent WHERE owner = $1`, she)
		h.given(t, she)
		h.putBack(t, string(she), old)
		_, err = h.may(t, she)
		refused(t, err, consent.ErrPutBack)
	})
}

// The readable end may only shorten: an earlier one counts, without a key; a later one is
// refused, and rings. What was taken back stays so, whatever a row says.
func TestTheReadableEndOnlyShortens(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		id := h.her(t)
		given := h.given(t, id)
		if n := h.Count(t, `SELECT until FROM consent_until WHERE id = $1`, given); int64(n) <= h.now(t) {
			t.Fatalf("it ends at %d", n)
		}
		was := h.Count(t, `SELECT until FROM consent_until WHERE id = $1`, given)
		set := func(to int64) { h.SQL(t, `UPDATE consent_until SET until = $1 WHERE id = $2`, to, given) }
		says := func(want string) {
			t.Helper()
			if got, err := h.may(t, id); err != nil || got.Why != want || got.OK != (want == consent.ByConsent) {
				t.Errorf("%v %s, %v; want %s", got.OK, got.Why, err, want)
			}
		}
		says(consent.ByConsent)
		set(int64(was) + 1)
		_, err := h.may(t, id)
		refused(t, err, consent.ErrPutBack)
		if len(h.Alarms()) == 0 {
			t.Error("nothing rang for the operator")
		}
		set(h.now(t))
		says(consent.Ended)
		set(int64(was))
		says(consent.ByConsent)
		h.SQL(t, `DELETE FROM consent_until WHERE id = $1`, given)
		says(consent.Ended)
		h.SQL(t, `INSERT INTO consent_until (id, owner, until) VALUES ($1, $2, $3)`, given, id, was)
		says(consent.ByConsent)
		must(t, h.Shred.Destroy(t.Context(), given))
		says(consent.Ended)

		again := h.given(t, id)
		h.did(t, h.ana, id, on(again, consent.Revoke))
		if n := h.Count(t, `SELECT count(*) FROM job WHERE kind = $1 AND key = $2`, contact.JobShred, again); n != 1 {
			t.Error("what was taken back keeps its entry")
		}
		if n := h.Count(t, `SELECT until FROM consent_until WHERE id = $1`, again); int64(n) > h.now(t) {
			t.Error("what was taken back ends later")
		}
	})
}

// A consent ends by itself, with nobody signed in, and its entry with it.
func TestAConsentEndsByItself(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		id := h.her(t)
		given := h.given(t, id)
		h.Advance(t, 24*time.Hour+time.Minute)
		h.SignIn(t, h.ana)
		if got, err := h.may(t, id); err != nil || got.OK || got.Why != consent.Ended {
			t.Errorf("after its day: %v %s, %v", got.OK, got.Why, err)
		}
		alive, err := h.Shred.Some(t.Context(), given)
		must(t, err)
		if len(alive) > 0 {
			t.Error("its entry still opens")
		}
	})
}

// Of many who write at once upon what all have read, one does, and every other one is told
// what stands there. The same one again changes nothing.
func TestOneOfManyWrites(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		id := h.her(t)
		h.With(t, h.ana, func(r *vault.Ring) error {
			k, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "test")
			must(t, err)
			of := consent.Of{By: h.ana.ID, Owner: string(id), Key: k.OfHead(), Allow: func(db.Tx) error { return nil }}
			for n := range int64(2) {
				done := make(chan error, 5)
				first := gives(hotline.NewID(), to(h.now(t)+day, "place"))
				for i := range 5 {
					go func() {
						a := first
						if i > 0 {
							a.ID = hotline.NewID()
						}
						_, err := h.Consents.Do(t.Context(), of, n, a)
						done <- err
					}()
				}
				wrote := 0
				for range 5 {
					if err := <-done; err == nil {
						wrote++
					} else if !errors.Is(err, consent.ErrMoved) {
						t.Error(err)
					}
				}
				l, err := h.Consents.Read(t.Context(), string(id), of.Key)
				must(t, err)
				if wrote != 1 || l.N != n+1 || int64(len(l.Acts)) != n+1 {
					t.Fatalf("%d wrote, and %d stand", wrote, len(l.Acts))
				}
				again := l.Acts[n]
				if l, err = h.Consents.Do(t.Context(), of, 0, again); err != nil || l.N != n+1 {
					t.Errorf("the same again: %d, %v", l.N, err)
				}
			}
			return nil
		})
	})
}

// Linking and unlinking move nothing: what she said stays hers, in a situation and out of
// it, and what another said for her never becomes hers.
func TestLinkingMovesNothing(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		mother, daughter := h.her(t), h.her(t)
		h.given(t, mother)
		other := gives(hotline.NewID(), to(h.now(t)+day, "name"))
		other.For, other.Label = hotline.NewID(), "my daughter"
		h.did(t, h.ana, mother, other)
		var s situation.Situation
		h.With(t, h.ana, func(r *vault.Ring) (err error) {
			if s, err = h.Situations.Create(t.Context(), r, mother); err != nil {
				return err
			}
			return h.Situations.Link(t.Context(), r, s.ID, daughter)
		})
		whole := func() consent.Whole {
			t.Helper()
			w, err := h.ConsentsIn(t, h.ana, s.ID)
			must(t, err)
			return w
		}
		w, now := whole(), h.now(t)
		if !w.Allows(asks(string(mother), now, "place")).OK || w.Allows(asks(string(daughter), now, "place")).OK || w.Allows(asks(string(daughter), now, "name")).OK {
			t.Error("linking has changed what may go")
		}
		_, err := h.ConsentIn(t, h.ana, s.ID, string(daughter), gives(hotline.NewID(), to(now+day, "well")))
		must(t, err)
		herself := consent.Act{Kind: consent.Herself, For: other.For, Label: other.Label, Who: daughter}
		_, err = h.ConsentIn(t, h.ana, s.ID, string(mother), herself)
		must(t, err)
		object := h.Find(t, daughter).ShredS
		mayWrite := func() error {
			return h.Engine.Main.Write(t.Context(), func(tx db.Tx) error { return situation.MayConsent(tx, s.ID, string(daughter), object) })
		}
		must(t, mayWrite())
		h.With(t, h.ana, func(r *vault.Ring) error {
			return h.Situations.Unlink(t.Context(), r, s.ID, daughter, seal.Conceal("another girl"))
		})
		refused(t, mayWrite(), situation.ErrMissing) // whoever had it open still holds the key
		if w = whole(); len(w[string(daughter)].Acts) > 0 || !w.Allows(asks(string(mother), now, "place")).OK {
			t.Error("unlinking has changed what stands in the situation")
		}
		q := asks(string(mother), now, "name")
		q.For = other.For
		if got := w.Allows(q); got.OK || got.Why != consent.Replaced {
			t.Errorf("the mother's counts again: %s", got.Why)
		}
		own, err := h.ConsentsOf(t, h.ana, daughter)
		must(t, err)
		if !own.Allows(asks(string(daughter), now, "well")).OK {
			t.Error("unlinking has taken her own")
		}
		_, err = h.ConsentIn(t, h.ana, s.ID, string(daughter), gives(hotline.NewID(), to(now+day, "name")))
		refused(t, err, consent.ErrMissing)
	})
}

// What one person passes on alone rings at once, in the same transaction; nobody's answer
// within a day rings again, until somebody has answered.
func TestWhatOnePersonDoesRings(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		id := h.her(t)
		rings := func() bool {
			t.Helper()
			alerts, err := h.Book.Alerts(t.Context())
			must(t, err)
			return slices.ContainsFunc(alerts, func(a contact.Alert) bool { return a.Kind == contact.PassedOn && a.Contact == id })
		}
		seen := func() { must(t, h.Book.AcknowledgeKind(t.Context(), h.sol.ID, id, contact.PassedOn)) }
		two := overrides(hotline.NewID(), policy.ByOrder, to(h.now(t)+30*day, "place"))
		h.did(t, h.ana, id, two)
		if rings() {
			t.Error("what waits for a second person has gone")
		}
		var told atomic.Int32
		t.Cleanup(h.Bus.Subscribe(func(n bus.Hint) {
			if n.Topic == contact.TopicAlert && n.ID == string(id) {
				told.Add(1)
			}
		}))
		a := overrides(hotline.NewID(), policy.DangerNow, to(h.now(t)+30*day, "place"))
		h.did(t, h.ana, id, a)
		if !rings() || told.Load() == 0 {
			t.Errorf("nobody was told: rings %v, and %d hints", rings(), told.Load())
		}
		seen()
		must(t, h.Consents.RingOverdue(t.Context()))
		if rings() {
			t.Error("it rings before its time is over")
		}
		h.Advance(t, 25*time.Hour)
		for range 2 {
			must(t, h.Consents.RingOverdue(t.Context()))
			if !rings() {
				t.Error("nobody answered, and nothing rings")
			}
			seen()
		}
		h.SignIn(t, h.ana)
		h.SignIn(t, h.sol)
		if got, err := h.may(t, id); err != nil || got.OK || got.Why != consent.Late {
			t.Errorf("after a day: %v %s, %v", got.OK, got.Why, err)
		}
		h.did(t, h.sol, id, on(a.ID, consent.Approve))
		must(t, h.Consents.RingOverdue(t.Context()))
		if rings() {
			t.Error("it rings although somebody has answered")
		}
	})
}

// What was refused is tried again by its own id, as the desk does, and then lasts as long as
// it says.
func TestWhatWasRefusedIsTriedAgain(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		id := h.her(t)
		a := overrides(hotline.NewID(), policy.DutyAtOnce, to(h.now(t)+hour, "place"))
		a.Duty = hotline.NewID() // of no decision
		_, err := h.Consent(t, h.ana, id, a)
		refused(t, err, consent.ErrGround)
		a = overrides(a.ID, policy.DangerNow, to(h.now(t)+20*hour, "place"))
		h.did(t, h.ana, id, a)
		h.Advance(t, 10*time.Hour)
		h.SignIn(t, h.ana)
		if got, err := h.may(t, id); err != nil || !got.OK {
			t.Errorf("it ended before its time: %s, %v", got.Why, err)
		}
	})
}

// What was consented goes with S, and nothing of it stands readable.
func TestConsentsGoWithS(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		id := h.her(t)
		a := gives(hotline.NewID(), to(h.now(t)+day, "place"))
		a.Words = "KANARIE yes, tell them"
		h.did(t, h.ana, id, a)
		if got := h.Holding(t, "KANARIE"); len(got) > 0 {
			t.Errorf("her words stand in %v", got)
		}
		if got := h.Holding(t, "North house"); len(got) > 0 {
			t.Errorf("to whom stands in %v", got)
		}
		must(t, h.Book.EraseNow(t.Context(), hotline.Machine, id))
		if got, err := h.may(t, id); err != nil || !got.OK {
			t.Errorf("her words are erased, what we wrote stays: %v %s, %v", got.OK, got.Why, err)
		}
		entry := h.One(t, `SELECT entry FROM consent WHERE owner = $1`, id)
		must(t, h.Book.ForgetRecord(t.Context(), hotline.Machine, id, func(tx db.Tx) error { return situation.Forget(tx, string(id)) }))
		if n := h.Count(t, `SELECT count(*) FROM job WHERE kind = $1 AND key = $2`, contact.JobShred, entry); n != 1 {
			t.Error("its entry is not destroyed")
		}
		if n := h.Count(t, `SELECT (SELECT count(*) FROM consent) + (SELECT count(*) FROM consent_until)`); n > 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}

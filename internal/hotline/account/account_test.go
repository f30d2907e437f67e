package account_test

import (
	"errors"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

func lines(t *testing.T, f func(t *testing.T, w *hotlinetest.World)) {
	t.Helper()
	hotlinetest.Lines(t, f)
}

func must(t testing.TB, err error) { t.Helper(); hotlinetest.Must(t, err) }

func refused(t testing.TB, err, want error) { t.Helper(); hotlinetest.Refused(t, err, want) }

func nothing(*vault.Ring) error { return nil }

// admin does something in an administrator's session.
func admin(t testing.TB, w *hotlinetest.World, by *hotlinetest.Person, f func(*vault.Ring) error) error {
	t.Helper()
	return w.Keeper.With(t.Context(), by.Token, f)
}

func teams(t testing.TB, w *hotlinetest.World, p *hotlinetest.Person) (n int) {
	t.Helper()
	w.With(t, p, func(r *vault.Ring) error { n = len(r.Teams()); return nil })
	return n
}

// A wrong name, a wrong passphrase and a wrong code are one error.
func TestSignInFailsOneWay(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		wrong := seal.Conceal("wrong words")
		for name, try := range map[string]func() (vault.Token, error){
			"wrong name": func() (vault.Token, error) {
				return w.Accounts.SignIn(t.Context(), "Nobody", ana.Passphrase, w.Code(t, ana))
			},
			"wrong passphrase": func() (vault.Token, error) { return w.Accounts.SignIn(t.Context(), ana.Name, wrong, w.Code(t, ana)) },
			"wrong code":       func() (vault.Token, error) { return w.Accounts.SignIn(t.Context(), ana.Name, ana.Passphrase, "000000") },
			"no code":          func() (vault.Token, error) { return w.Accounts.SignIn(t.Context(), ana.Name, ana.Passphrase, "") },
			"another's code": func() (vault.Token, error) {
				return w.Accounts.SignIn(t.Context(), ana.Name, ana.Passphrase, w.Code(t, bea))
			},
			"another's passphrase": func() (vault.Token, error) {
				return w.Accounts.SignIn(t.Context(), ana.Name, bea.Passphrase, w.Code(t, ana))
			},
			"everything wrong": func() (vault.Token, error) { return w.Accounts.SignIn(t.Context(), "", seal.Text{}, "") },
			"a one-time code's owner": func() (vault.Token, error) {
				return w.Accounts.SignIn(t.Context(), "Second", w.Founding.Code, "000000")
			},
		} {
			if tok, err := try(); !errors.Is(err, account.ErrSignIn) || tok != nil {
				t.Errorf("%s: got %v, want %v", name, err, account.ErrSignIn)
			}
		}
		// What was right is forgiven its capitals and spaces, and no attempt has used
		// the code up.
		must(t, w.Keeper.End(t.Context(), ana.Token))
		_, err := w.Accounts.SignIn(t.Context(), " "+ana.Name+" ", seal.Conceal("  "+upper(ana.Passphrase)+"\t"), w.Code(t, ana))
		must(t, err)
	})
}

func upper(t seal.Text) string {
	b := []byte(t.Reveal())
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// Whatever is wrong, the slow hash is run, and nothing after it: no time tells what
// was wrong.
func TestSignInFailsAfterTheSameWork(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		must(t, w.Keeper.End(t.Context(), ana.Token))
		// Whoever gets as far as making a session meets this.
		trip := []string{`CREATE TRIGGER trip BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'tripped'); END`}
		if w.Engine.Name == string(db.Postgres) {
			trip = []string{
				`CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''tripped''; END'`,
				`CREATE TRIGGER trip BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION trip()`,
			}
		}
		for _, q := range trip {
			w.StoreSQL(t, q)
		}
		good := func() error {
			_, err := w.Accounts.SignIn(t.Context(), ana.Name, ana.Passphrase, w.CodeNow(t, ana))
			return err
		}
		w.Advance(t, time.Minute) // the code of now is not used
		if err := good(); err == nil || errors.Is(err, account.ErrSignIn) {
			t.Fatalf("got %v, want that a session was to be made", err)
		}
		for _, wrong := range []string{"000000", ""} { // and the right passphrase
			_, err := w.Accounts.SignIn(t.Context(), ana.Name, ana.Passphrase, wrong)
			refused(t, err, account.ErrSignIn)
		}
		slow := account.Real(w.Line, w.Engine.Main, w.Shred, w.Authority, w.Log, w.Staff)
		for name, try := range map[string][3]string{
			"wrong name":       {"Nobody", ana.Passphrase.Reveal(), w.CodeNow(t, ana)},
			"wrong passphrase": {ana.Name, "wrong words", w.CodeNow(t, ana)},
			"wrong code":       {ana.Name, ana.Passphrase.Reveal(), "000000"},
		} {
			began := time.Now()
			_, err := slow.SignIn(t.Context(), try[0], seal.Conceal(try[1]), try[2])
			refused(t, err, account.ErrSignIn)
			if took := time.Since(began); took < 20*time.Millisecond {
				t.Errorf("%s: took %s, so that the slow hash was not run", name, took)
			}
		}
	})
}

// A code is good once, within one step before and after.
func TestCodes(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		must(t, w.Keeper.End(t.Context(), ana.Token))
		at := func(by time.Duration) string {
			t.Helper()
			code, err := account.CodeAt(ana.Second.Secret, time.UnixMilli(w.Now(t)).Add(by))
			must(t, err)
			return code
		}
		tries := func(code string, want error) {
			t.Helper()
			tok, err := w.Accounts.SignIn(t.Context(), ana.Name, ana.Passphrase, code)
			refused(t, err, want)
			if err == nil {
				must(t, w.Keeper.End(t.Context(), tok))
			}
		}
		align := func() { // to the middle of a step, so that none ends meanwhile
			t.Helper()
			const step = 30000
			w.Advance(t, time.Duration(step+step/2-w.Now(t)%step)*time.Millisecond)
		}
		w.Advance(t, 2*time.Minute)
		align()
		tries(at(-60*time.Second), account.ErrSignIn)
		tries(at(60*time.Second), account.ErrSignIn)
		before, now, after := at(-30*time.Second), at(0), at(30*time.Second)
		tries(before, nil)
		tries(before, account.ErrSignIn)
		tries(after, nil)
		tries(after, account.ErrSignIn)
		tries(now, account.ErrSignIn) // an earlier one than was used
		w.Advance(t, 5*time.Minute)
		align()
		tries(at(0), nil)

		// Two with one code at once: one comes in.
		w.Advance(t, 5*time.Minute)
		align()
		code, errs := at(0), make(chan error, 2)
		for range 2 {
			go func() {
				_, err := w.Accounts.SignIn(t.Context(), ana.Name, ana.Passphrase, code)
				errs <- err
			}()
		}
		if a, b := <-errs, <-errs; (a == nil) == (b == nil) {
			t.Errorf("got %v and %v, want one of them in", a, b)
		}
	})
}

// The second factor is given anew for what asks for it, and counts for a while.
func TestStepUp(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		within := func(want bool) {
			t.Helper()
			got, err := w.Keeper.SteppedWithin(t.Context(), ana.Token, 5*time.Minute)
			must(t, err)
			if got != want {
				t.Errorf("stepped up: %v, want %v", got, want)
			}
		}
		within(true)
		w.Advance(t, 6*time.Minute)
		within(false)
		refused(t, w.Accounts.StepUp(t.Context(), ana.Token, "000000"), vault.ErrDenied)
		within(false)
		code := w.Code(t, ana)
		must(t, w.Accounts.StepUp(t.Context(), ana.Token, code))
		within(true)
		refused(t, w.Accounts.StepUp(t.Context(), ana.Token, code), vault.ErrDenied)
		must(t, w.Keeper.End(t.Context(), ana.Token))
		refused(t, w.Accounts.StepUp(t.Context(), ana.Token, w.Code(t, ana)), vault.ErrDenied)
	})
}

// Who has lost the second factor gets a new one; her keys stay, the old codes end.
func TestLostSecondFactor(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "words")
		w.Take(t, ana, c.Contact)
		w.Close(t, ana, c.Contact)
		must(t, w.Keeper.End(t.Context(), ana.Token))
		lost := *ana
		refused(t, admin(t, w, bea, func(r *vault.Ring) error {
			_, err := w.Accounts.NewSecond(t.Context(), r, ana.ID)
			return err
		}), account.ErrRole)
		w.With(t, w.First, func(r *vault.Ring) (err error) {
			ana.Second, err = w.Accounts.NewSecond(t.Context(), r, ana.ID)
			return err
		})
		w.Advance(t, time.Minute)
		_, err := w.Accounts.SignIn(t.Context(), ana.Name, ana.Passphrase, w.CodeNow(t, &lost))
		refused(t, err, account.ErrSignIn)
		w.SignIn(t, ana)
		_, err = w.Desk(t, ana, c.Contact)
		must(t, err)
	})
}

// Who has forgotten the passphrase is invited anew and gets new keys: what she
// signed before still verifies, what was sealed to the old ones does not open, and
// the old passphrase and sessions end at once.
func TestForgottenPassphrase(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		sue, ana, bea := w.Hire(t, hotline.Supervisor), w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		id := w.Arrive(t, "words").Contact
		w.Take(t, ana, id)
		w.Close(t, ana, id)
		w.With(t, sue, func(r *vault.Ring) error {
			k, err := r.Open(t.Context(), vault.Ref{Contact: id}, "bea asks")
			if err != nil {
				return err
			}
			return r.Give(t.Context(), k, bea.ID, "bea asks")
		})
		old := *sue
		var code seal.Text
		refused(t, admin(t, w, bea, func(r *vault.Ring) error { _, err := w.Accounts.Again(t.Context(), r, sue.ID); return err }), vault.ErrDenied)
		refused(t, admin(t, w, w.First, func(r *vault.Ring) error { _, err := w.Accounts.Again(t.Context(), r, w.First.ID); return err }), account.ErrRole)
		w.With(t, w.First, func(r *vault.Ring) (err error) { code, err = w.Accounts.Again(t.Context(), r, sue.ID); return err })
		if err := admin(t, w, &old, nothing); err == nil {
			t.Error("her old session opens")
		}
		_, err := w.Accounts.SignIn(t.Context(), old.Name, old.Passphrase, w.CodeNow(t, &old))
		refused(t, err, account.ErrSignIn)
		w.Redeem(t, sue, code)
		w.Confirm(t, w.First, sue)
		w.SignIn(t, sue)
		if n := teams(t, w, sue); n != 3 {
			t.Errorf("she holds %d teams, want 3", n)
		}
		got, err := w.Desk(t, sue, id) // by her team
		must(t, err)
		hotlinetest.Same(t, got, "words")
		_, err = w.Desk(t, bea, id) // by the grant that sue signed with the old key
		must(t, err)

		// An advocate's own closed contacts were sealed to her alone: a supervisor
		// gives them again.
		w.With(t, w.First, func(r *vault.Ring) (err error) { code, err = w.Accounts.Again(t.Context(), r, ana.ID); return err })
		w.Redeem(t, ana, code)
		w.Confirm(t, w.First, ana)
		w.SignIn(t, ana)
		if _, err := w.Desk(t, ana, id); err == nil {
			t.Error("opened with keys that are gone")
		}
		w.With(t, sue, func(r *vault.Ring) error {
			k, err := r.Open(t.Context(), vault.Ref{Contact: id}, "her own")
			if err != nil {
				return err
			}
			return r.Give(t.Context(), k, ana.ID, "her own")
		})
		_, err = w.Desk(t, ana, id)
		must(t, err)
	})
}

// An administrator who has forgotten is one again only by the root sheet.
func TestForgottenAdministrator(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		second := w.Second(t)
		var code seal.Text
		w.With(t, w.First, func(r *vault.Ring) (err error) { code, err = w.Accounts.Again(t.Context(), r, second.ID); return err })
		w.Redeem(t, second, code)
		confirm := func(root seal.Text) error {
			return admin(t, w, w.First, func(r *vault.Ring) error { return w.Accounts.Confirm(t.Context(), r, second.ID, root) })
		}
		refused(t, confirm(seal.Text{}), account.ErrRoot)
		refused(t, confirm(seal.Conceal("not a root sheet")), account.ErrRoot)
		thief := box.Random(32)
		refused(t, confirm(account.ShowRoot(thief)), vault.ErrDenied)
		must(t, confirm(w.Founding.Root))
		w.SignIn(t, second)
		w.With(t, second, func(r *vault.Ring) error {
			if !r.Admin() {
				t.Error("she is no administrator")
			}
			_, _, err := w.Accounts.Invite(t.Context(), r, staff.Person{Pseudonym: "New", Roles: []hotline.Role{hotline.Advocate}})
			return err
		})
	})
}

// The founder's teams are taken back once each has two others who can open it, and
// not before.
func TestFounderGivesBack(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		back := func(want int) {
			t.Helper()
			w.With(t, w.First, func(r *vault.Ring) error { return w.Accounts.GiveBack(t.Context(), r) })
			if n := teams(t, w, w.First); n != want {
				t.Errorf("she holds %d teams, want %d", n, want)
			}
		}
		w.Hire(t, hotline.Supervisor)
		w.Hire(t, hotline.PrivacyOfficer)
		w.Hire(t, hotline.PrivacyOfficer)
		back(4)
		// One who has enrolled and waits for her keys is no holder yet.
		p, code := w.Invite(t, w.First, staff.Person{Roles: []hotline.Role{hotline.Supervisor}})
		w.Redeem(t, p, code)
		back(4)
		w.Confirm(t, w.First, p)
		back(0)
		back(0)
		c := w.Arrive(t, "words")
		if _, err := w.Desk(t, w.First, c.Contact); !errors.Is(err, vault.ErrGrant) {
			t.Errorf("got %v, want %v", err, vault.ErrGrant)
		}
		w.SignIn(t, p)
		_, err := w.Desk(t, p, c.Contact)
		must(t, err)
	})
}

// The last who can open a team is neither removed nor invited anew: not while others
// only wait for their keys, nor when others have lost theirs.
func TestLastHolderStays(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		second := w.Second(t)
		sue, bea := w.Hire(t, hotline.Supervisor), w.Hire(t, hotline.Supervisor)
		w.Hire(t, hotline.PrivacyOfficer)
		w.Hire(t, hotline.PrivacyOfficer)
		w.With(t, w.First, func(r *vault.Ring) error { return w.Accounts.GiveBack(t.Context(), r) })
		remove := func(p *hotlinetest.Person) error {
			return admin(t, w, second, func(r *vault.Ring) error { return w.Accounts.Remove(t.Context(), r, p.ID) })
		}
		again := func(p *hotlinetest.Person) (code seal.Text, err error) {
			return code, admin(t, w, second, func(r *vault.Ring) (err error) { code, err = w.Accounts.Again(t.Context(), r, p.ID); return err })
		}
		waits := w.HireBy(t, second, staff.Person{Roles: []hotline.Role{hotline.Supervisor}}) // no holder has written her row
		code, err := again(bea)                                                               // bea has lost her keys
		must(t, err)
		refused(t, remove(sue), vault.ErrLast)
		_, err = again(sue)
		refused(t, err, vault.ErrLast)
		w.With(t, sue, nothing) // and nothing of hers has ended
		w.Redeem(t, bea, code)
		refused(t, remove(sue), vault.ErrLast)
		w.Confirm(t, second, bea)
		refused(t, remove(sue), vault.ErrLast)
		must(t, remove(waits)) // who holds nothing may go
		w.With(t, sue, func(r *vault.Ring) error { return r.Members(t.Context()) })
		must(t, remove(sue))
		w.SignIn(t, bea)
		_, err = w.Desk(t, bea, w.Arrive(t, "words").Contact)
		must(t, err)
		refused(t, remove(bea), vault.ErrLast)
		refused(t, admin(t, w, second, func(r *vault.Ring) error { return w.Accounts.Remove(t.Context(), r, second.ID) }), vault.ErrDenied)
	})
}

// Whoever is removed on one node opens nothing on another within five seconds, with
// the manifest remembered there.
func TestRemovedOnAllNodes(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		id := w.Arrive(t, "words").Contact
		now := time.Unix(0, 0)
		there := *w
		there.Clock = func() time.Time { return now } // stands still until it is moved
		there = *(&there).Node(t)
		_, err := there.Desk(t, ana, id)
		must(t, err)
		w.With(t, w.First, func(r *vault.Ring) error { return w.Accounts.Remove(t.Context(), r, ana.ID) })
		if _, err := there.Desk(t, ana, id); err == nil {
			t.Error("opens at once after removal, though her session is gone")
		}
		// Even with the session's rows and entries put back, the roster is asked.
		now = now.Add(5 * time.Second)
		v, err := there.Authority.Current(t.Context())
		must(t, err)
		if !v.Roster[ana.ID].Former {
			t.Error("the other node does not know after five seconds")
		}
	})
}

// Roles are those of the line; names are taken once.
func TestInvitationsAreChecked(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		invite := func(p staff.Person) error {
			return admin(t, w, w.First, func(r *vault.Ring) error { _, _, err := w.Accounts.Invite(t.Context(), r, p); return err })
		}
		roles := []hotline.Role{hotline.Advocate}
		refused(t, invite(staff.Person{Pseudonym: "A"}), account.ErrRole)
		refused(t, invite(staff.Person{Pseudonym: "A", Roles: []hotline.Role{"queen"}}), account.ErrRole)
		refused(t, invite(staff.Person{Roles: roles}), staff.ErrName)
		must(t, invite(staff.Person{Pseudonym: "A", Roles: roles}))
		refused(t, invite(staff.Person{Pseudonym: "A", Roles: roles}), staff.ErrTaken)
		ana := w.Hire(t, hotline.Advocate)
		refused(t, admin(t, w, ana, func(r *vault.Ring) error {
			_, _, err := w.Accounts.Invite(t.Context(), r, staff.Person{Pseudonym: "B", Roles: roles})
			return err
		}), vault.ErrDenied)
		refused(t, admin(t, w, ana, func(r *vault.Ring) error { return w.Accounts.Remove(t.Context(), r, w.First.ID) }), vault.ErrDenied)
		if _, err := w.Accounts.Found(t.Context(), account.Setup{Name: "x", Queues: []account.Queue{{ID: "q"}}, First: staff.Person{Pseudonym: "C"}, Second: staff.Person{Pseudonym: "D"}}); !errors.Is(err, account.ErrFounded) {
			t.Errorf("got %v, want %v", err, account.ErrFounded)
		}
	})
}

package vault_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// The founder holds all teams; the second administrator comes in by her code, once,
// then by words that only she knows.
func TestFounding(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		same(t, teams(t, w, w.First), "desk", "privacy", "stats", "supervisors")
		second := w.Second(t)
		same(t, teams(t, w, second))
		_, err := w.Accounts.Redeem(t.Context(), "Second", w.Founding.Code)
		refused(t, err, account.ErrCode)
		v, err := w.Authority.Current(t.Context())
		must(t, err)
		if got := v.Manifest.Queues[hotlinetest.Night]; got != hotline.Desk {
			t.Errorf("the queue leads to %q", got)
		}
		if len(v.Manifest.Admins) != 2 {
			t.Errorf("%d administrators, want 2", len(v.Manifest.Admins))
		}
	})
}

// She enrols, an administrator confirms. Where the confirmer holds no team, a
// holder's session does the rest.
func TestMemberRowsAreWrittenByHolders(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		same(t, teams(t, w, ana), "desk")
		second := w.Second(t)
		bea := w.HireBy(t, second, staff.Person{Roles: []hotline.Role{hotline.Advocate}})
		same(t, teams(t, w, bea))
		if n := w.Count(t, `SELECT count(*) FROM job WHERE kind = $1 AND team = 'desk'`, vault.JobMember); n != 1 {
			t.Errorf("%d jobs, want 1", n)
		}
		w.With(t, ana, func(r *vault.Ring) error { return r.Members(t.Context()) })
		w.With(t, ana, func(r *vault.Ring) error { return r.Members(t.Context()) }) // done once
		if n := w.Count(t, `SELECT count(*) FROM job WHERE kind = $1`, vault.JobMember); n != 0 {
			t.Errorf("%d jobs, want none", n)
		}
		w.SignIn(t, bea)
		same(t, teams(t, w, bea), "desk")
	})
}

// Only the inviter confirms, and only what the invited herself has put in: whoever
// writes the database has no code.
func TestEnrolmentIsGuarded(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		second := w.Second(t)
		p, code := w.Invite(t, w.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}})
		confirm := func(by *hotlinetest.Person) error {
			return w.Keeper.With(t.Context(), by.Token, func(r *vault.Ring) error {
				return w.Accounts.Confirm(t.Context(), r, p.ID, seal.Text{})
			})
		}
		if err := confirm(w.First); err == nil {
			t.Error("confirmed before she has enrolled")
		}
		_, err := w.Accounts.Redeem(t.Context(), p.Name, seal.Conceal("0000-0000-0000-0000"))
		refused(t, err, account.ErrCode)
		_, err = w.Accounts.Redeem(t.Context(), "First", code)
		refused(t, err, account.ErrCode)
		w.Redeem(t, p, code)
		_, err = w.Accounts.Redeem(t.Context(), p.Name, code)
		refused(t, err, account.ErrCode)
		if _, err := w.Accounts.SignIn(t.Context(), p.Name, p.Passphrase, w.Code(t, p)); err == nil {
			t.Error("signed in unconfirmed")
		} else {
			refused(t, err, account.ErrUnconfirmed)
		}
		refused(t, confirm(second), box.ErrOpen)
		keys := w.One(t, `SELECT keys FROM invitation WHERE person = $1`, p.ID)
		var who seal.Person
		must(t, json.Unmarshal([]byte(keys), &who))
		who.Sig = box.VerifierFrom(box.Random(32))
		forged, err := json.Marshal(who)
		must(t, err)
		w.SQL(t, `UPDATE invitation SET keys = $1 WHERE person = $2`, forged, p.ID)
		refused(t, confirm(w.First), seal.ErrUnvouched)
		w.SQL(t, `UPDATE invitation SET keys = $1 WHERE person = $2`, []byte(keys), p.ID)
		must(t, confirm(w.First))
		w.SignIn(t, p)
	})
}

// Her first words are sealed to the two teams that may open them, K and S alike.
func TestFirstWords(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		c := w.Arrive(t, "please help")
		got, err := w.Page(t, c)
		must(t, err)
		same(t, got, "please help")
		if n := w.Count(t, `SELECT count(*) FROM key_grant WHERE kind = 'hpke' AND scope = 'body' AND grantee IN ('team/desk', 'team/supervisors')`); n != 4 {
			t.Errorf("%d grants, want two teams for each of K and S", n)
		}
		if n := w.Count(t, `SELECT count(*) FROM key_grant`); n != 4 {
			t.Errorf("%d grants, want no others", n)
		}
		w.Place.Set(contact.Placed{Queue: "no such", Open: true})
		_, err = w.Book.Receive(t.Context(), w.Incoming(w.Browser(), "words"))
		refused(t, err, seal.ErrUnvouched)
	})
}

// Opening leaves one leaf, and makes the grants of the opener's teams symmetric;
// other teams' stay as intake made them.
func TestOpening(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "please help")
		for range 2 { // sealed to the team first, symmetric from then on
			got, err := w.Desk(t, ana, c.Contact)
			must(t, err)
			same(t, got, "please help")
		}
		if n := w.Count(t, `SELECT count(*) FROM leaf WHERE object = (SELECT shred_k FROM contact)`); n != 2 {
			t.Errorf("%d leaves, want one for each opening", n)
		}
		for q, want := range map[string]int{
			`kind = 'symmetric' AND grantee = 'team/desk' AND object = (SELECT shred_k FROM contact)`: 1,
			`kind = 'hpke' AND grantee = 'team/desk'`:                                                 1,
			`kind = 'hpke' AND grantee = 'team/supervisors'`:                                          2,
		} {
			if n := w.Count(t, `SELECT count(*) FROM key_grant WHERE `+q); n != want {
				t.Errorf("%d grants where %s, want %d", n, q, want)
			}
		}
		if h, err := head(t, w, ana, c.Contact); err != nil || h.N != 1 {
			t.Errorf("the head is number %d, %v; want 1", h.N, err)
		}
		w.With(t, ana, func(r *vault.Ring) error {
			vs, err := r.Heads(t.Context(), nil)
			if len(vs) != 0 {
				t.Errorf("%d heads of none", len(vs))
			}
			return err
		})
	})
}

// A page of 200 heads is one leaf; opening them again needs no public key any more.
func TestPageOfHeadsIsOneLeaf(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		var ids []hotline.ContactID
		for range 12 {
			ids = append(ids, w.Arrive(t, "words").Contact)
		}
		before := w.Count(t, `SELECT count(*) FROM leaf`)
		w.With(t, ana, func(r *vault.Ring) error {
			vs, err := r.Heads(t.Context(), ids)
			for _, v := range vs {
				if v.Err != nil {
					t.Error(v.Err)
				}
			}
			return err
		})
		if n := w.Count(t, `SELECT count(*) FROM leaf`) - before; n != 1 {
			t.Errorf("%d leaves, want 1", n)
		}
		if n := w.Count(t, `SELECT count(*) FROM key_grant WHERE grantee = 'team/desk' AND kind = 'symmetric'`); n != 12 {
			t.Errorf("%d grants became symmetric, want 12", n)
		}
	})
}

// What comes without a cookie is sealed to the contact's public key, and is read
// only with the line's signature: whoever writes the database has that key too.
func TestWithoutCookie(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		in := w.Incoming(w.Browser(), "by text")
		in.By = seal.CallerWrap{}
		c, err := w.Book.Receive(t.Context(), in)
		must(t, err)
		must(t, w.Book.Say(t.Context(), c.ID, contact.Words{ID: hotline.NewID(), Text: seal.Conceal("more by text")}))
		got, err := w.Desk(t, ana, c.ID)
		must(t, err)
		same(t, got, "by text", "more by text")

		cols, err := w.Book.Columns(t.Context(), c.ID)
		must(t, err)
		pub, err := box.ParsePublic(cols.Pub)
		must(t, err)
		id := hotline.NewID()
		sealed, err := pub.Seal(box.Pad([]byte("12345678forged")), w.Line.Message(cols.ShredK, id, seal.Caller, seal.Public))
		must(t, err)
		w.SQL(t, `INSERT INTO message (contact, id, seq, at, side, form, sealed) VALUES ($1, $2, 99, 0, 'caller', 'p', $3)`, c.ID, id, append(sealed, box.Random(box.SignSize)...))
		got, err = w.Desk(t, ana, c.ID)
		refused(t, err, seal.ErrUnvouched)
		same(t, got, "by text", "more by text")
		// An advocate's words are never read in that form, signed or not.
		_, err = w.Sealer.Message(t.Context(), cols, id, seal.Advocate, 0, seal.Conceal("ours"))
		refused(t, err, seal.ErrUnvouched)
	})
}

// Closed, a contact's words are open to its advocate and the supervisors; of what we
// wrote the team keeps the head. A supervisor may give the body, with a reason.
func TestClosing(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea, sue := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor)
		c := w.Arrive(t, "my words")
		id := c.Contact
		w.Take(t, ana, id)
		w.Note(t, ana, id, "our note")
		_, err := w.Desk(t, bea, id)
		must(t, err) // open to the team as long as it lives
		w.Close(t, ana, id)

		_, err = w.Desk(t, bea, id)
		refused(t, err, vault.ErrGrant)
		_, err = w.Notes(t, bea, id)
		refused(t, err, vault.ErrGrant)
		if h, err := head(t, w, bea, id); err != nil || h.Outcome != "helped" {
			t.Errorf("the team reads %q, %v of the head; want the outcome", h.Outcome, err)
		}
		for _, p := range []*hotlinetest.Person{ana, sue} {
			got, err := w.Desk(t, p, id)
			must(t, err)
			same(t, got, "my words")
			got, err = w.Notes(t, p, id)
			must(t, err)
			same(t, got, "our note")
		}
		give := func(by *hotlinetest.Person) error {
			return w.Keeper.With(t.Context(), by.Token, func(r *vault.Ring) error {
				k, err := r.Open(t.Context(), vault.Ref{Contact: id}, "bea asks")
				if err != nil {
					return err
				}
				return r.Give(t.Context(), k, bea.ID, "bea asks")
			})
		}
		refused(t, give(bea), vault.ErrGrant)
		must(t, give(sue))
		for range 2 { // sealed to her first, symmetric from then on
			got, err := w.Desk(t, bea, id)
			must(t, err)
			same(t, got, "my words")
		}
		// What a supervisor granted holds when she has left.
		bob := w.Hire(t, hotline.Advocate)
		w.With(t, sue, func(r *vault.Ring) error {
			k, err := r.Open(t.Context(), vault.Ref{Contact: id}, "bob asks")
			if err != nil {
				return err
			}
			return r.Give(t.Context(), k, bob.ID, "bob asks")
		})
		w.With(t, w.First, func(r *vault.Ring) error { return w.Accounts.Remove(t.Context(), r, sue.ID) })
		_, err = w.Desk(t, bob, id)
		must(t, err)
		got, err := w.Page(t, c) // her page stays
		must(t, err)
		same(t, got, "my words")
	})
}

// A contact that a machine closed is settled by the next session, also where nobody
// had it or who had it has left.
func TestSettleWithoutAdvocate(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea, sue := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor)
		for _, of := range []hotline.PersonID{"", ana.ID} {
			id := w.Arrive(t, "words").Contact
			if of != "" {
				w.Take(t, ana, id)
				w.With(t, w.First, func(r *vault.Ring) error { return w.Accounts.Remove(t.Context(), r, ana.ID) })
			}
			must(t, w.Book.EndNow(t.Context(), hotline.Machine, id))
			w.Advance(t, 25*time.Hour)
			must(t, w.Book.LeaveAsIs(t.Context(), func(hotline.QueueID) hotline.TeamID { return hotline.Desk }))
			for _, p := range []*hotlinetest.Person{w.First, bea, sue} {
				w.SignIn(t, p)
			}
			w.With(t, bea, func(r *vault.Ring) error {
				words, err := r.Open(t.Context(), vault.Ref{Contact: id}, "settle")
				if err != nil {
					return err
				}
				record, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "settle")
				if err != nil {
					return err
				}
				swap, err := r.Settle(words, record, of)
				if err != nil {
					return err
				}
				h, err := record.Head(t.Context())
				if err != nil {
					return err
				}
				return w.Book.Settled(t.Context(), hotline.Machine, id, contact.Outcome{Head: h, Key: record.HeadKey(), Swap: swap})
			})
			_, err := w.Desk(t, bea, id)
			refused(t, err, vault.ErrGrant)
			_, err = head(t, w, bea, id)
			must(t, err)
			_, err = w.Desk(t, sue, id)
			must(t, err)
		}
	})
}

// Erased, her words open nowhere, in no backup, for nobody; the log's openings of
// them go too, and what we wrote stays.
func TestErasedOpensNowhere(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, pat := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.PrivacyOfficer)
		c := w.Arrive(t, "my words")
		w.Take(t, ana, c.Contact)
		_, err := w.Desk(t, ana, c.Contact)
		must(t, err)
		w.Note(t, ana, c.Contact, "our note")
		leaf := w.One(t, `SELECT l.id FROM leaf l JOIN contact c ON l.object = c.shred_k`)
		read := func(w *hotlinetest.World, p *hotlinetest.Person) error {
			return w.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error {
				a, err := r.Leaf(t.Context(), leaf)
				if err == nil && (a.By != hotline.Actor(ana.ID) || a.What != "open" || a.Why != "test") {
					t.Errorf("the leaf says %v", a)
				}
				return err
			})
		}
		must(t, read(w, pat))
		refused(t, read(w, ana), vault.ErrGrant)
		backup := w.Backup(t)
		must(t, w.Book.EraseNow(t.Context(), "caller", c.Contact))

		old := w.Restored(t, backup)
		_, err = old.Desk(t, ana, c.Contact)
		refused(t, err, shred.ErrShredded)
		_, err = old.Page(t, c)
		refused(t, err, shred.ErrShredded)
		refused(t, read(old, pat), shred.ErrShredded)
		got, err := old.Notes(t, ana, c.Contact)
		must(t, err)
		same(t, got, "our note")
	})
}

// Drafts are padded to one size, and only their owner's session opens them.
func TestDraftsAreHerOwn(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		id := w.Arrive(t, "words").Contact
		var short, long []byte
		var browser string
		w.With(t, ana, func(r *vault.Ring) error {
			short = r.SealDraft(id, "composer", seal.Conceal("a"))
			long = r.SealDraft(id, "composer", seal.Conceal(strings.Repeat("a", 5000)))
			browser = string(r.BrowserKey())
			return nil
		})
		if len(short) != len(long) {
			t.Errorf("%d and %d bytes: the length tells", len(short), len(long))
		}
		must(t, w.Keeper.End(t.Context(), ana.Token))
		w.SignIn(t, ana)
		open := func(p *hotlinetest.Person, d contact.Draft) (string, error) {
			var got seal.Text
			err := w.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) (err error) {
				got, err = r.OpenDraft(d)
				return err
			})
			return got.Reveal(), err
		}
		d := contact.Draft{Contact: id, Place: "composer", Sealed: short}
		if got, err := open(ana, d); err != nil || got != "a" {
			t.Errorf("got %q, %v", got, err)
		}
		_, err := open(bea, d)
		refused(t, err, box.ErrOpen)
		d.Place = "note"
		_, err = open(ana, d)
		refused(t, err, box.ErrOpen)
		w.With(t, ana, func(r *vault.Ring) error {
			if string(r.BrowserKey()) != browser {
				t.Error("her browser's key is another at the next sign-in")
			}
			return nil
		})
	})
}

// A session lives twelve hours, on two devices at most, opens nothing while locked,
// and nothing in a backup.
func TestSessions(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		first := ana.Token
		w.SignIn(t, ana)
		_, err := w.Accounts.SignIn(t.Context(), ana.Name, ana.Passphrase, w.Code(t, ana))
		refused(t, err, vault.ErrDevices)
		all, err := w.Keeper.Devices(t.Context(), ana.Token)
		must(t, err)
		if len(all) != 2 || all[0].This || !all[1].This {
			t.Errorf("devices are %v, want two, the second this one", all)
		}

		backup := w.Backup(t)
		must(t, w.Keeper.Lock(t.Context(), ana.Token))
		refused(t, w.Keeper.With(t.Context(), ana.Token, nothing), vault.ErrLocked)
		refused(t, w.Restored(t, backup).Keeper.With(t.Context(), ana.Token, nothing), vault.ErrLocked)
		if who, err := w.Keeper.Who(t.Context(), ana.Token); who != ana.ID {
			t.Errorf("a locked session is %q's, %v", who, err)
		}
		refused(t, w.Accounts.Unlock(t.Context(), ana.Token, seal.Conceal("wrong words")), account.ErrSignIn)
		must(t, w.Accounts.Unlock(t.Context(), ana.Token, ana.Passphrase))
		w.With(t, ana, nothing)

		must(t, w.Keeper.EndDevice(t.Context(), ana.Token, all[0].ID))
		refused(t, w.Keeper.With(t.Context(), first, nothing), vault.ErrDenied)
		// Another's device is not hers to end.
		must(t, w.Keeper.EndDevice(t.Context(), w.First.Token, all[1].ID))
		w.With(t, ana, nothing)

		w.Advance(t, 12*time.Hour)
		refused(t, w.Keeper.With(t.Context(), ana.Token, nothing), vault.ErrDenied)
		refused(t, w.Accounts.Unlock(t.Context(), ana.Token, ana.Passphrase), account.ErrSignIn)
		for _, tok := range []vault.Token{nil, {}, make([]byte, 64), ana.Token[:32]} {
			refused(t, w.Keeper.With(t.Context(), tok, nothing), vault.ErrDenied)
		}
	})
}

package vault_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// Each of these is done by somebody who writes the main database, and holds none of
// the server's files.
func TestDatabaseWriter(t *testing.T) {
	attacks := []struct {
		name, sql string
		want      error
	}{
		{"row moved to another contact", `UPDATE message SET sealed = (SELECT sealed FROM message WHERE contact = $2) WHERE contact = $1`, box.ErrOpen},
		{"row takes another's id", `UPDATE message SET id = 'other' WHERE contact = $1 AND $2 <> ''`, box.ErrOpen},
		{"her words made ours", `UPDATE message SET side = 'advocate' WHERE contact = $1 AND $2 <> ''`, box.ErrOpen},
		{"her words made the program's", `UPDATE message SET side = 'line' WHERE contact = $1 AND $2 <> ''`, box.ErrOpen},
		{"form changed", `UPDATE message SET form = 'p' WHERE contact = $1 AND $2 <> ''`, seal.ErrUnvouched},
		{"no such form", `UPDATE message SET form = 'x' WHERE contact = $1 AND $2 <> ''`, box.ErrOpen},
		{"pub swapped", `UPDATE contact SET pub = (SELECT pub FROM contact WHERE id = $2) WHERE id = $1`, seal.ErrUnvouched},
		{"K of another contact", `UPDATE contact SET shred_k = (SELECT shred_k FROM contact WHERE id = $2) WHERE id = $1`, seal.ErrUnvouched},
		{"whole key set of another contact", `UPDATE contact SET (pub, pub_secret, commit_k, commit_s, intake_sig, shred_k, shred_s) =
			(SELECT pub, pub_secret, commit_k, commit_s, intake_sig, shred_k, shred_s FROM contact WHERE id = $2) WHERE id = $1`, seal.ErrUnvouched},
		{"commitment swapped", `UPDATE contact SET commit_s = commit_k WHERE id = $1 AND $2 <> ''`, seal.ErrUnvouched},
		{"grant of another object", `UPDATE key_grant SET wrapped = (SELECT wrapped FROM key_grant g JOIN contact c ON g.object = c.shred_k AND c.id = $2 AND g.grantee = 'team/desk'),
			sig = (SELECT sig FROM key_grant g JOIN contact c ON g.object = c.shred_k AND c.id = $2 AND g.grantee = 'team/desk')
			WHERE object = (SELECT shred_k FROM contact WHERE id = $1)`, seal.ErrUnvouched},
		{"grant unsigned", `UPDATE key_grant SET sig = NULL WHERE object = (SELECT shred_k FROM contact WHERE id = $1) AND $2 <> ''`, seal.ErrUnvouched},
		{"grant signed by nobody", `UPDATE key_grant SET signer = '' WHERE object = (SELECT shred_k FROM contact WHERE id = $1) AND $2 <> ''`, seal.ErrUnvouched},
		{"grant called symmetric", `UPDATE key_grant SET kind = 'symmetric' WHERE object = (SELECT shred_k FROM contact WHERE id = $1) AND $2 <> ''`, box.ErrOpen},
		{"another team's grant", `UPDATE key_grant SET grantee = 'team/desk ' WHERE grantee = 'team/desk' AND object = (SELECT shred_k FROM contact WHERE id = $1) AND $2 <> ''`, vault.ErrGrant},
		{"grant of another epoch", `UPDATE key_grant SET epoch = 2 WHERE object = (SELECT shred_k FROM contact WHERE id = $1) AND $2 <> ''`, vault.ErrGrant},
		{"grants gone", `DELETE FROM key_grant WHERE object = (SELECT shred_k FROM contact WHERE id = $1) AND $2 <> ''`, vault.ErrGrant},
	}
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		for _, a := range attacks {
			id, other := w.Arrive(t, "her words").Contact, w.Arrive(t, "other words").Contact
			w.SQL(t, a.sql, id, other)
			if got, err := w.Desk(t, ana, id); !errors.Is(err, a.want) || len(got) > 0 {
				t.Errorf("%s: got %q, %v; want %v", a.name, got, err, a.want)
			}
		}
		id := w.Arrive(t, "her words").Contact
		w.SQL(t, `UPDATE contact SET pub = $1 WHERE id = $2`, box.Generate().Public().Bytes(), id)
		refused(t, w.Book.Say(t.Context(), id, contact.Words{ID: hotline.NewID(), Text: seal.Conceal("to the wrong key")}), seal.ErrUnvouched)
	})
}

// A member row that nobody of the line has signed gives nothing, nor one of another
// team, epoch or person.
func TestForgedMemberRow(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		sue, ana := w.Hire(t, hotline.Supervisor), w.Hire(t, hotline.Advocate)
		for _, a := range []struct {
			sql  string
			args []any
		}{
			{`UPDATE member SET sig = $2 WHERE person = $1`, []any{sue.ID, box.Random(64)}},
			{`UPDATE member SET signer = 'nobody' WHERE person = $1`, []any{sue.ID}},
			{`UPDATE member SET wrapped = (SELECT wrapped FROM member m WHERE m.team = 'desk' AND m.person = $2),
				sig = (SELECT sig FROM member m WHERE m.team = 'desk' AND m.person = $2) WHERE person = $1`, []any{sue.ID, ana.ID}},
			{`UPDATE member SET wrapped = (SELECT wrapped FROM member m WHERE m.team = 'stats' AND m.person = $1),
				sig = (SELECT sig FROM member m WHERE m.team = 'stats' AND m.person = $1) WHERE person = $1 AND team = 'desk'`, []any{sue.ID}},
		} {
			was := w.Backup(t)
			w.SQL(t, a.sql, a.args...)
			_, err := w.Accounts.SignIn(t.Context(), sue.Name, sue.Passphrase, w.Code(t, sue))
			refused(t, err, seal.ErrUnvouched)
			w.SQL(t, `DELETE FROM member`)
			w.PutBackMain(t, was)
		}
		// A team that the roster does not say she holds is not opened, row or no row.
		w.SQL(t, `INSERT INTO member (team, epoch, person, wrapped, signer, sig) SELECT 'supervisors', epoch, $1, wrapped, signer, sig FROM member WHERE team = 'supervisors' AND person = $2`, ana.ID, sue.ID)
		must(t, w.Keeper.End(t.Context(), ana.Token))
		w.SignIn(t, ana)
		same(t, teams(t, w, ana), "desk")
	})
}

// A head grant is not turned into a body grant by its row, and of two heads each
// opens in its own row.
func TestScope(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		id := w.Arrive(t, "her words").Contact
		w.Take(t, ana, id)
		w.Close(t, ana, id)
		w.SQL(t, `UPDATE key_grant SET scope = 'body' WHERE scope = 'head'`)
		_, err := w.Notes(t, bea, id)
		refused(t, err, box.ErrOpen)
		for _, stolen := range []string{"head", "head, head_n", "head, shred_s", "head, shred_s, commit_s"} {
			a, b := w.Arrive(t, "a").Contact, w.Arrive(t, "b").Contact
			w.SQL(t, `UPDATE contact SET (`+stolen+`) = (SELECT `+stolen+` FROM contact WHERE id = $2) WHERE id = $1`, a, b)
			for range 2 { // by the intake's grant, then by a symmetric one
				if _, err := head(t, w, bea, a); err == nil {
					t.Errorf("%s: a head opens in another contact's row", stolen)
				}
				if _, err := head(t, w, bea, b); err != nil {
					t.Errorf("%s: %v", stolen, err)
				}
			}
		}
	})
}

// An older head is refused in a newer one's place: its number stands in the context.
func TestOldHead(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		id := w.Arrive(t, "her words").Contact
		w.Take(t, ana, id)
		old := w.Backup(t)
		w.Close(t, ana, id)
		w.SQL(t, `UPDATE contact SET head = $1 WHERE id = $2`, old.Cell("contact", "head", "id", string(id)), id)
		if h, err := head(t, w, ana, id); err == nil {
			t.Errorf("an old head opens as number %d", h.N)
		}
	})
}

// Who has stolen the intake key still cannot have an advocate write under a key of
// the thief's.
func TestCommitment(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		id := w.Arrive(t, "her words").Contact
		cols, err := w.Book.Columns(t.Context(), id)
		must(t, err)
		v, err := w.Authority.Current(t.Context())
		must(t, err)
		pub, epoch, err := v.Team(hotline.Desk)
		must(t, err)
		g := seal.Grant{Object: cols.ShredK, Grantee: "team/desk", Epoch: epoch, Scope: seal.Body, Kind: seal.HPKE}
		g.Wrapped, err = seal.To(pub, w.Line.Grant(g), box.Random(32))
		must(t, err)
		w.SQL(t, `UPDATE key_grant SET wrapped = $1, sig = $2 WHERE object = $3 AND grantee = $4`, g.Wrapped, w.Intake(w.Line.Signed(g)), g.Object, g.Grantee)
		_, err = w.Desk(t, ana, id)
		refused(t, err, seal.ErrUnvouched)
	})
}

// A changed or older manifest is refused: the last good one goes on and the alarm
// rings; a node that starts then has none to go on with.
func TestManifest(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		w.Hire(t, hotline.Advocate)
		arrives := func() error {
			_, err := w.Book.Receive(t.Context(), w.Incoming(w.Browser(), "words"))
			return err
		}
		must(t, arrives())
		serial := w.Count(t, `SELECT max(serial) FROM statement WHERE kind = 'manifest'`)
		body := []byte(w.One(t, `SELECT body FROM statement WHERE kind = 'manifest' AND serial = $1`, serial))
		var m seal.Manifest
		must(t, json.Unmarshal(body, &m))
		m.Queues[hotlinetest.Night] = hotline.Stats
		forged, err := json.Marshal(m)
		must(t, err)
		put := func(b []byte) {
			t.Helper()
			w.SQL(t, `UPDATE statement SET body = $1 WHERE kind = 'manifest' AND serial = $2`, b, serial)
		}
		put(forged)
		must(t, arrives())
		if len(w.Alarms()) == 0 {
			t.Error("no alarm")
		}
		if n := w.Count(t, `SELECT count(*) FROM key_grant WHERE grantee = 'team/stats'`); n != 0 {
			t.Error("sealed to the wrong team")
		}
		w.Restart(t)
		refused(t, arrives(), seal.ErrUnvouched)

		// A roster that nobody signed, under a good manifest.
		put(body)
		roster := []byte(w.One(t, `SELECT body FROM statement WHERE kind = 'roster' AND serial = $1`, serial))
		w.SQL(t, `UPDATE statement SET body = $1 WHERE kind = 'roster' AND serial = $2`, append(roster, ' '), serial)
		w.Restart(t)
		refused(t, arrives(), seal.ErrUnvouched)
		w.SQL(t, `UPDATE statement SET body = $1 WHERE kind = 'roster' AND serial = $2`, roster, serial)

		// A newer one, signed by an administrator of the thief's own.
		w.Restart(t)
		must(t, arrives())
		m.Serial++
		seed := box.Random(32)
		m.Admins["thief"] = seal.Admin{Key: box.VerifierFrom(seed), Cert: box.SignerFrom(seed)(w.Line.Cert("thief", box.VerifierFrom(seed)))}
		signed, err := seal.NewIssue(m, seal.Roster{}, map[hotline.PersonID]box.Signer{"thief": box.SignerFrom(seed)})
		must(t, err)
		must(t, w.Engine.Main.Write(t.Context(), signed.Insert))
		must(t, arrives())
		w.Restart(t)
		refused(t, arrives(), seal.ErrUnvouched)
		w.SQL(t, `DELETE FROM statement WHERE serial > $1`, serial)

		// An older manifest, rightly signed.
		w.Restart(t)
		must(t, arrives())
		w.SQL(t, `DELETE FROM statement WHERE serial = $1`, serial)
		must(t, arrives())
		if all := w.Alarms(); len(all) == 0 || !errors.Is(all[0], shred.ErrSerial) {
			t.Errorf("alarms are %v", all)
		}
		w.Restart(t)
		refused(t, arrives(), shred.ErrSerial)
	})
}

// A missing entry is an error wherever one is needed, and never a zero salt.
func TestMissingEntry(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c, beside := w.Arrive(t, "her words"), w.Arrive(t, "beside")
		cols, err := w.Book.Columns(t.Context(), c.Contact)
		must(t, err)
		must(t, w.Shred.Destroy(t.Context(), cols.ShredK, cols.ShredS))
		_, err = w.Page(t, c)
		refused(t, err, shred.ErrShredded)
		_, err = w.Desk(t, ana, c.Contact)
		refused(t, err, shred.ErrShredded)
		_, err = w.Notes(t, ana, c.Contact)
		refused(t, err, shred.ErrShredded)
		w.With(t, ana, func(r *vault.Ring) error {
			vs, err := r.Heads(t.Context(), []hotline.ContactID{c.Contact, beside.Contact})
			if err == nil && (vs[0].Err == nil || vs[1].Err != nil) {
				t.Errorf("got %v and %v; want the first shredded alone", vs[0].Err, vs[1].Err)
			}
			return err
		})
	})
}

// Head and body alike close when the entry of their object goes.
func TestEachKeyTakesTheShredSecret(t *testing.T) {
	t.Parallel()
	for _, scope := range []seal.Scope{seal.Body, seal.Head} {
		secret := box.Random(32)
		a, err := hotlinetest.Line.ObjectKey("object", scope, secret, box.Random(32))
		must(t, err)
		b, err := hotlinetest.Line.ObjectKey("object", scope, secret, box.Random(32))
		must(t, err)
		if box.Equal(a, b) {
			t.Errorf("the key of the %s does not depend on the shred secret", scope)
		}
		_, err = hotlinetest.Line.ObjectKey("object", scope, secret, nil)
		refused(t, err, box.ErrSalt)
	}
}

// Both her session and its entry are put back: the roster still refuses her.
func TestRemovedStaysOut(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		slot := w.One(t, `SELECT shred FROM slot WHERE person = $1`, ana.ID)
		session := w.One(t, `SELECT shred FROM session WHERE person = $1`, ana.ID)
		backup, store := w.Backup(t), w.BackupStore(t)
		w.With(t, w.First, func(r *vault.Ring) error { return w.Accounts.Remove(t.Context(), r, ana.ID) })
		for _, id := range []string{slot, session} {
			_, err := w.Shred.Get(t.Context(), id)
			refused(t, err, shred.ErrShredded)
		}
		enters := func(w *hotlinetest.World) {
			t.Helper()
			if err := w.Keeper.With(t.Context(), ana.Token, nothing); err == nil {
				t.Error("a removed person's session opens")
			}
			if _, err := w.Accounts.SignIn(t.Context(), ana.Name, ana.Passphrase, w.CodeNow(t, ana)); err == nil {
				t.Error("a removed person signs in")
			}
		}
		enters(w)
		enters(w.Restored(t, backup)) // an old backup with today's store
		w.PutBack(t, store)
		w.SQL(t, `UPDATE session SET ended = 0`)
		refused(t, w.Keeper.With(t.Context(), ana.Token, nothing), vault.ErrDenied)
	})
}

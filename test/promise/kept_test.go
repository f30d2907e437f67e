package promise_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// keptLine is a line of the past: what stood in its databases, and what its people
// knew and carried.
type keptLine struct {
	Line                 hotlinetest.Kept
	Ana, Pat             keptPerson
	Cookie               []byte
	Digits               string
	Contact              hotline.ContactID
	Closed               hotline.ContactID
	Leaf, Draft          string
	Words, Notes, Unread []string
}

type keptPerson struct{ ID, Name, Passphrase, Second string }

func (p keptPerson) person() *hotlinetest.Person {
	return hotlinetest.Known(p.ID, p.Name, p.Passphrase, p.Second)
}

func knows(p *hotlinetest.Person) keptPerson {
	return keptPerson{string(p.ID), p.Name, p.Passphrase.Reveal(), p.Second.Secret.Reveal()}
}

// keepLine makes such a line. It is run once for each release of the formats, with
// FREELINE_KEEP naming the file.
func keepLine(t *testing.T) keptLine {
	t.Helper()
	w := hotlinetest.New(t, dbtest.New(t))
	ana, pat := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.PrivacyOfficer)
	c, closed := w.Arrive(t, "one"), w.Arrive(t, "closed")
	w.Take(t, ana, closed.Contact)
	w.Close(t, ana, closed.Contact)
	w.Take(t, ana, c.Contact)
	must(t, w.Book.Say(t.Context(), c.Contact, contact.Words{ID: hotline.NewID(), Text: seal.Conceal("two, by text")}))
	w.Reply(t, ana, c.Contact, "three")
	w.Note(t, ana, c.Contact, "our note")
	w.With(t, ana, func(r *vault.Ring) error {
		return w.Book.PutDraft(t.Context(), ana.ID, contact.Draft{Contact: c.Contact, Place: "composer", N: 1, Sealed: r.SealDraft(c.Contact, "composer", seal.Conceal("typed"))})
	})
	digits := w.ReturnCode(t, c)
	_, err := w.Desk(t, ana, c.Contact)
	must(t, err)
	must(t, w.Log.Sequence(t.Context()))
	k := keptLine{
		Ana: knows(ana), Pat: knows(pat), Cookie: c.Cookie, Digits: digits.Reveal(), Contact: c.Contact, Closed: closed.Contact,
		Leaf:  w.One(t, `SELECT l.id FROM leaf l JOIN contact c ON l.object = c.shred_k WHERE c.id = $1 LIMIT 1`, c.Contact),
		Draft: "typed", Words: []string{"one", "two, by text", "three"}, Notes: []string{"our note"}, Unread: []string{"three"},
	}
	w.SQL(t, `UPDATE return_code SET expires = 99999999999999`)
	w.SQL(t, `DELETE FROM session`)
	k.Line = w.Keep(t)
	return k
}

// A line that was kept opens, for all who could open it: on both engines, by
// passphrase and code, cookie and return code, grants of every kind, the log.
func TestKeptLineOpens(t *testing.T) {
	t.Parallel()
	if file := os.Getenv("FREELINE_KEEP"); file != "" {
		b, err := json.Marshal(keepLine(t))
		must(t, err)
		must(t, os.WriteFile(file, append(b, '\n'), 0o600))
	}
	files, err := filepath.Glob("testdata/line-*.json")
	must(t, err)
	if len(files) == 0 {
		t.Fatal("no line was kept")
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		must(t, err)
		var k keptLine
		must(t, json.Unmarshal(b, &k))
		dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) { k.opens(t, hotlinetest.Resume(t, e, k.Line)) })
	}
}

func (k keptLine) opens(t *testing.T, w *hotlinetest.World) {
	t.Helper()
	words := func(of func() ([]string, error), want []string) {
		t.Helper()
		if got, err := of(); err != nil || !slices.Equal(got, want) {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	c := &hotlinetest.Caller{Cookie: k.Cookie, By: w.Own.Caller(k.Cookie), Contact: k.Contact}
	words(func() ([]string, error) { return w.Page(t, c) }, k.Words)
	byCode, err := w.Return(t, seal.Conceal(k.Digits))
	must(t, err)
	words(func() ([]string, error) { return w.Page(t, byCode) }, k.Unread)
	ana, pat := k.Ana.person(), k.Pat.person()
	w.SignIn(t, ana)
	w.SignIn(t, pat)
	words(func() ([]string, error) { return w.Desk(t, ana, k.Contact) }, k.Words)
	words(func() ([]string, error) { return w.Notes(t, ana, k.Contact) }, k.Notes)
	words(func() ([]string, error) { return w.Desk(t, ana, k.Closed) }, []string{"closed"})
	w.With(t, ana, func(r *vault.Ring) error {
		vs, err := r.Heads(t.Context(), []hotline.ContactID{k.Contact, k.Closed})
		if err != nil {
			return err
		}
		for i, want := range []string{"", "helped"} {
			if vs[i].Err != nil || vs[i].Head.Outcome != want {
				t.Errorf("a head says %q, %v; want %q", vs[i].Head.Outcome, vs[i].Err, want)
			}
		}
		ds, err := w.Book.Drafts(t.Context(), ana.ID)
		if err != nil {
			return err
		}
		typed, err := r.OpenDraft(ds[0])
		words(func() ([]string, error) { return []string{typed.Reveal()}, err }, []string{k.Draft})
		return nil
	})
	w.With(t, pat, func(r *vault.Ring) error {
		a, err := r.Leaf(t.Context(), k.Leaf)
		if a.By != hotline.Actor(ana.ID) {
			t.Errorf("the leaf speaks of %q", a.By)
		}
		return err
	})
	if n, _, err := w.Log.Verify(t.Context()); err != nil || n == 0 {
		t.Errorf("%d leaves, %v", n, err)
	}
	if len(w.Alarms()) > 0 {
		t.Errorf("alarms: %v", w.Alarms())
	}
}

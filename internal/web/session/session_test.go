package session_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/jobs"
	"github.com/freeline-org/freeline/internal/web/session"
)

// now is a clock that a test moves.
type now struct{ t time.Time }

func (n *now) clock() time.Time { return n.t }

func newClock() *now { return &now{time.Unix(1_796_000_000, 0)} }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// ask sends a request to a guarded handler, with or without a session.
func ask(h http.Handler, method, path string, tok vault.Token) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), method, path, nil)
	if tok != nil {
		rec := httptest.NewRecorder()
		session.Put(rec, tok)
		r.AddCookie(rec.Result().Cookies()[0])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func says(word string) session.Handler {
	return func(w http.ResponseWriter, _ *http.Request, s session.Session) {
		_, _ = io.WriteString(w, word+" "+s.Person.Pseudonym)
	}
}

func trouble(w http.ResponseWriter, _ *http.Request, err error) {
	http.Error(w, err.Error(), http.StatusTeapot)
}

func TestDoor(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := hotlinetest.New(t, e)
		ana := w.Hire(t, hotline.Advocate)
		door := session.NewDoor(w.Keeper, w.Staff, nil, newClock().clock)
		page := door.Required(hotline.Supervisor, hotline.Advocate).Page(says("welcome"), trouble)
		api := door.Required(hotline.Advocate).API(says("welcome"))
		forged := slices.Clone(ana.Token)
		forged[40] ^= 1
		locked := w.Hire(t, hotline.Advocate)
		hotlinetest.Must(t, w.Keeper.Lock(t.Context(), locked.Token))
		for _, c := range []struct {
			what     string
			tok      vault.Token
			page     int
			location string
			api      int
			body     string
		}{
			{"somebody with the role", ana.Token, 200, "", 200, "welcome " + ana.Name},
			{"somebody without", w.First.Token, http.StatusTeapot, "", 403, `{"key":"admin.trouble.role"}`},
			{"nobody", nil, 303, "/signin?to=%2Fhours", 401, `{"key":"vault.denied"}`},
			{"somebody locked", locked.Token, 303, "/unlock?to=%2Fhours", 401, `{"key":"vault.locked"}`},
		} {
			got := ask(page, "GET", "/hours", c.tok)
			if got.Code != c.page || got.Header().Get("Location") != c.location {
				t.Errorf("a page answers %s with %d to %q, want %d to %q", c.what, got.Code, got.Header().Get("Location"), c.page, c.location)
			}
			got = ask(api, "GET", "/desk/socket", c.tok)
			if got.Code != c.api || strings.TrimSpace(got.Body.String()) != c.body {
				t.Errorf("the API answers %s with %d %s, want %d %s", c.what, got.Code, got.Body, c.api, c.body)
			}
		}
		// The second half of a token names no session: only opening tells, and fails.
		if w.Keeper.With(t.Context(), forged, func(*vault.Ring) error { return nil }) == nil {
			t.Error("a forged half opens the session")
		}
		w.SQL(t, `UPDATE person SET state = 'former' WHERE id = $1`, ana.ID)
		if got := ask(page, "GET", "/hours", ana.Token); got.Code != 303 {
			t.Errorf("somebody who has left passes with %d", got.Code)
		}
		w.SQL(t, `UPDATE person SET state = 'active' WHERE id = $1`, ana.ID)
		hotlinetest.Must(t, w.Keeper.End(t.Context(), ana.Token))
		if got := ask(page, "POST", "/hours", ana.Token); got.Code != 303 || got.Header().Get("Location") != "/signin" {
			t.Errorf("after the end a POST is answered with %d to %q", got.Code, got.Header().Get("Location"))
		}
	})
}

// A desk's socket is a request that does not end: as long as it is open, the desk
// itself looks whether anybody is there.
func TestOpenRequestKeepsTheSession(t *testing.T) {
	t.Parallel()
	w := hotlinetest.New(t, dbtest.New(t))
	at := newClock()
	door := session.NewDoor(w.Keeper, w.Staff, nil, at.clock)
	page := door.Required().Page(says("welcome"), trouble)
	socket := door.Required().API(func(http.ResponseWriter, *http.Request, session.Session) {
		at.t = at.t.Add(time.Hour)
		if got := ask(page, "GET", "/hours", w.First.Token); got.Code != 200 {
			t.Errorf("beside an open socket the answer is %d", got.Code)
		}
	})
	ask(socket, "GET", "/desk/socket", w.First.Token)
	at.t = at.t.Add(session.Quiet + time.Second)
	if got := ask(page, "GET", "/hours", w.First.Token); got.Code != 303 {
		t.Errorf("left alone, the answer is %d", got.Code)
	}
	if _, err := w.Keeper.Who(t.Context(), w.First.Token); err == nil {
		t.Error("the session is not locked")
	}
}

// One person cannot be shut out by whoever tries her name elsewhere.
func TestTriesOfOthersDoNotShutHerOut(t *testing.T) {
	t.Parallel()
	at := newClock()
	l := session.NewLimits(at.clock)
	for i := range 60 {
		_ = l.Try("signin", "amina", string(rune('a'+i%10)))
	}
	if err := l.Try("signin", "amina", "her own"); err != nil {
		t.Errorf("her own try is refused: %v", err)
	}
	if err := l.Try("signin", "amina", "a"); err == nil {
		t.Error("the seventh try of the same client is not slowed")
	}
	at.t = at.t.Add(21 * time.Second)
	if err := l.Try("signin", "amina", "a"); err != nil {
		t.Errorf("it does not come back: %v", err)
	}
}

// A whole house behind one address can sign in at the start of a shift.
func TestTriesThatSucceedAreNotCounted(t *testing.T) {
	t.Parallel()
	l := session.NewLimits(newClock().clock)
	for i := range 500 {
		who := string(rune('a' + i%26))
		if err := l.Try("signin", who, "house"); err != nil {
			t.Fatalf("number %d is refused: %v", i, err)
		}
		l.Good("signin", who, "house")
	}
	for i := range 60 {
		if err := l.Try("signin", string(rune('A'+i)), "house"); err != nil {
			return
		}
	}
	t.Error("sixty wrong tries of one client are not slowed")
}

// Ten thousand addresses cost memory for an hour and no longer, and shut nobody out.
func TestFloodOfClients(t *testing.T) {
	t.Parallel()
	at := newClock()
	l := session.NewLimits(at.clock)
	for i := range 100_000 {
		if i%5 == 0 { // the first one keeps trying
			_ = l.Try("signin", "x", "real")
		}
		_ = l.Try("signin", "nobody "+string(rune(i)), netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}).String())
	}
	if err := l.Try("signin", "amina", "her own"); err != nil {
		t.Errorf("she is refused: %v", err)
	}
}

func TestClientIsAHousehold(t *testing.T) {
	t.Parallel()
	for a, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := session.Client(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s is %s, want %s", a, got, want)
		}
	}
}

// What a machine closed is settled by the next session of the team: nobody of the
// team opens it any more, its advocate and the supervisors do.
func TestMachineClosedContactsAreSettled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := hotlinetest.New(t, e)
		ana, other, sup := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor)
		had, missed := w.Arrive(t, "one"), w.Arrive(t, "nobody answers")
		w.Take(t, ana, had.Contact)
		hotlinetest.Must(t, w.Book.EndNow(t.Context(), hotline.Actor(ana.ID), had.Contact))
		hotlinetest.Must(t, w.Book.EndNow(t.Context(), hotline.Machine, missed.Contact))
		w.Advance(t, 25*time.Hour)
		hotlinetest.Must(t, w.Book.LeaveAsIs(t.Context(), func(hotline.QueueID) hotline.TeamID { return hotline.Desk }))
		for _, p := range []*hotlinetest.Person{ana, other, sup} {
			w.SignIn(t, p)
		}
		work := session.NewWork(w.Keeper, jobs.New(e.Main, w.Bus, quiet()), quiet())
		work.Handle(contact.JobSettle, session.Settle(w.Book, nil))
		w.With(t, other, func(r *vault.Ring) error { return work.Do(t.Context(), r) })
		if n := w.Count(t, `SELECT count(*) FROM job WHERE kind = $1`, contact.JobSettle); n != 0 {
			t.Errorf("%d jobs wait still", n)
		}
		for _, c := range []struct {
			what string
			who  *hotlinetest.Person
			id   hotline.ContactID
			ok   bool
		}{
			{"its advocate", ana, had.Contact, true},
			{"another advocate", other, had.Contact, false},
			{"a supervisor", sup, had.Contact, true},
			{"an advocate, of what nobody had", ana, missed.Contact, false},
			{"whose session settled it", other, missed.Contact, false},
			{"a supervisor, of what nobody had", sup, missed.Contact, true},
		} {
			if _, err := w.Desk(t, c.who, c.id); (err == nil) != c.ok {
				t.Errorf("%s: %v", c.what, err)
			}
		}
		w.With(t, other, func(r *vault.Ring) error {
			views, err := r.Heads(t.Context(), []hotline.ContactID{had.Contact, missed.Contact})
			for _, v := range views {
				if v.Err != nil {
					t.Errorf("the team does not see the head: %v", v.Err)
				}
				if f := v.Head.Facts; !slices.Equal(f["channel"], []string{"chat"}) || !slices.Equal(f["language"], []string{"en"}) {
					t.Errorf("counted of it is %v", f)
				}
			}
			return err
		})
	})
}

// A kind that this node does not know stays for another.
func TestUnknownTeamWorkStays(t *testing.T) {
	t.Parallel()
	w := hotlinetest.New(t, dbtest.New(t))
	ana := w.Hire(t, hotline.Advocate)
	w.SQL(t, `INSERT INTO job (kind, key, team, run_at) VALUES ('newer', 'x', 'desk', 0)`)
	work := session.NewWork(w.Keeper, jobs.New(w.Engine.Main, w.Bus, quiet()), quiet())
	w.With(t, ana, func(r *vault.Ring) error { return work.Do(t.Context(), r) })
	if n := w.Count(t, `SELECT count(*) FROM job WHERE kind = 'newer'`); n != 1 {
		t.Errorf("%d are left, want 1", n)
	}
}

// Nobody waits for the work, however much of it there is.
func TestAfterNeverWaits(t *testing.T) {
	t.Parallel()
	w := hotlinetest.New(t, dbtest.New(t))
	work := session.NewWork(w.Keeper, jobs.New(w.Engine.Main, w.Bus, quiet()), quiet())
	for range 1000 {
		work.After(w.First.Token)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	work.Run(ctx)
}

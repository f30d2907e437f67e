package retention_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/dialog"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/jobs"
	"github.com/freeline-org/freeline/internal/shred"
)

const day = 24 * time.Hour

// house is a line with its retention, and what has rung.
type house struct {
	*hotlinetest.World
	r     *retention.Retention
	mu    sync.Mutex
	alarm []error
}

func lines(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) { f(t, newHouse(w)) })
}

func newHouse(w *hotlinetest.World) *house {
	h := &house{World: w}
	h.r = retention.New(retention.Parts{
		Line: w.Line, Main: w.Engine.Main, Store: w.Engine.Shred, Shred: w.Shred, Book: w.Book, Authority: w.Authority, Log: w.Log, Intake: w.Intake,
		Alarm: func(err error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.alarm = append(h.alarm, err)
		},
	}, retention.Defaults())
	return h
}

func must(t testing.TB, err error) { t.Helper(); hotlinetest.Must(t, err) }

func refused(t testing.TB, err, want error) { t.Helper(); hotlinetest.Refused(t, err, want) }

// rang checks that something rang, and forgets it.
func (h *house) rang(t *testing.T, want error) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if want == nil && len(h.alarm) > 0 || want != nil && !slices.ContainsFunc(h.alarm, func(err error) bool { return errors.Is(err, want) }) {
		t.Errorf("rang for %v, want %v", h.alarm, want)
	}
	h.alarm = nil
}

// closed is a contact that an advocate had and closed, and whose clock is carried.
func (h *house) closed(t *testing.T, ana *hotlinetest.Person) *hotlinetest.Caller {
	t.Helper()
	c := h.Arrive(t, "her words")
	h.Take(t, ana, c.Contact)
	h.Close(t, ana, c.Contact)
	must(t, h.r.Carry(t.Context(), c.Contact))
	return c
}

func (h *house) entries(t *testing.T, id hotline.ContactID) (k, s string) {
	t.Helper()
	c, err := h.Book.Columns(t.Context(), id)
	must(t, err)
	return c.ShredK, c.ShredS
}

func (h *house) there(t *testing.T, entry string) bool {
	t.Helper()
	_, err := h.Shred.Clock(t.Context(), entry)
	if err != nil && !errors.Is(err, shred.ErrShredded) {
		t.Fatal(err)
	}
	return err == nil
}

func (h *house) forget(t *testing.T) {
	t.Helper()
	must(t, h.r.Forget(t.Context()))
}

// From the hour nothing opens; seven days later the words are destroyed, with a clock
// that the line has signed. What we wrote stays.
func TestWordsAreForgottenOnTime(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana := h.Hire(t, hotline.Advocate)
		c := h.Arrive(t, "her words")
		h.Take(t, ana, c.Contact)
		h.Note(t, ana, c.Contact, "our note")
		h.Close(t, ana, c.Contact)
		must(t, h.r.Carry(t.Context(), c.Contact))
		must(t, h.r.Carry(t.Context(), c.Contact))
		k, s := h.entries(t, c.Contact)
		clock, err := h.Shred.Clock(t.Context(), k)
		must(t, err)
		v, err := h.Authority.Current(t.Context())
		must(t, err)
		if clock.NotAfter != h.Find(t, c.Contact).KeepUntil || !v.Signed(seal.Intake, shred.Signed(string(h.Line), k, clock), clock.Sig) {
			t.Errorf("the clock is %v, want the contact's, signed by the line", clock)
		}
		opens := func(want error) {
			t.Helper()
			h.SignIn(t, ana)
			_, err := h.Desk(t, ana, c.Contact)
			refused(t, err, want)
			_, err = h.Page(t, c)
			refused(t, err, want)
			must(t, h.Keeper.End(t.Context(), ana.Token))
		}
		must(t, h.Keeper.End(t.Context(), ana.Token))
		h.Advance(t, day-time.Minute)
		opens(nil)
		h.Advance(t, time.Minute)
		opens(shred.ErrShredded)
		h.Advance(t, 7*day-time.Minute)
		h.forget(t)
		if !h.there(t, k) {
			t.Error("destroyed before its quarantine was over")
		}
		h.Advance(t, time.Minute)
		h.forget(t)
		if h.there(t, k) || !h.there(t, s) {
			t.Errorf("words are there: %v, record: %v; want the record alone", h.there(t, k), h.there(t, s))
		}
		if got := h.Find(t, c.Contact).State; got != contact.Erased {
			t.Errorf("state is %s, want erased", got)
		}
		h.SignIn(t, ana)
		got, err := h.Notes(t, ana, c.Contact)
		must(t, err)
		hotlinetest.Same(t, got, "our note")
		h.forget(t)
		h.rang(t, nil)
	})
}

// P2: with a clock ten years on, an old backup, a live credential and today's store
// nothing deleted opens.
func TestOldBackupOpensNothingForgotten(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana, sue := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor)
		due, own, alive := h.closed(t, ana), h.Arrive(t, "her own"), h.Arrive(t, "still here")
		digits := h.ReturnCode(t, own)
		backup := h.Backup(t)
		must(t, h.Book.EraseNow(t.Context(), "caller", own.Contact))
		h.Advance(t, 8*day)
		h.forget(t)
		h.Advance(t, 10*365*day)
		h.forget(t)
		old := h.Restored(t, backup)
		for _, p := range []*hotlinetest.Person{ana, sue} {
			old.SignIn(t, p) // the slots live
			for _, c := range []*hotlinetest.Caller{due, own} {
				got, err := old.Desk(t, p, c.Contact)
				refused(t, err, shred.ErrShredded)
				hotlinetest.Same(t, got)
			}
			if got, err := old.Desk(t, p, alive.Contact); err != nil || len(got) != 1 {
				t.Errorf("what lives reads %q, %v: this test would see nothing else either", got, err)
			}
		}
		for _, c := range []*hotlinetest.Caller{due, own} {
			_, err := old.Page(t, c)
			refused(t, err, shred.ErrShredded)
		}
		if _, err := old.Return(t, digits); err == nil {
			t.Error("an erased code opens in a backup")
		}
	})
}

// A time that nobody of the line has set destroys nothing, however long it is over,
// and rings.
func TestForgedTimeDestroysNothing(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana := h.Hire(t, hotline.Advocate)
		c, other := h.Arrive(t, "her words"), h.closed(t, ana)
		k, _ := h.entries(t, c.Contact)
		theirs, _ := h.entries(t, other.Contact)
		set := func(clock shred.Clock) {
			t.Helper()
			must(t, h.Shred.Set(t.Context(), k, clock))
			h.forget(t)
			if !h.there(t, k) {
				t.Fatal("destroyed by a time that nobody has set")
			}
			h.rang(t, seal.ErrUnvouched)
		}
		past := shred.Clock{NotAfter: 1}
		set(past)
		past.Signer, past.Sig = seal.Intake, box.Random(64)
		set(past)
		seed := box.Random(32)
		past.Signer, past.Sig = "thief", box.SignerFrom(seed)(shred.Signed(string(h.Line), k, past))
		set(past)
		signed, err := h.Shred.Clock(t.Context(), theirs)
		must(t, err)
		past.Signer, past.Sig = seal.Intake, signed.Sig // of another entry
		set(past)
		past.Sig = h.Intake(shred.Signed(string(h.Line), k, shred.Clock{NotAfter: 2})) // of another time
		set(past)
		past.Sig = h.Intake(shred.Signed(string(h.Line), k, past))
		must(t, h.Shred.Set(t.Context(), k, past))
		h.forget(t)
		if h.there(t, k) {
			t.Error("not destroyed by a time that the line has set")
		}
	})
}

// More than twice the usual, and more than fifty, waits for two people.
func TestMuchWaitsForTwoPeople(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		sue, pat, ana := h.Hire(t, hotline.Supervisor), h.Hire(t, hotline.PrivacyOfficer), h.Hire(t, hotline.Advocate)
		make50 := func(n int) (ids []string) {
			t.Helper()
			for i := range n {
				ids = append(ids, fmt.Sprintf("entry-%d-%d", h.Now(t), i))
			}
			_, err := h.Shred.Create(t.Context(), "contact", 0, ids...)
			must(t, err)
			for _, id := range ids {
				clock := shred.Clock{NotAfter: 1, Signer: seal.Intake}
				clock.Sig = h.Intake(shred.Signed(string(h.Line), id, clock))
				must(t, h.Shred.Set(t.Context(), id, clock))
			}
			return ids
		}
		left := func(ids []string) (n int) {
			t.Helper()
			for _, id := range ids {
				if h.there(t, id) {
					n++
				}
			}
			return n
		}
		release := func(p *hotlinetest.Person, upTo int64) error {
			return h.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error { return h.r.Release(t.Context(), r, upTo) })
		}
		ids := make50(51)
		refused(t, h.r.Forget(t.Context()), retention.ErrMuch)
		h.rang(t, retention.ErrMuch)
		if n := left(ids); n != 51 {
			t.Errorf("%d are left, want all", n)
		}
		refused(t, release(ana, 51), retention.ErrRole)
		must(t, release(sue, 51))
		must(t, release(sue, 60))
		refused(t, h.r.Forget(t.Context()), retention.ErrMuch)
		// Whoever writes the store is not two people.
		h.StoreSQL(t, `INSERT INTO release (day, person, up_to, sig) SELECT day, $1, 99, sig FROM release`, string(pat.ID))
		refused(t, h.r.Forget(t.Context()), retention.ErrMuch)
		h.StoreSQL(t, `UPDATE release SET up_to = 99 WHERE person = $1`, string(sue.ID))
		refused(t, h.r.Forget(t.Context()), retention.ErrMuch)
		must(t, release(sue, 51))
		must(t, release(pat, 55))
		h.forget(t)
		if n := left(ids); n != 0 {
			t.Errorf("%d are left, want none", n)
		}
		m, err := h.r.Measure(t.Context())
		must(t, err)
		if m.Done != 51 || m.Released != 51 || m.Most != 50 {
			t.Errorf("today stands at %+v", m)
		}
		// The next day is measured by what is usual: 28 days of 100 allow 200.
		h.Advance(t, day)
		for i := range int64(28) {
			h.StoreSQL(t, `INSERT INTO forgetting (day, done) VALUES ($1, 100) ON CONFLICT (day) DO UPDATE SET done = 100`, m.Day-i)
		}
		if m, err = h.r.Measure(t.Context()); err != nil || m.Most != 200 || m.Done != 0 || m.Released != 0 {
			t.Errorf("the next day stands at %+v, %v; want 200 at most", m, err)
		}
	})
}

// Entries on which nothing depends are swept after a day; what something depends on,
// what is held and what is young stays; when the main database does not answer,
// nothing goes.
func TestOrphansAreSwept(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana := h.Hire(t, hotline.Advocate)
		c := h.Arrive(t, "her words")
		h.ReturnCode(t, c)
		_, err := h.Book.Receive(t.Context(), h.Incoming(c, "lost the race"))
		refused(t, err, contact.ErrRace)
		held, err := h.Sealer.Prepare(t.Context(), hotlinetest.Night, c.By)
		must(t, err)
		must(t, h.Shred.Set(t.Context(), held.Columns.ShredK, shred.Clock{Hold: true}))
		count := func() (n int) {
			t.Helper()
			must(t, h.Engine.Shred.One(t.Context(), `SELECT count(*) FROM entry`, nil, &n))
			return n
		}
		before := count()
		must(t, h.r.Sweep(t.Context()))
		if n := count(); n != before {
			t.Errorf("%d young ones went", before-n)
		}
		h.Advance(t, day)
		_, err = h.Book.Receive(t.Context(), h.Incoming(c, "lost another"))
		refused(t, err, contact.ErrRace)
		h.SQL(t, `ALTER TABLE contact RENAME TO away`)
		if err := h.r.Sweep(t.Context()); err == nil {
			t.Error("swept without asking")
		}
		h.SQL(t, `ALTER TABLE away RENAME TO contact`)
		if n := count(); n != before+2 {
			t.Errorf("%d went without asking", before+2-n)
		}
		must(t, h.r.Sweep(t.Context()))
		// Two of the race, and S of the one that is held by its K alone.
		if n := count(); n != before+2-3 {
			t.Errorf("%d went, want 3", before+2-n)
		}
		if !h.there(t, held.Columns.ShredK) {
			t.Error("a held one was swept")
		}
		got, err := h.Page(t, c)
		must(t, err)
		hotlinetest.Same(t, got, "her words")
		h.SignIn(t, ana) // slots live
		_, err = h.Desk(t, ana, c.Contact)
		must(t, err)
		h.rang(t, nil)
	})
}

// What is of the moment goes in its hour: a day's hashes and the key of its dialogs after
// 72 hours, sessions after twelve.
func TestOfTheMomentGoesInItsHour(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		h.Hire(t, hotline.Advocate)
		_, err := h.Shred.MAC(t.Context(), h.Now(t)/day.Milliseconds(), "text", "+1 555 0101")
		must(t, err)
		must(t, h.Dialogs.Put(t.Context(), dialog.Dialog{ID: "a", Saved: []byte("+1 555 0101")}))
		left := func(kind string) (n int) {
			t.Helper()
			must(t, h.Engine.Shred.One(t.Context(), `SELECT count(*) FROM entry WHERE kind = $1`, []any{kind}, &n))
			return n
		}
		h.forget(t)
		if left("day") != 1 || left("session") != 2 {
			t.Error("gone too early")
		}
		h.Advance(t, 12*time.Hour)
		h.forget(t)
		if left("day") != 1 || left(dialog.Shred) != 1 || left("session") != 0 {
			t.Error("sessions live longer than twelve hours")
		}
		h.Advance(t, 60*time.Hour)
		h.forget(t)
		if left("day") != 0 || left(dialog.Shred) != 0 {
			t.Error("a day's key lives longer than 72 hours")
		}
	})
}

// The job that finishes an erasure destroys what is erased, and nothing that lives,
// whoever wrote it.
func TestFinishDestroysNothingThatLives(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		c, gone := h.Arrive(t, "her words"), h.Arrive(t, "erased")
		k, s := h.entries(t, c.Contact)
		for _, entry := range []string{k, s} {
			must(t, h.r.Finish(t.Context(), entry))
			h.rang(t, contact.ErrState)
			if !h.there(t, entry) {
				t.Error("a job destroyed what lives")
			}
		}
		erased, _ := h.entries(t, gone.Contact)
		left, err := h.Book.Forget(t.Context(), "caller", gone.Contact)
		must(t, err)
		if !slices.Equal(left, []string{erased}) || !h.there(t, erased) {
			t.Errorf("left to destroy are %v", left)
		}
		for range 2 {
			must(t, h.r.Finish(t.Context(), erased))
		}
		if h.there(t, erased) {
			t.Error("an erasure was not finished")
		}
		h.rang(t, nil)
	})
}

// Thirty days after closing, of all times only the day is left.
func TestOnlyTheDayIsLeft(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana, bea := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Advocate)
		c := h.Arrive(t, hotlinetest.DangerWord)
		h.Take(t, ana, c.Contact)
		must(t, h.Book.HandOverTo(t.Context(), ana.ID, c.Contact, bea.ID))
		h.Note(t, ana, c.Contact, "our note")
		must(t, h.Book.AskUs(t.Context(), contact.Request{ID: hotline.NewID(), Contact: c.Contact, About: c.Contact, Kind: contact.ShowMe}))
		h.SQL(t, `UPDATE request SET done_at = at`)
		must(t, h.Emergency(t, ana, c.Contact, func(of emergency.Of) error {
			e, err := h.Emergencies.Open(t.Context(), of, emergency.Emergency{ID: hotline.NewID(), Ground: emergency.Wish, Reason: "a reason"})
			if err == nil {
				_, err = h.Emergencies.End(t.Context(), of, e.ID, e.Version, "safe", "")
			}
			return err
		}))
		h.SQL(t, `INSERT INTO reading (id, contact, person, asked_at, given_at, until, ended_at, sealed) VALUES ('reading', $1, 'bea', $2, $2, $2, $2, $3)`, c.Contact, h.Now(t), []byte("sealed"))
		h.Close(t, ana, c.Contact)
		live, erased := h.Arrive(t, "still here"), h.Arrive(t, "erased")
		h.Take(t, ana, erased.Contact)
		h.Note(t, ana, erased.Contact, "our note")
		h.Field(t, ana, erased.Contact, hotline.NewID(), "our field")
		must(t, h.Book.EraseNow(t.Context(), "caller", erased.Contact))
		fine := `SELECT (SELECT count(*) FROM contact WHERE began % 86400000 <> 0 OR state_at % 86400000 <> 0 OR seen_until % 86400000 <> 0 OR quiet_at % 86400000 <> 0)
			+ (SELECT count(*) FROM message WHERE at % 86400000 <> 0) + (SELECT count(*) FROM note WHERE at % 86400000 <> 0) + (SELECT count(*) FROM record_field WHERE at % 86400000 <> 0)
			+ (SELECT count(*) FROM offer WHERE made % 86400000 <> 0 OR until % 86400000 <> 0 OR ended_at % 86400000 <> 0)
			+ (SELECT count(*) FROM emergency WHERE opened_at % 86400000 <> 0 OR ended_at % 86400000 <> 0)
			+ (SELECT count(*) FROM request WHERE at % 86400000 <> 0 OR done_at % 86400000 <> 0)
			+ (SELECT count(*) FROM reading WHERE asked_at % 86400000 <> 0 OR given_at % 86400000 <> 0 OR until % 86400000 <> 0 OR ended_at % 86400000 <> 0)
			+ (SELECT count(*) FROM alert WHERE at % 86400000 <> 0 OR acknowledged_at % 86400000 <> 0) + (SELECT count(*) FROM tombstone WHERE at % 86400000 <> 0)`
		before := h.Count(t, fine)
		h.Advance(t, 29*day)
		must(t, h.r.Round(t.Context()))
		if n := h.Count(t, fine); n != before {
			t.Errorf("%d were rounded too early", before-n)
		}
		h.Advance(t, day)
		must(t, h.r.Round(t.Context()))
		if n := h.Count(t, fine); n != 2 {
			t.Errorf("%d rows still tell the time, want the living contact and its word", n)
		}
		if h.Find(t, live.Contact).Began%day.Milliseconds() == 0 {
			t.Error("a living contact was rounded")
		}
	})
}

// What we wrote is destroyed when its own time is over: notes, head, what her phrase finds,
// and, her words being gone, all that is left of the keys.
func TestRecordIsForgotten(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana := h.Hire(t, hotline.Advocate)
		c := h.Arrive(t, "her words")
		h.Take(t, ana, c.Contact)
		h.Note(t, ana, c.Contact, "our note")
		h.Field(t, ana, c.Contact, hotline.NewID(), "our field")
		h.SQL(t, `INSERT INTO thread (idx, contact, epoch) VALUES ($1, $2, 1)`, []byte("her phrase"), c.Contact)
		h.Close(t, ana, c.Contact)
		must(t, h.r.Carry(t.Context(), c.Contact))
		k, s := h.entries(t, c.Contact)
		clock := shred.Clock{NotAfter: h.Now(t) + (20 * day).Milliseconds(), Signer: seal.Intake}
		clock.Sig = h.Intake(shred.Signed(string(h.Line), s, clock))
		must(t, h.Shred.Set(t.Context(), s, clock))
		h.Advance(t, 9*day)
		h.forget(t)
		h.Advance(t, 18*day)
		h.forget(t)
		if h.there(t, k) || h.there(t, s) {
			t.Error("an entry outlived its time")
		}
		if n := h.Count(t, `SELECT (SELECT count(*) FROM note) + (SELECT count(*) FROM record_field) + (SELECT count(*) FROM following) + (SELECT count(*) FROM thread) + (SELECT count(*) FROM key_grant) + (SELECT count(*) FROM contact WHERE pub IS NOT NULL OR shred_s <> '' OR head IS NOT NULL)`); n != 0 {
			t.Errorf("%d rows are left of it", n)
		}
		h.rang(t, nil)
	})
}

// At night the store turns to a new generation, and the main database notes it: an
// older store is refused from then on.
func TestTurn(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		c := h.Arrive(t, "her words")
		for range 2 {
			must(t, h.r.Turn(t.Context()))
		}
		if n := h.Count(t, `SELECT generation FROM line`); n != 3 {
			t.Errorf("the line notes generation %d, want 3", n)
		}
		must(t, h.Shred.Check(t.Context(), 3))
		refused(t, h.Shred.Check(t.Context(), 4), shred.ErrOld)
		got, err := h.Page(t, c)
		must(t, err)
		hotlinetest.Same(t, got, "her words")
	})
}

// A runner does all of it.
func TestRunnerForgets(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana := h.HireBy(t, h.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}})
		c := h.Arrive(t, "her words")
		h.Take(t, ana, c.Contact)
		h.Close(t, ana, c.Contact)
		k, _ := h.entries(t, c.Contact)
		run := jobs.New(h.Engine.Main, h.Bus, slog.New(slog.NewTextHandler(t.Output(), nil)))
		h.r.Handle(run)
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { run.Run(ctx) })
		defer all.Wait()
		defer stop()
		until := func(what string, ok func() bool) {
			t.Helper()
			tick := time.NewTicker(50 * time.Millisecond)
			defer tick.Stop()
			for end := time.Now().Add(time.Minute); !ok(); <-tick.C {
				if time.Now().After(end) {
					t.Fatalf("%s does not come", what)
				}
				run.Wake()
			}
		}
		until("the clock", func() bool {
			clock, err := h.Shred.Clock(t.Context(), k)
			must(t, err)
			return clock.NotAfter != 0
		})
		h.Advance(t, 9*day)
		until("forgetting", func() bool {
			h.Advance(t, time.Hour) // a run that was under way comes again after one
			return !h.there(t, k)
		})
	})
}

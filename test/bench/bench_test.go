package bench_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/test/bench"
)

// TestBench measures when it is asked to: make bench.
func TestBench(t *testing.T) {
	out := os.Getenv("FREELINE_TEST_BENCH")
	if out == "" {
		t.Skip("make bench measures")
	}
	table := new(bench.Table)
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		w := hotlinetest.New(t, e)
		intake(t, table, w)
		first(t, table, w)
		forms(t, table, w)
		heads(t, table, w)
		situations(t, table, w)
		match(t, table, w)
	})
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run("whole/"+engine, func(t *testing.T) { whole(t, table, engine) })
	}
	t.Run("duties", func(t *testing.T) { duties(t, table) })
	t.Run("slow", func(t *testing.T) { slow(t, table) })
	t.Run("calls", func(t *testing.T) { calls(t, table) })
	if err := table.Save(out); err != nil {
		t.Error(err)
	}
	if err := table.Print(os.Stdout); err != nil {
		t.Error(err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const (
	writers = 64
	while   = 4 * time.Second
)

// rate runs f from many goroutines for a while and tells how often it succeeded in a
// second.
func rate(t testing.TB, f func(n int) error) float64 {
	t.Helper()
	var done atomic.Int64
	var group sync.WaitGroup
	begun := time.Now()
	for n := range writers {
		group.Go(func() {
			for time.Since(begun) < while {
				if err := f(n); err != nil {
					t.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	group.Wait()
	return float64(done.Load()) / time.Since(begun).Seconds()
}

// intake writes to contacts that exist, by the cookie: K is opened for each.
func intake(t testing.TB, table *bench.Table, w *hotlinetest.World) {
	callers := make([]*hotlinetest.Caller, writers)
	for i := range callers {
		callers[i] = w.Arrive(t, "hello")
	}
	perSecond := rate(t, func(n int) error {
		c := callers[n]
		by := w.Own.Caller(c.Cookie)
		p, err := w.Book.Page(t.Context(), by.Lookup, 1<<40)
		if err != nil {
			return err
		}
		k, err := w.Own.Open(t.Context(), by, p.Columns, p.Wrap)
		if err != nil {
			return err
		}
		key := k.Seal()
		return w.Book.Say(t.Context(), c.Contact, contact.Words{ID: hotline.NewID(), Text: seal.Conceal("they took my papers and i cannot leave"), Key: &key, Seen: true})
	})
	table.AtLeast("durable sealed messages to existing contacts", w.Engine.Name, perSecond, "/s", 1000)
}

func first(t testing.TB, table *bench.Table, w *hotlinetest.World) {
	perSecond := rate(t, func(int) error {
		_, err := w.Book.Receive(t.Context(), w.Incoming(w.Browser(), "please help"))
		return err
	})
	table.AtLeast("durable sealed first contacts", w.Engine.Name, perSecond, "/s", 300)
}

// many is how many contacts a page of heads is drawn from.
const many = 100_000

// heads lists 200 of many, with the leaf, first as intake left them, then replaced.
func heads(t testing.TB, table *bench.Table, w *hotlinetest.World) {
	ann := w.Hire(t, hotline.Advocate)
	var ids []hotline.ContactID
	for range 1000 {
		ids = append(ids, w.Arrive(t, "words").Contact)
	}
	fillUp(t, w, many)
	page := func(list []hotline.ContactID) time.Duration {
		begun := time.Now()
		must(t, w.Keeper.With(t.Context(), ann.Token, func(r *vault.Ring) error {
			views, err := r.Heads(t.Context(), list)
			for _, v := range views {
				if v.Err != nil {
					return v.Err
				}
			}
			return err
		}))
		return time.Since(begun)
	}
	var fresh, replaced []time.Duration
	for i := range 5 {
		fresh = append(fresh, page(ids[200*i:200*i+200]))
	}
	for i := range 40 {
		replaced = append(replaced, page(ids[200*(i%5):200*(i%5)+200]))
	}
	table.AtMost("page of 200 heads of 100,000, p95", w.Engine.Name, bench.Percentile(replaced, 95), "ms", 50)
	table.Shown("the same, grants as intake made them, p95", w.Engine.Name, bench.Percentile(fresh, 95), "ms")
}

// fillUp copies rows until there are so many contacts, with the grants that go with
// them: what a page does not open still has to be passed over.
func fillUp(t testing.TB, w *hotlinetest.World, n int) {
	t.Helper()
	for {
		var have int
		must(t, w.Engine.Main.One(t.Context(), `SELECT count(*) FROM contact`, nil, &have))
		if have >= n {
			return
		}
		must(t, w.Engine.Main.Write(t.Context(), func(tx db.Tx) error {
			step := min(have, n-have, 20000)
			x := fmt.Sprintf("x%d", have)
			for _, q := range []string{
				`INSERT INTO contact (id, channel, queue, state, began, state_at, shred_k, shred_s, head, head_n, pub, commit_k, commit_s, intake_sig)
					SELECT id || $1, channel, '', 'closed', began, state_at, shred_k || $1, shred_s || $1, head, head_n, pub, commit_k, commit_s, intake_sig FROM contact ORDER BY id LIMIT $2`,
			} {
				if _, err := tx.Exec(q, x, step); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

// match has 10,000 wait and measures one decision: an offer for the one advocate who
// becomes free.
func match(t testing.TB, table *bench.Table, w *hotlinetest.World) {
	editions, err := edition.New(t.Context(), w.Engine.Main, bus.Memory(), time.Now, routing.Kinds()...)
	must(t, err)
	place, err := routing.NewPlace(t.Context(), w.Engine.Main, editions, nil)
	must(t, err)
	m := routing.NewMatcher(w.Engine.Main, w.Book, place, nobody{})
	must(t, w.Engine.Main.Write(t.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(`UPDATE contact SET state = 'closed' WHERE state <> 'closed'`)
		return err
	}))
	must(t, w.Engine.Main.Write(t.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(`UPDATE contact SET state = 'waiting', queue = $1, urgency = 3, path = 'self', lang = 'en', advocate = '', seen = 0 WHERE id IN (SELECT id FROM contact ORDER BY id LIMIT 10000)`, hotlinetest.Night)
		return err
	}))
	ann := w.HireBy(t, w.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Languages: []string{"en"}, Capacity: 1})
	var all []time.Duration
	for range 30 {
		must(t, w.Engine.Main.Write(t.Context(), func(tx db.Tx) error {
			if _, err := tx.Exec(`UPDATE presence SET load = capacity WHERE person <> $1`, ann.ID); err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE presence SET load = 0 WHERE person = $1`, ann.ID); err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE offer SET ended_at = 1, outcome = 'gone' WHERE ended_at IS NULL`); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE contact SET state = 'closed' WHERE state = 'offered'`)
			return err
		}))
		begun := time.Now()
		n, err := m.Match(context.WithoutCancel(t.Context()), hotlinetest.Night)
		all = append(all, time.Since(begun))
		must(t, err)
		if n != 1 {
			t.Fatalf("%d offers, want 1", n)
		}
	}
	table.AtMost("match, 10,000 waiting, p95 of a decision", w.Engine.Name, bench.Percentile(all, 95), "ms", 50)
}

type nobody struct{}

func (nobody) Page(context.Context, int) error { return nil }

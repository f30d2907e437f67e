// Package dbtest gives each test databases of its own, on each engine, and moves
// their clocks.
package dbtest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/internal/ear"
	"github.com/freeline-org/freeline/internal/db/internal/offset"
)

// Engine is a line's two databases on one engine, empty and up to date.
type Engine struct {
	Name              string // sqlite or postgres
	Main, Shred       *db.DB
	MainURL, ShredURL string // what db.Open takes, in another process too

	clock *clock
}

// clock is what nodes of the same databases share.
type clock struct {
	mu  sync.Mutex
	by  time.Duration
	dbs []*db.DB
}

// Each runs f once on SQLite and once on PostgreSQL, where the environment's
// FREELINE_TEST_POSTGRES names a server ("postgres://...") on which databases
// may be made. FREELINE_TEST_ENGINE=sqlite leaves PostgreSQL out: for the race
// detector, since nothing above the stores knows on which engine it is.
func Each(t *testing.T, f func(t *testing.T, e *Engine)) {
	t.Helper()
	t.Run(string(db.SQLite), func(t *testing.T) { f(t, New(t)) })
	if os.Getenv("FREELINE_TEST_ENGINE") == string(db.SQLite) {
		return
	}
	t.Run(string(db.Postgres), func(t *testing.T) { f(t, NewPostgres(t)) })
}

// EachBench is Each for a benchmark.
func EachBench(b *testing.B, f func(b *testing.B, e *Engine)) {
	b.Helper()
	b.Run(string(db.SQLite), func(b *testing.B) { f(b, New(b)) })
	b.Run(string(db.Postgres), func(b *testing.B) { f(b, NewPostgres(b)) })
}

// New makes the databases as files of SQLite.
func New(tb testing.TB) *Engine {
	tb.Helper()
	dir := tb.TempDir()
	e := &Engine{
		Name:    string(db.SQLite),
		MainURL: filepath.Join(dir, "main.db"), ShredURL: filepath.Join(dir, "shred.db"),
		clock: new(clock),
	}
	for path, template := range map[string]func() ([]byte, error){e.MainURL: blankMain, e.ShredURL: blankShred} {
		blank, err := template()
		if err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, blank, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	e.open(tb)
	return e
}

// Templates are migrated once per test binary; every test gets copies.
var (
	blankMain  = sync.OnceValues(func() ([]byte, error) { return blank(db.Main) })
	blankShred = sync.OnceValues(func() ([]byte, error) { return blank(db.Shred) })
)

func blank(store db.Store) ([]byte, error) {
	dir, err := os.MkdirTemp("", "freeline-dbtest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	d, err := db.Open(context.Background(), path, store)
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// Node opens the same databases once more, as another process of the line does.
func (e *Engine) Node(tb testing.TB) *Engine {
	tb.Helper()
	n := &Engine{Name: e.Name, MainURL: e.MainURL, ShredURL: e.ShredURL, clock: e.clock}
	n.open(tb)
	return n
}

// Reopen closes both databases and opens them again, as a restart does.
func (e *Engine) Reopen(tb testing.TB) {
	tb.Helper()
	e.close(tb)
	e.open(tb)
}

// Advance moves the clock of both databases, for all nodes.
func (e *Engine) Advance(tb testing.TB, by time.Duration) {
	tb.Helper()
	e.clock.mu.Lock()
	defer e.clock.mu.Unlock()
	e.clock.by += by
	Advance(tb, by, e.clock.dbs...)
}

// Advance moves the clocks of databases that a test opened by itself.
func Advance(tb testing.TB, by time.Duration, dbs ...*db.DB) {
	tb.Helper()
	for _, d := range dbs {
		offset.Advance(d.Offset(), by)
	}
}

// Statements lists what both databases run while f does, in order, each with the name of
// its store.
func (e *Engine) Statements(tb testing.TB, f func()) (out []string) {
	tb.Helper()
	var mu sync.Mutex
	for _, d := range []*db.DB{e.Main, e.Shred} {
		ear.Listen(d.Ear(), func(statement string) {
			mu.Lock()
			defer mu.Unlock()
			out = append(out, string(d.Store())+": "+statement)
		})
		defer ear.Listen(d.Ear(), nil)
	}
	f()
	mu.Lock()
	defer mu.Unlock()
	return slices.Clone(out)
}

func (e *Engine) open(tb testing.TB) {
	tb.Helper()
	// Not the test's context: that one ends before cleanups that still write.
	ctx := context.WithoutCancel(tb.Context())
	var err error
	if e.Main, err = db.Open(ctx, e.MainURL, db.Main); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { e.close(tb) })
	if e.Shred, err = db.Open(ctx, e.ShredURL, db.Shred); err != nil {
		tb.Fatal(err)
	}
	e.clock.mu.Lock()
	defer e.clock.mu.Unlock()
	e.clock.dbs = append(e.clock.dbs, e.Main, e.Shred)
	Advance(tb, e.clock.by, e.Main, e.Shred)
}

func (e *Engine) close(tb testing.TB) {
	tb.Helper()
	e.clock.mu.Lock()
	e.clock.dbs = slices.DeleteFunc(e.clock.dbs, func(d *db.DB) bool { return d == e.Main || d == e.Shred })
	e.clock.mu.Unlock()
	for _, d := range []*db.DB{e.Main, e.Shred} {
		if d == nil {
			continue
		}
		if err := d.Close(); err != nil {
			tb.Error(err)
		}
	}
}

package db_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/problem"
)

// When the disk is full, writers are told so, all that was acknowledged is there,
// nothing that was refused is, and it goes on when there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, store := range []db.Store{db.Main, db.Shred} {
		t.Run(string(store), func(t *testing.T) {
			t.Parallel()
			e := dbtest.New(t)
			d := map[db.Store]*db.DB{db.Main: e.Main, db.Shred: e.Shred}[store]
			pages := func(n int) {
				t.Helper()
				err := d.Write(t.Context(), func(tx db.Tx) error {
					return tx.QueryRow(fmt.Sprintf(`PRAGMA max_page_count = %d`, n)).Scan(new(int))
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			add := func(key string) error {
				return d.Write(t.Context(), func(tx db.Tx) error {
					_, err := tx.Exec(`INSERT INTO migration (name, at) VALUES ($1, 0)`, "test "+key+strings.Repeat("x", 3000))
					return err
				})
			}
			has := func(key string) (n int) {
				t.Helper()
				if err := d.One(t.Context(), `SELECT count(*) FROM migration WHERE name LIKE $1`, []any{"test " + key + "x%"}, &n); err != nil {
					t.Fatal(err)
				}
				return n
			}
			var there int
			if err := d.One(t.Context(), `PRAGMA page_count`, nil, &there); err != nil {
				t.Fatal(err)
			}
			pages(there + 40)
			var mu sync.Mutex
			told := map[string]error{}
			var wg sync.WaitGroup
			for i := range 16 {
				wg.Go(func() {
					for n := range 10 {
						key := fmt.Sprint(i, ".", n)
						err := add(key)
						mu.Lock()
						told[key] = err
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			refused := 0
			for key, err := range told {
				want := 1
				if err != nil {
					want = 0
					refused++
					if !errors.Is(err, db.ErrDisk) || problem.Of(err).Key != "db.disk" {
						t.Errorf("got %v, want %v", err, db.ErrDisk)
					}
				}
				if got := has(key); got != want {
					t.Errorf("%s: told %v, and there are %d", key, err, got)
				}
			}
			if refused == 0 || refused == len(told) {
				t.Fatalf("%d of %d refused: the disk was not full half way", refused, len(told))
			}
			// Health speaks of the last write, and of those above one that still had room
			// may have been it.
			for n := 0; n < 100 && add(fmt.Sprint("more ", n)) == nil; n++ {
			}
			if err := d.Health(t.Context()); !errors.Is(err, db.ErrDisk) {
				t.Errorf("health: got %v, want %v", err, db.ErrDisk)
			}
			pages(there + 400)
			if err := d.Health(t.Context()); err != nil {
				t.Errorf("health: %v", err)
			}
			if err := add("last"); err != nil {
				t.Error(err)
			}
		})
	}
}

// A database that has become read-only is told like a full one.
func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		set := func(on bool) {
			t.Helper()
			if e.Name == string(db.SQLite) {
				if !on {
					e.Reopen(t) // the writer cannot write even this
					return
				}
				err := e.Main.Write(t.Context(), func(tx db.Tx) error {
					_, err := tx.Exec(`PRAGMA query_only = 1`)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			server, err := sql.Open("pgx", e.MainURL)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			for _, q := range []string{
				`SET default_transaction_read_only = off`,
				fmt.Sprintf(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %%I SET default_transaction_read_only = %t', current_database()); END $$`, on),
				`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
			} {
				server.SetMaxOpenConns(1)
				if _, err := server.Exec(q); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := e.Main.Health(t.Context()); err != nil {
			t.Fatal(err)
		}
		set(true)
		err := e.Main.Write(t.Context(), func(tx db.Tx) error { return put(tx, "a") })
		if !errors.Is(err, db.ErrDisk) {
			t.Errorf("got %v, want %v", err, db.ErrDisk)
		}
		if err := e.Main.Health(t.Context()); !errors.Is(err, db.ErrDisk) {
			t.Errorf("health: got %v, want %v", err, db.ErrDisk)
		}
		if got := count(t, e.Main); got != 0 {
			t.Errorf("%d rows, want 0", got)
		}
		set(false)
		if err := e.Main.Health(t.Context()); err != nil {
			t.Errorf("health: %v", err)
		}
	})
}

// What was deleted is given back to the disk on PostgreSQL.
func TestReclaim(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		err := e.Main.Write(t.Context(), func(tx db.Tx) error {
			for n := range 500 {
				if err := put(tx, fmt.Sprint(n)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = e.Main.Write(t.Context(), func(tx db.Tx) error {
			_, err := tx.Exec(`DELETE FROM job`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Main.Reclaim(t.Context(), "job"); err != nil {
			t.Error(err)
		}
		if err := e.Main.Reclaim(t.Context(), "job; DROP TABLE job"); err == nil {
			t.Error("any text is run")
		}
		if e.Name == string(db.Postgres) {
			var bytes int
			if err := e.Main.One(t.Context(), `SELECT pg_relation_size('job')`, nil, &bytes); err != nil || bytes != 0 {
				t.Errorf("%d bytes are left, %v", bytes, err)
			}
		}
	})
}

// When PostgreSQL goes and comes back, what was not asked to be committed is run
// again, and nobody notices.
func TestServerCutsConnections(t *testing.T) {
	t.Parallel()
	e := dbtest.NewPostgres(t)
	cut := func() {
		server, err := sql.Open("pgx", e.MainURL)
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		if _, err := server.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		runs := 0
		err := e.Main.Write(t.Context(), func(tx db.Tx) error {
			if runs++; runs == 1 {
				cut()
			}
			return put(tx, fmt.Sprint(count(t, e.Main)))
		})
		if err != nil || runs != 2 {
			t.Errorf("%d runs, %v; want 2", runs, err)
		}
	}
	if got := count(t, e.Main); got != 3 {
		t.Errorf("%d rows, want 3", got)
	}
}

package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// empties returns the addresses of databases without tables, one on each engine.
func empties(t *testing.T) map[Engine]string {
	t.Helper()
	all := map[Engine]string{SQLite: filepath.Join(t.TempDir(), "a.db")}
	server := os.Getenv("FREELINE_TEST_POSTGRES")
	if server == "" {
		t.Log("no PostgreSQL: FREELINE_TEST_POSTGRES is not set")
		return all
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := "test_" + strings.ToLower(rand.Text()[:16])
	if _, err := admin.Exec(`CREATE DATABASE ` + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
		_ = admin.Close()
	})
	before, after, _ := strings.Cut(server, "?")
	all[Postgres] = before[:strings.LastIndex(before, "/")+1] + name + "?" + after
	return all
}

// unmigrated opens a database without migrating it.
func unmigrated(t *testing.T, url string) *DB {
	t.Helper()
	open := openSQLite
	if strings.HasPrefix(url, "postgres") {
		open = openPostgres
	}
	d, err := open(t.Context(), url, Main)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func names(t *testing.T, d *DB) string {
	t.Helper()
	_, applied, err := d.standing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, name := range []string{"1_a", "2_b", "3_c"} {
		if applied[name] {
			all = append(all, name)
		}
	}
	return strings.Join(all, " ")
}

var (
	first  = migration{"1_a", "CREATE TABLE a (id TEXT PRIMARY KEY); INSERT INTO a VALUES ('x;');"}
	second = migration{"2_b", "ALTER TABLE a ADD COLUMN b {{blob}}; -- readable: y\n-- only: sqlite\nCREATE VIRTUAL TABLE f USING fts5(w);\n-- end only\n"}
	third  = migration{"3_c", "CREATE TABLE c (id {{serial}});\nINSERT INTO nowhere VALUES (1);"}
)

// Each migration is applied once, wholly or not at all, also one whose name is
// older than what is there already.
func TestMigrationsAreAppliedOnce(t *testing.T) {
	for engine, url := range empties(t) {
		t.Run(string(engine), func(t *testing.T) {
			d := unmigrated(t, url)
			for range 2 {
				if err := d.bringUp(t.Context(), []migration{second}, 1); err == nil || !strings.Contains(err.Error(), "2_b: statement 1") {
					t.Fatalf("got %v, want that the first statement of 2_b failed", err)
				}
			}
			for range 2 {
				if err := d.bringUp(t.Context(), []migration{first, second}, 1); err != nil {
					t.Fatal(err)
				}
			}
			if err := d.bringUp(t.Context(), []migration{first, second, third}, 1); err == nil {
				t.Error("a faulty migration was applied")
			}
			if got, want := names(t, d), "1_a 2_b"; got != want {
				t.Errorf("applied %s, want %s", got, want)
			}
			var n int
			if err := d.One(t.Context(), `SELECT count(*) FROM a WHERE b IS NULL`, nil, &n); err != nil || n != 1 {
				t.Errorf("%d rows, %v; want 1", n, err)
			}
			if err := d.One(t.Context(), `SELECT count(*) FROM c`, nil, &n); err == nil {
				t.Error("half of a migration is there")
			}
		})
	}
}

// Nodes are renewed one after the other: a release accepts the tables of the one
// before and of the one after, and no others.
func TestOneReleaseOlderOrNewer(t *testing.T) {
	for engine, url := range empties(t) {
		t.Run(string(engine), func(t *testing.T) {
			d := unmigrated(t, url)
			steps := []struct {
				release int64
				all     []migration
				err     error
				found   int64
			}{
				{4, []migration{first}, nil, 4},
				{6, []migration{first, second}, ErrOlder, 4},
				{5, []migration{first, second}, nil, 5},
				{4, []migration{first}, nil, 5}, // the old node goes on beside the new one
				{3, []migration{first}, ErrNewer, 5},
			}
			for _, s := range steps {
				err := d.bringUp(t.Context(), s.all, s.release)
				if !errors.Is(err, s.err) {
					t.Errorf("release %d: got %v, want %v", s.release, err, s.err)
				}
				found, _, err := d.standing(t.Context())
				if err != nil || found != s.found {
					t.Errorf("after release %d the tables are of %d, %v; want %d", s.release, found, err, s.found)
				}
			}
		})
	}
}

// Nodes that start together on an empty database do not get in each other's way.
func TestNodesMigrateTogether(t *testing.T) {
	for engine, url := range empties(t) {
		t.Run(string(engine), func(t *testing.T) {
			var nodes []*DB
			for range 4 {
				nodes = append(nodes, unmigrated(t, url))
			}
			var wg sync.WaitGroup
			for _, d := range nodes {
				wg.Go(func() {
					if err := d.bringUp(context.WithoutCancel(t.Context()), []migration{first, second}, 1); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if got, want := names(t, nodes[0]), "1_a 2_b"; got != want {
				t.Errorf("applied %s, want %s", got, want)
			}
		})
	}
}

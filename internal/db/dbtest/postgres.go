package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
)

// NewPostgres makes the databases on the server that FREELINE_TEST_POSTGRES
// names, and drops them after the test; without a server the test is skipped.
func NewPostgres(tb testing.TB) *Engine {
	tb.Helper()
	server := os.Getenv("FREELINE_TEST_POSTGRES")
	if server == "" {
		tb.Skip("no PostgreSQL: FREELINE_TEST_POSTGRES is not set")
	}
	templates.Do(func() { templates.err = makeTemplates(context.WithoutCancel(tb.Context()), server) })
	if templates.err != nil {
		tb.Fatal(templates.err)
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = admin.Close() })
	name := "test_" + strings.ToLower(rand.Text()[:16])
	e := &Engine{Name: string(db.Postgres), clock: new(clock)}
	for store, to := range map[db.Store]*string{db.Main: &e.MainURL, db.Shred: &e.ShredURL} {
		database := name + "_" + string(store)
		if _, err := admin.Exec(`CREATE DATABASE ` + database + ` TEMPLATE ` + template(store)); err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() {
			if _, err := admin.Exec(`DROP DATABASE ` + database + ` WITH (FORCE)`); err != nil {
				tb.Error(err)
			}
		})
		*to = at(server, database)
	}
	e.open(tb)
	return e
}

// templates are made by the first test of the first test binary that needs them.
var templates struct {
	sync.Once
	err error
}

// template is named for the migrations that made it.
func template(store db.Store) string {
	return "freeline_" + string(store) + "_" + db.Fingerprint(store)
}

// makeTemplates makes the migrated databases that tests get copies of. Other test
// binaries may be at it too.
func makeTemplates(ctx context.Context, server string) error {
	admin, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer admin.Close()
	lock, err := admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer lock.Close()
	if _, err := lock.ExecContext(ctx, `SELECT pg_advisory_lock(2611242040)`); err != nil {
		return err
	}
	defer lock.ExecContext(ctx, `SELECT pg_advisory_unlock(2611242040)`)
	for _, store := range []db.Store{db.Main, db.Shred} {
		if err := makeTemplate(ctx, admin, server, store); err != nil {
			return fmt.Errorf("template %s: %w", store, err)
		}
	}
	return nil
}

func makeTemplate(ctx context.Context, admin *sql.DB, server string, store db.Store) error {
	name := template(store)
	var n int
	if err := admin.QueryRowContext(ctx, `SELECT count(*) FROM pg_database WHERE datname = $1`, name).Scan(&n); err != nil || n == 1 {
		return err
	}
	draft := name + "_draft" // what a killed test left behind is no template
	for _, q := range []string{`DROP DATABASE IF EXISTS ` + draft + ` WITH (FORCE)`, `CREATE DATABASE ` + draft} {
		if _, err := admin.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	d, err := db.Open(ctx, at(server, draft), store)
	if err != nil {
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	_, err = admin.ExecContext(ctx, `ALTER DATABASE `+draft+` RENAME TO `+name)
	return err
}

// at is a server's URL with another database.
func at(server, database string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + database
	return u.String()
}

package db

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
)

// Release is the number of this program's schema. It is raised with each release
// that changes tables; a database one release older or newer is accepted, so
// that nodes are renewed one after the other: a release adds what the next one
// needs, and takes away only what the one before it did not use.
const Release = 1

//go:embed migrations
var migrations embed.FS

// migration is a file of changes.
type migration struct{ name, text string }

var fileName = regexp.MustCompile(`^20\d{10}_[a-z][a-z0-9_]*\.sql$`)

// files returns a store's migrations in order of name, which begins with a time.
func files(store Store) ([]migration, error) {
	entries, err := fs.ReadDir(migrations, "migrations/"+string(store))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []migration
	for _, e := range entries {
		if !fileName.MatchString(e.Name()) {
			return nil, fmt.Errorf("migration %s: a name is YYYYMMDDHHMM_word.sql", e.Name())
		}
		b, err := migrations.ReadFile(path.Join("migrations", string(store), e.Name()))
		if err != nil {
			return nil, err
		}
		all = append(all, migration{e.Name(), string(b)})
	}
	return all, nil
}

func (d *DB) migrate(ctx context.Context) error {
	all, err := files(d.store)
	if err != nil {
		return err
	}
	return d.bringUp(ctx, all, Release)
}

// bringUp applies what is missing of all. Two nodes may do it at the same time.
func (d *DB) bringUp(ctx context.Context, all []migration, release int64) error {
	if err := d.begin(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	found, applied, err := d.standing(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	switch {
	case found == 0: // a new database
	case found > release+1:
		return fmt.Errorf("migrate: the database is of schema %d, this program of %d: start a newer release: %w", found, release, ErrNewer)
	case found < release-1:
		return fmt.Errorf("migrate: the database is of schema %d, this program of %d: start the release of schema %d once before: %w",
			found, release, found+1, ErrOlder)
	case found > release:
		return nil
	}
	for _, m := range all {
		if applied[m.name] {
			continue
		}
		if err := d.alter(ctx, func(tx Tx) error { return apply(tx, m) }); err != nil {
			return fmt.Errorf("migrate: %s: %w", m.name, err)
		}
	}
	if found == release {
		return nil
	}
	return d.Write(ctx, func(tx Tx) error {
		_, err := tx.Exec(`INSERT INTO schema (one, release) VALUES (1, $1)
			ON CONFLICT (one) DO UPDATE SET release = excluded.release WHERE schema.release < excluded.release`, release)
		return err
	})
}

// begin makes the tables that tell how far the others are.
func (d *DB) begin(ctx context.Context) error {
	text, err := migrations.ReadFile("migrations/schema.sql")
	if err != nil {
		return err
	}
	there := func() (n int, err error) {
		q := `SELECT count(*) FROM sqlite_schema WHERE name = 'migration'`
		if d.engine == Postgres {
			q = `SELECT count(*) FROM pg_class WHERE oid = to_regclass('migration')`
		}
		err = d.One(ctx, q, nil, &n)
		return n, err
	}
	for n, err := there(); n == 0; n, err = there() {
		if err != nil {
			return err
		}
		err := d.alter(ctx, func(tx Tx) error { return run(tx, string(text)) })
		if err != nil {
			// Another node may have been first.
			if n, err2 := there(); err2 != nil || n == 0 {
				return err
			}
		}
	}
	return nil
}

// standing tells the release that last changed the database, 0 for none, and
// what was applied.
func (d *DB) standing(ctx context.Context) (release int64, applied map[string]bool, err error) {
	applied = map[string]bool{}
	err = d.Read(ctx, func(tx Tx) error {
		err := tx.QueryRow(`SELECT release FROM schema`).Scan(&release)
		if err != nil && !errors.Is(err, ErrNoRows) {
			return err
		}
		names, err := Values[string](tx, `SELECT name FROM migration`)
		for _, name := range names {
			applied[name] = true
		}
		return err
	})
	return release, applied, err
}

// apply runs a migration, unless another node was quicker: its row makes this one
// wait until that one is through.
func apply(tx Tx, m migration) error {
	at, err := Now(tx)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`INSERT INTO migration (name, at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, m.name, at)
	if err != nil || n == 0 {
		return err
	}
	return run(tx, m.text)
}

func run(tx Tx, text string) error {
	statements, err := script(text, tx.Engine())
	if err != nil {
		return err
	}
	for i, s := range statements {
		if _, err := tx.raw(s); err != nil {
			return fmt.Errorf("statement %d: %w", i+1, err)
		}
	}
	return nil
}

// Fingerprint changes with a store's migrations. Tests name their templates by it.
func Fingerprint(store Store) string {
	sum := sha256.New()
	all, err := files(store)
	for _, m := range all {
		fmt.Fprintf(sum, "%s\n%s\n", m.name, m.text)
	}
	text, err2 := migrations.ReadFile("migrations/schema.sql")
	fmt.Fprintf(sum, "%s\n%d %v", text, Release, errors.Join(err, err2))
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

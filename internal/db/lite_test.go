package db_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
)

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	all, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// SQLite passes over a pragma it does not know; so ask what it took.
func TestPragmas(t *testing.T) {
	t.Parallel()
	e := dbtest.New(t)
	for d, journal := range map[*db.DB]string{e.Main: "wal", e.Shred: "truncate"} {
		want := map[string]string{
			"journal_mode": journal, "synchronous": "2", "foreign_keys": "1", "secure_delete": "1", "busy_timeout": "10000",
		}
		ask := func(tx db.Tx) error {
			for name, want := range want {
				var got string
				if err := tx.QueryRow("PRAGMA " + name).Scan(&got); err != nil || got != want {
					t.Errorf("%s: %s = %q, %v; want %q", d.Store(), name, got, err, want)
				}
			}
			return nil
		}
		if err := errors.Join(d.Read(t.Context(), ask), d.Write(t.Context(), ask)); err != nil {
			t.Error(err)
		}
	}
}

// What is deleted in the shred store is in none of its files.
func TestDeletedIsOverwritten(t *testing.T) {
	t.Parallel()
	e := dbtest.New(t)
	secret := bytes.Repeat([]byte("a secret that is to go. "), 400)
	write := func(q string, args ...any) {
		t.Helper()
		err := e.Shred.Write(t.Context(), func(tx db.Tx) error {
			_, err := tx.Exec(q, args...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	held := func() (found bool) {
		for _, path := range glob(t, e.ShredURL+"*") {
			found = found || bytes.Contains([]byte(read(t, path)), secret[:24])
		}
		return found
	}
	write(`UPDATE schema SET probe = $1`, secret)
	if !held() {
		t.Fatal("the secret was not written")
	}
	write(`UPDATE schema SET probe = NULL`)
	if held() {
		t.Error("the secret is still there")
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, store := range []db.Store{db.Main, db.Shred} {
		d, err := db.Open(t.Context(), filepath.Join(dir, string(store)), store)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
	}
	all := glob(t, filepath.Join(dir, "*"))
	if len(all) < 4 {
		t.Errorf("%d files; the journals are not among them", len(all))
	}
	for _, path := range all {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got&0o077 != 0 {
			t.Errorf("%s has mode %o", filepath.Base(path), got)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	notADatabase := filepath.Join(dir, "text")
	if err := os.WriteFile(notADatabase, bytes.Repeat([]byte("not a database"), 100), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"", "sqlite:", ":memory:", dir + "/a?mode=memory", filepath.Join(dir, "no", "such", "place"), notADatabase} {
		if d, err := db.Open(t.Context(), url, db.Main); err == nil {
			t.Errorf("%q was opened", url)
			_ = d.Close()
		}
	}
	if d, err := db.Open(t.Context(), filepath.Join(dir, "a"), "other"); err == nil {
		t.Error("a third store was opened")
		_ = d.Close()
	}
}

// A copy is of one moment, opens as a database, and leaves no half behind.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	e := dbtest.New(t)
	if err := e.Main.Write(t.Context(), func(tx db.Tx) error { return put(tx, "a") }); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := e.Main.Snapshot(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if err := e.Main.Write(t.Context(), func(tx db.Tx) error { return put(tx, "b") }); err != nil {
		t.Fatal(err)
	}
	if err := e.Main.Snapshot(t.Context(), path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a copy was overwritten: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy is %v, %v", info.Mode(), err)
	}
	c, err := db.Open(t.Context(), path, db.Main)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := count(t, c); got != 1 {
		t.Errorf("%d rows, want 1", got)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	other := filepath.Join(t.TempDir(), "other.db")
	if err := e.Shred.Snapshot(gone, other); err == nil {
		t.Error("cancelled, and no error")
	}
	if len(glob(t, other)) != 0 {
		t.Error("half a copy is left behind")
	}
}

package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// pragmas stand in the DSN, so that no connection of a pool is without them, and
// busy_timeout is the first. Two are promises to people: a commit is on the disk
// before anyone is told (full), and what is deleted is overwritten
// (secure_delete). Two have SQLite understand what PostgreSQL understands: LIKE
// tells capitals apart, and what stands in double quotes is a name (_dqs).
const pragmas = "?_pragma=busy_timeout(10000)&_pragma=synchronous(full)&_pragma=secure_delete(1)" +
	"&_pragma=foreign_keys(1)&_pragma=case_sensitive_like(1)&_dqs=0" +
	"&_pragma=cache_size(-16000)&_pragma=journal_size_limit(67108864)"

// readers is how many read at the same time.
const readers = 8

// oldest is the first SQLite without the fault that may corrupt a database whose
// write-ahead log is reset while another connection writes.
const oldest = "3.51.3"

var journals = map[Store]string{Main: "wal", Shred: "truncate"} //nolint:gochecknoglobals // a constant

func openSQLite(ctx context.Context, path string, store Store) (*DB, error) {
	journal, ok := journals[store]
	if !ok {
		return nil, fmt.Errorf("open database: no store %q", store)
	}
	if path == "" || strings.ContainsAny(path, "?") || strings.Contains(path, ":memory:") || strings.HasPrefix(path, "file:") {
		return nil, errors.New(`open database: the path of a file is wanted, without "?"`)
	}
	// Nobody else on the machine reads it; SQLite gives its journals the same rights.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator's own path
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	dsn := path + pragmas + "&_pragma=journal_mode(" + journal + ")"
	w, err := sql.Open("sqlite", dsn+"&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	w.SetMaxOpenConns(1)
	r, err := sql.Open("sqlite", dsn+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), w.Close())
	}
	r.SetMaxOpenConns(readers)
	r.SetMaxIdleConns(readers)
	if err := fit(ctx, w, journal); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), r.Close(), w.Close())
	}
	d := newDB(SQLite, store, w, r)
	d.path = path
	go d.writer() //nolint:contextcheck // ends with Close, which waits for it
	return d, nil
}

// fit refuses a SQLite or a file system that cannot keep the promises.
func fit(ctx context.Context, w *sql.DB, journal string) error {
	var version, mode string
	if err := w.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&version); err != nil {
		return known("", err)
	}
	if !since(version, oldest) {
		return fmt.Errorf("SQLite %s may corrupt what it keeps; %s or newer is needed", version, oldest)
	}
	if err := w.QueryRowContext(ctx, `PRAGMA journal_mode`).Scan(&mode); err != nil {
		return known("", err)
	}
	if mode != journal {
		return fmt.Errorf("the file's journal is %s and cannot be made %s; is it on a network file system?", mode, journal)
	}
	return nil
}

// since compares versions of numbers and dots.
func since(version, first string) bool {
	var v, f [3]int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &v[0], &v[1], &v[2]); err != nil {
		return false
	}
	if _, err := fmt.Sscanf(first, "%d.%d.%d", &f[0], &f[1], &f[2]); err != nil {
		return false
	}
	for i := range v {
		if v[i] != f[i] {
			return v[i] > f[i]
		}
	}
	return true
}

// sqliteFault classifies an error of SQLite; of others it is nil.
func sqliteFault(err error) *fault {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return nil
	}
	f := &fault{text: fmt.Sprintf("sqlite: error %d", e.Code())}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		f.class = unique
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CANTOPEN:
		f.class = disk
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOMEM:
		f.class = busy
	}
	// SQLite's texts name tables and columns. Only the search's quotes the query.
	if !strings.Contains(e.Error(), "fts5:") {
		f.text = "sqlite: " + e.Error()
	}
	return f
}

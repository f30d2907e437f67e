// Package db opens one of the line's two databases, brings its tables up to date
// and runs transactions. It knows nothing of what is kept there.
//
// What it promises:
//
//   - [DB.Write] returns after its commit is on the disk; what it reported is
//     kept, through kill -9 and power cut. What it did not report may be kept or
//     not, never half.
//   - One SQL text serves SQLite and PostgreSQL: the common subset with numbered
//     placeholders ($1). What one of them would let pass and the other refuse is
//     refused on both.
//   - Time inside a transaction is the engine's ([Now]), which all nodes share.
//   - Errors name tables and constraints, never the values of a statement.
package db

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/freeline-org/freeline/internal/db/internal/ear"
	"github.com/freeline-org/freeline/internal/db/internal/offset"
)

// A Store is one of the two databases of a line.
type Store string

// The two stores. In the shred store deletion is the purpose: it has no
// write-ahead log, in which deleted rows would live on.
const (
	Main  Store = "main"
	Shred Store = "shred"
)

// An Engine is a kind of database.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// DB is an open, up-to-date database.
type DB struct {
	engine   Engine
	store    Store
	w, r     *sql.DB
	offset   *offset.Offset
	ear      *ear.Ear
	texts    texts
	watchers watchers
	path     string       // of the file of SQLite
	failed   atomic.Bool  // the last write met a full or failing disk
	busy     sync.RWMutex // PostgreSQL: read-locked by those who write

	queue   chan *write   // SQLite: those who wait for the writer
	closing chan struct{} // closed by Close
	stopped chan struct{} // closed when the writer has ended
	close   sync.Once
	closed  error
}

// Open opens a database, making a SQLite file that is not there, and applies the
// migrations it lacks. The URL is a file's path, "sqlite:" and a path, or
// "postgres://...". A database that is too old or too new is [ErrOlder] or
// [ErrNewer].
func Open(ctx context.Context, url string, store Store) (*DB, error) {
	var d *DB
	var err error
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		d, err = openPostgres(ctx, url, store)
	} else {
		d, err = openSQLite(ctx, strings.TrimPrefix(url, "sqlite:"), store)
	}
	if err != nil {
		return nil, err
	}
	if err := d.migrate(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func newDB(engine Engine, store Store, w, r *sql.DB) *DB {
	return &DB{
		engine: engine, store: store, w: w, r: r, offset: new(offset.Offset), ear: new(ear.Ear),
		queue: make(chan *write), closing: make(chan struct{}), stopped: make(chan struct{}),
	}
}

// Close waits for the writes under way and closes the database. Writes that come
// later are [ErrClosed].
func (d *DB) Close() error {
	d.close.Do(func() {
		close(d.closing)
		<-d.stopped
		d.busy.Lock()
		defer d.busy.Unlock()
		// SQLite's writer goes last and takes the journal with it.
		d.closed = errors.Join(d.r.Close(), d.w.Close())
	})
	return d.closed
}

// Engine says what kind of database it is, for the few queries that differ.
func (d *DB) Engine() Engine { return d.engine }

// Store says which of the two databases it is.
func (d *DB) Store() Store { return d.store }

// Offset is moved by dbtest alone.
func (d *DB) Offset() *offset.Offset { return d.offset }

// Ear is listened at by dbtest alone.
func (d *DB) Ear() *ear.Ear { return d.ear }

// Read runs f on one moment of the database; f changes nothing. It ends with ctx.
func (d *DB) Read(ctx context.Context, f func(Tx) error) error {
	opts := sql.TxOptions{ReadOnly: true}
	if d.engine == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	tx, err := d.r.BeginTx(ctx, &opts)
	// A server that was started anew has cut the connections that lie idle.
	for n := 0; n < poolReaders && is(known("", err), cut); n++ {
		tx, err = d.r.BeginTx(ctx, &opts)
	}
	select {
	case <-d.closing:
		err = ErrClosed
	default:
	}
	if err != nil {
		return known("read", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing to keep
	t := Tx{ctx: ctx, sql: tx, db: d, state: new(state)}
	err = f(t)
	return t.outcome(err)
}

// One reads one row into dest. No row is [ErrNoRows].
func (d *DB) One(ctx context.Context, query string, args []any, dest ...any) error {
	return d.Read(ctx, func(tx Tx) error { return tx.QueryRow(query, args...).Scan(dest...) })
}

package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// A small pool is faster than a large one. Readers have their own part of it, so
// that writers who stand in line keep nobody from reading.
const (
	poolWriters = 10
	poolReaders = 6
)

// patience is how long a node may hold, or wait for, what another needs.
const patience = "2s"

// longest is the most time a write may take once begun, and a change of tables.
const (
	longest      = 30 * time.Second
	longestAlter = time.Hour
)

// tries is how often a write that the engine undid is run.
const tries = 6

// since which PostgreSQL, as it counts.
const oldestPostgres = 150000

func openPostgres(ctx context.Context, url string, store Store) (*DB, error) {
	if _, ok := journals[store]; !ok {
		return nil, fmt.Errorf("open database: no store %q", store)
	}
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("open database: the address of PostgreSQL cannot be read; postgres://role@host:port/database is wanted")
	}
	for name, value := range map[string]string{
		"application_name":                    "freeline",
		"idle_in_transaction_session_timeout": patience,
		"lock_timeout":                        patience,
		"timezone":                            "UTC",
	} {
		config.RuntimeParams[name] = value
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	w, r := stdlib.OpenDB(*config), stdlib.OpenDB(*config)
	w.SetMaxOpenConns(poolWriters)
	w.SetMaxIdleConns(poolWriters)
	r.SetMaxOpenConns(poolReaders)
	r.SetMaxIdleConns(poolReaders)
	for _, pool := range []*sql.DB{w, r} {
		pool.SetConnMaxIdleTime(5 * time.Minute)
	}
	if err := fitPostgres(ctx, w); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), r.Close(), w.Close())
	}
	d := newDB(Postgres, store, w, r)
	close(d.stopped) // each writes for itself
	return d, nil
}

// fitPostgres refuses a server that cannot keep the promises.
func fitPostgres(ctx context.Context, w *sql.DB) error {
	var version int
	var fsync, commit, pages, encoding string
	err := w.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int, current_setting('fsync'),
		current_setting('synchronous_commit'), current_setting('full_page_writes'), current_setting('server_encoding')`).
		Scan(&version, &fsync, &commit, &pages, &encoding)
	switch {
	case err != nil:
		return known("", err)
	case version < oldestPostgres:
		return fmt.Errorf("PostgreSQL %d is too old; 15 or newer is needed", version/10000)
	case fsync != "on" || commit == "off" || pages != "on":
		return errors.New("PostgreSQL runs with fsync, synchronous_commit or full_page_writes off: a power cut would lose what was acknowledged")
	case encoding != "UTF8":
		return fmt.Errorf("the database is in %s; UTF8 is needed", encoding)
	}
	return nil
}

// writePostgres runs f in a transaction of its own, and again if the engine undid
// it for running again or the connection went before the commit was asked for.
func (d *DB) writePostgres(ctx context.Context, f func(Tx) error, within time.Duration) error {
	d.busy.RLock()
	defer d.busy.RUnlock()
	select {
	case <-d.closing:
		return ErrClosed
	default:
	}
	for n := 1; ; n++ {
		retry, err := d.once(ctx, f, within)
		if err == nil || !retry || n == tries {
			if is(err, disk) || err == nil {
				d.failed.Store(err != nil)
			}
			return err
		}
		pause := time.NewTimer(time.Duration(n*n) * time.Duration(5+rand.IntN(10)) * time.Millisecond) //nolint:gosec // no secret
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		}
	}
}

// once runs f and commits. retry says that nothing was kept and that it may be
// run again.
func (d *DB) once(ctx context.Context, f func(Tx) error, within time.Duration) (retry bool, err error) {
	conn, err := d.w.Conn(ctx) // this is the wait in line
	if err != nil {
		err = known("write", err)
		return is(err, cut), err
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	// A caller who hangs up does not undo what was taken.
	life, end := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer end()
	tx, err := conn.BeginTx(life, nil)
	if err != nil {
		err = known("begin", err)
		return is(err, cut), err
	}
	defer func() { _ = tx.Rollback() }() // no-op after Commit
	if within > longest {
		if _, err := tx.ExecContext(life, `SET LOCAL lock_timeout = 0`); err != nil {
			return false, known("begin", err)
		}
	}
	t := Tx{ctx: life, sql: tx, db: d, state: new(state)}
	if err := t.outcome(f(t)); err != nil {
		failed := t.state.failed
		if failed != nil && life.Err() != nil {
			return false, fmt.Errorf("write: took longer than %s: %w", within, ErrBusy)
		}
		return is(failed, again) || is(failed, cut), err
	}
	if err := known("commit", tx.Commit()); err != nil {
		// Of one whose connection went meanwhile nobody knows whether it is kept.
		if life.Err() != nil {
			err = fmt.Errorf("commit: took longer than %s: %w", within, ErrBusy)
		}
		return is(err, again), err
	}
	d.watchers.tell(t.state.topics)
	return false, nil
}

// postgresFault classifies an error of PostgreSQL or of the way to it; of others
// it is nil.
func postgresFault(err error) *fault {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return &fault{classOf(e), describe(e)}
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return &fault{cut, "postgres: cannot be reached"}
	}
	_, network := errors.AsType[net.Error](err)
	if network || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err) {
		return &fault{cut, "postgres: the connection is gone"}
	}
	if arg, _, found := strings.Cut(err.Error(), ": "); found && strings.HasPrefix(arg, "failed to encode args[") {
		return &fault{other, "postgres: " + arg + ": it is not of its column's type"} // the rest quotes it
	}
	return nil
}

// classOf goes by SQLSTATE.
func classOf(e *pgconn.PgError) class {
	switch e.Code {
	case "23505":
		return unique
	case "53100", "25006", "58030", "XX001", "XX002": // full, read only, I/O, corrupted
		return disk
	case "40001", "40P01": // serialization, deadlock
		return again
	case "0A000":
		if strings.HasPrefix(e.Message, "cached plan") { // another node changed a table
			return again
		}
	case "55P03", "57014", "53200", "53300": // lock, cancelled, memory, connections
		return busy
	case "57P01", "57P02", "57P03", "25P03": // shut down, crashed, starting, this node was idle for too long
		return cut
	}
	if strings.HasPrefix(e.Code, "08") {
		return cut
	}
	return other
}

// describe leaves out what quotes values: the detail always, and the message of
// all classes but those that speak of the statement or the server.
func describe(e *pgconn.PgError) string {
	text := "postgres: error " + e.Code
	switch e.Code[:min(2, len(e.Code))] {
	case "08", "0A", "25", "40", "42", "53", "55", "57", "58":
		text += ": " + e.Message
	}
	for _, of := range []struct{ what, name string }{{"constraint", e.ConstraintName}, {"table", e.TableName}, {"column", e.ColumnName}} {
		if of.name != "" {
			text += ", " + of.what + " " + of.name
		}
	}
	return text
}

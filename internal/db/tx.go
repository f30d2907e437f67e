package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/db/internal/offset"
)

// Tx is a transaction in progress. Packages that keep things take a Tx, so that
// several of them change together or not at all.
//
// Its methods take no context: a write is not cut short by its caller, since on
// SQLite one cancelled statement would undo the work of everybody in the group.
// No sealing, no signing, no network and no other database inside one.
//
// A statement that failed undoes the whole of its function, as PostgreSQL
// demands: so what may already be there is inserted with ON CONFLICT.
//
// A time is a BIGINT of Unix milliseconds and a yes is an INTEGER: a Go bool is
// taken as 0 or 1, and a time.Time is refused.
type Tx struct {
	ctx   context.Context //nolint:containedctx // see above
	sql   *sql.Tx
	db    *DB
	state *state
}

// state is what became of a transaction's statements.
type state struct {
	failed error
	rows   *sql.Rows // the last that were read
	topics []string  // of which watchers are told after the commit
}

var (
	errTime = errors.New("db: a time.Time as an argument; keep Unix milliseconds")
	errOpen = errors.New("db: the rows of the last query were not closed")
)

// Exec runs a statement and says how many rows it changed.
func (tx Tx) Exec(query string, args ...any) (changed int64, err error) {
	args, err = tx.ready(args)
	if err != nil {
		return 0, err
	}
	res, err := tx.sql.ExecContext(tx.ctx, tx.db.text(query), args...)
	if err != nil {
		return 0, tx.fail(err)
	}
	return res.RowsAffected()
}

// Query runs a statement that returns rows. The caller closes them before the next
// statement: PostgreSQL has one answer under way at a time.
func (tx Tx) Query(query string, args ...any) (*sql.Rows, error) {
	args, err := tx.ready(args)
	if err != nil {
		return nil, err
	}
	rows, err := tx.sql.QueryContext(tx.ctx, tx.db.text(query), args...)
	if err != nil {
		return nil, tx.fail(err)
	}
	tx.state.rows = rows
	return rows, nil
}

// QueryRow runs a statement that returns one row or none.
func (tx Tx) QueryRow(query string, args ...any) *Row {
	args, err := tx.ready(args)
	if err != nil {
		return &Row{tx: tx, err: err}
	}
	return &Row{tx: tx, row: tx.sql.QueryRowContext(tx.ctx, tx.db.text(query), args...)}
}

// Engine says what kind of database it is, for the few queries that differ.
func (tx Tx) Engine() Engine { return tx.db.engine }

// Notify has those who watch a topic told, once the transaction is kept.
func (tx Tx) Notify(topic string) {
	if !slices.Contains(tx.state.topics, topic) {
		tx.state.topics = append(tx.state.topics, topic)
	}
}

// Now is the engine's time in Unix milliseconds. Nodes' own clocks decide nothing.
func Now(tx Tx) (int64, error) {
	query := `SELECT CAST(round(unixepoch('subsec') * 1000) AS BIGINT)`
	if tx.db.engine == Postgres {
		query = `SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)`
	}
	var ms int64
	if err := tx.QueryRow(query).Scan(&ms); err != nil {
		return 0, err
	}
	return ms + offset.Milliseconds(tx.db.offset), nil
}

// ready makes arguments that both engines take alike. After a failed statement
// there is no next one.
func (tx Tx) ready(args []any) ([]any, error) {
	if tx.state.failed != nil {
		return nil, tx.state.failed
	}
	if err := tx.read(); err != nil {
		return nil, err
	}
	var changed []any
	for i, a := range args {
		var b any
		switch a := a.(type) {
		case bool:
			b = int64(0)
			if a {
				b = int64(1)
			}
		case time.Time:
			return nil, tx.fail(errTime)
		default:
			continue
		}
		if changed == nil {
			changed = append([]any(nil), args...)
		}
		changed[i] = b
	}
	if changed != nil {
		return changed, nil
	}
	return args, nil
}

// read sees to it that the last rows were read to their end or given up, and did
// not break off unnoticed.
func (tx Tx) read() error {
	rows := tx.state.rows
	if rows == nil {
		return nil
	}
	if _, err := rows.Columns(); err == nil { // closed ones have none
		return tx.fail(errOpen)
	}
	tx.state.rows = nil
	if err := rows.Err(); err != nil {
		return tx.fail(err)
	}
	return nil
}

func (tx Tx) fail(err error) error {
	err = known("", err)
	if tx.state.failed == nil {
		tx.state.failed = err
	}
	return err
}

// outcome is what the function's caller is told: its own error first, and that a
// statement failed even if the function passed over it.
func (tx Tx) outcome(err error) error {
	if rows := tx.state.rows; rows != nil {
		_ = tx.read()
		_ = rows.Close()
	}
	if err == nil {
		return tx.state.failed
	}
	return err
}

// raw runs a statement as it is written.
func (tx Tx) raw(statement string) (sql.Result, error) {
	res, err := tx.sql.ExecContext(tx.ctx, statement)
	if err != nil {
		return nil, tx.fail(err)
	}
	return res, nil
}

package db

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
)

// most is how many writers share one commit.
const most = 64

// A write is somebody waiting in line. Its function runs in its own caller's
// goroutine, so that a panic goes where it belongs: the writer only says whose
// turn it is.
type write struct {
	state atomic.Int32 // waiting, taken or gone
	turn  chan Tx      // the writer: run
	ran   chan error   // its caller: I have
	done  chan error   // the writer: and this came of it
}

const (
	waiting = iota
	taken
	gone
)

var errAbandoned = errors.New("db: the function did not return")

// Write runs f and returns after the commit; if f fails, all that f did is
// undone. f may run more than once and touches nothing but its Tx and what it
// sets anew each time. ctx bounds the wait in line and nothing else: who hangs
// up once f has begun waits for the outcome.
//
// On SQLite all who write at the same time share one commit, each in its own
// savepoint. On PostgreSQL each has its own transaction, read committed: what
// must not change meanwhile is locked with FOR UPDATE or kept by a constraint.
func (d *DB) Write(ctx context.Context, f func(Tx) error) error {
	if d.engine == Postgres {
		return d.writePostgres(ctx, f, longest)
	}
	return d.writeSQLite(ctx, f)
}

// alter is a Write that changes tables and may wait for those who use them.
func (d *DB) alter(ctx context.Context, f func(Tx) error) error {
	if d.engine == Postgres {
		return d.writePostgres(ctx, f, longestAlter)
	}
	return d.writeSQLite(ctx, f)
}

func (d *DB) writeSQLite(ctx context.Context, f func(Tx) error) error {
	w := &write{turn: make(chan Tx, 1), ran: make(chan error, 1), done: make(chan error, 1)}
	hungUp := ctx.Done()
	select {
	case d.queue <- w:
	case <-hungUp:
		return ctx.Err()
	case <-d.closing:
		return ErrClosed
	}
	var tx Tx
	for {
		select {
		case tx = <-w.turn:
			w.run(tx, f)
		case err := <-w.done:
			if err == nil {
				d.watchers.tell(tx.state.topics)
			}
			return err
		case <-hungUp:
			if w.state.CompareAndSwap(waiting, gone) {
				return ctx.Err()
			}
			hungUp = nil
		}
	}
}

// run reports even if f panics or ends its goroutine.
func (w *write) run(tx Tx, f func(Tx) error) {
	err := errAbandoned
	defer func() { w.ran <- err }()
	err = f(tx)
}

// writer commits groups until the database is closed.
func (d *DB) writer() {
	defer close(d.stopped)
	for {
		var ws []*write
		select {
		case w := <-d.queue:
			ws = append(ws, w)
		case <-d.closing:
			return
		}
		for more := true; more && len(ws) < most; {
			select {
			case w := <-d.queue:
				ws = append(ws, w)
			default:
				more = false
			}
		}
		d.commit(ws)
	}
}

// commit runs a group and tells each what came of it.
func (d *DB) commit(ws []*write) {
	errs, err := d.group(ws)
	if err != nil {
		err = fmt.Errorf("write: %w", err)
		d.failed.Store(is(err, disk))
	} else {
		d.failed.Store(false)
	}
	for i, w := range ws {
		if err != nil {
			w.done <- err
		} else {
			w.done <- errs[i]
		}
	}
}

// group runs and commits. An error means that nothing of the group is kept;
// otherwise each has its own.
//
// The statements run under a context that never ends, since one that is cut
// short ends the transaction of all.
func (d *DB) group(ws []*write) ([]error, error) {
	ctx := context.Background()
	tx, err := d.w.BeginTx(ctx, nil)
	if err != nil {
		return nil, known("begin", err)
	}
	defer func() { _ = tx.Rollback() }() // no-op after Commit
	errs := make([]error, len(ws))
	for i, w := range ws {
		if !w.state.CompareAndSwap(waiting, taken) {
			continue
		}
		if _, err := tx.ExecContext(ctx, `SAVEPOINT one`); err != nil {
			return nil, undone(err)
		}
		t := Tx{ctx: ctx, sql: tx, db: d, state: new(state)}
		w.turn <- t
		errs[i] = t.outcome(<-w.ran)
		// A failing disk fails all: SQLite may have ended the transaction, and
		// what others wrote is not sure either.
		if failed := t.state.failed; is(failed, disk) || is(failed, busy) {
			return nil, undone(failed)
		}
		if errs[i] != nil {
			if _, err := tx.ExecContext(ctx, `ROLLBACK TO one`); err != nil {
				return nil, undone(err)
			}
		}
		if _, err := tx.ExecContext(ctx, `RELEASE one`); err != nil {
			return nil, undone(err)
		}
	}
	if err := tx.Commit(); err != nil {
		return nil, undone(err)
	}
	return errs, nil
}

func undone(err error) error {
	err = known("", err)
	if is(err, disk) {
		return fmt.Errorf("%w: %w", err, ErrGroup)
	}
	return fmt.Errorf("%w: %w", ErrGroup, err)
}

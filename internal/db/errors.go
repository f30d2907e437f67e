package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/freeline-org/freeline/internal/problem"
)

// What may go wrong, beside a statement's own faults.
var (
	// ErrDisk says that the database's disk is full, failing or read-only. What
	// was acknowledged is kept; nothing new is taken. See [DB.Health].
	ErrDisk = problem.New(problem.Later, "db.disk")
	// ErrBusy says that the database could not be reached, or that somebody
	// held what was needed for too long. The same may work later.
	ErrBusy = problem.New(problem.Later, "db.busy")
	// ErrGroup says that a whole group of writes was undone. None of its writers
	// was told otherwise.
	ErrGroup = problem.New(problem.Later, "db.group")
	// ErrClosed says that the database is being closed.
	ErrClosed = problem.New(problem.Later, "db.closed")
	// ErrNewer says that a newer release has changed the tables beyond what this
	// one understands.
	ErrNewer = problem.New(problem.Conflict, "db.newer")
	// ErrOlder says that releases were left out; each brings the tables one step.
	ErrOlder = problem.New(problem.Conflict, "db.older")
	// ErrNoRows is what scanning a row that is not there returns.
	ErrNoRows = sql.ErrNoRows
)

// Unique reports whether err says that a row of the same key is there already.
// The transaction it happened in is undone.
func Unique(err error) bool {
	f, ok := errors.AsType[*fault](err)
	return ok && f.class == unique
}

// class is what a failure of the engine means to us.
type class uint8

const (
	other  class = iota
	unique       // a key is there already
	disk         // full, failing, read-only
	busy         // not now
	again        // undone by the engine, for running again
	cut          // the connection is gone
)

// fault is a failure of the engine without the values it may quote.
type fault struct {
	class class
	text  string
}

func (f *fault) Error() string { return f.text }

// known turns an engine's error into ours. Errors quote what was asked or kept;
// what passes here names codes, tables and constraints.
func known(doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if _, ok := errors.AsType[*fault](err); ok {
		return err
	}
	f := sqliteFault(err)
	if f == nil {
		f = postgresFault(err)
	}
	if f == nil {
		return err
	}
	err = f
	switch f.class {
	case disk:
		err = fmt.Errorf("%w: %w", ErrDisk, f)
	case busy, cut, again:
		err = fmt.Errorf("%w: %w", ErrBusy, f)
	case other, unique:
	}
	if doing != "" {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return err
}

// is reports whether err is a failure of this class.
func is(err error, c class) bool {
	f, ok := errors.AsType[*fault](err)
	return ok && f.class == c
}

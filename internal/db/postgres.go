package db

import (
	"context"
	"errors"
)

func openPostgres(_ context.Context, _ string, _ Store) (*DB, error) {
	return nil, errors.New("open database: PostgreSQL is not built in")
}

func (d *DB) writePostgres(_ context.Context, _ func(Tx) error) error { return ErrClosed }

func postgresFault(_ error) *fault { return nil }

// alter is a Write that changes tables: it waits longer for locks.
func (d *DB) alter(ctx context.Context, f func(Tx) error) error { return d.Write(ctx, f) }

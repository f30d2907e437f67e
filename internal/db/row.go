package db

import (
	"database/sql"
	"errors"
)

// A Row is the one row of a query, to be scanned once.
type Row struct {
	tx  Tx
	row *sql.Row
	err error
}

// Scan reads the row's columns into dest. No row is [ErrNoRows].
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	err := r.row.Scan(dest...)
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return r.tx.fail(err)
}

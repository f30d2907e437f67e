package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// room is written to see whether a disk that was full takes something again.
const room = 64 << 10

// Health writes to the disk, so that one that is full, failing or read-only is
// seen before a caller meets it: that is [ErrDisk]. While the last write of
// anybody met one, more than a few bytes must find room before it is well again.
func (d *DB) Health(ctx context.Context) error {
	size := 1
	if d.failed.Load() {
		size = room
	}
	for _, probe := range [][]byte{make([]byte, size), nil} {
		err := d.Write(ctx, func(tx Tx) error {
			_, err := tx.Exec(`UPDATE schema SET probe = $1`, probe)
			return err
		})
		if err != nil {
			if errors.Is(err, ErrDisk) {
				d.failed.Store(true)
			}
			return fmt.Errorf("health: %w", err)
		}
		if size == 1 {
			return nil
		}
	}
	return nil
}

// Snapshot writes a copy of the database, as of one moment and with what was
// deleted left out, to a file that is not there yet. Writers go on meanwhile. It
// is for SQLite; PostgreSQL has its own tools.
func (d *DB) Snapshot(ctx context.Context, path string) (err error) {
	if d.engine != SQLite {
		return fmt.Errorf("snapshot of %s: %w", d.engine, errors.ErrUnsupported)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator's own path
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	// Readers may not even do this.
	own, err := sql.Open("sqlite", d.path+pragmas)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	_, err = own.ExecContext(ctx, `VACUUM INTO ?1`, path)
	if err := errors.Join(err, own.Close()); err != nil {
		return known("snapshot", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a new file's name durable.
func syncDir(dir string) error {
	f, err := os.Open(dir) //nolint:gosec // the operator's own path
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}

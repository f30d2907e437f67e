package shred

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"github.com/freeline-org/freeline/internal/db"
)

// keys is where the wrapped generation keys stand. Whoever erases one there can
// count on it: a table of SQLite would leave the old one in freed blocks.
type keys interface {
	read(ctx context.Context, n int64) ([]byte, error)
	write(ctx context.Context, n int64, wrapped []byte) error
	erase(ctx context.Context, n int64) error
}

// table keeps the keys in the store itself, for PostgreSQL, where the freed rows
// are vacuumed.
type table struct{ db *db.DB }

func (t table) read(ctx context.Context, n int64) (wrapped []byte, err error) {
	err = t.db.One(ctx, `SELECT wrapped FROM generation WHERE n = $1`, []any{n}, &wrapped)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrOld
	}
	return wrapped, err
}

func (t table) write(ctx context.Context, n int64, wrapped []byte) error {
	return t.db.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(`UPDATE generation SET wrapped = $1 WHERE n = $2`, wrapped, n)
		return err
	})
}

func (t table) erase(context.Context, int64) error { return nil } // goes with its row

// slots is a file of two slots of fixed size, overwritten in place and synced.
// Generation n stands in slot n mod 2.
type slots struct{ path string }

const slotSize = 512

func (s slots) read(_ context.Context, n int64) ([]byte, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, fmt.Errorf("generation keys: %w", ErrOld)
	}
	defer func() { _ = f.Close() }() // only read
	have, wrapped, err := readSlot(f, n%2)
	if err != nil || have != n {
		return nil, fmt.Errorf("generation keys: %w", ErrOld)
	}
	return wrapped, nil
}

func readSlot(r io.ReaderAt, slot int64) (n int64, wrapped []byte, err error) {
	b := make([]byte, slotSize)
	if _, err := r.ReadAt(b, slot*slotSize); err != nil {
		return 0, nil, err
	}
	return parseSlot(b)
}

// parseSlot reads checksum, number, length and key.
func parseSlot(b []byte) (n int64, wrapped []byte, err error) {
	if len(b) != slotSize || binary.BigEndian.Uint32(b) != crc32.ChecksumIEEE(b[4:]) {
		return 0, nil, ErrOld
	}
	size := int(binary.BigEndian.Uint16(b[12:]))
	if size == 0 || size > slotSize-14 {
		return 0, nil, ErrOld
	}
	return int64(binary.BigEndian.Uint64(b[4:])), b[14 : 14+size], nil //nolint:gosec // written from an int64
}

func (s slots) write(_ context.Context, n int64, wrapped []byte) error {
	if len(wrapped) > slotSize-14 {
		return errors.New("shred: key too long for its slot")
	}
	b := make([]byte, slotSize)
	binary.BigEndian.PutUint64(b[4:], uint64(n))             //nolint:gosec // n counts nights
	binary.BigEndian.PutUint16(b[12:], uint16(len(wrapped))) //nolint:gosec // checked above
	copy(b[14:], wrapped)
	binary.BigEndian.PutUint32(b, crc32.ChecksumIEEE(b[4:]))
	return s.put(n%2, b)
}

func (s slots) erase(_ context.Context, n int64) error {
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	have, _, err := readSlot(f, n%2)
	if err := errors.Join(f.Close()); err != nil {
		return err
	}
	if err != nil || have != n {
		return nil //nolint:nilerr // empty already, or taken by a newer one
	}
	return s.put(n%2, make([]byte, slotSize))
}

func (s slots) put(slot int64, b []byte) error {
	f, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if info, err := f.Stat(); err == nil && info.Size() < 2*slotSize {
		if err := f.Truncate(2 * slotSize); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if _, err := f.WriteAt(b, slot*slotSize); err != nil {
		return errors.Join(err, f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}

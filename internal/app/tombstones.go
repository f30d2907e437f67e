package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/jobs"
)

// TombstoneFile is the list of what was erased, beside the backups: an id and a
// moment on each line, appended and never changed. A restore does those again that
// are newer than the backup.
const TombstoneFile = "tombstones.txt"

// A Tombstone says that something is gone, and since when.
type Tombstone struct {
	Object string
	At     int64
}

// inscriber appends to the list what it does not have yet. One run at a time.
type inscriber struct {
	line *Line
	path string
	have map[string]bool // what the list has; nil before it was read
}

func (i *inscriber) run(ctx context.Context, _ jobs.Job) error {
	if i.have == nil {
		if err := i.read(); err != nil {
			return err
		}
	}
	var fresh []Tombstone
	err := i.line.Main.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT object, at FROM tombstone ORDER BY at, object`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t Tombstone
			if err := rows.Scan(&t.Object, &t.At); err != nil {
				return err
			}
			if !i.have[t.Object] {
				fresh = append(fresh, t)
			}
		}
		return rows.Err()
	})
	if err != nil || len(fresh) == 0 {
		return err
	}
	f, err := os.OpenFile(i.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("tombstones: %w", err)
	}
	for _, t := range fresh {
		if _, err := fmt.Fprintf(f, "%s %d\n", t.Object, t.At); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	for _, t := range fresh {
		i.have[t.Object] = true
	}
	return nil
}

func (i *inscriber) read() error {
	list, err := ReadTombstones(i.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	i.have = map[string]bool{}
	for _, t := range list {
		i.have[t.Object] = true
	}
	return nil
}

// ReadTombstones reads the list. A last line that was cut short is left out.
func ReadTombstones(path string) (out []Tombstone, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("tombstones: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	lines := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		object, at, ok := strings.Cut(strings.TrimSpace(line), " ")
		ms, err := strconv.ParseInt(at, 10, 64)
		if !ok || err != nil || !hotline.IsID(object) {
			return nil, fmt.Errorf("tombstones: line %d is none", n)
		}
		out = append(out, Tombstone{Object: object, At: ms})
	}
}

// Bury erases again what the tombstones name, in a line that was restored. It
// returns how many of them had come back.
func Bury(ctx context.Context, s *Stores, list []Tombstone) (again int, err error) {
	log := audit.New(s.ID, s.Main, nil)
	book := contact.New(s.Main, s.Shred, nil, log, bus.Memory(), nil, nil, contact.Defaults())
	for _, t := range list {
		var id hotline.ContactID
		err := s.Main.One(ctx, `SELECT id FROM contact WHERE shred_k = $1 AND state <> 'erased'`, []any{t.Object}, &id)
		switch {
		case err == nil:
			again++
			err = book.EraseNow(ctx, hotline.Machine, id)
		case errors.Is(err, db.ErrNoRows):
			err = s.Shred.Destroy(ctx, t.Object)
		}
		if err != nil {
			return again, err
		}
	}
	return again, nil
}

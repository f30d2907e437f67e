package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"

	"github.com/freeline-org/freeline/internal/db"
)

// A Backup is an opened file whose header was read.
type Backup struct {
	Store db.Store
	At    int64
	Files map[string][]byte

	lines *bufio.Reader
	all   io.Reader
}

// maxLine bounds one row: a body of 256 KiB, in base64, with room.
const maxLine = 4 << 20

// Open opens a backup with the offline key.
func Open(in io.Reader, ids []Identity) (*Backup, error) {
	plain, err := age.Decrypt(in, ids...)
	if no, ok := errors.AsType[*age.NoIdentityMatchError](err); ok && no != nil {
		return nil, ErrIdentity
	}
	if err != nil {
		return nil, ErrBroken
	}
	unzipped, err := gzip.NewReader(plain)
	if err != nil {
		return nil, ErrBroken
	}
	b := &Backup{lines: bufio.NewReaderSize(unzipped, 1<<16), all: plain}
	var h header
	if err := b.read(&h); err != nil {
		return nil, err
	}
	if h.Format != format || h.Store != db.Main && h.Store != db.Shred || h.Release > db.Release {
		return nil, ErrBroken
	}
	b.Store, b.At, b.Files = h.Store, h.At, h.Files
	return b, nil
}

// read reads one line into v.
func (b *Backup) read(v any) error {
	line, err := b.line()
	if err != nil {
		return err
	}
	if json.Unmarshal(line, v) != nil {
		return ErrBroken
	}
	return nil
}

func (b *Backup) line() ([]byte, error) {
	var line []byte
	for {
		part, err := b.lines.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return nil, ErrBroken
		case err == nil:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, ErrBroken // cut short, or changed
		}
	}
}

// portion is how many rows one transaction brings back.
const portion = 500

// Into brings the rows back into an empty database of this release. It is either
// whole or an error; after an error the database is thrown away.
func (b *Backup) Into(ctx context.Context, d *db.DB, progress func(rows int64)) error {
	tables, err := tablesOf(d, b.Store)
	if err != nil {
		return err
	}
	if err := empty(ctx, d, tables); err != nil {
		return err
	}
	var t table
	var rows int64
	var waiting [][]any
	flush := func() error {
		if len(waiting) == 0 {
			return nil
		}
		err := d.Write(ctx, func(tx db.Tx) error { return insert(tx, t, waiting) })
		if rows += int64(len(waiting)); progress != nil {
			progress(rows)
		}
		waiting = nil
		return err
	}
	for {
		line, err := b.line()
		if err != nil {
			return err
		}
		if line[0] == '[' {
			row, err := rowOf(line, t)
			if err != nil {
				return err
			}
			if waiting = append(waiting, row); len(waiting) == portion {
				if err := flush(); err != nil {
					return err
				}
			}
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		var end struct {
			table
			Rows *int64 `json:"rows"`
		}
		if json.Unmarshal(line, &end) != nil {
			return ErrBroken
		}
		if end.Rows != nil {
			if *end.Rows != rows {
				return ErrBroken
			}
			return b.drained()
		}
		if t = end.table; !known(tables, t) {
			return ErrBroken
		}
	}
}

// drained reads on to the end: only there is it certain that nothing was cut off.
func (b *Backup) drained() error {
	if n, err := io.Copy(io.Discard, b.lines); err != nil || n > 0 {
		return ErrBroken
	}
	if _, err := io.Copy(io.Discard, b.all); err != nil {
		return ErrBroken
	}
	return nil
}

// known refuses tables and columns that this release does not have: their names
// become part of a statement.
func known(tables []table, t table) bool {
	i := slices.IndexFunc(tables, func(o table) bool { return o.Table == t.Table })
	return i >= 0 && !slices.ContainsFunc(t.Columns, func(c string) bool { return !slices.Contains(tables[i].Columns, c) }) && len(t.Columns) > 0
}

func rowOf(line []byte, t table) ([]any, error) {
	var cells []cell
	if json.Unmarshal(line, &cells) != nil || len(cells) != len(t.Columns) || len(cells) == 0 {
		return nil, ErrBroken
	}
	row := make([]any, len(cells))
	for i, c := range cells {
		row[i] = c.value()
	}
	return row, nil
}

func insert(tx db.Tx, t table, rows [][]any) error {
	places := make([]string, len(t.Columns))
	for i := range places {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	query := `INSERT INTO ` + t.Table + ` (` + strings.Join(t.Columns, ", ") + `) VALUES (` + strings.Join(places, ", ") + `)`
	for _, r := range rows {
		if _, err := tx.Exec(query, r...); err != nil {
			return err
		}
	}
	return nil
}

// empty refuses a database that holds anything, but for what a migration put there,
// which the backup brings as well.
func empty(ctx context.Context, d *db.DB, tables []table) error {
	return d.Write(ctx, func(tx db.Tx) error {
		for _, t := range tables {
			if t.Table == "edition_change" {
				if _, err := tx.Exec(`DELETE FROM edition_change WHERE n = 0`); err != nil {
					return err
				}
			}
			var n int
			if err := tx.QueryRow(`SELECT count(*) FROM ` + t.Table).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				return fmt.Errorf("table %s: %w", t.Table, ErrFull)
			}
		}
		return nil
	})
}

// Package backup writes a line's two stores to offline recipients, and brings them
// back. What it promises:
//
//   - the main store is read first and the shred store second, each as it was at one
//     moment, while the line goes on;
//   - a backup is read by nobody without the recipient's key, which is not on the
//     machine; sessions and what waits to leave are in none;
//   - what is read back is what was written, or an error: a file that was cut short
//     or changed brings nothing back;
//   - a backup of one engine comes back on the other.
//
// The file is age-encrypted, gzip-compressed JSON lines: a header, for each table its
// columns and its rows, a trailer with the number of rows.
package backup

import (
	"bufio"
	"bytes"
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
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrBroken says that a file is no backup, was cut short, or was changed.
	ErrBroken = problem.New(problem.Invalid, "backup.broken")
	// ErrRecipient says that a recipient is none that withstands what is to come:
	// it begins with age1pq.
	ErrRecipient = problem.New(problem.Invalid, "backup.recipient")
	// ErrIdentity says that the key opens none of it.
	ErrIdentity = problem.New(problem.Denied, "backup.identity")
	// ErrFull says that what is restored into is not empty.
	ErrFull = problem.New(problem.Conflict, "backup.full")
)

// header begins a file.
type header struct {
	Format  int               `json:"format"`
	Store   db.Store          `json:"store"`
	Release int64             `json:"release"`
	At      int64             `json:"at"` // Unix ms of the moment it was read at
	Files   map[string][]byte `json:"files,omitempty"`
}

// table begins the rows of one.
type table struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
}

// trailer ends a file.
type trailer struct {
	Rows int64 `json:"rows"`
}

const format = 1

// left are the tables whose rows are in no backup: sessions, living calls, what waits to
// leave, which a restored line would send once more, who came in the last days, and what migrations keep of themselves, which
// an empty database has of its own.
func left() []string { return []string{"session", "outbox", "dialog", "recent", "migration", "schema"} }

// A Recipient is whom a backup is sealed to.
type Recipient = age.Recipient

// An Identity opens what was sealed to its recipient.
type Identity = age.Identity

// Recipients reads age recipients. Only hybrid ones (age1pq…) are taken: a backup
// lies about for years.
func Recipients(texts ...string) (out []Recipient, err error) {
	for _, t := range texts {
		if !strings.HasPrefix(strings.TrimSpace(t), "age1pq") {
			return nil, ErrRecipient
		}
		r, err := age.ParseHybridRecipient(strings.TrimSpace(t))
		if err != nil {
			return nil, ErrRecipient
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return nil, ErrRecipient
	}
	return out, nil
}

// Identities reads an age identity file.
func Identities(r io.Reader) ([]Identity, error) {
	ids, err := age.ParseIdentities(io.LimitReader(r, 1<<20))
	if err != nil {
		return nil, ErrIdentity // age's own error may quote the key
	}
	return ids, nil
}

// Write writes one store, with files beside it, to the recipients. It returns the
// moment it was read at. progress, if not nil, is told of rows as they are written.
func Write(ctx context.Context, d *db.DB, store db.Store, files map[string][]byte, to []Recipient, out io.Writer, progress func(rows int64)) (at int64, err error) {
	sealed, err := age.Encrypt(out, to...)
	if err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	zipped := gzip.NewWriter(sealed)
	buffer := bufio.NewWriterSize(zipped, 1<<16)
	e := json.NewEncoder(buffer)
	err = d.Read(ctx, func(tx db.Tx) error {
		if at, err = db.Now(tx); err != nil {
			return err
		}
		if err := e.Encode(header{format, store, db.Release, at, files}); err != nil {
			return err
		}
		tables, err := tablesOf(d, store)
		if err != nil {
			return err
		}
		var rows int64
		for _, t := range tables {
			if err := e.Encode(t); err != nil {
				return err
			}
			if err := dump(tx, t, e, &rows, progress); err != nil {
				return err
			}
		}
		return e.Encode(trailer{rows})
	})
	if err != nil {
		return 0, err
	}
	return at, errors.Join(buffer.Flush(), zipped.Close(), sealed.Close())
}

// tablesOf lists a store's tables on an engine, by name.
func tablesOf(d *db.DB, store db.Store) (out []table, err error) {
	columns, err := db.Columns()
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		if c.Store != store || slices.Contains(left(), c.Table) || !slices.Contains(c.On, d.Engine()) {
			continue
		}
		i := slices.IndexFunc(out, func(t table) bool { return t.Table == c.Table })
		if i < 0 {
			out, i = append(out, table{Table: c.Table}), len(out)
		}
		out[i].Columns = append(out[i].Columns, c.Name)
	}
	return out, nil
}

func dump(tx db.Tx, t table, e *json.Encoder, rows *int64, progress func(int64)) error {
	found, err := tx.Query(`SELECT ` + strings.Join(t.Columns, ", ") + ` FROM ` + t.Table)
	if err != nil {
		return err
	}
	defer found.Close()
	values := make([]any, len(t.Columns))
	into := make([]any, len(t.Columns))
	for i := range values {
		into[i] = &values[i]
	}
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			return err
		}
		line := make([]cell, len(values))
		for i, v := range values {
			if line[i], err = cellOf(v); err != nil {
				return fmt.Errorf("%s.%s: %w", t.Table, t.Columns[i], err)
			}
		}
		if err := e.Encode(line); err != nil {
			return err
		}
		if *rows++; progress != nil && *rows%10000 == 0 {
			progress(*rows)
		}
	}
	return found.Err()
}

// A cell is one value with its type, so that bytes and text are not mixed up.
type cell struct {
	Text  *string `json:"t,omitempty"`
	Bytes []byte  `json:"b,omitempty"`
	Int   *int64  `json:"i,omitempty"`
	Empty bool    `json:"e,omitempty"` // bytes of length 0
}

func cellOf(v any) (cell, error) {
	switch v := v.(type) {
	case nil:
		return cell{}, nil
	case string:
		return cell{Text: &v}, nil
	case []byte:
		return cell{Bytes: bytes.Clone(v), Empty: len(v) == 0}, nil
	case int64:
		return cell{Int: &v}, nil
	case int32:
		n := int64(v)
		return cell{Int: &n}, nil
	}
	return cell{}, fmt.Errorf("backup: a value of type %T", v)
}

func (c cell) value() any {
	switch {
	case c.Text != nil:
		return *c.Text
	case c.Int != nil:
		return *c.Int
	case c.Bytes != nil:
		return c.Bytes
	case c.Empty:
		return []byte{}
	}
	return nil
}

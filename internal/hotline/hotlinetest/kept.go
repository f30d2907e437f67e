package hotlinetest

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/shred"
)

// Kept is a whole line as an operator keeps it, and what its people know: a golden
// value of everything at once.
type Kept struct {
	Operator, RootPub []byte
	Keys              map[int64][]byte // wrapped generation keys
	Main, Store       Copy
}

// Keep copies a line.
func (w *World) Keep(tb testing.TB) Kept {
	tb.Helper()
	keys, err := w.Shred.Keys(tb.Context())
	Must(tb, err)
	return Kept{w.Operator, w.Founding.RootPub, keys, w.Backup(tb), w.BackupStore(tb)}
}

// Resume puts a kept line into empty databases and starts it. Nobody is signed in.
func Resume(tb testing.TB, e *dbtest.Engine, k Kept) *World {
	tb.Helper()
	w := &World{
		Engine: e, Line: Line, Bus: bus.Memory(), Place: NewPlace(), Operator: k.Operator,
		KeyFile: filepath.Join(tb.TempDir(), "generation.keys"), Clock: impatient(), Settings: contact.Defaults(),
		alarms: new(alarms), hired: new(atomic.Int64), time: e, restored: new([]*db.DB),
	}
	w.Founding.RootPub = k.RootPub
	Must(tb, e.Main.Write(tb.Context(), k.Main.fit(tb, db.Main).write))
	Must(tb, e.Shred.Write(tb.Context(), k.Store.fit(tb, db.Shred).write))
	Must(tb, shred.PutKeys(tb.Context(), e.Shred, w.KeyFile, k.Keys))
	w.Restart(tb)
	return w
}

// fit leaves out what migrations have taken away since.
func (c Copy) fit(tb testing.TB, store db.Store) (out Copy) {
	tb.Helper()
	columns, err := db.Columns()
	Must(tb, err)
	for _, t := range c {
		to := copied{table: t.table, rows: make([][]any, len(t.rows))}
		for i, name := range t.columns {
			if !slices.ContainsFunc(columns, func(c db.Column) bool { return c.Store == store && c.Table == t.table && c.Name == name }) {
				continue
			}
			to.columns = append(to.columns, name)
			for r, row := range t.rows {
				to.rows[r] = append(to.rows[r], row[i])
			}
		}
		if len(to.columns) > 0 {
			out = append(out, to)
		}
	}
	return out
}

// Known makes somebody of what she knows.
func Known(id, name, passphrase, second string) *Person {
	p := &Person{ID: hotline.PersonID(id), Name: name, Passphrase: seal.Conceal(passphrase)}
	p.Second.Secret = seal.Conceal(second)
	return p
}

// table is a copied table as JSON has it.
type table struct {
	Table   string              `json:"table"`
	Columns []string            `json:"columns"`
	Rows    [][]json.RawMessage `json:"rows"`
}

// MarshalJSON writes bytes as {"b": base64} and everything else as it is.
func (c Copy) MarshalJSON() ([]byte, error) {
	out := []table{}
	for _, t := range c {
		to := table{Table: t.table, Columns: t.columns, Rows: [][]json.RawMessage{}}
		for _, row := range t.rows {
			cells := make([]json.RawMessage, len(row))
			for i, v := range row {
				if b, ok := v.([]byte); ok {
					v = map[string][]byte{"b": b}
				}
				cell, err := json.Marshal(v)
				if err != nil {
					return nil, err
				}
				cells[i] = cell
			}
			to.Rows = append(to.Rows, cells)
		}
		out = append(out, to)
	}
	return json.Marshal(out)
}

// UnmarshalJSON is the inverse.
func (c *Copy) UnmarshalJSON(b []byte) error {
	var in []table
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*c = nil
	for _, t := range in {
		to := copied{table: t.Table, columns: t.Columns}
		for _, cells := range t.Rows {
			row := make([]any, len(cells))
			for i, cell := range cells {
				v, err := value(cell)
				if err != nil {
					return fmt.Errorf("%s.%s: %w", t.Table, t.Columns[i], err)
				}
				row[i] = v
			}
			to.rows = append(to.rows, row)
		}
		*c = append(*c, to)
	}
	return nil
}

func value(cell json.RawMessage) (v any, err error) {
	switch cell[0] {
	case 'n':
		return v, nil
	case '"':
		var s string
		err := json.Unmarshal(cell, &s)
		return s, err
	case '{':
		var b map[string][]byte
		err = json.Unmarshal(cell, &b)
		return b["b"], err
	}
	var n int64
	err = json.Unmarshal(cell, &n)
	return n, err
}

package hotlinetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
)

// SQL writes into the main database, as somebody does who has broken into it.
func (w *World) SQL(tb testing.TB, query string, args ...any) {
	tb.Helper()
	into(tb, w.Engine.Main, query, args...)
}

// StoreSQL writes into the shred store.
func (w *World) StoreSQL(tb testing.TB, query string, args ...any) {
	tb.Helper()
	into(tb, w.Engine.Shred, query, args...)
}

func into(tb testing.TB, d *db.DB, query string, args ...any) {
	tb.Helper()
	Must(tb, d.Write(tb.Context(), func(tx db.Tx) error { _, err := tx.Exec(query, args...); return err }))
}

// Count reads one number of the main database.
func (w *World) Count(tb testing.TB, query string, args ...any) (n int) {
	tb.Helper()
	Must(tb, w.Engine.Main.One(tb.Context(), query, args, &n))
	return n
}

// One reads one text of the main database.
func (w *World) One(tb testing.TB, query string, args ...any) (s string) {
	tb.Helper()
	Must(tb, w.Engine.Main.One(tb.Context(), query, args, &s))
	return s
}

// A Copy is what was in a database at a moment.
type Copy []copied

type copied struct {
	table   string
	columns []string
	rows    [][]any
}

// Backup copies the main database, sessions and all.
func (w *World) Backup(tb testing.TB) Copy { tb.Helper(); return read(tb, w.Engine.Main) }

// BackupStore copies the shred store.
func (w *World) BackupStore(tb testing.TB) Copy { tb.Helper(); return read(tb, w.Engine.Shred) }

// Cell is one value of a copied table: of the row whose column key is of.
func (c Copy) Cell(table, column, key, of string) any {
	for _, t := range c {
		if t.table != table {
			continue
		}
		for _, row := range t.rows {
			if Plain(row[slices.Index(t.columns, key)]) == of {
				return row[slices.Index(t.columns, column)]
			}
		}
	}
	return nil
}

func read(tb testing.TB, d *db.DB) (out Copy) {
	tb.Helper()
	columns, err := db.Columns()
	Must(tb, err)
	for _, c := range columns {
		if c.Store != d.Store() || !slices.Contains(c.On, d.Engine()) || c.Table == "schema" || c.Table == "migration" {
			continue
		}
		i := slices.IndexFunc(out, func(t copied) bool { return t.table == c.Table })
		if i < 0 {
			i, out = len(out), append(out, copied{table: c.Table})
		}
		out[i].columns = append(out[i].columns, c.Name)
	}
	Must(tb, d.Read(tb.Context(), func(tx db.Tx) error {
		for i := range out {
			if err := out[i].read(tx); err != nil {
				return err
			}
		}
		return nil
	}))
	return out
}

func (c *copied) read(tx db.Tx) error {
	rows, err := tx.Query(`SELECT ` + strings.Join(c.columns, ", ") + ` FROM ` + c.table)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row, to := make([]any, len(c.columns)), make([]any, len(c.columns))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return err
		}
		c.rows = append(c.rows, row)
	}
	return rows.Err()
}

// write puts rows back that are not there.
func (c Copy) write(tx db.Tx) error {
	first := func(t copied) int { return strings.Compare(t.table, "person") } // others refer to it
	for _, pass := range []bool{true, false} {
		for _, t := range c {
			if (first(t) == 0) != pass {
				continue
			}
			places := make([]string, len(t.columns))
			for i := range places {
				places[i] = fmt.Sprintf("$%d", i+1)
			}
			for _, row := range t.rows {
				if _, err := tx.Exec(`INSERT INTO `+t.table+` (`+strings.Join(t.columns, ", ")+`) VALUES (`+strings.Join(places, ", ")+`) ON CONFLICT DO NOTHING`, row...); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Restored is the line with an old main database and today's shred store.
func (w *World) Restored(tb testing.TB, old Copy) *World {
	tb.Helper()
	fresh := dbtest.New
	if w.Engine.Name == string(db.Postgres) {
		fresh = dbtest.NewPostgres
	}
	e := fresh(tb)
	r := *w
	r.Engine = &dbtest.Engine{Name: e.Name, Main: e.Main, MainURL: e.MainURL, Shred: w.Engine.Shred, ShredURL: w.Engine.ShredURL}
	dbtest.Advance(tb, w.ahead(tb, e.Main), e.Main)
	*w.restored = append(*w.restored, e.Main)
	Must(tb, e.Main.Write(tb.Context(), old.write))
	r.Restart(tb)
	return &r
}

// PutBack restores rows of the shred store that are gone.
func (w *World) PutBack(tb testing.TB, old Copy) {
	tb.Helper()
	Must(tb, w.Engine.Shred.Write(tb.Context(), old.write))
}

// PutBackMain restores rows of the main database that are gone.
func (w *World) PutBackMain(tb testing.TB, old Copy) {
	tb.Helper()
	Must(tb, w.Engine.Main.Write(tb.Context(), old.write))
}

// Holding lists the columns ("store table.column") of both databases in which text
// stands, sorted.
func (w *World) Holding(tb testing.TB, text string) (out []string) {
	tb.Helper()
	for _, d := range []*db.DB{w.Engine.Main, w.Engine.Shred} {
		for _, t := range read(tb, d) {
			for i, column := range t.columns {
				if slices.ContainsFunc(t.rows, func(row []any) bool { return strings.Contains(Plain(row[i]), text) }) {
					out = append(out, fmt.Sprintf("%s %s.%s", d.Store(), t.table, column))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// Plain is a value of any column as text.
func Plain(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v)
}

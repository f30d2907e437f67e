package db_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
)

// What the server can read is listed, and nothing else is there.
func TestEveryColumnSaysWhoCanReadIt(t *testing.T) {
	t.Parallel()
	columns, err := db.Columns()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		for _, d := range []*db.DB{e.Main, e.Shred} {
			listed := map[string]bool{}
			for _, c := range columns {
				if c.Store == d.Store() && slices.Contains(c.On, d.Engine()) {
					listed[c.Table+"."+c.Name] = true
				}
			}
			there := inside(t, d)
			for name := range maps.Keys(there) {
				if !listed[name] {
					t.Errorf("%s: %s is in the database, not in the list", d.Store(), name)
				}
			}
			for name := range maps.Keys(listed) {
				if !there[name] {
					t.Errorf("%s: %s is in the list, not in the database", d.Store(), name)
				}
			}
		}
	})
}

// inside asks the engine for its tables' columns.
func inside(t *testing.T, d *db.DB) map[string]bool {
	t.Helper()
	q := `SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND NOT EXISTS
		(SELECT 1 FROM sqlite_schema v WHERE v.sql LIKE 'CREATE VIRTUAL%' AND t.name LIKE v.name || '!_%' ESCAPE '!')`
	if d.Engine() == db.Postgres {
		q = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'`
	}
	there := map[string]bool{}
	err := d.Read(t.Context(), func(tx db.Tx) error {
		rows, err := tx.Query(q)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var table, column string
			if err := rows.Scan(&table, &column); err != nil {
				return err
			}
			there[fmt.Sprintf("%s.%s", table, column)] = true
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}

package db

import (
	"fmt"
	"strings"
	"testing"
)

func TestBareColumnIsRefused(t *testing.T) {
	t.Parallel()
	good := `CREATE TABLE IF NOT EXISTS a (
			id TEXT PRIMARY KEY, -- readable: named everywhere
			b  {{blob}} DEFAULT ('x,)'), -- sealed: K (with, all) the rest
			"c" INTEGER CHECK (c IN (1, 2)) -- readable: order
			, PRIMARY KEY (id, b),
			d BIGINT -- sealed: desk
		) {{rowless}};
		CREATE INDEX i ON a (b, c);
		ALTER TABLE a ADD COLUMN e TEXT; -- readable: later
		ALTER TABLE a ADD f TEXT; -- readable: later
		ALTER TABLE a DROP COLUMN f;
		ALTER TABLE a RENAME COLUMN d TO g;
		CREATE TABLE z (x TEXT -- readable: x
		);
		DROP TABLE IF EXISTS z;
		-- only: sqlite
		CREATE VIRTUAL TABLE v USING fts5(w, -- readable: public
			tokenize = 'unicode61');
		-- end only
		-- only: postgres
		ALTER TABLE a ADD COLUMN v tsvector GENERATED ALWAYS AS (to_tsvector('simple', id || e)) STORED; -- readable: public
		-- end only
		ALTER TABLE a RENAME TO aa;`
	tables, err := readTables([]migration{{"x", good}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, table := range tables {
		for _, c := range table.columns {
			got = append(got, fmt.Sprintf("%s.%s %t %s %d", table.name, c.Name, c.Sealed, c.Why, len(c.On)))
		}
	}
	want := []string{
		"aa.id false named everywhere 2", "aa.b true K (with, all) the rest 2", "aa.c false order 2", "aa.g true desk 2",
		"aa.e false later 2", "aa.v false public 1", "v.w false public 1",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
	for _, bad := range []string{
		`CREATE TABLE a (b TEXT);`,
		`CREATE TABLE a (b TEXT, c TEXT); -- readable: only the last`,
		"CREATE TABLE a (\n-- readable: stands above\nb TEXT);",
		"CREATE TABLE a (b TEXT, -- readable:\n c TEXT -- readable: x\n);",
		"CREATE TABLE a (b TEXT -- public\n);",
		"CREATE TABLE a (b TEXT -- readable: x\n); ALTER TABLE a ADD COLUMN c TEXT;",
		`CREATE TABLE a AS SELECT 1;`,
		`ALTER TABLE nowhere ADD COLUMN b TEXT; -- readable: x`,
		"-- only: postgres\nCREATE TABLE a (b TEXT);\n-- end only",
	} {
		if _, err := readTables([]migration{{"x", bad}}); err == nil {
			t.Errorf("taken: %s", bad)
		}
	}
}

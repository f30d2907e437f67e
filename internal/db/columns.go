package db

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Column is a column of a table and what its own comment in the migrations
// says: that the server can read it and why, or under what it is sealed.
type Column struct {
	Store  Store
	Table  string
	Name   string
	Sealed bool
	Why    string   // why it is readable, or what opens it
	On     []Engine // where it exists
}

// Columns lists all columns of all tables, in order of store, table and place. A
// column without such a comment is an error, which names it.
func Columns() ([]Column, error) {
	var all []Column
	var wrong []error
	for _, store := range []Store{Main, Shred} {
		migrated, err := files(store)
		if err != nil {
			return nil, err
		}
		text, err := migrations.ReadFile("migrations/schema.sql")
		if err != nil {
			return nil, err
		}
		tables, err := readTables(append([]migration{{"schema.sql", string(text)}}, migrated...))
		wrong = append(wrong, err)
		for _, t := range tables {
			for _, c := range t.columns {
				c.Store, c.Table = store, t.name
				all = append(all, c)
			}
		}
	}
	return all, errors.Join(wrong...)
}

// table is a table as far as the migrations have come.
type table struct {
	name    string
	columns []Column
}

// readTables follows the migrations on both engines.
func readTables(all []migration) ([]table, error) {
	var tables []table
	var wrong []error
	for _, engine := range []Engine{SQLite, Postgres} {
		var on reader
		for _, m := range all {
			statements, err := script(m.text, engine)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("%s: %w", m.name, err))
			}
			for _, s := range statements {
				if err := on.read(s); err != nil {
					wrong = append(wrong, fmt.Errorf("%s: %w", m.name, err))
				}
			}
		}
		tables = merge(tables, on.tables, engine)
	}
	slices.SortStableFunc(tables, func(a, b table) int { return cmp.Compare(a.name, b.name) })
	return tables, errors.Join(distinct(wrong)...)
}

// merge adds what exists on one more engine.
func merge(tables, more []table, on Engine) []table {
	for _, t := range more {
		i := slices.IndexFunc(tables, func(o table) bool { return o.name == t.name })
		if i < 0 {
			tables = append(tables, table{name: t.name})
			i = len(tables) - 1
		}
		for _, c := range t.columns {
			k := slices.IndexFunc(tables[i].columns, func(o Column) bool { return o.Name == c.Name })
			if k < 0 {
				tables[i].columns = append(tables[i].columns, c)
				k = len(tables[i].columns) - 1
			}
			tables[i].columns[k].On = append(tables[i].columns[k].On, on)
		}
	}
	return tables
}

// distinct leaves out what was said on the first engine already.
func distinct(errs []error) []error {
	seen := map[string]bool{}
	return slices.DeleteFunc(errs, func(err error) bool {
		was := seen[err.Error()]
		seen[err.Error()] = true
		return was
	})
}

// reader keeps the tables as statements make and change them.
type reader struct{ tables []table }

func (r *reader) read(statement string) error {
	ts := tokens(statement)
	switch {
	case ts.skip("CREATE"):
		for ts.skip("TEMP") || ts.skip("TEMPORARY") || ts.skip("UNLOGGED") || ts.skip("VIRTUAL") {
		}
		if ts.skip("TABLE") {
			return r.create(&ts)
		}
	case ts.skip("ALTER") && ts.skip("TABLE"):
		return r.alter(&ts)
	case ts.skip("DROP") && ts.skip("TABLE"):
		ts.skip("IF", "EXISTS")
		name := ts.next()
		r.tables = slices.DeleteFunc(r.tables, func(t table) bool { return t.name == name })
	}
	return nil
}

func (r *reader) create(ts *stream) error {
	ts.skip("IF", "NOT", "EXISTS")
	t := table{name: ts.next()}
	if ts.skip("USING") {
		ts.next() // the module
	}
	if !ts.skip("(") {
		return fmt.Errorf("table %s: its columns are not listed", t.name)
	}
	var wrong []error
	for more := true; more; {
		var item stream
		item, more = ts.item()
		if c, ok, err := column(item); ok {
			t.columns = append(t.columns, c)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("table %s: %w", t.name, err))
			}
		}
	}
	r.tables = append(r.tables, t)
	return errors.Join(wrong...)
}

func (r *reader) alter(ts *stream) error {
	ts.skip("IF", "EXISTS")
	ts.skip("ONLY")
	name := ts.next()
	i := slices.IndexFunc(r.tables, func(t table) bool { return t.name == name })
	if i < 0 {
		return fmt.Errorf("table %s is altered but was not made", name)
	}
	t := &r.tables[i]
	of := func(name string) int {
		return slices.IndexFunc(t.columns, func(c Column) bool { return c.Name == name })
	}
	switch {
	case ts.skip("ADD"):
		ts.skip("COLUMN")
		ts.skip("IF", "NOT", "EXISTS")
		item, _ := ts.item()
		c, ok, err := column(item)
		if ok {
			t.columns = append(t.columns, c)
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	case ts.skip("DROP"):
		ts.skip("COLUMN")
		ts.skip("IF", "EXISTS")
		if k := of(ts.next()); k >= 0 {
			t.columns = slices.Delete(t.columns, k, k+1)
		}
	case ts.skip("RENAME", "TO"):
		t.name = ts.next()
	case ts.skip("RENAME"):
		ts.skip("COLUMN")
		if k := of(ts.next()); k >= 0 && ts.skip("TO") {
			t.columns[k].Name = ts.next()
		}
	}
	return nil
}

// column reads an item of a table's list; what is no column is not ok.
func column(item stream) (c Column, ok bool, err error) {
	if len(item.all) == 0 {
		return Column{}, false, nil
	}
	switch strings.ToUpper(item.all[0]) {
	case "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT", "EXCLUDE", "LIKE":
		return Column{}, false, nil
	}
	if len(item.all) > 1 && item.all[1] == "=" { // an option of a virtual table
		return Column{}, false, nil
	}
	c.Name = item.next()
	for _, comment := range item.comments {
		about := strings.TrimSpace(strings.TrimPrefix(comment, "--"))
		for _, word := range []string{"readable", "sealed"} {
			why, found := strings.CutPrefix(about, word+":")
			if why = strings.TrimSpace(why); found && why != "" {
				c.Sealed, c.Why = word == "sealed", why
				return c, true, nil
			}
		}
	}
	return c, true, fmt.Errorf("column %s does not say -- readable: why, or -- sealed: under what", c.Name)
}

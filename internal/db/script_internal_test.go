package db

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
	}{
		{"nothing", " -- only a comment;\n/* ; */ ", nil},
		{"two", "A; B", []string{"A;", "B"}},
		{"comment stays with its line", "A; -- readable: x\nB", []string{"A; -- readable: x", "B"}},
		{"quoted", `A ';' ";" '';'' '''` + ";'; B", []string{`A ';' ";" '';`, `'' ''';';`, "B"}},
		{"comments", "A -- ;'\n /* ; ' */ ; B", []string{"A -- ;'\n /* ; ' */ ;", "B"}},
		{"dollars", "A $x$ ; $y$ ; $x$; B $1;", []string{"A $x$ ; $y$ ; $x$;", "B $1;"}},
		{
			"trigger", "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN 1 THEN 2 END; DELETE FROM b; END; B;",
			[]string{"CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN 1 THEN 2 END; DELETE FROM b; END;", "B;"},
		},
		{"no trigger", "CREATE TABLE a (begin TEXT); B;", []string{"CREATE TABLE a (begin TEXT);", "B;"}},
		{"unfinished", "A 'x; B", []string{"A 'x; B"}},
		{"empty ones", ";; A;;", []string{"A;"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := split(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSection(t *testing.T) {
	t.Parallel()
	text := "both\n-- only: sqlite\nlite {{blob}}\n  -- end only \n-- only: postgres\npg {{float}}\n-- end only\nlast"
	for engine, want := range map[Engine]string{SQLite: "both\nlite BLOB\nlast", Postgres: "both\npg DOUBLE PRECISION\nlast"} {
		got, err := script(text, engine)
		if err != nil || strings.Join(got, "") != want {
			t.Errorf("%s: got %q, %v; want %q", engine, got, err, want)
		}
	}
	for _, bad := range []string{
		"-- only: mysql\n-- end only", "-- only: sqlite\n", "-- end only", "-- only: sqlite\n-- only: postgres\n-- end only", "{{int}}",
		"-- only:\n-- end only",
	} {
		if got, err := script(bad, SQLite); err == nil {
			t.Errorf("%q is taken as %q", bad, got)
		}
	}
}

func TestTextForSQLite(t *testing.T) {
	t.Parallel()
	var ts texts
	for range 2 { // from memory as well
		for query, want := range map[string]string{
			`SELECT $2, $10`: `SELECT ?2, ?10`,
			`SELECT '$1' || $1 -- $1` + "\n" + `, $2`:                      `SELECT '$1' || ?1 -- $1` + "\n" + `, ?2`,
			`SELECT 1 FOR UPDATE`:                                          `SELECT 1`,
			`(SELECT a FOR UPDATE SKIP LOCKED) x`:                          `(SELECT a) x`,
			`SELECT 'it''s FOR UPDATE' FOR UPDATE OF a, b NOWAIT LIMIT $1`: `SELECT 'it''s FOR UPDATE' LIMIT ?1`,
			`SELECT for_updates`:                                           `SELECT for_updates`,
		} {
			if got := ts.lite(query); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	}
	for n := range 2 * mostTexts { // what is made up again and again is not kept for ever
		ts.lite(fmt.Sprint("SELECT ", n))
	}
	kept := 0
	ts.seen.Range(func(any, any) bool { kept++; return true })
	if kept > mostTexts {
		t.Errorf("%d texts are kept, want %d at most", kept, mostTexts)
	}
}

func TestOldSQLiteIsRefused(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{
		"3.51.2": false, "3.40.1": false, "2.99.9": false, "3.51.3": true, "3.51.10": true, "3.54.1": true, "4.0.0": true, "": false, "x": false,
	} {
		if got := since(version, oldest); got != want {
			t.Errorf("%s: got %t, want %t", version, got, want)
		}
	}
}

// Whatever a migration holds: nothing is lost or made up, each part is one
// statement, and what is for one engine is for no other.
func FuzzScript(f *testing.F) {
	for _, s := range []string{
		"A; B", "A ';' $$;$$ /* ; */ -- ;\n;", "-- only: sqlite\nA;\n-- end only\nB;",
		"CREATE TRIGGER t BEGIN CASE 1 END; x; END; y", "-- only: postgres\n{{blob}}\n-- end only", `"a;"";"`, "\xff;", "-- end only",
	} {
		f.Add(s)
	}
	bones := func(s string) (out string) { // without blanks and comments, and without empty statements
		for i := 0; i < len(s); {
			kind, end := scan(s, i)
			if end <= i {
				f.Fatalf("no way on at %d of %q", i, s)
			}
			if kind != blank {
				out += s[i:end] + "\n"
			}
			i = end
		}
		return strings.ReplaceAll(out, ";\n", "")
	}
	f.Fuzz(func(t *testing.T, text string) {
		parts := split(text)
		if got, want := bones(strings.Join(parts, "\n")), bones(text); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		for _, p := range parts {
			if again := split(p); len(again) != 1 || again[0] != p {
				t.Errorf("%q is split again: %q", p, again)
			}
		}
		onLite, err := section(text, SQLite)
		pg, err2 := section(text, Postgres)
		if (err == nil) != (err2 == nil) {
			t.Errorf("one engine takes it, the other does not: %v, %v", err, err2)
		}
		if err == nil && len(onLite) > len(text) || len(pg) > len(text) {
			t.Error("longer than it was")
		}
		_, _ = readTables([]migration{{"x", text}})
		_ = lite(text)
	})
}

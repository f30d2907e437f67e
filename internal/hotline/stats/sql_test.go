package stats_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	speaks = regexp.MustCompile(`(?i)\b(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|REPLACE|VACUUM|TABLE|COPY|TRUNCATE|MERGE)\b\s`)
	tables = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|INTO|UPDATE|TABLE|USING|,)\s+"?([a-z_][a-z_0-9.]*)`)
	may    = regexp.MustCompile(`^(fact|fact_pending|tally)$`)
	froms  = regexp.MustCompile(`(?is)\bFROM\s+(.*?)(?:\bWHERE\b|\bORDER\b|\bGROUP\b|\bLIMIT\b|$)`)
)

// names lists what the SQL in a file names and may not; what is not written out whole,
// since it is put together of names, is named too.
func names(t *testing.T, name, source string) (out []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		l, ok := n.(*ast.BasicLit)
		if !ok || l.Kind != token.STRING {
			return true
		}
		s, _ := strconv.Unquote(l.Value)
		if !speaks.MatchString(s + " ") {
			return true
		}
		s = strings.ReplaceAll(s, "DO UPDATE SET", "DO SET")
		add := func(table string) {
			if !may.MatchString(table) {
				out = append(out, table)
			}
		}
		for _, m := range tables.FindAllStringSubmatch(s, -1) {
			if !strings.HasPrefix(strings.TrimSpace(m[0]), ",") {
				add(m[1])
			}
		}
		for _, m := range froms.FindAllStringSubmatch(s, -1) { // FROM a, b
			for _, table := range strings.Split(m[1], ",")[1:] {
				add(strings.Fields(table + " ?")[0])
			}
		}
		if tail := strings.TrimSpace(s); regexp.MustCompile(`(?i)\b(FROM|JOIN|INTO|UPDATE)$`).MatchString(tail) {
			out = append(out, "a name that is put in later")
		}
		return true
	})
	return out
}

// P12: the SQL of this package names facts and tallies, and nothing else.
func TestSQLNamesNothingElse(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		read += strings.Count(string(b), "tx.Exec(") + strings.Count(string(b), "tx.Query(")
		for _, table := range names(t, name, string(b)) {
			t.Errorf("%s names %s", name, table)
		}
	}
	if read < 6 {
		t.Errorf("%d statements were read", read)
	}
	for _, planted := range []string{
		"SELECT id FROM contact", "SELECT n FROM fact, contact", "SELECT n FROM fact JOIN leaf l ON l.object = codes", "INSERT INTO job (kind) VALUES ('x')",
		"UPDATE contact SET n = 1", "DELETE FROM message", "SELECT n FROM fact WHERE codes IN (SELECT id FROM contact)", "SELECT n FROM ", "select 1 from main.contact",
		"SELECT n FROM fact f, tally t, contact c WHERE 1 = 1", "INSERT INTO fact (month) SELECT id FROM contact",
	} {
		if len(names(t, "x.go", "package x\nvar q = `"+planted+"`")) == 0 {
			t.Errorf("%q was let pass", planted)
		}
	}
	if got := names(t, "x.go", "package x\nvar q = `INSERT INTO tally (n, lang) VALUES (1, 2) ON CONFLICT (n) DO UPDATE SET n = tally.n + 1`"); len(got) > 0 {
		t.Errorf("complaints about what is sound: %q", got)
	}
}

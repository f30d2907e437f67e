package contact_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	updates = regexp.MustCompile(`(?is)\bupdate\s+contact\s+set\s+(.*?)(?:\bwhere\b|$)`)
	sets    = regexp.MustCompile(`(?i)\bstate\s*[=,)]`)
	inserts = regexp.MustCompile(`(?i)\b(?:insert|replace)\s+into\s+contact\b`)
)

// writesState says what a piece of source does to the state of contacts: its
// functions that hold such SQL.
func writesState(name, source string) (out []string, err error) {
	f, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
	if err != nil {
		return nil, err
	}
	for _, d := range f.Decls {
		where := "var"
		if fn, ok := d.(*ast.FuncDecl); ok {
			where = fn.Name.Name
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				s, _ := strconv.Unquote(l.Value)
				for _, m := range updates.FindAllStringSubmatch(s, -1) {
					if sets.MatchString(m[1]) {
						out = append(out, path.Dir(name)+"."+where)
					}
				}
				if inserts.MatchString(s) {
					out = append(out, path.Dir(name)+"."+where)
				}
			}
			return true
		})
	}
	return out, nil
}

// No other code than the one function that moves contacts writes a state; Receive
// gives the first.
func TestNobodyElseWritesStates(t *testing.T) {
	t.Parallel()
	may := map[string]bool{"internal/hotline/contact.move": true, "internal/hotline/contact.insert": true}
	seen := map[string]bool{}
	root := os.DirFS("../../..")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		b, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		found, err := writesState(name, string(b))
		for _, at := range found {
			seen[at] = true
			if !may[at] {
				t.Errorf("%s writes the state of contacts", at)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for at := range may {
		if !seen[at] {
			t.Errorf("%s is said to write states and does not", at)
		}
	}
}

// The scan sees what it is to see.
func TestScanForStatesBarks(t *testing.T) {
	t.Parallel()
	for _, planted := range []string{
		"package x\nfunc f() { q(`UPDATE contact SET state = 'closed' WHERE id = $1`) }",
		"package x\nfunc f() { q(`update contact\n\tset epoch = 1,\n\tstate='closed' where id = $1`) }",
		"package x\nfunc f() { q(`UPDATE contact SET (epoch, state) = (1, 'live')`) }",
		"package x\nfunc f() { q(`INSERT INTO contact (id) VALUES ($1)`) }",
		"package x\nconst q = `UPDATE contact SET state = $1`",
	} {
		if got, err := writesState("x/x.go", planted); err != nil || len(got) != 1 {
			t.Errorf("%s: got %q, %v", planted, got, err)
		}
	}
	fine := "package x\nfunc f() { q(`UPDATE contact SET state_at = 0, seen = 1 WHERE state = 'live'`) }"
	if got, err := writesState("x/x.go", fine); err != nil || len(got) != 0 {
		t.Errorf("%s: got %q, %v", fine, got, err)
	}
}

package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// An administrator whose edition is refused, or not reviewed, is told so in her
// language, whatever is wrong with it.
func TestEveryFaultOfAnEditionHasAMessage(t *testing.T) {
	for _, lang := range complete {
		problems := one(t, "problem", lang) // alone, so that English does not stand in
		seen, missing := unsaidOfEditions(t, os.DirFS("../.."), func(key string) bool { _, ok := problems[key]; return ok })
		for _, m := range missing {
			t.Errorf("in %s: %s", lang, m)
		}
		if seen < 40 {
			t.Errorf("only %d places name a fault of an edition", seen)
		}
	}
}

func TestUnsaidFaultOfAnEditionIsFound(t *testing.T) {
	tree := fstest.MapFS{
		"internal/x/x.go":      text("package x\nvar a, b = \"edition.fault.silent\", \"edition.txt is none\""),
		"internal/x/y.go":      text("package x\nfunc y() string { return `edition.silent` }"),
		"internal/x/x_test.go": text("package x\nvar c = \"edition.fault.of_a_test\""),
	}
	if seen, missing := unsaidOfEditions(t, tree, small(t).For("en").Has); seen != 2 || len(missing) != 2 || !strings.Contains(missing[0], "edition.fault.silent") {
		t.Errorf("of %d without a message are %v, want two of two", seen, missing)
	}
}

var ofEdition = regexp.MustCompile(`^edition\.[a-z_]+(\.[a-z_]+)*$`)

// unsaidOfEditions reads the source of a tree: how often it names a message of an
// edition, and which of them are not there.
func unsaidOfEditions(t *testing.T, tree fs.FS, has func(string) bool) (seen int, missing []string) {
	t.Helper()
	err := fs.WalkDir(tree, "internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := fs.ReadFile(tree, path)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, b, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			if key, err := strconv.Unquote(lit.Value); err == nil && ofEdition.MatchString(key) {
				if seen++; !has(key) {
					missing = append(missing, set.Position(lit.Pos()).String()+": no message for "+key)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen, missing
}

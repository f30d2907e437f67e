package promise_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// openers are the names of what turns a ciphertext into words.
var openers = map[string]bool{"Open": true, "OpenDraft": true, "OpenUnder": true, "ParsePrivate": true, "PrivateKey": true, "Unwrap": true, "Decrypt": true}

// opens lists what a file calls, or names, that opens.
func opens(name, source string) (out []string, err error) {
	f, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
	if err != nil {
		return nil, err
	}
	for _, imp := range f.Imports {
		for _, not := range []string{"internal/hotline/opened", "internal/hotline/own", "internal/hotline/vault"} {
			if strings.HasSuffix(strings.Trim(imp.Path.Value, `"`), not) {
				out = append(out, name+" imports "+not)
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.SelectorExpr); ok && x.Sel.Name == "placed" {
				return true // whether the line is open
			}
			if openers[n.Sel.Name] {
				out = append(out, name+" names "+n.Sel.Name)
			}
		case *ast.FuncDecl:
			if strings.HasPrefix(n.Name.Name, "Open") {
				out = append(out, name+" has "+n.Name.Name)
			}
		}
		return true
	})
	return out, nil
}

// P5: the code that receives cannot open. Neither package seal nor those that handle
// what arrives hold anything that turns a ciphertext into words.
func TestReceivingCannotOpen(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../../internal/hotline")
	for _, dir := range []string{"seal", "contact", "staff", "policy"} {
		files, err := fs.Glob(root, dir+"/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(files), err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			b, err := fs.ReadFile(root, name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := opens(name, string(b))
			if err != nil {
				t.Fatal(err)
			}
			for _, complaint := range got {
				if !strings.HasSuffix(complaint, "has Opening") { // of the line, in the morning
					t.Error(complaint)
				}
			}
		}
	}
	for _, planted := range []string{
		"package x\nfunc f() { box.Open(k, b, c) }",
		"package x\nfunc f(k box.PrivateKey) {}",
		"package x\nfunc OpenMessage() {}",
		"package x\nimport _ \"github.com/freeline-org/freeline/internal/hotline/opened\"",
		"package x\nfunc f() { s.shred.Open(b, \"intake\", \"x\") }",
	} {
		if got, err := opens("x.go", planted); err != nil || len(got) == 0 {
			t.Errorf("%s: let pass, %v", planted, err)
		}
	}
}

package promise_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/freeline-org/freeline/"

// A tree is the packages of the program with what the compiler knows of their types.
type tree struct {
	fset    *token.FileSet
	imports types.Importer
	pkgs    []listed
}

type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	Standard                bool
}

// readTree asks the go command for every package that ships and what it depends on.
func readTree(t *testing.T) *tree {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,Standard", "./...")
	cmd.Dir = filepath.Join("..", "..")
	var failed bytes.Buffer
	cmd.Stderr = &failed
	b, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, failed.String())
	}
	w, exports := &tree{fset: token.NewFileSet()}, map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(b)); ; {
		var p listed
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		exports[p.ImportPath] = p.Export
		if strings.HasPrefix(p.ImportPath, module) {
			w.pkgs = append(w.pkgs, p)
		}
	}
	w.imports = importer.ForCompiler(w.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	return w
}

// check types one package; more is source that is planted in it.
func (w *tree) check(t *testing.T, p listed, more string) *types.Info {
	t.Helper()
	info, _ := w.typed(t, p, more)
	return info
}

// typed types one package and gives its files too.
func (w *tree) typed(t *testing.T, p listed, more string) (*types.Info, []*ast.File) {
	t.Helper()
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(w.fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		must(t, err)
		files = append(files, f)
	}
	if more != "" {
		f, err := parser.ParseFile(w.fset, "planted.go", more, parser.SkipObjectResolution)
		must(t, err)
		files = append(files, f)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	_, err := (&types.Config{Importer: w.imports}).Check(p.ImportPath, w.fset, files, info)
	must(t, err)
	return info, files
}

// leaves lists where a package has in its hands what reaches a caller: an expression or a
// name whose type is, or is made of, what leaves by a channel, or a way by which it does.
// It goes by types: another name, an embedding, an interface of one's own or a generic
// function changes nothing.
func (w *tree) leaves(info *types.Info) (out []string) {
	mention := func(n ast.Node, typ types.Type) {
		if typ != nil && carries(typ, map[types.Type]bool{}) {
			out = append(out, w.fset.Position(n.Pos()).String())
		}
	}
	for e, tv := range info.Types {
		mention(e, tv.Type)
	}
	for _, names := range []map[*ast.Ident]types.Object{info.Uses, info.Defs} {
		for id, o := range names {
			if o != nil {
				mention(id, o.Type())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// carries reports whether a type is made of package channel's Outgoing, Accepted or Sender.
func carries(typ types.Type, seen map[types.Type]bool) bool {
	if seen[typ] {
		return false
	}
	seen[typ] = true
	tuple := func(vs *types.Tuple) bool {
		for v := range vs.Variables() {
			if carries(v.Type(), seen) {
				return true
			}
		}
		return false
	}
	switch typ := types.Unalias(typ).(type) {
	case *types.Named:
		if p := typ.Obj().Pkg(); p != nil && p.Path() == module+"internal/channel" {
			return true
		}
		for a := range typ.TypeArgs().Types() {
			if carries(a, seen) {
				return true
			}
		}
		if p := typ.Obj().Pkg(); p == nil || !strings.HasPrefix(p.Path(), module) {
			return false
		}
		if i, ok := typ.Underlying().(*types.Interface); ok { // one of somebody's own
			return carries(i, seen)
		}
	case *types.Pointer:
		return carries(typ.Elem(), seen)
	case *types.Slice:
		return carries(typ.Elem(), seen)
	case *types.Array:
		return carries(typ.Elem(), seen)
	case *types.Chan:
		return carries(typ.Elem(), seen)
	case *types.Map:
		return carries(typ.Key(), seen) || carries(typ.Elem(), seen)
	case *types.Signature:
		return tuple(typ.Params()) || tuple(typ.Results())
	case *types.Struct:
		for f := range typ.Fields() {
			if carries(f.Type(), seen) {
				return true
			}
		}
	case *types.Interface:
		for m := range typ.Methods() {
			if carries(m.Type(), seen) {
				return true
			}
		}
	}
	return false
}

// mayHold says which packages may have a way out in their hands: the contract, the
// adapters that fulfil it, and app, which alone calls them.
func mayHold(path string) bool {
	return strings.HasPrefix(path, module+"internal/channel") || path == module+"internal/app"
}

// sends lists the functions of a package that hand something to a way out.
func (w *tree) sends(t *testing.T, p listed, more string) (out []string) {
	t.Helper()
	info := w.check(t, p, more)
	for sel, s := range info.Selections {
		sig, ok := s.Type().(*types.Signature)
		if ok && sig.Params().Len() > 0 && handsOver(sig) {
			out = append(out, w.fset.Position(sel.Pos()).String())
		}
	}
	return out
}

// handsOver reports whether calling it would give a way out something.
func handsOver(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		if n, ok := types.Unalias(v.Type()).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == module+"internal/channel" && n.Obj().Name() == "Outgoing" {
			return true
		}
	}
	return false
}

// Nothing reaches a caller by a channel but by the one place in app that delivers the
// outbox. The doors are found by the types of the code, not by their names.
func TestOneDoorOut(t *testing.T) {
	t.Parallel()
	w := readTree(t)
	called := 0
	for _, p := range w.pkgs {
		if strings.HasSuffix(p.ImportPath, "test") || strings.Contains(p.ImportPath, "/test/") {
			continue
		}
		if !mayHold(p.ImportPath) {
			for _, at := range w.leaves(w.check(t, p, "")) {
				t.Errorf("%s has a way to a caller in its hands at %s", p.ImportPath, at)
			}
			continue
		}
		for _, at := range w.sends(t, p, "") {
			if called++; !strings.Contains(at, "/internal/app/deliver.go:") {
				t.Errorf("something is handed to a way out at %s", at)
			}
		}
	}
	if called != 1 {
		t.Errorf("%d places hand something to a way out, want one", called)
	}
	w.bark(t)
}

// bark plants doors.
func (w *tree) bark(t *testing.T) {
	t.Helper()
	of := func(path string) listed {
		return w.pkgs[slices.IndexFunc(w.pkgs, func(p listed) bool { return p.ImportPath == module+path })]
	}
	const begins = "package contact\nimport \"context\"\nimport ch \"" + module + "internal/channel\"\n"
	for _, planted := range []string{
		"func planted(ctx context.Context, s ch.Sender) { _, _ = s.Send(ctx, ch.Outgoing{}) }",
		"type door = ch.Sender\nfunc planted(ctx context.Context, s interface{ door }) any { return s }",
		"type door interface { Send(context.Context, ch.Outgoing) (ch.Accepted, error) }\nvar _ door",
		"func planted(ctx context.Context, f func(context.Context, ch.Outgoing) (ch.Accepted, error)) { _ = f }",
		"func hand[T any](v T) T { return v }\nfunc planted(ctx context.Context) { _ = hand(ch.Outgoing{}) }",
		"type box struct{ ch.Sender }\nfunc planted(ctx context.Context, b *box) error { _ = b; return nil }",
	} {
		p := of("internal/hotline/contact")
		p.GoFiles = nil
		if len(w.leaves(w.check(t, p, begins+planted))) == 0 {
			t.Errorf("a door is not seen: %s", planted)
		}
	}
	const second = "package app\nimport (\"context\"; \"" + module + "internal/channel\")\nfunc (p *Post) again(ctx context.Context, o channel.Outgoing) { for _, s := range p.ways { f := s.Send; _, _ = f(ctx, o) } }"
	if got := w.sends(t, of("internal/app"), second); len(got) != 2 {
		t.Errorf("a second door in app is not seen: %s", fmt.Sprint(got))
	}
}

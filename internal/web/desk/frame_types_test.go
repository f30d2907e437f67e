package desk_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/web/desk"
)

var update = flag.Bool("update", false, "write the types of the script anew")

// The structs of frame.go and of each frame_*.go are the source; the script's types are made
// from them, a file from each. frames.ts has the unions and hands on the rest.
func TestTypesOfTheScriptAreThoseOfTheFrames(t *testing.T) {
	want := typescript(t, desk.Inward(), desk.Outward())
	there, err := filepath.Glob("app/frames*.ts")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		for _, file := range there {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
		for file, text := range want {
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		there = slices.Sorted(maps.Keys(want))
	}
	if !slices.Equal(there, slices.Sorted(maps.Keys(want))) {
		t.Errorf("the frames make %q, and there is %q: run go test ./internal/web/desk -run TypesOfTheScript -update", slices.Sorted(maps.Keys(want)), there)
	}
	for file, text := range want {
		if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s is not what the frames say: run go test ./internal/web/desk -run TypesOfTheScript -update", file)
		}
	}
}

// scriptOf is the script that a file of frames makes.
func scriptOf(file string) string {
	return "app/" + strings.Replace(strings.TrimSuffix(file, ".go"), "frame", "frames", 1) + ".ts"
}

// homes tells in which file of frames each struct stands.
func homes(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("frame*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, s := range g.Specs {
				out[s.(*ast.TypeSpec).Name.Name] = file
			}
		}
	}
	return out
}

// A module is what is made from one file of frames.
type module struct {
	body  bytes.Buffer
	takes map[string][]string // from other files: their structs
}

// typescript writes the frames as TypeScript: one interface per struct, and one union each way
// in which "t" tells the kinds apart.
func typescript(t *testing.T, in, out map[string]any) map[string][]byte {
	t.Helper()
	w := writer{homes(t), map[string]*module{}, map[reflect.Type]bool{}}
	unions := &module{takes: map[string][]string{}}
	w.modules["frame.go"] = unions
	for _, frames := range []map[string]any{in, out} {
		for _, kind := range slices.Sorted(maps.Keys(frames)) {
			w.declare(t, reflect.TypeOf(frames[kind]))
		}
	}
	w.union(unions, "ToServer", in)
	w.union(unions, "FromServer", out)
	files := map[string][]byte{}
	for _, file := range slices.Sorted(maps.Keys(w.modules)) {
		s := w.modules[file]
		var b bytes.Buffer
		fmt.Fprintf(&b, "// Made from %s; do not edit.\n", file)
		for _, other := range slices.Sorted(maps.Keys(s.takes)) {
			names := slices.Compact(slices.Sorted(slices.Values(s.takes[other])))
			fmt.Fprintf(&b, "\nimport type { %s } from %q;", strings.Join(names, ", "), moduleOf(other))
		}
		if len(s.takes) > 0 {
			b.WriteString("\n")
		}
		if s == unions {
			for _, other := range slices.Sorted(maps.Keys(w.modules)) {
				if other != file {
					fmt.Fprintf(&b, "export type * from %q;\n", moduleOf(other))
				}
			}
			fmt.Fprintf(&b, "\nexport const version = %d;\n", desk.Version)
		}
		b.Write(s.body.Bytes())
		files[scriptOf(file)] = b.Bytes()
	}
	return files
}

// moduleOf is how one script names another.
func moduleOf(file string) string {
	return "./" + strings.TrimSuffix(filepath.Base(scriptOf(file)), ".ts")
}

type writer struct {
	homes   map[string]string // struct: its file
	modules map[string]*module
	done    map[reflect.Type]bool
}

// module is the one in which a struct stands.
func (w *writer) module(t *testing.T, typ reflect.Type) *module {
	t.Helper()
	file, ok := w.homes[typ.Name()]
	if !ok {
		t.Fatalf("%s stands in no file of frames", typ)
	}
	if w.modules[file] == nil {
		w.modules[file] = &module{takes: map[string][]string{}}
	}
	return w.modules[file]
}

// take notes that a script names a struct, which may stand in another.
func (w *writer) take(s *module, typ reflect.Type) {
	file := w.homes[typ.Name()]
	if w.modules[file] != s {
		s.takes[file] = append(s.takes[file], typ.Name())
	}
}

func (w *writer) union(s *module, name string, frames map[string]any) {
	fmt.Fprintf(&s.body, "\nexport type %s =", name)
	for _, kind := range slices.Sorted(maps.Keys(frames)) {
		typ := reflect.TypeOf(frames[kind])
		w.take(s, typ)
		fmt.Fprintf(&s.body, "\n  | ({ t: %q } & %s)", kind, typ.Name())
	}
	s.body.WriteString(";\n")
}

func (w *writer) declare(t *testing.T, typ reflect.Type) {
	t.Helper()
	if w.done[typ] {
		return
	}
	w.done[typ] = true
	s := w.module(t, typ)
	for i := range typ.NumField() {
		if part := inner(typ.Field(i).Type); part.Kind() == reflect.Struct {
			w.declare(t, part)
			w.take(s, part)
		}
	}
	if typ.NumField() == 0 {
		fmt.Fprintf(&s.body, "\nexport type %s = {};\n", typ.Name())
		return
	}
	fmt.Fprintf(&s.body, "\nexport interface %s {\n", typ.Name())
	for i := range typ.NumField() {
		name, opts, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if opts == "omitempty" {
			name += "?"
		}
		fmt.Fprintf(&s.body, "  %s: %s;\n", name, spelled(typ.Field(i).Type))
	}
	s.body.WriteString("}\n")
}

func inner(typ reflect.Type) reflect.Type {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		typ = typ.Elem()
	}
	return typ
}

func spelled(typ reflect.Type) string {
	switch typ.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Int64:
		return "number"
	case reflect.Slice:
		return spelled(typ.Elem()) + "[]"
	case reflect.Map:
		return "Record<string, " + spelled(typ.Elem()) + ">"
	case reflect.Pointer:
		return spelled(typ.Elem())
	case reflect.Struct:
		return typ.Name()
	default:
		panic("no TypeScript for " + typ.String())
	}
}

package desk_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/web/desk"
)

var update = flag.Bool("update", false, "write app/frames.ts anew")

// The structs of frame.go are the source; the script's types are made from them.
func TestTypesOfTheScriptAreThoseOfTheFrames(t *testing.T) {
	const file = "app/frames.ts"
	want := typescript(desk.Inward(), desk.Outward())
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what frame.go says: run go test ./internal/web/desk -run TypesOfTheScript -update", file)
	}
}

// typescript writes the frames as TypeScript: one interface per struct, and one union each way
// in which "t" tells the kinds apart.
func typescript(in, out map[string]any) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Made from frame.go; do not edit.\n\nexport const version = %d;\n", desk.Version)
	done := map[reflect.Type]bool{}
	for _, frames := range []map[string]any{in, out} {
		for _, kind := range slices.Sorted(maps.Keys(frames)) {
			declare(&b, done, reflect.TypeOf(frames[kind]))
		}
	}
	union(&b, "ToServer", in)
	union(&b, "FromServer", out)
	return b.Bytes()
}

func union(b *bytes.Buffer, name string, frames map[string]any) {
	fmt.Fprintf(b, "\nexport type %s =", name)
	for _, kind := range slices.Sorted(maps.Keys(frames)) {
		fmt.Fprintf(b, "\n  | ({ t: %q } & %s)", kind, reflect.TypeOf(frames[kind]).Name())
	}
	b.WriteString(";\n")
}

func declare(b *bytes.Buffer, done map[reflect.Type]bool, typ reflect.Type) {
	if done[typ] {
		return
	}
	done[typ] = true
	for i := range typ.NumField() {
		if part := inner(typ.Field(i).Type); part.Kind() == reflect.Struct {
			declare(b, done, part)
		}
	}
	if typ.NumField() == 0 {
		fmt.Fprintf(b, "\nexport type %s = {};\n", typ.Name())
		return
	}
	fmt.Fprintf(b, "\nexport interface %s {\n", typ.Name())
	for i := range typ.NumField() {
		name, opts, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if opts == "omitempty" {
			name += "?"
		}
		fmt.Fprintf(b, "  %s: %s;\n", name, spelled(typ.Field(i).Type))
	}
	b.WriteString("}\n")
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

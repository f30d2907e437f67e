package observe_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/observe"
)

// sourceCalls calls f for each call in the tree's source, tests aside.
func sourceCalls(t *testing.T, f func(where string, call *ast.CallExpr)) {
	t.Helper()
	for _, top := range []string{"../../internal", "../../cmd"} {
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					f(set.Position(call.Pos()).String(), call)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func method(call *ast.CallExpr) (on, name string) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	if x, ok := sel.X.(*ast.Ident); ok {
		on = x.Name
	}
	return on, sel.Sel.Name
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// A key that the log does not know would be dropped on the night it is needed.
func TestEveryKeyInTheTreeIsListed(t *testing.T) {
	known := observe.Keys()
	first := map[string]int{
		"InfoContext": 2, "WarnContext": 2, "ErrorContext": 2, "DebugContext": 2, "Info": 1, "Warn": 1, "Error": 1, "Debug": 1, "With": 0,
	}
	sourceCalls(t, func(where string, call *ast.CallExpr) {
		on, name := method(call)
		from, ok := first[name]
		if !ok || len(call.Args) <= from || (len(call.Args)-from)%2 != 0 {
			return
		}
		if from == 0 && !strings.Contains(strings.ToLower(on), "log") {
			return
		}
		if from > 0 {
			if _, constant := literal(call.Args[from-1]); !constant {
				return
			}
		}
		for i := from; i < len(call.Args); i += 2 {
			if key, ok := literal(call.Args[i]); ok && !slices.Contains(known, key) {
				t.Errorf("%s: the log does not know the key %q", where, key)
			}
		}
	})
}

var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z_.'-]{0,23}$`)

// UPDATE=1 writes doing.txt from the errors that our source makes.
func TestWordsOfErrorsArePlain(t *testing.T) {
	const file = "doing.txt"
	words := map[string]bool{}
	sourceCalls(t, func(_ string, call *ast.CallExpr) {
		on, name := method(call)
		if len(call.Args) == 0 || on+"."+name != "fmt.Errorf" && on+"."+name != "errors.New" {
			return
		}
		text, _ := literal(call.Args[0])
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" :,;()\"", r) }) {
			if word = strings.Trim(word, "."); plainWord.MatchString(word) {
				words[word] = true
			}
		}
	})
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(strings.Join(slices.Sorted(maps.Keys(words)), "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	if !slices.IsSorted(lines) {
		t.Error("doing.txt is not as UPDATE=1 writes it")
	}
	stale := 0
	for _, word := range lines {
		if !plainWord.MatchString(word) {
			t.Errorf("doing.txt: %q is not a plain word", word)
		}
		if !words[word] {
			stale++
		}
	}
	t.Logf("%d words, %d of them no longer in the source, %d of the source not among them", len(lines), stale, len(words)-len(lines)+stale)
}

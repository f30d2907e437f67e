package db_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
)

func now(t *testing.T, d *db.DB) (ms int64) {
	t.Helper()
	err := d.Read(t.Context(), func(tx db.Tx) (err error) {
		ms, err = db.Now(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

// A test moves both databases' clocks, of every node, also of one that starts
// later.
func TestAdvance(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		if off := now(t, e.Main) - time.Now().UnixMilli(); off < -5000 || off > 5000 {
			t.Errorf("the engine's clock is off by %d ms", off)
		}
		before := now(t, e.Main)
		other := e.Node(t)
		e.Advance(t, 72*time.Hour)
		e.Reopen(t)
		for _, d := range []*db.DB{e.Main, e.Shred, other.Main, other.Shred, e.Node(t).Main} {
			moved := now(t, d) - before - (72 * time.Hour).Milliseconds()
			if moved < 0 || moved > 60_000 {
				t.Errorf("%s is %d ms away from 72 hours", d.Store(), moved)
			}
		}
	})
}

// No path of production moves a clock: package offset can be imported below
// internal/db alone, nothing there but dbtest calls Advance, and dbtest is
// imported by tests and what serves them.
func TestOnlyTestsMoveTheClock(t *testing.T) {
	t.Parallel()
	root := "../.."
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root, d.Name() == "node_modules":
			return filepath.SkipDir
		case d.IsDir(), !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return nil //nolint:nilerr // somebody is in the middle of writing it
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		dir = filepath.ToSlash(dir)
		for _, imp := range f.Imports {
			switch strings.Trim(imp.Path.Value, `"`) {
			case "github.com/freeline-org/freeline/internal/db/internal/offset":
				seen++
				if dir != "internal/db" && dir != "internal/db/dbtest" {
					t.Errorf("%s imports offset", path)
				}
			case "github.com/freeline-org/freeline/internal/db/dbtest":
				if !strings.HasPrefix(dir, "test/") && !strings.HasSuffix(dir, "test") {
					t.Errorf("%s imports dbtest", path)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 2 {
		t.Error("the walk missed what it should have seen")
	}
	for _, path := range glob(t, "*.go") {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		if strings.Contains(read(t, path), "offset.Advance") {
			t.Errorf("%s moves the clock", path)
		}
	}
}

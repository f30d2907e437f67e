// Command build turns the desk's sources into the scripts of dist, which the binary carries:
// desk.js begins, names in dist/first.txt what it needs at once, and brings the other parts
// when they are wanted. dist/sources.sum notes what all was made of, so that a test without a
// bundler can tell. It stands in a module of its own, so that the bundler never becomes part
// of the product; it needs no package registry beyond Go's.
//
//	go run .          writes ../dist
//	go run . -check   fails when ../dist is not what the sources give
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	check := flag.Bool("check", false, "compare with dist and write nothing")
	desk := flag.String("desk", "..", "the directory of package desk")
	flag.Parse()
	if err := run(*desk, *check); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(desk string, check bool) error {
	desk, err := filepath.Abs(desk)
	if err != nil {
		return err
	}
	made, err := bundle(desk)
	if err != nil {
		return err
	}
	sum, err := sources(desk)
	if err != nil {
		return err
	}
	made["sources.sum"] = sum
	dist := filepath.Join(desk, "dist")
	if check {
		return compare(dist, made)
	}
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	if err := os.Mkdir(dist, 0o755); err != nil {
		return err
	}
	for name, b := range made {
		if err := os.WriteFile(filepath.Join(dist, name), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// compare reports what in a directory is not what was made.
func compare(dist string, made map[string][]byte) error {
	held, err := os.ReadDir(dist)
	if err != nil {
		return err
	}
	for _, file := range held {
		if _, ok := made[file.Name()]; !ok {
			return fmt.Errorf("dist/%s %w", file.Name(), errOther)
		}
	}
	for name, want := range made {
		b, err := os.ReadFile(filepath.Join(dist, name))
		if err != nil {
			return err
		}
		if !bytes.Equal(b, want) {
			return fmt.Errorf("dist/%s %w", name, errOther)
		}
	}
	return nil
}

var errOther = errors.New("is not what the sources give: run `go run .` in internal/web/desk/build and commit it")

// sources is the hash of every file that goes into the bundle, as the desk's own test makes it.
func sources(desk string) ([]byte, error) {
	sum := sha256.New()
	for _, dir := range []string{"app", "third_party"} {
		err := filepath.WalkDir(filepath.Join(desk, dir), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(desk, name)
			if err != nil {
				return err
			}
			fmt.Fprintf(sum, "%s %x\n", filepath.ToSlash(rel), sha256.Sum256(b))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return fmt.Appendf(nil, "%x\n", sum.Sum(nil)), nil
}

// bundle is the whole console as scripts by name, the same bytes each time, and the list of
// those that the first one needs.
func bundle(desk string) (map[string][]byte, error) {
	party := filepath.Join(desk, "third_party")
	result := api.Build(api.BuildOptions{
		EntryPoints:       []string{filepath.Join(desk, "app", "main.tsx")},
		AbsWorkingDir:     desk,
		Bundle:            true,
		Write:             false,
		Splitting:         true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		Banner:            map[string]string{"js": licences},
		JSX:               api.JSXAutomatic,
		JSXImportSource:   "preact",
		EntryNames:        "desk",
		ChunkNames:        "[name]-[hash]",
		Outdir:            filepath.Join(desk, "dist"),
		Metafile:          true,
		Alias: map[string]string{
			"preact":               filepath.Join(party, "preact/src/index.js"),
			"preact/hooks":         filepath.Join(party, "preact/hooks/src/index.js"),
			"preact/jsx-runtime":   filepath.Join(party, "preact/jsx-runtime/src/index.js"),
			"@preact/signals":      filepath.Join(party, "signals/src/index.ts"),
			"@preact/signals-core": filepath.Join(party, "signals-core/src/index.ts"),
		},
		MangleProps: "^_[a-zA-Z]",
		MangleCache: names(),
		LogLevel:    api.LogLevelWarning,
	})
	if len(result.Errors) > 0 {
		lines := make([]string, 0, len(result.Errors))
		for _, e := range result.Errors {
			lines = append(lines, e.Text)
		}
		return nil, errors.New(strings.Join(lines, "; "))
	}
	made := map[string][]byte{}
	for _, file := range result.OutputFiles {
		made[filepath.Base(file.Path)] = file.Contents
	}
	first, err := needed(result.Metafile)
	if err != nil {
		return nil, err
	}
	made["first.txt"] = []byte(strings.Join(first, "\n") + "\n")
	return made, nil
}

// needed lists the scripts without which desk.js does not begin, in order.
func needed(metafile string) ([]string, error) {
	var meta struct {
		Outputs map[string]struct {
			Imports []struct{ Path, Kind string }
		}
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, err
	}
	var names []string
	var walk func(path string)
	walk = func(path string) {
		for _, i := range meta.Outputs[path].Imports {
			if name := filepath.Base(i.Path); i.Kind == "import-statement" && !slices.Contains(names, name) {
				names = append(names, name)
				walk(i.Path)
			}
		}
	}
	walk("dist/desk.js")
	slices.Sort(names)
	return names, nil
}

const licences = "/*! Preact and Preact Signals: MIT, see third_party. Freeline: Apache-2.0. */"

// names are the short names by which the signals package knows Preact's inner fields: its
// sources are written against Preact's published form, ours is built from both sources.
func names() map[string]any {
	return map[string]any{
		"_children": "__k", "_parent": "__", "_depth": "__b", "_dom": "__e", "_component": "__c",
		"_vnode": "__v", "_original": "__v", "_index": "__i", "_flags": "__u", "_bits": "__g",
		"_diff": "__b", "_render": "__r", "_hook": "__h", "_catchError": "__e",
		"_hasScuFromHooks": "__f",
	}
}

// Command build turns the desk's sources into dist/desk.js, which the binary carries, and notes
// in dist/sources.sum what it was made of, so that a test without a bundler can tell. It stands in a module of its own, so that the bundler never
// becomes part of the product; it needs no package registry beyond Go's.
//
//	go run .          writes ../dist
//	go run . -check   fails when ../dist is not what the sources give
package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	for name, want := range map[string][]byte{"desk.js": made, "sources.sum": sum} {
		file := filepath.Join(desk, "dist", name)
		if !check {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				return err
			}
			continue
		}
		held, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if !bytes.Equal(held, want) {
			return fmt.Errorf("dist/%s is not what the sources give: run `go run .` in internal/web/desk/build and commit it", name)
		}
	}
	return nil
}

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

// bundle is the whole console as one script, the same bytes each time.
func bundle(desk string) ([]byte, error) {
	party := filepath.Join(desk, "third_party")
	result := api.Build(api.BuildOptions{
		EntryPoints:       []string{filepath.Join(desk, "app", "main.tsx")},
		AbsWorkingDir:     desk,
		Bundle:            true,
		Write:             false,
		Format:            api.FormatIIFE,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		Banner:            map[string]string{"js": licences},
		JSX:               api.JSXAutomatic,
		JSXImportSource:   "preact",
		Outfile:           filepath.Join(desk, "dist", "desk.js"),
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
	return result.OutputFiles[0].Contents, nil
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

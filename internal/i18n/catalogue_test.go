package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/language"

	"github.com/freeline-org/freeline/internal/i18n"
)

// complete lists the languages that every area is written in.
var complete = []string{"en", "es", "fr", "ar", "fil"}

// one loads a single catalogue file, as if it were English.
func one(t *testing.T, area, lang string) map[string]i18n.Forms {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("locales", area+"."+lang+".json"))
	if err != nil {
		t.Errorf("%v", err)
		return nil
	}
	c, err := i18n.LoadFrom(fstest.MapFS{area + ".en.json": {Data: b}})
	if err != nil {
		t.Errorf("%s.%s: %v", area, lang, err)
		return nil
	}
	return c.For("en").Messages(area)
}

func areasThere(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("locales/*.en.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no catalogue in English: %v", err)
	}
	var there []string
	for _, n := range names {
		there = append(there, strings.TrimSuffix(filepath.Base(n), ".en.json"))
	}
	return there
}

func TestEveryLanguageSaysWhatEnglishSays(t *testing.T) {
	for _, area := range areasThere(t) {
		english := one(t, area, "en")
		for _, lang := range complete[1:] {
			theirs := one(t, area, lang)
			for key, forms := range english {
				got, ok := theirs[key]
				if !ok {
					t.Errorf("%s.%s.json lacks %s", area, lang, key)
					continue
				}
				if g, w := names(t, got), names(t, forms); !slices.Equal(g, w) {
					t.Errorf("%s.%s.json: %s has the placeholders %v, in English %v", area, lang, key, g, w)
				}
				if counts(got) != counts(forms) {
					t.Errorf("%s.%s.json: %s counts in one language and not in the other", area, lang, key)
				}
			}
			for key := range theirs {
				if _, ok := english[key]; !ok {
					t.Errorf("%s.%s.json has %s, which English has not", area, lang, key)
				}
			}
		}
	}
}

// A day or a span of hours in a line that runs from the right is held together: left to
// itself, 20:00-08:00 is shown as 08:00-20:00.
func TestNumbersInArabicKeepTheirOrder(t *testing.T) {
	loose := regexp.MustCompile(`(^|[^\x{2066}\d:-])\d[\d:]*-\d`)
	for _, area := range areasThere(t) {
		for key, forms := range one(t, area, "ar") {
			for _, text := range texts(forms) {
				if loose.MatchString(text) {
					t.Errorf("%s.ar.json: %s is shown the other way round: %q", area, key, text)
				}
			}
		}
	}
}

// A form may leave out the count itself ("two people"), never another value.
func TestEveryPluralFormIsThere(t *testing.T) {
	for _, area := range areasThere(t) {
		for _, lang := range complete {
			for key, forms := range one(t, area, lang) {
				if !counts(forms) {
					continue
				}
				all := texts(forms)
				for _, form := range formsInUse(t, lang) {
					if all[form] == "" {
						t.Errorf("%s.%s.json: %s lacks the form %s", area, lang, key, form)
					}
				}
				for form, text := range all {
					without := slices.DeleteFunc(names(t, forms), func(n string) bool { return n == "n" })
					got, _ := i18n.Placeholders(text)
					got = slices.DeleteFunc(got, func(n string) bool { return n == "n" })
					if !slices.Equal(got, without) {
						t.Errorf("%s.%s.json: %s: %s has the placeholders %v, want %v", area, lang, key, form, got, without)
					}
				}
			}
		}
	}
}

// formsInUse counts to a thousand; the form that some languages keep for whole
// millions may be left out, and "other" stands in.
func formsInUse(t *testing.T, lang string) []string {
	t.Helper()
	const all = `{"front.n": {"zero": "zero", "one": "one", "two": "two", "few": "few", "many": "many", "other": "other"}}`
	c, err := i18n.LoadFrom(fstest.MapFS{"front.en.json": text(all), "front." + lang + ".json": text(all)})
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for n := range 1000 {
		if form := c.For(lang).N("front.n", n); !slices.Contains(seen, form) {
			seen = append(seen, form)
		}
	}
	info, _ := c.Info(lang)
	for _, form := range seen {
		if !slices.Contains(info.Plurals, form) {
			t.Errorf("%s counts with %s, which the table of languages does not know", lang, form)
		}
	}
	return seen
}

func texts(f i18n.Forms) map[string]string {
	all := map[string]string{}
	for form, text := range map[string]string{"zero": f.Zero, "one": f.One, "two": f.Two, "few": f.Few, "many": f.Many, "other": f.Other} {
		if text != "" {
			all[form] = text
		}
	}
	return all
}

func counts(f i18n.Forms) bool { return len(texts(f)) > 1 }

func names(t *testing.T, f i18n.Forms) []string {
	t.Helper()
	var all []string
	for _, text := range texts(f) {
		got, err := i18n.Placeholders(text)
		if err != nil {
			t.Error(err)
		}
		all = append(all, got...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestTableOfLanguagesIsSound(t *testing.T) {
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, l := range c.Languages() {
		tag, err := language.Parse(l.Tag)
		if err != nil || tag.String() != l.Tag {
			t.Errorf("%s is not a plain BCP 47 tag: %v", l.Tag, err)
		}
		if seen[l.Tag] || l.English == "" || l.Own == "" || len(l.Script) != 4 || l.Dir != "ltr" && l.Dir != "rtl" {
			t.Errorf("the row of %s is not whole: %+v", l.Tag, l)
		}
		seen[l.Tag] = true
	}
}

func TestEveryProblemHasAMessage(t *testing.T) {
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	missing, odd := unsaid(t, os.DirFS("../.."), c.For("en"))
	for _, m := range append(missing, odd...) {
		t.Error(m)
	}
}

func TestUnsaidProblemIsFound(t *testing.T) {
	const head = "package x\nimport \"github.com/freeline-org/freeline/internal/problem\"\n"
	missing, odd := unsaid(t, fstest.MapFS{
		"internal/x/x.go": text(head + `var a = problem.New(problem.Denied, "front.hello")
			var b = problem.New(problem.Denied, "x.silent")
			var c = problem.New(problem.Denied, "x." + "made")`),
		"internal/x/x_test.go": text(head + `var d = problem.New(problem.Denied, "x.of.a.test")`),
		"internal/y/y.go":      text("package y\nimport \"example.org/problem\"\nvar e = problem.New(1, \"y.other\")"),
	}, small(t).For("en"))
	if len(missing) != 1 || !strings.Contains(missing[0], "x.silent") {
		t.Errorf("without a message are %v, want x.silent", missing)
	}
	if len(odd) != 1 {
		t.Errorf("not written out are %v, want the third", odd)
	}
}

// unsaid reads the source of a tree and lists the problems that have no message,
// and those whose key is not written out.
func unsaid(t *testing.T, tree fs.FS, en *i18n.Language) (missing, odd []string) {
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
		if !slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool {
			return i.Path.Value == `"github.com/freeline-org/freeline/internal/problem"`
		}) {
			return nil
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 || !isProblemNew(call.Fun) {
				return true
			}
			where := set.Position(call.Pos()).String()
			lit, ok := call.Args[1].(*ast.BasicLit)
			if !ok {
				odd = append(odd, where+": the key of a problem is not written out")
				return true
			}
			if key, err := strconv.Unquote(lit.Value); err != nil || !en.Has(key) {
				missing = append(missing, where+": no message for "+lit.Value)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return missing, odd
}

func isProblemNew(fun ast.Expr) bool {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "New" {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == "problem"
}

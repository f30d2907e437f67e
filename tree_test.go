package freeline_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/freeline-org/freeline/"

// A tree is what the rules are held against: the packages of a directory, read
// without the go command, so that the test cache sees them change.
type tree struct {
	imports map[string][]string // by package, without its tests
	tests   map[string][]string
	reveals map[string]int // by function
	long    []string       // complaints on files
	chart   string         // the map of doc.go
}

func TestTreeKeepsItsRules(t *testing.T) {
	this := read(t, os.DirFS("."))
	for _, complaint := range this.judge() {
		t.Error(complaint)
	}
}

// A rule on what is not there yet keeps nothing; it must not be taken for kept.
func TestRulesNameWhatIsThere(t *testing.T) {
	this := read(t, os.DirFS("."))
	var absent []string
	for _, name := range hotline() {
		absent = append(absent, "internal/hotline/"+name)
	}
	for _, n := range onlyFrom() {
		absent = append(append(absent, n.to), n.from...)
	}
	for _, places := range homeOf() {
		absent = append(absent, places...)
	}
	absent = slices.DeleteFunc(absent, func(place string) bool { return this.has(place) })
	slices.Sort(absent)
	t.Logf("not there yet, so their rules hold nothing: %s", strings.Join(slices.Compact(absent), ", "))
	for _, m := range mustNotReach() {
		if rank(m.to) == unlisted {
			t.Errorf("a rule names %s, which has no place in the order of hotline", m.to)
		}
	}
}

func (t *tree) has(place string) bool {
	for dir := range t.imports {
		if fits(dir, place) {
			return true
		}
	}
	return false
}

// judge returns what breaks a rule.
func (t *tree) judge() []string {
	all := slices.Clone(t.long)
	for _, dir := range slices.Sorted(maps.Keys(t.imports)) {
		all = append(all, t.judgePackage(dir)...)
	}
	for _, dir := range slices.Sorted(maps.Keys(t.tests)) {
		for _, imp := range t.tests[dir] {
			if isModule(imp) && moduleOf(imp) == "" {
				all = append(all, fmt.Sprintf("the tests of %s import %s, which has no home", dir, imp))
			}
		}
	}
	return append(append(all, t.judgeReveals()...), t.judgeChart()...)
}

func (t *tree) judgePackage(dir string) []string {
	var all []string
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if !forTests(dir) {
		if _, ok := ruleOf(home(dir)); !ok {
			say("%s has no place in the rules", dir)
			return all
		}
		if rank(home(dir)) == unlisted {
			say("%s has no place in the order of hotline", dir)
		}
	}
	if slices.Contains(vague(), path.Base(dir)) {
		say("%s: the name says nothing of what it keeps", dir)
	}
	for _, imp := range t.imports[dir] {
		if other, ours := strings.CutPrefix(imp, module); ours {
			all = append(all, judgeOwn(dir, other)...)
			continue
		}
		mod := moduleOf(imp)
		switch {
		case mod == "" && isModule(imp):
			say("%s imports %s, which has no home", dir, imp)
		case mod != "" && !forTests(dir) && !slices.ContainsFunc(homeOf()[mod], func(p string) bool { return p == home(dir) }):
			say("%s imports %s; only %q may", dir, imp, homeOf()[mod])
		}
	}
	for _, m := range mustNotReach() {
		if forTests(dir) || !fits(dir, m.from) { // what is for tests alone may know everything
			continue
		}
		if way := t.reach(dir, m.to, map[string]bool{}); way != nil {
			say("%s: %s", strings.Join(way, " -> "), m.why)
		}
	}
	return all
}

// judgeOwn judges an import from within the tree.
func judgeOwn(dir, other string) []string {
	if home(dir) == home(other) || forTests(dir) {
		return nil
	}
	if forTests(other) {
		return []string{fmt.Sprintf("%s imports %s, which is for tests", dir, other)}
	}
	var all []string
	r, _ := ruleOf(home(dir))
	if !slices.ContainsFunc(r.of, func(of string) bool { return fits(other, of) || of == engine && isEngine(other) }) {
		all = append(all, fmt.Sprintf("%s imports %s; %q may import only %q", dir, other, r.place, r.of))
	}
	if a, b := rank(home(dir)), rank(other); a >= 0 && b >= a {
		all = append(all, fmt.Sprintf("%s imports %s, which stands below it; write a job, which app joins up", dir, other))
	}
	for _, n := range onlyFrom() {
		if fits(other, n.to) && !slices.ContainsFunc(n.from, func(from string) bool { return fits(dir, from) }) {
			all = append(all, fmt.Sprintf("%s imports %s: %s; only %q may", dir, other, n.why, n.from))
		}
	}
	return all
}

func (t *tree) judgeReveals() []string {
	var all []string
	listed := mayReveal()
	for _, at := range slices.Sorted(maps.Keys(t.reveals)) {
		if got, want := t.reveals[at], listed[at]; got > want {
			all = append(all, fmt.Sprintf("%s reveals a Text %d times, listed are %d; see mayReveal", at, got, want))
		}
	}
	for _, at := range slices.Sorted(maps.Keys(listed)) {
		if got, want := t.reveals[at], listed[at]; got < want {
			all = append(all, fmt.Sprintf("%s is listed to reveal a Text %d times and does so %d times", at, want, got))
		}
	}
	return all
}

// judgeChart wants a place in doc.go for every package, and hotline's in order.
func (t *tree) judgeChart() []string {
	var all []string
	for _, dir := range slices.Sorted(maps.Keys(t.imports)) {
		if strings.Contains(dir, "/internal/") && strings.Count(dir, "internal/") > 1 || dir == "." {
			continue
		}
		if !strings.Contains(t.chart, path.Base(dir)+"/ ") {
			all = append(all, fmt.Sprintf("doc.go has no place for %s", dir))
		}
	}
	rest := t.chart
	for _, name := range hotline() {
		_, below, ok := strings.Cut(rest, "//\t    "+name+"/ ")
		if !ok {
			return append(all, fmt.Sprintf("doc.go does not list hotline/%s, or not in this order", name))
		}
		rest = below
	}
	return all
}

// reach returns a way from one package to another, or nil.
func (t *tree) reach(from, to string, seen map[string]bool) []string {
	seen[from] = true
	for _, imp := range t.imports[from] {
		next, ours := strings.CutPrefix(imp, module)
		if !ours || seen[next] {
			continue
		}
		if fits(next, to+"/") {
			return []string{from, next}
		}
		if way := t.reach(next, to, seen); way != nil {
			return append([]string{from}, way...)
		}
	}
	return nil
}

// home is the part that a package belongs to: itself, or the one whose own
// internal/ it lies in.
func home(dir string) string {
	part, _, _ := strings.Cut(dir, "/internal/")
	return part
}

func ruleOf(dir string) (rule, bool) {
	i := slices.IndexFunc(mayImport(), func(r rule) bool { return fits(dir, r.place) })
	if i < 0 {
		return rule{}, false
	}
	return mayImport()[i], true
}

func isEngine(dir string) bool {
	return slices.ContainsFunc(engines(), func(e string) bool { return fits(home(dir), e) })
}

// unlisted is below all that are listed, so that none may import it.
const unlisted = 1000

// rank tells how far down in hotline a package stands; outside it is -1.
func rank(dir string) int {
	if dir == "internal/hotline" {
		return 0
	}
	name, ok := strings.CutPrefix(dir, "internal/hotline/")
	if !ok {
		return -1
	}
	if i := slices.Index(hotline(), name); i >= 0 {
		return 1 + i
	}
	return unlisted
}

// isModule reports whether a path is that of somebody else's module.
func isModule(imp string) bool {
	first, _, _ := strings.Cut(imp, "/")
	return strings.Contains(first, ".") && !strings.HasPrefix(imp, module)
}

// moduleOf returns the longest entry of homeOf that a path belongs to.
func moduleOf(imp string) string {
	longest := ""
	for mod := range homeOf() {
		if fits(imp, mod+"/") && len(mod) > len(longest) {
			longest = mod
		}
	}
	return longest
}

// fits reports whether path is part or, when part ends in a slash, lies below it.
func fits(dir, part string) bool {
	return dir == part || strings.HasSuffix(part, "/") && strings.HasPrefix(dir+"/", part)
}

// read reads a tree. Modules of their own, other people's sources and what a
// program wrote are none of it.
func read(t *testing.T, dir fs.FS) *tree {
	t.Helper()
	this := &tree{imports: map[string][]string{}, tests: map[string][]string{}, reveals: map[string]int{}}
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return this.enter(dir, name)
		}
		if !slices.Contains([]string{".go", ".ts", ".tsx", ".js", ".css", ".html", ".sh"}, path.Ext(name)) {
			return nil
		}
		b, err := fs.ReadFile(dir, name)
		if err != nil {
			return err
		}
		if n := bytes.Count(b, []byte("\n")); n > longestFile {
			this.long = append(this.long, fmt.Sprintf("%s has %d lines; split it by idea", name, n))
		}
		if name == "doc.go" {
			this.chart = string(b)
		}
		if path.Ext(name) == ".go" {
			return this.take(name, b)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return this
}

func (t *tree) enter(dir fs.FS, name string) error {
	if name == "." {
		return nil
	}
	if base := path.Base(name); strings.HasPrefix(base, ".") || slices.Contains([]string{"node_modules", "third_party", "vendor", "dist", "testdata"}, base) {
		return fs.SkipDir
	}
	if _, err := fs.Stat(dir, name+"/go.mod"); err == nil {
		return fs.SkipDir
	}
	return nil
}

func (t *tree) take(name string, b []byte) error {
	f, err := parser.ParseFile(token.NewFileSet(), name, b, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := path.Dir(name)
	into := t.imports
	if strings.HasSuffix(name, "_test.go") {
		into = t.tests
	}
	if into[dir] == nil {
		into[dir] = []string{}
	}
	for _, spec := range f.Imports {
		imp, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		if !slices.Contains(into[dir], imp) {
			into[dir] = append(into[dir], imp)
		}
	}
	if strings.HasSuffix(name, "_test.go") {
		return nil
	}
	for _, decl := range f.Decls {
		fn := "var"
		if d, ok := decl.(*ast.FuncDecl); ok {
			fn = d.Name.Name
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Reveal" {
				t.reveals[dir+"."+fn]++
			}
			return true
		})
	}
	return nil
}

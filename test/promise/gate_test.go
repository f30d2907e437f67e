package promise_test

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	puts   = regexp.MustCompile(`(?is)\b(?:insert|replace)\s+(?:or\s+\w+\s+)?into\s+(message|outbox)\b`)
	unsaid = regexp.MustCompile(`(?is)\b(?:insert|replace)\s+(?:or\s+\w+\s+)?into\s*$`)
	side   = regexp.MustCompile(`'(caller|line)'`)
)

// A door is a function that writes what goes to a caller.
type door struct {
	what string // message, outbox, or a table that only the running program knows
	side string // caller or line, where the SQL says so
	at   token.Pos
	fn   *ast.FuncDecl
}

// doors lists the functions of a package that write an outbound row: by what the compiler
// makes of their constants, so that SQL put together of pieces is seen whole.
func doors(info *types.Info, files []*ast.File) (out []door) {
	for _, f := range files {
		for _, d := range f.Decls {
			fn, _ := d.(*ast.FuncDecl)
			inside := map[ast.Expr]bool{}
			ast.Inspect(d, func(n ast.Node) bool {
				e, ok := n.(ast.Expr)
				if !ok || inside[e] {
					return true
				}
				v := info.Types[e].Value
				if v == nil || v.Kind() != constant.String {
					return true
				}
				if b, ok := e.(*ast.BinaryExpr); ok {
					inside[b.X], inside[b.Y] = true, true
				}
				s := constant.StringVal(v)
				for _, m := range puts.FindAllStringSubmatchIndex(s, -1) {
					found := door{what: strings.ToLower(s[m[2]:m[3]]), at: e.Pos(), fn: fn}
					if of := side.FindStringSubmatch(s[m[1]:]); of != nil && found.what == "message" {
						found.side = of[1]
					}
					out = append(out, found)
				}
				if unsaid.MatchString(s) {
					out = append(out, door{what: "any", at: e.Pos(), fn: fn})
				}
				return true
			})
		}
	}
	return out
}

// named is a function as it is called in a complaint.
func named(pkg string, fn *ast.FuncDecl) string {
	if fn == nil {
		return pkg + ".var"
	}
	return pkg + "." + fn.Name.Name
}

// asks lists where a function asks the gate, and, by the function it calls, where it calls
// one of its own package.
func asks(info *types.Info, fn *ast.FuncDecl) (gate []token.Pos, calls map[types.Object][]token.Pos) {
	calls = map[types.Object][]token.Pos{}
	if fn == nil {
		return nil, calls
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || info.Uses[id] == nil {
			return true
		}
		o, ok := info.Uses[id].(*types.Func)
		if !ok {
			return true
		}
		calls[o] = append(calls[o], id.Pos())
		if o.FullName() == "(*"+module+"internal/hotline/contact.Book).allow" {
			gate = append(gate, id.Pos())
		}
		return true
	})
	return gate, calls
}

// ungated complains of the doors of a package that are reached without the gate: each
// function that writes an outbound row asks it before, or is called only by those that
// have asked it before.
func ungated(info *types.Info, pkg string, files []*ast.File) (out []string) {
	funcs := map[types.Object]*ast.FuncDecl{}
	for _, f := range files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				funcs[info.Defs[fn.Name]] = fn
			}
		}
	}
	var guarded func(fn *ast.FuncDecl, at token.Pos, seen []*ast.FuncDecl) bool
	guarded = func(fn *ast.FuncDecl, at token.Pos, seen []*ast.FuncDecl) bool {
		if fn == nil || slices.Contains(seen, fn) {
			return false
		}
		gate, _ := asks(info, fn)
		if slices.ContainsFunc(gate, func(p token.Pos) bool { return p < at }) {
			return true
		}
		if fn.Name.IsExported() {
			return false
		}
		called := false
		for _, other := range funcs {
			_, calls := asks(info, other)
			for _, p := range calls[info.Defs[fn.Name]] {
				called = true
				if !guarded(other, p, append(seen, fn)) {
					return false
				}
			}
		}
		return called
	}
	for _, d := range doors(info, files) {
		if d.side == "caller" || guarded(d.fn, d.at, nil) {
			continue
		}
		out = append(out, named(pkg, d.fn)+" "+d.what+" "+d.side)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// gates complains of what stands in the gate's place: whoever asks it beside the book, and
// a book that is made with another gate than the safety engine.
func gates(info *types.Info, pkg string, files []*ast.File) (out []string) {
	for _, f := range files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if sel := info.Selections[s]; sel != nil && sel.Obj().Name() == "Allow" && strings.HasSuffix(types.TypeString(sel.Recv(), nil), "internal/hotline/contact.Gate") {
						out = append(out, named(pkg, fn)+" asks")
					}
				}
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				callee, ok := call.Fun.(*ast.SelectorExpr)
				if !ok || info.Uses[callee.Sel] == nil {
					return true
				}
				if o, ok := info.Uses[callee.Sel].(*types.Func); ok && o.FullName() == module+"internal/hotline/contact.New" {
					out = append(out, named(pkg, fn)+" "+strings.ReplaceAll(types.TypeString(info.Types[call.Args[5]].Type, nil), module, ""))
				}
				return true
			})
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Every door by which the program can reach a person passes the one gate of the safety
// engine. The doors are found in the code's types. Beside it stand what she says herself,
// "Are you still there?", which is the machine's and has a rule of its own, and a restore,
// which writes whole tables back.
func TestEveryDoorPassesTheGate(t *testing.T) {
	w := readTree(t)
	aside := map[string]string{
		"internal/hotline/contact.Ask message line": "the machine's question, once, to whoever is there",
		"internal/backup.insert any ":               "a restore writes whole tables back",
	}
	var open, asked []string
	for _, p := range w.pkgs {
		if strings.HasSuffix(p.ImportPath, "test") || strings.Contains(p.ImportPath, "/test/") {
			continue
		}
		info, files := w.typed(t, p, "")
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, d := range ungated(info, name, files) {
			if _, ok := aside[d]; ok {
				delete(aside, d)
				continue
			}
			open = append(open, d)
		}
		asked = append(asked, gates(info, name, files)...)
	}
	for _, d := range open {
		t.Errorf("%s: a door without the gate", d)
	}
	for d, why := range aside {
		t.Errorf("%s stands aside (%s) and is not there", d, why)
	}
	want := []string{
		"internal/app.Bury untyped nil", // it erases, and sends nothing
		"internal/app.OpenLine *internal/hotline/safety.Engine", "internal/hotline/contact.allow asks",
	}
	slices.Sort(asked)
	if !slices.Equal(asked, want) {
		t.Errorf("the gate stands at %q, want %q", asked, want)
	}
}

// Each of these planted doors is seen.
func TestPlantedDoorsWithoutTheGateAreSeen(t *testing.T) {
	w := readTree(t)
	planted := func(dir, source, want string) {
		t.Helper()
		for _, p := range w.pkgs {
			if p.ImportPath != module+dir {
				continue
			}
			info, files := w.typed(t, p, source)
			found := append(ungated(info, dir, files), gates(info, dir, files)...)
			if !slices.ContainsFunc(found, func(s string) bool { return strings.HasPrefix(s, dir+"."+want) }) {
				t.Errorf("%s: not seen; found %q", source, found)
			}
			return
		}
		t.Fatalf("no package %s", dir)
	}
	const head = "package contact\nimport \"" + module + "internal/db\"\n"
	for source, want := range map[string]string{
		head + "func (b *Book) Shout(tx db.Tx) error { _, err := tx.Exec(`INSERT INTO message (contact, side) VALUES ($1, 'advocate')`); return err }":                                     "Shout message",
		head + "func shout(tx db.Tx) error { _, err := tx.Exec(`insert\n into outbox (id) VALUES ($1)`); return err }":                                                                     "shout outbox",
		head + "const of = `outbox`\nfunc (b *Book) Shout(tx db.Tx) error { _, err := tx.Exec(`INSERT ` + `INTO ` + of + ` (id) VALUES ($1)`); return err }":                               "Shout outbox",
		head + "func (b *Book) Shout(tx db.Tx, of string) error { _, err := tx.Exec(`INSERT INTO ` + of + ` (id) VALUES ($1)`); return err }":                                              "Shout any",
		head + "func (b *Book) Shout(tx db.Tx) error { return b.putOut(tx, ``, outbound{}) }":                                                                                              "putOut outbox",
		head + "func (b *Book) Shout(tx db.Tx) error { if _, err := tx.Exec(`INSERT INTO outbox (id) VALUES (1)`); err != nil { return err }; return b.allow(tx, Contact{}, nil, Out{}) }": "Shout outbox",
		head + "func (b *Book) Shout(tx db.Tx) error { return b.gate.Allow(tx, Contact{}, nil, Out{}) }":                                                                                   "Shout asks",
	} {
		planted("internal/hotline/contact", source, want)
	}
	planted("internal/app", "package app\nimport (\""+module+"internal/db\"; \""+module+"internal/hotline/contact\")\ntype lax struct{}\nfunc (lax) Allow(db.Tx, contact.Contact, *contact.Head, contact.Out) error { return nil }\n"+
		"func other() *contact.Book { return contact.New(nil, nil, nil, nil, nil, lax{}, nil, contact.Settings{}) }", "other internal/app.lax") //nolint:dupword // arguments
}

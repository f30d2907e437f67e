package promise_test

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// What leaves the house for others than her stands in these tables: what is reported, who is
// called, what is consented and overridden, whose record is handed out.
var outward = regexp.MustCompile(`(?is)\b(?:insert\s+into|replace\s+into|update)\s+(decision_act|emergency|consent|export_request)\b`)

// exits lists the exported functions of a package by which such a row is written, directly or
// by way of others of the package.
func exits(info *types.Info, pkg string, files []*ast.File) (out []string) {
	writes := map[*ast.FuncDecl]bool{}
	funcs := map[types.Object]*ast.FuncDecl{}
	for _, f := range files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			funcs[info.Defs[fn.Name]] = fn
			ast.Inspect(fn, func(n ast.Node) bool {
				if e, ok := n.(ast.Expr); ok {
					if v := info.Types[e].Value; v != nil && v.Kind() == constant.String && outward.MatchString(constant.StringVal(v)) {
						writes[fn] = true
					}
				}
				return true
			})
		}
	}
	for changed := true; changed; {
		changed = false
		for _, fn := range funcs {
			if writes[fn] {
				continue
			}
			_, calls := asks(info, fn)
			for o := range calls {
				if other := funcs[o]; other != nil && writes[other] {
					writes[fn], changed = true, true
				}
			}
		}
	}
	for fn := range writes {
		if fn.Name.IsExported() {
			of := ""
			if fn.Recv != nil {
				of = types.ExprString(fn.Recv.List[0].Type) + "."
			}
			out = append(out, pkg+" "+strings.TrimPrefix(of, "*")+fn.Name.Name)
		}
	}
	return out
}

// grounds lists the constants of every type called Ground that a package declares.
func grounds(info *types.Info, pkg string) (out []string) {
	for _, o := range info.Defs {
		c, ok := o.(*types.Const)
		if !ok {
			continue
		}
		if n, ok := types.Unalias(c.Type()).(*types.Named); ok && n.Obj().Name() == "Ground" {
			out = append(out, pkg+" "+constant.StringVal(c.Val()))
		}
	}
	return out
}

// An exit is a door by which something leaves the house, tried on one ground: whether it
// goes before a second person has spoken, and with her word.
type exit struct {
	name  string
	tries func(t *testing.T, w *desks, ground string, second bool) bool
}

// desks is a line with two advocates and a supervisor.
type desks struct {
	*hotlinetest.World
	ana, sol *hotlinetest.Person
}

func (w *desks) her(t *testing.T) hotline.ContactID {
	t.Helper()
	return w.Arrive(t, "words").Contact
}

func (w *desks) now(t *testing.T) (ms int64) {
	t.Helper()
	must(t, w.Engine.Main.Read(t.Context(), func(tx db.Tx) (err error) { ms, err = db.Now(tx); return err }))
	return ms
}

// rings reports whether something rings for the supervisors.
func (w *desks) rings(t *testing.T, id hotline.ContactID, kind string) bool {
	t.Helper()
	alerts, err := w.Book.Alerts(t.Context())
	must(t, err)
	return slices.ContainsFunc(alerts, func(a contact.Alert) bool { return a.Contact == id && a.Kind == kind })
}

// doorsOut are the exits of the house, each as people use it.
func doorsOut() []exit {
	return []exit{
		{"a report that the law asks", reported},
		{"help called from outside", called},
		{"what is passed on", passedOn},
		{"a record handed out", handedOut},
	}
}

func reported(t *testing.T, w *desks, ground string, second bool) bool {
	id, decision := w.her(t), hotline.NewID()
	urgent := policy.Outcome{Due: []policy.Entry{{Urgent: true}}}
	book, left := w.Decisions(), false
	take := func(p *hotlinetest.Person, seen int, a policy.Act) error {
		return w.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error {
			k, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "test")
			must(t, err)
			o := policy.Owner{ID: string(id), Allow: func(db.Tx) error { return nil }}
			if seen == 0 {
				_, err = book.Begin(t.Context(), p.ID, o, k, decision, urgent)
			} else {
				_, err = book.Take(t.Context(), p.ID, o, k, decision, seen, a)
			}
			return err
		})
	}
	words := seal.Conceal("words")
	must(t, take(w.ana, 0, policy.Act{}))
	if take(w.ana, 1, policy.Act{Kind: policy.Decide, Report: true, Ground: policy.Ground(ground), Words: words}) != nil {
		return false
	}
	seen := 2
	if second {
		must(t, take(w.sol, 2, policy.Act{Kind: policy.Confirm}))
		seen = 3
	}
	left = take(w.ana, seen, policy.Act{Kind: policy.Send, How: policy.Print, To: words, Words: words}) == nil
	if left && !second {
		w.Advance(t, 25*time.Hour)
		var late []string
		must(t, w.Engine.Main.Read(t.Context(), func(tx db.Tx) (err error) { late, err = policy.Overdue(tx, w.now(t)); return err }))
		if !slices.Contains(late, string(id)) {
			t.Errorf("a report on %s waits for nobody", ground)
		}
		w.signIn(t)
	}
	return left
}

func called(t *testing.T, w *desks, ground string, second bool) bool {
	id := w.her(t)
	e := emergency.Emergency{ID: hotline.NewID(), Ground: emergency.Ground(ground), Reason: "she said so"}
	if ground == string(emergency.Duty) {
		e.Decision = hotlinetest.AtOnce
	}
	err := w.Emergency(t, w.ana, id, func(of emergency.Of) (err error) { e, err = w.Emergencies.Open(t.Context(), of, e); return err })
	if err != nil {
		return false
	}
	must(t, w.Emergency(t, w.ana, id, func(of emergency.Of) (err error) {
		if e, err = w.Emergencies.Call(t.Context(), of, e.ID, e.Version); err != nil {
			return err
		}
		e, err = w.Emergencies.Send(t.Context(), of, e.ID, e.Version, emergency.Dispatch{ID: hotline.NewID(), Unit: "Unit"})
		return err
	}))
	if ground == string(emergency.Wish) {
		return true
	}
	if second {
		must(t, w.Emergency(t, w.sol, id, func(of emergency.Of) error {
			_, err := w.Emergencies.Answer(t.Context(), of, e.ID, e.Version, emergency.Confirmed, "it was right")
			return err
		}))
		return true
	}
	w.Advance(t, 25*time.Hour)
	must(t, w.Emergencies.RingOverdue(t.Context()))
	if !w.rings(t, id, contact.Unconfirmed) {
		t.Errorf("a call on %s waits for nobody", ground)
	}
	w.signIn(t)
	return true
}

func passedOn(t *testing.T, w *desks, ground string, second bool) bool {
	id := w.her(t)
	a := consent.Act{
		Kind: consent.Override, ID: hotline.NewID(), Ground: policy.Ground(ground), Words: "why",
		Terms: consent.Terms{What: []consent.Scope{"place"}, To: "Police", Purpose: "police", Until: w.now(t) + 72*time.Hour.Milliseconds()},
	}
	if a.Ground == policy.DutyAtOnce {
		a.Duty = hotlinetest.AtOnce
	}
	if _, err := w.Consent(t, w.ana, id, a); err != nil {
		return false
	}
	if second {
		_, err := w.Consent(t, w.sol, id, consent.Act{Kind: consent.Approve, ID: a.ID, Words: "yes"})
		must(t, err)
	}
	allows := func() bool {
		t.Helper()
		all, err := w.ConsentsOf(t, w.ana, id)
		must(t, err)
		return all.Allows(consent.Question{About: string(id), What: a.Terms.What, To: "Police", Purpose: "police", Now: w.now(t)}).OK
	}
	left := allows()
	if left && !second {
		w.Advance(t, 25*time.Hour)
		w.signIn(t)
		if allows() {
			t.Errorf("on %s it still goes after a day that nobody has answered", ground)
		}
		must(t, w.Consents.RingOverdue(t.Context()))
		if !w.rings(t, id, contact.PassedOn) {
			t.Errorf("an override on %s waits for nobody", ground)
		}
	}
	return left
}

// A record knows no ground: two people hand it out.
func handedOut(t *testing.T, w *desks, _ string, second bool) bool {
	id := w.her(t)
	var request string
	must(t, w.Keeper.With(t.Context(), w.ana.Token, func(r *vault.Ring) error {
		k, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "test")
		must(t, err)
		h, err := k.Head(t.Context())
		must(t, err)
		request, err = w.Record.AskExport(t.Context(), w.ana.ID, situation.OfContact(id, k, h.N), k, seal.Conceal("why"))
		return err
	}))
	if err := w.Record.ApproveExport(t.Context(), w.ana.ID, request); err == nil {
		t.Error("one person hands a record out")
	}
	if second {
		must(t, w.Record.ApproveExport(t.Context(), w.sol.ID, request))
	}
	_, err := w.Record.TakeExport(t.Context(), w.ana.ID, request)
	return err == nil
}

func (w *desks) signIn(t *testing.T) {
	t.Helper()
	w.SignIn(t, w.ana)
	w.SignIn(t, w.sol)
}

// third complains of every ground on which something leaves before a second person has
// spoken, but the two that are urgent and her own wish.
func third(t *testing.T, w *desks, doors []exit, codes []string) (out []string, alone map[string]int) {
	t.Helper()
	urgent := []string{"danger_now", "duty_at_once", "danger", "duty"} // as reports and overrides call them, and as emergencies do
	alone = map[string]int{}
	for _, d := range doors {
		for _, g := range codes {
			if !d.tries(t, w, g, false) {
				continue
			}
			alone[g]++
			if !slices.Contains(urgent, g) && g != "wish" || d.name != "help called from outside" && g == "duty" {
				out = append(out, fmt.Sprintf("%s leaves on %q alone", d.name, g))
			}
		}
	}
	return out, alone
}

// Over every door by which something leaves the house, found in the code's types, and every
// ground that the code knows: nothing leaves without her consent or two people, but on
// exactly two grounds, for which somebody answers within a day.
func TestExactlyTwoGroundsLeaveBeforeASecondPerson(t *testing.T) {
	w := readTree(t)
	known := map[string]string{ // exported way out: the door that tries it, or why it is none
		"policy Decisions.Begin": "a report that the law asks", "policy Decisions.Take": "a report that the law asks",
		"emergency Book.Open": "help called from outside", "emergency Book.Call": "help called from outside", "emergency Book.Send": "help called from outside",
		"emergency Book.Says": "help called from outside", "emergency Book.Came": "it notes what came back", "emergency Book.End": "it notes how it ended",
		"emergency Book.Answer": "the second person's own", "emergency Round": "it takes the hour away",
		"consent Book.Do": "what is passed on", "consent Book.Mend": "it empties",
		"situation Record.AskExport": "a record handed out", "situation Record.ApproveExport": "a record handed out", "situation Record.TakeExport": "a record handed out",
	}
	var codes []string
	of := map[string]bool{}
	for _, p := range w.pkgs {
		short := strings.TrimPrefix(p.ImportPath, module+"internal/hotline/")
		if short == p.ImportPath || strings.HasSuffix(short, "test") {
			continue
		}
		info, files := w.typed(t, p, "")
		for _, e := range exits(info, short, files) {
			if _, ok := known[e]; !ok {
				t.Errorf("%s: a way out of the house that nobody has tried", e)
			}
			delete(known, e)
		}
		for _, g := range grounds(info, short) {
			pkg, code, _ := strings.Cut(g, " ")
			of[pkg] = true
			codes = append(codes, code)
		}
	}
	for e, why := range known {
		t.Errorf("%s (%s) is not there", e, why)
	}
	if len(of) != 2 || !of["policy"] || !of["emergency"] {
		t.Errorf("grounds are declared in %v", of)
	}
	slices.Sort(codes)
	codes = append(slices.Compact(codes), "anything")
	hotlinetest.Lines(t, func(t *testing.T, l *hotlinetest.World) {
		d := &desks{l, l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)}
		found, alone := third(t, d, doorsOut(), codes)
		for _, f := range found {
			t.Error(f)
		}
		for _, g := range []string{"danger_now", "duty_at_once"} {
			if alone[g] != 2 {
				t.Errorf("on %s %d doors let one person go first, want a report and what is passed on", g, alone[g])
			}
		}
		if alone["danger"] != 1 || alone["duty"] != 1 {
			t.Errorf("help is called on danger %d and duty %d times", alone["danger"], alone["duty"])
		}
		for _, x := range doorsOut() {
			if !slices.ContainsFunc(codes, func(g string) bool { return x.tries(t, d, g, true) }) {
				t.Errorf("%s leaves on no ground, not even by two", x.name)
			}
		}
		// A door that lets a third ground go is seen.
		planted := exit{"planted", func(_ *testing.T, _ *desks, g string, _ bool) bool { return policy.Ground(g) == policy.ByOrder }}
		if found, _ := third(t, d, append(doorsOut(), planted), []string{string(policy.ByOrder)}); len(found) != 1 {
			t.Errorf("a third ground that is planted is not seen: %q", found)
		}
	})
}

// Planted ways out and planted grounds are seen.
func TestPlantedWaysOutAreSeen(t *testing.T) {
	w := readTree(t)
	planted := func(dir, source, want string, find func(*types.Info, string, []*ast.File) []string) {
		t.Helper()
		i := slices.IndexFunc(w.pkgs, func(p listed) bool { return p.ImportPath == module+"internal/hotline/"+dir })
		info, files := w.typed(t, w.pkgs[i], source)
		if found := find(info, dir, files); !slices.Contains(found, want) {
			t.Errorf("%s: not seen; found %q", source, found)
		}
	}
	const head = "package emergency\nimport \"" + module + "internal/db\"\n"
	planted("emergency", head+"func (b *Book) Hand(tx db.Tx) error { _, err := tx.Exec(`INSERT INTO emergency (id) VALUES (1)`); return err }", "emergency Book.Hand", exits)
	planted("emergency", head+"func Hand(tx db.Tx, e Emergency) error { return hand(tx, e) }\nfunc hand(tx db.Tx, e Emergency) error { return update(tx, e, nil) }", "emergency Hand", exits)
	planted("contact", "package contact\nimport \""+module+"internal/db\"\nfunc Hand(tx db.Tx) error { _, err := tx.Exec(`update consent set n = 1`); return err }", "contact Hand", exits)
	only := func(info *types.Info, pkg string, _ []*ast.File) []string { return grounds(info, pkg) }
	planted("policy", "package policy\nconst third Ground = \"third\"", "policy third", only)
	planted("contact", "package contact\ntype Ground string\nconst Third Ground = \"third\"", "contact third", only)
}

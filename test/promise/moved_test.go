package promise_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/opened"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// A cell is one sealed value, and how the program opens it where it stands.
type cell struct {
	store db.Store
	where string // condition that finds its row; $2 and on are its arguments
	args  []any
	open  func() error
}

// unused are columns that nobody writes yet. The test sees to it that they are empty;
// who begins to write one gives it a cell.
func unused() []string {
	return []string{"main person.on_call"}
}

// elsewhere are columns that other packages seal; their own tests move them.
func elsewhere() []string { return nil }

// scene is a line on which everything that is sealed stands at least twice.
type scene struct {
	*hotlinetest.World
	ana, bea, pat, gone *hotlinetest.Person
	a, b                *hotlinetest.Caller
	digits              seal.Text
	leaf, note, message string
	field, decision     string
	situation           hotline.SituationID
	task                string
	mark, sentence      string
	texter              texter
	caller              hotline.ContactID
	harmed              string
	asked               asked
}

func newScene(t *testing.T, w *hotlinetest.World) *scene {
	t.Helper()
	s := &scene{World: w, ana: w.Hire(t, hotline.Advocate), bea: w.Hire(t, hotline.Supervisor), pat: w.Hire(t, hotline.PrivacyOfficer)}
	for range 2 {
		p, code := w.Invite(t, w.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}})
		w.Redeem(t, p, code)
		s.gone = p
	}
	mira := w.Hire(t, hotline.Translator)
	for _, at := range []**hotlinetest.Caller{&s.a, &s.b} {
		c := w.Arrive(t, "her words")
		*at = c
		must(t, w.Book.Say(t.Context(), c.Contact, contact.Words{ID: hotline.NewID(), Text: seal.Conceal("by text")}))
		w.Take(t, s.ana, c.Contact)
		w.Note(t, s.ana, c.Contact, "our note")
		w.With(t, s.ana, func(r *vault.Ring) error {
			k, err := r.Open(t.Context(), vault.Ref{Contact: c.Contact, Record: true}, "export")
			must(t, err)
			head, err := k.Head(t.Context())
			must(t, err)
			_, err = w.Record.AskExport(t.Context(), s.ana.ID, situation.OfContact(c.Contact, k, head.N), k, seal.Conceal("a reason"))
			return err
		})
		must(t, w.Step(t, s.ana, c.Contact, "any", protocol.Deed{Kind: protocol.Marking, Step: "hello"}))
		must(t, w.Step(t, s.ana, c.Contact, "any", protocol.Deed{Kind: protocol.Marking, Step: "call"})) // which somebody signs
		must(t, w.Emergency(t, s.ana, c.Contact, func(of emergency.Of) error {
			_, err := w.Emergencies.Open(t.Context(), of, emergency.Emergency{ID: hotline.NewID(), Ground: emergency.Wish, Reason: "a reason"})
			return err
		}))
		_, err := w.Consent(t, s.ana, c.Contact, consent.Act{Kind: consent.SignOff, ID: hotline.NewID(), Label: "a plan"})
		must(t, err)
		s.field = w.Field(t, s.ana, c.Contact, hotline.NewID(), "our field")
		s.decision = w.Notice(t, s.ana, c.Contact)
		s.note, s.message = w.Note(t, s.ana, c.Contact, "another"), w.Say(t, c, "more words")
		_, err = w.Desk(t, s.ana, c.Contact)
		must(t, err)
		w.With(t, s.ana, func(r *vault.Ring) error {
			return w.Book.PutDraft(t.Context(), s.ana.ID, contact.Draft{Contact: c.Contact, Place: "composer", N: 1, Sealed: r.SealDraft(c.Contact, "composer", seal.Conceal("typed"))})
		})
		s.mark = w.Marked(t, s.ana, c.Contact, "a reply", interpret.Mark{Phrase: "limits", Said: seal.Conceal("what was meant")})
		w.Translator(t, s.ana, mira, c.Contact)
		s.sentence = w.Translate(t, s.ana, c.Contact, "", "a sentence")
		w.Translate(t, mira, c.Contact, s.sentence, "a sentence in her language")
		s.digits = w.ReturnCode(t, c)
		w.With(t, s.ana, func(r *vault.Ring) error { return s.situate(t, r, c.Contact) })
	}
	for _, from := range []string{"+15550101", "+15550102"} {
		s.texter = text(t, w, s.ana, from, "her words", "answer")
	}
	s.calls(t)
	s.harm(t)
	s.law(t)
	s.leaf = w.One(t, `SELECT l.id FROM leaf l JOIN contact c ON l.object = c.shred_k WHERE c.id = $1 LIMIT 1`, s.b.Contact)
	must(t, w.Keeper.End(t.Context(), s.bea.Token))
	return s
}

// cells give each sealed column one cell. What a case opens is what is in it: b is
// the caller who stands for "hers", ana and bea for "mine".
func (s *scene) cells(t *testing.T) map[string]cell {
	t.Helper()
	ctx := t.Context()
	with := func(p *hotlinetest.Person, f func(*vault.Ring) error) error { return s.Keeper.With(ctx, p.Token, f) }
	id := s.b.Contact
	cols, err := s.Book.Columns(ctx, id)
	must(t, err)
	page := func() error { _, err := s.Page(t, s.b); return err }
	signIn := func() error {
		tok, err := s.Accounts.SignIn(ctx, s.bea.Name, s.bea.Passphrase, s.Code(t, s.bea))
		if err == nil {
			err = s.Keeper.End(ctx, tok)
		}
		return err
	}
	operational := func(column, kind string) func() error {
		return func() error {
			var b []byte
			must(t, s.Engine.Main.One(ctx, `SELECT `+column+` FROM line`, nil, &b))
			_, err := s.Shred.Open(b, kind, string(s.Line))
			return err
		}
	}
	row := func(table, column, name string) func() error {
		return func() error {
			return with(s.ana, func(r *vault.Ring) error {
				k, err := r.Open(ctx, vault.Ref{Contact: id}, "test")
				if err != nil {
					return err
				}
				var b []byte
				must(t, s.Engine.Main.One(ctx, `SELECT `+column+` FROM `+table+` WHERE contact = $1 AND id = $2`, []any{id, name}, &b))
				_, err = k.Row(table, column, name, 1, b)
				return err
			})
		}
	}
	ask := s.One(t, `SELECT min(id) FROM to_sign WHERE contact = $1`, id)
	out := map[string]cell{
		"main message.mark":       {db.Main, `contact = $2 AND id = $3`, []any{id, s.mark}, row("message", "mark", s.mark)},
		"main translation.sealed": {db.Main, `contact = $2 AND id = $3`, []any{id, s.sentence}, row("translation", "sealed", s.sentence)},
		"main line.intake":        {db.Main, `id = $2`, []any{string(s.Line)}, operational("intake", "intake")},
		"main line.pepper":        {db.Main, `id = $2`, []any{string(s.Line)}, operational("pepper", "pepper")},
		"main key_grant.wrapped":  {db.Main, `object = $2 AND grantee = 'team/desk'`, []any{cols.ShredK}, func() error { _, err := s.Desk(t, s.ana, id); return err }},
		"main leaf.opening": {db.Main, `id = $2`, []any{s.leaf}, func() error {
			return with(s.pat, func(r *vault.Ring) error { _, err := r.Leaf(ctx, s.leaf); return err })
		}},
		"main slot.sealed":        {db.Main, `person = $2`, []any{s.bea.ID}, signIn},
		"main totp.seed":          {db.Main, `person = $2`, []any{s.bea.ID}, signIn},
		"main member.wrapped":     {db.Main, `person = $2 AND team = 'desk'`, []any{s.bea.ID}, signIn},
		"main session.blob":       {db.Main, `person = $2`, []any{s.pat.ID}, func() error { return with(s.pat, func(*vault.Ring) error { return nil }) }},
		"main contact.pub_secret": {db.Main, `id = $2`, []any{id}, func() error { _, err := s.Desk(t, s.ana, id); return err }},
		"main contact.head": {db.Main, `id = $2`, []any{id}, func() error {
			return with(s.ana, func(r *vault.Ring) error {
				vs, err := r.Heads(ctx, []hotline.ContactID{id})
				if err == nil {
					err = vs[0].Err
				}
				return err
			})
		}},
		"main caller.wrap":    {db.Main, `contact = $2`, []any{id}, page},
		"main message.sealed": {db.Main, `contact = $2 AND id = $3`, []any{id, s.message}, page},
		"main note.sealed":    {db.Main, `contact = $2 AND id = $3`, []any{id, s.note}, func() error { _, err := s.Notes(t, s.ana, id); return err }},
		"main export_request.why": {db.Main, `contact = $2`, []any{id}, func() error {
			return with(s.ana, func(r *vault.Ring) error {
				k, err := r.Open(ctx, vault.Ref{Contact: id, Record: true}, "test")
				must(t, err)
				all, err := s.Record.Exports(ctx)
				must(t, err)
				_, err = all[slices.IndexFunc(all, func(e situation.ExportRequest) bool { return e.Contact == id })].Why(k)
				return err
			})
		}},
		"main emergency.sealed": {db.Main, `contact = $2`, []any{id}, func() error {
			return s.Emergency(t, s.ana, id, func(of emergency.Of) error { _, err := s.Emergencies.All(ctx, of); return err })
		}},
		"main consent.sealed": {db.Main, `owner = $2`, []any{id}, func() error { _, err := s.ConsentsOf(t, s.ana, id); return err }},
		"main decision_act.sealed": {db.Main, `decision = $2`, []any{s.decision}, func() error {
			return s.Deciding(t, s.ana, id, func(o policy.Owner, k policy.Opener) error {
				_, err := s.Decisions().Of(ctx, o.ID, k)
				return err
			})
		}},
		"main record_field.sealed": {db.Main, `owner = $2 AND field = $3`, []any{id, s.field}, func() error { _, err := s.Fields(t, s.ana, id); return err }},
		"main following.sealed":    {db.Main, `contact = $2`, []any{id}, func() error { _, err := s.Followed(t, s.ana, id); return err }},
		"main to_sign.sealed": {db.Main, `id = $2`, []any{ask}, func() error {
			return with(s.ana, func(r *vault.Ring) error {
				k, err := r.Open(ctx, vault.Ref{Contact: id, Record: true}, "test")
				must(t, err)
				var sealed []byte
				var role string
				must(t, s.Engine.Main.One(ctx, `SELECT sealed, role FROM to_sign WHERE id = $1`, []any{ask}, &sealed, &role))
				_, err = k.Row("to_sign", "sealed", string(id)+" "+ask+" "+role, 1, sealed)
				return err
			})
		}},
		"main return_code.wrap": {db.Main, `contact = $2`, []any{id}, func() error { _, err := s.code(t); return err }},
		"main part.sealed":      {db.Main, `situation = $2 AND of = $3`, []any{s.situation, id}, func() error { return with(s.ana, s.whole(t)) }},
		"main part.detail":      {db.Main, `situation = $2 AND of = $3`, []any{s.situation, id}, func() error { return with(s.ana, s.names(t)) }},
		"main happening.sealed": {db.Main, `situation = $2 AND kind = 'note'`, []any{s.situation}, func() error { return with(s.ana, s.whole(t)) }},
		"main reading.sealed":   {db.Main, `contact = $2`, []any{id}, func() error { return with(s.ana, s.reason(t)) }},
		"main task.sealed":      {db.Main, `id = $2`, []any{s.task}, func() error { return with(s.ana, s.whole(t)) }},
		"main draft.sealed": {db.Main, `contact = $2`, []any{id}, func() error {
			all, err := s.Book.Drafts(ctx, s.ana.ID)
			must(t, err)
			return with(s.ana, func(r *vault.Ring) error {
				_, err := r.OpenDraft(all[slices.IndexFunc(all, func(d contact.Draft) bool { return d.Contact == id })])
				return err
			})
		}},
		"main invitation.sealed": {db.Main, `person = $2`, []any{s.gone.ID}, func() error {
			return with(s.First, func(r *vault.Ring) error { return s.Accounts.Confirm(ctx, r, s.gone.ID, seal.Text{}) })
		}},
		"shred entry.wrapped": {db.Shred, `id = $2`, []any{cols.ShredK}, page},
	}
	s.outboxCells(t, out)
	s.callCells(t, out)
	s.factCells(t, out)
	s.harmCells(t, out)
	s.lawCells(t, out)
	generation := cell{db.Shred, `n = $2`, []any{1}, func() error {
		_, err := shred.New(ctx, s.Engine.Shred, string(s.Line), s.Operator, s.KeyFile)
		return err
	}}
	if s.Engine.Name == string(db.Postgres) { // on SQLite the key stands in a file
		out["shred generation.wrapped"] = generation
	}
	return out
}

// situate makes a situation of a contact, with everything that is sealed in one.
func (s *scene) situate(t *testing.T, r *vault.Ring, c hotline.ContactID) error {
	t.Helper()
	at, err := s.Situations.Create(t.Context(), r, c)
	if err != nil {
		return err
	}
	names := seal.Conceal("a name")
	s.situation, s.task = at.ID, hotline.NewID()
	return errors.Join(
		s.Situations.Say(t.Context(), r, at.ID, situation.Said{Of: string(c), Version: 1, Role: seal.Conceal("herself"), Detail: &names}),
		s.Situations.Write(t.Context(), r, at.ID, hotline.NewID(), situation.Note, seal.Conceal("our own")),
		s.Situations.AskReading(t.Context(), r, at.ID, c, seal.Conceal("to go on")),
		s.Situations.Assign(t.Context(), r, at.ID, situation.Task{ID: s.task, Contact: c, Due: 1, Text: seal.Conceal("ask her")}),
	)
}

// whole opens a situation; what does not open in it is a refusal.
func (s *scene) whole(t *testing.T) func(*vault.Ring) error {
	t.Helper()
	return func(r *vault.Ring) error {
		w, err := s.Situations.Open(t.Context(), r, s.situation, "test")
		if err != nil {
			return err
		}
		gone := w.Tasks[0].Gone
		for _, p := range w.Parts {
			gone = gone || p.Gone
		}
		for _, h := range w.Happenings {
			gone = gone || h.Gone
		}
		if gone {
			return box.ErrOpen
		}
		return nil
	}
}

// reason opens why somebody asks to read.
func (s *scene) reason(t *testing.T) func(*vault.Ring) error {
	t.Helper()
	return func(r *vault.Ring) error {
		all, err := s.Situations.Readings(t.Context(), s.ana.ID, false)
		must(t, err)
		_, err = s.Situations.Why(t.Context(), r, all[slices.IndexFunc(all, func(g situation.Reading) bool { return g.Contact == s.b.Contact })])
		return err
	}
}

func (s *scene) names(t *testing.T) func(*vault.Ring) error {
	t.Helper()
	return func(r *vault.Ring) error {
		_, err := s.Situations.Detail(t.Context(), r, s.situation, string(s.b.Contact), "test")
		return err
	}
}

// code opens by the code what its row holds, and joins nobody.
func (s *scene) code(t *testing.T) (string, error) {
	t.Helper()
	c, err := s.Return(t, s.digits)
	if err == nil {
		s.SQL(t, `DELETE FROM caller WHERE lookup = $1`, c.By.Lookup)
	}
	return "", err
}

func (s *scene) db(store db.Store) *db.DB {
	if store == db.Shred {
		return s.Engine.Shred
	}
	return s.Engine.Main
}

// P6: a ciphertext moved to another row, object or column does not open. Each sealed
// column of the schema is tried with each other's values, and with those of its own
// other rows.
func TestMovedCiphertextDoesNotOpen(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		s := newScene(t, w)
		cells := s.cells(t)
		values := s.values(t)
		columns, err := db.Columns()
		must(t, err)
		r := rand.New(rand.NewPCG(6, 6))
		for _, c := range columns {
			name := fmt.Sprintf("%s %s.%s", c.Store, c.Table, c.Name)
			if !c.Sealed || slices.Contains(elsewhere(), name) {
				continue
			}
			if slices.Contains(unused(), name) {
				if len(values[name]) > 0 {
					t.Errorf("%s is written: say how it opens", name)
				}
				continue
			}
			at, ok := cells[name]
			switch {
			case ok:
				s.try(t, r, name, c, at, values)
			case len(values[name]) > 0 || w.Engine.Name == string(db.Postgres):
				t.Errorf("%s is sealed: say how it opens", name)
			}
		}
	})
}

// values reads all that is sealed, by column.
func (s *scene) values(t *testing.T) map[string][][]byte {
	t.Helper()
	out := map[string][][]byte{}
	columns, err := db.Columns()
	must(t, err)
	for _, c := range columns {
		if !c.Sealed || !slices.Contains(c.On, db.Engine(s.Engine.Name)) {
			continue
		}
		name := fmt.Sprintf("%s %s.%s", c.Store, c.Table, c.Name)
		must(t, s.db(c.Store).Read(t.Context(), func(tx db.Tx) (err error) {
			out[name], err = db.Values[[]byte](tx, `SELECT `+c.Name+` FROM `+c.Table+` WHERE `+c.Name+` IS NOT NULL`)
			return err
		}))
	}
	return out
}

// try opens one cell as it is, then with what stands elsewhere in its place.
func (s *scene) try(t *testing.T, r *rand.Rand, name string, c db.Column, at cell, values map[string][][]byte) {
	t.Helper()
	read := func() (b []byte) {
		t.Helper()
		if err := s.db(at.store).One(t.Context(), renumber(`SELECT `+c.Name+` FROM `+c.Table+` WHERE `+at.where), at.args, &b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return b
	}
	was := read()
	put := func(b []byte) {
		t.Helper()
		must(t, s.db(at.store).Write(t.Context(), func(tx db.Tx) error {
			n, err := tx.Exec(`UPDATE `+c.Table+` SET `+c.Name+` = $1 WHERE `+at.where, append([]any{b}, at.args...)...)
			if err == nil && n != 1 {
				err = fmt.Errorf("%d rows", n)
			}
			return err
		}))
	}
	invited := name == "main invitation.sealed" // opens once
	if !invited {
		if err := at.open(); err != nil {
			t.Fatalf("%s does not open where it stands: %v", name, err)
		}
		was = read() // opening may seal anew
	}
	tried := 0
	for from, all := range values {
		others := slices.DeleteFunc(slices.Clone(all), func(b []byte) bool { return bytes.Equal(b, was) })
		r.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
		most := 1
		if from == name {
			most = 8 // nearly all of them
		}
		for _, b := range others[:min(most, len(others))] {
			put(b)
			tried++
			if err := at.open(); err == nil {
				t.Errorf("%s opens with a value of %s", name, from)
			} else if !refusal(err) {
				t.Errorf("%s, with a value of %s: got %v, want a refusal", name, from, err)
			}
		}
	}
	put(was)
	if err := at.open(); err != nil {
		t.Errorf("%s, put back, does not open: %v", name, err)
	}
	if tried < 8 {
		t.Errorf("%s was tried with %d values only", name, tried)
	}
}

// refusal tells that something did not open from everything else that may go wrong.
func refusal(err error) bool {
	for _, e := range refusals() {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func refusals() []error {
	return []error{box.ErrOpen, seal.ErrUnvouched, vault.ErrDenied, shred.ErrOld, account.ErrSignIn, audit.ErrBroken, consent.ErrPutBack, emergency.ErrBroken}
}

// renumber is for a condition whose arguments begin at $2.
func renumber(q string) string {
	return strings.NewReplacer("$2", "$1", "$3", "$2").Replace(q)
}

// The same for what a database holds one of: another version, side, form, scope,
// kind, team, epoch and line, each by itself.
func TestContextsKeepEverythingApart(t *testing.T) {
	t.Parallel()
	l := hotlinetest.Line
	g := seal.Grant{Object: "o", Grantee: "team/desk", Epoch: 1, Scope: seal.Body, Kind: seal.HPKE}
	change := func(f func(*seal.Grant)) box.Context { c := g; f(&c); return l.Grant(c) }
	all := map[string]box.Context{
		"message": l.Message("o", "m", seal.Caller, seal.Symmetric), "message: object": l.Message("p", "m", seal.Caller, seal.Symmetric),
		"message: id": l.Message("o", "n", seal.Caller, seal.Symmetric), "message: side": l.Message("o", "m", seal.Advocate, seal.Symmetric),
		"message: form": l.Message("o", "m", seal.Caller, seal.Public), "message: line": seal.Line("other").Message("o", "m", seal.Caller, seal.Symmetric),
		"row": l.Row("o", "t", "c", "r", 1), "row: object": l.Row("p", "t", "c", "r", 1), "row: table": l.Row("o", "u", "c", "r", 1), "row: column": l.Row("o", "t", "d", "r", 1),
		"row: row": l.Row("o", "t", "c", "s", 1), "row: version": l.Row("o", "t", "c", "r", 2), "row: line": seal.Line("other").Row("o", "t", "c", "r", 1),
		"grant": l.Grant(g), "grant: object": change(func(g *seal.Grant) { g.Object = "p" }), "grant: grantee": change(func(g *seal.Grant) { g.Grantee = "person/desk" }),
		"grant: epoch": change(func(g *seal.Grant) { g.Epoch = 2 }), "grant: scope": change(func(g *seal.Grant) { g.Scope = seal.Head }),
		"grant: kind": change(func(g *seal.Grant) { g.Kind = seal.Sym }), "grant: line": seal.Line("other").Grant(g),
		"member": l.Member("desk", 1, "ana"), "member: team": l.Member("stats", 1, "ana"), "member: epoch": l.Member("desk", 2, "ana"), "member: person": l.Member("desk", 1, "bea"),
		"member: line": seal.Line("other").Member("desk", 1, "ana"),
		"wrap":         l.Wrap("cookie", "o", []byte("l")), "wrap: by": l.Wrap("code", "o", []byte("l")), "wrap: object": l.Wrap("cookie", "p", []byte("l")), "wrap: lookup": l.Wrap("cookie", "o", []byte("m")),
		"wrap: line": seal.Line("other").Wrap("cookie", "o", []byte("l")),
		"cert":       l.Cert("ana", []byte("k")), "cert: person": l.Cert("bea", []byte("k")), "cert: line": seal.Line("other").Cert("ana", []byte("k")),
		"statement": l.Statement([]byte("b")), "statement: line": seal.Line("other").Statement([]byte("b")),
	}
	seen := map[string]string{}
	for name, c := range all {
		hash := string(c.Hash())
		if other, ok := seen[hash]; ok {
			t.Errorf("%s and %s have one context", name, other)
		}
		seen[hash] = name
	}
	// And what is sealed in one does not open in another.
	key := box.Random(box.Size)
	words := seal.NewKey(l, "o", key).Message("m", seal.Caller, 5, seal.Conceal("words"))
	if m, err := (opened.Key{Line: l, Object: "o", Key: key}).Message(nil, seal.Columns{}, seal.Sealed{ID: "m", Side: seal.Caller, Form: seal.Symmetric, Sealed: words}); err != nil || m.At != 5 {
		t.Errorf("got %v, %v", m.At, err)
	}
	for _, k := range []opened.Key{{Line: "other", Object: "o", Key: key}, {Line: l, Object: "p", Key: key}, {Line: l, Object: "o", Key: box.Random(box.Size)}} {
		_, err := k.Message(nil, seal.Columns{}, seal.Sealed{ID: "m", Side: seal.Caller, Form: seal.Symmetric, Sealed: words})
		refused(t, err, box.ErrOpen)
	}
}

package desk_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// What the privacy officer notes without opening the contact is signed, in her name, by
// the desk that shows it; and the board forgets it.
func TestANotedSignoffIsTakenOver(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		words := map[string]form.Words{"en": {Label: "Any"}}
		p := protocol.Protocol{Words: words, Fits: [][]form.Cond{{{Field: "contact.path", Is: form.IsNot, Values: []string{"tip"}}}}, Steps: []protocol.Step{
			{ID: "call", Kind: protocol.Do, Words: words, Sign: protocol.Counsel}, {ID: "then", Kind: protocol.Do, Words: words},
		}}
		hotlinetest.Must(t, l.editions.Begin(t.Context(), l.First.ID, protocol.Key("heron"), p.Body()))
		ana, sue, officer := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor), l.Hire(t, hotline.PrivacyOfficer)
		c := l.Arrive(t, "her words")
		l.Take(t, ana, c.Contact)
		id := string(c.Contact)
		hers, _ := l.at(t, ana)
		board, _ := l.at(t, sue)
		await[desk.ProceduresFrame](hers, "procedures", nil)
		hers.say("procedure", desk.OpenProcedure{Contact: id, Name: "heron"})
		hers.steps("heron", func(p desk.Procedure) bool { return len(p.Steps) == 2 })
		hers.say("step", desk.PutStep{Contact: id, Procedure: "heron", Kind: "mark", Step: "call"})
		shown := await(board, "board", func(f desk.BoardFrame) bool { return len(f.Board.Signs) == 1 }).Board.Signs[0]
		if shown.Contact != id || shown.Role != string(protocol.Counsel) || shown.By != ana.Name || shown.Since == 0 || shown.May {
			t.Errorf("the board shows %+v", shown)
		}
		hotlinetest.Must(t, l.Keeper.With(t.Context(), officer.Token, func(r *vault.Ring) error {
			return l.Procedures.Note(t.Context(), officer.ID, shown.ID, protocol.Yes, r.Sign)
		}))
		got := hers.steps("heron", func(p desk.Procedure) bool { return len(p.Steps) == 2 && p.Steps[0].Signed != "" })
		if s := got.Steps[0]; s.Signed != protocol.Yes || s.SignedBy != officer.Name || got.Open != 0 {
			t.Errorf("signed %q by %s", s.Signed, s.SignedBy)
		}
		await(board, "board", func(f desk.BoardFrame) bool { return len(f.Board.Signs) == 0 })
	})
}

// Where an older state of the steps was put back, the desk shows none of it and says so;
// nothing is added to it, and a supervisor, no advocate, has them begin anew.
func TestOldStepsAreNotShown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l, ana, c := taken(t, e)
		l.guided(t)
		sue := l.Hire(t, hotline.Supervisor)
		id := string(c.Contact)
		hotlinetest.Must(t, l.StepUnder(t, ana, c.Contact, "heron", 1, protocol.Deed{Kind: protocol.Marking, Step: "hello"}, func() {}))
		l.SQL(t, `DELETE FROM following WHERE contact = $1`, id)
		board, _ := l.at(t, sue)
		hers, _ := l.at(t, ana)
		if f := await[desk.ProceduresFrame](hers, "procedures", nil); !f.Old || f.Anew || len(f.All) != 0 {
			t.Errorf("shown are %d, old %v", len(f.All), f.Old)
		}
		await(board, "alert", func(f desk.AlertFrame) bool { return f.Alert.Kind == "old_steps" && f.Alert.Contact == id })
		refused := func(kind, step, key string) {
			t.Helper()
			if got := hers.refusal("step", desk.PutStep{Contact: id, Procedure: "heron", Kind: kind, Step: step}); got != key {
				t.Errorf("%s is refused by %s, want %s", kind, got, key)
			}
		}
		refused("mark", "hello", "protocol.put_back")
		refused("anew", "", "desk.problem.role")
		board.say("join", desk.Join{Contact: id})
		if f := await[desk.ProceduresFrame](board, "procedures", nil); !f.Old || !f.Anew {
			t.Error("a supervisor may not begin anew")
		}
		board.say("step", desk.PutStep{Contact: id, Kind: "anew"})
		f := await(hers, "procedures", func(f desk.ProceduresFrame) bool { return !f.Old })
		if p := procedureIn(t, f, "heron"); p.Begun != 0 {
			t.Error("begun anew, something is done")
		}
	})
}

package promise_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// asked is a legal request, and a search for it that is under way.
type asked struct {
	*retention.Legal
	request, search string
	sam             *hotlinetest.Person
}

// law asks twice for the same, and a supervisor's session has begun to look.
func (s *scene) law(t *testing.T) {
	t.Helper()
	s.asked.Legal = retention.NewLegal(retention.New(retention.Parts{
		Line: s.Line, Main: s.Engine.Main, Store: s.Engine.Shred, Shred: s.Shred, Book: s.Book, Authority: s.Authority, Log: s.Log, Intake: s.Intake, Alarm: func(err error) { t.Error(err) },
	}, retention.Defaults()), policy.NewLegalDesk(s.Engine.Main, s.Log, contact.Bell{Kind: contact.Law}))
	s.asked.sam = s.Hire(t, hotline.Supervisor)
	for range 2 {
		s.With(t, s.pat, func(r *vault.Ring) error {
			req, err := s.asked.Begin(t.Context(), r, policy.LegalAct{Paper: policy.Subpoena, On: "2026-11-30", From: seal.Conceal("a court"), Words: seal.Conceal("what it asks for")})
			must(t, err)
			s.asked.request = req.ID
			must(t, s.asked.Search(t.Context(), r, req.ID, 1, seal.Conceal("a name"), []string{"a name"}))
			req, _, err = s.asked.Read(t.Context(), r, req.ID, "test")
			s.asked.search = req.Running
			return err
		})
		s.With(t, s.asked.sam, func(r *vault.Ring) error {
			_, err := s.asked.Portion(t.Context(), r, s.asked.search)
			return err
		})
	}
}

// lawCells are the sealed columns of a legal request: its acts and what was found open to
// the privacy officer, what is looked for to a supervisor's session.
func (s *scene) lawCells(t *testing.T, out map[string]cell) {
	t.Helper()
	ctx, a := t.Context(), s.asked
	as := func(p *hotlinetest.Person, f func(*vault.Ring) error) func() error {
		return func() error { return s.Keeper.With(ctx, p.Token, f) }
	}
	out["main legal_act.sealed"] = cell{db.Main, `legal = $2 AND n = 1`, []any{a.request}, as(s.pat, func(r *vault.Ring) error {
		_, _, err := a.Read(ctx, r, a.request, "test")
		return err
	})}
	out["main legal_search.sealed"] = cell{db.Main, `id = $2`, []any{a.search}, as(a.sam, func(r *vault.Ring) error {
		k, err := r.Seeking(ctx, a.search, false)
		if err != nil {
			return err
		}
		var b []byte
		must(t, s.Engine.Main.One(ctx, `SELECT sealed FROM legal_search WHERE id = $1`, []any{a.search}, &b))
		_, err = k.Row("legal_search", "sealed", a.search, 1, b)
		return err
	})}
	out["main legal_found.sealed"] = cell{db.Main, `search = $2`, []any{a.search}, as(s.pat, func(r *vault.Ring) error {
		var f vault.Finding
		must(t, s.Engine.Main.One(ctx, `SELECT sealed, signer, sig FROM legal_found WHERE search = $1`, []any{a.search}, &f.Sealed, &f.Signer, &f.Sig))
		_, err := r.Found(a.search, 1, f)
		return err
	})}
}

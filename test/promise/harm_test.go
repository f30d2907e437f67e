package promise_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

func (s *scene) register(t *testing.T) *policy.HarmRegister {
	t.Helper()
	editions, err := edition.New(t.Context(), s.Engine.Main, s.Bus, time.Now, edition.Kind{Name: policy.KindHarm, Check: policy.CheckHarmDeadlines})
	must(t, err)
	return policy.NewHarmRegister(s.Engine.Main, s.Log, editions, contact.Bell{Kind: contact.Harm})
}

// harm is reported twice, by the same person about herself.
func (s *scene) harm(t *testing.T) {
	t.Helper()
	reg := s.register(t)
	for range 2 {
		s.With(t, s.ana, func(r *vault.Ring) error {
			k, put, err := r.NewHarm(t.Context())
			must(t, err)
			s.harmed = k.Object()
			return reg.Report(t.Context(), s.ana.ID, k, put, policy.HarmIn{Kind: "leak", Doer: s.ana.ID, Words: seal.Conceal("what happened")})
		})
	}
}

// harmCells are the sealed columns of the register, as the privacy officer opens them.
func (s *scene) harmCells(t *testing.T, out map[string]cell) {
	t.Helper()
	ctx := t.Context()
	open := func(table, column, of, row string) func() error {
		return func() error {
			return s.Keeper.With(ctx, s.pat.Token, func(r *vault.Ring) error {
				k, err := r.Harm(ctx, s.harmed, "test")
				if err != nil {
					return err
				}
				var b []byte
				must(t, s.Engine.Main.One(ctx, `SELECT `+column+` FROM `+table+` WHERE `+of+` = $1`, []any{s.harmed}, &b))
				_, err = k.Row(table, column, row, 1, b)
				return err
			})
		}
	}
	out["main harm.doer"] = cell{db.Main, `id = $2`, []any{s.harmed}, open("harm", "doer", "id", s.harmed)}
	out["main harm_entry.sealed"] = cell{db.Main, `harm = $2`, []any{s.harmed}, open("harm_entry", "sealed", "harm", policy.HarmRow(s.harmed, policy.SaidReport))}
}

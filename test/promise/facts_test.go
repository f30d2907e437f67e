package promise_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/stats"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// factCells are what is sealed on its way to the figures.
func (s *scene) factCells(t *testing.T, out map[string]cell) {
	t.Helper()
	ina := s.Hire(t, hotline.Analyst)
	var name string
	must(t, s.Engine.Main.Write(t.Context(), func(tx db.Tx) error {
		var all []stats.Pending
		for range 9 {
			id, sealed, err := s.Sealer.Fact(t.Context(), stats.Fact{Month: "2026-11", Facts: hotline.Facts{"type": {"tip"}}}.JSON())
			if err != nil {
				return err
			}
			name, all = id, append(all, stats.Pending{ID: id, Sealed: sealed})
		}
		return stats.Pend(tx, all)
	}))
	out["main fact_pending.sealed"] = cell{db.Main, `id = $2`, []any{name}, func() error {
		var b []byte
		must(t, s.Engine.Main.One(t.Context(), `SELECT sealed FROM fact_pending WHERE id = $1`, []any{name}, &b))
		return s.Keeper.With(t.Context(), ina.Token, func(r *vault.Ring) error {
			opened, err := r.Facts(t.Context(), map[string][]byte{name: b})
			if err == nil && opened[name] == "" {
				err = box.ErrOpen
			}
			return err
		})
	}}
}

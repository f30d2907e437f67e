package demo

import (
	"context"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// subpoena is one that waits for an answer: counsel was told, the machine has looked in a
// supervisor's session, and the privacy officer has not taken in yet what it found.
func subpoena(ctx context.Context, s *stage) error {
	var id, search string
	at := func(act func(r *vault.Ring, seen int) error) func() error {
		return func() error {
			return s.as(ctx, "Oskar", func(r *vault.Ring) error {
				req, _, err := s.line.Legal.Read(ctx, r, id, "demo")
				if err != nil {
					return err
				}
				search = req.Running
				return act(r, len(req.Acts))
			})
		}
	}
	typed := "Elena\n+1 555 0142"
	return all(
		func() error {
			return s.as(ctx, "Oskar", func(r *vault.Ring) error {
				now := time.Now()
				req, err := s.line.Legal.Begin(ctx, r, policy.LegalAct{
					Paper: policy.Subpoena, On: now.Format(time.DateOnly), Due: now.Add(5 * 24 * time.Hour).UnixMilli(),
					From: seal.Conceal("The clerk of the county court"), Words: seal.Conceal("All records about Elena, made up for this demo."),
				})
				id = req.ID
				return err
			})
		},
		at(func(r *vault.Ring, seen int) error {
			return s.line.Legal.Act(ctx, r, id, seen, policy.LegalAct{Kind: policy.ToldCounsel, Words: seal.Conceal("She reads it tomorrow. Nothing leaves until then.")})
		}),
		at(func(r *vault.Ring, seen int) error {
			sought, err := policy.Sought(typed)
			if err != nil {
				return err
			}
			return s.line.Legal.Search(ctx, r, id, seen, seal.Conceal(typed), sought)
		}),
		at(func(*vault.Ring, int) error { return nil }),
		func() error {
			return s.as(ctx, "Sana", func(r *vault.Ring) error {
				for done := false; !done; {
					var err error
					if done, err = s.line.Legal.Portion(ctx, r, search); err != nil {
						return err
					}
				}
				return nil
			})
		},
	)
}

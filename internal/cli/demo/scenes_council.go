package demo

import (
	"context"
	"encoding/json"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// council is a procedure that waits for the survivors' council: an administrator has
// changed it, and nothing puts it in force before Joy has signed it as it is.
func council(ctx context.Context, s *stage) error {
	joy, err := s.line.Staff.ByName(ctx, "Joy")
	if err != nil {
		return err
	}
	return s.as(ctx, "Ines", func(r *vault.Ring) error {
		asked, err := json.Marshal(edition.Reviewers{Rows: []edition.Reviewer{
			{Kind: protocol.Kind, Who: edition.Council, Name: "Women of the coast", Account: joy.ID},
			{Kind: edition.KindReviewers, Who: edition.Council, Name: "Women of the coast", Account: joy.ID},
		}})
		if err != nil {
			return err
		}
		book := s.line.Editions
		if err := book.Begin(ctx, r.Me(), edition.ReviewersKey(), string(asked)); err != nil {
			return err
		}
		p, err := protocol.Parse(protocol.Shipped()["silent"], protocol.Ours())
		if err != nil {
			return err
		}
		for i := range p.Steps {
			if p.Steps[i].Kind == protocol.Wait {
				p.Steps[i].Minutes += 2 // they asked for more patience
			}
		}
		_, err = book.Write(ctx, r.Me(), protocol.Key("silent"), p.Body(), 0)
		return err
	})
}

// harmed is a report that an advocate made of her own slip: nobody's yet, and its clock runs.
func harmed(ctx context.Context, s *stage) error {
	return s.as(ctx, "Noor", func(r *vault.Ring) error {
		k, put, err := r.NewHarm(ctx)
		if err != nil {
			return err
		}
		return s.line.Harms.Report(ctx, r.Me(), k, put, policy.HarmIn{
			Kind: "contact", Near: true, Doer: r.Me(), Words: seal.Conceal("I had the number on the screen to call back, and her card says no calls. I saw it before it rang."),
		})
	})
}

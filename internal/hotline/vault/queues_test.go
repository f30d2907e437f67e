package vault_test

import (
	"context"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A queue is given to a team by an administrator whom the root has certified, and to
// a team that answers callers; another node seals to it at once.
func TestQueueIsGivenToATeamThatAnswers(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate, hotline.Supervisor)
		give := func(p *hotlinetest.Person, q hotline.QueueID, team hotline.TeamID) error {
			return w.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error {
				return r.Queue(context.Background(), q, team, func(db.Tx) error { return nil })
			})
		}
		refused(t, give(ana, hotlinetest.Night, hotline.Supervisors), vault.ErrDenied)
		for _, team := range []hotline.TeamID{hotline.Stats, hotline.Privacy, "nobody", ""} {
			refused(t, give(w.First, hotlinetest.Night, team), vault.ErrTeam)
		}
		there := w.Node(t)
		must(t, give(w.First, hotlinetest.Night, hotline.Supervisors))
		must(t, give(w.First, "day", hotline.Desk))
		for _, k := range []*vault.Keeper{w.Keeper, there.Keeper} {
			teams, err := k.Queues(t.Context())
			must(t, err)
			if len(teams) != 2 || teams[hotlinetest.Night] != hotline.Supervisors || teams["day"] != hotline.Desk {
				t.Errorf("the queues have the teams %v", teams)
			}
			serving, err := k.Serving(t.Context())
			if err != nil || len(serving) != 2 {
				t.Errorf("%v serve, %v", serving, err)
			}
		}
	})
}

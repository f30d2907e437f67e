package vault

import (
	"context"
	"maps"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrTeam says that no contact can be sealed to a team: it is none of the line's, or
// not there to answer.
var ErrTeam = problem.New(problem.Invalid, "vault.team")

// Serving lists the teams to which a queue's contacts can be sealed.
func (k *Keeper) Serving(ctx context.Context) ([]hotline.TeamID, error) {
	v, err := k.authority.Current(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(v.Manifest.Teams)), func(t hotline.TeamID) bool { return !serves(t) }), nil
}

// serves reports whether a team answers callers.
func serves(t hotline.TeamID) bool { return t != hotline.Stats && t != hotline.Privacy }

// Queues says which team each queue's contacts are sealed to.
func (k *Keeper) Queues(ctx context.Context) (map[hotline.QueueID]hotline.TeamID, error) {
	v, err := k.authority.Current(ctx)
	if err != nil {
		return nil, err
	}
	return maps.Clone(v.Manifest.Queues), nil
}

// Queue signs the next manifest, in which a queue, new or not, has a team: from then
// on what arrives in it is sealed to that team. What was sealed before stays open to
// whom it was. more writes what belongs to the same moment.
func (r *Ring) Queue(ctx context.Context, q hotline.QueueID, t hotline.TeamID, more func(db.Tx) error) error {
	if !r.Admin() {
		return ErrDenied
	}
	if _, ok := r.v.Manifest.Teams[t]; !ok || !serves(t) {
		return ErrTeam
	}
	m := r.v.Manifest
	m.Queues = maps.Clone(m.Queues)
	m.Queues[q] = t
	return r.next(ctx, m, r.v.Roster, []func(db.Tx) error{r.Did("queue team "+string(t), string(q)), more})
}

// Did returns what writes down an act of the person's: who did what, to what. It says
// nothing that leads to a caller, and may be read by whoever reads the log.
func (r *Ring) Did(what, to string) func(db.Tx) error {
	return r.k.log.Public(audit.Act{By: hotline.Actor(r.me), What: what, Object: to}).Insert
}

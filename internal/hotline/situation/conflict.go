package situation

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// Conflict closes a situation to a person who says that she knows somebody in it, and
// its contacts are never offered to her. She still holds the team's key: a key apart
// needs a team.
func (b *Book) Conflict(ctx context.Context, by hotline.PersonID, id hotline.SituationID) error {
	return b.conflict(ctx, by, id, by, true)
}

// Lift opens a situation again to somebody, by a supervisor.
func (b *Book) Lift(ctx context.Context, by hotline.PersonID, id hotline.SituationID, p hotline.PersonID) error {
	if by == p {
		return ErrRole
	}
	return b.conflict(ctx, by, id, p, false)
}

func (b *Book) conflict(ctx context.Context, by hotline.PersonID, id hotline.SituationID, p hotline.PersonID, on bool) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		if _, err := lock(tx, id); err != nil {
			return err
		}
		if err := contact.SetConflict(tx, id, p, on); err != nil {
			return err
		}
		what := "knows somebody"
		if !on {
			what = "lift: knows somebody"
		}
		return b.log.Public(audit.Act{By: hotline.Actor(by), What: what + ": " + string(p), Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id)
	}
	return err
}

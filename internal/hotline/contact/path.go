package contact

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrPath says that nobody reaches out by such a path.
var ErrPath = problem.New(problem.Invalid, "contact.path")

// SetPath puts right for whom somebody reaches out, which the first look at her words
// can only guess: a daughter who names her mother is not worried about her. It may raise
// the urgency, never lower it: nobody loses her place by a correction. A contact that is
// closed or erased is [ErrOver].
func (b *Book) SetPath(ctx context.Context, by hotline.PersonID, id hotline.ContactID, path hotline.Path) error {
	if path != hotline.Self && path != hotline.Other && path != hotline.Tip {
		return ErrPath
	}
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if c.State == Closed || c.State == Erased {
			return ErrOver
		}
		if c.Path == path {
			return nil
		}
		if _, err := tx.Exec(`UPDATE contact SET path = $1 WHERE id = $2`, path, id); err != nil {
			return err
		}
		c.Path = path
		if err := b.rank(tx, c); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(by), What: "path " + string(path), Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id, 0, true)
	}
	return err
}

package situation

import (
	"context"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrNumber says that there is no number to go by.
var ErrNumber = problem.New(problem.Invalid, "situation.number")

// index hides an address or a number under the key of the team that every desk holds. One
// telephone is one, whether somebody writes or speaks by it.
func index(r *vault.Ring, ch hotline.Channel, number seal.Text) []byte {
	scheme := string(ch)
	if ch == hotline.Text || ch == hotline.Call {
		scheme = "tel"
	}
	return r.Index(hotline.Desk, "number "+scheme, number.Reveal())
}

// Recognise finds the other contacts from the same address or number, of whatever age, and
// has this one be found by it too; whoever has others returns. What is kept is a hash under the team's key, which no
// process has without a session: so it is asked inside one, where the address is opened, or
// where her line is held. Those that a conflict keeps from the person are not among them.
// There is one leaf, whatever is found.
func (b *Book) Recognise(ctx context.Context, r *vault.Ring, id hotline.ContactID, number seal.Text) (found []hotline.ContactID, err error) {
	if number.Len() == 0 {
		return nil, ErrNumber
	}
	if !r.Holds(hotline.Desk) {
		return nil, vault.ErrGrant
	}
	c, err := b.contacts.Find(ctx, id)
	if err != nil {
		return nil, err
	}
	idx, epoch := index(r, c.Channel, number), r.Epoch(hotline.Desk)
	err = b.db.Write(ctx, func(tx db.Tx) error {
		found = nil
		c, err := contact.OfRecord(tx, id, c.ShredS)
		if err != nil {
			return err
		}
		if c.State != contact.Closed && c.State != contact.Erased {
			if _, err := tx.Exec(`INSERT INTO thread (idx, contact, epoch, kind) VALUES ($1, $2, $3, 'number') ON CONFLICT DO NOTHING`, idx, id, epoch); err != nil {
				return err
			}
		}
		all, err := db.Values[hotline.ContactID](tx, `SELECT contact FROM thread WHERE idx = $1 AND kind = 'number' AND contact <> $2 ORDER BY contact LIMIT 50`, idx, id)
		if err != nil {
			return err
		}
		if len(all) > 0 {
			closed, err := contact.ClosedTo(tx, r.Me(), all...)
			if err != nil {
				return err
			}
			found = slices.DeleteFunc(all, func(o hotline.ContactID) bool { return closed[o] })
			if err := contact.Returns(tx, id); err != nil {
				return err
			}
		}
		return b.log.Public(audit.Act{By: hotline.Actor(r.Me()), What: "recognise", Object: string(id)}).Insert(tx)
	})
	if err == nil && len(found) > 0 {
		b.contacts.Told(id)
	}
	return found, err
}

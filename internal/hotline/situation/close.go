package situation

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// Close ends a situation with what became of it: the team keeps the heads, and
// whoever took the first call is told. One with contacts that still go on is
// ErrState.
func (b *Book) Close(ctx context.Context, r *vault.Ring, id hotline.SituationID, outcome seal.Text) error {
	if err := words(outcome); err != nil {
		return err
	}
	return b.turn(ctx, r, id, Open, Closed, outcome, (*vault.Situation).Shut)
}

// Reopen goes on with a closed situation, for a reason. It takes whoever holds its
// body: a supervisor.
func (b *Book) Reopen(ctx context.Context, r *vault.Ring, id hotline.SituationID, reason seal.Text) error {
	if err := words(reason); err != nil {
		return err
	}
	return b.turn(ctx, r, id, Closed, Open, reason, (*vault.Situation).Reopen)
}

func (b *Book) turn(ctx context.Context, r *vault.Ring, id hotline.SituationID, from, to string, why seal.Text, swap func(*vault.Situation) (seal.Swap, error)) error {
	kind := map[string]string{Closed: "closed", Open: "opened"}[to]
	key, err := r.Situation(ctx, id, kind)
	if err != nil {
		return err
	}
	change, err := swap(key)
	if err != nil {
		return err
	}
	days, err := b.contacts.KeepSituation(ctx)
	if err != nil {
		return err
	}
	note := happening{ID: hotline.NewID(), Kind: kind}
	note.Sealed = key.HeadKey().Row("happening", "sealed", note.ID, 1, why)
	err = b.db.Write(ctx, func(tx db.Tx) error {
		s, err := lock(tx, id)
		if err != nil {
			return err
		}
		if s.State != from {
			return ErrState
		}
		if to == Closed {
			if n, err := contact.GoOn(tx, id); err != nil || n > 0 {
				if err == nil {
					err = ErrState
				}
				return err
			}
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if to == Open { // its word may have been given to another meanwhile
			if err := tx.QueryRow(`SELECT 1 FROM situation WHERE handle = $1 AND state = 'open'`, s.Handle).Scan(new(int)); err == nil {
				if s.Handle, err = contact.NewHandle(tx); err != nil {
					return err
				}
			}
		}
		if _, err := tx.Exec(`UPDATE situation SET state = $1, state_at = $2, handle = $3 WHERE id = $4`, to, now, s.Handle, id); err != nil {
			return err
		}
		if err := change.Apply(tx); err != nil {
			return err
		}
		if err := keepContacts(tx, id, to, now); err != nil {
			return err
		}
		if err := keep(tx, id, to, now, days); err != nil {
			return err
		}
		if err := b.happened(tx, r.Me(), id, note, now); err != nil {
			return err
		}
		if err := b.news(tx, r.Me(), id, now); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(r.Me()), What: kind + " situation", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id)
	}
	return err
}

// keep has the situation's own keeping time begin when it closes, and end when it is
// opened.
func keep(tx db.Tx, id hotline.SituationID, to string, now, days int64) error {
	if to == Open {
		return setClock(tx, id, 0)
	}
	return begin(tx, id, now, days)
}

// keepContacts has the keeping times of what we wrote about the contacts of a situation
// begin when it closes, and wait again when it is opened.
func keepContacts(tx db.Tx, id hotline.SituationID, to string, now int64) error {
	all, err := db.Values[hotline.ContactID](tx, `SELECT of FROM part WHERE situation = $1 AND kind = 'contact' ORDER BY of`, id)
	if err != nil {
		return err
	}
	if to == Open {
		return contact.HoldRecords(tx, all...)
	}
	return contact.BeginRecords(tx, now, all...)
}

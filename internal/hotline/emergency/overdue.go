package emergency

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// RingOverdue rings for the supervisors for what nobody has confirmed or contested in
// time. Who has seen it without answering is rung for again at the next run: it ends with
// the answer alone.
func (b *Book) RingOverdue(ctx context.Context) error {
	var rung []hotline.ContactID
	err := b.db.Write(ctx, func(tx db.Tx) error {
		rung = nil
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		all, err := Stand(tx, now)
		if err != nil {
			return err
		}
		for _, w := range all {
			if !w.Overdue {
				continue
			}
			first, err := contact.RaiseIn(tx, w.Contact, contact.Unconfirmed)
			if err != nil {
				return err
			}
			if !first {
				continue
			}
			if err := b.log.Public(audit.Act{By: hotline.Machine, What: "emergency unconfirmed", Object: string(w.Contact), Why: string(w.Ground)}).Insert(tx); err != nil {
				return err
			}
			rung = append(rung, w.Contact)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range rung {
		b.told(id, true)
	}
	return nil
}

package policy

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
)

// Forget deletes the reports whose time is over, which was set as they were closed. Each
// key goes first, so that an old backup of its words opens no more, and a run that is cut
// short is done again. A leaf stays, which says that there was one.
func (h *HarmRegister) Forget(ctx context.Context, destroy func(ctx context.Context, ids ...string) error) error {
	const over = `state = 'closed' AND keep_until > 0 AND keep_until <= `
	var ids []string
	err := h.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		ids, err = db.Values[string](tx, `SELECT id FROM harm WHERE `+over+`$1 ORDER BY keep_until, id LIMIT 200`, now)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := destroy(ctx, id); err != nil {
			return err
		}
		err := h.db.Write(ctx, func(tx db.Tx) error {
			for _, q := range []string{`DELETE FROM harm_entry WHERE harm = $1`, `DELETE FROM harm WHERE id = $1`, `DELETE FROM key_grant WHERE object = $1`, `DELETE FROM alert WHERE contact = $1`} {
				if _, err := tx.Exec(q, id); err != nil {
					return err
				}
			}
			return h.log.Public(audit.Act{By: hotline.Machine, What: "forget harm", Object: id}).Insert(tx)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

package emergency

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// RingOverdue rings for the supervisors for what nobody has confirmed or contested in
// time, until somebody has answered.
func (b *Book) RingOverdue(ctx context.Context) error {
	_, err := contact.Overdue{Kind: contact.Unconfirmed, What: "emergency unconfirmed", Late: unanswered}.Ring(ctx, b.db, b.log, b.bus)
	return err
}

// unanswered are those that a second person should have answered for by now.
func unanswered(tx db.Tx, now int64) ([]hotline.ContactID, error) {
	return db.Values[hotline.ContactID](tx, `SELECT DISTINCT contact FROM emergency WHERE confirm_by > 0 AND confirm_by <= $1 AND second_at = 0`, now)
}

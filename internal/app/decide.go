package app

import (
	"context"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

// SentAlone rings, in the transaction in which one person sends a report alone, at the
// desks of the supervisors and of whoever is on call.
func SentAlone(tx db.Tx, owner string) error {
	_, err := contact.RaiseIn(tx, hotline.ContactID(owner), contact.SentAlone)
	return err
}

// Demanded implements [emergency.Demand]: the decision is about this contact, and about a
// duty that is due at once and that nobody has settled.
func Demanded(tx db.Tx, id hotline.ContactID, decision string) error {
	yes, err := policy.Demands(tx, string(id), decision)
	if err == nil && !yes {
		err = emergency.ErrDuty
	}
	return err
}

// ConsentDemanded is the same for what is passed on about a contact or a situation.
func ConsentDemanded(tx db.Tx, owner, decision string) error {
	yes, err := policy.Demands(tx, owner, decision)
	if err == nil && !yes {
		err = consent.ErrGround
	}
	return err
}

// RingOverdue rings for the contacts about which a decision is overdue, until somebody has
// acted.
func RingOverdue(ctx context.Context, d *db.DB, log *audit.Log, b bus.Bus) error {
	late := func(tx db.Tx, now int64) ([]hotline.ContactID, error) {
		owners, err := policy.Overdue(tx, now)
		var out []hotline.ContactID
		for _, o := range owners {
			out = append(out, hotline.ContactID(o))
		}
		return out, err
	}
	_, err := contact.Overdue{Kind: contact.DutyOverdue, What: "decision overdue", Late: late}.Ring(ctx, d, log, b)
	return err
}

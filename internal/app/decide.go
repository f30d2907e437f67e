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

// RingOverdue rings for the decisions whose time is over. Who has seen it without acting
// is rung for again at the next run: it ends with the act alone.
func RingOverdue(ctx context.Context, d *db.DB, log *audit.Log, b bus.Bus, decisions *policy.Decisions) error {
	late, err := decisions.Overdue(ctx)
	if err != nil || len(late) == 0 {
		return err
	}
	rung := false
	err = d.Write(ctx, func(tx db.Tx) error {
		rung = false
		for _, l := range late {
			first, err := contact.RaiseIn(tx, hotline.ContactID(l.Owner), contact.DutyOverdue)
			if err != nil {
				return err
			}
			if !first {
				continue
			}
			rung = true
			if err := log.Public(audit.Act{By: hotline.Machine, What: "decision overdue", Object: l.Owner}).Insert(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && rung {
		b.Publish(bus.Hint{Topic: contact.TopicAlert})
	}
	return err
}

package contact

import (
	"context"
	"slices"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
)

// An Overdue rings for the supervisors, in one way, for what somebody has not acted on in
// time.
type Overdue struct {
	Kind string // of the alert
	What string // it is in the log
	// Late finds all whose time is over by a moment, however many they are: whoever is left
	// out because of others would never be rung for.
	Late func(tx db.Tx, now int64) ([]hotline.ContactID, error)
}

// Ring rings for all that is late and does not ring, and tells for whom it did. It is done
// by a repeating job: who has seen it without acting is rung for again at the next run,
// since it ends with the act alone.
func (o Overdue) Ring(ctx context.Context, d *db.DB, log *audit.Log, b bus.Bus) (rung []hotline.ContactID, err error) {
	err = d.Read(ctx, func(tx db.Tx) error { rung, err = o.silent(tx); return err })
	if err != nil || len(rung) == 0 {
		return nil, err
	}
	err = d.Write(ctx, func(tx db.Tx) error {
		rung = nil
		late, err := o.silent(tx) // somebody may have acted meanwhile
		if err != nil {
			return err
		}
		for _, id := range late {
			first, err := RaiseIn(tx, id, o.Kind)
			if err != nil {
				return err
			}
			if !first {
				continue
			}
			if err := log.Public(audit.Act{By: hotline.Machine, What: o.What, Object: string(id)}).Insert(tx); err != nil {
				return err
			}
			rung = append(rung, id)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, id := range rung {
		b.Publish(bus.Hint{Topic: TopicAlert, ID: string(id)})
	}
	return rung, nil
}

// silent is what is late and does not ring.
func (o Overdue) silent(tx db.Tx) ([]hotline.ContactID, error) {
	now, err := db.Now(tx)
	if err != nil {
		return nil, err
	}
	late, err := o.Late(tx, now)
	if err != nil || len(late) == 0 {
		return nil, err
	}
	rings, err := db.Values[hotline.ContactID](tx, `SELECT contact FROM alert WHERE kind = $1 AND acknowledged_at IS NULL`, o.Kind)
	if err != nil {
		return nil, err
	}
	ringing := map[hotline.ContactID]bool{}
	for _, id := range rings {
		ringing[id] = true
	}
	return slices.DeleteFunc(late, func(id hotline.ContactID) bool { return ringing[id] }), nil
}

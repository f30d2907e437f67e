package policy

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
)

const harmColumns = `id, kind, near, state, version, reported_by, at, owner, due, edition, closed_at, closed_by`

// All lists the register: what is open first, by its deadline, then what was closed last;
// at most 500.
func (h *HarmRegister) All(ctx context.Context) ([]HarmReport, error) {
	return h.list(ctx, `reported_by <> $1`, "")
}

// Of lists what somebody has reported, in the same order.
func (h *HarmRegister) Of(ctx context.Context, by hotline.PersonID) ([]HarmReport, error) {
	return h.list(ctx, `reported_by = $1`, by)
}

func (h *HarmRegister) list(ctx context.Context, where string, of hotline.PersonID) (out []HarmReport, err error) {
	return out, h.db.Read(ctx, func(tx db.Tx) error {
		out, err = harms(tx, where+` ORDER BY closed_at > 0, CASE WHEN closed_at > 0 THEN -closed_at ELSE due END, id LIMIT 500`, of)
		return err
	})
}

func harms(tx db.Tx, where string, args ...any) (out []HarmReport, err error) {
	now, err := db.Now(tx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT `+harmColumns+` FROM harm WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r HarmReport
		if err := rows.Scan(&r.ID, &r.Kind, &r.Near, &r.State, &r.Version, &r.By, &r.At, &r.Owner, &r.Due, &r.Edition, &r.ClosedAt, &r.ClosedBy); err != nil {
			return nil, err
		}
		r.Late = r.State != HarmClosed && r.Due <= now
		out = append(out, r)
	}
	return out, rows.Err()
}

// Find reads a report and what was written in it, oldest first.
func (h *HarmRegister) Find(ctx context.Context, id string) (r HarmReport, entries []HarmEntry, err error) {
	return r, entries, h.db.Read(ctx, func(tx db.Tx) error {
		found, err := harms(tx, `id = $1`, id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return ErrHarmMissing
		}
		r, entries = found[0], nil
		rows, err := tx.Query(`SELECT n, kind, at, by_person, sealed FROM harm_entry WHERE harm = $1 ORDER BY n`, id)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e HarmEntry
			if err := rows.Scan(&e.N, &e.Kind, &e.At, &e.By, &e.Sealed); err != nil {
				return err
			}
			entries = append(entries, e)
		}
		return rows.Err()
	})
}

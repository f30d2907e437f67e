package policy

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Own makes a report that is not closed hers: from then on she puts it right, and nobody
// else does until somebody takes it over.
func (h *HarmRegister) Own(ctx context.Context, by hotline.PersonID, k seal.Key, id string, version int64) error {
	return h.change(ctx, k, id, version, func(tx db.Tx, now int64, r harmRow) error {
		if r.state == HarmClosed {
			return ErrHarmMoved
		}
		return h.turn(tx, by, id, "own harm", `state = 'correcting', owner = $2`, by)
	})
}

// Correct writes down what was done to put it right. Whoever it belongs to does.
func (h *HarmRegister) Correct(ctx context.Context, by hotline.PersonID, k seal.Key, id string, version int64, words seal.Text) error {
	return h.write(ctx, by, k, id, version, SaidCorrection, words, func(tx db.Tx, _ int64, r harmRow) error {
		if r.state == HarmClosed {
			return ErrHarmMoved
		}
		if r.owner != by {
			return ErrHarmOwner
		}
		return h.turn(tx, by, id, "correct harm", ``)
	})
}

// Close ends a report in which something was put right since it was opened, and its
// ringing. Nobody closes what is about her own act, reported by herself or by others.
func (h *HarmRegister) Close(ctx context.Context, by hotline.PersonID, k Opener, id string, version int64) error {
	own, err := h.did(ctx, by, k, id)
	if err != nil {
		return err
	}
	d, _, err := h.Deadlines(ctx)
	if err != nil {
		return err
	}
	return h.change(ctx, k.Seal(), id, version, func(tx db.Tx, now int64, r harmRow) error {
		if r.state == HarmClosed {
			return ErrHarmMoved
		}
		if own {
			return ErrHarmOwn
		}
		var last string
		if err := tx.QueryRow(`SELECT kind FROM harm_entry WHERE harm = $1 ORDER BY n DESC LIMIT 1`, id).Scan(&last); err != nil {
			return err
		}
		if last != SaidCorrection {
			return ErrHarmNothing
		}
		if err := h.turn(tx, by, id, "close harm", `state = 'closed', closed_by = $2, closed_at = $3, keep_until = $4`, by, now, now+hours(24*d.Days())); err != nil {
			return err
		}
		return h.bell.Hush(tx, by, id)
	})
}

// did reports whether a report is about somebody's own act. Where that does not open, it
// is not known, and so an error.
func (h *HarmRegister) did(ctx context.Context, by hotline.PersonID, k Opener, id string) (bool, error) {
	var sealed []byte
	err := h.db.One(ctx, `SELECT doer FROM harm WHERE id = $1`, []any{id}, &sealed)
	if errors.Is(err, db.ErrNoRows) {
		return false, ErrHarmMissing
	}
	if err != nil {
		return false, err
	}
	doer, err := k.Row("harm", "doer", id, 1, sealed)
	if err != nil {
		return false, err
	}
	return doer.Reveal() == string(by), nil
}

// Reopen opens a closed report again, for a reason. It is nobody's, and its deadline runs
// anew.
func (h *HarmRegister) Reopen(ctx context.Context, by hotline.PersonID, k seal.Key, id string, version int64, why seal.Text) error {
	d, number, err := h.Deadlines(ctx)
	if err != nil {
		return err
	}
	return h.write(ctx, by, k, id, version, SaidReopening, why, func(tx db.Tx, now int64, r harmRow) error {
		if r.state != HarmClosed {
			return ErrHarmMoved
		}
		return h.turn(tx, by, id, "reopen harm", `state = 'open', owner = '', closed_by = '', closed_at = 0, keep_until = 0, rung_at = 0, due = $2, edition = $3`, now+hours(d.Hours(r.kind)), number)
	})
}

// Turn rings for each report whose deadline is over, once for each deadline. It is done by
// a repeating job.
func (h *HarmRegister) Turn(ctx context.Context) error {
	const late = `state <> 'closed' AND rung_at = 0 AND due <= `
	var n int
	err := h.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		return tx.QueryRow(`SELECT count(*) FROM harm WHERE `+late+`$1`, now).Scan(&n)
	})
	if err != nil || n == 0 {
		return err
	}
	return h.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		ids, err := db.Values[string](tx, `UPDATE harm SET rung_at = $1 WHERE `+late+`$1 RETURNING id`, now)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := h.bell.Ring(tx, id); err != nil {
				return err
			}
			if err := h.log.Public(audit.Act{By: hotline.Machine, What: "harm overdue", Object: id}).Insert(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// harmRow is what an act looks at.
type harmRow struct {
	kind, state string
	owner       hotline.PersonID
}

// change takes a version of a report for one act: of two who saw the same, one acts.
func (h *HarmRegister) change(ctx context.Context, k seal.Key, id string, version int64, act func(db.Tx, int64, harmRow) error) error {
	if k.Object() != id {
		return ErrHarmKey
	}
	return h.db.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(`UPDATE harm SET version = version + 1 WHERE id = $1 AND version = $2`, id, version)
		if err != nil {
			return err
		}
		var r harmRow
		err = tx.QueryRow(`SELECT kind, state, owner FROM harm WHERE id = $1`, id).Scan(&r.kind, &r.state, &r.owner)
		if errors.Is(err, db.ErrNoRows) {
			return ErrHarmMissing
		}
		if err == nil && n == 0 {
			err = ErrHarmMoved
		}
		if err != nil {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		return act(tx, now, r)
	})
}

// write is change with words.
func (h *HarmRegister) write(ctx context.Context, by hotline.PersonID, k seal.Key, id string, version int64, kind string, words seal.Text, act func(db.Tx, int64, harmRow) error) error {
	if err := harmWords(words); err != nil {
		return err
	}
	n := version + 1 // no other entry of the report has it
	sealed := k.Row("harm_entry", "sealed", HarmRow(id, kind), n, words)
	return h.change(ctx, k, id, version, func(tx db.Tx, now int64, r harmRow) error {
		if err := act(tx, now, r); err != nil {
			return err
		}
		return h.entry(tx, id, HarmEntry{n, kind, now, by, sealed})
	})
}

// turn sets columns of a report, from $2 on, and leaves the leaf.
func (h *HarmRegister) turn(tx db.Tx, by hotline.PersonID, id, what, set string, args ...any) error {
	if set != "" {
		if _, err := tx.Exec(`UPDATE harm SET `+set+` WHERE id = $1`, append([]any{id}, args...)...); err != nil {
			return err
		}
	}
	return h.log.Public(audit.Act{By: hotline.Actor(by), What: what, Object: id}).Insert(tx)
}

func (h *HarmRegister) entry(tx db.Tx, id string, e HarmEntry) error {
	_, err := tx.Exec(`INSERT INTO harm_entry (harm, n, kind, at, by_person, sealed) VALUES ($1, $2, $3, $4, $5, $6)`, id, e.N, e.Kind, e.At, e.By, e.Sealed)
	return err
}

func (h *HarmRegister) wrote(tx db.Tx, by hotline.PersonID, id string, e HarmEntry, what string) error {
	if err := h.entry(tx, id, e); err != nil {
		return err
	}
	return h.turn(tx, by, id, what, ``)
}

func harmWords(t seal.Text) error {
	if t.Len() == 0 || t.Len() > MostHarm {
		return ErrHarmWords
	}
	return nil
}

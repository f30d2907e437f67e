package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
)

// A LegalRow is a request as the server can read it.
type LegalRow struct {
	ID     string
	Object string // of its key
	State  LegalState
	Paper  Paper
	At     int64
	DueBy  int64
	Late   bool // whoever asked waits, and the day is over
	Named  hotline.PersonID
}

// LegalDesk keeps legal requests, each act in a sealed row of its own, added and never
// changed. The key is opened by whoever calls: by it the privacy officer reads and writes,
// and the supervisor whom she has named.
type LegalDesk struct {
	db   *db.DB
	log  *audit.Log
	bell Bell
}

// NewLegalDesk returns the desk.
func NewLegalDesk(d *db.DB, log *audit.Log, bell Bell) *LegalDesk { return &LegalDesk{d, log, bell} }

// Begin enters a request. k is new, and put writes who can open it.
func (d *LegalDesk) Begin(ctx context.Context, by hotline.PersonID, k Opener, put func(db.Tx) error, a LegalAct) (Legal, error) {
	a.Kind, a.By = Received, by
	return d.add(ctx, k, Legal{ID: hotline.NewID()}, a, put)
}

// Take adds an act to a request. seen is how many acts whoever takes it has seen: where
// there are more, it is [ErrLegalMoved]. also writes what belongs to the same moment.
func (d *LegalDesk) Take(ctx context.Context, by hotline.PersonID, k Opener, id string, seen int, a LegalAct, also ...func(db.Tx) error) (Legal, error) {
	l, err := d.Read(ctx, k, id)
	if err != nil {
		return l, err
	}
	if len(l.Acts) != seen {
		return l, ErrLegalMoved
	}
	a.By = by
	return d.add(ctx, k, l, a, also...)
}

// add writes the next act, what the server reads of it, and its leaf: all, or nothing.
func (d *LegalDesk) add(ctx context.Context, k Opener, l Legal, a LegalAct, also ...func(db.Tx) error) (Legal, error) {
	if err := d.db.Read(ctx, func(tx db.Tx) (err error) { a.At, err = db.Now(tx); return err }); err != nil {
		return l, err
	}
	next, err := l.After(a)
	if err != nil {
		return l, err
	}
	text, err := a.packed()
	if err != nil {
		return l, err
	}
	n, object := int64(len(next.Acts)), k.Seal().Object()
	sealed := k.Seal().Row("legal_act", "sealed", legalRow(l.ID, n), n, text)
	err = d.db.Write(ctx, func(tx db.Tx) error {
		if n == 1 {
			if _, err := tx.Exec(`INSERT INTO legal (id, object, state, paper, at, due_by, named) VALUES ($1, $2, $3, $4, $5, $6, '')`, l.ID, object, next.State, next.Paper, a.At, next.DueBy()); err != nil {
				return err
			}
		}
		// A row that another has written first is waited for, and none is written then.
		changed, err := tx.Exec(`INSERT INTO legal_act (legal, n, sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, l.ID, n, sealed)
		if err == nil && changed == 0 {
			err = ErrLegalMoved
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE legal SET rung_at = CASE WHEN due_by = $2 THEN rung_at ELSE 0 END, due_by = $2, state = $3, paper = $4, named = $5 WHERE id = $1`,
			l.ID, next.DueBy(), next.State, next.Paper, next.Named); err != nil {
			return err
		}
		if next.DueBy() == 0 {
			if err := d.bell.Hush(tx, a.By, l.ID); err != nil {
				return err
			}
		}
		for _, do := range also {
			if err := do(tx); err != nil {
				return err
			}
		}
		return d.log.Public(audit.Act{By: hotline.Actor(a.By), What: "legal: " + string(a.Kind), Object: l.ID}).Insert(tx)
	})
	if err != nil {
		return l, err
	}
	return next, nil
}

func legalRow(id string, n int64) string { return id + " " + strconv.FormatInt(n, 10) }

// Read opens a request: its acts are taken again, one by one. What its leaves tell of and
// is not there was taken away; an act that nobody could have taken was not written by us.
func (d *LegalDesk) Read(ctx context.Context, k Opener, id string) (Legal, error) {
	var row LegalRow
	var acts [][]byte
	var leaves int64
	err := d.db.Read(ctx, func(tx db.Tx) (err error) {
		if leaves, err = audit.Count(tx, id); err != nil { // first: what is written meanwhile is one more
			return err
		}
		all, err := legalRows(tx, `id = $1`, id)
		if err != nil {
			return err
		}
		if len(all) == 0 || all[0].Object != k.Seal().Object() {
			return ErrLegal
		}
		row = all[0]
		acts, err = db.Values[[]byte](tx, `SELECT sealed FROM legal_act WHERE legal = $1 ORDER BY n`, id)
		return err
	})
	if err != nil {
		return Legal{}, err
	}
	l := Legal{ID: id}
	for i, sealed := range acts {
		n := int64(i + 1)
		text, err := k.Row("legal_act", "sealed", legalRow(id, n), n, sealed)
		if err != nil {
			return Legal{}, err
		}
		a, err := parseLegal(text)
		if err != nil {
			return Legal{}, err
		}
		if l, err = l.After(a); err != nil {
			return Legal{}, fmt.Errorf("legal request %s, act %d: %w", id, n, ErrPutBack)
		}
	}
	if len(l.Acts) == 0 || int64(len(l.Acts)) < leaves || l.DueBy() != row.DueBy || l.State != row.State || l.Paper != row.Paper || l.Named != row.Named {
		return Legal{}, fmt.Errorf("legal request %s: %w", id, ErrPutBack)
	}
	return l, nil
}

// Row is what the server reads of a request.
func (d *LegalDesk) Row(ctx context.Context, id string) (r LegalRow, err error) {
	return r, d.db.Read(ctx, func(tx db.Tx) error {
		all, err := legalRows(tx, `id = $1`, id)
		if err == nil && len(all) == 0 {
			err = ErrLegal
		}
		if err == nil {
			r = all[0]
		}
		return err
	})
}

// All lists the requests: what waits for an answer first, by its day; at most 500.
func (d *LegalDesk) All(ctx context.Context) (out []LegalRow, err error) {
	return out, d.db.Read(ctx, func(tx db.Tx) error {
		out, err = legalRows(tx, `id <> $1 ORDER BY CASE state WHEN 'open' THEN 0 WHEN 'answered' THEN 1 ELSE 2 END, CASE WHEN due_by > 0 THEN due_by ELSE at END, id LIMIT 500`, "")
		return err
	})
}

// Others lists the requests beside one that are not closed, all of them.
func (d *LegalDesk) Others(ctx context.Context, but string) (out []LegalRow, err error) {
	return out, d.db.Read(ctx, func(tx db.Tx) error {
		out, err = legalRows(tx, `state <> 'closed' AND id <> $1 ORDER BY id`, but)
		return err
	})
}

// SameOthers says [ErrLegalMoved] unless the requests beside one that are not closed are
// those that somebody has read, with as many acts: for whoever changes something by what
// they say. The caller has locked what they are about.
func SameOthers(tx db.Tx, but string, read []Legal) error {
	rows, err := tx.Query(`SELECT legal, count(*) FROM legal_act WHERE legal IN (SELECT id FROM legal WHERE state <> 'closed' AND id <> $1) GROUP BY legal`, but)
	if err != nil {
		return err
	}
	defer rows.Close()
	acts := map[string]int{}
	for rows.Next() {
		var id string
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return err
		}
		acts[id] = n
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(acts) != len(read) || slices.ContainsFunc(read, func(l Legal) bool { return acts[l.ID] != len(l.Acts) }) {
		return ErrLegalMoved
	}
	return nil
}

func legalRows(tx db.Tx, where, arg string) (out []LegalRow, err error) {
	now, err := db.Now(tx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT id, object, state, paper, at, due_by, named FROM legal WHERE `+where, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r LegalRow
		if err := rows.Scan(&r.ID, &r.Object, &r.State, &r.Paper, &r.At, &r.DueBy, &r.Named); err != nil {
			return nil, err
		}
		r.Late = r.DueBy > 0 && r.DueBy <= now
		out = append(out, r)
	}
	return out, rows.Err()
}

// Turn rings for each request that nobody has answered by its day, once for each day. It
// is done by a repeating job.
func (d *LegalDesk) Turn(ctx context.Context) error {
	const late = `due_by > 0 AND rung_at = 0 AND due_by <= `
	var n int
	err := d.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		return tx.QueryRow(`SELECT count(*) FROM legal WHERE `+late+`$1`, now).Scan(&n)
	})
	if err != nil || n == 0 {
		return err
	}
	return d.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		ids, err := db.Values[string](tx, `UPDATE legal SET rung_at = $1 WHERE `+late+`$1 RETURNING id`, now)
		for _, id := range ids {
			err = errors.Join(err, d.bell.Ring(tx, id))
		}
		return err
	})
}

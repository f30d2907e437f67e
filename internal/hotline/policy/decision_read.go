package policy

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline/audit"
)

// mostDecisions is how many decisions there are about one contact or situation.
const mostDecisions = 200

// stored is a decision as its rows have it.
type stored struct {
	due, second int64
	urgent      int64
	leaves      int64
	acts        [][]byte
}

// read opens one decision of an owner, or all of them.
func (b *Decisions) read(ctx context.Context, owner string, k Opener, id string) (out []Decision, err error) {
	var found map[string]*stored
	err = b.db.Read(ctx, func(tx db.Tx) (err error) {
		found, err = rowsOf(tx, owner, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	for id, s := range found {
		d, err := s.open(owner, k, id)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b Decision) int {
		return cmp.Or(cmp.Compare(a.Acts[0].At, b.Acts[0].At), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// rowsOf reads the leaves first: an act that is written meanwhile is one more than they
// tell of, and never one less.
func rowsOf(tx db.Tx, owner, id string) (map[string]*stored, error) {
	found := map[string]*stored{}
	ids, err := db.Values[string](tx, `SELECT id FROM decision WHERE owner = $1 AND ($2 = '' OR id = $2) LIMIT $3`, owner, id, mostDecisions)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		n, err := audit.Count(tx, id)
		if err != nil {
			return nil, err
		}
		found[id] = &stored{leaves: n}
	}
	rows, err := tx.Query(`SELECT d.id, d.due_by, d.second_by, d.urgent, s.n, s.sealed FROM decision d JOIN decision_act s ON s.decision = d.id
		WHERE d.owner = $1 AND ($2 = '' OR d.id = $2) ORDER BY d.id, s.n`, owner, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var due, second, urgent, n int64
		var sealed []byte
		if err := rows.Scan(&id, &due, &second, &urgent, &n, &sealed); err != nil {
			return nil, err
		}
		s := found[id]
		if s == nil {
			continue // begun meanwhile
		}
		if s.due, s.second, s.urgent, s.acts = due, second, urgent, append(s.acts, sealed); n != int64(len(s.acts)) {
			return nil, fmt.Errorf("decision %s: %w", id, ErrPutBack)
		}
	}
	return found, rows.Err()
}

// open reads the acts again as they were taken. What the leaves tell of and is not
// there was taken away; an act that nobody could have taken was not written by us.
func (s *stored) open(owner string, k Opener, id string) (Decision, error) {
	d := Decision{ID: id, Owner: owner}
	for i, sealed := range s.acts {
		n := int64(i + 1)
		text, err := k.Row("decision_act", "sealed", actRow(owner, id, n), n, sealed)
		if err != nil {
			return Decision{}, err
		}
		act, err := parseAct(text)
		if err != nil {
			return Decision{}, err
		}
		if d, err = d.After(act); err != nil {
			return Decision{}, fmt.Errorf("decision %s, act %d: %w", id, n, ErrPutBack)
		}
	}
	if len(d.Acts) == 0 || int64(len(d.Acts)) < s.leaves || d.DueBy() != s.due || d.SecondBy() != s.second || flag(d.Demands()) != s.urgent {
		return Decision{}, fmt.Errorf("decision %s: %w", id, ErrPutBack)
	}
	return d, nil
}

// Overdue lists the contacts and situations about which the first step of a decision was
// due, or a second person should have spoken, by a moment: the server can tell without a
// key.
func Overdue(tx db.Tx, now int64) ([]string, error) {
	return db.Values[string](tx, `SELECT DISTINCT owner FROM decision WHERE due_by > 0 AND due_by <= $1 OR second_by > 0 AND second_by <= $1`, now)
}

// ForgetDecisions deletes the decisions about a contact or situation whose S is destroyed.
func ForgetDecisions(tx db.Tx, owner string) error {
	for _, q := range []string{
		`DELETE FROM decision_act WHERE decision IN (SELECT id FROM decision WHERE owner = $1)`,
		`DELETE FROM decision WHERE owner = $1`,
	} {
		if _, err := tx.Exec(q, owner); err != nil {
			return err
		}
	}
	return nil
}

// Acts tells how many acts there are about a contact or situation, without opening any.
func (b *Decisions) Acts(ctx context.Context, owner string) (n int64, err error) {
	return n, b.db.One(ctx, `SELECT count(*) FROM decision_act s JOIN decision d ON d.id = s.decision WHERE d.owner = $1`, []any{owner}, &n)
}

// A Clock is of a decision, as the server knows it without a key.
type Clock struct {
	ID, Owner       string
	DueBy, SecondBy int64 // each 0 where it does not run
}

// Running lists the decisions whose clock runs or has run out; what is over first, at most
// 200.
func Running(tx db.Tx) (out []Clock, err error) {
	rows, err := tx.Query(`SELECT id, owner, due_by, second_by FROM decision WHERE due_by > 0 OR second_by > 0
		ORDER BY CASE WHEN due_by = 0 OR second_by > 0 AND second_by < due_by THEN second_by ELSE due_by END, id LIMIT 200`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c Clock
		if err := rows.Scan(&c.ID, &c.Owner, &c.DueBy, &c.SecondBy); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

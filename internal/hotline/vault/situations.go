package vault

import (
	"context"
	"strconv"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Situations are several whose heads were opened as one page. They share a ring, so that
// what they hold is one page too, however many they are.
type Situations struct {
	Open map[hotline.SituationID]*Situation
	ring *Ring
}

// Situations opens the heads of several situations, for a list of what is to be done.
// What is closed to the person, or does not open, is not in the answer. One leaf
// stands for the page.
func (r *Ring) Situations(ctx context.Context, ids ...hotline.SituationID) (*Situations, error) {
	out := &Situations{Open: map[hotline.SituationID]*Situation{}, ring: r.inner()}
	var columns []seal.SituationColumns
	var objects []string
	var grants map[string][]seal.Grant
	err := r.k.db.Read(ctx, func(tx db.Tx) (err error) {
		if columns, err = openTo(tx, r.me, ids); err != nil {
			return err
		}
		objects = nil
		for _, c := range columns {
			objects = append(objects, c.ShredS)
		}
		grants, err = readGrants(tx, objects...)
		return err
	})
	if err != nil || len(columns) == 0 {
		return out, err
	}
	salts, err := r.k.shred.Some(ctx, objects...)
	if err != nil {
		return nil, err
	}
	all := r.k.line.Other("page")
	for _, c := range columns {
		all = all.With([]byte(c.ID))
		if salts[c.ShredS] == nil || c.Signer == seal.Intake || !r.v.Signed(c.Signer, r.k.line.Founded(c), c.Sig) {
			continue
		}
		_, head, _, err := r.widest(c.ShredS, grants[c.ShredS])
		if err != nil || !box.Equal(r.k.line.Commit(c.ShredS, head), c.CommitS) {
			continue
		}
		if out.Open[c.ID], err = out.ring.enter(c.ID, c.ShredS, nil, head, salts[c.ShredS]); err != nil {
			return nil, err
		}
	}
	if err := r.paged(ctx, len(columns), all, nil); err != nil {
		return nil, err
	}
	return out, nil
}

// Page opens heads as [Situation.Page] does, through whichever of the situations holds
// them.
func (s *Situations) Page(ctx context.Context, ids []hotline.ContactID, objects []string) ([]View, map[string]Held, error) {
	return s.ring.page(ctx, ids, objects)
}

// openTo reads those of the situations that are there and are not closed to a person.
func openTo(tx db.Tx, p hotline.PersonID, ids []hotline.SituationID) (out []seal.SituationColumns, err error) {
	places, args := db.List(ids)
	args = append(args, p)
	rows, err := tx.Query(`SELECT id, shred_s, commit_s, signer, sig FROM situation WHERE id IN (`+places+`)
		AND id NOT IN (SELECT situation FROM conflict WHERE person = $`+strconv.Itoa(len(args))+`) ORDER BY id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c seal.SituationColumns
		if err := rows.Scan(&c.ID, &c.ShredS, &c.CommitS, &c.Signer, &c.Sig); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

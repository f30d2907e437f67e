package vault

import (
	"context"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/opened"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// ShredHarm is the kind of the entries of reports of harm.
const ShredHarm = "harm"

// NewHarm makes the key of a report of harm. Any session may: what the key seals is opened
// again by supervisors and the privacy officer alone, and by the reporter only where she
// is one of them. Its entry is durable when NewHarm returns; put writes who may open it,
// in the transaction of the report.
func (r *Ring) NewHarm(ctx context.Context) (key seal.Key, put func(db.Tx) error, err error) {
	id := hotline.NewID()
	e, err := r.k.shred.Create(ctx, ShredHarm, 0, id)
	if err != nil {
		return seal.Key{}, nil, err
	}
	secret := box.Random(box.Size)
	var puts []func(db.Tx) error
	for _, t := range []hotline.TeamID{hotline.Supervisors, hotline.Privacy} {
		g, err := r.grant(id, "team/"+string(t), seal.Body, secret)
		if err != nil {
			return seal.Key{}, nil, err
		}
		puts = append(puts, g.Put)
	}
	k, err := r.harm(id, secret, e[0].Secret)
	return k.Seal(), func(tx db.Tx) error { return each(tx, puts) }, err
}

// Harm opens a report of harm. The leaf is in the log before anything is handed out.
func (r *Ring) Harm(ctx context.Context, id, why string) (opened.Key, error) {
	var grants []seal.Grant
	err := r.k.db.Read(ctx, func(tx db.Tx) error {
		found, err := readGrants(tx, id)
		grants = found[id]
		return err
	})
	if err != nil {
		return opened.Key{}, err
	}
	secret, g, err := r.unwrap(grants, seal.Body)
	if err != nil {
		return opened.Key{}, err
	}
	salt, err := r.k.shred.Get(ctx, id)
	if err != nil {
		return opened.Key{}, err
	}
	leaf, err := r.k.log.Prepare(ctx, audit.Act{By: hotline.Actor(r.me), What: "open harm", Object: id, Why: why}, salt[0])
	if err != nil {
		return opened.Key{}, err
	}
	var better []seal.Grant
	if g.Kind == seal.HPKE {
		if better, err = r.promote(grants, secret); err != nil {
			return opened.Key{}, err
		}
	}
	if err := r.k.opens(ctx, leaf, better); err != nil {
		return opened.Key{}, err
	}
	return r.harm(id, secret, salt[0])
}

func (r *Ring) harm(id string, secret, salt []byte) (opened.Key, error) {
	key, err := r.k.line.ObjectKey(id, seal.Body, secret, salt)
	return opened.Key{Line: r.k.line, Object: id, Key: key}, err
}

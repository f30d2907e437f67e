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

// What stands apart from every contact and situation has a key of its own: a report of
// harm, a legal request, the words that a search looks for.

// newApart makes such a key, which the teams open. Its entry is durable when it returns;
// put writes the grants, in the transaction of what is sealed under it.
func (r *Ring) newApart(ctx context.Context, kind string, teams ...hotline.TeamID) (*Key, func(db.Tx) error, error) {
	id := hotline.NewID()
	e, err := r.k.shred.Create(ctx, kind, 0, id)
	if err != nil {
		return nil, nil, err
	}
	secret := box.Random(box.Size)
	var puts []func(db.Tx) error
	for _, t := range teams {
		g, err := r.grant(id, "team/"+string(t), seal.Body, secret)
		if err != nil {
			return nil, nil, err
		}
		puts = append(puts, g.Put)
	}
	k, err := r.apart(id, secret, e[0].Secret)
	return k, func(tx db.Tx) error { return each(tx, puts) }, err
}

// openApart opens one. The leaf is in the log before anything is handed out.
func (r *Ring) openApart(ctx context.Context, id, what, why string) (*Key, error) {
	k, grants, salt, err := r.readApart(ctx, id)
	if err != nil {
		return nil, err
	}
	leaf, err := r.k.log.Prepare(ctx, audit.Act{By: hotline.Actor(r.me), What: what, Object: id, Why: why}, salt)
	if err != nil {
		return nil, err
	}
	better, err := r.promote(grants, k.secret)
	if err != nil {
		return nil, err
	}
	if err := r.k.opens(ctx, leaf, better); err != nil {
		return nil, err
	}
	return k, nil
}

func (r *Ring) readApart(ctx context.Context, id string) (k *Key, grants []seal.Grant, salt []byte, err error) {
	err = r.k.db.Read(ctx, func(tx db.Tx) error {
		found, err := readGrants(tx, id)
		grants = found[id]
		return err
	})
	if err != nil {
		return nil, nil, nil, err
	}
	secret, _, err := r.unwrap(grants, seal.Body)
	if err != nil {
		return nil, nil, nil, err
	}
	all, err := r.k.shred.Get(ctx, id)
	if err != nil {
		return nil, nil, nil, err
	}
	k, err = r.apart(id, secret, all[0])
	return k, grants, all[0], err
}

func (r *Ring) apart(id string, secret, salt []byte) (*Key, error) {
	key, err := r.k.line.ObjectKey(id, seal.Body, secret, salt)
	return &Key{Key: opened.Key{Line: r.k.line, Object: id, Key: key}, ring: r, secret: secret}, err
}

package contact

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
)

// allow asks the gate. A head that is not the newest decides nothing: it is [ErrHead].
// An override counts only where the rules forbid, and its leaf stands in the same
// transaction; whoever lets something go so has a reason in the log.
func (b *Book) allow(tx db.Tx, c Contact, head *Head, out Out) error {
	if head != nil && head.N != c.HeadN {
		return ErrHead
	}
	err := b.gate.Allow(tx, c, head, Out{Way: out.Way})
	if err == nil || out.leaf == nil {
		return err
	}
	if err := b.gate.Allow(tx, c, head, out); err != nil {
		return err
	}
	return out.leaf.Insert(tx)
}

// overriding makes the leaf of an override, whose reason only the privacy officer
// reads; nil where there is none. object is the id of the contact's key.
func (b *Book) overriding(ctx context.Context, o Override, object string) (*audit.Leaf, error) {
	if o.By == "" {
		return nil, nil //nolint:nilnil // no override, no leaf
	}
	salt, err := b.shred.Get(ctx, object)
	if err != nil {
		return nil, err
	}
	leaf, err := b.log.Prepare(ctx, audit.Act{By: hotline.Actor(o.By), What: "override", Object: object, Why: o.Reason}, salt[0])
	return &leaf, err
}

package retention

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// Hold keeps a contact as long as the law demands it: nothing of it is erased,
// destroyed or swept, whatever its time and whoever asks. A privacy officer decides
// it, and signs. The contact's own page says so, to who asks there to delete. Nobody at
// the desk can tell: from its hour it opens to no one there, as if it were gone.
//
// The row is written first, then the entries: at no moment is only one half of a
// hold enough to be erased by.
func (r *Retention) Hold(ctx context.Context, ring *vault.Ring, id hotline.ContactID, why string) error {
	c, leaf, err := r.decided(ctx, ring, id, "hold", why)
	if err != nil {
		return err
	}
	if err := r.Book.SetHold(ctx, id, true, leaf); err != nil {
		return err
	}
	err = r.each(ctx, ring, c, func(c shred.Clock) shred.Clock { c.Hold = true; return c })
	if err != nil {
		return err
	}
	return r.around(ctx, id)
}

// Lift ends a hold. Her words' time counts again, as it stands by then: the entries
// first, then the row.
func (r *Retention) Lift(ctx context.Context, ring *vault.Ring, id hotline.ContactID, why string) error {
	leaf, err := r.loosen(ctx, ring, id, why)
	if err != nil {
		return err
	}
	if err := r.Book.SetHold(ctx, id, false, leaf); err != nil {
		return err
	}
	return r.around(ctx, id)
}

// loosen is the first half of a lift: by the entries nothing holds the contact, and by its
// row it still stays. The leaf goes with the row.
func (r *Retention) loosen(ctx context.Context, ring *vault.Ring, id hotline.ContactID, why string) (audit.Leaf, error) {
	c, leaf, err := r.decided(ctx, ring, id, "lift hold", why)
	if err != nil {
		return leaf, err
	}
	err = r.each(ctx, ring, c, func(c shred.Clock) shred.Clock { c.Hold = false; return c })
	if err != nil {
		return leaf, err
	}
	return leaf, errors.Join(r.Carry(ctx, id), r.CarryRecord(ctx, c.s))
}

// tighten takes a [Retention.loosen] back, where the row still says that the law holds the
// contact.
func (r *Retention) tighten(ctx context.Context, ring *vault.Ring, id hotline.ContactID) error {
	c, err := r.Book.Find(ctx, id)
	if err != nil || !c.Hold {
		return err
	}
	return r.each(ctx, ring, entries{c.ShredK, c.ShredS}, func(c shred.Clock) shred.Clock { c.Hold = true; return c })
}

// around carries a hold, or its end, to the situation that the contact belongs to: while
// one contact of it is held, it has no end.
func (r *Retention) around(ctx context.Context, id hotline.ContactID) error {
	entries, err := situation.EntriesWith(ctx, r.Main, id)
	for _, e := range entries {
		err = errors.Join(err, r.CarrySituation(ctx, e))
	}
	return err
}

// entries are the two of a contact.
type entries struct{ k, s string }

// decided checks who decides, and prepares the leaf, which only the privacy team can
// read and which goes with the record.
func (r *Retention) decided(ctx context.Context, ring *vault.Ring, id hotline.ContactID, what, why string) (entries, audit.Leaf, error) {
	if !ring.Holds(hotline.Privacy) {
		return entries{}, audit.Leaf{}, ErrRole
	}
	c, err := r.Book.Columns(ctx, id)
	if err != nil {
		return entries{}, audit.Leaf{}, err
	}
	salt, err := r.Shred.Kept(ctx, c.ShredS)
	if err != nil {
		return entries{}, audit.Leaf{}, err
	}
	leaf, err := r.Log.Prepare(ctx, audit.Act{By: hotline.Actor(ring.Me()), What: what, Object: c.ShredS, Why: why}, salt[0])
	return entries{c.ShredK, c.ShredS}, leaf, err
}

// each changes the clocks of both entries, signed by the person. Her words may be
// erased already; then only what we wrote is left to hold.
func (r *Retention) each(ctx context.Context, ring *vault.Ring, of entries, change func(shred.Clock) shred.Clock) error {
	for _, id := range []string{of.k, of.s} {
		err := r.Shred.Adjust(ctx, id, func(c shred.Clock) (shred.Clock, bool) {
			c = change(c)
			c.Signer, c.Sig = string(ring.Me()), ring.Sign(shred.Signed(string(r.Line), id, c))
			return c, true
		})
		if errors.Is(err, shred.ErrShredded) && id == of.k {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

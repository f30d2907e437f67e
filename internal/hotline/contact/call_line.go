package contact

import (
	"context"
	"crypto/rand"
	"errors"
	"math/big"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// there is how long a caller counts as being there after a sign of her, in milliseconds: of
// an open page, or of a line that is held.
func (b *Book) there(ch hotline.Channel) int64 {
	if ch == hotline.Call {
		return b.set.Leg.Milliseconds()
	}
	return b.set.Seen.Milliseconds()
}

// Up reports whether a caller is on the telephone.
func (c Contact) Up(now int64) bool { return c.Channel == hotline.Call && c.SeenUntil > now }

// OnLine says that the lines of calls are still held. Whoever holds them says so every few
// seconds: a line of which nobody has said so for its time counts as dropped, and its place
// is kept. What is over stays so.
func (b *Book) OnLine(ctx context.Context, ids ...hotline.ContactID) error {
	if len(ids) == 0 {
		return nil
	}
	return b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		places, args := db.List(ids)
		n := len(args)
		_, err = tx.Exec(`UPDATE contact SET seen = 1, seen_until = $`+itoa(n+1)+` WHERE id IN (`+places+`) AND channel = 'call' AND state IN ('waiting', 'offered', 'live', 'parked')`,
			append(args, now+b.there(hotline.Call))...)
		return err
	})
}

// Dropped notes that her line has broken off. Her place, and who spoke with her, are kept
// for an hour. Of a call that is over it changes nothing.
func (b *Book) Dropped(ctx context.Context, id hotline.ContactID) error { return b.off(ctx, id, false) }

// HungUp notes that she has hung up. With an advocate it begins the wrap-up; where she
// waits for our word, the contact sleeps until then. Whoever waited keeps her place as after
// a drop: nobody knows who made her hang up.
func (b *Book) HungUp(ctx context.Context, id hotline.ContactID) error { return b.off(ctx, id, true) }

func (b *Book) off(ctx context.Context, id hotline.ContactID, wished bool) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		s := step{move: Lose, by: hotline.Machine, epoch: c.Epoch}
		switch {
		case c.Channel != hotline.Call:
			return ErrState
		case c.State == Closed || c.State == Erased:
			return nil
		case wished && c.State == Live && c.Promised > 0:
			s.move = Sleep
		case wished && c.State == Live:
			s.move, s.hers = End, true
		}
		if _, err := tx.Exec(`UPDATE contact SET seen_until = 0, gone = $1 WHERE id = $2`, flag(wished), id); err != nil {
			return err
		}
		if c.State != Waiting && c.State != Offered && c.State != Live {
			return nil // it stands where nothing is lost
		}
		_, err = b.move(tx, id, s)
		return err
	})
	if err == nil {
		b.told(id, 0, true)
	}
	return err
}

// PutThrough notes that another line talks with her, to which she agreed by a key: for us
// it is over, as if she had ended it, and the log says why. Her place is kept as after a
// drop, for the case that the other line is lost. Where somebody of ours has answered her by
// now, it is ErrState and nothing changes.
func (b *Book) PutThrough(ctx context.Context, id hotline.ContactID) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if c.Channel != hotline.Call || c.State == Live {
			return ErrState
		}
		if _, err := b.move(tx, id, step{move: End, by: hotline.Machine, epoch: c.Epoch, hers: true}); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE contact SET seen_until = 0 WHERE id = $1`, id); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Machine, What: "put through", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id, 0, true)
	}
	return err
}

// ErrDigits says that no four digits are free.
var ErrDigits = errors.New("contact: no digits are free")

// SpokenDigits gives four digits, to be spoken to her, by which [Book.Kept] finds her place
// again from another telephone. None of them is a 9: whoever keys that in is in danger
// (channel/voice/flow). They are kept nowhere, and find a place as long as it is
// kept; another four that she was told before find it too.
func (b *Book) SpokenDigits(ctx context.Context, id hotline.ContactID) (seal.Text, error) {
	for range 20 {
		const all = 9 * 9 * 9 * 9
		n, err := rand.Int(rand.Reader, big.NewInt(all))
		if err != nil {
			return seal.Text{}, err
		}
		var four [4]byte
		for i, left := range []int64{9 * 9 * 9, 9 * 9, 9, 1} {
			four[i] = '0' + byte(n.Int64()/left%9) //nolint:gosec // a digit
		}
		digits := seal.Conceal(string(four[:]))
		now, err := b.now(ctx)
		if err != nil {
			return seal.Text{}, err
		}
		hashes, err := b.sealer.Hashes(ctx, now, seal.Digits, hotline.Call, digits)
		if err != nil {
			return seal.Text{}, err
		}
		free := false
		err = b.db.Write(ctx, func(tx db.Tx) error {
			c, err := lock(tx, id)
			if err != nil {
				return err
			}
			if c.Channel != hotline.Call || c.State == Closed || c.State == Erased {
				return ErrOver
			}
			taken, err := lately(tx, toldDigits, hashes)
			if err != nil || len(taken) > 0 {
				free = false
				return err
			}
			free, err = remember(tx, toldDigits, hashes[0], id, seal.HashUntil(now))
			return err
		})
		if err != nil || free {
			return digits, err
		}
	}
	return seal.Text{}, ErrDigits
}

// Kept finds the call whose place is kept for whoever calls now: by the digits that she
// keys in, else by her number. It changes nothing; [Book.BackOnLine] does. A place is kept
// for an hour after the line is gone, and longer where she waits for our word. ErrMissing is
// said where there is none, and where several are kept for one number: a house may have one
// telephone, and nobody is put into somebody else's place.
func (b *Book) Kept(ctx context.Context, from, digits seal.Text) (c Contact, err error) {
	kind, what, said := cameByCall, seal.From, from
	if digits.Len() > 0 {
		kind, what, said = toldDigits, seal.Digits, digits
	}
	if said.Len() == 0 {
		return c, ErrMissing
	}
	now, err := b.now(ctx)
	if err != nil {
		return c, err
	}
	hashes, err := b.sealer.Hashes(ctx, now, what, hotline.Call, said)
	if err != nil {
		return c, err
	}
	return c, b.db.Read(ctx, func(tx db.Tx) error {
		c = Contact{}
		ids, err := lately(tx, kind, hashes)
		if err != nil {
			return err
		}
		found := 0
		for _, id := range ids {
			other, err := find(tx, id)
			if errors.Is(err, ErrMissing) {
				continue
			}
			if err != nil {
				return err
			}
			if b.kept(other, now) {
				c = other
				found++
			}
		}
		if found != 1 {
			c = Contact{}
			return ErrMissing
		}
		return nil
	})
}

// kept reports whether a call's place is kept: its line is gone, and not for too long.
func (b *Book) kept(c Contact, now int64) bool {
	if c.Channel != hotline.Call || c.Up(now) {
		return false
	}
	switch c.State {
	case Interrupted, Closing:
		return c.StateAt+b.set.KeepPlace.Milliseconds() > now
	case Sleeping:
		return true
	case Waiting, Parked, Offered, Live, Closed, Erased:
	}
	return false
}

// BackOnLine puts her back where she was. Whoever spoke with her is asked first, where she
// is there, has room, and would hear it; else she waits, before those who are new. Where the
// place is no longer kept it is ErrState, and she is a new caller. The digits that she was
// told find nothing any more.
func (b *Book) BackOnLine(ctx context.Context, id hotline.ContactID, from seal.Text) (c Contact, err error) {
	by, err := b.cameBy(ctx, hotline.Call, from, seal.Text{})
	if err != nil {
		return c, err
	}
	err = b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if c, err = lock(tx, id); err != nil {
			return err
		}
		if !b.kept(c, now) {
			return ErrState
		}
		if _, err := tx.Exec(`UPDATE contact SET seen = 1, gone = 0, seen_until = $1 WHERE id = $2`, now+b.there(c.Channel), id); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM recent WHERE contact = $1 AND kind = $2`, id, toldDigits); err != nil {
			return err
		}
		if err := calledFrom(tx, id, by); err != nil {
			return err
		}
		if err := b.backOnLine(tx, c); err != nil {
			return err
		}
		c, err = find(tx, id)
		return err
	})
	if err == nil {
		b.told(id, 0, true)
	}
	return c, err
}

// backOnLine has a call wait again, and rings first for whoever had it: a call is never put
// through to somebody who has not answered it.
func (b *Book) backOnLine(tx db.Tx, c Contact) error {
	if _, err := b.move(tx, c.ID, step{move: Rejoin, by: hotline.Machine, epoch: c.Epoch}); err != nil {
		return err
	}
	if err := b.again(tx, c); err != nil || c.Advocate == "" {
		return err
	}
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	p, err := staff.Of(tx, c.Advocate)
	if err != nil || !p.Here(now) || p.State == staff.Locked || p.State == staff.Break {
		return err
	}
	c.Epoch++
	switch err := b.OfferTo(tx, c, c.Advocate); {
	case errors.Is(err, staff.ErrFull), errors.Is(err, ErrPhone), errors.Is(err, ErrConflict), errors.Is(err, ErrState):
		return nil // whoever is free is asked
	default:
		return err
	}
}

// Relief is the kind of ring by which a living call is taken over from an advocate whose
// telephone is gone.
const Relief = "relief"

// RelieveBy rings for somebody who would take over a living call, since its advocate's
// telephone is gone. Until it is accepted the call stays hers, and on time-out nothing
// changes. It belongs to routing, which chooses. A call that somebody is asked for already
// is ErrState.
func (b *Book) RelieveBy(tx db.Tx, c Contact, p hotline.PersonID) error {
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	if c, err = lock(tx, c.ID); err != nil {
		return err
	}
	if c.Channel != hotline.Call || c.State != Live || c.Advocate == p {
		return ErrState
	}
	if err := unknown(tx, c, p); err != nil {
		return err
	}
	if err := b.hears(tx, c, p, now); err != nil {
		return err
	}
	asked, err := one(tx, `SELECT 1 FROM offer WHERE contact = $1 AND ended_at IS NULL`, c.ID)
	if err != nil {
		return err
	}
	if asked {
		return ErrState
	}
	if err := insertRing(tx, Ring{hotline.NewID(), c.ID, Relief, p, c.Advocate, c.Epoch, now, now + b.set.Offer.Milliseconds()}); err != nil {
		return err
	}
	return b.log.Public(audit.Act{By: hotline.Machine, What: "offer relief", Object: string(c.ID)}).Insert(tx)
}

// PhoneBack ends the ring for relief: the advocate's telephone is there again.
func (b *Book) PhoneBack(ctx context.Context, id hotline.ContactID) error {
	ended := false
	err := b.db.Write(ctx, func(tx db.Tx) error {
		ended = false
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if _, err := lock(tx, id); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE offer SET ended_at = $1, outcome = 'gone' WHERE contact = $2 AND kind = $3 AND ended_at IS NULL`, now, id, Relief)
		ended = n > 0
		return err
	})
	if err == nil && ended {
		b.told(id, 0, true)
	}
	return err
}

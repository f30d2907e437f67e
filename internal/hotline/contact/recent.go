package contact

import (
	"context"
	"errors"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Kinds of what came lately. Of each but a number there is one row for one hash: several
// people may call from one telephone, and an address has one contact at a time.
const (
	cameFrom   = "from"   // an address that somebody wrote from
	cameByCall = "call"   // a number that somebody called from
	cameAs     = "got"    // the vendor's name for it
	toldDigits = "digits" // what she was told to say when she calls again
	saidEarly  = "said"   // what a vendor said of something that we did not know yet
)

// came is how somebody came, hashed under each day whose key still lives, this day's first.
type came struct {
	from, as [][]byte
	until    int64 // of this day's
}

// cameBy hashes an address and a vendor's name for what came from it.
func (b *Book) cameBy(ctx context.Context, ch hotline.Channel, from, as seal.Text) (c came, err error) {
	if from.Len() == 0 && as.Len() == 0 {
		return c, nil
	}
	now, err := b.now(ctx)
	if err != nil {
		return c, err
	}
	c.until = seal.HashUntil(now)
	if from.Len() > 0 {
		if c.from, err = b.sealer.Hashes(ctx, now, seal.From, ch, from); err != nil {
			return c, err
		}
	}
	if as.Len() > 0 {
		c.as, err = b.sealer.Hashes(ctx, now, seal.Got, ch, as)
	}
	return c, err
}

// lately lists to which contacts hashes of a kind lead.
func lately(tx db.Tx, kind string, hashes [][]byte) (out []hotline.ContactID, err error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	places, args := db.List(hashes)
	args = append(args, kind)
	return db.Values[hotline.ContactID](tx, `SELECT DISTINCT contact FROM recent WHERE hash IN (`+places+`) AND kind = $`+itoa(len(args))+` LIMIT 100`, args...)
}

// remember notes a hash of a kind until the day's key goes. It reports whether it was not
// there.
func remember(tx db.Tx, kind string, hash []byte, id hotline.ContactID, until int64) (bool, error) {
	n, err := tx.Exec(`INSERT INTO recent (kind, hash, contact, until) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, kind, hash, id, until)
	return n > 0, err
}

// living finds the contact of an address that is neither closed nor erased; the one that
// moved last where there are several, which only a midnight can make.
func living(tx db.Tx, ids []hotline.ContactID) (c Contact, ok bool, err error) {
	for _, id := range ids {
		other, err := find(tx, id)
		if err != nil {
			if errors.Is(err, ErrMissing) {
				continue
			}
			return c, false, err
		}
		if other.State != Closed && other.State != Erased && (!ok || other.StateAt > c.StateAt) {
			c, ok = other, true
		}
	}
	return c, ok, nil
}

// known says what a message belongs to: the contact that has it already, or the one that
// goes on at its address. Without either it is the first, of somebody who was here before
// where others of hers are over.
func (b *Book) known(ctx context.Context, by came) (k knownBy, err error) {
	return k, b.db.Read(ctx, func(tx db.Tx) error {
		k = knownBy{}
		repeated, err := lately(tx, cameAs, by.as)
		if err != nil {
			return err
		}
		if len(repeated) > 0 {
			k.repeated = true
			k.c, err = find(tx, repeated[0])
			if errors.Is(err, ErrMissing) { // her words are erased, and nothing leads there
				k.c, err = Contact{State: Erased}, nil
			}
			return err
		}
		ids, err := lately(tx, cameFrom, by.from)
		if err != nil {
			return err
		}
		k.before = ids
		k.c, k.goes, err = living(tx, ids)
		return err
	})
}

type knownBy struct {
	c        Contact
	repeated bool
	goes     bool
	before   []hotline.ContactID // all of this address, over or not
}

// arrived notes by which name of the vendor's a message came, under the contact's lock or
// with its making. What somebody else has just taken in is errRepeated; what came before, on
// another day too, [Book.known] has found.
func arrived(tx db.Tx, id hotline.ContactID, by came) error {
	if len(by.as) == 0 {
		return nil
	}
	first, err := remember(tx, cameAs, by.as[0], id, by.until)
	if err == nil && !first {
		err = errRepeated
	}
	return err
}

// goesOn notes that the contact of an address goes on this day too.
func goesOn(tx db.Tx, id hotline.ContactID, by came) error {
	if len(by.from) == 0 {
		return nil
	}
	_, err := remember(tx, cameFrom, by.from[0], id, by.until)
	return err
}

// takesOver makes a new contact the one of its address. One that goes on there, or that
// somebody else has made by now, is ErrRace.
func takesOver(tx db.Tx, id hotline.ContactID, by came) error {
	if len(by.from) == 0 {
		return nil
	}
	first, err := remember(tx, cameFrom, by.from[0], id, by.until)
	if err != nil {
		return err
	}
	others, err := lately(tx, cameFrom, by.from)
	if err != nil {
		return err
	}
	others = slices.DeleteFunc(others, func(o hotline.ContactID) bool { return o == id })
	switch _, goes, err := living(tx, others); {
	case err != nil:
		return err
	case goes:
		return ErrRace
	case first:
		return nil
	}
	for _, over := range others { // what is over gives its place to this one, and to nobody else
		n, err := tx.Exec(`UPDATE recent SET contact = $1 WHERE kind = $2 AND hash = $3 AND contact = $4`, id, cameFrom, by.from[0], over)
		if err != nil || n > 0 {
			return err
		}
	}
	return ErrRace
}

// forgetRecent takes away what leads to a contact. That a vendor's message has come stays
// known, without leading anywhere: else a repetition would bring erased words back.
func forgetRecent(tx db.Tx, id hotline.ContactID) error {
	if _, err := tx.Exec(`DELETE FROM recent WHERE contact = $1 AND kind <> $2`, id, cameAs); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE recent SET contact = '' WHERE contact = $1`, id)
	return err
}

// SweepRecent takes away what the key of its day has left.
func (b *Book) SweepRecent(ctx context.Context) error {
	return b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM recent WHERE until <= $1`, now)
		return err
	})
}

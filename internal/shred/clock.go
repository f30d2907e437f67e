package shred

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
)

// A Clock says how long an entry opens and whether it may be destroyed. Who set it
// signs it; the signature is checked before anything is destroyed, so that nobody
// who can write the store can use forgetting as a weapon.
type Clock struct {
	NotAfter int64 // Unix ms; 0 = no end
	Hold     bool  // stays, whatever NotAfter says; past it, it opens by the law alone
	Signer   string
	Sig      []byte
}

// Signed is what the signer of a clock signs.
func Signed(line, id string, c Clock) box.Context {
	return box.NewContext(line, "shred clock", id, strconv.FormatInt(c.NotAfter, 10), strconv.FormatBool(c.Hold))
}

// Set gives an entry a new clock. A missing entry is ErrShredded.
func (s *Store) Set(ctx context.Context, id string, c Clock) error {
	return s.Adjust(ctx, id, func(Clock) (Clock, bool) { return c, true })
}

// Adjust gives an entry the clock that change makes of the one it has, unless change
// says no. Of two who do so at once the second sees what the first has set, so that
// nobody undoes a hold unseen. A missing entry is ErrShredded.
func (s *Store) Adjust(ctx context.Context, id string, change func(Clock) (Clock, bool)) error {
	for before := int64(-1); ; {
		var r row
		if err := s.db.Read(ctx, func(tx db.Tx) (err error) { r, err = read(tx, id); return err }); err != nil {
			return err
		}
		secret, err := s.unwrap(ctx, r, map[int64][]byte{})
		if errors.Is(err, ErrOld) && r.generation != before {
			before = r.generation // re-wrapped between the two reads
			continue
		}
		if err != nil {
			return err
		}
		n, key, err := s.newest(ctx)
		if err != nil {
			return err
		}
		c, ok := change(r.clock)
		if !ok {
			return nil
		}
		wrapped := box.Seal(key, secret, s.context(id, r.kind, n, c))
		err = s.db.Write(ctx, func(tx db.Tx) error {
			changed, err := tx.Exec(`UPDATE entry SET wrapped = $1, generation = $2, not_after = $3, hold = $4, signer = $5, sig = $6
				WHERE id = $7 AND wrapped = $8 AND $2 = (SELECT max(n) FROM generation)`, wrapped, n, c.NotAfter, flag(c.Hold), c.Signer, c.Sig, id, r.wrapped)
			if err == nil && changed == 0 {
				return errTurned
			}
			return err
		})
		if !errors.Is(err, errTurned) {
			return err
		}
	}
}

// Clock reads an entry's clock. A missing entry is ErrShredded.
func (s *Store) Clock(ctx context.Context, id string) (Clock, error) {
	var r row
	err := s.db.Read(ctx, func(tx db.Tx) (err error) { r, err = read(tx, id); return err })
	return r.clock, err
}

// Due is an entry whose time was over at the moment asked for.
type Due struct {
	ID, Kind string
	Clock    Clock
}

// Due lists entries of a kind whose clock ended at least grace ago and that nothing
// holds, oldest first.
func (s *Store) Due(ctx context.Context, kind string, grace time.Duration, limit int) (out []Due, err error) {
	return out, s.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT id, kind, not_after, signer, sig FROM entry
			WHERE kind = $1 AND not_after > 0 AND not_after <= $2 AND hold = 0 ORDER BY not_after LIMIT $3`, kind, now-grace.Milliseconds(), limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var d Due
			if err := rows.Scan(&d.ID, &d.Kind, &d.Clock.NotAfter, &d.Clock.Signer, &d.Clock.Sig); err != nil {
				return err
			}
			out = append(out, d)
		}
		return rows.Err()
	})
}

// Old lists the ids of a kind made at least age ago, from after one id on, for the
// sweep that asks the main database whether anything still depends on them.
func (s *Store) Old(ctx context.Context, kind string, age time.Duration, after string, limit int) (out []string, err error) {
	return out, s.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		out, err = db.Values[string](tx, `SELECT id FROM entry WHERE kind = $1 AND created_at <= $2 AND id > $3 ORDER BY id LIMIT $4`, kind, now-age.Milliseconds(), after, limit)
		return err
	})
}

// DayLife is how long the entry of a day lives, from the day's beginning.
const DayLife = 72 * time.Hour

// MAC is the day-keyed hash of something that must not be kept: 128 bits that
// nobody can recompute once the day's key is gone, [DayLife] after the day began.
// day is the number of days since 1970 in UTC.
func (s *Store) MAC(ctx context.Context, day int64, domain, id string) ([]byte, error) {
	entry := "day-" + strconv.FormatInt(day, 10)
	secret, err := s.Kept(ctx, entry)
	if errors.Is(err, ErrShredded) {
		ends := time.UnixMilli(0).Add(time.Duration(day)*24*time.Hour + DayLife).UnixMilli()
		if _, err := s.Create(ctx, "day", ends, entry); err != nil && !db.Unique(err) {
			return nil, err
		}
		secret, err = s.Kept(ctx, entry)
	}
	if err != nil {
		return nil, err
	}
	return box.MAC(secret[0], box.NewContext(s.line, "day", domain, id))[:16], nil
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Kind says what kind of thing depends on an entry. A missing entry is ErrShredded.
func (s *Store) Kind(ctx context.Context, id string) (string, error) {
	var r row
	err := s.db.Read(ctx, func(tx db.Tx) (err error) { r, err = read(tx, id); return err })
	return r.kind, err
}

// Reclaim has what was destroyed given back to the disk.
func (s *Store) Reclaim(ctx context.Context) error {
	return errors.Join(s.db.Reclaim(ctx, "entry"), s.db.Reclaim(ctx, "generation"))
}

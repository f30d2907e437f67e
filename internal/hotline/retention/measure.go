package retention

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A day may always destroy this many, and no more than twice what is usual.
const (
	floor = 50
	usual = 28 // days that say what is usual
)

// A Measure is how a day stands.
type Measure struct {
	Day      int64
	Done     int64 // destroyed because due or without an owner
	Most     int64 // without asking anybody
	Released int64 // two people have let it go so far
	By       []hotline.PersonID
}

// Measure reads how today stands.
func (r *Retention) Measure(ctx context.Context) (m Measure, err error) {
	v, err := r.Authority.Current(ctx)
	if err != nil {
		return m, err
	}
	return m, r.Store.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		m = Measure{Day: now / 86400000}
		if err := tx.QueryRow(`SELECT CAST(coalesce(sum(CASE WHEN day = $1 THEN done ELSE 0 END), 0) AS BIGINT),
			CAST(coalesce(sum(CASE WHEN day < $1 THEN done ELSE 0 END), 0) AS BIGINT) FROM forgetting WHERE day >= $2`, m.Day, m.Day-usual).
			Scan(&m.Done, &m.Most); err != nil {
			return err
		}
		m.Most = max(floor, 2*m.Most/usual)
		return r.released(tx, v, &m)
	})
}

// released counts only what is signed by people of the line who may decide it; what
// two have agreed on is the smaller of the two largest.
func (r *Retention) released(tx db.Tx, v *seal.Verified, m *Measure) error {
	rows, err := tx.Query(`SELECT person, up_to, sig FROM release WHERE day = $1 ORDER BY up_to DESC`, m.Day)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p hotline.PersonID
		var upTo int64
		var sig []byte
		if err := rows.Scan(&p, &upTo, &sig); err != nil {
			return err
		}
		if !may(v, p) || !v.Signed(string(p), r.letGo(m.Day, upTo), sig) {
			continue
		}
		if m.By = append(m.By, p); len(m.By) == 2 {
			m.Released = upTo
		}
	}
	return rows.Err()
}

// may says who decides: whoever holds the supervisors' or the privacy team's keys,
// and administrators, by what is signed and not by what a row says.
func may(v *seal.Verified, p hotline.PersonID) bool {
	who, ok := v.Roster[p]
	_, admin := v.Manifest.Admins[p]
	return ok && !who.Former && (admin || slices.Contains(who.Teams, hotline.Supervisors) || slices.Contains(who.Teams, hotline.Privacy))
}

func (r *Retention) letGo(day, upTo int64) box.Context {
	return r.Line.Other("let go", strconv.FormatInt(day, 10), strconv.FormatInt(upTo, 10))
}

// Release lets today destroy so many in all. It counts once a second person has said
// so too.
func (r *Retention) Release(ctx context.Context, ring *vault.Ring, upTo int64) error {
	m, err := r.Measure(ctx)
	if err != nil {
		return err
	}
	v, err := r.Authority.Current(ctx)
	if err != nil {
		return err
	}
	if !may(v, ring.Me()) {
		return ErrRole
	}
	sig := ring.Sign(r.letGo(m.Day, upTo))
	return r.Store.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(`INSERT INTO release (day, person, up_to, sig) VALUES ($1, $2, $3, $4)
			ON CONFLICT (day, person) DO UPDATE SET up_to = excluded.up_to, sig = excluded.sig`, m.Day, ring.Me(), upTo, sig)
		return err
	})
}

// allow notes that n more are about to be destroyed today, or refuses them all, and
// the alarm rings.
func (r *Retention) allow(ctx context.Context, n int) error {
	m, err := r.Measure(ctx)
	if err != nil {
		return err
	}
	if want := m.Done + int64(n); want > m.Most && want > m.Released {
		err := fmt.Errorf("retention: %d would be destroyed today, %d are usual at most: %w", want, m.Most, ErrMuch)
		r.Alarm(err)
		return err
	}
	return r.Store.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(`INSERT INTO forgetting (day, done) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE SET done = forgetting.done + excluded.done`, m.Day, n)
		return err
	})
}

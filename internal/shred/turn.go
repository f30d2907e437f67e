package shred

import (
	"context"
	"errors"
	"strconv"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
)

// Generation returns the newest generation, which the main database notes.
func (s *Store) Generation(ctx context.Context) (int64, error) {
	var n int64
	return n, s.db.One(ctx, `SELECT coalesce(max(n), 0) FROM generation`, nil, &n)
}

// Found notes that a line depends on this store from now on. A store without the
// note is not the line's: it was lost, and an empty one stands in its place.
func (s *Store) Found(ctx context.Context) error {
	return s.Raise(ctx, founded, 1, box.NewContext(s.line, founded).Hash())
}

const founded = "founded"

// Check refuses a store that is not the line's, or is older than the generation
// noted elsewhere.
func (s *Store) Check(ctx context.Context, noted int64) error {
	var hash []byte
	err := s.db.One(ctx, `SELECT hash FROM mark WHERE kind = $1`, []any{founded}, &hash)
	if errors.Is(err, db.ErrNoRows) || err == nil && !box.Equal(hash, box.NewContext(s.line, founded).Hash()) {
		return ErrOld
	}
	if err != nil {
		return err
	}
	n, err := s.Generation(ctx)
	if err == nil && n < noted {
		return ErrOld
	}
	return err
}

// Turn begins the night's new generation, or goes on with one left unfinished.
func (s *Store) Turn(ctx context.Context) error {
	var n, count int64
	if err := s.db.One(ctx, `SELECT max(n), count(*) FROM generation`, nil, &n, &count); err != nil || count > 1 {
		return err
	}
	return s.begin(ctx, n+1)
}

// begin makes the key of generation n durable before the store names it. On SQLite
// the file comes first; a crash in between leaves a slot that nothing names.
func (s *Store) begin(ctx context.Context, n int64) error {
	wrapped := box.Seal(s.op, box.Random(box.Size), s.generation(n))
	if f, ok := s.keys.(slots); ok {
		if err := f.write(ctx, n, wrapped); err != nil {
			return err
		}
		wrapped = nil
	}
	return s.db.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(`INSERT INTO generation (n, wrapped) VALUES ($1, $2)`, n, wrapped)
		return err
	})
}

// portion is how many entries one transaction re-wraps.
const portion = 1000

// Portion re-wraps up to 1,000 secrets under the newest generation, and overwrites
// the old keys once nothing needs them; then it reports true. A crash between two
// portions loses nothing: the next call goes on.
func (s *Store) Portion(ctx context.Context) (bool, error) {
	var rows []row
	var now int64
	err := s.db.Read(ctx, func(tx db.Tx) error {
		if err := tx.QueryRow(`SELECT max(n) FROM generation`).Scan(&now); err != nil {
			return err
		}
		found, err := tx.Query(`SELECT id, kind, generation, not_after, hold, wrapped FROM entry WHERE generation < $1 LIMIT $2`, now, portion)
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			var r row
			if err := found.Scan(&r.id, &r.kind, &r.generation, &r.clock.NotAfter, &r.clock.Hold, &r.wrapped); err != nil {
				return err
			}
			rows = append(rows, r)
		}
		return found.Err()
	})
	if err != nil {
		return false, err
	}
	if len(rows) == 0 {
		return true, s.retire(ctx, now)
	}
	key, err := s.key(ctx, now)
	if err != nil {
		return false, err
	}
	cache := map[int64][]byte{}
	fresh := make([][]byte, len(rows))
	for i, r := range rows {
		secret, err := s.unwrap(ctx, r, cache)
		if err != nil {
			return false, err
		}
		fresh[i] = box.Seal(key, secret, s.context(r.id, r.kind, now, r.clock))
	}
	return false, s.db.Write(ctx, func(tx db.Tx) error {
		for i, r := range rows {
			// What was destroyed or changed meanwhile is left alone.
			if _, err := tx.Exec(`UPDATE entry SET wrapped = $1, generation = $2 WHERE id = $3 AND wrapped = $4`, fresh[i], now, r.id, r.wrapped); err != nil {
				return err
			}
		}
		return nil
	})
}

// retire ends the generations before n that nothing needs: the row first, then the
// key, so that a crash in between is mended at boot.
func (s *Store) retire(ctx context.Context, n int64) error {
	err := s.db.Write(ctx, func(tx db.Tx) error {
		// Those who make something under an old one are waited for, then looked for.
		var old int64
		err := tx.QueryRow(`SELECT n FROM generation WHERE n < $1 ORDER BY n LIMIT 1 FOR UPDATE`, n).Scan(&old)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM generation WHERE n < $1 AND NOT EXISTS (SELECT 1 FROM entry WHERE generation < $1)`, n)
		return err
	})
	if err != nil {
		return err
	}
	return s.forget(ctx)
}

// forget overwrites keys of generations that the store does not name.
func (s *Store) forget(ctx context.Context) error {
	var low, high int64
	if err := s.db.One(ctx, `SELECT min(n), max(n) FROM generation`, nil, &low, &high); err != nil {
		return err
	}
	if low != high {
		return nil
	}
	return errors.Join(s.keys.erase(ctx, high-1), s.keys.erase(ctx, high+1))
}

func (s *Store) key(ctx context.Context, n int64) ([]byte, error) {
	wrapped, err := s.keys.read(ctx, n)
	if err != nil {
		return nil, err
	}
	return box.Open(s.op, wrapped, s.generation(n))
}

func (s *Store) generation(n int64) box.Context {
	return box.NewContext(s.line, "shred generation", strconv.FormatInt(n, 10))
}

// Keys returns the wrapped generation keys, for a backup.
func (s *Store) Keys(ctx context.Context) (map[int64][]byte, error) {
	var low, high int64
	if err := s.db.One(ctx, `SELECT min(n), max(n) FROM generation`, nil, &low, &high); err != nil {
		return nil, err
	}
	out := map[int64][]byte{}
	for n := low; n <= high; n++ {
		wrapped, err := s.keys.read(ctx, n)
		if err != nil {
			return nil, err
		}
		out[n] = wrapped
	}
	return out, nil
}

// PutKeys brings wrapped generation keys back, beside the rows that a restore has
// put into the store. The engine may be another than the one they come from.
func PutKeys(ctx context.Context, d *db.DB, keyFile string, wrapped map[int64][]byte) error {
	var to keys = table{d}
	if d.Engine() == db.SQLite {
		to = slots{keyFile}
		err := d.Write(ctx, func(tx db.Tx) error {
			_, err := tx.Exec(`UPDATE generation SET wrapped = NULL`)
			return err
		})
		if err != nil {
			return err
		}
	}
	for n, w := range wrapped {
		if err := to.write(ctx, n, w); err != nil {
			return err
		}
	}
	return nil
}

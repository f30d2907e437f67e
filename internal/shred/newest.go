package shred

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
)

// A Newest is the counter and the hash of the newest head that depends on an entry.
// It stands here and not beside the head, so that whoever writes the main database,
// or brings an old copy of it back, does not bring an old head back unseen.
type Newest struct {
	N    int64
	Hash []byte
}

// Allows reports whether a head may be opened: none that is older than the newest
// one, and no other one of the same number.
func (n Newest) Allows(head Newest) bool {
	return head.N > n.N || head.N == n.N && (n.N == 0 || box.Equal(head.Hash, n.Hash))
}

// Head is the mark of a sealed head: id is the entry that it depends on.
func (s *Store) Head(id string, n int64, sealed []byte) Newest {
	return Newest{n, box.NewContext(s.line, "newest head", id, strconv.FormatInt(n, 10)).With(sealed).Hash()}
}

// Newest reads the newest heads of those entries that are there.
func (s *Store) Newest(ctx context.Context, ids ...string) (map[string]Newest, error) {
	out := make(map[string]Newest, len(ids))
	places, args := db.List(ids)
	return out, s.db.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT id, head_n, head_hash FROM entry WHERE id IN (`+places+`)`, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			var n Newest
			if err := rows.Scan(&id, &n.N, &n.Hash); err != nil {
				return err
			}
			out[id] = n
		}
		return rows.Err()
	})
}

// RaiseHeads notes newer heads, after their commit or when a newer one has opened. A
// lower one changes nothing, and an entry that is gone stays gone.
func (s *Store) RaiseHeads(ctx context.Context, heads map[string]Newest) error {
	if len(heads) == 0 {
		return nil
	}
	return s.db.Write(ctx, func(tx db.Tx) error {
		for _, id := range slices.Sorted(maps.Keys(heads)) {
			n := heads[id]
			if _, err := tx.Exec(`UPDATE entry SET head_n = $1, head_hash = $2 WHERE id = $3 AND head_n < $1`, n.N, n.Hash, id); err != nil {
				return err
			}
		}
		return nil
	})
}

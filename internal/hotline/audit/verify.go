package audit

import (
	"bytes"
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/freeline-org/freeline/internal/db"
)

// A Head names a tree: how many leaves, and the hash over them.
type Head struct {
	N    int64
	Hash tlog.Hash
}

// Verify holds the whole log together: each leaf in its place, the tree over them
// computed anew, each readable opening as its leaf commits to it. earlier are heads
// that somebody has kept: a log that is smaller than one of them, or another one, is
// ErrBroken. It returns size and hash.
func (l *Log) Verify(ctx context.Context, earlier ...Head) (n int64, hash tlog.Hash, err error) {
	err = l.db.Read(ctx, func(tx db.Tx) error {
		e := edge{}
		for n = 0; ; {
			some, err := leaves(tx, `SELECT id, object, hash, opening, n FROM leaf WHERE n >= $1 ORDER BY n LIMIT $2`, n, portion)
			if err != nil {
				return err
			}
			if len(some) == 0 {
				break
			}
			if err := l.verify(tx, e, n, some); err != nil {
				return err
			}
			n += int64(len(some))
		}
		var nodes int64
		if err := tx.QueryRow(`SELECT count(*) FROM tree`).Scan(&nodes); err != nil {
			return err
		}
		if nodes != tlog.StoredHashCount(n) {
			return fmt.Errorf("a tree of %d leaves has %d nodes: %w", n, nodes, ErrBroken)
		}
		hash, err = tlog.TreeHash(n, stored(tx))
		if err != nil {
			return err
		}
		return follows(tx, n, earlier)
	})
	return n, hash, err
}

// verify looks at some leaves, the first of which is in place n.
func (l *Log) verify(tx db.Tx, e edge, n int64, some []Leaf) error {
	first, last := tlog.StoredHashIndex(0, n), tlog.StoredHashCount(n+int64(len(some)))
	kept, err := nodes(tx, first, last)
	if err != nil {
		return err
	}
	for i, f := range some {
		at := n + int64(i)
		broken := fmt.Errorf("leaf %d: %w", at, ErrBroken)
		if f.n != at {
			return broken
		}
		hs, err := e.add(at, f.hash)
		if err != nil {
			return err
		}
		for j, h := range hs {
			if !bytes.Equal(kept[tlog.StoredHashIndex(0, at)+int64(j)], h[:]) {
				return broken
			}
		}
		if len(f.opening) > 0 && f.opening[0] == readable {
			if a, err := l.borneOut(f.opening[1:], f.hash); err != nil || a.Object != f.object {
				return broken
			}
		}
	}
	return nil
}

func nodes(tx db.Tx, from, to int64) (map[int64][]byte, error) {
	rows, err := tx.Query(`SELECT i, hash FROM tree WHERE i >= $1 AND i < $2`, from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int64][]byte{}
	for rows.Next() {
		var i int64
		var h []byte
		if err := rows.Scan(&i, &h); err != nil {
			return nil, err
		}
		out[i] = h
	}
	return out, rows.Err()
}

// follows checks that a tree of n leaves goes on from earlier ones.
func follows(tx db.Tx, n int64, earlier []Head) error {
	for _, h := range earlier {
		if h.N > n {
			return fmt.Errorf("%d leaves, and there were %d: %w", n, h.N, ErrBroken)
		}
		hash, err := tlog.TreeHash(h.N, stored(tx))
		if err != nil {
			return err
		}
		if hash != h.Hash {
			return fmt.Errorf("the first %d leaves are others than they were: %w", h.N, ErrBroken)
		}
	}
	return nil
}

package audit

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/freeline-org/freeline/internal/db"
)

// portion is how many leaves one transaction appends, and one look verifies.
const portion = 500

// Sequence appends new leaves to the tree, in portions, so that nobody waits for
// long. One node does it at a time; a second one leaves it to the first.
func (l *Log) Sequence(ctx context.Context) error {
	for {
		var n int
		err := l.db.Write(ctx, func(tx db.Tx) (err error) { n, err = appendLeaves(tx); return err })
		if db.Unique(err) {
			return nil
		}
		if err != nil || n < portion {
			return err
		}
	}
}

func appendLeaves(tx db.Tx) (int, error) {
	var n int64
	if err := tx.QueryRow(`SELECT coalesce(max(n) + 1, 0) FROM leaf`).Scan(&n); err != nil {
		return 0, err
	}
	fresh, err := leaves(tx, `SELECT id, object, hash, NULL, 0 FROM leaf WHERE n IS NULL ORDER BY id LIMIT $1`, portion)
	if err != nil || len(fresh) == 0 {
		return 0, err
	}
	edge, err := edgeOf(tx, n)
	if err != nil {
		return 0, err
	}
	var nodes, places []any
	for i, f := range fresh {
		at := n + int64(i)
		hs, err := edge.add(at, f.hash)
		if err != nil {
			return 0, err
		}
		for j, h := range hs {
			nodes = append(nodes, tlog.StoredHashIndex(0, at)+int64(j), h[:])
		}
		places = append(places, at, f.id)
	}
	if _, err := tx.Exec(`INSERT INTO tree (i, hash) VALUES `+pairs(len(nodes)/2, "BIGINT", ""), nodes...); err != nil {
		return 0, err
	}
	changed, err := tx.Exec(`UPDATE leaf SET n = column1 FROM (VALUES `+pairs(len(fresh), "BIGINT", "TEXT")+`) AS place WHERE id = column2 AND n IS NULL`, places...)
	if err == nil && changed != int64(len(fresh)) {
		err = fmt.Errorf("sequence: %w", ErrBroken)
	}
	return len(fresh), err
}

// pairs lists placeholders for n rows of two.
func pairs(n int, first, second string) string {
	var b strings.Builder
	cast := func(i int, to string) string {
		if to == "" {
			return fmt.Sprintf("$%d", i)
		}
		return fmt.Sprintf("CAST($%d AS %s)", i, to)
	}
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + cast(2*i+1, first) + ", " + cast(2*i+2, second) + ")")
	}
	return b.String()
}

// edge holds the last whole subtree of each level: all that a new leaf needs.
type edge map[int]tlog.Hash

// edgeOf reads the edge of a tree of n leaves.
func edgeOf(tx db.Tx, n int64) (edge, error) {
	e := edge{}
	for level := 0; n>>level > 0; level++ {
		if n>>level&1 == 0 {
			continue
		}
		hs, err := stored(tx)([]int64{tlog.StoredHashIndex(level, n>>level-1)})
		if err != nil {
			return nil, err
		}
		e[level] = hs[0]
	}
	return e, nil
}

// add gives the nodes that leaf n adds to the tree.
func (e edge) add(n int64, leaf []byte) ([]tlog.Hash, error) {
	hs, err := tlog.StoredHashes(n, leaf, tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, a := range at {
			level, _ := tlog.SplitStoredHashIndex(a)
			out[i] = e[level]
		}
		return out, nil
	}))
	for level, h := range hs {
		e[level] = h
	}
	return hs, err
}

// stored reads nodes of the tree.
func stored(tx db.Tx) tlog.HashReaderFunc {
	return func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, a := range at {
			var b []byte
			if err := tx.QueryRow(`SELECT hash FROM tree WHERE i = $1`, a).Scan(&b); err != nil {
				return nil, err
			}
			copy(out[i][:], b)
		}
		return out, nil
	}
}

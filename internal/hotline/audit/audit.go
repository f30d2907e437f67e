// Package audit keeps who saw and did what: appended, never changed.
package audit

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrBroken says that the log does not hold together.
var ErrBroken = problem.New(problem.Internal, "audit.broken")

// An Act is what a leaf speaks of.
type Act struct {
	By     hotline.Actor
	What   string
	Object string
	Why    string
}

// Log makes, orders and verifies leaves.
type Log struct {
	line      seal.Line
	db        *db.DB
	authority *seal.Authority
}

// New returns the log.
func New(l seal.Line, d *db.DB, a *seal.Authority) *Log { return &Log{l, d, a} }

// A Leaf is ready to be inserted.
type Leaf struct {
	id, object    string
	hash, opening []byte
}

// Public makes a leaf whose opening may be read: a transition.
func (l *Log) Public(a Act) Leaf {
	text, hash := l.text(a)
	return Leaf{hotline.NewID(), a.Object, hash, text}
}

// Prepare makes a leaf whose opening only the privacy officer reads. salt is the
// object's shred secret: the opening dies with the object. A leaf of a page of
// heads has no object and passes nil.
func (l *Log) Prepare(ctx context.Context, a Act, salt []byte) (Leaf, error) {
	v, err := l.authority.Current(ctx)
	if err != nil {
		return Leaf{}, err
	}
	pub, _, err := v.Team(hotline.Privacy)
	if err != nil {
		return Leaf{}, err
	}
	text, hash := l.text(a)
	id := hotline.NewID()
	secret := box.Random(box.Size)
	to, err := seal.SealTo(pub, l.line.Other("leaf secret", id, a.Object), secret)
	if err != nil {
		return Leaf{}, err
	}
	key, err := l.key(id, a.Object, secret, salt)
	if err != nil {
		return Leaf{}, err
	}
	opening := binary.BigEndian.AppendUint16(nil, uint16(len(to)))
	opening = append(append(opening, to...), box.Seal(key, text, l.line.Other("leaf", id))...)
	return Leaf{id, a.Object, hash, opening}, nil
}

func (l *Log) key(id, object string, secret, salt []byte) ([]byte, error) {
	if object == "" {
		return box.Derive(secret, l.line.Other("leaf key", id)), nil
	}
	return box.Salted(secret, salt, l.line.Other("leaf key", id))
}

// text is padded: its length would tell the act.
func (l *Log) text(a Act) (text, hash []byte) {
	c := l.line.Other("leaf text", string(a.By), a.What, a.Object, a.Why).With(box.Random(16))
	return box.Pad([]byte(fmt.Sprintf("%s %s %s %s %x", a.By, a.What, a.Object, a.Why, c.Hash()))), c.Hash()
}

// Open reads an opening with the privacy team's private key.
func (l *Log) Open(ctx context.Context, id string, private box.PrivateKey, salt func(object string) ([]byte, error)) (string, error) {
	var object string
	var opening []byte
	if err := l.db.One(ctx, `SELECT object, opening FROM leaf WHERE id = $1`, []any{id}, &object, &opening); err != nil {
		return "", err
	}
	if len(opening) < 2 || len(opening) < 2+int(binary.BigEndian.Uint16(opening)) {
		return "", box.ErrOpen
	}
	n := 2 + int(binary.BigEndian.Uint16(opening))
	secret, err := private.Open(opening[2:n], l.line.Other("leaf secret", id, object))
	if err != nil {
		return "", err
	}
	var shredSecret []byte
	if object != "" {
		if shredSecret, err = salt(object); err != nil {
			return "", err
		}
	}
	key, err := l.key(id, object, secret, shredSecret)
	if err != nil {
		return "", err
	}
	plain, err := box.Open(key, opening[n:], l.line.Other("leaf", id))
	if err != nil {
		return "", err
	}
	text, err := box.Unpad(plain)
	return string(text), err
}

// Insert writes the leaf in the transaction it speaks of. Its place comes later,
// so that nobody waits for the tree.
func (f Leaf) Insert(tx db.Tx) error {
	_, err := tx.Exec(`INSERT INTO leaf (id, hash, opening, object) VALUES ($1, $2, $3, $4)`, f.id, f.hash, f.opening, f.object)
	return err
}

// Sequence appends new leaves to the tree. One node does it at a time.
func (l *Log) Sequence(ctx context.Context) error {
	return l.db.Write(ctx, func(tx db.Tx) error {
		var n int64
		if err := tx.QueryRow(`SELECT coalesce(max(n) + 1, 0) FROM leaf`).Scan(&n); err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT id, hash FROM leaf WHERE n IS NULL ORDER BY id LIMIT 1000`)
		if err != nil {
			return err
		}
		leaves, err := collect(rows)
		if err != nil {
			return err
		}
		for _, f := range leaves {
			hs, err := tlog.StoredHashes(n, f.hash, reader(tx))
			if err != nil {
				return err
			}
			for i, h := range hs {
				if _, err := tx.Exec(`INSERT INTO tree (i, hash) VALUES ($1, $2)`, tlog.StoredHashIndex(0, n)+int64(i), h[:]); err != nil {
					return err
				}
			}
			if _, err := tx.Exec(`UPDATE leaf SET n = $1 WHERE id = $2`, n, f.id); err != nil {
				return err
			}
			n++
		}
		return nil
	})
}

// Verify recomputes the whole tree from the leaves and returns size and hash.
func (l *Log) Verify(ctx context.Context) (n int64, hash tlog.Hash, err error) {
	err = l.db.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT id, hash FROM leaf WHERE n IS NOT NULL ORDER BY n`)
		if err != nil {
			return err
		}
		leaves, err := collect(rows)
		if err != nil {
			return err
		}
		n = int64(len(leaves))
		for i, f := range leaves {
			hs, err := tlog.StoredHashes(int64(i), f.hash, reader(tx))
			if err != nil {
				return err
			}
			for j, h := range hs {
				at := tlog.StoredHashIndex(0, int64(i)) + int64(j)
				kept, err := reader(tx)([]int64{at})
				if err != nil || kept[0] != h {
					return fmt.Errorf("leaf %s: %w", strconv.Itoa(i), ErrBroken)
				}
			}
		}
		hash, err = tlog.TreeHash(n, reader(tx))
		return err
	})
	return n, hash, err
}

func reader(tx db.Tx) tlog.HashReaderFunc {
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

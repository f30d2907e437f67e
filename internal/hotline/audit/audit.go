// Package audit keeps who saw and did what: appended, never changed.
package audit

import (
	"context"
	"encoding/binary"

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
	n             int64
}

// Public makes a leaf whose opening may be read: a transition.
func (l *Log) Public(a Act) Leaf {
	text, hash := l.text(a)
	return Leaf{id: hotline.NewID(), object: a.Object, hash: hash, opening: append([]byte{readable}, text...)}
}

// The first byte of an opening says who can read it.
const (
	readable = 0
	private  = 1
)

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
	to, err := seal.To(pub, l.line.Other("leaf secret", id, a.Object), secret)
	if err != nil {
		return Leaf{}, err
	}
	key, err := l.key(id, a.Object, secret, salt)
	if err != nil {
		return Leaf{}, err
	}
	opening := binary.BigEndian.AppendUint16([]byte{private}, uint16(len(to))) //nolint:gosec // a sealed secret has some 1,200 bytes
	opening = append(append(opening, to...), box.Seal(key, text, l.line.Other("leaf", id))...)
	return Leaf{id: id, object: a.Object, hash: hash, opening: opening}, nil
}

func (l *Log) key(id, object string, secret, salt []byte) ([]byte, error) {
	if object == "" {
		return box.Derive(secret, l.line.Other("leaf key", id)), nil
	}
	return box.Salted(secret, salt, l.line.Other("leaf key", id))
}

// Open reads an opening: a readable one without more, another one with the privacy
// team's private key. One that is not what the leaf commits to is ErrBroken.
func (l *Log) Open(ctx context.Context, id string, key box.PrivateKey, salt func(object string) ([]byte, error)) (Act, error) {
	var object string
	var hash, opening []byte
	if err := l.db.One(ctx, `SELECT object, hash, opening FROM leaf WHERE id = $1`, []any{id}, &object, &hash, &opening); err != nil {
		return Act{}, err
	}
	if len(opening) == 0 {
		return Act{}, box.ErrOpen // gone with its object
	}
	text := opening[1:]
	if opening[0] == private {
		var err error
		if text, err = l.unseal(id, object, text, key, salt); err != nil {
			return Act{}, err
		}
	}
	a, err := l.borneOut(text, hash)
	if err == nil && a.Object != object {
		err = ErrBroken
	}
	return a, err
}

func (l *Log) unseal(id, object string, b []byte, key box.PrivateKey, salt func(string) ([]byte, error)) ([]byte, error) {
	if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
		return nil, box.ErrOpen
	}
	n := 2 + int(binary.BigEndian.Uint16(b))
	secret, err := key.Open(b[2:n], l.line.Other("leaf secret", id, object))
	if err != nil {
		return nil, err
	}
	var shredSecret []byte
	if object != "" {
		if shredSecret, err = salt(object); err != nil {
			return nil, err
		}
	}
	own, err := l.key(id, object, secret, shredSecret)
	if err != nil {
		return nil, err
	}
	return box.Open(own, b[n:], l.line.Other("leaf", id))
}

// Insert writes the leaf in the transaction it speaks of. Its place comes later,
// so that nobody waits for the tree.
func (f Leaf) Insert(tx db.Tx) error {
	_, err := tx.Exec(`INSERT INTO leaf (id, hash, opening, object) VALUES ($1, $2, $3, $4)`, f.id, f.hash, f.opening, f.object)
	return err
}

// Package own opens what a caller may open herself: one contact, by her cookie or
// her return code. It holds no ring, no grant and no table.
package own

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/opened"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/shred"
)

// Own opens callers' keys.
type Own struct {
	line      seal.Line
	shred     *shred.Store
	authority *seal.Authority
	pepper    []byte
	slow      *box.Slow
}

// New returns an Own. pepper is the line's; it keeps a thief of the database alone
// from trying codes.
func New(l seal.Line, s *shred.Store, a *seal.Authority, pepper []byte) *Own {
	return &Own{l, s, a, pepper, box.NewSlow()}
}

// Caller gives what a cookie is looked up by, and what wraps K for it. The cookie
// is random; neither value leads to the other.
func (o *Own) Caller(cookie []byte) seal.CallerWrap {
	return seal.CallerWrap{
		Lookup: box.Derive(cookie, o.line.Other("cookie lookup"))[:16],
		Key:    box.Derive(cookie, o.line.Other("cookie key")),
	}
}

// A Key is a caller's own, for the length of her request.
type Key struct {
	opened.Key
	own     *Own
	columns seal.Columns
	secret  []byte
}

// Open opens K by the wrap that the cookie's row holds.
func (o *Own) Open(ctx context.Context, by seal.CallerWrap, c seal.Columns, wrap []byte) (*Key, error) {
	secret, err := box.Open(by.Key, wrap, o.line.Wrap("cookie", c.ShredK, by.Lookup))
	if err != nil {
		return nil, err
	}
	return o.open(ctx, c, secret)
}

func (o *Own) open(ctx context.Context, c seal.Columns, secret []byte) (*Key, error) {
	if !box.Equal(o.line.Commit(c.ShredK, o.line.HeadSecret(c.ShredK, secret)), c.CommitK) {
		return nil, fmt.Errorf("contact: %w", seal.ErrUnvouched)
	}
	shredSecret, err := o.shred.Get(ctx, c.ShredK)
	if err != nil {
		return nil, err
	}
	key, err := o.line.ObjectKey(c.ShredK, seal.Body, secret, shredSecret[0])
	if err != nil {
		return nil, err
	}
	return &Key{opened.Key{Line: o.line, Object: c.ShredK, Key: key}, o, c, secret}, nil
}

// Read opens a message.
func (k *Key) Read(ctx context.Context, m seal.Sealed) (opened.Message, error) {
	v, err := k.own.authority.Current(ctx)
	if err != nil {
		return opened.Message{}, err
	}
	return k.Message(v, k.columns, m)
}

// Wrap wraps K for another browser of hers, which came by a code.
func (k *Key) Wrap(by seal.CallerWrap) []byte {
	return box.Seal(by.Key, k.secret, k.Line.Wrap("cookie", k.Object, by.Lookup))
}

// A Code is what a return code's row holds.
type Code struct {
	Lookup []byte
	Shred  string
	Wrap   []byte
}

// NewCode makes a return code for her contact: 16 digits, and the row. Its entry
// is durable when it returns.
func (k *Key) NewCode(ctx context.Context) (seal.Text, Code, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1e16))
	if err != nil {
		return seal.Text{}, Code{}, err
	}
	digits := seal.Conceal(fmt.Sprintf("%016d", n))
	lookup, base, err := k.own.stretch(ctx, digits)
	if err != nil {
		return seal.Text{}, Code{}, err
	}
	e, err := k.own.shred.Create(ctx, "code", 0, hotline.NewID())
	if err != nil {
		return seal.Text{}, Code{}, err
	}
	key, err := box.Salted(base, e[0].Secret, k.Line.Other("code key", e[0].ID))
	if err != nil {
		return seal.Text{}, Code{}, err
	}
	return digits, Code{lookup, e[0].ID, box.Seal(key, k.secret, k.Line.Wrap("code", k.Object, lookup))}, nil
}

// Typed is a code that somebody typed. Right or wrong, it costs the same.
type Typed struct {
	Lookup []byte
	base   []byte
	own    *Own
}

// Type does the slow part of a code, before any look-up.
func (o *Own) Type(ctx context.Context, digits seal.Text) (Typed, error) {
	lookup, base, err := o.stretch(ctx, digits)
	return Typed{lookup, base, o}, err
}

// Open opens K by a code.
func (t Typed) Open(ctx context.Context, c seal.Columns, code Code) (*Key, error) {
	shredSecret, err := t.own.shred.Get(ctx, code.Shred)
	if err != nil {
		return nil, err
	}
	key, err := box.Salted(t.base, shredSecret[0], t.own.line.Other("code key", code.Shred))
	if err != nil {
		return nil, err
	}
	secret, err := box.Open(key, code.Wrap, t.own.line.Wrap("code", c.ShredK, code.Lookup))
	if err != nil {
		return nil, err
	}
	return t.own.open(ctx, c, secret)
}

// AsIf does for a code that leads nowhere what [Typed.Open] does for one that opens: the
// same look-ups and the same derivations, of nothing.
func (t Typed) AsIf(ctx context.Context) {
	nobody, o := hotline.NewID(), t.own
	_, _ = o.shred.Get(ctx, nobody) // there is none
	secret := t.base
	if key, err := box.Salted(t.base, t.base, o.line.Other("code key", nobody)); err == nil {
		secret = key
	}
	_, _ = box.Open(secret, make([]byte, box.Size+32), o.line.Wrap("code", nobody, t.Lookup)) // opens nothing
	_ = box.Equal(o.line.Commit(nobody, o.line.HeadSecret(nobody, secret)), t.base)
	_, _ = o.shred.Get(ctx, nobody)
	_, _ = o.line.ObjectKey(nobody, seal.Body, secret, t.base)
}

func (o *Own) stretch(ctx context.Context, digits seal.Text) (lookup, base []byte, err error) {
	h, err := o.slow.Hash(ctx, box.Current, []byte(digits.Reveal()), o.pepper)
	if err != nil {
		return nil, nil, err
	}
	return box.Derive(h, o.line.Other("code lookup"))[:16], box.Derive(h, o.line.Other("code base")), nil
}

// Weaken makes the slow hash cheap. Only a test has a testing.TB.
func (o *Own) Weaken(tb testing.TB) { o.slow.Weaken(tb) }

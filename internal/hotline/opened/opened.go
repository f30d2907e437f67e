// Package opened is what own and vault share, and nobody else imports: reading
// with a contact's key once it is open.
package opened

import (
	"fmt"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A Message in the clear.
type Message struct {
	ID, Side string
	At       int64
	Text     seal.Text
}

// A Key reads what is sealed under one object's key.
type Key struct {
	Line   seal.Line
	Object string
	Key    []byte
}

// Message opens a message of either form. What came in form p is read only if the
// intake key signed it: anyone can seal to a public key.
func (k Key) Message(v *seal.Verified, c seal.Columns, m seal.Sealed) (Message, error) {
	where := k.Line.Message(k.Object, m.ID, m.Side, m.Form)
	var plain []byte
	var err error
	switch {
	case m.Form == seal.Symmetric:
		plain, err = box.Open(k.Key, m.Sealed, where)
	case m.Form == seal.Public && m.Side != seal.Advocate && len(m.Sealed) > box.SignSize:
		plain, err = k.public(v, c, m.Sealed, where)
	default:
		err = box.ErrOpen
	}
	if err != nil {
		return Message{}, err
	}
	at, text, err := seal.Unpack(plain)
	return Message{m.ID, m.Side, at, text}, err
}

func (k Key) public(v *seal.Verified, c seal.Columns, sealed []byte, where box.Context) ([]byte, error) {
	n := len(sealed) - box.SignSize
	if !v.Signed(seal.Intake, where.With(sealed[:n]), sealed[n:]) {
		return nil, fmt.Errorf("message: %w", seal.ErrUnvouched)
	}
	secret, err := box.Open(k.Key, c.PubSecret, k.Line.Row(k.Object, "contact", "pub_secret", string(c.ID), 0))
	if err != nil {
		return nil, err
	}
	private, err := box.ParsePrivate(secret)
	if err != nil {
		return nil, err
	}
	return private.Open(sealed[:n], where)
}

// Row opens any other column.
func (k Key) Row(table, column, row string, version int64, sealed []byte) (seal.Text, error) {
	plain, err := box.Open(k.Key, sealed, k.Line.Row(k.Object, table, column, row, version))
	if err != nil {
		return seal.Text{}, err
	}
	_, t, err := seal.Unpack(plain)
	return t, err
}

// Seal gives the half that only seals, for the packages that may not open.
func (k Key) Seal() seal.Key { return seal.NewKey(k.Line, k.Object, k.Key) }

package contact

import (
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
)

// A Tie is what another package keeps of contacts, and what ends with them there. Its
// methods run in the transaction that closes a contact or erases it, under the
// contact's lock: if one fails, nothing happens.
type Tie interface {
	Closed(tx db.Tx, c Contact) error
	Erased(tx db.Tx, c Contact) error
}

// Tie adds one, while the line is built.
func (b *Book) Tie(t Tie) { b.ties = append(b.ties, t) }

// untie tells the ties that a contact is closed.
func (b *Book) untie(tx db.Tx, id hotline.ContactID) error {
	c, err := find(tx, id)
	if err != nil {
		return err
	}
	for _, t := range b.ties {
		if err := t.Closed(tx, c); err != nil {
			return err
		}
	}
	return nil
}

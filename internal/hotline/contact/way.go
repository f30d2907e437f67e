package contact

import (
	"database/sql"
	"errors"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrWay says that words for somebody who is reached at an address came without it,
// or with one for somebody who is not.
var ErrWay = problem.New(problem.Conflict, "contact.way")

// maxAddress is how long an address may be, in bytes.
const maxAddress = 512

// wayVersion stands in the context of a sealed address.
const wayVersion = 1

// sealWay seals the address by which she came, under K; nil where she has none.
func sealWay(k seal.Key, id hotline.ContactID, from seal.Text) ([]byte, error) {
	switch n := from.Len(); {
	case n == 0:
		return nil, nil
	case n > maxAddress:
		return nil, ErrLong
	}
	return k.Row("contact", "way", string(id), wayVersion, from), nil
}

// A SealedWay is a contact's address as it is stored, and what it is bound to.
type SealedWay struct {
	Sealed  []byte
	Version int64
}

// WayOf reads the sealed address of a contact. One that has none is ErrWay.
func WayOf(tx db.Tx, id hotline.ContactID) (SealedWay, error) {
	w := SealedWay{Version: wayVersion}
	err := tx.QueryRow(`SELECT way FROM contact WHERE id = $1`, id).Scan(&w.Sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return w, ErrMissing
	}
	if err == nil && w.Sealed == nil {
		err = ErrWay
	}
	return w, err
}

// wayBy says by which way a contact is answered: on our own page where she has no
// address.
func wayBy(c Contact) Way {
	if !c.Addressed {
		return OnPage
	}
	switch c.Channel {
	case hotline.Chat:
		return OnPage
	case hotline.Call:
		return ByCall
	case hotline.Text:
		return ByText
	case hotline.Mail:
		return ByMail
	}
	return BySocial
}

package situation

import (
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// MayConsent refuses, in the transaction that writes, to keep a consent of whoever is not
// in the situation any more, or under a key that is gone. Of a closed situation consents are
// still taken back, and overrides answered.
func MayConsent(tx db.Tx, id hotline.SituationID, owner, object string) error {
	s, err := lock(tx, id)
	if err != nil {
		return err
	}
	if owner != string(id) {
		return within(tx, id, hotline.ContactID(owner), object)
	}
	if s.ShredS != object {
		err = contact.ErrMissing
	}
	return err
}

package situation

import (
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
)

// What we wrote about a contact may be due to be forgotten while the law holds it. It stays,
// and stands in no list and no situation any more: whoever looks cannot tell which is held.

// heldBack selects such contacts; moment is the placeholder of the time.
func heldBack(moment string) string {
	return `SELECT c.id FROM contact c WHERE c.legal_hold = 1 AND c.keep_record_until > 0 AND c.keep_record_until <= ` + moment
}

// forgottenHere leaves out of what a situation holds what is held back.
func forgottenHere(tx db.Tx, id hotline.SituationID, all []part, did []happening, todo []task) ([]part, []happening, []task, error) {
	now, err := db.Now(tx)
	if err != nil {
		return nil, nil, nil, err
	}
	gone, err := db.Values[hotline.ContactID](tx, `SELECT p.of FROM part p WHERE p.situation = $1 AND p.of IN (`+heldBack("$2")+`)`, id, now)
	if err != nil || len(gone) == 0 {
		return all, did, todo, err
	}
	is := func(c hotline.ContactID) bool { return slices.Contains(gone, c) }
	return slices.DeleteFunc(all, func(p part) bool { return is(p.About) || is(hotline.ContactID(p.Of)) }),
		slices.DeleteFunc(did, func(h happening) bool { return is(h.Contact) }),
		slices.DeleteFunc(todo, func(t task) bool { return is(t.Contact) }), nil
}

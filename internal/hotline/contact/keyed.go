package contact

import (
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrNoKey says that a contact is sealed to a team that the person is not of.
var ErrNoKey = problem.New(problem.Denied, "contact.no_key")

// Holders tells who holds a key to a contact's words, by the teams that her roles come with. A
// queue's team can be changed, and what it was sealed to before stays open to whom it
// was.
func Holders(tx db.Tx, c Contact) (func(p hotline.PersonID, roles []hotline.Role) bool, error) {
	to, err := seal.Grantees(tx, c.ShredK)
	if err != nil {
		return nil, err
	}
	return func(p hotline.PersonID, roles []hotline.Role) bool {
		return len(to) == 0 || slices.Contains(to, "person/"+string(p)) || slices.ContainsFunc(roles, func(r hotline.Role) bool {
			return slices.ContainsFunc(r.Holds(), func(t hotline.TeamID) bool { return slices.Contains(to, "team/"+string(t)) })
		})
	}, nil
}

// keyed refuses to give a contact to whoever cannot open it.
func keyed(tx db.Tx, c Contact, p hotline.PersonID) error {
	opens, err := Holders(tx, c)
	if err != nil {
		return err
	}
	who, err := staff.Find(tx, p)
	if err == nil && !opens(p, who.Roles) {
		err = ErrNoKey
	}
	return err
}

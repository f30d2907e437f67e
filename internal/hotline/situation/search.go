package situation

import (
	"strconv"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// SearchPortion reads situations in the order of their ids, after one of them, and of each
// what a search for a legal request looks at: who and what is in it, with names and
// addresses.
func SearchPortion(tx db.Tx, after hotline.SituationID, limit int) (ids []hotline.SituationID, rows map[hotline.SituationID][]vault.Sealed, err error) {
	ids, err = db.Values[hotline.SituationID](tx, `SELECT id FROM situation WHERE id > $1 ORDER BY id LIMIT `+strconv.Itoa(limit), after)
	if err != nil {
		return nil, nil, err
	}
	rows = map[hotline.SituationID][]vault.Sealed{}
	for _, id := range ids {
		all, err := parts(tx, id)
		if err != nil {
			return nil, nil, err
		}
		for _, p := range all {
			row := string(id) + " " + p.Of
			if len(p.Sealed) > 0 {
				rows[id] = append(rows[id], vault.Sealed{Object: p.Object, Head: true, Table: "part", Column: "sealed", Row: row, Version: p.Version, Bytes: p.Sealed})
			}
			if len(p.Detail) > 0 {
				rows[id] = append(rows[id], vault.Sealed{Object: p.Object, Table: "part", Column: "detail", Row: row, Version: 1, Bytes: p.Detail})
			}
		}
	}
	return ids, rows, nil
}

// Contacts lists the contacts that belong to a situation.
func Contacts(tx db.Tx, id hotline.SituationID) ([]hotline.ContactID, error) {
	return db.Values[hotline.ContactID](tx, `SELECT id FROM contact WHERE situation = $1 ORDER BY id LIMIT 5000`, id)
}

package contact

import (
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
)

// A Searched contact is what of it a search for a legal request looks at, sealed.
type Searched struct {
	ID             hotline.ContactID
	ShredK, ShredS string
	Head, Way      []byte
	HeadN          int64
	WayN           int64
}

// SearchPortion reads contacts in the order of their ids, which say nothing, after one of
// them: those that began until a moment.
func SearchPortion(tx db.Tx, after hotline.ContactID, until int64, limit int) (out []Searched, err error) {
	rows, err := tx.Query(`SELECT id, shred_k, shred_s, head, head_n, way FROM contact WHERE id > $1 AND began <= $2 ORDER BY id LIMIT `+itoa(limit), after, until)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		s := Searched{WayN: wayVersion}
		if err := rows.Scan(&s.ID, &s.ShredK, &s.ShredS, &s.Head, &s.HeadN, &s.Way); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// CountContacts is how many contacts there are, whatever is left of them.
func CountContacts(tx db.Tx) (n int64, err error) {
	return n, tx.QueryRow(`SELECT count(*) FROM contact`).Scan(&n)
}

// Named is what of a head may name somebody: words that people wrote, and no codes.
func (h Head) Named() string {
	s := h.Safety
	out := []string{h.Place, h.Number, s.Name, s.Cover, s.MayKnow, s.Promised, s.Distress}
	for _, t := range s.Ways {
		out = append(out, t.Say)
	}
	return strings.Join(slices.DeleteFunc(out, func(s string) bool { return s == "" }), "\n")
}

package policy

import (
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Readers is who can read what a caller writes: counts of people who hold keys, as
// the list says that the administrators have signed.
type Readers struct {
	List      int64 // number of the list
	Answer    int   // hold the key of a queue's team
	Supervise int
	Count     int // hold the key of figures alone
	Check     int // hold the key of the log
	Manage    int // sign the list
	Other     map[hotline.TeamID]int
}

// ReadersOf counts them.
func ReadersOf(v *seal.Verified) Readers {
	m := v.Manifest
	answering := []hotline.TeamID{}
	for _, team := range m.Queues {
		answering = append(answering, team)
	}
	known := append(hotline.Teams(), answering...)
	r := Readers{List: m.Serial, Manage: len(m.Admins), Other: map[hotline.TeamID]int{}}
	for team := range m.Teams {
		if !slices.Contains(known, team) {
			r.Other[team] = 0
		}
	}
	for _, person := range v.Roster {
		if person.Former {
			continue
		}
		holds := func(team hotline.TeamID) bool { return slices.Contains(person.Teams, team) }
		add := func(n *int, yes bool) {
			if yes {
				*n++
			}
		}
		add(&r.Answer, slices.ContainsFunc(answering, holds))
		add(&r.Supervise, holds(hotline.Supervisors))
		add(&r.Count, holds(hotline.Stats))
		add(&r.Check, holds(hotline.Privacy))
		for team := range r.Other {
			if holds(team) {
				r.Other[team]++
			}
		}
	}
	return r
}

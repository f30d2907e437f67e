package contact

import (
	"slices"

	"github.com/freeline-org/freeline/internal/db"
)

// FirstGate is the gate of a line that knows no safety rules yet: what goes out by
// a channel goes only while the contact is live; what is kept on our own page, for
// her to fetch, does not leave the house.
type FirstGate struct{}

// Allow implements Gate.
func (FirstGate) Allow(_ db.Tx, c Contact, _ *Head, out Out) error {
	allowed := []State{Live}
	if out.Way == OnPage {
		allowed = []State{Waiting, Live, Sleeping, Interrupted}
	}
	if !slices.Contains(allowed, c.State) {
		return ErrGate
	}
	return nil
}

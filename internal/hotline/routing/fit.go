package routing

import (
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
)

// Need is what a contact asks of whoever takes it.
type Need struct {
	Language     string // empty = not known
	Skills       []string
	Gender       string             // her wish: "woman" or "man"
	NotCommunity string             // her wish: nobody of this community
	Same         hotline.PersonID   // her wish, or a place kept: this person
	Blocked      []hotline.PersonID // conflicts
	Declined     []hotline.PersonID // asked in the last five minutes
}

// Can is what a person brings.
type Can struct {
	Person      hotline.PersonID
	Languages   []string
	Interprets  bool // can work with an interpreter
	Skills      []string
	Gender      string
	Communities []string
	Load        int
	Capacity    int
	Since       int64 // free since
}

// A Misfit says why a person may not be asked.
type Misfit string

// The reasons.
const (
	Fits       Misfit = ""
	NoRoom     Misfit = "full"
	NoLanguage Misfit = "language"
	NoSkill    Misfit = "skill"
	NoWish     Misfit = "wish"
	Conflict   Misfit = "conflict"
	JustAsked  Misfit = "asked"
)

// Fit says how well a person fits a contact: 0 is best. widened lets her wishes for
// a gender go and takes anybody whose language is not known to fit; a conflict and
// the wish about a community are never let go.
func Fit(n Need, c Can, widened bool) (rank int, why Misfit) {
	switch {
	case slices.Contains(n.Blocked, c.Person):
		return 0, Conflict
	case n.NotCommunity != "" && slices.Contains(c.Communities, n.NotCommunity):
		return 0, NoWish
	case c.Load >= c.Capacity:
		return 0, NoRoom
	case slices.Contains(n.Declined, c.Person):
		return 0, JustAsked
	}
	for _, s := range n.Skills {
		if !slices.Contains(c.Skills, s) {
			return 0, NoSkill
		}
	}
	if n.Gender != "" && c.Gender != n.Gender && !widened {
		return 0, NoWish
	}
	switch {
	case n.Language == "" || slices.Contains(c.Languages, n.Language):
	case c.Interprets || widened:
		rank += 2
	default:
		return 0, NoLanguage
	}
	if n.Same != "" && n.Same != c.Person {
		rank++
	}
	return rank, Fits
}

// Best picks whom to ask: the best rank, then who has been free longest, then the
// smaller id, so that the same facts give the same answer. ok is false where nobody
// fits.
func Best(n Need, all []Can, widened bool) (best Can, ok bool) {
	rank := 0
	for _, c := range all {
		r, why := Fit(n, c, widened)
		if why != Fits {
			continue
		}
		if !ok || r < rank || r == rank && (c.Since < best.Since || c.Since == best.Since && c.Person < best.Person) {
			best, rank, ok = c, r, true
		}
	}
	return best, ok
}

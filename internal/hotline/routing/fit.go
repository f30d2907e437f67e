package routing

import (
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// Need is what a contact asks of whoever takes it.
type Need struct {
	Language     string // empty = not known
	Call         bool   // it is spoken, not written
	Skills       []string
	Gender       string             // her wish: "woman" or "man"
	NotCommunity string             // her wish: nobody of this community, or of any
	Same         hotline.PersonID   // her wish, or a place kept: this person
	Blocked      []hotline.PersonID // conflicts
	Declined     []hotline.PersonID // asked in the last five minutes
	Let          Let                // what is let go, since nobody fits
}

// Can is what a person brings.
type Can struct {
	Person      hotline.PersonID
	Languages   []string
	Interprets  bool // can work with an interpreter
	Skills      []string
	Gender      string
	Communities []string
	Load        int   // all that she has
	Calls       int   // how many of them are spoken
	Capacity    int   // written ones, as long as she has no call
	Since       int64 // free since
	Roles       []hotline.Role
}

// Room reports whether a person has room for one more, of either kind.
func (c Can) Room(call bool) bool { return staff.Room(c.Load, c.Calls, c.Capacity, call) }

// full reports whether she has room for neither.
func (c Can) full() bool { return !c.Room(true) && !c.Room(false) }

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

// Let is what may be let go where nobody fits. A conflict and the wish about a
// community are not among it: they are about her safety.
type Let uint8

// What may be let go.
const (
	LetGender Let = 1 << iota
	LetLanguage
	LetSkills
)

// Lets reads a queue's own list of what is let go, one after the other, as the steps
// that it makes: each lets go what those before it did, and one thing more. An empty
// list is her wish for a gender and then the language.
func Lets(list []string) (steps []Let, ok bool) {
	if len(list) == 0 {
		list = []string{"gender", "language"}
	}
	var all Let
	for _, name := range list {
		switch name {
		case "gender":
			all |= LetGender
		case "language":
			all |= LetLanguage
		case "skills":
			all |= LetSkills
		default:
			return nil, false
		}
		steps = append(steps, all)
	}
	return steps, true
}

// What makes a person less fit than another, the heaviest first.
const (
	byNobody      = 4 // neither she nor an interpreter, as far as we know
	byInterpreter = 2
	bySomebody    = 1 // not the person she was with, or wished for
)

// Fit says how well a person fits a contact: 0 is best. widened lets her wish for a
// gender and the language go, beside what the need lets go itself.
func Fit(n Need, c Can, widened bool) (rank int, why Misfit) {
	if widened {
		n.Let |= LetGender | LetLanguage
	}
	switch {
	case !c.Room(n.Call):
		return 0, NoRoom
	case slices.Contains(n.Blocked, c.Person):
		return 0, Conflict
	case n.NotCommunity == contact.AnyCommunity && len(c.Communities) > 0,
		n.NotCommunity != "" && slices.Contains(c.Communities, n.NotCommunity):
		return 0, NoWish
	case slices.Contains(n.Declined, c.Person):
		return 0, JustAsked
	case n.Gender != "" && c.Gender != n.Gender && n.Let&LetGender == 0:
		return 0, NoWish
	}
	if n.Let&LetSkills == 0 {
		for _, s := range n.Skills {
			if !slices.Contains(c.Skills, s) {
				return 0, NoSkill
			}
		}
	}
	switch {
	case n.Language == "" || speaks(c.Languages, n.Language):
	case c.Interprets:
		rank += byInterpreter
	case n.Let&LetLanguage != 0:
		rank += byNobody
	default:
		return 0, NoLanguage
	}
	if n.Same != "" && n.Same != c.Person {
		rank += bySomebody
	}
	return rank, Fits
}

// Best picks whom to ask: the best rank, then who has been free longest, then the
// smaller id, so that the same facts give the same answer. ok is false where nobody
// fits.
func Best(n Need, all []Can, widened bool) (best Can, ok bool) {
	rank := 0
	for i := range all {
		c := &all[i]
		r, why := Fit(n, *c, widened)
		if why != Fits {
			continue
		}
		if !ok || r < rank || r == rank && (c.Since < best.Since || c.Since == best.Since && c.Person < best.Person) {
			best, rank, ok = *c, r, true
		}
	}
	return best, ok
}

// Widest asks like [Best], and where nobody fits lets go what the steps say, one
// after the other. let is what was let go in the end.
func Widest(n Need, all []Can, steps []Let) (best Can, let Let, ok bool) {
	for _, let := range append([]Let{0}, steps...) {
		n.Let = let
		if best, ok := Best(n, all, false); ok {
			return best, let, true
		}
	}
	return Can{}, 0, false
}

// A Demand is skills or certificates that contacts of a channel or an urgency ask
// for. A condition that is not named holds.
type Demand struct {
	Channels []string `json:"channels,omitempty"`
	Urgent   *int     `json:"urgent,omitempty"` // of this class or a more urgent one
	Skills   []string `json:"skills"`
}

// Demanded lists the skills that a contact asks for.
func Demanded(demands []Demand, channel hotline.Channel, class hotline.Urgency) (skills []string) {
	for _, d := range demands {
		if (len(d.Channels) == 0 || slices.Contains(d.Channels, string(channel))) && (d.Urgent == nil || int(class) <= *d.Urgent) {
			skills = append(skills, d.Skills...)
		}
	}
	return skills
}

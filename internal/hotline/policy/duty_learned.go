package policy

import (
	"strconv"
	"time"
)

// Learned is what somebody of the line has learned, as far as laws ask for it: codes,
// and nothing that names anybody.
type Learned struct {
	Place Place     // where, as exactly as is known
	At    time.Time // when, in the zone of the place: a law goes by the day there
	By    Listener

	Age     Age // hers, whom it is about: as it is on that day
	AgeThen Age // as it was when it was done, where that is long ago
	Needs   []Need
	Status  []Status

	Harms      []Harm
	Degree     Degree
	Conditions []Condition
	Excuses    []Excuse
	EventAt    time.Time // when it will happen, where that is known
}

// A Listener is who has learned it.
type Listener struct {
	Roles []Role
	Minor bool // is not an adult
}

// An Age is what is known of somebody's age. Zero is nothing, and then she may be
// under 18: nobody forgets a child by leaving a field empty.
type Age struct {
	years int
	said  ageSaid
}

type ageSaid byte

const (
	mayBeMinor ageSaid = iota
	grownUp
	inYears
	child
)

const majority = 18

// Aged is an age in years that nobody doubts. Who doubts it says nothing.
func Aged(years int) Age { return Age{years, inYears} }

// GrownUp is the age of somebody who is surely 18 or more.
func GrownUp() Age { return Age{0, grownUp} }

// Child is the age of somebody who is surely under 18, and may be under any lower age.
func Child() Age { return Age{0, child} }

// adult reports whether she is surely one.
func (a Age) adult() bool { return a.said == grownUp || a.said == inYears && a.years >= majority }

// fits reports whether the age lies in the bounds, and how it is known.
func (a Age) fits(w Whom) (why []Reason, ok bool) {
	under, from := strconv.Itoa(w.Under), strconv.Itoa(w.From)
	add := func(of Why, is, asks string) { why = append(why, Reason{of, is, asks}) }
	switch a.said {
	case inYears:
		years := strconv.Itoa(a.years)
		if w.Under > 0 {
			add(WhyUnder, years, under)
		}
		if w.From > 0 {
			add(WhyFrom, years, from)
		}
		return why, (w.Under == 0 || a.years < w.Under) && a.years >= w.From
	case grownUp:
		if w.From > 0 {
			add(WhyGrownUp, "", from)
		}
		return why, (w.Under == 0 || w.Under > majority) && w.From <= majority
	case child:
		switch {
		case w.Under >= majority:
			add(WhyUnder, "", under)
		case w.Under > 0:
			add(WhyMayBeUnder, "", under)
		}
		return why, w.From < majority
	case mayBeMinor:
		if w.Under > 0 {
			add(WhyMayBeUnder, "", under)
		}
		return why, w.From == 0
	}
	return nil, false
}

package policy

import (
	"strings"
	"time"
)

// Deadline is how soon.
type Deadline struct {
	First Step  `json:"first"`
	Then  *Next `json:"then,omitempty"` // nil: nothing more
}

// Step is the first thing to do.
type Step struct {
	Class Soon   `json:"class"`
	ISO   Span   `json:"iso,omitempty"`
	Words string `json:"words,omitempty"`
}

// Next is what follows the first step.
type Next struct {
	What  string  `json:"what"`
	ISO   Span    `json:"iso,omitempty"` // empty: no fixed time
	Count Counted `json:"counted_from"`
	Words string  `json:"words,omitempty"`
}

// A Day is a date as a law has it, such as 2017-07-01, in the place where it holds.
// Days compare as words do.
type Day string

// DayOf is the day of a moment, in the zone that the moment carries.
func DayOf(t time.Time) Day { return Day(t.Format(time.DateOnly)) }

func (d Day) valid() bool {
	_, err := time.Parse(time.DateOnly, string(d))
	return err == nil
}

// A Span is a length of time after ISO 8601: PT24H, P2D, P1W. It has no months and no
// years, whose length is for a court to say.
type Span string

// longestSpan is how many days a span has at most.
const longestSpan = 3660

// After is when the span ends that begins at t. A day is one of the calendar, in t's
// zone; an hour is an hour. Of what is no span, ok is false.
func (s Span) After(t time.Time) (end time.Time, ok bool) {
	days, exact, ok := s.parts()
	return t.AddDate(0, 0, days).Add(exact), ok
}

// zero reports whether it is no time at all, such as PT0S.
func (s Span) zero() bool {
	days, exact, ok := s.parts()
	return ok && days == 0 && exact == 0
}

func (s Span) parts() (days int, exact time.Duration, ok bool) {
	rest, ok := strings.CutPrefix(string(s), "P")
	date, clock, timed := strings.Cut(rest, "T")
	if !ok || date == "" && !timed || timed && clock == "" {
		return 0, 0, false
	}
	if weeks, ok := spanOf(&date, 'W'); ok {
		return 7 * weeks, 0, date == "" && !timed && 7*weeks <= longestSpan
	}
	days, _ = spanOf(&date, 'D')
	for _, unit := range []struct {
		letter byte
		is     time.Duration
	}{{'H', time.Hour}, {'M', time.Minute}, {'S', time.Second}} {
		n, _ := spanOf(&clock, unit.letter)
		exact += time.Duration(n) * unit.is
	}
	return days, exact, date == "" && clock == "" && days <= longestSpan && exact <= longestSpan*24*time.Hour
}

// spanOf takes a number and its unit from the front. Six digits are enough.
func spanOf(from *string, unit byte) (n int, ok bool) {
	s := *from
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9' && i < 6:
			n = 10*n + int(c-'0')
		case c == unit && i > 0:
			*from = s[i+1:]
			return n, true
		default:
			return 0, false
		}
	}
	return 0, false
}

package policy

import (
	"regexp"
	"slices"
	"strings"
)

// A Place is where a law holds: a country by its two letters, a part of one after ISO
// 3166-2, or a [Group].
type Place string

var place = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`)

// country reports whether the place is a whole country.
func (p Place) country() bool { return len(p) == 2 }

// within reports whether the place is the country, or a part of it.
func (p Place) within(country Place) bool {
	return p == country || strings.HasPrefix(string(p), string(country)+"-")
}

// covers reports whether what holds in a place holds in another: the same, a part of
// that country, or one of those that it groups.
func (d Duties) covers(p, other Place) bool {
	return p == other || p.country() && other.within(p) || slices.Contains(d.over[p], other)
}

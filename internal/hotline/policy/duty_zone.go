package policy

import "time"

// zones are those of the places that we ship rules of; of a country with several, that
// of its capital. A day of a law is one of its place.
func zones() map[Place]string {
	return map[Place]string{
		"AE": "Asia/Dubai", "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "AU-ACT": "Australia/Sydney", "AU-NT": "Australia/Darwin",
		"AU-VIC": "Australia/Melbourne", "CA": "America/Toronto", "CA-ON": "America/Toronto", "DE": "Europe/Berlin", "FR": "Europe/Paris", "GB": "Europe/London",
		"GR": "Europe/Athens", "IE": "Europe/Dublin", "IN": "Asia/Kolkata", "NO": "Europe/Oslo", "PH": "Asia/Manila", "US": "America/New_York",
		"US-CA": "America/Los_Angeles", "US-FL": "America/New_York", "US-IN": "America/Indiana/Indianapolis", "US-NJ": "America/New_York",
		"US-NY": "America/New_York", "US-TX": "America/Chicago", "ZA": "Africa/Johannesburg",
	}
}

// Zone is the zone of a place, or of its country; where neither is known, the line's.
func (p Place) Zone(line *time.Location) *time.Location {
	all := zones()
	for _, of := range []Place{p, p.Country()} {
		if z, err := time.LoadLocation(all[of]); err == nil && all[of] != "" {
			return z
		}
	}
	return line
}

// Country is the country that the place is, or lies in.
func (p Place) Country() Place {
	if len(p) < 2 {
		return ""
	}
	return p[:2]
}

// Countries are those that there are rules of, whenever they hold.
func (d Duties) Countries() (out []Place) {
	seen := map[Place]bool{}
	for _, r := range d.rules {
		if c := r.Place.Country(); !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	return out
}

// Rules reports whether there are rules that hold in a place on the day of a moment.
func (d Duties) Rules(p Place, at time.Time) bool {
	for i := range d.rules {
		if d.covers(d.rules[i].Place, p) && d.rules[i].inForce(DayOf(at)) {
			return true
		}
	}
	return false
}

// Parts are the places within one that have rules of their own on the day of a moment.
func (d Duties) Parts(p Place, at time.Time) []Place { return d.finer(p, DayOf(at)) }

// Places are all that there are rules of, whenever they hold, and those that groups are
// made of.
func (d Duties) Places() (out []Place) {
	add := func(p Place) {
		for _, o := range out {
			if o == p {
				return
			}
		}
		out = append(out, p)
	}
	for _, r := range d.rules {
		add(r.Place)
		for _, p := range d.over[r.Place] {
			add(p)
		}
	}
	return out
}

// Length is how long a span is in whole days, or in hours where it is less than one.
func (s Span) Length() (hours, days int) {
	n, exact, ok := s.parts()
	if !ok {
		return 0, 0
	}
	if n > 0 {
		return 0, n
	}
	return int(exact.Hours()), 0
}

package policy

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// KindOurs is the edition kind of what the line is before the law.
const KindOurs = "ours"

// OursKey names it: a line has one.
func OursKey() edition.Key { return edition.Key{Kind: KindOurs, Name: "line"} }

// Ours is what the line is before the law: where it works, and what those who answer are
// there. A law binds teachers and not others; whether it binds an advocate, counsel says.
type Ours struct {
	Place Place  `json:"place"`
	Roles []Role `json:"roles,omitempty"` // beside hotline_advocate, which everybody is
	Note  string `json:"note,omitempty"`  // who said so, and when
}

// advocates are what everybody who answers a line is.
const advocates Role = "hotline_advocate"

// ParseOurs reads it. What is wrong comes as [edition.Faults].
func ParseOurs(body string) (Ours, error) {
	var o Ours
	var fs edition.Faults
	if !fs.Read(body, &o) {
		return Ours{}, fs
	}
	if !place.MatchString(string(o.Place)) {
		fs.Add(0, "place", "edition.fault.unknown", string(o.Place))
	}
	for i, r := range o.Roles {
		if !r.person() || slices.Contains(o.Roles[:i], r) {
			fs.Add(0, "roles", "edition.fault.unknown", string(r))
		}
	}
	if len(o.Note) > longestNote {
		fs.Add(0, "note", "edition.fault.long", "")
	}
	if err := fs.Err(); err != nil {
		return Ours{}, err
	}
	return o, nil
}

const longestNote = 800

// CheckOurs is the check of the edition kind "ours".
func CheckOurs(body string) error { _, err := ParseOurs(body); return err }

// Body is it as an edition keeps it.
func (o Ours) Body() string {
	b, _ := json.Marshal(o) // nothing in it cannot be
	return string(b)
}

var ownRole = regexp.MustCompile(`^x_[a-z0-9_]{1,40}$`)

// person reports whether it is what somebody is, and not a word for everybody.
func (r Role) person() bool {
	if r == AnyPerson || r == AnyAdult || r == "any_party" {
		return false
	}
	return slices.Contains(Roles(), r) || ownRole.MatchString(string(r))
}

// Listener is somebody of the line with her skills: one that is called as a role is, with
// a hyphen for each underscore (social-worker), is what she is before the law too.
func (o Ours) Listener(skills []string) Listener {
	l := Listener{Roles: append([]Role{advocates}, o.Roles...)}
	for _, s := range skills {
		if r := Role(strings.ReplaceAll(s, "-", "_")); r.person() && !slices.Contains(l.Roles, r) {
			l.Roles = append(l.Roles, r)
		}
	}
	return l
}

// SecondSkill is the skill by which an advocate may be somebody's second person, as a
// supervisor may.
const SecondSkill = "second-person"

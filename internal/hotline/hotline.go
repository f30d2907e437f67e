// Package hotline holds the words that the packages below it share: names of
// things, roles, urgency, channels. Each has one meaning, which stands in
// docs/words.md.
package hotline

import (
	"crypto/rand"
	"encoding/base32"
)

// Names of things. They say nothing about time or order.
type (
	// ContactID names a contact.
	ContactID string
	// SituationID names a situation.
	SituationID string
	// PersonID names somebody on the staff.
	PersonID string
	// QueueID names an order of waiting contacts.
	QueueID string
	// TeamID names those who can open together.
	TeamID string
	// An Actor is a person, or a part of the program such as "machine".
	Actor string
)

// Machine is the program itself as an actor.
const Machine Actor = "machine"

// The teams that every line has.
const (
	Desk        TeamID = "desk"
	Supervisors TeamID = "supervisors"
	Stats       TeamID = "stats"
	Privacy     TeamID = "privacy"
)

// Teams lists the teams that every line has.
func Teams() []TeamID { return []TeamID{Desk, Supervisors, Stats, Privacy} }

// A Role says what a person of the staff may do. What she can open is decided by
// the teams whose keys she holds.
type Role string

// The roles.
const (
	Advocate       Role = "advocate"
	Supervisor     Role = "supervisor"
	Administrator  Role = "administrator"
	Director       Role = "director"
	Analyst        Role = "analyst"
	Trainer        Role = "trainer"
	Translator     Role = "translator"
	Reviewer       Role = "reviewer"
	PrivacyOfficer Role = "privacy"
)

// Roles lists the roles.
func Roles() []Role {
	return []Role{Advocate, Supervisor, Administrator, Director, Analyst, Trainer, Translator, Reviewer, PrivacyOfficer}
}

// Holds lists the teams whose keys a role comes with.
func (r Role) Holds() []TeamID {
	switch r {
	case Advocate:
		return []TeamID{Desk}
	case Supervisor:
		return []TeamID{Desk, Supervisors, Stats}
	case Analyst:
		return []TeamID{Stats}
	case PrivacyOfficer:
		return []TeamID{Privacy}
	case Administrator, Director, Trainer, Translator, Reviewer:
	}
	return nil
}

// A Channel is a way by which somebody reaches out.
type Channel string

// The channels. Chat is the conversation on the line's own page; Call is spoken and lasts
// as long as both are on the line; the others reach her at an address that somebody else
// can read.
const (
	Chat Channel = "chat"
	Call Channel = "call"
	Text Channel = "text"
	Mail Channel = "mail"
)

// A Path says for whom somebody reaches out.
type Path string

// The paths.
const (
	Self    Path = "self"
	Tip     Path = "tip"
	Other   Path = "other"
	Unknown Path = "unknown"
)

// Facts are codes of what a contact was about, by the fact's own code. They are coarse
// enough to be counted: nothing in them leads to anybody.
type Facts map[string][]string

// Urgency is a class from 0 to 9; 0 comes first.
type Urgency int

// Alphabet is Crockford's base 32, in which ids are written.
const Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewID returns 128 random bits as 26 characters.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return base32.NewEncoding(Alphabet).WithPadding(base32.NoPadding).EncodeToString(b[:])
}

// IsID reports whether s could have come from NewID.
func IsID(s string) bool {
	if len(s) != 26 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' && c != 'I' && c != 'L' && c != 'O' && c != 'U') {
			return false
		}
	}
	return true
}

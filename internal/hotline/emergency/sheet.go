package emergency

import (
	"fmt"
	"io"

	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// Told is what there is to say to whoever answers the emergency number.
type Told struct {
	Happens  string `json:"happens,omitempty"`  // what goes on
	People   string `json:"people,omitempty"`   // how many, who
	Children string `json:"children,omitempty"` // how many, how old
	Weapons  string `json:"weapons,omitempty"`
	Hurt     string `json:"hurt,omitempty"`
	Looks    string `json:"looks,omitempty"` // how she is known among the others
	Language string `json:"language,omitempty"`
	Careful  string `json:"careful,omitempty"` // what they must not do: no siren, no call back
	Name     string `json:"name,omitempty"`    // names her
	Reach    string `json:"reach,omitempty"`   // names her: a number, an account
}

// Format keeps it out of logs and errors: it leads to her.
func (Told) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[told]") }

func (t Told) names() bool { return t.Name != "" || t.Reach != "" }

func (t Told) check() error {
	return short(maxLine, t.Happens, t.People, t.Children, t.Weapons, t.Hurt, t.Looks, t.Language, t.Careful, t.Name, t.Reach)
}

// Reasons why what names her stays here.
const (
	StaysAnonymous    = "anonymous"
	StaysConfidential = "confidential" // passed on by her wish alone
	StaysUnasked      = "unasked"      // nobody has asked her what may be kept
	StaysDisagreed    = "disagreed"    // she has not said yes to this
)

// Stays says why what names her is not said to them; empty where it may be. It takes both
// that she lets it be passed on at all and that she said yes to this; who is confidential
// has it passed on by her own wish alone, whatever we think of the danger.
func Stays(level contact.Privacy, g Ground, agreed bool) string {
	switch {
	case level == contact.Anonymous:
		return StaysAnonymous
	case level == contact.Confidential && g != Wish:
		return StaysConfidential
	case level != contact.Share && level != contact.Confidential:
		return StaysUnasked
	case !agreed:
		return StaysDisagreed
	}
	return ""
}

// Stays says why what names her is not said under rules of hers that are read now: of a
// level that she chose since and of the one it was written under, the stricter counts.
// Where nothing that names her is written, what she chose since counts alone.
func (e Emergency) Stays(head contact.Head) string {
	level := head.Privacy
	if e.Told.names() {
		level = stricter(level, e.Privacy)
	}
	return Stays(level, e.Ground, e.Agreed)
}

// A Line is one thing to read aloud, by the name of what it is. Back says that they must
// read it back, since a wrong one sends them to the wrong door.
type Line struct {
	Name string
	Text string
	Back bool
}

// Format keeps it out of logs and errors.
func (Sheet) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[sheet]") }

// Format keeps it out of logs and errors.
func (Line) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[line]") }

// A Sheet is what is read to the dispatcher, from above. Kept lists what stays here, by
// the same names, and Why is the reason. What she has said of who may be told what, and
// whether somebody is with her, is for whoever reads; it is not read out.
type Sheet struct {
	Read    []Line
	Kept    []string
	Why     string
	MayKnow string
	Heard   bool
}

// A Piece is one thing there is to say: its name, whether they must read it back, and
// whether it names her.
type Piece struct {
	Name        string
	Back, Names bool
}

// Pieces lists what there is to say, in the order of reading.
func Pieces() []Piece {
	return []Piece{
		{"place", true, false},
		{"words", true, false},
		{"happens", false, false},
		{"people", true, false},
		{"children", true, false},
		{"weapons", true, false},
		{"hurt", true, false},
		{"looks", false, false},
		{"language", false, false},
		{"careful", true, false},
		{"name", false, true},
		{"reach", true, true},
	}
}

// With writes one piece by its name. It reports whether there is such a piece: her place,
// and her words of it, are none.
func (t Told) With(name, text string) (Told, bool) {
	s := pieceOf(&t, name)
	if s != nil {
		*s = text
	}
	return t, s != nil
}

func pieceOf(t *Told, name string) *string {
	return map[string]*string{
		"happens": &t.Happens, "people": &t.People, "children": &t.Children, "weapons": &t.Weapons, "hurt": &t.Hurt,
		"looks": &t.Looks, "language": &t.Language, "careful": &t.Careful, "name": &t.Name, "reach": &t.Reach,
	}[name]
}

// Sheet is what is said of an emergency under rules of hers that are read now. Nothing
// that may not be said is in it.
func (e Emergency) Sheet(head contact.Head) Sheet {
	s := Sheet{Why: e.Stays(head), MayKnow: head.Safety.MayKnow, Heard: head.Safety.Heard}
	for _, p := range Pieces() {
		text := e.text(p.Name)
		switch {
		case text == "":
		case p.Names && s.Why != "":
			s.Kept = append(s.Kept, p.Name)
		default:
			s.Read = append(s.Read, Line{p.Name, text, p.Back})
		}
	}
	if len(s.Kept) == 0 {
		s.Why = ""
	}
	return s
}

func (e Emergency) text(piece string) string {
	switch piece {
	case "place":
		return e.Where.Name
	case "words":
		return e.Words
	}
	return *pieceOf(&e.Told, piece)
}

// stricter is the level that lets less be passed on.
func stricter(a, b contact.Privacy) contact.Privacy {
	for _, p := range []contact.Privacy{contact.Anonymous, "", contact.Confidential} {
		if a == p || b == p {
			return p
		}
	}
	return a
}

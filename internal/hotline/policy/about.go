// Package policy keeps the line's word. To callers: who runs it and who can read what she
// writes, what they must know before they tell us anything, what the line is for, how long
// what we wrote is kept. To the law: dated rules of each country, what they may ask in a
// situation, and what people decided about it, act by act. To itself: what went wrong by
// its own doing, and how it was put right. It opens nothing: it takes keys that somebody
// has opened.
package policy

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// KindAbout is the edition kind of what the line says of itself.
const KindAbout = "about"

// AboutKey names what is said in a language.
func AboutKey(lang string) edition.Key { return edition.Key{Kind: KindAbout, Name: "line", Lang: lang} }

// About is what the line says of itself, in one language.
type About struct {
	Name      string `json:"name"`
	RunBy     string `json:"run_by,omitempty"`   // a sentence: who runs it, and when it is open
	Greeting  string `json:"greeting,omitempty"` // a sentence of tonight's, on the first page
	Phone     Number `json:"phone,omitzero"`     // empty where nobody can call
	Text      Number `json:"text,omitzero"`      // empty where nobody can text
	Emergency Number `json:"emergency,omitzero"` // the local one
	Night     []Help `json:"night,omitempty"`    // who answers while the line is closed
}

// A Number is dialled in one form and shown in another.
type Number struct {
	Dial  string `json:"dial"`
	Shown string `json:"shown"`
}

// A Help is somebody else who can be called.
type Help struct {
	Number
	Why string `json:"why"`
}

// ParseAbout reads it. What is wrong comes as [edition.Faults].
func ParseAbout(body string) (About, error) {
	var a About
	var fs edition.Faults
	if !fs.Read(body, &a) {
		return About{}, fs
	}
	text := func(row int, field, s string, most int) {
		if utf8.RuneCountInString(s) > most || strings.ContainsAny(s, "\x00") {
			fs.Add(row, field, "edition.fault.long", "")
		}
	}
	if strings.TrimSpace(a.Name) == "" {
		fs.Add(0, "name", "edition.fault.empty", "")
	}
	text(0, "name", a.Name, 60)
	text(0, "run_by", a.RunBy, 400)
	text(0, "greeting", a.Greeting, 400)
	for field, n := range map[string]Number{"phone": a.Phone, "text": a.Text, "emergency": a.Emergency} {
		n.check(&fs, 0, field)
	}
	const most = 10
	if len(a.Night) > most {
		fs.Add(0, "night", "edition.fault.many", "")
	}
	for i, h := range a.Night {
		h.check(&fs, i+1, "night")
		text(i+1, "night", h.Why, 200)
	}
	if err := fs.Err(); err != nil {
		return About{}, err
	}
	return a, nil
}

// CheckAbout is the check of the edition kind "about".
func CheckAbout(body string) error { _, err := ParseAbout(body); return err }

// check refuses what a telephone does not dial (RFC 3966: digits, and a plus for a
// number of the world).
func (n Number) check(fs *edition.Faults, row int, field string) {
	if (n.Dial == "") != (n.Shown == "") || n.Dial != "" && !regexp.MustCompile(`^\+?[0-9*#]{2,20}$`).MatchString(n.Dial) || utf8.RuneCountInString(n.Shown) > 40 {
		fs.Add(row, field, "edition.fault.phone", n.Dial)
	}
}

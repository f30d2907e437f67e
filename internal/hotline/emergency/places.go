// Package emergency is what is done when somebody is in danger now: which place she
// means, who answers there, what may be said to them and what they must read back, who
// was sent, and what came of it. It opens nothing: it takes heads and keys that somebody
// has opened.
package emergency

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrPlace says that the table has no such place.
var ErrPlace = problem.New(problem.Missing, "emergency.place")

// Kind is the edition kind of the operator's table of places.
const Kind = "emergency"

// Key names it: a line has one, in all its languages.
func Key() edition.Key { return edition.Key{Kind: Kind, Name: "line"} }

// A Table is the places that a line knows, and who answers there. Only [Parse] makes one
// that finds anything.
type Table struct {
	Places []Place `json:"places"`

	at    map[string]int // by code
	terms []term         // what they are found by
}

// A Place is a country, a region, a town or a district. What it does not say, the place
// that it lies in says.
type Place struct {
	Code    string   `json:"code"`
	Kind    string   `json:"kind"`
	In      string   `json:"in,omitempty"`   // code of the place that it lies in
	Names   []string `json:"names"`          // in any language and spelling, the usual one first
	Near    []string `json:"near,omitempty"` // landmarks and rough words that mean it
	Call    string   `json:"call,omitempty"` // the emergency number
	Text    string   `json:"text,omitempty"` // whether that number takes texts: yes, no, or nobody has said
	Police  Unit     `json:"police,omitzero"`
	Medical string   `json:"medical,omitempty"` // where it is another number
	Fire    string   `json:"fire,omitempty"`    // where it is another number
	Notes   string   `json:"notes,omitempty"`
}

// A Unit of the police, and how it takes a call for help.
type Unit struct {
	Name      string   `json:"name,omitempty"`
	Number    string   `json:"number,omitempty"`
	Form      string   `json:"form,omitempty"`  // address of its form
	Hours     string   `json:"hours,omitempty"` // in words
	Languages []string `json:"languages,omitempty"`
	Takes     []string `json:"takes,omitempty"`
}

// Kinds of places, from the widest. One lies in a wider one.
const (
	Country  = "country"
	Region   = "region"
	Town     = "town"
	District = "district"
)

// Kinds lists them.
func Kinds() []string { return []string{Country, Region, Town, District} }

// What a unit takes.
const (
	ByCall = "call"
	ByText = "text"
	ByForm = "form"
)

// Takes lists it.
func Takes() []string { return []string{ByCall, ByText, ByForm} }

// Answers to whether a number takes texts.
const (
	Yes = "yes"
	No  = "no"
)

// Name is what the place is usually called.
func (p Place) Name() string {
	if len(p.Names) == 0 {
		return ""
	}
	return p.Names[0]
}

// Who answers for a place.
type Who struct {
	Call    string `json:"call,omitempty"`
	Text    string `json:"text,omitempty"`
	Police  Unit   `json:"police,omitzero"`
	Medical string `json:"medical,omitempty"`
	Fire    string `json:"fire,omitempty"`
	Notes   string `json:"notes,omitempty"`
}

// Who is called for a place: what it says itself, else what the places say that it lies
// in. Medical help and the fire brigade are called by the emergency number where they
// have none of their own. A place that is not in the table is [ErrPlace].
func (t Table) Who(code string) (Who, error) {
	up := t.up(code)
	if len(up) == 0 {
		return Who{}, ErrPlace
	}
	var w Who
	for _, p := range up {
		w.Call, w.Text = or(w.Call, p.Call), or(w.Text, p.Text)
		w.Medical, w.Fire, w.Notes = or(w.Medical, p.Medical), or(w.Fire, p.Fire), or(w.Notes, p.Notes)
		if w.Police.Name == "" {
			w.Police = p.Police
		}
	}
	w.Medical, w.Fire = or(w.Medical, w.Call), or(w.Fire, w.Call)
	return w, nil
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// Where is a place as it is written down: with those that it lies in, who answers there,
// and the number of the table's edition. A place that is not in the table is [ErrPlace].
func (t Table) Where(code string, number int64) (Where, error) {
	who, err := t.Who(code)
	if err != nil {
		return Where{}, err
	}
	var names []string
	for _, p := range t.up(code) {
		names = append(names, p.Name())
	}
	return Where{Place: code, Number: number, Name: strings.Join(names, ", "), Who: who}, nil
}

// Place returns the place of a code.
func (t Table) Place(code string) (Place, error) {
	i, ok := t.at[code]
	if !ok {
		return Place{}, ErrPlace
	}
	return t.Places[i], nil
}

// up is a place and those that it lies in, the nearest first.
func (t Table) up(code string) (out []Place) {
	for i, ok := t.at[code]; ok; i, ok = t.at[t.Places[i].In] {
		out = append(out, t.Places[i])
	}
	return out
}

// within reports whether a place lies in another one, or is that one.
func (t Table) within(code, in string) bool {
	return slices.ContainsFunc(t.up(code), func(p Place) bool { return p.Code == in })
}

// reserved is a number that the numbering plan keeps for stories and examples.
var reserved = regexp.MustCompile(`55501[0-9]{2}$`)

// MadeUp reports whether a number is one that nobody answers, kept for examples: what
// came with the program. Whoever sees the place is told.
func (w Who) MadeUp() bool {
	return slices.ContainsFunc([]string{w.Call, w.Police.Number, w.Medical, w.Fire}, func(n string) bool { return reserved.MatchString(digits(n)) })
}

// digits leaves of a number what is dialled.
func digits(number string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ()-", r) {
			return -1
		}
		return r
	}, number)
}

// Body is a table as an edition keeps it.
func (t Table) Body() string {
	b, _ := json.Marshal(t) // nothing in it cannot be
	return string(b)
}

package policy

import (
	"embed"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// The edition kinds of what a caller is told before she tells us anything.
const (
	KindExpect = "expect" // by channel and language
	KindScope  = "scope"  // by language
)

// ExpectKey names what is told before the first word on a channel.
func ExpectKey(channel, lang string) edition.Key {
	return edition.Key{Kind: KindExpect, Name: channel, Lang: lang}
}

// ScopeKey names what the line says it is for.
func ScopeKey(lang string) edition.Key {
	return edition.Key{Kind: KindScope, Name: "line", Lang: lang}
}

// Expect is what a caller is told before she tells us anything: three short parts.
// How long words are kept, and how long she waits, the program says itself.
type Expect struct {
	Who    string `json:"who"`    // who answers
	Limits string `json:"limits"` // what we may not keep to ourselves
	Next   string `json:"next"`   // what happens when she has written
}

// longestPart is how many letters a part of it has: it is read with one thumb.
const longestPart = 200

// ParseExpect reads it. What is wrong comes as [edition.Faults].
func ParseExpect(body string) (Expect, error) {
	var e Expect
	var fs edition.Faults
	if !fs.Read(body, &e) {
		return Expect{}, fs
	}
	part(&fs, 0, "who", e.Who)
	part(&fs, 0, "limits", e.Limits)
	part(&fs, 0, "next", e.Next)
	if err := fs.Err(); err != nil {
		return Expect{}, err
	}
	return e, nil
}

// CheckExpect is the check of the edition kind "expect".
func CheckExpect(body string) error { _, err := ParseExpect(body); return err }

// Scope says what the line is for, what not, and where it passes people on.
type Scope struct {
	For  []string `json:"for"`
	Not  []string `json:"not"`
	Pass []string `json:"pass"`
}

// mostLines is how many lines of a list a page of hers holds.
const mostLines = 8

// ParseScope reads it. What is wrong comes as [edition.Faults].
func ParseScope(body string) (Scope, error) {
	var s Scope
	var fs edition.Faults
	if !fs.Read(body, &s) {
		return Scope{}, fs
	}
	lines(&fs, "for", s.For)
	lines(&fs, "not", s.Not)
	lines(&fs, "pass", s.Pass)
	if err := fs.Err(); err != nil {
		return Scope{}, err
	}
	return s, nil
}

// CheckScope is the check of the edition kind "scope".
func CheckScope(body string) error { _, err := ParseScope(body); return err }

func lines(fs *edition.Faults, field string, all []string) {
	switch {
	case len(all) == 0:
		fs.Add(0, field, "edition.fault.empty", "")
	case len(all) > mostLines:
		fs.Add(0, field, "edition.fault.many", "")
	}
	for i, line := range all {
		part(fs, i+1, field, line)
	}
}

// part refuses words that are missing or too long.
func part(fs *edition.Faults, row int, field, words string) {
	switch {
	case strings.TrimSpace(words) == "":
		fs.Add(row, field, "edition.fault.empty", "")
	case utf8.RuneCountInString(words) > longestPart || strings.ContainsAny(words, "\x00"):
		fs.Add(row, field, "edition.fault.long", "")
	}
}

// The texts that the program ships: drafts that nobody has reviewed.
//
//go:embed shipped/*.json
var shipped embed.FS

// Shipped are the texts of the program's own, by what they are an edition of: drafts
// that nobody has reviewed.
func Shipped() map[edition.Key]string {
	all := map[edition.Key]string{}
	files, err := shipped.ReadDir("shipped")
	if err != nil {
		panic(err) // they are part of the program
	}
	for _, f := range files {
		body, err := shipped.ReadFile("shipped/" + f.Name())
		if err != nil {
			panic(err)
		}
		name := strings.Split(strings.TrimSuffix(path.Base(f.Name()), ".json"), ".")
		all[edition.Key{Kind: name[0], Name: name[1], Lang: name[2]}] = string(body)
	}
	return all
}

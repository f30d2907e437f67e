// Package interpret keeps what is said in a language that an advocate does not speak:
// the line's approved phrases, the translators who are asked and come, and what they
// write. It seals with keys that others opened, and opens nothing.
package interpret

import (
	_ "embed" // the shipped phrases
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// KindPhrases is the edition kind of approved phrases, one edition for each language.
const KindPhrases = "phrases"

// PhrasesKey names the phrases in a language.
func PhrasesKey(lang string) edition.Key {
	return edition.Key{Kind: KindPhrases, Name: "line", Lang: lang}
}

// A Phrase is a sentence that the line has approved. Says tells in other languages
// what it says, so that whoever sends it knows.
type Phrase struct {
	Code  string            `json:"code"`
	Group string            `json:"group"`
	Text  string            `json:"text"`
	Says  map[string]string `json:"says,omitempty"` // by language
}

// Limits is the group of what must be said before anything is asked: what stays with
// the line, and what does not. Sending one of its phrases is noted in the head of the
// contact, as told.
const Limits = "limits"

// Groups lists what phrases are for, in the order in which a talk goes.
func Groups() []string {
	return []string{
		Limits, "greeting", "safety", "about", "next", "emergency", "stop", "return", "cover", "wait", "translator", "promise", "ending",
	}
}

// Bounds of an edition of phrases. A phrase is read on a small screen.
const (
	mostPhrases = 200
	mostText    = 600
)

var (
	codeForm = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)*$`)
	tagForm  = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// Parse reads an edition. What is wrong comes as [edition.Faults].
func Parse(body string) ([]Phrase, error) {
	var all []Phrase
	var fs edition.Faults
	if !fs.Read(body, &all) {
		return nil, fs
	}
	if len(all) > mostPhrases {
		fs.Add(0, "", "edition.fault.many", "")
	}
	seen := map[string]bool{}
	for i, p := range all {
		if !IsCode(p.Code) || seen[p.Code] {
			fs.Add(i+1, "code", "edition.fault.word", p.Code)
		}
		seen[p.Code] = true
		if !slices.Contains(Groups(), p.Group) {
			fs.Add(i+1, "group", "edition.fault.unknown", p.Group)
		}
		checkText(&fs, i+1, "text", p.Text)
		for lang, says := range p.Says {
			if !tagForm.MatchString(lang) {
				fs.Add(i+1, "says", "edition.fault.language", lang)
			}
			checkText(&fs, i+1, "says", says)
		}
	}
	if err := fs.Err(); err != nil {
		return nil, err
	}
	return all, nil
}

// IsCode reports whether a phrase may be called so.
func IsCode(s string) bool { return codeForm.MatchString(s) && len(s) <= 40 }

func checkText(fs *edition.Faults, row int, field, s string) {
	switch {
	case strings.TrimSpace(s) == "":
		fs.Add(row, field, "edition.fault.empty", "")
	case utf8.RuneCountInString(s) > mostText || strings.ContainsAny(s, "\x00"):
		fs.Add(row, field, "edition.fault.long", "")
	}
}

// Check is the check of the edition kind "phrases".
func Check(body string) error { _, err := Parse(body); return err }

// Find finds a phrase by its code.
func Find(all []Phrase, code string) (Phrase, bool) {
	i := slices.IndexFunc(all, func(p Phrase) bool { return p.Code == code })
	if i < 0 {
		return Phrase{}, false
	}
	return all[i], true
}

// Stands reports whether the phrase stands in a text as it was approved, whatever was
// added around it.
func (p Phrase) Stands(in string) bool { return strings.Contains(plainly(in), plainly(p.Text)) }

// plainly leaves out what no reader sees.
func plainly(s string) string { return strings.Join(strings.Fields(s), " ") }

//go:embed shipped.json
var shipped []byte

// Shipped gives the phrases that the program comes with, by language: drafts, not
// reviewed. What each says is the same phrase in the other languages.
func Shipped() map[string]string {
	var all []struct {
		Code, Group string
		Text        map[string]string
	}
	_ = json.Unmarshal(shipped, &all) // compiled in, and a test reads them
	lists := map[string][]Phrase{}
	for _, s := range all {
		for lang, text := range s.Text {
			p := Phrase{Code: s.Code, Group: s.Group, Text: text, Says: map[string]string{}}
			for other, says := range s.Text {
				if other != lang {
					p.Says[other] = says
				}
			}
			lists[lang] = append(lists[lang], p)
		}
	}
	out := map[string]string{}
	for lang, list := range lists {
		b, _ := json.Marshal(list) // texts always marshal
		out[lang] = string(b)
	}
	return out
}

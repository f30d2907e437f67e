package routing

import (
	"embed"
	"io/fs"
	"math/bits"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// A WordList is what the first look knows of one language: the body of an edition
// of the kind "firstlook". The package's README explains how an expression is
// written.
type WordList struct {
	Language string         `json:"language"`
	Note     string         `json:"note,omitempty"`     // for whoever edits it
	Numbers  map[string]int `json:"numbers,omitempty"`  // number words
	Negators []string       `json:"negators,omitempty"` // "not", "never": what follows does not count
	Groups   []WordGroup    `json:"groups"`             // expressions and what each of them says
	Guards   []WordGroup    `json:"guards,omitempty"`   // idioms, in which nothing counts
	Stop     []string       `json:"stop,omitempty"`     // whole messages: write to me no more
	End      []string       `json:"end,omitempty"`      // whole messages: this conversation is over
	Common   []string       `json:"common,omitempty"`   // small words by which the language is known
}

// A WordGroup is expressions that say the same.
type WordGroup struct {
	Codes       []string `json:"codes"`
	Expressions []string `json:"expressions"`
}

// Limits of a list.
const (
	maxExpressions = 4000
	maxElements    = 12
	maxAlternates  = 60
	maxGaps        = 2 // of one expression; and three parts that may be missing
	maxOptional    = 3
	gapWords       = 3 // how many words a gap may hold
	leastPrefix    = 3 // letters before or after a star
)

// codes is a set of codes.
type codes uint8

const (
	codeDanger codes = 1 << iota
	codeMinor
	codeSelf
	codeOther
	codeTip
	codeInfo

	codePaths = codeSelf | codeOther | codeTip | codeInfo
	codeAll   = codePaths | codeDanger | codeMinor
)

func codeOf(name string) codes {
	switch name {
	case "danger":
		return codeDanger
	case "minor":
		return codeMinor
	case string(hotline.Self):
		return codeSelf
	case string(hotline.Other):
		return codeOther
	case string(hotline.Tip):
		return codeTip
	case string(Info):
		return codeInfo
	case "all":
		return codeAll
	}
	return 0
}

// ParseWordList reads a list. What is wrong with it comes as [edition.Faults], in
// which a row is a group (first the groups, then the guards).
func ParseWordList(body string) (WordList, error) {
	var l WordList
	var faults edition.Faults
	if !faults.Read(body, &l) {
		return WordList{}, faults
	}
	_, err := compile([]WordList{l})
	return l, err
}

// CheckWordList is the check of the edition kind "firstlook".
func CheckWordList(body string) error {
	_, err := ParseWordList(body)
	return err
}

//go:embed firstlook/*.json
var shippedLists embed.FS

// ShippedWordLists returns the lists that come with the program, by language:
// drafts that nobody has reviewed.
func ShippedWordLists() map[string]string {
	out := make(map[string]string)
	names, _ := fs.Glob(shippedLists, "firstlook/*.json") // the pattern is well formed
	for _, name := range names {
		body, _ := shippedLists.ReadFile(name) // it was just listed
		out[strings.TrimSuffix(path.Base(name), ".json")] = string(body)
	}
	return out
}

// element is one part of an expression.
type element struct {
	alternates [][]atom // each one or several words
	gap        bool     // up to gapWords words
	optional   bool
	begins     sieve // with which words an alternate may begin
}

// atom is what one word may be.
type atom struct {
	text   string
	id     id // of a whole word
	how    comparison
	lo, hi int // of a number
}

type comparison uint8

const (
	whole   comparison = iota
	prefix             // text is how the word begins
	suffix             // text is how the word ends
	bones              // text is the word's consonants
	counted            // the word is a number from lo to hi
)

// expression is one line of a list, ready to match.
type expression struct {
	parts      []element
	codes      codes
	list       int  // whose negators and numbers count
	guard      bool // what it covers does not count
	weak       bool // says a path only where nothing else does
	always     bool // a negator before it changes nothing
	start, end bool // of the message
}

// parse reads one expression. It returns the key of what is wrong, or "".
func parse(text string) (x expression, fault string) {
	if !utf8.ValidString(text) {
		return x, "edition.fault.encoding"
	}
	for rest := text; ; text = rest {
		switch {
		case strings.HasPrefix(rest, "!"):
			x.always, rest = true, rest[1:]
		case strings.HasPrefix(rest, "~"):
			x.weak, rest = true, rest[1:]
		case strings.HasPrefix(rest, "^"):
			x.start, rest = true, strings.TrimLeft(rest[1:], " ")
		}
		if rest == text {
			break
		}
	}
	if cut, ok := strings.CutSuffix(text, "$"); ok {
		x.end, text = true, cut
	}
	fields, fault := fieldsOf(text)
	if fault != "" {
		return x, fault
	}
	gaps, optional := 0, 0
	for _, field := range fields {
		e, fault := parseElement(field)
		if fault != "" {
			return x, fault
		}
		if e.gap {
			gaps++
		}
		if e.optional {
			optional++
		}
		x.parts = append(x.parts, e)
	}
	n := len(x.parts)
	switch {
	case n == 0:
		return x, "edition.fault.empty"
	case n > maxElements || gaps > maxGaps || optional > maxOptional:
		return x, "edition.fault.long"
	case x.parts[0].gap || x.parts[n-1].gap || x.parts[n-1].optional && !x.end:
		return x, "edition.fault.edge"
	}
	return x, ""
}

// fieldsOf cuts an expression at its spaces, but not at those inside brackets.
func fieldsOf(text string) (fields []string, fault string) {
	depth, from := 0, -1
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		}
		if depth < 0 || depth > 1 {
			return nil, "edition.fault.bracket"
		}
		switch space := r == ' ' && depth == 0; {
		case space && from >= 0:
			fields, from = append(fields, text[from:i]), -1
		case !space && from < 0:
			from = i
		}
	}
	if depth != 0 {
		return nil, "edition.fault.bracket"
	}
	if from >= 0 {
		fields = append(fields, text[from:])
	}
	return fields, ""
}

func parseElement(field string) (e element, fault string) {
	if field == ".." {
		return element{gap: true}, ""
	}
	field, e.optional = strings.CutSuffix(field, "?")
	if inner, ok := strings.CutPrefix(field, "("); ok {
		if field, ok = strings.CutSuffix(inner, ")"); !ok {
			return e, "edition.fault.bracket"
		}
	}
	alternates := strings.Split(field, "/")
	if len(alternates) > maxAlternates {
		return e, "edition.fault.long"
	}
	for _, alternate := range alternates {
		words := strings.Fields(alternate)
		if len(words) == 0 || len(words) > maxElements {
			return e, "edition.fault.word"
		}
		var atoms []atom
		for _, w := range words {
			more, fault := parseAtoms(w)
			if fault != "" {
				return e, fault
			}
			atoms = append(atoms, more...)
		}
		e.alternates = append(e.alternates, atoms)
	}
	return e, ""
}

// parseAtoms reads what stands between two spaces: one word, or one with hyphens.
func parseAtoms(w string) (atoms []atom, fault string) {
	if inner, ok := strings.CutPrefix(w, "<"); ok {
		lo, hi, ok := strings.Cut(strings.TrimSuffix(inner, ">"), "-")
		a := atom{how: counted, lo: number(lo), hi: number(hi)}
		if !ok || !strings.HasSuffix(inner, ">") || a.lo < 0 || a.hi < a.lo {
			return nil, "edition.fault.number"
		}
		return []atom{a}, ""
	}
	w, isBones := strings.CutPrefix(w, "%")
	w, isSuffix := strings.CutPrefix(w, "*")
	w, isPrefix := strings.CutSuffix(w, "*")
	words := fold(w)
	affix := isPrefix || isSuffix
	if len(words) == 0 || strings.ContainsAny(w, "()<>?*$^~|") || len(words) > 1 && (isBones || affix) || isBones && affix || isPrefix && isSuffix {
		return nil, "edition.fault.word"
	}
	for _, w := range words {
		atoms = append(atoms, atom{text: w.text})
	}
	last := &atoms[len(atoms)-1]
	switch {
	case isBones:
		last.text, last.how = string(skeleton(nil, last.text)), bones
		if len(last.text) < leastPrefix {
			return nil, "edition.fault.bones"
		}
	case affix:
		last.how = prefix
		if isSuffix {
			last.how = suffix
		}
		if utf8.RuneCountInString(last.text) < leastPrefix {
			return nil, "edition.fault.prefix"
		}
	}
	return atoms, ""
}

// skeleton leaves out the vowels of a word in Latin letters, which are written as
// one likes where Arabic is written so, and appends the rest to dst.
func skeleton(dst []byte, w string) []byte {
	for i := range len(w) {
		c := w[i]
		switch c {
		case 'a', 'e', 'i', 'o', 'u':
			continue
		case 'y':
			if i == len(w)-1 {
				continue
			}
		case '5':
			dst = append(dst, 'k')
			c = 'h'
		case '7':
			c = 'h'
		case '6':
			c = 't'
		}
		if n := len(dst); n == 0 || dst[n-1] != c {
			dst = append(dst, c)
		}
	}
	return dst
}

// groupsOf is the list's groups and then its guards.
func (l WordList) groupsOf() []WordGroup { return slices.Concat(l.Groups, l.Guards) }

func count(c codes) int { return bits.OnesCount8(uint8(c)) }

package policy

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrStatement says that it is no statement of a line, or not as the line has made it.
var ErrStatement = problem.New(problem.Invalid, "legal.statement")

// LegalDomain is where the line's signature of a statement belongs.
const LegalDomain = "legal search"

// A Statement says what was searched for a legal request, and when. It names neither
// whom it was about nor anybody of the staff: that it is about certain words is shown by
// whoever knows them, from Sought.
type Statement struct {
	Line       seal.Line `json:"line"`
	Request    string    `json:"request"`
	Search     string    `json:"search"`
	Salt       []byte    `json:"salt"`
	Sought     []byte    `json:"sought"` // commits to the words that were looked for, with the salt
	Until      int64     `json:"until"`  // contacts that began until then
	Ended      int64     `json:"ended"`
	Contacts   int64     `json:"contacts"`   // how many were looked at
	Situations int64     `json:"situations"` // how many were looked at
	Gone       int64     `json:"gone"`       // of how many of the contacts nothing was left
	Shut       int64     `json:"shut"`       // how many things did not open, and were not looked at
	Found      int64     `json:"found"`      // in how many contacts something was found
	Where      []string  `json:"where"`      // in what of each it was looked
}

// LegalWhere lists in what a search looks: the heads of contacts (the name to call her,
// what may be said, where she is), the addresses at which callers are answered, and the
// names and addresses of people and places in situations. Words of conversations, notes,
// forms, code phrases and consents are not among it.
func LegalWhere() []string { return []string{"heads", "addresses", "people and places"} }

// Sought are the words of a search as they are compared and committed to: each line is
// one name, number or address; at least one, and 20 at most.
func Sought(typed string) ([]string, error) {
	var out []string
	for line := range strings.Lines(typed) {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" || slices.Contains(out, line) {
			continue
		}
		if len(line) > 200 || len([]rune(line)) < 3 {
			return nil, ErrLegalWords
		}
		out = append(out, line)
	}
	if len(out) == 0 || len(out) > 20 {
		return nil, ErrLegalWords
	}
	return out, nil
}

// Commit commits to the words of a search.
func Commit(line seal.Line, salt []byte, sought []string) []byte {
	c := line.Other("legal sought").With(salt)
	for _, s := range sought {
		c = c.With([]byte(s))
	}
	return c.Hash()
}

// JSON is what the line signs.
func (s Statement) JSON() string {
	b, _ := json.Marshal(s) // words and numbers always can be
	return string(b)
}

// ParseStatement reads one.
func ParseStatement(body string) (Statement, error) {
	var s Statement
	if json.Unmarshal([]byte(body), &s) != nil {
		return Statement{}, ErrStatement
	}
	return s, nil
}

// A Signed statement is what is handed to whoever asked: it is verified by the public half
// of the line's root, and nothing else that is ours.
type Signed struct {
	Statement  string `json:"statement"`
	Signature  []byte `json:"signature"`
	Manifest   string `json:"manifest"`
	Signatures string `json:"signatures"`
}

// NewSigned puts one together.
func NewSigned(body string, sig []byte, p seal.Proof) Signed {
	return Signed{body, sig, string(p.Manifest), string(p.Signatures)}
}

// JSON is the file that is handed over.
func (s Signed) JSON() string {
	b, _ := json.MarshalIndent(s, "", " ") // words and numbers always can be
	return string(b) + "\n"
}

// largestSigned is how many bytes the file has at most.
const largestSigned = 4 << 20

// VerifyStatement reads such a file, and checks by the root that the line has said it.
// need is how many administrators must sign a manifest. typed, where it is not empty, are
// the words that it must be about.
func VerifyStatement(file []byte, root []byte, need int, typed string) (Statement, error) {
	var f Signed
	if len(file) > largestSigned || json.Unmarshal(file, &f) != nil {
		return Statement{}, ErrStatement
	}
	s, err := ParseStatement(f.Statement)
	if err != nil {
		return Statement{}, err
	}
	if err := s.Line.Verify(root, need, seal.Proof{Manifest: []byte(f.Manifest), Signatures: []byte(f.Signatures)}, LegalDomain, []byte(f.Statement), f.Signature); err != nil {
		return Statement{}, ErrStatement
	}
	if typed == "" {
		return s, nil
	}
	sought, err := Sought(typed)
	if err != nil || string(Commit(s.Line, s.Salt, sought)) != string(s.Sought) {
		return Statement{}, ErrStatement
	}
	return s, nil
}

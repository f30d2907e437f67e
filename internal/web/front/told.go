package front

import (
	"html/template"
)

// An Expect is what she is told before her first word. Lang may be another one than
// she reads: nobody has accepted the words in hers.
type Expect struct {
	Lang              string
	Number            int64 // of the edition; 0 is the program's own draft
	Reviewed          bool
	Who, Limits, Next string
}

// A Scope says what the line is for, what not, and where it passes people on.
type Scope struct {
	Lang           string
	Reviewed       bool
	For, Not, Pass []string
}

// Readers says who can read what she writes. Each number is of people who hold keys,
// as the list that the administrators have signed says.
type Readers struct {
	List      int64 // number of that list
	Answer    int   // open what is said while it is going on
	Supervise int   // open it then and afterwards
	Count     int   // open figures alone
	Check     int   // open the log of who opened what, and no words
	Manage    int   // sign the list
	Other     []Team
	Notes     []Period // how long our notes are kept; none: as long as the line wants
}

// A Team is one that has keys of its own.
type Team struct {
	Name   string
	People int
}

// A Period is how long notes of a kind are kept.
type Period struct {
	Kind string // one of [Information], [Situation], [Others]
	Days int
}

// The kinds of notes, as a caller is told of them.
const (
	Information = "information"
	Situation   = "situation"
	Others      = "other"
)

// toldView is an Expect as a page shows it.
type toldView struct {
	Expect
	Draft bool
	Value string // of the field that says what was shown
}

func (p *pages) told(e Expect) toldView {
	v := toldView{Expect: e, Draft: !e.Reviewed}
	if e.Number > 0 {
		v.Value = toldValue(e.Number, e.Lang)
	}
	return v
}

// scopeView says what the line is for.
type scopeView struct {
	frame
	Scope Scope
}

func (*pages) scope(fr frame, s Scope) scopeView {
	fr.Draft = fr.Draft || !s.Reviewed
	return scopeView{fr, s}
}

// readersView says who reads what, and for how long.
type readersView struct {
	frame
	Readers Readers
}

// In is the markup of words in another language than the page's.
func (f frame) In(lang string) template.HTMLAttr {
	if lang == f.Tag() || lang == "" {
		return ""
	}
	for _, t := range f.tongues {
		if t.Tag == lang {
			return template.HTMLAttr(` lang="` + t.Tag + `" dir="` + t.Dir + `"`) //nolint:gosec // from the catalogue
		}
	}
	return ""
}

// Seen are the things that the server itself can read, in plain words. A test holds
// them against the columns of the databases.
func (readersView) Seen() []string {
	all := make([]string, 0, len(seen()))
	for _, s := range seen() {
		all = append(all, s.key)
	}
	return all
}

// Span says how long something is kept: in years where it is years.
func (f frame) Span(days int) string {
	const year = 365
	if days >= year {
		return f.N("front.time.years", (days+year/2)/year)
	}
	return f.N("front.time.days", days)
}

// Levels are the levels of privacy, in the order in which she is asked.
func (frame) Levels() []string {
	var all []string
	for _, level := range levels() {
		all = append(all, string(level))
	}
	return all
}

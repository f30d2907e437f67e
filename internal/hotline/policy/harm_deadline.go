package policy

import (
	"cmp"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// KindHarm is the edition kind of how soon the line puts right what went wrong.
const KindHarm = "harm"

// HarmKey names it: a line has one.
func HarmKey() edition.Key { return edition.Key{Kind: KindHarm, Name: "line"} }

// HarmDeadlines says within how many hours a report of harm is closed, by its kind. The first
// row that fits decides. They are the line's own, and say nothing of any law.
type HarmDeadlines struct {
	Rows []HarmDeadline `json:"rows"`
	Keep int64          `json:"keep,omitempty"` // days that a report is kept after it was closed
	Note string         `json:"note,omitempty"` // where the hours come from, and of which day that is
}

// A HarmDeadline is the hours of a kind; without a kind, of every other.
type HarmDeadline struct {
	Kind  string `json:"kind,omitempty"`
	Hours int64  `json:"hours"`
}

// HarmKinds lists of what a report may be: somebody reached her in an unsafe way, words
// or a name came to whoever may not have them, she was sent where it was bad, one of the
// staff was threatened.
func HarmKinds() []string { return []string{"contact", "leak", "referral", "threat", "other"} }

// longestHarm is how many hours a deadline has at most: a year.
const longestHarm = 8760

// Hours is how soon a report of a kind is closed.
func (d HarmDeadlines) Hours(kind string) int64 {
	for _, r := range d.Rows {
		if r.Kind == "" || r.Kind == kind {
			return r.Hours
		}
	}
	return longestHarm // a body that passed its check has a row for every one
}

// Bounds of how many days a closed report is kept. Whoever was told that it was put right
// can still ask after three months.
const (
	leastKeptHarm = 90
	mostKeptHarm  = 36500
	keptHarm      = 1095 // where the line says nothing
)

// Days is how long a report is kept after it was closed.
func (d HarmDeadlines) Days() int64 { return cmp.Or(d.Keep, keptHarm) }

// ParseHarmDeadlines reads them. What is wrong comes as [edition.Faults].
func ParseHarmDeadlines(body string) (HarmDeadlines, error) {
	var d HarmDeadlines
	var fs edition.Faults
	if !fs.Read(body, &d) {
		return HarmDeadlines{}, fs
	}
	if len(d.Rows) == 0 {
		fs.Add(0, "rows", "edition.fault.empty", "")
	}
	if utf8.RuneCountInString(d.Note) > 400 {
		fs.Add(0, "note", "edition.fault.long", "")
	}
	if d.Keep != 0 && (d.Keep < leastKeptHarm || d.Keep > mostKeptHarm) {
		fs.Add(0, "keep", "edition.fault.harm_days", "")
	}
	kinds := append(HarmKinds(), "")
	for i, r := range d.Rows {
		if !slices.Contains(kinds, r.Kind) {
			fs.Add(i+1, "kind", "edition.fault.unknown", r.Kind)
		}
		if r.Hours < 1 || r.Hours > longestHarm {
			fs.Add(i+1, "hours", "edition.fault.hours", "")
		}
		if slices.ContainsFunc(d.Rows[:i], func(by HarmDeadline) bool { return by.Kind == "" || by.Kind == r.Kind }) {
			fs.Add(i+1, "kind", "edition.fault.unreached", "")
		}
	}
	if n := len(d.Rows); n > 0 && d.Rows[n-1].Kind != "" {
		fs.Add(n, "kind", "edition.fault.default", "")
	}
	if err := fs.Err(); err != nil {
		return HarmDeadlines{}, err
	}
	return d, nil
}

// CheckHarmDeadlines is the check of the edition kind "harm".
func CheckHarmDeadlines(body string) error { _, err := ParseHarmDeadlines(body); return err }

// ShippedHarmDeadlines are the program's own, a draft that nobody has reviewed.
func ShippedHarmDeadlines() HarmDeadlines {
	return HarmDeadlines{
		Rows: []HarmDeadline{{"threat", 24}, {"contact", 24}, {"leak", 72}, {Hours: 7 * 24}},
		Keep: keptHarm,
		Note: "The line's own hours, set on 30 November 2026 as a beginning. No law was read for them.",
	}
}

// JSON is the body of an edition.
func (d HarmDeadlines) JSON() string {
	b, _ := json.Marshal(d) // words and numbers always can be
	return string(b)
}

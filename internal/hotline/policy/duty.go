package policy

import (
	"embed"
	"encoding/json"
	"path"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// KindDuty is the edition kind of what the law of a country asks of whoever learns of
// harm: to report it, or to keep it.
const KindDuty = "duty"

// DutyKey names the rules of a country. Each country has its own, since a lawyer who
// reads them reads those of hers.
func DutyKey(country Place) edition.Key {
	return edition.Key{Kind: KindDuty, Name: string(country)}
}

// A Law is what a country and its parts ask, as far as somebody has read it.
type Law struct {
	Country  Place   `json:"country"`
	Compiled Day     `json:"compiled_on,omitempty"`
	Standing string  `json:"standing,omitempty"` // what to know before one relies on it
	Groups   []Group `json:"groups,omitempty"`
	Rules    []Rule  `json:"rules"`
}

// Body is a law as an edition keeps it.
func (l Law) Body() string {
	b, _ := json.Marshal(l) // nothing in it cannot be
	return string(b)
}

// A Group is a place that others make up together, such as England and Wales.
type Group struct {
	Code Place   `json:"code"`
	Over []Place `json:"over"`
}

// A Rule is one rule of law as it stood over some time, in the words of whoever read
// it. What changes in a law is a rule that ends and another that begins: a day of the
// past is judged by what held on it.
type Rule struct {
	ID         string      `json:"id"`
	Place      Place       `json:"place"`
	Kind       RuleKind    `json:"kind"`
	Standing   Standing    `json:"status"`
	Who        Bound       `json:"who_is_bound"`
	Whom       Whom        `json:"about_whom"`
	What       Trigger     `json:"what_triggers"`
	Exceptions []Exception `json:"exceptions,omitempty"`
	To         []string    `json:"to_whom,omitempty"`
	Deadline   Deadline    `json:"deadline"`
	LineWithin Span        `json:"line_within,omitempty"` // the line's own time, where the law gives no fixed one
	Form       Manner      `json:"form"`
	Withhold   []Withhold  `json:"may_withhold,omitempty"`
	Consent    *bool       `json:"consent_needed,omitempty"` // nil: not read
	ConsentIs  string      `json:"consent_words,omitempty"`
	Penalty    string      `json:"penalty,omitempty"`
	From       Day         `json:"in_force_from,omitempty"`  // empty: older than what was read
	Until      Day         `json:"in_force_until,omitempty"` // its last day; empty: no end seen
	NotBefore  Day         `json:"not_before,omitempty"`     // of what is enacted, its day not seen
	AttachesTo string      `json:"attaches_to,omitempty"`    // what ties it to its place

	// Where it was read, and what of it was not.

	Verified bool           `json:"verified,omitempty"` // its core was read in a source
	Source   Source         `json:"source"`
	More     []Source       `json:"sources_more,omitempty"`
	Fields   map[string]int `json:"field_sources,omitempty"` // 0 = Source, n = the n-th of More
	NotSeen  []string       `json:"not_seen,omitempty"`
	Conflict string         `json:"conflicting_source,omitempty"`
	Notes    string         `json:"notes,omitempty"`
}

// Bound is who must do it, or may.
type Bound struct {
	Roles  []Role `json:"roles"`
	Except []Role `json:"except_roles,omitempty"`
	Staff  string `json:"hotline_staff,omitempty"` // what was read about those of a line
	Words  string `json:"words,omitempty"`
}

// Whom is about whom it is. What is zero or empty is no bound.
type Whom struct {
	Under  int      `json:"age_under,omitempty"` // exclusive
	From   int      `json:"age_from,omitempty"`  // inclusive
	Needs  []Need   `json:"needs_any,omitempty"`
	Status []Status `json:"status_any,omitempty"`
	Words  string   `json:"words,omitempty"`
}

// Trigger is what must have been learned, how surely, and what else must be so.
type Trigger struct {
	Harms    []Harm      `json:"harms"`
	Unclear  []Harm      `json:"harms_unclear,omitempty"` // of which nobody read that they count, or not
	Degree   Degree      `json:"degree_at_least"`
	Requires []Condition `json:"requires,omitempty"`
	Words    string      `json:"words,omitempty"`
}

// An Exception is what lifts the rule.
type Exception struct {
	Code  Excuse `json:"code"`
	Words string `json:"words,omitempty"`
}

// Withhold is what may stay out of a report, and when.
type Withhold struct {
	What string `json:"what"`
	When string `json:"when,omitempty"`
}

// A Source is where something was read: seldom the whole page, and not on the day on
// which somebody reads this.
type Source struct {
	Title    string  `json:"title"`
	Citation string  `json:"citation,omitempty"`
	URL      string  `json:"url,omitempty"`
	Seen     bool    `json:"seen,omitempty"`
	Quality  Quality `json:"quality"`
	Date     string  `json:"date_seen_text,omitempty"` // how old the text was
}

//go:embed shipped/duty/*.json
var shippedDuty embed.FS

// ShippedDuty are the program's own rules, by country: drafts that no counsel has
// reviewed, compiled for drafting and no legal advice. A line publishes those of the
// countries it works in when its counsel has read them.
func ShippedDuty() map[edition.Key]string {
	all := map[edition.Key]string{}
	files, err := shippedDuty.ReadDir("shipped/duty")
	if err != nil {
		panic(err) // they are part of the program
	}
	for _, f := range files {
		body, err := shippedDuty.ReadFile("shipped/duty/" + f.Name())
		if err != nil {
			panic(err)
		}
		all[DutyKey(Place(strings.TrimSuffix(path.Base(f.Name()), ".json")))] = string(body)
	}
	return all
}

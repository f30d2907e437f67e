package policy

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// KindKeep is the edition kind of how long what we wrote is kept.
const KindKeep = "keep"

// KeepKey names it: a line has one.
func KeepKey() edition.Key { return edition.Key{Kind: KindKeep, Name: "line"} }

// Keep says how long what we wrote is kept after its end. The first row that fits
// decides.
type Keep struct {
	Rows []KeepRow `json:"rows"`
}

// A KeepRow is a period. Type is a type of contact, [InSituation], or empty for every
// one; Outcome is how it ended, or empty for any.
type KeepRow struct {
	Type    string `json:"type,omitempty"`
	Outcome string `json:"outcome,omitempty"`
	Days    int64  `json:"days"`
}

// InSituation stands for the type of what belongs to a situation.
const InSituation = "situation"

// ContactTypes lists the types of contacts, as forms have them.
func ContactTypes() []string {
	return strings.Fields(`crisis tip referral information training high_risk prevention silent hang_up abusive wrong_number test transferred other`)
}

// Outcomes lists how a contact may have ended.
func Outcomes() []string {
	return []string{"helped", "plan", "referred", "informed", "left", "silent", "wrong", "abusive", "test"}
}

// LongestKeep is how many days a period has at most.
const LongestKeep = 36500

// Days is how long something is kept, by its type and how it ended; either may be
// empty. What belongs to a situation is kept as long as that at least.
func (k Keep) Days(of, outcome string, situation bool) int64 {
	days := k.row(of, outcome)
	if situation {
		days = max(days, k.row(InSituation, outcome))
	}
	return days
}

func (k Keep) row(of, outcome string) int64 {
	for _, r := range k.Rows {
		if (r.Type == "" || r.Type == of) && (r.Outcome == "" || r.Outcome == outcome) {
			return r.Days
		}
	}
	return LongestKeep // a body that passed its check has a row for every one
}

// ParseKeep reads it. What is wrong comes as [edition.Faults].
func ParseKeep(body string) (Keep, error) {
	var k Keep
	var fs edition.Faults
	if !fs.Read(body, &k) {
		return Keep{}, fs
	}
	const most = 60
	switch {
	case len(k.Rows) == 0:
		fs.Add(0, "rows", "edition.fault.empty", "")
	case len(k.Rows) > most:
		fs.Add(0, "rows", "edition.fault.many", "")
	}
	types := append(ContactTypes(), InSituation, "")
	outcomes := append(Outcomes(), "")
	for i, r := range k.Rows {
		if !slices.Contains(types, r.Type) {
			fs.Add(i+1, "type", "edition.fault.unknown", r.Type)
		}
		if !slices.Contains(outcomes, r.Outcome) {
			fs.Add(i+1, "outcome", "edition.fault.unknown", r.Outcome)
		}
		if r.Days < 1 || r.Days > LongestKeep {
			fs.Add(i+1, "days", "edition.fault.days", "")
		}
		if slices.ContainsFunc(k.Rows[:i], r.hidden) {
			fs.Add(i+1, "type", "edition.fault.unreached", "")
		}
	}
	if n := len(k.Rows); n > 0 && (k.Rows[n-1].Type != "" || k.Rows[n-1].Outcome != "") {
		fs.Add(n, "type", "edition.fault.default", "")
	}
	if err := fs.Err(); err != nil {
		return Keep{}, err
	}
	return k, nil
}

// hidden reports whether an earlier row decides all that r would.
func (r KeepRow) hidden(by KeepRow) bool {
	return (by.Type == "" || by.Type == r.Type) && (by.Outcome == "" || by.Outcome == r.Outcome)
}

// CheckKeep is the check of the edition kind "keep".
func CheckKeep(body string) error { _, err := ParseKeep(body); return err }

// ShippedKeep are the program's own periods, a draft that nobody has reviewed: a year
// for information and what is nothing, five for what is about somebody.
func ShippedKeep() Keep {
	const year, five = 365, 5 * 365
	k := Keep{}
	for _, of := range []string{InSituation, "crisis", "high_risk", "tip", "referral", "transferred"} {
		k.Rows = append(k.Rows, KeepRow{Type: of, Days: five})
	}
	return Keep{append(k.Rows, KeepRow{Type: "information", Days: year}, KeepRow{Days: year})}
}

// JSON is the body of an edition.
func (k Keep) JSON() string {
	b, _ := json.Marshal(k) // words and numbers always can be
	return string(b)
}

// Told is what a caller is told before anybody knows what hers will be: the longest
// that each kind may be kept. About somebody is what belongs to a situation, and every
// type of contact that may become one.
func (k Keep) Told() (information, about, others int64) {
	for _, of := range append(ContactTypes(), "") {
		for _, outcome := range append(Outcomes(), "") {
			about = max(about, k.Days(of, outcome, true))
			days := k.Days(of, outcome, false)
			switch of {
			case "information":
				information = max(information, days)
			case "crisis", "high_risk", "tip", "referral", "transferred":
				about = max(about, days)
			default:
				others = max(others, days)
			}
		}
	}
	return information, about, others
}

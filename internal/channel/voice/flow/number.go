package flow

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// KindNumbers is the edition kind of the number register.
const KindNumbers = "numbers"

// NumbersKey names the line's register.
func NumbersKey() edition.Key { return edition.Key{Kind: KindNumbers, Name: "line"} }

// Numbers are those on which the line can be called.
type Numbers struct {
	Rows []Number `json:"rows"`
}

// A Number is one of them: what it means that somebody dialled it, and what a call
// costs her and shows of her.
type Number struct {
	Dial     string `json:"dial"`               // as the trunk gives it
	Shown    string `json:"shown,omitempty"`    // as pages show it; empty: it stands on no page
	Lang     string `json:"lang,omitempty"`     // what the line speaks on it; empty: she chooses
	Queue    string `json:"queue,omitempty"`    // empty: by language, as for any contact
	Campaign string `json:"campaign,omitempty"` // what made the number known
	Cost     string `json:"cost"`               // who pays
	Bill     string `json:"bill"`               // what a bill or a list of calls shows
	Networks []Net  `json:"networks,omitempty"` // those where it is otherwise
}

// A Net is a network on which a number costs otherwise than on others.
type Net struct {
	Name string `json:"name"`
	Cost string `json:"cost"`
}

// Who pays for a call.
const (
	Free     = "free"  // nobody but the line
	Zero     = "zero"  // nobody but the line, and it works without credit
	Local    = "local" // she, as for a local call
	Standard = "usual" // she, as for any call
	CostOpen = "open"  // nobody knows, or it differs
)

// Costs lists them.
func Costs() []string { return []string{Free, Zero, Local, Standard, CostOpen} }

// What a bill shows.
const (
	BillNothing = "nothing" // nothing of the call
	BillNumber  = "number"  // the number
	BillOpen    = "open"    // nobody knows, or it differs
)

// Bills lists them.
func Bills() []string { return []string{BillNothing, BillNumber, BillOpen} }

// Limits of a register.
const (
	MaxNumbers  = 60
	MaxNetworks = 12
)

var (
	dialled  = regexp.MustCompile(`^\+?[0-9]{2,20}$`)
	campaign = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)
	tongue   = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)
	queueID  = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)
)

// CheckNumbers is the check of the edition kind "numbers".
func CheckNumbers(body string) error { _, err := ParseNumbers(body); return err }

// ParseNumbers reads a register. What is wrong with it comes as [edition.Faults], the
// row as the administrator counts it.
func ParseNumbers(body string) (Numbers, error) {
	var n Numbers
	var fs edition.Faults
	if !fs.Read(body, &n) {
		return Numbers{}, fs
	}
	if len(n.Rows) > MaxNumbers {
		fs.Add(0, "rows", "edition.fault.many", strconv.Itoa(len(n.Rows)))
		return Numbers{}, fs
	}
	seen := map[string]bool{}
	for i, row := range n.Rows {
		add := func(field, key, given string) { fs.Add(i+1, field, key, given) }
		row.check(add)
		if digits := bare(row.Dial); seen[digits] {
			add("dial", "edition.fault.twice", row.Dial)
		} else {
			seen[digits] = true
		}
	}
	if err := fs.Err(); err != nil {
		return Numbers{}, err
	}
	return n, nil
}

func (n Number) check(add func(field, key, given string)) {
	if !dialled.MatchString(n.Dial) {
		add("dial", "edition.fault.phone", n.Dial)
	}
	if utf8.RuneCountInString(n.Shown) > 40 || strings.ContainsRune(n.Shown, 0) {
		add("shown", "edition.fault.long", "")
	}
	if n.Lang != "" && !tongue.MatchString(n.Lang) {
		add("lang", "edition.fault.language", n.Lang)
	}
	if n.Queue != "" && !queueID.MatchString(n.Queue) {
		add("queue", "edition.fault.unknown", n.Queue)
	}
	if n.Campaign != "" && !campaign.MatchString(n.Campaign) {
		add("campaign", "edition.fault.word", n.Campaign)
	}
	one(add, "cost", n.Cost, Costs())
	one(add, "bill", n.Bill, Bills())
	if len(n.Networks) > MaxNetworks {
		add("networks", "edition.fault.many", strconv.Itoa(len(n.Networks)))
		return
	}
	for i, net := range n.Networks {
		at := "networks." + strconv.Itoa(i+1)
		if name := strings.TrimSpace(net.Name); name == "" {
			add(at+".name", "edition.fault.empty", "")
		} else if utf8.RuneCountInString(name) > 40 {
			add(at+".name", "edition.fault.long", "")
		}
		one(add, at+".cost", net.Cost, Costs())
	}
}

// Find returns the number that was dialled. Trunks write one number in several ways:
// with a plus, with two zeroes, or without either.
func (n Numbers) Find(dialled string) (Number, bool) {
	is := bare(dialled)
	for _, row := range n.Rows {
		if is != "" && bare(row.Dial) == is {
			return row, true
		}
	}
	return Number{}, false
}

// OnPages are the numbers that stand on the pages for callers.
func (n Numbers) OnPages() (out []Number) {
	for _, row := range n.Rows {
		if row.Shown != "" {
			out = append(out, row)
		}
	}
	return out
}

// bare is a number without how a trunk begins it.
func bare(dialled string) string {
	return strings.TrimPrefix(strings.TrimPrefix(dialled, "+"), "00")
}

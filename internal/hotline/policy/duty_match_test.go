package policy_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

// laws are the shipped rules, as if a line had published them all.
func laws(tb testing.TB) policy.Duties {
	tb.Helper()
	var all []edition.Edition
	for k, body := range policy.ShippedDuty() {
		all = append(all, edition.Edition{Key: k, Number: 1, Body: body})
	}
	d, err := policy.DutiesOf(all...)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// lists are the rules of an outcome, by what it says of them.
func lists(o policy.Outcome) map[string][]string {
	out := map[string][]string{}
	for says, entries := range map[string][]policy.Entry{
		"due": o.Due, "unclear": o.Unclear, "may": o.May, "limit": o.Limits, "anonymity": o.Anonymity,
		"warning": o.Warnings, "check": o.Check, "counsel": o.Counsel, "lifted": o.Lifted,
	} {
		for _, e := range entries {
			out[says] = append(out[says], e.Rule.ID)
		}
	}
	return out
}

// says is what an outcome says of a rule.
func says(t *testing.T, o policy.Outcome, rule string) string {
	t.Helper()
	said := "no"
	for list, rules := range lists(o) {
		if slices.Contains(rules, rule) {
			if said != "no" {
				t.Errorf("%s is both %s and %s", rule, said, list)
			}
			said = list
		}
	}
	return said
}

func TestEveryShippedRuleSaysWhatItsWordsSay(t *testing.T) {
	t.Parallel()
	d := laws(t)
	f, err := os.Open(filepath.Join("testdata", "duty.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rule, rows := "", map[string]map[bool]int{}
	for n, lines := 1, bufio.NewScanner(f); lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case !strings.HasPrefix(line, " "):
			rule = words[0]
			rows[rule] = map[bool]int{}
		default:
			if got := says(t, d.Match(row(t, words[1:])), rule); got != words[0] {
				t.Errorf("line %d: %s says %s, want %s: %v", n, rule, got, words[0], words[1:])
			}
			rows[rule][words[0] == "no"]++
		}
	}
	shipped := 0
	for k, body := range policy.ShippedDuty() {
		l, err := policy.ParseDuty(body)
		if err != nil {
			t.Fatalf("%v: %v", k, err)
		}
		for _, r := range l.Rules {
			shipped++
			if rows[r.ID][false] == 0 || rows[r.ID][true] == 0 {
				t.Errorf("%s is not tried both ways", r.ID)
			}
			delete(rows, r.ID)
		}
	}
	if shipped != 71 || len(rows) > 0 {
		t.Errorf("%d rules shipped, and rows of others: %v", shipped, rows)
	}
}

// row reads a row of the table.
func row(t *testing.T, words []string) policy.Learned {
	t.Helper()
	day, err := time.Parse(time.DateOnly, words[1])
	if err != nil {
		t.Fatal(err)
	}
	l := policy.Learned{Place: policy.Place(words[0]), At: day.Add(12 * time.Hour), Age: age(t, words[3]), Degree: policy.Degree(words[5])}
	for role := range strings.SplitSeq(words[2], ",") {
		if role == "minor" {
			l.By.Minor = true
			continue
		}
		l.By.Roles = append(l.By.Roles, policy.Role(role))
	}
	known(t, policy.Roles(), l.By.Roles...)
	if words[4] != "-" {
		l.Harms = []policy.Harm{policy.Harm(words[4])}
	}
	known(t, policy.Harms(), l.Harms...)
	known(t, policy.Degrees(), l.Degree)
	for _, w := range words[6:] {
		then, old := strings.CutPrefix(w, "then=")
		switch {
		case old:
			l.AgeThen = age(t, then)
		case w == "shift":
			l.Conditions = append(l.Conditions, policy.OnDuty)
		case slices.Contains(policy.Conditions(), policy.Condition(w)):
			l.Conditions = append(l.Conditions, policy.Condition(w))
		case slices.Contains(policy.Needs(), policy.Need(w)):
			l.Needs = append(l.Needs, policy.Need(w))
		case slices.Contains(policy.Statuses(), policy.Status(w)):
			l.Status = append(l.Status, policy.Status(w))
		default:
			l.Excuses = append(l.Excuses, policy.Excuse(w))
			known(t, policy.Excuses(), policy.Excuse(w))
		}
	}
	return l
}

func age(t *testing.T, word string) policy.Age {
	t.Helper()
	switch word {
	case "?":
		return policy.Age{}
	case "adult":
		return policy.GrownUp()
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		t.Fatal(err)
	}
	return policy.Aged(n)
}

func known[C comparable](t *testing.T, of []C, codes ...C) {
	t.Helper()
	for _, c := range codes {
		if !slices.Contains(of, c) {
			t.Fatalf("the table names %v, which is no code", c)
		}
	}
}

// The situations that were written with the facts, where they are at hand.
func TestSituationsOfTheFacts(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "data", "law", "duty_cases.json"))
	if err != nil {
		t.Skip("the facts' own situations are not here")
	}
	var facts struct{ Cases []fact }
	if err := json.Unmarshal(b, &facts); err != nil {
		t.Fatal(err)
	}
	if len(facts.Cases) != 40 {
		t.Errorf("%d situations, want 40", len(facts.Cases))
	}
	d := laws(t)
	for _, f := range facts.Cases {
		o := d.Match(f.learned(t))
		got, want := lists(o), f.want()
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", f.ID, diff)
		}
		if at := moment(t, f.Expected.First); !o.First.Equal(at) {
			t.Errorf("%s: first step by %v, want %v", f.ID, o.First, at)
		}
		for _, e := range o.Due {
			if at := moment(t, f.Expected.ByRule[e.Rule.ID]); !e.Latest.Equal(at) {
				t.Errorf("%s: %s by %v, want %v", f.ID, e.Rule.ID, e.Latest, at)
			}
		}
	}
}

// A fact is one of those situations.
type fact struct {
	ID, Place string
	At        string `json:"learned_at"`
	Person    struct {
		Age      *int
		MayBe    bool `json:"may_be_under_18"`
		Needs    []policy.Need
		Standing []policy.Status `json:"status"`
	}
	By struct {
		Roles []policy.Role
	} `json:"learned_by"`
	Said struct {
		Harms      []policy.Harm
		Degree     policy.Degree
		Conditions []policy.Condition
		Exceptions []policy.Excuse
		EventAt    string `json:"event_at"`
	} `json:"said_codes"`
	Expected struct {
		Due       []string `json:"may_be_due"`
		May       []string `json:"may_report"`
		Unclear   []string
		Limits    []string
		Anonymity []string
		Warnings  []string
		Check     []string          `json:"check_law"`
		First     string            `json:"latest_first_step"`
		ByRule    map[string]string `json:"latest_by_rule"`
	}
}

func (f fact) learned(t *testing.T) policy.Learned {
	t.Helper()
	l := policy.Learned{
		Place: policy.Place(f.Place), At: moment(t, f.At), By: policy.Listener{Roles: f.By.Roles}, Needs: f.Person.Needs, Status: f.Person.Standing,
		Harms: f.Said.Harms, Degree: f.Said.Degree, Conditions: f.Said.Conditions, Excuses: f.Said.Exceptions, EventAt: moment(t, f.Said.EventAt),
	}
	switch {
	case f.Person.Age != nil:
		l.Age = policy.Aged(*f.Person.Age)
	case !f.Person.MayBe:
		l.Age = policy.GrownUp()
	}
	return l
}

// want leaves out what the facts do not tell of: what an exception has lifted.
func (f fact) want() map[string][]string {
	out := map[string][]string{}
	e := f.Expected
	for list, rules := range map[string][]string{
		"due": e.Due, "may": e.May, "unclear": e.Unclear, "limit": e.Limits, "anonymity": e.Anonymity, "warning": e.Warnings, "check": e.Check,
	} {
		if len(rules) > 0 {
			out[list] = rules
		}
	}
	if f.ID == "D33" { // "defence of section 4"
		out["lifted"] = []string{"IE-WITHHOLD-CHILD"}
	}
	return out
}

// moment reads a time of the facts; the empty one is none.
func moment(t *testing.T, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	at, err := time.Parse("2006-01-02T15:04Z07:00", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

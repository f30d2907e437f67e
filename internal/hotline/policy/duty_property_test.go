package policy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

// published are rules as editions of a number.
func published(tb testing.TB, number int64, all ...policy.Law) policy.Duties {
	tb.Helper()
	var editions []edition.Edition
	for _, l := range all {
		editions = append(editions, edition.Edition{Key: policy.DutyKey(l.Country), Number: number, Body: l.Body()})
	}
	d, err := policy.DutiesOf(editions...)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// shippedLaws are fresh copies of the shipped rules, to be changed.
func shippedLaws(tb testing.TB) (out []policy.Law) {
	tb.Helper()
	for _, body := range policy.ShippedDuty() {
		l, err := policy.ParseDuty(body)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b policy.Law) int { return strings.Compare(string(a.Country), string(b.Country)) })
	return out
}

// some draws a few of a list.
func some[C any](r *rand.Rand, of []C, most int) (out []C) {
	for range r.IntN(most + 1) {
		out = append(out, of[r.IntN(len(of))])
	}
	return out
}

// anything is something that somebody could have learned, often near a rule.
func anything(r *rand.Rand, rules []policy.Rule) policy.Learned {
	near := rules[r.IntN(len(rules))]
	l := policy.Learned{
		Place: near.Place, At: time.Date(2004+r.IntN(24), time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), r.IntN(60), 0, 0, time.FixedZone("", 3600*(r.IntN(24)-11))),
		By:  policy.Listener{Roles: append(some(r, policy.Roles(), 3), near.Who.Roles...), Minor: r.IntN(8) == 0},
		Age: anyAge(r), AgeThen: anyAge(r), Needs: some(r, policy.Needs(), 2), Status: some(r, policy.Statuses(), 1),
		Harms: append(some(r, policy.Harms(), 3), near.What.Harms...), Degree: policy.Degrees()[r.IntN(len(policy.Degrees()))],
		Conditions: append(some(r, policy.Conditions(), 4), near.What.Requires...), EventAt: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	if r.IntN(4) == 0 {
		l.Excuses = some(r, policy.Excuses(), 2)
	}
	if r.IntN(4) == 0 {
		l.Place = rules[r.IntN(len(rules))].Place
	}
	return l
}

func anyAge(r *rand.Rand) policy.Age {
	return []policy.Age{{}, policy.Child(), policy.GrownUp(), policy.Aged(r.IntN(80)), policy.Aged(14 + r.IntN(6))}[r.IntN(5)]
}

// What nobody has verified, or is not in force on the day, is never due and never
// stands where something is asked or allowed: the law may be looked up, and no more.
func TestOnlyWhatIsReadAndInForceIsDue(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 11))
	due := 0
	for range 20 {
		all, sound, rules := shippedLaws(t), map[string]policy.Rule{}, []policy.Rule{}
		for i := range all {
			for j := range all[i].Rules {
				x := &all[i].Rules[j]
				switch r.IntN(8) {
				case 0:
					x.Verified = false
				case 1:
					x.Standing = policy.Standings()[r.IntN(3)]
				case 2:
					x.From, x.Until = policy.Day(fmt.Sprintf("%d-06-15", 2005+r.IntN(10))), policy.Day(fmt.Sprintf("%d-06-14", 2016+r.IntN(10)))
				}
				if x.Standing != policy.Enacted {
					x.NotBefore = ""
				}
				sound[x.ID] = *x
				rules = append(rules, *x)
			}
		}
		d := published(t, 1, all...)
		for range 300 {
			l := anything(r, rules)
			o, day := d.Match(l), policy.DayOf(l.At)
			due += len(o.Due)
			for _, list := range [][]policy.Entry{o.Due, o.Unclear, o.May, o.Limits, o.Anonymity, o.Counsel, o.Lifted} {
				for _, e := range list {
					x := sound[e.Rule.ID]
					if !x.Verified || x.Standing != policy.InForce || x.From != "" && day < x.From || x.Until != "" && day > x.Until {
						t.Fatalf("%s (verified %v, %s, %s to %s) fires on %s", x.ID, x.Verified, x.Standing, x.From, x.Until, day)
					}
				}
			}
			for _, e := range o.Due {
				if !e.Rule.Kind.Due() || len(e.Excuse) > 0 || e.Urgent != (e.Rule.Deadline.First.Class == policy.AtOnce) || len(e.Why) < 5 {
					t.Fatalf("due is %+v", e)
				}
			}
			for _, e := range slices.Concat(o.Unclear, o.May, o.Limits, o.Anonymity, o.Warnings, o.Check, o.Counsel, o.Lifted) {
				if e.Urgent || !e.Latest.IsZero() || !e.Line.IsZero() || !e.Then.IsZero() {
					t.Fatalf("%s is not due, and has a clock", e.Rule.ID)
				}
			}
		}
	}
	if due < 500 {
		t.Errorf("only %d duties came of it all", due)
	}
}

// A rule changed tomorrow does not rewrite yesterday's decision: under the number that
// the decision keeps, the same moment says the same; and a law that was changed as laws
// are, one rule ending and the next beginning, says it under the new number too.
func TestARuleChangedTomorrowDoesNotRewriteYesterday(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 5))
	const last, first = "2026-11-30", "2026-12-01"
	before, after := shippedLaws(t), shippedLaws(t)
	var rules []policy.Rule
	for i := range after {
		for j := range after[i].Rules {
			x := after[i].Rules[j]
			rules = append(rules, x)
			if x.Until != "" {
				continue
			}
			after[i].Rules[j].Until = last
			x.ID, x.From, x.What.Degree = x.ID+"-NEXT", first, "knows"
			x.Deadline = policy.Deadline{First: policy.Step{Class: policy.Within, ISO: "PT1H"}}
			after[i].Rules = append(after[i].Rules, x)
		}
	}
	one, two := published(t, 1, before...), published(t, 2, after...)
	next := 0
	for range 1000 {
		l := anything(r, rules)
		was, now := one.Match(l), two.Match(l)
		if again := one.Match(l); !cmp.Equal(again, was, cmp.AllowUnexported(policy.Age{})) {
			t.Fatal("the same edition says two things of one moment")
		}
		if policy.DayOf(l.At) <= last {
			renumber(&was, 2)
			dropUntil(&was)
			dropUntil(&now)
			if diff := cmp.Diff(now, was); diff != "" {
				t.Fatalf("on %s the new edition says (-new +old):\n%s", policy.DayOf(l.At), diff)
			}
			continue
		}
		for _, e := range now.Due {
			if next++; !strings.HasSuffix(e.Rule.ID, "-NEXT") || e.Under.Number != 2 {
				t.Fatalf("on %s %s is due", policy.DayOf(l.At), e.Rule.ID)
			}
		}
	}
	if next == 0 {
		t.Error("nothing was due after the change")
	}
}

func each(o *policy.Outcome, do func(*policy.Entry)) {
	for _, list := range [][]policy.Entry{o.Due, o.Unclear, o.May, o.Limits, o.Anonymity, o.Warnings, o.Check, o.Counsel, o.Lifted} {
		for i := range list {
			do(&list[i])
		}
	}
}

func renumber(o *policy.Outcome, n int64) { each(o, func(e *policy.Entry) { e.Under.Number = n }) }

func dropUntil(o *policy.Outcome) { each(o, func(e *policy.Entry) { e.Rule.Until = "" }) }

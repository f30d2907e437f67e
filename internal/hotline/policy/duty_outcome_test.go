package policy_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

// rulesOf are the rules of one country, as an edition.
func rulesOf(tb testing.TB, rules ...string) policy.Duties {
	tb.Helper()
	l, err := policy.ParseDuty(lawOf(rules...))
	if err != nil {
		tb.Fatal(err)
	}
	return published(tb, 4, l)
}

// told is what an advocate in Ireland has learned of a child at noon.
func told() policy.Learned {
	return policy.Learned{
		Place: "IE", At: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC), By: policy.Listener{Roles: []policy.Role{"hotline_advocate"}},
		Age: policy.Aged(15), Harms: []policy.Harm{"child_sexual_abuse"}, Degree: "suspects", Conditions: []policy.Condition{policy.OnDuty},
	}
}

// Whoever decides sees which condition fitted, what was given and what the rule asks.
func TestReasonsAreInPieces(t *testing.T) {
	t.Parallel()
	d := rulesOf(t, ruleOf("who_is_bound", `{"roles":["any_adult","hotline_advocate"]}`, "about_whom", `{"age_under":18,"age_from":12,"needs_any":["disability"],"status_any":["foreign_national"]}`,
		"what_triggers", `{"harms":["child_sexual_abuse"],"harms_unclear":["physical_injury"],"degree_at_least":"suspects","requires":["in_course_of_duties"]}`, "place", `"IE"`))
	l := told()
	l.Place, l.Needs, l.Status, l.Degree = "IE-D", []policy.Need{"disability"}, []policy.Status{"foreign_national"}, "knows"
	l.Harms = append(l.Harms, "physical_injury")
	o := d.Match(l)
	if len(o.Due) != 1 {
		t.Fatalf("due: %+v", o)
	}
	e := o.Due[0]
	want := []policy.Reason{
		{policy.WhyPlace, "IE-D", "IE"},
		{policy.WhyDay, "2026-07-01", ""},
		{policy.WhyRole, "any_adult", ""},
		{policy.WhyRole, "hotline_advocate", ""},
		{policy.WhyNeed, "disability", ""},
		{policy.WhyStatus, "foreign_national", ""},
		{policy.WhyCondition, "in_course_of_duties", ""},
		{policy.WhyDegree, "knows", "suspects"},
		{policy.WhyHarm, "child_sexual_abuse", ""},
		{policy.WhyHarmUnclear, "physical_injury", ""},
		{policy.WhyUnder, "15", "18"},
		{policy.WhyFrom, "15", "12"},
	}
	if diff := cmp.Diff(e.Why, want); diff != "" {
		t.Errorf("reasons (-got +want):\n%s", diff)
	}
	if e.Rule.Source.Title != "the act" || e.Under != (policy.Under{Country: "IE", Number: 4}) {
		t.Errorf("read in %q, under %+v", e.Rule.Source.Title, e.Under)
	}
	for name, change := range map[string]func(*policy.Learned){
		"younger": func(l *policy.Learned) { l.Age = policy.Aged(11) }, "of age": func(l *policy.Learned) { l.Age = policy.Aged(18); l.AgeThen = policy.Aged(11) },
		"able": func(l *policy.Learned) { l.Needs = nil }, "a citizen": func(l *policy.Learned) { l.Status = nil }, "off shift": func(l *policy.Learned) { l.Conditions = nil },
		"not said": func(l *policy.Learned) { l.Age = policy.Age{} }, "elsewhere": func(l *policy.Learned) { l.Place = "GB-NIR" }, "unsure": func(l *policy.Learned) { l.Degree = "" },
	} {
		other := l
		if change(&other); len(lists(d.Match(other))) > 0 {
			t.Errorf("%s: %v", name, lists(d.Match(other)))
		}
	}
}

// The first of the clocks counts; who may report, and what is unclear, has none.
func TestClocks(t *testing.T) {
	t.Parallel()
	d := rulesOf(t,
		ruleOf("id", `"IE-DAY"`, "deadline", `{"first":{"class":"within","iso":"P1D"},"then":{"what":"in writing","iso":"PT36H","counted_from":"learned"}}`),
		ruleOf("id", `"IE-HOURS"`, "deadline", `{"first":{"class":"within","iso":"PT30H"},"then":{"what":"in writing","iso":"PT36H","counted_from":"report"}}`),
		ruleOf("id", `"IE-SOON"`, "deadline", `{"first":{"class":"asap"}}`, "line_within", `"PT12H"`),
		ruleOf("id", `"IE-UNSAID"`, "deadline", `{"first":{"class":"none_stated"}}`),
		ruleOf("id", `"IE-AVERT"`, "kind", `"duty_to_avert"`, "deadline", `{"first":{"class":"before_it_happens"}}`),
		ruleOf("id", `"IE-MAY"`, "kind", `"may_report"`),
		ruleOf("id", `"IE-UNCLEAR"`, "what_triggers", `{"harms":["physical_injury"],"harms_unclear":["child_sexual_abuse"],"degree_at_least":"any"}`))
	l := told()
	after := func(h time.Duration) time.Time { return l.At.Add(h * time.Hour) }
	check := func(first time.Time, want map[string][3]time.Time) {
		t.Helper()
		o := d.Match(l)
		if !o.First.Equal(first) {
			t.Errorf("the first step by %v, want %v", o.First, first)
		}
		got := map[string][3]time.Time{}
		each(&o, func(e *policy.Entry) { got[e.Rule.ID] = [3]time.Time{e.Latest, e.Line, e.Then} })
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("latest, the line's own, then (-got +want):\n%s", diff)
		}
	}
	want := map[string][3]time.Time{"IE-DAY": {after(24), {}, after(36)}, "IE-HOURS": {after(30)}, "IE-SOON": {{}, after(12)}, "IE-UNSAID": {}, "IE-AVERT": {}, "IE-MAY": {}, "IE-UNCLEAR": {}}
	check(after(24), want)
	// An instant is compared as one, whatever zone it is written in.
	l.EventAt = after(23).In(time.FixedZone("", 14*3600))
	want["IE-AVERT"] = [3]time.Time{l.EventAt}
	check(l.EventAt, want)
	for _, e := range d.Match(l).Due {
		if e.Urgent {
			t.Errorf("%s is urgent", e.Rule.ID)
		}
	}
	d = rulesOf(t, ruleOf())
	if o := d.Match(l); len(o.Due) != 1 || !o.Due[0].Urgent || !o.First.Equal(l.At) {
		t.Errorf("at once is %+v", o)
	}
	d = rulesOf(t, ruleOf("deadline", `{"first":{"class":"asap"}}`))
	if o := d.Match(l); len(o.Due) != 1 || !o.First.IsZero() {
		t.Errorf("as soon as may be has a time: %v", o.First)
	}
}

// Only a duty that is due at once needs no second approver. In England anybody may tell
// the council at once; in Indiana one must.
func TestOnlyDutiesAreUrgent(t *testing.T) {
	t.Parallel()
	d, urgent := laws(t), []string{}
	l := told()
	l.Harms = policy.Harms()
	for _, p := range []policy.Place{"GB-ENG", "US-IN", "DE", "IE", "FR"} {
		l.Place = p
		o := d.Match(l)
		each(&o, func(e *policy.Entry) {
			if e.Urgent {
				urgent = append(urgent, e.Rule.ID)
			}
		})
	}
	l.By.Roles = append(l.By.Roles, "institution_staff")
	if l.Place, l.Degree = "US-IN", "knows"; !slices.ContainsFunc(d.Match(l).Due, func(e policy.Entry) bool { return e.Rule.ID == "US-IN-STAFF-DIRECT" && e.Urgent }) {
		t.Error("Indiana forbids delay, and it is not urgent")
	}
	if len(urgent) > 0 { // suspicion is less than a reason to believe
		t.Errorf("urgent: %v", urgent)
	}
}

// The day of a law is that of the place, whatever day it is elsewhere.
func TestDaysAreThoseOfThePlace(t *testing.T) {
	t.Parallel()
	d := rulesOf(t, ruleOf("id", `"IE-OLD"`, "in_force_until", `"2026-06-30"`), ruleOf("id", `"IE-NEW"`, "in_force_from", `"2026-07-01"`))
	for at, want := range map[string]string{
		"2026-06-30T00:00Z": "IE-OLD", "2026-06-30T23:59+01:00": "IE-OLD", "2026-07-01T00:00+01:00": "IE-NEW", // a minute apart
		"2026-06-30T23:30Z": "IE-OLD", "2026-07-01T00:30+01:00": "IE-NEW", // the same instant
		"2026-07-01T23:59-11:00": "IE-NEW",
	} {
		l := told()
		l.At = moment(t, at)
		if o := d.Match(l); len(o.Due) != 1 || o.Due[0].Rule.ID != want {
			t.Errorf("%s: %v, want %s", at, lists(o), want)
		}
	}
}

// Nobody's age is guessed: an empty field leaves every child's rule standing, and holds
// none that is for adults.
func TestAgesAtTheirEdges(t *testing.T) {
	t.Parallel()
	d := rulesOf(t, ruleOf("id", `"IE-16"`, "about_whom", `{"age_under":16}`), ruleOf("id", `"IE-18"`), ruleOf("id", `"IE-ADULT"`, "about_whom", `{"age_from":18}`),
		ruleOf("id", `"IE-16-17"`, "about_whom", `{"age_from":16,"age_under":18}`), ruleOf("id", `"IE-21"`, "about_whom", `{"age_under":21}`),
		ruleOf("id", `"IE-65"`, "about_whom", `{"age_from":65}`), ruleOf("id", `"IE-ALL"`, "about_whom", `{}`))
	for name, c := range map[string]struct {
		age  policy.Age
		want []string
	}{
		"nothing": {policy.Age{}, []string{"IE-16", "IE-18", "IE-21", "IE-ALL"}},
		"child":   {policy.Child(), []string{"IE-16", "IE-16-17", "IE-18", "IE-21", "IE-ALL"}},
		"adult":   {policy.GrownUp(), []string{"IE-21", "IE-ADULT", "IE-ALL"}},
		"0":       {policy.Aged(0), []string{"IE-16", "IE-18", "IE-21", "IE-ALL"}},
		"15":      {policy.Aged(15), []string{"IE-16", "IE-18", "IE-21", "IE-ALL"}},
		"16":      {policy.Aged(16), []string{"IE-16-17", "IE-18", "IE-21", "IE-ALL"}},
		"17":      {policy.Aged(17), []string{"IE-16-17", "IE-18", "IE-21", "IE-ALL"}},
		"18":      {policy.Aged(18), []string{"IE-21", "IE-ADULT", "IE-ALL"}},
		"65":      {policy.Aged(65), []string{"IE-65", "IE-ADULT", "IE-ALL"}},
	} {
		l := told()
		l.Age, l.AgeThen = c.age, policy.Aged(90)
		got := lists(d.Match(l))["due"]
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("age %s: %v, want %v", name, got, c.want)
		}
	}
}

func TestDegreesInOrder(t *testing.T) {
	t.Parallel()
	order := []policy.Degree{"any", "suspects", "reasonable_cause", "believes", "knows"}
	for i, least := range order {
		d := rulesOf(t, ruleOf("what_triggers", `{"harms":["*"],"degree_at_least":"`+string(least)+`"}`))
		for j, is := range append(order, "told_or_seen", "") {
			l := told()
			l.Degree = is
			want := j >= i
			switch is {
			case "told_or_seen":
				want = i <= 3
			case "":
				want = i == 0
			}
			if got := len(d.Match(l).Due) == 1; got != want {
				t.Errorf("%q reaches %q: %v, want %v", is, least, got, want)
			}
		}
	}
}

// An adult who tells of what was done to her as a child: counsel, and no clock.
func TestChildhoodIsForCounsel(t *testing.T) {
	t.Parallel()
	d := rulesOf(t, ruleOf(), ruleOf("id", `"IE-B"`, "verified", "false"), ruleOf("id", `"IE-C"`, "about_whom", `{}`), ruleOf("id", `"IE-D"`, "exceptions", `[{"code":"privilege"}]`))
	l := told()
	l.Age, l.AgeThen, l.Excuses = policy.Aged(30), policy.Aged(9), []policy.Excuse{"privilege"}
	o := d.Match(l)
	want := map[string][]string{"counsel": {"IE-A"}, "check": {"IE-B"}, "due": {"IE-C"}}
	if diff := cmp.Diff(lists(o), want); diff != "" || !o.Childhood {
		t.Errorf("childhood %v (-got +want):\n%s", o.Childhood, diff)
	}
	if e := o.Counsel[0]; e.Urgent || !e.Latest.IsZero() || !slices.Contains(e.Why, policy.Reason{Why: policy.WhyThen}) {
		t.Errorf("counsel: %+v", e)
	}
	l.Harms = []policy.Harm{"adult_sex_trafficking", "physical_injury"}
	if o := d.Match(l); o.Childhood || len(lists(o)) > 0 {
		t.Errorf("an adult tells of today: %v", lists(o))
	}
	for _, young := range []policy.Age{{}, policy.Aged(17)} {
		l = told()
		if l.Age = young; d.Match(l).Childhood {
			t.Error("a child tells of childhood")
		}
	}
}

// A bill, and what nobody has verified, is looked up, however well it was read; a law
// whose day nobody saw warns. An exception leaves of them nothing at all.
func TestWhatIsNoLawYet(t *testing.T) {
	t.Parallel()
	for fields, want := range map[[4]string]string{
		{"status", `"bill_not_seen_in_force"`}:                              "check",
		{"verified", "false"}:                                               "check",
		{"status", `"enacted_in_force_date_not_seen"`}:                      "warning",
		{"status", `"enacted_in_force_date_not_seen"`, "verified", "false"}: "check",
		{"status", `"in_force"`}:                                            "due",
	} {
		rule := []string{"exceptions", `[{"code":"privilege"}]`, fields[0], fields[1]}
		if fields[2] != "" {
			rule = append(rule, fields[2:]...)
		}
		d, l := rulesOf(t, ruleOf(rule...)), told()
		if got := says(t, d.Match(l), "IE-A"); got != want {
			t.Errorf("%v says %s, want %s", fields, got, want)
		}
		l.Excuses = []policy.Excuse{"privilege"}
		if got := says(t, d.Match(l), "IE-A"); got != map[bool]string{true: "lifted", false: "no"}[want == "due"] {
			t.Errorf("%v, excepted, says %s", fields, got)
		}
	}
}

// Where only the country is known, whoever decides is told where the parts differ.
func TestPlacesAndTheirParts(t *testing.T) {
	t.Parallel()
	d := laws(t)
	at := func(p policy.Place, year int) []policy.Place {
		l := told()
		l.Place, l.At = p, time.Date(year, 1, 1, 12, 0, 0, 0, time.UTC)
		return d.Match(l).Finer
	}
	for p, want := range map[policy.Place][]policy.Place{
		"US": {"US-CA", "US-FL", "US-IN", "US-NJ", "US-NY", "US-TX"}, "GB": {"GB-EAW", "GB-ENG", "GB-NIR"}, "GB-EAW": {"GB-ENG"}, "US-TX": nil, "IE": nil, "XX": nil,
	} {
		if got := at(p, 2026); !slices.Equal(got, want) {
			t.Errorf("%s has the parts %v, want %v", p, got, want)
		}
	}
	if got := at("GB", 2014); slices.Contains(got, "GB-EAW") {
		t.Errorf("before section 52: %v", got)
	}
}

// One edition that cannot be read takes no other with it, and nobody's rules stand in
// another country's edition.
func TestEditionsOfDuties(t *testing.T) {
	t.Parallel()
	ireland := edition.Edition{Key: policy.DutyKey("IE"), Number: 2, Body: lawOf(ruleOf()), ReviewedBy: "counsel"}
	for name, other := range map[string]edition.Edition{
		"broken": {Key: policy.DutyKey("GB"), Body: "{"}, "of another": {Key: policy.DutyKey("GB"), Body: ireland.Body}, "twice": ireland,
	} {
		d, err := policy.DutiesOf(ireland, other)
		if !errors.Is(err, edition.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		if o := d.Match(told()); len(o.Due) != 1 || !o.Due[0].Under.Reviewed {
			t.Errorf("%s: %+v", name, o.Due)
		}
	}
	none, err := policy.DutiesOf()
	if o := none.Match(told()); err != nil || len(lists(o)) > 0 {
		t.Errorf("no editions: %v, %v", lists(o), err)
	}
}

// A desk asks at every key: a millisecond is the goal, for all rules there are.
func BenchmarkDuties(b *testing.B) {
	d, l := laws(b), told()
	l.Place, l.Harms, l.Degree = "US-TX", policy.Harms(), "knows"
	for b.Loop() {
		if len(d.Match(l).Due) == 0 {
			b.Fatal("nothing is due")
		}
	}
}

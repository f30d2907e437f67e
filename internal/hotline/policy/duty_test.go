package policy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

// What we ship can be published, says of itself that nobody has reviewed it, names where
// it was read, and quotes no law at length.
func TestShippedRulesAreDraftsWithTheirSources(t *testing.T) {
	t.Parallel()
	places, verified := map[policy.Place]bool{}, 0
	for k, body := range policy.ShippedDuty() {
		l, err := policy.ParseDuty(body)
		if err != nil {
			t.Errorf("%v: %v", k, err)
			continue
		}
		if policy.DutyKey(l.Country) != k {
			t.Errorf("%v holds the rules of %s", k, l.Country)
		}
		if !strings.Contains(l.Standing, "Draft, not reviewed by counsel") || !strings.Contains(l.Standing, "not legal advice") || l.Compiled == "" {
			t.Errorf("%v says of itself %q, %q", k, l.Compiled, l.Standing)
		}
		if again, err := policy.ParseDuty(l.Body()); err != nil || !cmp.Equal(again, l) {
			t.Errorf("%v does not come back: %v", k, err)
		}
		if len(l.Body()) > edition.Limit/2 {
			t.Errorf("%v leaves a line no room for rules of its own: %d bytes", k, len(l.Body()))
		}
		for _, r := range l.Rules {
			places[r.Place] = true
			if r.Verified {
				verified++
			}
			if r.Source.Title == "" || !r.Source.Seen {
				t.Errorf("%s does not say where it was read", r.ID)
			}
			const sentence = 300
			for _, words := range []string{r.Who.Words, r.Whom.Words, r.What.Words, r.Deadline.First.Words, r.Penalty, r.ConsentIs, r.Notes} {
				if len(words) > sentence {
					t.Errorf("%s has %d letters in one piece; say it shorter", r.ID, len(words))
				}
			}
		}
	}
	if len(places) != 25 || verified != 65 {
		t.Errorf("%d places, %d verified rules; want 25 and 65", len(places), verified)
	}
}

// ruleOf is a good rule, with some of its fields as a test wants them.
func ruleOf(fields ...string) string {
	all := map[string]string{
		"id": `"IE-A"`, "place": `"IE"`, "kind": `"duty_to_report"`, "status": `"in_force"`, "who_is_bound": `{"roles":["any_person"]}`,
		"about_whom": `{"age_under":18}`, "what_triggers": `{"harms":["child_sexual_abuse"],"degree_at_least":"suspects"}`,
		"to_whom": `["the agency"]`, "deadline": `{"first":{"class":"immediately","iso":"PT0S"}}`, "form": `"any"`,
		"verified": `true`, "source": `{"title":"the act","seen":true,"quality":"statute_text"}`,
	}
	for i := 0; i < len(fields); i += 2 {
		all[fields[i]] = fields[i+1]
	}
	var rows []string
	for k, v := range all {
		rows = append(rows, fmt.Sprintf("%q:%s", k, v))
	}
	slices.Sort(rows)
	return "{" + strings.Join(rows, ",") + "}"
}

// lawOf is an edition's body with these rules.
func lawOf(rules ...string) string {
	return `{"country":"IE","rules":[` + strings.Join(rules, ",") + `]}`
}

// many are n roles of a line's own.
func many(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`"x_%d"`, i))
	}
	return strings.Join(all, ",")
}

// An administrator sees each thing that is wrong with a rule, and where.
func TestFaultsOfDutyRules(t *testing.T) {
	t.Parallel()
	long := `"` + strings.Repeat("ه", 801) + `"`
	for name, c := range map[string]struct {
		body string
		want string
	}{
		"good":               {lawOf(ruleOf()), ""},
		"two":                {lawOf(ruleOf(), ruleOf("id", `"IE-B"`)), ""},
		"no JSON":            {`{`, "0  json"},
		"two values":         {lawOf(ruleOf()) + `{}`, "0  json"},
		"no letters":         {"\xff", "0  encoding"},
		"of unknown parts":   {`{"country":"IE","rules":[],"x":1}`, "0 x unknown"},
		"no rules":           {`{"country":"IE"}`, "0 rules empty"},
		"too many rules":     {lawOf(slices.Repeat([]string{`{}`}, 121)...), "0 rules many"},
		"of no country":      {`{"country":"ie","rules":[{}]}`, "0 country place"},
		"of a part":          {`{"country":"IE-D","rules":[{}]}`, "0 country place"},
		"of numbers":         {`{"country":1,"rules":[]}`, "0 country json"},
		"on no day":          {`{"country":"IE","compiled_on":"2026-13-01","rules":[` + ruleOf() + `]}`, "0 compiled_on date"},
		"a group elsewhere":  {`{"country":"IE","groups":[{"code":"IE-X","over":["GB-NIR"]}],"rules":[` + ruleOf() + `]}`, "0 groups.1.over place"},
		"a group of itself":  {`{"country":"IE","groups":[{"code":"IE-X","over":["IE-X"]}],"rules":[` + ruleOf() + `]}`, "0 groups.1.over twice"},
		"a group of nothing": {`{"country":"IE","groups":[{"code":"IE-X"}],"rules":[` + ruleOf() + `]}`, "0 groups.1.over empty"},
		"a group twice":      {`{"country":"IE","groups":[{"code":"IE-X","over":["IE-D"]},{"code":"IE-X","over":["IE-D"]}],"rules":[` + ruleOf() + `]}`, "0 groups.2.code twice"},

		"unknown part":         {lawOf(ruleOf(), ruleOf("id", `"IE-B"`, "x", `1`)), "2 x unknown"},
		"of another type":      {lawOf(ruleOf("verified", `"yes"`)), "1 verified json"},
		"same id":              {lawOf(ruleOf(), ruleOf()), "2 id twice"},
		"id of another land":   {lawOf(ruleOf("id", `"GB-A"`)), "1 id word"},
		"id in small letters":  {lawOf(ruleOf("id", `"IE-a"`)), "1 id word"},
		"place of another":     {lawOf(ruleOf("place", `"GB"`)), "1 place place"},  //nolint:dupword // the field, and what is wrong with it
		"no place":             {lawOf(ruleOf("place", `"IEX"`)), "1 place place"}, //nolint:dupword // the field, and what is wrong with it
		"kind":                 {lawOf(ruleOf("kind", `"duty"`)), "1 kind unknown"},
		"standing":             {lawOf(ruleOf("status", `"repealed"`)), "1 status unknown"},
		"manner":               {lawOf(ruleOf("form", `"shouted"`)), "1 form unknown"},
		"nobody bound":         {lawOf(ruleOf("who_is_bound", `{"roles":[]}`)), "1 who_is_bound.roles empty"},
		"a role misspelt":      {lawOf(ruleOf("who_is_bound", `{"roles":["techer"]}`)), "1 who_is_bound.roles own"},
		"an excepted one":      {lawOf(ruleOf("who_is_bound", `{"roles":["teacher"],"except_roles":["no"]}`)), "1 who_is_bound.except_roles own"},
		"a role twice":         {lawOf(ruleOf("who_is_bound", `{"roles":["teacher","teacher"]}`)), "1 who_is_bound.roles twice"},
		"a role of the line's": {lawOf(ruleOf("who_is_bound", `{"roles":["x_night_porter"]}`)), ""},
		"too many roles":       {lawOf(ruleOf("who_is_bound", `{"roles":[`+many(41)+`]}`)), "1 who_is_bound.roles many"},
		"below zero":           {lawOf(ruleOf("about_whom", `{"age_under":-1}`)), "1 about_whom.age_under number"},
		"older than people":    {lawOf(ruleOf("about_whom", `{"age_from":121}`)), "1 about_whom.age_from number"},
		"no age fits":          {lawOf(ruleOf("about_whom", `{"age_under":16,"age_from":16}`)), "1 about_whom.age_from number"},
		"a need":               {lawOf(ruleOf("about_whom", `{"needs_any":["age_60"]}`)), "1 about_whom.needs_any unknown"},
		"a status":             {lawOf(ruleOf("about_whom", `{"status_any":["tourist"]}`)), "1 about_whom.status_any unknown"},
		"no harm":              {lawOf(ruleOf("what_triggers", `{"harms":[],"degree_at_least":"any"}`)), "1 what_triggers.harms empty"},
		"a harm":               {lawOf(ruleOf("what_triggers", `{"harms":["theft"],"degree_at_least":"any"}`)), "1 what_triggers.harms unknown"},
		"an unclear harm":      {lawOf(ruleOf("what_triggers", `{"harms":["*"],"harms_unclear":["theft"],"degree_at_least":"any"}`)), "1 what_triggers.harms_unclear unknown"},
		"clear and unclear":    {lawOf(ruleOf("what_triggers", `{"harms":["*"],"harms_unclear":["*"],"degree_at_least":"any"}`)), "1 what_triggers.harms_unclear twice"},
		"a degree":             {lawOf(ruleOf("what_triggers", `{"harms":["*"],"degree_at_least":"hopes"}`)), "1 what_triggers.degree_at_least unknown"},
		"no degree":            {lawOf(ruleOf("what_triggers", `{"harms":["*"]}`)), "1 what_triggers.degree_at_least unknown"},
		"a condition":          {lawOf(ruleOf("what_triggers", `{"harms":["*"],"degree_at_least":"any","requires":["rain"]}`)), "1 what_triggers.requires unknown"},
		"an excuse":            {lawOf(ruleOf("exceptions", `[{"code":"tired"}]`)), "1 exceptions.1.code own"},
		"an excuse of theirs":  {lawOf(ruleOf("exceptions", `[{"code":"x_tired"}]`)), ""},
		"to nobody":            {lawOf(ruleOf("to_whom", `[]`)), "1 to_whom empty"},
		"to a blank":           {lawOf(ruleOf("to_whom", `[" "]`)), "1 to_whom.1 empty"},
		"a limit to nobody":    {lawOf(ruleOf("to_whom", `[]`, "kind", `"confidentiality_privilege"`)), ""},
		"withholding nothing":  {lawOf(ruleOf("may_withhold", `[{"what":"","when":"always"}]`)), "1 may_withhold.1.what empty"},
		"at a time":            {lawOf(ruleOf("deadline", `{"first":{"class":"soon"}}`)), "1 deadline.first.class unknown"},
		"at once in an hour":   {lawOf(ruleOf("deadline", `{"first":{"class":"immediately","iso":"PT1H"}}`)), "1 deadline.first.iso deadline"},
		"at once unsaid":       {lawOf(ruleOf("deadline", `{"first":{"class":"immediately"}}`)), "1 deadline.first.iso deadline"},
		"within no time":       {lawOf(ruleOf("deadline", `{"first":{"class":"within","iso":"PT0S"}}`)), "1 deadline.first.iso deadline"},
		"within months":        {lawOf(ruleOf("deadline", `{"first":{"class":"within","iso":"P1M"}}`)), "1 deadline.first.iso span"},
		"soon in a day":        {lawOf(ruleOf("deadline", `{"first":{"class":"asap","iso":"P1D"}}`)), "1 deadline.first.iso deadline"},
		"soon, and our day":    {lawOf(ruleOf("deadline", `{"first":{"class":"asap"}}`, "line_within", `"P1D"`)), ""},
		"soon, and our month":  {lawOf(ruleOf("deadline", `{"first":{"class":"asap"}}`, "line_within", `"P1M"`)), "1 line_within span"},
		"at once, and our day": {lawOf(ruleOf("line_within", `"P1D"`)), "1 line_within deadline"},
		"then nothing":         {lawOf(ruleOf("deadline", `{"first":{"class":"asap"},"then":{"what":"","counted_from":"report"}}`)), "1 deadline.then.what empty"},
		"then from nowhere":    {lawOf(ruleOf("deadline", `{"first":{"class":"asap"},"then":{"what":"a","counted_from":"birth"}}`)), "1 deadline.then.counted_from unknown"},
		"then in a year":       {lawOf(ruleOf("deadline", `{"first":{"class":"asap"},"then":{"what":"a","iso":"P1Y","counted_from":"report"}}`)), "1 deadline.then.iso span"},
		"from no day":          {lawOf(ruleOf("in_force_from", `"2017-02-29"`)), "1 in_force_from date"},
		"until no day":         {lawOf(ruleOf("in_force_until", `"1.1.2017"`)), "1 in_force_until date"},
		"ends first":           {lawOf(ruleOf("in_force_from", `"2017-02-02"`, "in_force_until", `"2017-02-01"`)), "1 in_force_until ends"},
		"one day":              {lawOf(ruleOf("in_force_from", `"2017-02-02"`, "in_force_until", `"2017-02-02"`)), ""},
		"in force not before":  {lawOf(ruleOf("not_before", `"2017-02-02"`)), "1 not_before unknown"},
		"verified unread":      {lawOf(ruleOf("source", `{"title":"the act","quality":"secondary"}`)), "1 verified unread"},
		"of no source":         {lawOf(ruleOf("source", `{"seen":true,"quality":"secondary"}`)), "1 source.title empty"},
		"of what quality":      {lawOf(ruleOf("source", `{"title":"a","seen":true,"quality":"good"}`)), "1 source.quality unknown"},
		"a script for a link":  {lawOf(ruleOf("source", `{"title":"a","seen":true,"quality":"secondary","url":"javascript:alert(1)"}`)), "1 source.url address"},
		"a link with a name":   {lawOf(ruleOf("sources_more", `[{"title":"a","quality":"secondary","url":"https://law.example.org@example.org/"}]`)), "1 sources_more.1.url address"},
		"a link":               {lawOf(ruleOf("sources_more", `[{"title":"a","quality":"secondary","url":"https://law.example.org/a?b=c#d"}]`)), ""},
		"of the second of one": {lawOf(ruleOf("field_sources", `{"penalty":1}`)), "1 field_sources number"},
		"a long note":          {lawOf(ruleOf("notes", long)), "1 notes long"},
		"a line in a note":     {lawOf(ruleOf("notes", `"a\nb"`)), "1 notes encoding"},
		"a hidden zero":        {lawOf(ruleOf("penalty", `"a\u0000b"`)), "1 penalty encoding"},
	} {
		var got []string
		var fs edition.Faults
		if err := policy.CheckDuty(c.body); err != nil && (!errors.As(err, &fs) || !errors.Is(err, edition.ErrInvalid)) {
			t.Errorf("%s: %v", name, err)
		}
		for _, f := range fs {
			got = append(got, fmt.Sprintf("%d %s %s", f.Row, f.Field, strings.TrimPrefix(f.Key, "edition.fault.")))
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if err := policy.CheckDuty(strings.Repeat(" ", edition.Limit) + lawOf(ruleOf())); !errors.Is(err, edition.ErrLarge) {
		t.Errorf("more than an edition holds: %v", err)
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 28, 22, 30, 0, 0, time.UTC)
	for span, want := range map[policy.Span]time.Duration{
		"PT0S": 0, "PT24H": 24 * time.Hour, "PT48H": 48 * time.Hour, "P2D": 48 * time.Hour, "P1DT12H": 36 * time.Hour, "P1W": 7 * 24 * time.Hour,
		"PT1H30M": 90 * time.Minute, "PT90S": 90 * time.Second, "P30D": 30 * 24 * time.Hour, "P0D": 0, "P3660D": 3660 * 24 * time.Hour,
	} {
		if got, ok := span.After(at); !ok || got.Sub(at) != want {
			t.Errorf("%s ends after %v, %v; want %v", span, got.Sub(at), ok, want)
		}
	}
	for _, none := range []policy.Span{
		"", "P", "PT", "P1DT", "24H", "PT24", "P24", "P1H", "PT1D", "P1M", "P1Y", "P1W1D", "P1WT1H", "P-1D", "-P1D", "P1.5D", "P1,5D", "PTH", "PD",
		"PT1S1H", "PT1H1H", "pt1h", " PT1H", "PT1H ", "P3661D", "P523W", "PT9999999H", "PT999999H", "P9999999D", "P١D", "PT1HT1H", "P1D1D",
	} {
		if got, ok := none.After(at); ok {
			t.Errorf("%q is a span, until %v", none, got)
		}
	}
	// A day of the calendar is one, also when its clocks go forward; an hour is an hour.
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	eve := time.Date(2026, 3, 28, 22, 30, 0, 0, lisbon)
	for span, want := range map[policy.Span]string{"P1D": "2026-03-29T22:30:00+01:00", "PT24H": "2026-03-29T23:30:00+01:00"} {
		if got, _ := span.After(eve); got.Format(time.RFC3339) != want {
			t.Errorf("%s after the eve of summer time is %v, want %s", span, got, want)
		}
	}
}

// FuzzDuty bends one rule of a law: what is taken comes back the same, and can be asked
// of anything without a fall.
func FuzzDuty(f *testing.F) {
	for _, body := range policy.ShippedDuty() {
		var l struct{ Rules []json.RawMessage }
		if err := json.Unmarshal([]byte(body), &l); err != nil {
			f.Fatal(err)
		}
		f.Add(strings.Replace(string(l.Rules[0]), `"id": "`, `"id": "IE-`, 1))
	}
	f.Add(ruleOf("place", `"IE-X"`, "exceptions", `[{"code":"x_a"}]`, "line_within", `"P1D"`))
	f.Add(`{}],"groups":[{"code":"IE-X","over":["IE-D"]}],"rules":[` + ruleOf())
	f.Fuzz(func(t *testing.T, rule string) {
		l, err := policy.ParseDuty(lawOf(ruleOf("id", `"IE-FIRST"`), rule))
		if err != nil {
			var fs edition.Faults
			if !errors.As(err, &fs) && !errors.Is(err, edition.ErrLarge) || len(l.Rules) > 0 {
				t.Fatalf("%q: %v, %d rules", rule, err, len(l.Rules))
			}
			return
		}
		if again, err := policy.ParseDuty(l.Body()); err != nil || again.Body() != l.Body() {
			t.Fatalf("what was read is not read again: %v", err)
		}
	})
}

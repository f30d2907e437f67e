package form_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

func coded(codes ...string) form.Value { return form.Value{Codes: codes} }

// What stands in a record is told in the codes of laws, and an open age leaves a child's
// harms and an adult's.
func TestARecordInTheCodesOfLaws(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	self, tip := form.Seen{Path: hotline.Self}, form.Seen{Path: hotline.Tip}
	for name, c := range map[string]struct {
		seen form.Seen
		v    map[string]form.Value
		want policy.Learned
	}{
		"nothing": {self, nil, policy.Learned{}},
		"sold, age not known": {self, map[string]form.Value{"exploitation": coded("sexual")}, policy.Learned{
			Harms: []policy.Harm{"child_sex_trafficking", "child_sexual_abuse", "adult_sex_trafficking", "rights_violation_child", "child_abuse_by_other"}, Degree: "told_or_seen",
		}},
		"a child made to work by her family": {self, map[string]form.Value{"age_group": coded("minor"), "birth_year": {Text: "2011"}, "exploitation": coded("domestic_servitude"), "controller_is": coded("family")}, policy.Learned{
			Age: policy.Aged(14), Harms: []policy.Harm{"child_labour_trafficking", "rights_violation_child", "child_abuse_by_carer"}, Degree: "told_or_seen",
		}},
		"an adult with a need": {form.Seen{Path: hotline.Other}, map[string]form.Value{"age_group": coded("adult"), "exploitation": coded("forced_labour"), "access": coded("moving"), "proximity": coded("indirect"), "papers": coded("tied"), "still_there": coded("yes")}, policy.Learned{
			Age: policy.GrownUp(), Harms: []policy.Harm{"adult_labour_trafficking", "employer_breach", "adult_with_need_abuse"}, Degree: "suspects", Needs: []policy.Need{"disability"},
			Status: []policy.Status{"foreign_national"}, Conditions: []policy.Condition{"still_avertable"},
		}},
		"a tip, nobody young": {tip, map[string]form.Value{"minors": coded("no"), "exploitation": coded("sexual"), "proximity": coded("observed"), "danger_now": coded("yes")}, policy.Learned{
			Age: policy.GrownUp(), Harms: []policy.Harm{"adult_sex_trafficking"}, Degree: "told_or_seen", Conditions: []policy.Condition{"urgent_danger"},
		}},
		"she agrees": {self, map[string]form.Value{"report_ground": coded("consent")}, policy.Learned{Conditions: []policy.Condition{"person_consents"}}},
	} {
		got := form.Law(c.seen, c.v, at)
		c.want.At, c.want.Conditions = at, append([]policy.Condition{policy.OnDuty}, c.want.Conditions...)
		if diff := cmp.Diff(got, c.want, cmp.AllowUnexported(policy.Age{})); diff != "" {
			t.Errorf("%s (-got +want):\n%s", name, diff)
		}
		for _, h := range got.Harms {
			if !slices.Contains(policy.Harms(), h) {
				t.Errorf("%s: no law calls anything %s", name, h)
			}
		}
	}
}

// Of a year of birth two ages may be meant: the one is taken under which more may be due.
func TestAnAgeFromAYearOfBirth(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		group string
		born  int
		want  policy.Age
	}{
		{"minor", 2010, policy.Aged(15)},
		{"minor", 2008, policy.Aged(17)},
		{"minor", 1950, policy.Child()},
		{"", 2009, policy.Aged(16)},
		{"", 2008, policy.Age{}},
		{"", 2007, policy.Aged(19)},
		{"adult", 1961, policy.Aged(65)},
		{"adult", 2010, policy.GrownUp()},
		{"", 3000, policy.Age{}},
		{"minor", 0, policy.Child()},
	} {
		v := map[string]form.Value{"birth_year": {Text: strconv.Itoa(c.born)}}
		if c.group != "" {
			v["age_group"] = coded(c.group)
		}
		if got := form.Law(form.Seen{Path: hotline.Self}, v, at).Age; got != c.want {
			t.Errorf("%q, born %d: %+v, want %+v", c.group, c.born, got, c.want)
		}
	}
}

// Every field and every code that is read here is one that we ship.
func TestLawsAskForFieldsThatThereAre(t *testing.T) {
	t.Parallel()
	for _, code := range append(form.LawFields(), "age_group", "birth_year", "access", "papers", "still_there", "danger_now", "report_ground", "controller_is", "proximity", "status", "evidence") {
		if !slices.ContainsFunc(form.Ours(), func(f form.Field) bool { return f.Code == code }) {
			t.Errorf("no form asks %s", code)
		}
	}
}

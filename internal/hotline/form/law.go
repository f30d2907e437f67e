package form

import (
	"slices"
	"strconv"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

// Law says what a record tells in the codes of laws, as of a moment; v are the answers by
// code. It errs towards a duty: an age that is open, a harm that may be one of a child,
// are asked about rather than left out. Where, and by whom, it does not say.
func Law(s Seen, v map[string]Value, at time.Time) policy.Learned {
	r := learned{v: v}
	l := policy.Learned{At: at, Conditions: []policy.Condition{policy.OnDuty}}
	l.Age = r.age(at)
	r.child, r.grown = !r.is("age_group", "adult") && !(s.Path == hotline.Tip && r.is("minors", "no")), !r.is("age_group", "minor")
	l.Harms = r.harms()
	if len(l.Harms) > 0 {
		l.Degree = r.degree()
	}
	if r.is("access", "hearing", "sight", "moving", "mental", "other") {
		l.Needs = append(l.Needs, "disability")
		if r.grown && len(l.Harms) > 0 {
			l.Harms = append(l.Harms, "adult_with_need_abuse")
		}
	}
	if r.is("papers", "permit", "tied", "asylum", "expired", "none") {
		l.Status = append(l.Status, "foreign_national")
	}
	if r.is("still_there", "yes", "partly") {
		l.Conditions = append(l.Conditions, "still_avertable")
	}
	if s.Danger || r.is("danger_now", "yes") {
		l.Conditions = append(l.Conditions, "urgent_danger")
	}
	if r.is("report_ground", "consent") {
		l.Conditions = append(l.Conditions, "person_consents")
	}
	return l
}

// LawFields are the fields that tell of a harm: what was learned was learned when the
// first of them was answered.
func LawFields() []string { return []string{"exploitation", "sex_form", "control", "minors"} }

// learned reads a record.
type learned struct {
	v            map[string]Value
	child, grown bool // she may be one
}

// is reports whether one of some codes was answered.
func (r learned) is(field string, codes ...string) bool {
	return slices.ContainsFunc(r.v[field].Codes, func(c string) bool { return slices.Contains(codes, c) })
}

// age is what is known of her age. By her year of birth she is one of two ages: the
// younger is taken of a child, the older of an adult, and of who may be either nothing.
func (r learned) age(at time.Time) policy.Age {
	const majority, oldest = 18, 120
	born, err := strconv.Atoi(r.v["birth_year"].Text)
	older := at.Year() - born
	known := err == nil && older > 0 && older <= oldest
	switch {
	case known && older-1 >= majority && !r.is("age_group", "minor"):
		return policy.Aged(older)
	case r.is("age_group", "adult"):
		return policy.GrownUp()
	case known && older-1 < majority && (older < majority || r.is("age_group", "minor")):
		return policy.Aged(max(0, older-1))
	case r.is("age_group", "minor"):
		return policy.Child()
	case r.is("minors", "no") && r.v["age_group"].Empty():
		return policy.GrownUp()
	}
	return policy.Age{}
}

// degree is how surely it is known: whoever answers was told, unless whoever tells it
// has it from others.
func (r learned) degree() policy.Degree {
	switch {
	case !r.is("proximity", "indirect"):
		return "told_or_seen"
	case r.is("status", "actual") || r.is("evidence", "high"):
		return "believes"
	}
	return "suspects"
}

// harms are what was done, as laws call it.
func (r learned) harms() (out []policy.Harm) {
	add := func(all ...policy.Harm) {
		for _, h := range all {
			if !slices.Contains(out, h) {
				out = append(out, h)
			}
		}
	}
	child := func(all ...policy.Harm) {
		if r.child {
			add(all...)
		}
	}
	grown := func(all ...policy.Harm) {
		if r.grown {
			add(all...)
		}
	}
	if r.is("exploitation", "sexual") || len(r.v["sex_form"].Codes) > 0 {
		child("child_sex_trafficking", "child_sexual_abuse")
		grown("adult_sex_trafficking")
	}
	if r.is("exploitation", "forced_labour", "domestic_servitude", "forced_begging", "forced_crime") {
		child("child_labour_trafficking")
		grown("adult_labour_trafficking", "employer_breach")
	}
	if r.is("exploitation", "child_labour") {
		child("child_labour_trafficking")
	}
	hurt := r.is("exploitation", "forced_marriage", "forced_adoption", "surrogacy", "organ_removal", "armed_group", "other") || r.is("control", "physical", "sexual")
	if hurt || len(out) > 0 {
		child("rights_violation_child")
		if r.is("controller_is", "family") {
			child("child_abuse_by_carer")
		} else {
			child("child_abuse_by_other")
		}
	}
	if r.is("control", "physical") {
		add("physical_injury")
	}
	if r.is("control", "sexual") {
		child("child_sexual_abuse")
	}
	return out
}

package policy

import (
	"slices"
	"strings"
)

// The codes of duty rules. They are closed: a word that the program does not know
// would be a rule that silently never holds. Only roles and excuses may be the line's
// own, with x_ before them.
type (
	// RuleKind is what a rule asks or allows.
	RuleKind string
	// Standing is whether it is law yet.
	Standing string
	// Role is what somebody is, as far as laws ask for it.
	Role string
	// Harm is what was done, or is about to be.
	Harm string
	// Degree is how surely it is known.
	Degree string
	// Condition is what else must be so.
	Condition string
	// Excuse is what lifts a rule.
	Excuse string
	// Need is what makes an adult one whom the law protects like a child.
	Need string
	// Status is what she is before the law.
	Status string
	// Soon is how soon the first step is due.
	Soon string
	// Counted is what a second step is counted from.
	Counted string
	// Manner is how a report is made.
	Manner string
	// Quality is what kind of text a source is.
	Quality string
)

// Kinds of rules. The first three are duties.
const (
	MustReport       RuleKind = "duty_to_report"
	MustNotify       RuleKind = "duty_to_notify_agency"
	MustAvert        RuleKind = "duty_to_avert"
	MayReport        RuleKind = "may_report"
	Confidential     RuleKind = "confidentiality_privilege"
	AnonymousAllowed RuleKind = "anonymous_report_allowed"
	AnonymousEnded   RuleKind = "anonymous_report_ended"
)

// RuleKinds lists them.
func RuleKinds() []RuleKind {
	return []RuleKind{MustReport, MustNotify, MustAvert, MayReport, Confidential, AnonymousAllowed, AnonymousEnded}
}

// Due reports whether the kind is a duty.
func (k RuleKind) Due() bool { return k == MustReport || k == MustNotify || k == MustAvert }

// Standings. Only what is in force ever fires.
const (
	InForce Standing = "in_force"
	Enacted Standing = "enacted_in_force_date_not_seen"
	Bill    Standing = "bill_not_seen_in_force"
)

// Standings lists them.
func Standings() []Standing { return []Standing{InForce, Enacted, Bill} }

// Roles that bind more than their holders.
const (
	AnyPerson Role = "any_person"
	AnyAdult  Role = "any_adult"
)

// Roles lists those that laws we have read ask for.
func Roles() []Role {
	return words[Role](`any_person any_adult any_party hotline_advocate hotline_volunteer victim_advocate human_trafficking_caseworker
		accredited_organisation barangay_official camp_director carer child_care_worker child_facility_staff child_safeguarding_officer
		clergy computer_technician corrections_staff counsellor court_staff customs_staff designated_child_protection_org drug_counsellor
		emergency_shelter_worker employer family_youth_counsellor film_processor first_responder_org_staff foster_parent
		government_lawyer grant_recipient_fvpsa grant_recipient_vawa grant_recipient_voca health_professional immigration_official
		institution_staff judge juvenile_justice_staff labour_abuse_authority labour_inspector lawyer
		licensed_or_state_certified_with_children local_authority_staff mental_health_professional national_crime_agency
		organisation_doing_public_task parent person_bound_by_professional_secrecy police pregnancy_counsellor preschool_head
		probation_officer prosecutor psychologist public_official regulated_activity_with_children school_principal school_staff
		social_worker spiritual_healer teacher worker_concerned youth_centre_staff youth_worker`)
}

// AnyHarm stands in a rule for every harm, and for one that nobody has told yet.
const AnyHarm Harm = "*"

// Harms lists what can have been done.
func Harms() []Harm {
	return words[Harm](`child_abuse_by_carer child_abuse_by_other child_sexual_abuse child_sex_trafficking child_labour_trafficking
		adult_sex_trafficking adult_labour_trafficking adult_with_need_abuse domestic_violence_against_pupil severe_crime_against_life
		physical_injury employer_breach rights_violation_child`)
}

// ofChild reports whether the harm is one that only a child suffers.
func (h Harm) ofChild() bool {
	return strings.HasPrefix(string(h), "child_") || h == "rights_violation_child"
}

// Degrees lists how surely something may be known, the least first.
func Degrees() []Degree {
	return words[Degree](`any suspects reasonable_cause believes told_or_seen knows`)
}

// reaches reports whether one knows as surely as a rule asks. What one was told or saw
// counts as belief; what nobody has said is the least.
func (d Degree) reaches(least Degree) bool {
	rank := func(d Degree) int {
		if d == "told_or_seen" {
			d = "believes"
		}
		return max(0, slices.Index(Degrees(), d))
	}
	return rank(d) >= rank(least)
}

// Conditions of being on a shift or not: a person of the line is in one of them
// whenever she learns something.
const (
	OnDuty  Condition = "in_course_of_duties"
	OffDuty Condition = "not_in_course_of_duties"
)

// Conditions lists what rules may ask for beside.
func Conditions() []Condition {
	return words[Condition](`in_course_of_duties not_in_course_of_duties on_federal_land still_avertable severe_trafficking
		severe_trafficking_or_life urgent_danger person_consents`)
}

// Excuses lists what lifts the rules that we have read.
func Excuses() []Excuse {
	return words[Excuse](`victim_capable_view_not_to_disclose victim_16_plus_asks_not_to_disclose victim_now_adult_does_not_want
		would_endanger_self_or_innocent averted_otherwise fear_for_safety legal_professional_privilege privilege professional_secrecy`)
}

// Age65 is 65 or older, which a known age says too.
const Age65 Need = "age_65"

// Needs lists them.
func Needs() []Need { return []Need{Age65, "disability", "pregnancy"} }

// Statuses lists them.
func Statuses() []Status { return []Status{"foreign_national"} }

// How soon. Only the first two are times that a clock knows.
const (
	AtOnce  Soon = "immediately"
	Within  Soon = "within"
	ASAP    Soon = "asap"
	Unsaid  Soon = "none_stated"
	InFront Soon = "before_it_happens"
)

// Soons lists them.
func Soons() []Soon { return []Soon{AtOnce, Within, ASAP, Unsaid, InFront} }

// FromLearned counts a second step from when it was learned, as the first is.
const FromLearned Counted = "learned"

// Counteds lists what a second step may be counted from.
func Counteds() []Counted { return []Counted{FromLearned, "report", "oral_report", "alert"} }

// Manners lists them.
func Manners() []Manner {
	return words[Manner](`oral written oral_or_written oral_then_written any not_stated`)
}

// Qualities lists the kinds of sources.
func Qualities() []Quality { return words[Quality](`statute_text official_page secondary`) }

// words splits a list of codes.
func words[C ~string](list string) (out []C) {
	for w := range strings.FieldsSeq(list) {
		out = append(out, C(w))
	}
	return out
}

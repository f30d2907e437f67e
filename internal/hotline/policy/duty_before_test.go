package policy_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/freeline-org/freeline/internal/hotline/policy"
)

func onShift(roles ...policy.Role) policy.Listener {
	return policy.Listener{Roles: append(roles, "hotline_advocate")}
}

func july() time.Time { return time.Date(2024, 7, 7, 2, 0, 0, 0, time.UTC) }

// ids are the rules of reports, by what is told of them.
func ids(b policy.Beforehand) map[string][]string {
	out := map[string][]string{}
	for says, reports := range map[string][]policy.Report{
		"must": b.Must, "unclear": b.Unclear, "may": b.May, "limit": b.Limits, "anonymity": b.Anonymity, "warning": b.Warnings, "check": b.Check,
	} {
		for _, r := range reports {
			for _, k := range r.Rules {
				out[says] = append(out[says], k.ID)
			}
		}
		slices.Sort(out[says])
	}
	for says, rules := range out {
		if len(rules) == 0 {
			delete(out, says)
		}
	}
	return out
}

// "What would you have to report about me?"
func TestWhatWouldHaveToBeReported(t *testing.T) {
	t.Parallel()
	d := laws(t)
	for name, c := range map[string]struct {
		place     policy.Place
		by        policy.Listener
		age       policy.AgeGroup
		want      map[string][]string
		childhood bool
	}{
		"an adult in South Africa": {"ZA", onShift(), policy.Adult, map[string][]string{"must": {"ZA-PACOTIP-19-DUTY"}}, true},
		"a child in South Africa":  {"ZA", onShift(), policy.Under18, map[string][]string{"must": {"ZA-PACOTIP-18"}, "may": {"ZA-CA-110-2"}}, false},
		"not said, South Africa":   {"ZA", onShift(), policy.AgeUnset, map[string][]string{"must": {"ZA-PACOTIP-18", "ZA-PACOTIP-19-DUTY"}, "may": {"ZA-CA-110-2"}}, false},
		"an adult in Texas":        {"US-TX", onShift(), policy.Adult, map[string][]string{"must": {"US-TX-ADULT-NEED"}}, true},
		"a child in Texas":         {"US-TX", onShift(), policy.Under18, map[string][]string{"must": {"US-TX-ANY-CHILD"}, "anonymity": {"US-TX-ANON-ENDED"}}, false},
		"an adult in Florida":      {"US-FL", onShift(), policy.Adult, map[string][]string{}, true},
		"an adult in New York":     {"US-NY", onShift(), policy.Adult, map[string][]string{}, false}, // nobody must
		"a child in New York":      {"US-NY", onShift(), policy.Under18, map[string][]string{"may": {"US-NY-ANY-MAY"}}, false},
		"a child, who is paid":     {"US-NY", onShift("grant_recipient_vawa"), policy.Under18, map[string][]string{"may": {"US-NY-ANY-MAY"}, "limit": {"US-VAWA-NONDISCLOSURE"}}, false},
		"an adult in England":      {"GB-ENG", onShift("first_responder_org_staff"), policy.Adult, map[string][]string{"may": {"GB-NRM-ADULT"}}, true},
		"an adult in Belfast":      {"GB-NIR", onShift(), policy.Adult, map[string][]string{"check": {"GB-NIR-CLA-S5"}}, false},
		"a child in Ontario":       {"CA-ON", onShift(), policy.Under18, map[string][]string{"must": {"CA-ON-125", "CA-ON-125-CST"}, "may": {"CA-ON-125-16-17"}}, false},
		"an adult in Norway":       {"NO", onShift(), policy.Adult, map[string][]string{"must": {"NO-STRL-196"}, "check": {"NO-STRL-196-TRAFFICKING"}}, false},
		"somewhere else":           {"XX", onShift(), policy.Under18, map[string][]string{}, false},
	} {
		b := d.Beforehand(c.place, july(), c.by, c.age)
		if diff := cmp.Diff(ids(b), c.want); diff != "" || b.Childhood != c.childhood {
			t.Errorf("%s, childhood %v, want %v (-got +want):\n%s", name, b.Childhood, c.childhood, diff)
		}
	}
	b := d.Beforehand("US-NY", time.Date(2025, 12, 19, 9, 0, 0, 0, time.UTC), onShift(), policy.Under18)
	if got := ids(b)["warning"]; !slices.Equal(got, []string{"US-NY-ANON-ENDED"}) {
		t.Errorf("enacted, its day not seen: %v", got)
	}
	if b := d.Beforehand("US", july(), onShift(), policy.Adult); len(b.Finer) != 6 {
		t.Errorf("somewhere in the States, which differ in %v", b.Finer)
	}
}

// She is told to whom, how soon, of what, and what else must be so.
func TestWhatIsToldBeforehand(t *testing.T) {
	t.Parallel()
	d := laws(t)
	must := d.Beforehand("ZA", july(), onShift(), policy.Adult).Must
	want := []policy.Report{{
		To: []string{"police official (SAPS)"}, Soon: policy.AtOnce, Within: "PT0S", Urgent: true, Degree: "suspects",
		Harms: []policy.Harm{"adult_sex_trafficking", "adult_labour_trafficking"}, Unless: []policy.Excuse{"legal_professional_privilege"},
		Rules: []policy.Known{{ID: "ZA-PACOTIP-19-DUTY", Kind: policy.MustReport, Under: policy.Under{Country: "ZA", Number: 1}}},
	}}
	if diff := cmp.Diff(must, want, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("an adult in South Africa (-got +want):\n%s", diff)
	}
	// What goes to the same people as soon is said once; what is sure is not unclear.
	must = d.Beforehand("US-CA", july(), onShift("teacher"), policy.Under18).Must
	if len(must) != 2 || len(must[0].Rules) != 2 || !slices.Equal(must[1].Requires, []policy.Condition{"on_federal_land"}) || !slices.Equal(must[0].Unclear, []policy.Harm{"child_labour_trafficking"}) || !slices.Contains(must[0].Harms, "child_sex_trafficking") || len(must[0].Requires) > 0 {
		t.Errorf("a child tells a teacher in California: %+v", must)
	}
	// The lesser of two degrees is what may come of it.
	both := rulesOf(t, ruleOf("what_triggers", `{"harms":["physical_injury"],"degree_at_least":"knows"}`), ruleOf("id", `"IE-B"`)).Beforehand("IE", july(), onShift(), policy.Under18).Must
	if len(both) != 1 || both[0].Degree != "suspects" {
		t.Errorf("two degrees: %+v", both)
	}
	may := d.Beforehand("GB-ENG", july(), onShift("first_responder_org_staff"), policy.Adult).May
	if len(may) != 1 || !may[0].WithConsent || !slices.Equal(may[0].Requires, []policy.Condition{"person_consents"}) || may[0].AgeFrom != 0 || may[0].Urgent {
		t.Errorf("an adult may be referred: %+v", may)
	}
	child := d.Beforehand("CA-ON", july(), onShift(), policy.Under18)
	if child.Must[0].AgeUnder != 16 || child.May[0].AgeFrom != 16 || child.May[0].AgeUnder != 0 || child.May[0].Urgent {
		t.Errorf("a child in Ontario: %+v", child)
	}
	if need := d.Beforehand("US-TX", july(), onShift(), policy.Adult).Must; !slices.Equal(need[0].Needs, []policy.Need{policy.Age65, "disability"}) {
		t.Errorf("an adult in Texas: %+v", need)
	}
	if mine := d.Beforehand("ZA", july(), onShift(), policy.Adult); len(mine.May) > 0 {
		t.Errorf("off duty: %+v", mine.May)
	}
}

// What could not hold for her, or not surely, is not told as if it did.
func TestWhatIsToldBeforehandIsNoMoreThanCouldBe(t *testing.T) {
	t.Parallel()
	at := func(d policy.Duties, age policy.AgeGroup) policy.Beforehand {
		return d.Beforehand("IE", july(), onShift(), age)
	}
	injury := `{"harms":["physical_injury"],"degree_at_least":"any"}`
	grown := rulesOf(t, ruleOf("about_whom", `{"age_from":18}`, "what_triggers", injury))
	if child, adult := at(grown, policy.Under18), at(grown, policy.Adult); len(child.Must) > 0 || len(adult.Must) != 1 {
		t.Errorf("a rule on adults: %+v to a child, %+v to an adult", child, adult)
	}
	may := rulesOf(t, ruleOf("kind", `"may_report"`))
	if child := at(may, policy.Under18); len(child.May) != 1 || child.May[0].Urgent {
		t.Errorf("what one may do at once: %+v", child)
	}
	two := rulesOf(t, ruleOf("to_whom", `["the police"]`), ruleOf("id", `"IE-B"`))
	if child := at(two, policy.Under18); len(child.Must) != 2 {
		t.Errorf("to two agencies: %+v", child.Must)
	}
	open := rulesOf(t, ruleOf("about_whom", `{}`, "what_triggers", `{"harms":["child_sexual_abuse"],"harms_unclear":["physical_injury"],"degree_at_least":"any"}`))
	if adult := at(open, policy.Adult); len(adult.Unclear) != 1 || len(adult.Must) > 0 {
		t.Errorf("of an adult, unclear: %+v", adult)
	}
	unread := rulesOf(t, ruleOf("verified", "false"))
	if adult := at(unread, policy.Adult); adult.Childhood {
		t.Error("a duty that nobody has read is one")
	}
}

// Whatever becomes due or allowed later, she was told of: the promise that makes it
// worth asking beforehand.
func TestNothingComesThatWasNotToldBeforehand(t *testing.T) {
	t.Parallel()
	d, r := laws(t), rand.New(rand.NewPCG(2, 9))
	var rules []policy.Rule
	for _, l := range shippedLaws(t) {
		rules = append(rules, l.Rules...)
	}
	due := 0
	for range 4000 {
		l := anything(r, rules)
		l.Conditions = append(slices.DeleteFunc(l.Conditions, func(c policy.Condition) bool { return c == policy.OffDuty }), policy.OnDuty)
		group, years := policy.AgeUnset, r.IntN(80)
		switch l.Age = policy.Aged(years); {
		case r.IntN(3) == 0: // she has not said it beforehand
		case years < 18:
			group = policy.Under18
			l.Harms = without(l.Harms, "adult_sex_trafficking", "adult_labour_trafficking", "adult_with_need_abuse")
		default:
			group = policy.Adult
			l.Harms = without(l.Harms, "child_abuse_by_carer", "child_abuse_by_other", "child_sexual_abuse", "child_sex_trafficking", "child_labour_trafficking", "rights_violation_child")
		}
		b, o := ids(d.Beforehand(l.Place, l.At, l.By, group)), d.Match(l)
		due += len(o.Due)
		for says, list := range map[string][]policy.Entry{"must": o.Due, "may": o.May, "limit": o.Limits, "anonymity": o.Anonymity, "warning": o.Warnings, "check": o.Check} {
			for _, e := range list {
				if !slices.Contains(b[says], e.Rule.ID) {
					t.Fatalf("%s of %s comes of %+v, and she (%s) was told %v", says, e.Rule.ID, l, group, b)
				}
			}
		}
	}
	if due < 500 {
		t.Errorf("only %d duties came of it", due)
	}
}

func without(harms []policy.Harm, not ...policy.Harm) []policy.Harm {
	return slices.DeleteFunc(harms, func(h policy.Harm) bool { return slices.Contains(not, h) })
}

package policy

import "time"

// A Case is something made up that somebody could learn, to see what rules say of it.
type Case struct {
	Name    string // pages have words for each
	Learned Learned
}

// Cases are the standard ones, learned in a place at a moment by an advocate on her
// shift. They lead to nobody.
func Cases(p Place, at time.Time) (out []Case) {
	const told Degree = "told_or_seen"
	add := func(name string, age Age, harms ...Harm) *Learned {
		out = append(out, Case{name, Learned{
			Place: p, At: at, By: Listener{Roles: []Role{"hotline_advocate"}}, Age: age, Harms: harms, Degree: told, Conditions: []Condition{OnDuty},
		}})
		return &out[len(out)-1].Learned
	}
	add("child_sex", Aged(15), "child_sex_trafficking", "child_sexual_abuse")
	add("child_work", Aged(15), "child_labour_trafficking")
	add("child_home", Aged(9), "child_abuse_by_carer")
	add("age_unknown", Age{}, "child_sex_trafficking", "adult_sex_trafficking")
	add("adult_sex", GrownUp(), "adult_sex_trafficking")
	add("adult_work", GrownUp(), "adult_labour_trafficking")
	add("adult_need", GrownUp(), "adult_with_need_abuse").Needs = []Need{"disability"}
	add("then", GrownUp(), "child_sexual_abuse").AgeThen = Aged(12)
	return out
}

package admin

import (
	"context"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/i18n"
)

// countries are those whose law the program has a draft of, and those that the line has
// rules of beside.
func (a *Admin) countries(ctx context.Context) (names []string, err error) {
	for k := range policy.ShippedDuty() {
		names = append(names, k.Name)
	}
	there, err := a.Editions.List(ctx, policy.KindDuty)
	for _, e := range there {
		if !slices.Contains(names, e.Name) {
			names = append(names, e.Name)
		}
	}
	slices.Sort(names)
	return names, err
}

func offeredDuty(k edition.Key) string { return policy.ShippedDuty()[k] }

// namesOf lists codes as a form offers them.
func namesOf[C ~string](all []C) (out []string) {
	for _, c := range all {
		out = append(out, string(c))
	}
	return out
}

// dutyParts are those of a country's rules. What decides comes first; what was read
// about it is folded away. What is not asked for stays: which source says what, and what
// nobody saw.
func dutyParts() []part {
	const short, long, url = 20, 300, 800
	text := func(name string) part { return part{name: name, look: area, may: true, aside: true} }
	codes := func(name string, more bool) part {
		return part{name: name, look: words, code: true, may: true, aside: more}
	}
	of := func(name, words string, all []string, more bool) part {
		return part{name: name, look: one, choices: all, words: "admin.duty." + words + ".", may: more, aside: more}
	}
	return []part{
		{name: "compiled_on", code: true, most: short, may: true},
		{name: "standing", look: area, may: true},
		{name: "rules", look: rows, hold: true, title: "id", parts: []part{
			{name: "id", code: true, most: 128},
			{name: "place", code: true, most: short},
			of("kind", "kind", namesOf(policy.RuleKinds()), false),
			of("status", "status", namesOf(policy.Standings()), false),
			{name: "verified", look: flag},
			{name: "in_force_from", code: true, most: short, may: true},
			{name: "in_force_until", code: true, most: short, may: true},
			{name: "who_is_bound.roles", look: words, code: true},
			{name: "about_whom.age_under", look: number, may: true},
			{name: "about_whom.age_from", look: number, may: true},
			codes("what_triggers.harms", false),
			of("what_triggers.degree_at_least", "degree", namesOf(policy.Degrees()), false),
			{name: "to_whom", look: words, may: true},
			of("deadline.first.class", "soon", namesOf(policy.Soons()), false),
			{name: "deadline.first.iso", code: true, most: short, may: true},
			{name: "line_within", code: true, most: short, may: true},
			of("form", "form", namesOf(policy.Manners()), false),
			{name: "source.title", most: long},
			{name: "source.seen", look: flag},
			of("source.quality", "quality", namesOf(policy.Qualities()), false),
			{name: "source.citation", most: long, may: true, aside: true},
			{name: "source.url", code: true, most: url, may: true, aside: true},
			{name: "not_before", code: true, most: short, may: true, aside: true},
			codes("who_is_bound.except_roles", true),
			text("who_is_bound.words"),
			codes("about_whom.needs_any", true),
			codes("about_whom.status_any", true),
			text("about_whom.words"),
			codes("what_triggers.harms_unclear", true),
			codes("what_triggers.requires", true),
			text("what_triggers.words"),
			{name: "exceptions", look: rows, title: "code", aside: true, parts: []part{{name: "code", code: true, most: 64}, {name: "words", look: area, may: true}}},
			text("deadline.first.words"),
			{name: "deadline.then.what", most: long, may: true, aside: true},
			{name: "deadline.then.iso", code: true, most: short, may: true, aside: true},
			of("deadline.then.counted_from", "counted", namesOf(policy.Counteds()), true),
			text("deadline.then.words"),
			text("consent_words"),
			text("penalty"),
			text("conflicting_source"),
			text("notes"),
		}},
	}
}

// dutySays is what a country's rules say of the standard cases today, place by place, so
// that two editions can be laid side by side.
func (a *Admin) dutySays(l *i18n.Language, body string) (out []string) {
	law, err := policy.ParseDuty(body)
	if err != nil {
		return nil // there is none, or its faults are told
	}
	d, err := policy.DutiesOf(edition.Edition{Key: policy.DutyKey(law.Country), Body: body})
	if err != nil {
		return nil
	}
	now := a.Clock()
	places := append([]policy.Place{law.Country}, d.Match(policy.Learned{Place: law.Country, At: now}).Finer...)
	for _, p := range places {
		out = append(out, wordOr(l, "admin.name.duty.", string(p)))
		for _, c := range policy.Cases(p, now) {
			for _, says := range saysOf(l, d.Match(c.Learned)) {
				out = append(out, deeper+l.T("admin.aloud", "field", l.T("admin.duty.case."+c.Name), "value", says))
			}
		}
	}
	return out
}

// saysOf puts an outcome into words, with the rules by their names: a line for each
// thing that it says.
func saysOf(l *i18n.Language, o policy.Outcome) (all []string) {
	for _, list := range []struct {
		name    string
		entries []policy.Entry
	}{
		{"due", o.Due},
		{"unclear", o.Unclear},
		{"may", o.May},
		{"limits", o.Limits},
		{"anonymity", o.Anonymity},
		{"warnings", o.Warnings},
		{"check", o.Check},
		{"counsel", o.Counsel},
	} {
		var rules []string
		for _, e := range list.entries {
			id := e.Rule.ID
			if e.Urgent {
				id = l.T("admin.duty.says.urgent", "rule", id)
			}
			rules = append(rules, id)
		}
		if len(rules) > 0 {
			all = append(all, l.T("admin.duty.says."+list.name, "rules", strings.Join(rules, l.T("admin.comma"))))
		}
	}
	if len(all) == 0 {
		all = append(all, l.T("admin.duty.says.nothing"))
	}
	return all
}

// sideBySide is what two editions say of the same cases.
type sideBySide struct {
	*frame
	Changes []changed
}

// sayings lays side by side what two bodies say of the cases; nothing where the kind
// says nothing of any.
func (s shape) sayings(l *i18n.Language, from, to string) (out []changed) {
	if s.says == nil {
		return nil
	}
	for _, d := range edition.Diff(strings.Join(s.says(l, from), "\n"), strings.Join(s.says(l, to), "\n")) {
		op := map[byte]string{'-': "gone", '+': "come"}[d.Op]
		if d.Text != "" {
			out = append(out, changed{op, onPage(d.Text)})
		}
	}
	return out
}

package admin

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/i18n"
)

// telephoneShapes are what is edited of the telephone: its numbers, the way through a
// call, and the pieces that are spoken on it.
func (a *Admin) telephoneShapes() []shape {
	admin := adminRoles()
	return []shape{
		{kind: flow.KindNumbers, roles: admin, parts: numberParts()},
		{kind: flow.Kind, roles: admin, heard: true, parts: a.flowParts(), try: a.dryFlow, shipped: same(a.flow)},
		{kind: flow.KindPieces, spoken: true, roles: admin, heard: true, shipped: func(k edition.Key) string { return a.pieces[k.Lang] }, parts: []part{
			{look: rows, hold: true, title: "name", parts: []part{{name: "name", code: true, most: 40}, {name: "text", look: area}}},
		}},
	}
}

// numberParts are those of the number register.
func numberParts() []part {
	costs := part{name: "cost", look: one, choices: flow.Costs(), words: "front.cost."}
	return []part{{name: "rows", look: rows, hold: true, title: "dial", parts: []part{
		{name: "dial", code: true, most: 21},
		{name: "shown", code: true, most: 40, may: true},
		costs,
		{name: "networks", look: rows, title: "name", parts: []part{{name: "name", most: 40}, costs}},
		{name: "bill", look: one, choices: flow.Bills(), words: "front.bill."},
		{name: "lang", code: true, most: 20, may: true},
		{name: "queue", code: true, most: 64, may: true},
		{name: "campaign", code: true, most: 40, may: true},
	}}}
}

// flowParts are those of a call flow. Conditions are typed as in procedures.
func (a *Admin) flowParts() []part {
	when := part{name: "when", look: conds, may: true, code: true}
	step := []part{
		{name: "id", code: true, most: 40},
		{name: "kind", look: one, choices: flow.Kinds(), words: "admin.flow.kind."},
	}
	for _, tag := range a.Words.Tags() {
		step = append(step, part{name: "words." + tag, said: "flow.words", look: area, lang: tag, own: a.tongue(tag), aside: tag != i18n.Fallback, may: tag != i18n.Fallback})
	}
	deeds := []string{flow.Woman, flow.Man, flow.Silent, flow.Music, flow.Keep, flow.Other, flow.CallMe, flow.Here, flow.Type, flow.Agree}
	return []part{{name: "steps", look: rows, hold: true, title: "id", parts: append(
		step, when,
		part{name: "keys", look: rows, title: "key", parts: []part{
			{name: "key", code: true, most: 1},
			{name: "does", look: one, choices: deeds, words: "admin.flow.does.", may: true, none: "admin.choice.nothing"},
			{name: "lang", code: true, most: 20, may: true},
			{name: "to", code: true, most: 40, may: true},
		}},
		part{name: "times", look: number, may: true},
		part{name: "opens", look: flag},
		part{name: "every", look: number, may: true},
		part{name: "after", look: number, may: true},
		part{name: "dial", code: true, most: 21, may: true},
		part{name: "go", look: rows, title: "to", parts: []part{when, {name: "to", code: true, most: 40}}},
	)}}
}

// dryFlow tries a call flow out with callers who are made up, beside how the one in
// force leads them.
func (a *Admin) dryFlow(ctx context.Context, l *i18n.Language, draft, present string) (*dryView, error) {
	f, err := flow.Parse(draft)
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // what is wrong is told where it is typed
	}
	all := flow.Made(f)
	out := &dryView{Unreached: flow.Unreached(f, all)}
	if out.Unsaid, err = a.unspoken(ctx, l, f); err != nil {
		return nil, err
	}
	now, err := flow.Parse(present)
	for _, trial := range all {
		t := dryTrial{Who: whoCalls(f, trial)}
		then := callInWords(l, f, flow.Try(f, trial))
		if err != nil { // nothing is in force to compare it with
			for _, line := range then {
				t.Changes = append(t.Changes, changed{"", onPage(line)})
			}
		} else {
			t.Changes, t.Differs = marked(callInWords(l, now, flow.Try(now, trial)), then)
		}
		out.Trials = append(out.Trials, t)
	}
	return out, nil
}

// unspoken names the steps that have no words in a language of the line or of the flow,
// a line for each language.
func (a *Admin) unspoken(ctx context.Context, l *i18n.Language, f flow.Flow) (out []string, err error) {
	langs, err := a.Parts.Line.Languages(ctx)
	if err != nil {
		return nil, err
	}
	langs = append(slices.Clone(langs), f.Languages()...)
	slices.Sort(langs)
	for _, lang := range slices.Compact(langs) {
		var ids []string
		for _, s := range f.Steps {
			if s.Words[lang] == "" && s.Kind != flow.Languages {
				ids = append(ids, s.ID)
			}
		}
		if len(ids) > 0 {
			out = append(out, l.T("admin.flow.unspoken", "language", a.tongue(lang), "steps", strings.Join(ids, l.T("admin.comma"))))
		}
	}
	return out, nil
}

// whoCalls tells of a caller who is made up, in the words of conditions.
func whoCalls(f flow.Flow, t flow.Trial) (out []string) {
	say := func(field string, yes bool) {
		out = append(out, field+" is "+map[bool]string{true: "yes", false: "no"}[yes])
	}
	say(flow.OfOpen, t.Start.Open)
	if t.Closes {
		say(flow.OfOpen, false)
	}
	if t.Start.Full {
		say(flow.OfFull, true)
	}
	for _, c := range [][2]string{{flow.OfLang, t.Start.Number.Lang}, {flow.OfCampaign, t.Start.Number.Campaign}} {
		if c[1] != "" {
			out = append(out, c[0]+" is "+c[1])
		}
	}
	for _, s := range f.Steps {
		if key := t.Keys[s.ID]; key != "" {
			out = append(out, flow.OfStep+s.ID+" is "+key)
		}
	}
	return out
}

// callInWords are the steps that a caller was led over, and the keys that she pressed.
func callInWords(l *i18n.Language, f flow.Flow, way []flow.Passed) (out []string) {
	for _, at := range way {
		s, _ := f.Step(at.Step)
		line := l.T("admin.flow.step", "step", s.ID, "kind", l.T("admin.flow.kind."+s.Kind))
		if at.Key != "" {
			line = l.T("admin.flow.pressed", "step", line, "key", at.Key)
		}
		out = append(out, line, deeper+short(cmp.Or(s.Words[l.Tag()], s.Words[i18n.Fallback]), 200))
	}
	return out
}

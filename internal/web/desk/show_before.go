package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/i18n"
)

// before answers "what would you have to report about me?" for an age group and a place,
// from the same rules as everything else, in words that may be said to her.
func (c *console) before(ctx context.Context, f AskBefore) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	age := policy.AgeGroup(f.Age)
	if !slices.Contains([]policy.AgeGroup{policy.Under18, policy.Adult, policy.AgeUnset}, age) {
		return errFrame
	}
	b, err := c.bench(ctx)
	if err != nil {
		return err
	}
	p := policy.Place(f.Where)
	if !b.knows(p) {
		return errFrame
	}
	at := b.in(p, c.now(ctx))
	says := b.laws.Beforehand(p, at, b.ours.Listener(c.me.Skills), age)
	ours, hers := c.d.Page.words.For(c.lang), c.d.Page.words.For(s.row.Lang)
	out := BeforeFrame{
		Contact: f.Contact, Where: f.Where, Name: placeName(ours, p), Age: f.Age, Reports: reportsOf(says), Childhood: says.Childhood,
		Parts: choices(ours, says.Finer), SayLang: hers.Tag(), Rules: b.laws.Rules(p, at),
	}
	out.Say = sayable(hers, placeName(hers, p), out)
	out.Draft = slices.ContainsFunc(out.Reports, func(r DutyReport) bool { return !r.Reviewed })
	c.push(out)
	return nil
}

// knows reports whether a place is one that can be asked about: a country of which there
// are rules, a part of it that has its own, or the line's.
func (b bench) knows(p policy.Place) bool {
	if p == b.ours.Place && p != "" {
		return true
	}
	return slices.Contains(b.laws.Countries(), p.Country()) && (p == p.Country() || slices.Contains(b.laws.Places(), p))
}

func reportsOf(b policy.Beforehand) []DutyReport {
	out := []DutyReport{}
	for _, list := range []struct {
		name string
		all  []policy.Report
	}{
		{"must", b.Must}, {"unclear", b.Unclear}, {"may", b.May}, {"check", b.Check}, {"warnings", b.Warnings}, {"limits", b.Limits}, {"anonymity", b.Anonymity},
	} {
		for _, r := range list.all {
			d := DutyReport{
				List: list.name, To: strs(r.To), Soon: string(r.Soon), Within: spanOf(r.Within), Urgent: r.Urgent, Harms: append(strs(r.Harms), strs(r.Unclear)...),
				Under: int64(r.AgeUnder), From: int64(r.AgeFrom), Requires: strs(r.Requires), Unless: strs(r.Unless), Consent: r.WithConsent, Rules: []string{}, Reviewed: true,
			}
			if list.name == "check" { // nobody has read enough of it to say more
				d = DutyReport{List: list.name, To: []string{}, Harms: []string{}, Requires: []string{}, Unless: []string{}, Rules: []string{}, Reviewed: true}
			}
			for _, k := range r.Rules {
				d.Rules, d.Number = append(d.Rules, k.ID), k.Under.Number
				d.Reviewed = d.Reviewed && k.Under.Reviewed
			}
			out = append(out, d)
		}
	}
	return out
}

// spanOf is a span as pages have it: so many hours, or days ("h48", "d2").
func spanOf(s policy.Span) string {
	hours, days := s.Length()
	switch {
	case days > 0:
		return "d" + strconv.Itoa(days)
	case hours > 0:
		return "h" + strconv.Itoa(hours)
	}
	return ""
}

// sayable is what may be said to her, before she has told anything. It promises nothing
// that the rules do not say, and ends with what holds whatever they say: danger now.
func sayable(l *i18n.Language, place string, f BeforeFrame) string {
	var lines []string
	say := func(key string, args ...any) { lines = append(lines, l.T("desk.duty.say."+key, args...)) }
	comma := l.T("desk.comma")
	for _, r := range f.Reports {
		if r.List != "must" && r.List != "unclear" && r.List != "may" {
			continue
		}
		var harms, only []string
		for _, h := range r.Harms {
			harms = append(harms, l.T("desk.duty.harm."+harmKey(h)))
		}
		line := l.T("desk.duty.say."+r.List, "harms", strings.Join(harms, comma), "whom", strings.Join(r.To, comma), "soon", soonSaid(l, r))
		if r.Under > 0 {
			only = append(only, l.T("desk.duty.if.under", "n", r.Under))
		}
		if r.From > 0 {
			only = append(only, l.T("desk.duty.if.from", "n", r.From))
		}
		for _, x := range r.Requires {
			only = append(only, l.T("desk.duty.condition."+x))
		}
		if r.Consent {
			only = append(only, l.T("desk.duty.if.consent"))
		}
		if len(only) > 0 {
			line = l.T("desk.duty.say.only", "line", line, "if", strings.Join(only, comma))
		}
		lines = append(lines, line)
	}
	switch {
	case !f.Rules:
		say("no_rules", "place", place)
	case len(lines) == 0:
		say("nothing", "place", place)
	}
	if slices.ContainsFunc(f.Reports, func(r DutyReport) bool { return r.List == "check" || r.List == "warnings" }) {
		say("check")
	}
	if f.Childhood {
		say("childhood")
	}
	say("danger")
	return strings.Join(lines, "\n")
}

// harmKey is a harm in a key of words: * stands for every one.
func harmKey(h string) string {
	if h == string(policy.AnyHarm) {
		return "any"
	}
	return h
}

func soonSaid(l *i18n.Language, r DutyReport) string {
	if r.Soon == string(policy.Within) && r.Within != "" {
		n, _ := strconv.Atoi(r.Within[1:])
		return l.N("desk.duty.within_"+r.Within[:1], n)
	}
	return l.T("desk.duty.soon." + r.Soon)
}

package policy

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// Limits of a law.
const (
	MaxRules   = 120
	mostOfList = 40  // roles, harms, addressees of a rule
	mostShort  = 300 // letters: a title, an addressee
	mostWords  = 800 // letters: a sentence or three
)

// CheckDuty is the check of the edition kind "duty".
func CheckDuty(body string) error { _, err := ParseDuty(body); return err }

// ParseDuty reads a law. What is wrong comes as [edition.Faults]: the row is the rule
// as the administrator counts it, Field the part of it that is meant, such as
// "deadline.first.iso". Reading takes milliseconds: whoever asks often keeps the
// [Duties] that come of it.
func ParseDuty(body string) (Law, error) {
	var fs edition.Faults
	if len(body) > edition.Limit {
		return Law{}, edition.ErrLarge
	}
	var whole struct {
		Country  Place             `json:"country"`
		Compiled Day               `json:"compiled_on,omitempty"`
		Standing string            `json:"standing,omitempty"`
		Groups   []Group           `json:"groups,omitempty"`
		Rules    []json.RawMessage `json:"rules"`
	}
	if !fs.Read(body, &whole) {
		return Law{}, fs
	}
	l := Law{Country: whole.Country, Compiled: whole.Compiled, Standing: whole.Standing, Groups: whole.Groups}
	c := lawChecker{fs: &fs, law: l}
	if !c.head(len(whole.Rules)) {
		return Law{}, fs
	}
	l.Rules = make([]Rule, len(whole.Rules))
	for i, row := range whole.Rules {
		c.row = i + 1
		if err := edition.Strict(row, &l.Rules[i]); err != nil {
			fs.Unread(c.row, err)
			continue
		}
		c.rule(l.Rules[i])
		if slices.ContainsFunc(l.Rules[:i], func(o Rule) bool { return o.ID == l.Rules[i].ID }) {
			c.add("id", "edition.fault.twice", l.Rules[i].ID)
		}
	}
	if err := fs.Err(); err != nil {
		return Law{}, err
	}
	return l, nil
}

// A lawChecker looks at one law, row by row.
type lawChecker struct {
	fs  *edition.Faults
	row int
	law Law
}

func (c *lawChecker) add(field, key, given string) { c.fs.Add(c.row, field, key, given) }

// head checks what stands above the rules, and whether they can be looked at.
func (c *lawChecker) head(rules int) bool {
	if !c.law.Country.country() || !place.MatchString(string(c.law.Country)) {
		c.add("country", "edition.fault.place", string(c.law.Country))
		return false
	}
	switch {
	case rules == 0:
		c.add("rules", "edition.fault.empty", "")
	case rules > MaxRules:
		c.add("rules", "edition.fault.many", strconv.Itoa(rules))
		return false
	}
	c.day("compiled_on", c.law.Compiled)
	c.text("standing", c.law.Standing, mostWords)
	if len(c.law.Groups) > mostOfList {
		c.add("groups", "edition.fault.many", strconv.Itoa(len(c.law.Groups)))
		return false
	}
	for i, g := range c.law.Groups {
		at := "groups." + strconv.Itoa(i+1)
		c.place(at+".code", g.Code)
		if g.Code.country() || slices.ContainsFunc(c.law.Groups[:i], func(o Group) bool { return o.Code == g.Code }) {
			c.add(at+".code", "edition.fault.twice", string(g.Code))
		}
		c.list(at+".over", len(g.Over), true)
		for _, p := range g.Over {
			c.place(at+".over", p)
			// One step down, so that nothing ever goes round in circles.
			if p.country() || slices.ContainsFunc(c.law.Groups, func(o Group) bool { return o.Code == p }) {
				c.add(at+".over", "edition.fault.twice", string(p))
			}
		}
	}
	return true
}

var (
	ruleID  = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,20}){1,6}$`)
	ownCode = regexp.MustCompile(`^x_[a-z0-9_]{1,58}$`)
	address = regexp.MustCompile(`^https?://[^\s/@:]+(:[0-9]+)?(/\S*)?$`)
)

func (c *lawChecker) rule(r Rule) {
	if !ruleID.MatchString(r.ID) || !strings.HasPrefix(r.ID, string(c.law.Country)+"-") {
		c.add("id", "edition.fault.word", r.ID)
	}
	c.place("place", r.Place)
	closed(c, "kind", RuleKinds(), r.Kind)
	closed(c, "status", Standings(), r.Standing)
	closed(c, "form", Manners(), r.Form)
	c.bound(r.Who)
	c.whom(r.Whom)
	c.trigger(r.What)
	c.list("exceptions", len(r.Exceptions), false)
	for i, e := range r.Exceptions {
		at := "exceptions." + strconv.Itoa(i+1)
		open(c, at+".code", Excuses(), e.Code)
		c.text(at+".words", e.Words, mostWords)
	}
	c.list("to_whom", len(r.To), r.Kind.Due() || r.Kind == MayReport)
	for i, to := range r.To {
		c.said("to_whom."+strconv.Itoa(i+1), to)
	}
	c.list("may_withhold", len(r.Withhold), false)
	for i, w := range r.Withhold {
		c.said("may_withhold."+strconv.Itoa(i+1)+".what", w.What)
		c.text("may_withhold."+strconv.Itoa(i+1)+".when", w.When, mostWords)
	}
	c.text("consent_words", r.ConsentIs, mostWords)
	c.text("penalty", r.Penalty, mostWords)
	c.text("attaches_to", r.AttachesTo, mostShort)
	c.deadline(r)
	c.inForce(r)
	c.reading(r)
}

func (c *lawChecker) bound(b Bound) {
	c.list("who_is_bound.roles", len(b.Roles), true)
	c.list("who_is_bound.except_roles", len(b.Except), false)
	open(c, "who_is_bound.roles", Roles(), b.Roles...)
	open(c, "who_is_bound.except_roles", Roles(), b.Except...)
	c.text("who_is_bound.hotline_staff", b.Staff, mostShort)
	c.text("who_is_bound.words", b.Words, mostWords)
}

func (c *lawChecker) whom(w Whom) {
	const oldest = 120
	if w.Under < 0 || w.Under > oldest {
		c.add("about_whom.age_under", "edition.fault.number", strconv.Itoa(w.Under))
	}
	if w.From < 0 || w.From > oldest || w.Under > 0 && w.From >= w.Under {
		c.add("about_whom.age_from", "edition.fault.number", strconv.Itoa(w.From))
	}
	closed(c, "about_whom.needs_any", Needs(), w.Needs...)
	closed(c, "about_whom.status_any", Statuses(), w.Status...)
	c.text("about_whom.words", w.Words, mostWords)
}

func (c *lawChecker) trigger(t Trigger) {
	harms := append(Harms(), AnyHarm)
	c.list("what_triggers.harms", len(t.Harms)+len(t.Unclear), true)
	closed(c, "what_triggers.harms", harms, t.Harms...)
	closed(c, "what_triggers.harms_unclear", harms, t.Unclear...)
	for _, h := range t.Unclear {
		if slices.Contains(t.Harms, h) {
			c.add("what_triggers.harms_unclear", "edition.fault.twice", string(h))
		}
	}
	closed(c, "what_triggers.degree_at_least", Degrees(), t.Degree)
	closed(c, "what_triggers.requires", Conditions(), t.Requires...)
	c.text("what_triggers.words", t.Words, mostWords)
}

// deadline holds the time to what its class says: a clock that rings late, or for
// nothing, is worse than none.
func (c *lawChecker) deadline(r Rule) {
	first := r.Deadline.First
	closed(c, "deadline.first.class", Soons(), first.Class)
	_, _, ok := first.ISO.parts()
	switch fixed := first.Class == AtOnce || first.Class == Within; {
	case fixed != (first.ISO != "") || ok && first.ISO.zero() != (first.Class == AtOnce):
		c.add("deadline.first.iso", "edition.fault.deadline", string(first.ISO))
	case fixed && !ok:
		c.add("deadline.first.iso", "edition.fault.span", string(first.ISO))
	}
	if r.LineWithin != "" {
		if _, _, ok := r.LineWithin.parts(); !ok {
			c.add("line_within", "edition.fault.span", string(r.LineWithin))
		}
		if first.Class != ASAP && first.Class != Unsaid {
			c.add("line_within", "edition.fault.deadline", string(r.LineWithin))
		}
	}
	c.text("deadline.first.words", first.Words, mostWords)
	if then := r.Deadline.Then; then != nil {
		c.said("deadline.then.what", then.What)
		closed(c, "deadline.then.counted_from", Counteds(), then.Count)
		if _, _, ok := then.ISO.parts(); then.ISO != "" && !ok {
			c.add("deadline.then.iso", "edition.fault.span", string(then.ISO))
		}
		c.text("deadline.then.words", then.Words, mostWords)
	}
}

func (c *lawChecker) inForce(r Rule) {
	c.day("in_force_from", r.From)
	c.day("in_force_until", r.Until)
	c.day("not_before", r.NotBefore)
	if r.From != "" && r.Until != "" && r.Until < r.From {
		c.add("in_force_until", "edition.fault.ends", string(r.Until))
	}
	if r.NotBefore != "" && r.Standing != Enacted {
		c.add("not_before", "edition.fault.unknown", string(r.NotBefore))
	}
}

func (c *lawChecker) reading(r Rule) {
	if r.Verified && !r.Source.Seen {
		c.add("verified", "edition.fault.unread", "")
	}
	c.list("sources_more", len(r.More), false)
	for i, s := range append([]Source{r.Source}, r.More...) {
		at := "source"
		if i > 0 {
			at = "sources_more." + strconv.Itoa(i)
		}
		c.said(at+".title", s.Title)
		c.text(at+".citation", s.Citation, mostShort)
		c.text(at+".url", s.URL, mostWords)
		if s.URL != "" && !address.MatchString(s.URL) {
			c.add(at+".url", "edition.fault.address", s.URL)
		}
		closed(c, at+".quality", Qualities(), s.Quality)
		c.text(at+".date_seen_text", s.Date, mostShort)
	}
	c.list("field_sources", len(r.Fields), false)
	for _, field := range slices.Sorted(maps.Keys(r.Fields)) {
		n := r.Fields[field]
		c.text("field_sources", field, mostShort)
		if n < 0 || n > len(r.More) {
			c.add("field_sources", "edition.fault.number", strconv.Itoa(n))
		}
	}
	c.list("not_seen", len(r.NotSeen), false)
	for _, s := range r.NotSeen {
		c.said("not_seen", s)
	}
	c.text("conflicting_source", r.Conflict, mostWords)
	c.text("notes", r.Notes, mostWords)
}

// place refuses what is no place of the country.
func (c *lawChecker) place(field string, p Place) {
	if !place.MatchString(string(p)) || !p.within(c.law.Country) {
		c.add(field, "edition.fault.place", string(p))
	}
}

func (c *lawChecker) day(field string, d Day) {
	if d != "" && !d.valid() {
		c.add(field, "edition.fault.date", string(d))
	}
}

func (c *lawChecker) list(field string, n int, needed bool) {
	switch {
	case needed && n == 0:
		c.add(field, "edition.fault.empty", "")
	case n > mostOfList:
		c.add(field, "edition.fault.many", strconv.Itoa(n))
	}
}

// said refuses words that are missing.
func (c *lawChecker) said(field, s string) {
	if strings.TrimSpace(s) == "" {
		c.add(field, "edition.fault.empty", "")
	}
	c.text(field, s, mostShort)
}

// text refuses words that are too long, or no words.
func (c *lawChecker) text(field, s string, most int) {
	switch {
	case strings.ContainsFunc(s, unicode.IsControl):
		c.add(field, "edition.fault.encoding", "")
	case utf8.RuneCountInString(s) > most:
		c.add(field, "edition.fault.long", s)
	}
}

// closed refuses codes that are not in a list, and codes that stand there twice.
func closed[C ~string](c *lawChecker, field string, of []C, codes ...C) {
	for i, code := range codes {
		switch {
		case !slices.Contains(of, code):
			c.add(field, "edition.fault.unknown", string(code))
		case slices.Contains(codes[:i], code):
			c.add(field, "edition.fault.twice", string(code))
		}
	}
}

// open takes the line's own codes too, with x_ before them.
func open[C ~string](c *lawChecker, field string, of []C, codes ...C) {
	for i, code := range codes {
		switch {
		case !slices.Contains(of, code) && !ownCode.MatchString(string(code)):
			c.add(field, "edition.fault.own", string(code))
		case slices.Contains(codes[:i], code):
			c.add(field, "edition.fault.twice", string(code))
		}
	}
}

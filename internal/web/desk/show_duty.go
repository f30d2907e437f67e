package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/i18n"
)

// statutes keep the laws that desks ask as they were read: parsing them takes longer than
// asking.
type statutes struct {
	mu  sync.Mutex
	key string
	all policy.Duties
}

// read reads editions, once.
func (s *statutes) read(all []edition.Edition) (policy.Duties, error) {
	var key strings.Builder
	for _, e := range all {
		fmt.Fprintf(&key, "%s %d %s\n", e.Name, e.Number, e.ReviewedBy)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key == key.String() {
		return s.all, nil
	}
	d, err := policy.DutiesOf(all...)
	s.all, s.key = d, key.String()
	return d, err
}

// laws are the rules in force of all countries. One that cannot be read is said in the log
// once, and the others hold.
func (c *console) laws(ctx context.Context) (policy.Duties, error) {
	var all []edition.Edition
	if c.d.Editions == nil {
		return policy.Duties{}, nil
	}
	for _, k := range c.d.Editions.Names(policy.KindDuty) {
		e, err := c.d.Editions.Current(ctx, k)
		if errors.Is(err, edition.ErrMissing) {
			continue // withdrawn a moment ago
		}
		if err != nil {
			return policy.Duties{}, err
		}
		all = append(all, e)
	}
	d, err := c.d.statutes.read(all)
	if err != nil {
		c.d.Log.ErrorContext(ctx, "the law of a country is not asked, since its edition cannot be read", "err", err)
	}
	return d, nil
}

// ours is what the line is before the law; nothing where nobody has said it.
func (c *console) bound(ctx context.Context) (policy.Ours, error) {
	e, err := c.d.Editions.Current(ctx, policy.OursKey())
	if errors.Is(err, edition.ErrMissing) {
		return policy.Ours{}, nil
	}
	if err != nil {
		return policy.Ours{}, err
	}
	return policy.ParseOurs(e.Body)
}

// bench is what the law is asked with: the rules in force, what the line is, and the zone
// in which a place counts its days.
type bench struct {
	laws policy.Duties
	ours policy.Ours
	zone *time.Location
}

func (c *console) bench(ctx context.Context) (b bench, err error) {
	if b.laws, err = c.laws(ctx); err == nil {
		b.ours, err = c.bound(ctx)
	}
	b.zone = c.d.Classes.Zone(ctx)
	return b, err
}

// in is a moment in the zone of a place.
func (b bench) in(p policy.Place, ms int64) time.Time { return time.UnixMilli(ms).In(p.Zone(b.zone)) }

// recorded is what stands in a record, by the codes of its fields, and when the first thing
// was answered that tells of a harm.
func (c *console) recorded(ctx context.Context, s *shown) (all map[string]form.Value, learned int64, err error) {
	r := s.filed
	head, err := s.record.Head(ctx)
	if err != nil {
		return nil, 0, err
	}
	rows, err := c.d.Record.Fields(ctx, string(s.row.ID), s.record)
	if err != nil {
		return nil, 0, err
	}
	all = map[string]form.Value{}
	keeps := r.form.Kept(string(head.Privacy))
	for id, v := range known(s.row, r.form, head) {
		field, _ := r.form.Field(id)
		all[field.Code] = v
	}
	for _, row := range rows {
		field, ok := r.form.Field(row.Field)
		if v, err := form.ParseValue(plain(row.Value)); ok && err == nil && keeps(field) {
			all[field.Code] = v
			if slices.Contains(form.LawFields(), field.Code) && (learned == 0 || row.At < learned) {
				learned = row.At
			}
		}
	}
	return all, cmp.Or(learned, s.row.Began), nil
}

// shows is what a record tells a law: what its form shows.
func (r *record) shows(all map[string]form.Value) map[string]form.Value {
	v := map[string]form.Value{}
	for _, field := range r.form.Shown(all) {
		v[field.Code] = all[field.Code]
	}
	return v
}

// lawSaid is what somebody has said at this desk that only the law asks, and since when.
type lawSaid struct {
	PutLearned

	at int64
}

// told is it as a frame has it: with lists, also where nothing was said.
func (l lawSaid) told(contact string) PutLearned {
	p := l.PutLearned
	p.Contact = contact
	for _, list := range []*[]string{&p.Harms, &p.Conditions, &p.Excuses} {
		if *list == nil {
			*list = []string{}
		}
	}
	return p
}

// learned is what is known of a contact, but for where: by its record, and by what was
// said beside it. It counts from the first that told of a harm.
func (c *console) learned(ctx context.Context, s *shown, b bench) (v map[string]form.Value, l policy.Learned, err error) {
	all, at, err := c.recorded(ctx, s)
	if err != nil {
		return nil, l, err
	}
	p := s.law
	if p.at > 0 && p.at < at {
		at = p.at
	}
	v = s.filed.shows(all)
	l = form.Law(seenOf(s.row), v, time.UnixMilli(at))
	l.By = b.ours.Listener(c.me.Skills)
	for _, h := range p.Harms {
		if !slices.Contains(l.Harms, policy.Harm(h)) {
			l.Harms = append(l.Harms, policy.Harm(h))
		}
	}
	if p.Degree != "" {
		l.Degree = policy.Degree(p.Degree)
	} else if len(l.Harms) > 0 && l.Degree == "" {
		l.Degree = "suspects"
	}
	for _, x := range p.Conditions {
		if !slices.Contains(l.Conditions, policy.Condition(x)) {
			l.Conditions = append(l.Conditions, policy.Condition(x))
		}
	}
	for _, x := range p.Excuses {
		l.Excuses = append(l.Excuses, policy.Excuse(x))
	}
	return v, l, nil
}

// duty shows what the law may ask of what stands in a record, where that has changed. A
// line that has no rules in force shows none; what is wrong with them stops nobody.
func (c *console) duty(ctx context.Context, s *shown) {
	if c.d.Decisions == nil || s.filed == nil {
		return
	}
	f, err := c.dutyOf(ctx, s)
	if err != nil {
		if pass(err) != nil && ctx.Err() == nil {
			c.d.Log.ErrorContext(ctx, "what the law asks is not shown", "contact", s.row.ID, "err", err)
		}
		return
	}
	if len(f.Countries) > 0 && !reflect.DeepEqual(f, s.asks) {
		s.asks = f
		c.push(f)
	}
}

func (c *console) dutyOf(ctx context.Context, s *shown) (DutyFrame, error) {
	b, err := c.bench(ctx)
	if err != nil {
		return DutyFrame{}, err
	}
	v, l, err := c.learned(ctx, s, b)
	if err != nil {
		return DutyFrame{}, err
	}
	words := c.d.Page.words.For(c.lang)
	f := DutyFrame{
		Contact: string(s.row.ID), Said: s.law.Where != "", Countries: c.countries(words, b.laws), Learned: s.law.told(string(s.row.ID)),
		Harms: strs(policy.Harms()), Degrees: strs(policy.Degrees()), Conditions: strs(askable()), Excuses: strs(policy.Excuses()), Places: []DutyPlace{}, Record: []string{},
	}
	f.Degree, f.Record = string(l.Degree), strs(form.Law(seenOf(s.row), v, l.At).Harms)
	her := c.where(s, v, b.laws)
	f.Where, f.Unknown = string(her), her == "" && v["country"].Text != ""
	for _, p := range placesOf(her, b.ours.Place) {
		f.Places = append(f.Places, c.placeOf(words, b, p.of, p.at, l))
	}
	return f, nil
}

// askable are the conditions that somebody can say: to be on a shift is none, since who
// reads this is on one.
func askable() []policy.Condition {
	return slices.DeleteFunc(policy.Conditions(), func(c policy.Condition) bool { return c == policy.OnDuty || c == policy.OffDuty })
}

type placed struct {
	at policy.Place
	of string
}

// placesOf are the places whose rules are asked: hers first, then the line's.
func placesOf(her, line policy.Place) (out []placed) {
	switch {
	case her != "" && her == line:
		return []placed{{her, "both"}}
	case her != "":
		out = append(out, placed{her, "her"})
	}
	if line != "" {
		out = append(out, placed{line, "line"})
	}
	return out
}

// placeOf is what the rules of one place say.
func (c *console) placeOf(words *i18n.Language, b bench, of string, p policy.Place, l policy.Learned) DutyPlace {
	l.Place, l.At = p, b.in(p, l.At.UnixMilli())
	o := b.laws.Match(l)
	d := DutyPlace{Code: string(p), Name: placeName(words, p), Of: of, Rules: b.laws.Rules(p, l.At), Parts: choices(words, o.Finer), Childhood: o.Childhood, Entries: entriesOf(o)}
	if !o.First.IsZero() {
		d.First = o.First.UnixMilli()
	}
	return d
}

// where is where she is: as somebody has said here, or as the record names its country.
func (c *console) where(s *shown, v map[string]form.Value, laws policy.Duties) policy.Place {
	if s.law.Where != "" {
		return policy.Place(s.law.Where)
	}
	return c.countryOf(v["country"].Text, laws)
}

// countryOf finds a country by its code or its name, in any language of the desk.
func (c *console) countryOf(text string, laws policy.Duties) policy.Place {
	told := strings.Join(routing.Folded(text), " ")
	if told == "" {
		return ""
	}
	for _, p := range laws.Countries() {
		if strings.EqualFold(strings.TrimSpace(text), string(p)) {
			return p
		}
		for _, tag := range c.d.Page.words.Tags() {
			if strings.Join(routing.Folded(placeName(c.d.Page.words.For(tag), p)), " ") == told {
				return p
			}
		}
	}
	return ""
}

// countries are those of which the line has rules, by name.
func (c *console) countries(words *i18n.Language, laws policy.Duties) []Choice {
	out := choices(words, laws.Countries())
	slices.SortFunc(out, func(a, b Choice) int { return cmp.Compare(a.Label, b.Label) })
	return out
}

func choices(words *i18n.Language, all []policy.Place) []Choice {
	out := []Choice{}
	for _, p := range all {
		out = append(out, Choice{string(p), placeName(words, p)})
	}
	return out
}

func placeName(words *i18n.Language, p policy.Place) string {
	if key := "admin.name.duty." + string(p); words.Has(key) {
		return words.T(key)
	}
	return string(p)
}

// strs are codes as a frame has them.
func strs[C ~string](all []C) []string {
	out := []string{}
	for _, c := range all {
		out = append(out, string(c))
	}
	return out
}

// entriesOf are the rules of an outcome, what may be due first.
func entriesOf(o policy.Outcome) []DutyEntry {
	out := []DutyEntry{}
	for _, list := range []struct {
		name string
		all  []policy.Entry
	}{
		{"due", o.Due},
		{"unclear", o.Unclear},
		{"counsel", o.Counsel},
		{"check", o.Check},
		{"warnings", o.Warnings},
		{"may", o.May},
		{"limits", o.Limits},
		{"anonymity", o.Anonymity},
		{"lifted", o.Lifted},
	} {
		for _, e := range list.all {
			out = append(out, entryOf(list.name, e))
		}
	}
	return out
}

// entryOf is a rule as the desk shows it. One of which nobody has read enough says that it
// is there and where it was seen, and nothing else.
func entryOf(list string, e policy.Entry) DutyEntry {
	r := e.Rule
	if list == "check" {
		r = policy.Rule{ID: r.ID, Kind: r.Kind, Source: r.Source, NotSeen: r.NotSeen}
		e = policy.Entry{Under: e.Under}
	}
	d := DutyEntry{
		List: list, Rule: r.ID, Kind: string(r.Kind), Country: string(e.Under.Country), Number: e.Under.Number, Reviewed: e.Under.Reviewed, To: strs(r.To),
		Soon: string(r.Deadline.First.Class), SoonIn: r.Deadline.First.Words, Urgent: e.Urgent, Latest: ms(e.Latest), Ours: ms(e.Line), ThenBy: ms(e.Then),
		What: r.What.Words, Who: cmp.Or(r.Who.Words, r.Who.Staff), Whom: r.Whom.Words, Form: string(r.Form), Without: []string{}, Consent: r.ConsentIs, Penalty: r.Penalty,
		Conflict: r.Conflict, Notes: r.Notes, Source: r.Source.Title, Quality: string(r.Source.Quality), NotSeen: strs(r.NotSeen), Why: []DutyWhy{}, Lifts: strs(e.Excuse),
	}
	if r.Deadline.Then != nil {
		d.Then = cmp.Or(r.Deadline.Then.Words, r.Deadline.Then.What)
	}
	if r.Source.Citation != "" {
		d.Source += ", " + r.Source.Citation
	}
	for _, w := range r.Withhold {
		d.Without = append(d.Without, strings.TrimSpace(w.What+" "+w.When))
	}
	for _, w := range e.Why {
		if w.Why == policy.WhyPlace || w.Why == policy.WhyDay {
			continue
		}
		if w.Why == policy.WhyUnder || w.Why == policy.WhyFrom {
			w.Is = "" // her age stands in the record, for whom it is open to
		}
		d.Why = append(d.Why, DutyWhy{string(w.Why), w.Is, w.Asks})
	}
	return d
}

func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

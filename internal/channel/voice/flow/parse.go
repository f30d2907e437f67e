package flow

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// Limits of a flow. Whoever calls hears few words.
const (
	MaxSteps    = 40
	MaxKeys     = 12
	MaxBranches = 8
	MaxTimes    = 3
	MaxWords    = 600 // characters of a step
	MaxExpect   = 280 // of what to expect: 20 seconds, read slowly
	MaxTongues  = 12
)

// Check is the check of the edition kind "flow".
func Check(body string) error { _, err := Parse(body); return err }

// Parse reads a flow. What is wrong with it comes as [edition.Faults]: the row is the
// step as the administrator counts it, or 0 for the whole; Field is the part of it that
// is meant, such as "keys.2.to". A flow without faults keeps what the package promises:
// no step is there that no way leads to, each way into the queue goes over what to
// expect, and while the line is open silence ends in the queue.
func Parse(body string) (Flow, error) {
	var fs edition.Faults
	var whole struct {
		Steps []json.RawMessage `json:"steps"`
	}
	if !fs.Read(body, &whole) {
		return Flow{}, fs
	}
	steps, ok := edition.Rows[Step](&fs, "steps", whole.Steps, MaxSteps)
	if !ok {
		return Flow{}, fs
	}
	f := Flow{Steps: steps}
	for i, s := range f.Steps {
		c := checker{fs: &fs, f: f, row: i + 1}
		c.step(s)
	}
	f.parts(&fs)
	if len(fs) == 0 {
		f.ways(&fs)
	}
	if len(fs) == 0 {
		f.quiet(&fs)
	}
	if err := fs.Err(); err != nil {
		return Flow{}, err
	}
	return f, nil
}

// Body is a flow as an edition keeps it.
func (f Flow) Body() string {
	b, _ := json.Marshal(f) // nothing in it cannot be
	return string(b)
}

var word = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// parts checks what a flow must have once.
func (f Flow) parts(fs *edition.Faults) {
	for _, kind := range []string{Languages, Digits, Danger, Queue} {
		n := 0
		for i, s := range f.Steps {
			if s.Kind != kind {
				continue
			}
			if n++; n == 2 {
				fs.Add(i+1, "kind", "edition.fault.twice", kind)
			}
		}
		if n == 0 && (kind == Danger || kind == Queue) {
			fs.Add(0, "steps", "edition.fault.flow.without", kind)
		}
	}
	if i := f.first(Queue); i >= 0 {
		below := slices.ContainsFunc(f.Steps[i:], func(s Step) bool { return s.Kind == Pass })
		if f.Steps[i].After > 0 && !below {
			fs.Add(i+1, "after", "edition.fault.flow.without", Pass)
		}
		for j, p := range f.Steps[i].Keys {
			at := "keys." + strconv.Itoa(j+1) + ".does"
			switch {
			case p.Does == Other && !below:
				fs.Add(i+1, at, "edition.fault.flow.without", Pass)
			case p.Does == CallMe && f.first(Recall) < 0:
				fs.Add(i+1, at, "edition.fault.flow.without", Recall)
			}
		}
	}
	if last := f.Steps[len(f.Steps)-1]; last.Kind != End || len(last.When) > 0 {
		fs.Add(len(f.Steps), "kind", "edition.fault.flow.end", last.Kind)
	}
}

// A checker looks at one step.
type checker struct {
	fs  *edition.Faults
	f   Flow
	row int
}

func (c *checker) add(field, key, given string) { c.fs.Add(c.row, field, key, given) }

func (c *checker) step(s Step) {
	above := c.f.Steps[:c.row-1]
	switch {
	case !word.MatchString(s.ID):
		c.add("id", "edition.fault.word", s.ID)
	case slices.ContainsFunc(above, func(o Step) bool { return o.ID == s.ID }):
		c.add("id", "edition.fault.twice", s.ID)
	}
	if !slices.Contains(Kinds(), s.Kind) {
		c.add("kind", "edition.fault.unknown", s.Kind)
		return
	}
	c.words(s)
	c.conds("when", s.When, above)
	c.kind(s)
	c.keys(s)
	if len(s.Go) > MaxBranches {
		c.add("go", "edition.fault.many", strconv.Itoa(len(s.Go)))
		return
	}
	for i, b := range s.Go {
		at := "go." + strconv.Itoa(i+1)
		c.conds(at+".when", b.When, c.f.Steps[:c.row])
		c.to(at+".to", b.To)
	}
}

func (c *checker) words(s Step) {
	if len(s.Words) == 0 {
		c.add("words", "edition.fault.empty", "")
	}
	if len(s.Words) > MaxTongues {
		c.add("words", "edition.fault.many", strconv.Itoa(len(s.Words)))
	}
	most := MaxWords
	if s.Kind == Expect {
		most = MaxExpect
	}
	for lang, text := range s.Words {
		at := "words." + lang
		if !tongue.MatchString(lang) {
			c.add(at, "edition.fault.language", lang)
		}
		switch {
		case strings.TrimSpace(text) == "":
			c.add(at, "edition.fault.empty", "")
		case utf8.RuneCountInString(text) > most:
			c.add(at, "edition.fault.long", "")
		case strings.ContainsFunc(text, unicode.IsControl):
			c.add(at, "edition.fault.encoding", "")
		}
	}
}

// kind checks what a step of its kind must have, may have and has no use for.
func (c *checker) kind(s Step) {
	for _, part := range []struct {
		name  string
		there bool
		kinds []string
	}{
		{"keys", len(s.Keys) > 0, []string{Languages, Menu, Queue, Pass, Recall}},
		{"times", s.Times != 0, []string{Languages, Menu, Ask, Digits, Pass, Recall}},
		{"opens", s.Opens, []string{Say}},
		{"every", s.Every != 0, []string{Queue}},
		{"after", s.After != 0, []string{Queue}},
		{"dial", s.Dial != "", []string{Pass}},
	} {
		if part.there && !slices.Contains(part.kinds, s.Kind) {
			c.add(part.name, "edition.fault.not_here", "")
		}
	}
	if len(s.Keys) == 0 && slices.Contains([]string{Languages, Menu, Pass, Recall}, s.Kind) {
		c.add("keys", "edition.fault.empty", "")
	}
	if s.Kind == Pass && !dialled.MatchString(s.Dial) {
		c.add("dial", "edition.fault.phone", s.Dial)
	}
	if s.Kind == End && len(s.Go) > 0 {
		c.add("go", "edition.fault.not_here", "")
	}
	if s.Kind == Danger && len(s.When) > 0 {
		c.add("when", "edition.fault.not_here", "")
	}
	for _, n := range []struct {
		name           string
		is, least, top int
	}{{"times", s.Times, 1, MaxTimes}, {"every", s.Every, 20, 600}, {"after", s.After, 1, 120}} {
		if n.is != 0 && (n.is < n.least || n.is > n.top) {
			c.add(n.name, "edition.fault.number", strconv.Itoa(n.is))
		}
	}
}

// keys checks what can be pressed on a step. 9, * and # mean the same everywhere.
func (c *checker) keys(s Step) {
	if len(s.Keys) > MaxKeys {
		c.add("keys", "edition.fault.many", strconv.Itoa(len(s.Keys)))
		return
	}
	acts := s.Kind == Queue || s.Kind == Pass || s.Kind == Recall // its keys do something, and lead nowhere else
	for i, p := range s.Keys {
		at := "keys." + strconv.Itoa(i+1)
		switch {
		case len(p.Key) != 1 || p.Key[0] < '0' || p.Key[0] > '9':
			c.add(at+".key", "edition.fault.flow.key", p.Key)
		case p.Key[0] == KeyDanger:
			c.add(at+".key", "edition.fault.flow.nine", p.Key)
		case slices.ContainsFunc(s.Keys[:i], func(o Press) bool { return o.Key == p.Key }):
			c.add(at+".key", "edition.fault.twice", p.Key)
		}
		switch {
		case s.Kind == Languages && !tongue.MatchString(p.Lang):
			c.add(at+".lang", "edition.fault.language", p.Lang)
		case s.Kind == Languages && s.Words[p.Lang] == "":
			c.add("words", "edition.fault.flow.tongue", p.Lang)
		case s.Kind != Languages && p.Lang != "":
			c.add(at+".lang", "edition.fault.not_here", "")
		}
		deeds := Deeds(s.Kind)
		switch {
		case p.Does != "" && !slices.Contains(deeds, p.Does):
			c.add(at+".does", "edition.fault.unknown", p.Does)
		case p.Does == "" && acts:
			c.add(at+".does", "edition.fault.empty", "")
		}
		switch {
		case p.To == "":
		case acts:
			c.add(at+".to", "edition.fault.not_here", "")
		default:
			c.to(at+".to", p.To)
		}
	}
}

// to checks where a way goes on: further down, so that it ends, and not to what only
// the danger key leads to.
func (c *checker) to(at, id string) {
	switch i := c.f.index(id); {
	case i < 0 || c.f.Steps[i].Kind == Danger:
		c.add(at, "edition.fault.unknown", id)
	case i < c.row:
		c.add(at, "edition.fault.back", id)
	}
}

// conds checks conditions, which may ask about the call and those steps.
func (c *checker) conds(at string, all []form.Cond, steps []Step) {
	if len(all) > form.MaxConds {
		c.add(at, "edition.fault.many", strconv.Itoa(len(all)))
		return
	}
	for i, w := range all {
		at := at + "." + strconv.Itoa(i+1)
		has, fault := asked(w.Field, steps)
		w.Check(c.add, at, has)
		if fault != "" {
			c.add(at+".field", fault, strings.TrimPrefix(w.Field, OfStep))
		}
	}
}

// asked finds what a condition asks about: which values it can have, or the fault.
func asked(field string, steps []Step) (has func(string) bool, fault string) {
	switch field {
	case OfOpen, OfFull, OfDanger, OfSilent:
		return yesNo, ""
	case OfLang:
		return tongue.MatchString, ""
	case OfCampaign:
		return campaign.MatchString, ""
	}
	id, ok := strings.CutPrefix(field, OfStep)
	if !ok {
		return nil, "edition.fault.no_field"
	}
	i := slices.IndexFunc(steps, func(s Step) bool { return s.ID == id })
	if i < 0 {
		return nil, "edition.fault.above"
	}
	switch s := steps[i]; s.Kind {
	case Ask:
		return yesNo, ""
	case Languages, Menu:
		return func(v string) bool { return slices.ContainsFunc(s.Keys, func(p Press) bool { return p.Key == v }) }, ""
	}
	return nil, "edition.fault.above"
}

func yesNo(v string) bool { return v == "yes" || v == "no" }

// one checks one of some words.
func one(add func(field, key, given string), field, is string, of []string) {
	if is == "" {
		add(field, "edition.fault.empty", "")
	} else if !slices.Contains(of, is) {
		add(field, "edition.fault.unknown", is)
	}
}

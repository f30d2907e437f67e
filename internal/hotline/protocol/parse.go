package protocol

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
)

// Limits of a protocol. Whoever follows one at night reads few steps.
const (
	MaxSteps    = 40
	MaxFits     = 12 // rows
	MaxOptions  = 12
	MaxBranches = 8
	MaxMinutes  = 24 * 60
)

// Check is the check of the edition kind "protocol". It knows the fields that we
// ship; of a line's own, which begin with x_, it takes every one.
func Check(body string) error { _, err := Parse(body, Ours()); return err }

// Parse reads a protocol. What is wrong with it comes as [edition.Faults]: the row is
// the step as the administrator counts it, or 0 for the whole; Field is the part of it
// that is meant, such as "go.2.to". A protocol without faults has no step that no way
// leads to, and no way that does not end.
func Parse(body string, fields Fields) (Protocol, error) {
	var fs edition.Faults
	var whole struct {
		Words   map[string]form.Words `json:"words"`
		Urgency hotline.Urgency       `json:"urgency"`
		Fits    [][]form.Cond         `json:"fits"`
		Steps   []json.RawMessage     `json:"steps"`
	}
	if !fs.Read(body, &whole) {
		return Protocol{}, fs
	}
	steps, ok := edition.Rows[Step](&fs, "steps", whole.Steps, MaxSteps)
	if !ok {
		return Protocol{}, fs
	}
	p := Protocol{Words: whole.Words, Urgency: whole.Urgency, Fits: whole.Fits, Steps: steps}
	(&checker{fs: &fs, fields: fields, p: p}).whole()
	for i := range p.Steps {
		(&checker{fs: &fs, fields: fields, p: p, row: i + 1}).step(p.Steps[i])
	}
	if len(fs) == 0 {
		p.unreached(&fs, fields)
	}
	if err := fs.Err(); err != nil {
		return Protocol{}, err
	}
	return p, nil
}

// Body is a protocol as an edition keeps it.
func (p Protocol) Body() string {
	b, _ := json.Marshal(p) // nothing in it cannot be
	return string(b)
}

var word = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// A checker looks at one step, or at the whole.
type checker struct {
	fs     *edition.Faults
	fields Fields
	p      Protocol
	row    int // of the step; 0 for the whole
}

func (c *checker) add(field, key, given string) { c.fs.Add(c.row, field, key, given) }

func (c *checker) whole() {
	form.CheckWords(c.add, "words", c.p.Words)
	if c.p.Urgency < 0 || c.p.Urgency > 9 {
		c.add("urgency", "edition.fault.number", strconv.Itoa(int(c.p.Urgency)))
	}
	if len(c.p.Fits) > MaxFits {
		c.add("fits", "edition.fault.many", strconv.Itoa(len(c.p.Fits)))
		return
	}
	for i, row := range c.p.Fits {
		if at := "fits." + strconv.Itoa(i+1); len(row) == 0 {
			c.add(at, "edition.fault.empty", "")
		} else {
			c.conds(at, row, nil)
		}
	}
}

func (c *checker) step(s Step) {
	above := c.p.Steps[:c.row-1]
	switch {
	case !word.MatchString(s.ID) || s.ID == End:
		c.add("id", "edition.fault.word", s.ID)
	case slices.ContainsFunc(above, func(o Step) bool { return o.ID == s.ID }):
		c.add("id", "edition.fault.twice", s.ID)
	}
	if !slices.Contains(Kinds(), s.Kind) {
		c.add("kind", "edition.fault.unknown", s.Kind)
		return
	}
	form.CheckWords(c.add, "words", s.Words)
	c.conds("when", s.When, above)
	c.parts(s)
	c.branches(s)
}

// parts checks what a step of its kind must have, may have and has no use for.
func (c *checker) parts(s Step) {
	for _, part := range []struct {
		name        string
		there       bool
		must, might string // kinds
	}{
		{"phrase", s.Phrase != "", Say, Ask},
		{"field", s.Field != "", "", Ask},
		{"options", len(s.Options) > 0, "", Ask},
		{"act", s.Act != "", "", Do},
		{"minutes", s.Minutes != 0, Wait, ""},
		{"rings", s.Rings != "", Wait, ""},
		{"sign", s.Sign != "", SignOff, Do},
	} {
		switch {
		case s.Kind == part.must && !part.there:
			c.add(part.name, "edition.fault.empty", "")
		case part.there && s.Kind != part.must && s.Kind != part.might:
			c.add(part.name, "edition.fault.not_here", "")
		}
	}
	if s.Phrase != "" && !interpret.IsCode(s.Phrase) {
		c.add("phrase", "edition.fault.word", s.Phrase)
	}
	if s.Act != "" && !slices.Contains(Acts(), s.Act) {
		c.add("act", "edition.fault.unknown", s.Act)
	}
	if s.Minutes < 0 || s.Minutes > MaxMinutes {
		c.add("minutes", "edition.fault.number", strconv.Itoa(s.Minutes))
	}
	if s.Rings != "" && s.Rings != hotline.Advocate && s.Rings != hotline.Supervisor {
		c.add("rings", "edition.fault.unknown", string(s.Rings))
	}
	if s.Sign != "" && !slices.Contains(Signers(), s.Sign) {
		c.add("sign", "edition.fault.unknown", string(s.Sign))
	}
	if s.Field != "" {
		if len(s.Options) > 0 {
			c.add("options", "edition.fault.not_here", "")
		}
		if _, ok := c.fields.find(s.Field); !ok {
			c.add("field", "edition.fault.no_field", s.Field)
		}
	}
	c.options(s)
}

func (c *checker) options(s Step) {
	if len(s.Options) > MaxOptions {
		c.add("options", "edition.fault.many", strconv.Itoa(len(s.Options)))
		return
	}
	for i, o := range s.Options {
		at := "options." + strconv.Itoa(i+1)
		if !word.MatchString(o.Code) {
			c.add(at+".code", "edition.fault.word", o.Code)
		}
		if slices.Contains(form.States(), o.Code) || slices.ContainsFunc(s.Options[:i], func(p Option) bool { return p.Code == o.Code }) {
			c.add(at+".code", "edition.fault.twice", o.Code)
		}
		form.CheckWords(c.add, at+".words", o.Words)
	}
}

// branches checks where the way may go on: further down, so that it ends.
func (c *checker) branches(s Step) {
	if len(s.Go) > MaxBranches {
		c.add("go", "edition.fault.many", strconv.Itoa(len(s.Go)))
		return
	}
	for i, b := range s.Go {
		at := "go." + strconv.Itoa(i+1)
		c.conds(at+".when", b.When, c.p.Steps[:c.row])
		switch to := c.p.index(b.To); {
		case b.To == End:
		case to < 0:
			c.add(at+".to", "edition.fault.unknown", b.To)
		case to < c.row:
			c.add(at+".to", "edition.fault.back", b.To)
		}
	}
}

// conds checks conditions, which may ask about the contact, the record and those steps.
func (c *checker) conds(at string, all []form.Cond, steps []Step) {
	if len(all) > form.MaxConds {
		c.add(at, "edition.fault.many", strconv.Itoa(len(all)))
		return
	}
	for i, w := range all {
		at := at + "." + strconv.Itoa(i+1)
		f, fault := c.fields.asked(w.Field, steps)
		if fault != "" {
			w.Check(c.add, at, nil)
			c.add(at+".field", fault, strings.TrimPrefix(w.Field, OfStep))
			continue
		}
		w.Check(c.add, at, func(code string) bool { return c.fields.has(f, code) })
	}
}

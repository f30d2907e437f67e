package form

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// Limits of a form.
const (
	MaxFields  = 120
	MaxOptions = 60
	MaxConds   = 8
	MaxLabel   = 80  // letters
	MaxHelp    = 240 // letters
	maxTongues = 40  // languages of one form
)

// Own begins the codes of a line's own fields and options.
const Own = "x_"

// Check is the check of the edition kind "form".
func Check(body string) error { _, err := Parse(body); return err }

// Parse reads a form. What is wrong with it comes as [edition.Faults]: the row is the
// field as the administrator counts it, Field the part of it that is meant, such as
// "options.2.code". Reading takes some milliseconds: who saves fields keeps what was
// read, by the edition's number.
func Parse(body string) (Form, error) {
	var fs edition.Faults
	var rows struct {
		Fields []json.RawMessage `json:"fields"`
	}
	if !fs.Read(body, &rows) {
		return Form{}, fs
	}
	if len(rows.Fields) > MaxFields {
		fs.Add(0, "fields", "edition.fault.many", strconv.Itoa(len(rows.Fields)))
		return Form{}, fs
	}
	f, tables := Form{Fields: make([]Field, len(rows.Fields))}, newTables()
	for i, row := range rows.Fields {
		if err := edition.Strict(row, &f.Fields[i]); err != nil {
			fs.Unread(i+1, err)
			continue
		}
		(&checker{tables: tables, fs: &fs, row: i + 1, f: f.Fields[i], above: f.Fields[:i]}).field()
	}
	for _, code := range []string{SafeNow, Type} {
		if !slices.ContainsFunc(f.Fields, func(f Field) bool { return f.Code == code }) {
			fs.Add(0, "fields", "edition.fault.lacks", code)
		}
	}
	if err := fs.Err(); err != nil {
		return Form{}, err
	}
	return f, nil
}

// Body is a form as an edition keeps it.
func (f Form) Body() string {
	b, _ := json.Marshal(f) // nothing in it cannot be
	return string(b)
}

// tables are what a form is checked against, read once for all its fields.
type tables struct {
	ours      map[string]map[string]bool // the options of the fields that we ship
	facts     map[string][]string
	standards map[string]standard
}

func newTables() tables {
	t := tables{ours: map[string]map[string]bool{}, facts: FactCodes(), standards: standards()}
	for _, s := range bank() {
		t.ours[s.code] = map[string]bool{}
		for _, o := range s.choices() {
			t.ours[s.code][o.Code] = true
		}
	}
	return t
}

// A checker looks at one field.
type checker struct {
	tables

	fs    *edition.Faults
	row   int
	f     Field
	above []Field
}

func (c *checker) add(field, key, given string) { c.fs.Add(c.row, field, key, given) }

func (c *checker) field() {
	switch {
	case !hotline.IsID(c.f.ID):
		c.add("id", "edition.fault.word", c.f.ID)
	case slices.ContainsFunc(c.above, func(o Field) bool { return o.ID == c.f.ID }):
		c.add("id", "edition.fault.twice", c.f.ID)
	}
	c.code("code", c.f.Code, c.ours[c.f.Code] != nil)
	if slices.ContainsFunc(c.above, func(o Field) bool { return o.Code == c.f.Code }) {
		c.add("code", "edition.fault.twice", c.f.Code)
	}
	c.oneOf("block", c.f.Block, Blocks())
	c.oneOf("kind", c.f.Kind, Kinds())
	CheckWords(c.add, "words", c.f.Words)
	c.options()
	if len(c.f.When) > MaxConds {
		c.add("when", "edition.fault.many", strconv.Itoa(len(c.f.When)))
	}
	for i, w := range c.f.When {
		c.cond("when."+strconv.Itoa(i+1), w)
	}
	c.weight()
}

// weight checks how heavy the field is: who must answer, who may see, what is counted.
func (c *checker) weight() {
	first := c.f.Code == SafeNow || c.f.Code == Type
	if c.f.Class < 0 || c.f.Class > 3 || first && c.f.Class > 1 {
		c.add("class", "edition.fault.form_class", strconv.Itoa(c.f.Class))
	}
	if c.f.Required != first || first && len(c.f.When) > 0 {
		c.add("required", "edition.fault.required", c.f.Code)
	}
	if first && c.f.Kind != One {
		c.add("kind", "edition.fault.unknown", c.f.Kind)
	}
	if c.f.Fact == "" {
		return
	}
	values, ok := c.facts[c.f.Fact]
	switch {
	case !ok:
		c.add("fact", "edition.fault.unknown", c.f.Fact)
	case c.f.Class > 1:
		c.add("fact", "edition.fault.counted", c.f.Fact)
	case c.f.Fact == FactLanguage && c.f.Code == FactLanguage && c.f.Kind == Text:
	case !c.f.Chosen():
		c.add("fact", "edition.fault.counted", c.f.Kind)
	default:
		for i, o := range c.f.Options {
			if !slices.Contains(values, o.Code) && !strings.HasPrefix(o.Code, Own) {
				c.add("options."+strconv.Itoa(i+1)+".code", "edition.fault.own", o.Code)
			}
		}
	}
}

var word = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// code checks a word of ours, or one of the line's own.
func (c *checker) code(field, code string, ours bool) {
	switch {
	case !word.MatchString(code):
		c.add(field, "edition.fault.word", code)
	case !ours && !strings.HasPrefix(code, Own):
		c.add(field, "edition.fault.own", code)
	}
}

func (c *checker) oneOf(field, got string, of []string) {
	if !slices.Contains(of, got) {
		c.add(field, "edition.fault.unknown", got)
	}
}

func (c *checker) options() {
	if c.f.Chosen() == (len(c.f.Options) == 0) {
		c.add("options", "edition.fault.options", c.f.Kind)
	}
	if len(c.f.Options) > MaxOptions {
		c.add("options", "edition.fault.many", strconv.Itoa(len(c.f.Options)))
		return
	}
	ours := c.ours[c.f.Code]
	for i, o := range c.f.Options {
		at := "options." + strconv.Itoa(i+1)
		c.code(at+".code", o.Code, ours == nil || ours[o.Code])
		if slices.Contains(States(), o.Code) || slices.ContainsFunc(c.f.Options[:i], func(p Option) bool { return p.Code == o.Code }) {
			c.add(at+".code", "edition.fault.twice", o.Code)
		}
		if o.HTCDS != "" && !c.inHTCDS(o.HTCDS) {
			c.add(at+".htcds", "edition.fault.unknown", o.HTCDS)
		}
		CheckWords(c.add, at+".words", o.Words)
	}
}

// inHTCDS reports whether "field:code" stands in the table.
func (c *checker) inHTCDS(s string) bool {
	field, code, _ := strings.Cut(s, ":")
	return slices.Contains(c.standards[field].Codes, code)
}

func (c *checker) cond(at string, w Cond) {
	i := slices.IndexFunc(c.above, func(o Field) bool { return o.Code == w.Field })
	if i < 0 || !c.above[i].Chosen() {
		w.Check(c.add, at, nil)
		c.add(at+".field", "edition.fault.above", w.Field)
		return
	}
	w.Check(c.add, at, c.above[i].Has)
}

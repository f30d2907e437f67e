package admin

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/i18n"
)

// fieldView is the form about one field of a form.
type fieldView struct {
	editionOf
	Version int64
	At      string // this page
	N       int    // which field it is; 0 is a new one
	Is      form.Field
	Fixed   bool
	Spoken  []ofLanguage
	Above   []form.Field // those that conditions can ask about
	HTCDS   []string
}

func (*fieldView) name() string { return "formfield" }

// at reads which field a page is about; 0 is a new one.
func (b build) at(v *visit) (int, error) {
	if v.r.PathValue("n") == "new" {
		return 0, nil
	}
	n, err := strconv.Atoi(v.r.PathValue("n"))
	if err != nil || n < 1 || n > len(b.form.Fields) {
		return 0, ErrPage
	}
	return n, nil
}

// field is the one with a number, or a new one.
func (b build) field(n int) form.Field {
	if n == 0 {
		return form.Field{Block: form.Situation, Kind: form.One, Class: 1, Words: map[string]form.Words{}}
	}
	return b.form.Fields[n-1]
}

func (a *Admin) fieldForm(v *visit) error {
	b, err := a.building(v)
	if err != nil {
		return err
	}
	n, err := b.at(v)
	if err != nil {
		return err
	}
	if n > 0 {
		v.faults = append(v.faults, a.fieldFaults(v.l, b.form, n)...)
	}
	return a.askField(v, b, n, b.field(n))
}

func (a *Admin) askField(v *visit, b build, n int, f form.Field) error {
	of, err := a.common(v, a.shapeOf(form.Kind), b.key)
	if err != nil {
		return err
	}
	tongues, err := a.spokenIn(v.r.Context(), b.form)
	if err != nil {
		return err
	}
	view := &fieldView{editionOf: of, Version: b.version, N: n, Is: f, Fixed: n > 0 && fixedField(b.form.Fields[n-1]), Spoken: tongues, HTCDS: form.HTCDSCodes()}
	view.At = "/forms/" + b.key.Name + "/field/" + cmp.Or(above(n), "new")
	view.Heading = v.l.T("admin.formfield.title.new")
	if n > 0 {
		view.Heading = v.l.T("admin.formfield.title.of", "label", form.In(b.form.Fields[n-1].Words, v.l.Tag(), i18n.Fallback).Label)
	}
	for i, o := range b.form.Fields {
		if (n == 0 || i < n-1) && o.Chosen() {
			view.Above = append(view.Above, o)
		}
	}
	status := v.status()
	if v.r.Method == "GET" {
		status = 200
	}
	return a.show(v, status, view)
}

// fieldFaults says what is wrong with one field, at the places of its form.
func (a *Admin) fieldFaults(l *i18n.Language, of form.Form, n int) (fs faults) {
	for _, w := range wrongForm(of) {
		if w.Row != n {
			continue
		}
		fs.add(placeOf(w), "admin.fault.whole", "fault", a.faultInWords(l, w))
	}
	return fs
}

// placeOf is the field of the page at which a fault is told.
func placeOf(w edition.Fault) string {
	parts := strings.Split(w.Field, ".")
	switch {
	case parts[0] == "words" && len(parts) < 3, parts[0] == "":
		return ""
	case parts[0] == "options" && len(parts) == 1:
		return "kind"
	case parts[0] == "options" && len(parts) > 2 && parts[2] == "words" && len(parts) < 5:
		return "options." + parts[1]
	case parts[0] == "when" && len(parts) > 1:
		return "when." + parts[1]
	case parts[0] == "required" || parts[0] == "id":
		return ""
	}
	return w.Field
}

// fieldSave keeps the field in the draft; or it gives the form back with an option or
// a condition more, or in another place.
func (a *Admin) fieldSave(v *visit) error {
	b, err := a.building(v)
	if err != nil {
		return err
	}
	n, err := b.at(v)
	if err != nil {
		return err
	}
	tongues, err := a.spokenIn(v.r.Context(), b.form)
	if err != nil {
		return err
	}
	var langs []string
	for _, t := range tongues {
		langs = append(langs, t.Tag)
	}
	read := b.version
	b.version, _ = strconv.ParseInt(digits(v.get("version")), 10, 64)
	f, edited := readField(v.form, b.field(n), langs)
	if edited {
		return a.askField(v, b, n, f)
	}
	f = coded(f, b.form)
	fields := slices.Clone(b.form.Fields)
	row := n
	if n == 0 {
		row = belongs(fields, f) + 1
		fields = slices.Insert(fields, row-1, f)
	} else {
		fields[n-1] = f
	}
	asked := b
	b.form.Fields = fields
	if v.faults = append(v.faults, a.fieldFaults(v.l, b.form, row)...); len(v.faults) > 0 {
		return a.askField(v, asked, n, f)
	}
	gone, err := a.keep(v, b)
	if err != nil {
		return err
	}
	if gone {
		asked.version = read // saving again overwrites what she is told of here
		return a.askField(v, asked, n, f)
	}
	return v.to(fmt.Sprintf("/forms/%s?done=field#row-%d", b.key.Name, row))
}

// belongs is where a new field goes: behind the last of its block, and behind all that
// its conditions ask about.
func belongs(fields []form.Field, f form.Field) int {
	at := 0
	for i, o := range fields {
		asked := slices.ContainsFunc(f.When, func(c form.Cond) bool { return c.Field == o.Code })
		if o.Block == f.Block || asked || fixedField(o) {
			at = i + 1
		}
	}
	if at == 0 {
		return len(fields)
	}
	return at
}

// A wording is a label or a help in one language.
type wording struct {
	Of    ofLanguage
	Label field
	Help  field
}

// Wordings are the fields of the wording in every language, side by side.
func (f *fieldView) Wordings() (out []wording) {
	for _, of := range f.Spoken {
		w := wording{Of: of, Label: f.worded("words", of, "label", f.Is.Words[of.Tag].Label, form.MaxLabel), Help: f.worded("words", of, "help", f.Is.Words[of.Tag].Help, form.MaxHelp).May()}
		out = append(out, w)
	}
	return out
}

func (f *fieldView) worded(at string, of ofLanguage, what, value string, most int) field {
	q := f.FieldAs(at+"."+of.Tag+"."+what, "form.words."+what, value).In(of.Tag).Most(most)
	q.Label = f.T("admin.form.worded."+what, "language", of.Own)
	return q
}

// Select is a question with one answer from a list of words.
func (f *fieldView) Select(name, keys, on string, values []string, none bool) group {
	var all []choice
	if none {
		all = append(all, choice{Label: f.T("admin.choice.nothing"), On: on == ""})
	}
	if on != "" && !slices.Contains(values, on) {
		values = append(slices.Clone(values), on)
	}
	for _, v := range values {
		all = append(all, choice{Value: v, Label: wordOr(f.Language, keys, v), On: v == on})
	}
	return f.GroupAs(name, "form."+name, false, all)
}

// Block, Kind, Class and Fact are the choices about the whole field.
func (f *fieldView) Block() group {
	return f.Select("block", "admin.form.block.", f.Is.Block, form.Blocks(), false)
}

// Kind is how it is answered.
func (f *fieldView) Kind() group {
	return f.Select("kind", "admin.form.kind.", f.Is.Kind, form.Kinds(), false)
}

// Class is what happens if it leaks.
func (f *fieldView) Class() group {
	return f.Select("class", "admin.form.class.", strconv.Itoa(f.Is.Class), []string{"0", "1", "2", "3"}, false)
}

// Fact is what it is counted as.
func (f *fieldView) Fact() group {
	var all []string
	for fact := range form.FactCodes() {
		all = append(all, fact)
	}
	slices.Sort(all)
	return f.Select("fact", "admin.form.fact.", f.Is.Fact, all, true)
}

// An optionView is one answer of the field, with its buttons.
type optionView struct {
	rowBlock
	Code, Standard field
	Words          []wording
}

// Options are its answers.
func (f *fieldView) Options() (out []optionView) {
	for i, o := range f.Is.Options {
		at := "options." + strconv.Itoa(i+1)
		v := optionView{rowBlock: f.nth(at, "options", i, len(f.Is.Options), f.T("admin.form.option", "n", i+1))}
		if label := form.In(o.Words, f.Tag(), i18n.Fallback).Label; label != "" {
			v.Legend = f.T("admin.rows.titled", "list", f.T("admin.form.answer"), "row", i+1, "title", label)
		}
		v.Code = f.FieldAs(at+".code", "form.option.code", o.Code).Left().Most(40).May()
		v.Standard = f.FieldAs(at+".htcds", "form.option.htcds", o.HTCDS).Left().Most(80).May()
		for _, of := range f.Spoken {
			v.Words = append(v.Words, wording{Of: of, Label: f.worded(at+".words", of, "label", o.Words[of.Tag].Label, form.MaxLabel)})
		}
		out = append(out, v)
	}
	return out
}

func (f *fieldView) nth(name, list string, i, of int, legend string) rowBlock {
	return rowBlock{frame: &f.frame, Name: name, ID: "f-" + name, Legend: legend, List: list, N: i + 1, First: i == 0, Last: i == of-1, Here: f.At}
}

// A condView is one condition, with its buttons.
type condView struct {
	rowBlock
	Of     string // code of the field that it asks about
	Is     group
	Values group
}

// When are its conditions. All must hold.
func (f *fieldView) When() (out []condView) {
	for i, c := range f.Is.When {
		at := "when." + strconv.Itoa(i+1)
		label := c.Field
		var answers []choice
		if j := slices.IndexFunc(f.Above, func(o form.Field) bool { return o.Code == c.Field }); j >= 0 {
			of := f.Above[j]
			label = form.In(of.Words, f.Tag(), i18n.Fallback).Label
			for _, o := range of.Options {
				answers = append(answers, choice{Value: o.Code, Label: answerInWords(f.Language, of, o.Code), On: slices.Contains(c.Values, o.Code)})
			}
		}
		for _, state := range form.States() {
			answers = append(answers, choice{Value: state, Label: wordOr(f.Language, "admin.form.state.", state), On: slices.Contains(c.Values, state)})
		}
		v := condView{rowBlock: f.nth(at, "when", i, len(f.Is.When), f.T("admin.form.cond", "label", label)), Of: c.Field}
		v.First, v.Last = true, true // all must hold: their order says nothing
		v.Is = f.Select("is", "admin.form.is.", c.Is, []string{form.Is, form.IsNot, form.OneOf}, false)
		v.Is.Name = at + ".is"
		v.Values = f.GroupAs(at+".values", "form.values", true, answers)
		out = append(out, v)
	}
	return out
}

// NewWhen chooses what one more condition asks about.
func (f *fieldView) NewWhen() group {
	all := []choice{{Label: f.T("admin.form.when.choose")}}
	for _, o := range f.Above {
		all = append(all, choice{Value: o.Code, Label: form.In(o.Words, f.Tag(), i18n.Fallback).Label})
	}
	return f.GroupAs("newwhen", "form.newwhen", false, all)
}

package admin

import "strconv"

// A field is one question of a form. Its label, hint and fault are joined to it for
// who does not see the page.
type field struct {
	Name, Label, Hint, Value, Fault string
	Type, Auto, Mode                string
	Max, Tall                       int // characters, and lines of an area
	Ltr                             bool
	Lang                            string // of what is typed, where it is not the page's
	Opt                             string // said of what may stay empty
	may                             string
}

// Field is a question by its name; its words stand under admin.field.
func (f *frame) Field(name, value string) field { return f.FieldAs(name, name, value) }

// FieldAs is Field where several fields have the same words.
func (f *frame) FieldAs(name, words, value string) field {
	q := field{Name: name, Value: value, Type: "text", Auto: "off", Max: 200, Tall: 3, Label: f.T("admin.field." + words), may: f.T("admin.optional")}
	if hint := "admin.field." + words + ".hint"; f.Has(hint) {
		q.Hint = f.T(hint)
	}
	if wrong, ok := f.faults.of(name); ok {
		q.Fault = f.T(wrong.key, wrong.args...)
	}
	return q
}

// ID is where a fault leads to.
func (q field) ID() string { return "f-" + q.Name }

// Described names what describes the field.
func (q field) Described() string {
	s := ""
	if q.Hint != "" {
		s = q.ID() + "-hint"
	}
	if q.Fault != "" {
		if s != "" {
			s += " "
		}
		s += q.ID() + "-fault"
	}
	return s
}

// Secret is a passphrase: hidden, and not kept in the form when it comes back.
func (q field) Secret() field { q.Type, q.Value, q.Ltr = "password", "", true; return q }

// Fill says what a browser may fill in.
func (q field) Fill(auto string) field { q.Auto = auto; return q }

// Digits is a number that is typed, such as a code.
func (q field) Digits(most int) field { q.Mode, q.Max, q.Ltr = "numeric", most, true; return q }

// Free brings up every key of a telephone, where a mark stands between the digits.
func (q field) Free() field { q.Mode = ""; return q }

// Of is another type of input.
func (q field) Of(kind string) field { q.Type = kind; return q }

// Left is what is always typed from left to right.
func (q field) Left() field { q.Ltr = true; return q }

// May may stay empty.
func (q field) May() field { q.Opt = q.may; return q }

// In is typed in a language.
func (q field) In(tag string) field { q.Lang = tag; return q }

// Most is how many characters fit.
func (q field) Most(n int) field { q.Max = n; return q }

// A choice is one of several boxes or buttons.
type choice struct {
	Value, Label, Hint string
	On, Off            bool // Off: cannot be changed here
}

// A group is a question with choices.
type group struct {
	field
	Choices []choice
	Many    bool
}

// Group is a question with choices: one of them, or many.
func (f *frame) Group(name string, many bool, choices []choice) group {
	return f.GroupAs(name, name, many, choices)
}

// GroupAs is Group where the same name has other words elsewhere.
func (f *frame) GroupAs(name, words string, many bool, choices []choice) group {
	return group{f.FieldAs(name, words, ""), choices, many}
}

// Wrong reports whether something is wrong with a field.
func (f *frame) Wrong(name string) bool { _, yes := f.faults.of(name); return yes }

// Int writes a number.
func (*frame) Int(n int) string { return strconv.Itoa(n) }

// Nth counts from one.
func (*frame) Nth(i int) int { return i + 1 }

// Row names a row of a form: day1, day2.
func (*frame) Row(of string, i int) string { return of + strconv.Itoa(i+1) }

// A dayView is one day of the form of hours.
type dayView struct {
	*frame
	dayInput
	Row, Legend string
	Dated       bool
}

// Day is one day of the form; without a legend it is a date that differs.
func (f *frame) Day(d dayInput, row, legend string) dayView {
	v := dayView{f, d, row, legend, false}
	if legend == "" {
		v.Dated, v.Legend = true, f.T("admin.hours.date")
		if d.Date == "" {
			v.Legend = f.T("admin.hours.date.new")
		}
	}
	return v
}

// At names a time of the day's nth stretch.
func (d dayView) At(i int, end string) string {
	return d.Row + "." + strconv.Itoa(i+1) + "." + end
}

// A rowsView is a list inside a page.
type rowsView struct {
	*frame
	Path string
	Rows any
}

// With is a list of persons.
func (f *frame) With(rows []personRow) rowsView { return rowsView{f, "", rows} }

// Before is a list of what was in force before; path leads to one by its number.
func (f *frame) Before(path string, rows []pastRow) rowsView { return rowsView{f, path, rows} }

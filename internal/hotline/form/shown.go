package form

import (
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
)

// Shown lists the fields that the conditions show, given what is answered, by code.
// What stands in a field that is itself not shown counts as not answered.
func (f Form) Shown(v map[string]Value) []Field {
	var out []Field
	seen := map[string]Value{}
	for _, field := range f.Fields {
		if field.shown(seen) {
			seen[field.Code] = v[field.Code]
			out = append(out, field)
		}
	}
	return out
}

func (f Field) shown(v map[string]Value) bool {
	return !slices.ContainsFunc(f.When, func(c Cond) bool { return !c.Holds(v[c.Field]) })
}

// Lacking lists what must be answered before the contact is closed, and is not. A
// state is an answer.
func (f Form) Lacking(v map[string]Value) (out []Field) {
	for _, field := range f.Shown(v) {
		if field.Required && v[field.Code].Empty() {
			out = append(out, field)
		}
	}
	return out
}

// Privacy levels, as the head keeps them.
const anonymous, confidential, share = "anonymous", "confidential", "share"

// Kept tells which fields a privacy level keeps. Who stays anonymous leaves nothing
// that identifies; before she chose, all may be written. A level that this release
// does not know keeps as little as the strictest.
func (Form) Kept(privacy string) func(Field) bool {
	switch privacy {
	case "", confidential, share:
		return func(Field) bool { return true }
	}
	return func(f Field) bool { return f.Class < 2 }
}

// Facts lists the codes by which what was answered is counted: of each fact those
// that [FactCodes] has. A line's own option counts as "other", or by its own code
// where the fact has places and sources of the line's own.
func (f Form) Facts(v map[string]Value) hotline.Facts {
	out, all := hotline.Facts{}, FactCodes()
	for _, field := range f.Shown(v) {
		if field.Fact == "" || field.Class > 1 || f.Check(field.ID, v[field.Code]) != nil {
			continue
		}
		codes := v[field.Code].Codes
		if field.Kind == Text {
			lang, _, _ := strings.Cut(v[field.Code].Text, "-")
			codes = []string{lang}
		}
		for _, code := range codes {
			if !counts(all, field.Fact, code) {
				code = "other"
			}
			if counts(all, field.Fact, code) && !slices.Contains(out[field.Fact], code) {
				out[field.Fact] = append(out[field.Fact], code)
			}
		}
	}
	for _, codes := range out {
		slices.Sort(codes)
	}
	return out
}

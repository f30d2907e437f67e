package protocol

import (
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// Fields are those that a step can ask for and a condition can ask about.
type Fields struct {
	of  map[string]form.Field
	own bool // a line's own words are taken though nobody has shown them
}

// FieldsOf are the fields of a line's forms, with all options that any of them has.
func FieldsOf(forms ...form.Form) Fields {
	out := Fields{of: map[string]form.Field{}}
	for _, f := range forms {
		for _, field := range f.Fields {
			had, ok := out.of[field.Code]
			if ok {
				had.Options = slices.Clip(had.Options)
			} else {
				had = form.Field{Code: field.Code, Kind: field.Kind}
			}
			for _, o := range field.Options {
				if !had.Has(o.Code) {
					had.Options = append(had.Options, form.Option{Code: o.Code})
				}
			}
			out.of[field.Code] = had
		}
	}
	return out
}

// Ours are the fields that we ship, and whatever a line calls its own.
func Ours() Fields {
	out := Fields{of: map[string]form.Field{}, own: true}
	for _, f := range form.Ours() {
		out.of[f.Code] = f
	}
	return out
}

func ownWord(code string) bool { return strings.HasPrefix(code, form.Own) && word.MatchString(code) }

func (fs Fields) find(code string) (form.Field, bool) {
	f, ok := fs.of[code]
	if !ok && fs.own && ownWord(code) {
		return form.Field{Code: code, Kind: form.Many}, true
	}
	return f, ok
}

// has reports whether a field can be answered so.
func (fs Fields) has(f form.Field, code string) bool {
	if strings.HasPrefix(f.Code, form.Own) && len(f.Options) == 0 {
		return word.MatchString(code) // a field of the line's own that nobody has shown
	}
	return f.Has(code) || fs.own && fs.of[f.Code].Code != "" && ownWord(code)
}

// asked returns what a condition asks about, or the key of what is wrong: the contact,
// one of those steps that is answered here, or a field that is answered by choosing.
func (fs Fields) asked(name string, steps []Step) (form.Field, string) {
	if f, ok := ofContact(name); ok {
		return f, ""
	}
	if id, ok := strings.CutPrefix(name, OfStep); ok {
		i := slices.IndexFunc(steps, func(s Step) bool { return s.ID == id })
		if i < 0 || len(steps[i].answers()) == 0 {
			return form.Field{}, "edition.fault.above"
		}
		return choice(name, steps[i].answers()...), ""
	}
	f, ok := fs.find(name)
	if !ok || !f.Chosen() {
		return form.Field{}, "edition.fault.no_field"
	}
	return f, ""
}

// answers lists what may be answered on a step, beside a state.
func (s Step) answers() (out []string) {
	if s.Kind == SignOff {
		return []string{Yes, No}
	}
	for _, o := range s.Options {
		out = append(out, o.Code)
	}
	return out
}

func choice(code string, options ...string) form.Field {
	f := form.Field{Code: code, Kind: form.One}
	for _, o := range options {
		f.Options = append(f.Options, form.Option{Code: o})
	}
	return f
}

// What a condition can ask about the contact.
const (
	contactPath     = OfContact + "path"
	contactChannel  = OfContact + "channel"
	contactDanger   = OfContact + "danger" // marked by her, by the first look or by an advocate
	contactMinor    = OfContact + "minor"
	contactReturned = OfContact + "returned"
)

func ofContact(name string) (form.Field, bool) {
	switch name {
	case contactPath:
		return choice(name, string(hotline.Self), string(hotline.Other), string(hotline.Tip), string(hotline.Unknown)), true
	case contactChannel:
		return choice(name, form.FactCodes()[form.FactChannel]...), true
	case contactDanger, contactMinor, contactReturned:
		return choice(name, Yes, No), true
	}
	return form.Field{}, false
}

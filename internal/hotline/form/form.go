// Package form keeps what an advocate may write down of a contact: the fields, their
// words in every language, when each is shown, and what of it is counted. A form is
// an edition; a record keeps the number of the one it was written under. Nothing but
// safety and the type of contact may be required.
package form

import (
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// Kind is the edition kind of forms.
const Kind = "form"

// Key names the form of a path. All languages stand in one edition, so that they are
// published together and a record's fields are the same whoever reads it.
func Key(name string) edition.Key { return edition.Key{Kind: Kind, Name: name} }

// Name is the form for a path. Who has not said for whom she writes is asked as if
// for herself.
func Name(p hotline.Path) string {
	switch p {
	case hotline.Other, hotline.Tip:
		return string(p)
	case hotline.Self, hotline.Unknown:
	}
	return string(hotline.Self)
}

// Names lists the forms of every line.
func Names() []string {
	return []string{string(hotline.Self), string(hotline.Other), string(hotline.Tip)}
}

// The two fields that may be required.
const (
	SafeNow = "safe_now"
	Type    = "type"
)

// A Form is what may be written down, in order.
type Form struct {
	Fields []Field `json:"fields"`
}

// A Field is one question to whoever writes the record.
type Field struct {
	ID       string           `json:"id"`   // random; names the row that is stored, says nothing
	Code     string           `json:"code"` // a word for conditions, counting and exchange; a line's own begin with x_
	Block    string           `json:"block"`
	Kind     string           `json:"kind"`
	Options  []Option         `json:"options,omitempty"`
	Words    map[string]Words `json:"words"` // by language
	When     []Cond           `json:"when,omitempty"`
	Class    int              `json:"class"` // 0 nothing personal, 1 indirect, 2 identifying, 3 danger if it leaks
	Fact     string           `json:"fact,omitempty"`
	Required bool             `json:"required,omitempty"`
}

// Words are what is read on a field or an option.
type Words struct {
	Label string `json:"label"`
	Help  string `json:"help,omitempty"`
}

// An Option is one answer. HTCDS is "field:code" of the standard, or empty.
type Option struct {
	Code  string           `json:"code"`
	HTCDS string           `json:"htcds,omitempty"`
	Words map[string]Words `json:"words"`
}

// Blocks of a form, in their order.
const (
	Contact   = "contact"
	Situation = "situation"
	Person    = "person"
	Needs     = "needs"
	Actions   = "actions"
)

// Blocks lists them.
func Blocks() []string { return []string{Contact, Situation, Person, Needs, Actions} }

// Kinds of fields.
const (
	One    = "one"  // of the options
	Many   = "many" // of the options
	Text   = "text" // a line
	Long   = "long"
	Number = "number"
	Day    = "day" // 2026-11-30
)

// Kinds lists them.
func Kinds() []string { return []string{One, Many, Text, Long, Number, Day} }

// Chosen reports whether a field is answered with options.
func (f Field) Chosen() bool { return f.Kind == One || f.Kind == Many }

// In returns the words in the first of the languages that has them, else in the
// first of all that has them: a question is never shown without words.
func In(words map[string]Words, languages ...string) Words {
	for _, lang := range languages {
		if w, ok := words[lang]; ok && w.Label != "" {
			return w
		}
	}
	for _, lang := range sorted(words) {
		if words[lang].Label != "" {
			return words[lang]
		}
	}
	return Words{}
}

// Languages lists the languages in which anything of the form is said, in order.
func (f Form) Languages() []string {
	all := map[string]Words{}
	add := func(words map[string]Words) {
		for lang := range words {
			all[lang] = Words{}
		}
	}
	for _, field := range f.Fields {
		add(field.Words)
		for _, o := range field.Options {
			add(o.Words)
		}
	}
	return sorted(all)
}

// Unsaid lists what has no words of its own in a language, for whoever is about to
// publish: it is then shown in another one.
func (f Form) Unsaid(lang string) (out []string) {
	for _, field := range f.Fields {
		if field.Words[lang].Label == "" {
			out = append(out, field.Code)
		}
		for _, o := range field.Options {
			if o.Words[lang].Label == "" {
				out = append(out, field.Code+" "+o.Code)
			}
		}
	}
	return out
}

// Field returns the field of that id.
func (f Form) Field(id string) (Field, bool) {
	i := slices.IndexFunc(f.Fields, func(f Field) bool { return f.ID == id })
	if i < 0 {
		return Field{}, false
	}
	return f.Fields[i], true
}

func sorted(words map[string]Words) []string {
	out := make([]string, 0, len(words))
	for lang := range words {
		out = append(out, lang)
	}
	slices.Sort(out)
	return out
}

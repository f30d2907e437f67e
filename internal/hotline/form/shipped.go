package form

import (
	"embed"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
)

// shipped holds the words of the forms that we ship, one file a language: drafts,
// which nobody has reviewed.
//
//go:embed shipped/*.json
var shipped embed.FS

// Shipped returns the forms that a line begins with, by name: drafts, not reviewed.
// The ids are made anew each time, so that no two lines share them and a stored row
// does not say which question it answers.
func Shipped() map[string]string {
	words, stocks := dictionaries(), map[string]stock{}
	for _, s := range bank() {
		stocks[s.code] = s
	}
	out := map[string]string{}
	for name, fields := range map[hotline.Path][]pick{hotline.Self: self(), hotline.Other: other(), hotline.Tip: tip()} {
		var f Form
		for _, p := range fields {
			f.Fields = append(f.Fields, p.field(string(name), stocks[p.code], words))
		}
		out[string(name)] = f.Body()
	}
	return out
}

// A pick is a field of the bank on a form.
type pick struct {
	code string
	when []Cond
	open bool // of a lower class here: it is not about whoever writes
}

// told is shown where somebody tells us something.
func told(code string, when ...Cond) pick {
	nothing := Cond{Type, IsNot, strings.Fields("silent hang_up abusive wrong_number test")}
	return pick{code: code, when: append([]Cond{nothing}, when...)}
}

// about is shown where it is about somebody, and not about the subject.
func about(code string, when ...Cond) pick {
	nobody := Cond{Type, IsNot, strings.Fields("silent hang_up abusive wrong_number test information training")}
	return pick{code: code, when: append([]Cond{nobody}, when...)}
}

// openly is a field whose answer leads to nobody who writes to us on this form.
func openly(p pick) pick {
	p.open = true
	return p
}

func is(field string, values ...string) Cond {
	if len(values) == 1 {
		return Cond{field, Is, values}
	}
	return Cond{field, OneOf, values}
}

func (p pick) field(form string, s stock, words map[string]map[string]string) Field {
	f := Field{
		ID: hotline.NewID(), Code: s.code, Block: s.block, Kind: s.kind, Options: s.choices(), Words: map[string]Words{},
		When: p.when, Class: s.class, Fact: s.fact, Required: s.code == SafeNow || s.code == Type,
	}
	if p.open {
		f.Class = 1
	}
	for lang, say := range words {
		if label := first(say, form+".field."+s.code, "field."+s.code); label != "" {
			f.Words[lang] = Words{Label: label, Help: first(say, form+".help."+s.code, "help."+s.code)}
		}
	}
	for i := range f.Options {
		f.Options[i].Words = map[string]Words{}
		for lang, say := range words {
			if label := first(say, "option."+s.code+"."+f.Options[i].Code, "option."+f.Options[i].Code); label != "" {
				f.Options[i].Words[lang] = Words{Label: label}
			}
		}
	}
	return f
}

// dictionaries reads the words of every language there is a file of.
func dictionaries() map[string]map[string]string {
	out := map[string]map[string]string{}
	files, _ := shipped.ReadDir("shipped")
	for _, file := range files {
		lang := strings.TrimSuffix(file.Name(), path.Ext(file.Name()))
		b, _ := shipped.ReadFile("shipped/" + file.Name())
		say := map[string]string{}
		_ = json.Unmarshal(b, &say) // a test reads them
		out[lang] = say
	}
	return out
}

func first(say map[string]string, keys ...string) string {
	i := slices.IndexFunc(keys, func(k string) bool { return say[k] != "" })
	if i < 0 {
		return ""
	}
	return say[keys[i]]
}

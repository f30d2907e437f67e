package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/i18n"
)

// protocols lists those that came with the program, and those that the line has beside
// them.
func (a *Admin) protocols(ctx context.Context) (names []string, err error) {
	for name := range a.drafts {
		names = append(names, name)
	}
	there, err := a.Editions.List(ctx, protocol.Kind)
	for _, e := range there {
		if !slices.Contains(names, e.Name) {
			names = append(names, e.Name)
		}
	}
	slices.Sort(names)
	return names, err
}

// protocolName is what a protocol is called: as it is in force, else as it came.
func (a *Admin) protocolName(ctx context.Context, l *i18n.Language, name string) string {
	e, err := a.Editions.Current(ctx, protocol.Key(name))
	if err != nil {
		e.Body = a.drafts[name]
	}
	var p struct {
		Words map[string]form.Words `json:"words"`
	}
	if json.Unmarshal([]byte(e.Body), &p) != nil {
		return name
	}
	return cmp.Or(inWords(l, p.Words), name)
}

// protocolParts are those of a protocol. Conditions are typed as the words that they
// are made of, so that a step with all it asks stands on one screen.
func (a *Admin) protocolParts() []part {
	when := part{name: "when", look: conds, may: true, code: true}
	step := append([]part{
		{name: "id", code: true, most: 40},
		{name: "kind", look: one, choices: protocol.Kinds(), words: "admin.protocol.kind."},
	}, a.wordings(true)...)
	step = append(
		step, when,
		part{name: "phrase", code: true, most: 40, may: true},
		part{name: "field", code: true, most: 40, may: true},
		part{name: "options", look: rows, title: "code", parts: append([]part{{name: "code", code: true, most: 40}}, a.wordings(false)...)},
		part{name: "act", look: one, choices: protocol.Acts(), words: "admin.protocol.act.", may: true},
		part{name: "minutes", look: number, may: true},
		part{name: "rings", look: one, choices: roleCodes(hotline.Advocate, hotline.Supervisor), words: "admin.role.", may: true},
		part{name: "sign", look: one, choices: roleCodes(protocol.Signers()...), words: "admin.role.", may: true},
		part{name: "skip", look: flag},
		part{name: "go", look: rows, title: "to", parts: []part{when, {name: "to", code: true, most: 40}}},
	)
	return append(
		a.wordings(true),
		part{name: "urgency", look: number},
		part{name: "fits", look: rows, parts: []part{{look: conds, code: true}}},
		part{name: "steps", look: rows, hold: true, title: "id", parts: step},
	)
}

func roleCodes(of ...hotline.Role) (out []string) {
	for _, r := range of {
		out = append(out, string(r))
	}
	return out
}

// wordings ask for a label in each language, and for what stands under it; those of
// other languages than the program's first are folded away.
func (a *Admin) wordings(help bool) (out []part) {
	for _, tag := range a.Words.Tags() {
		p := part{name: "words." + tag + ".label", said: "protocol.label", lang: tag, own: a.tongue(tag), most: form.MaxLabel, aside: tag != i18n.Fallback, may: tag != i18n.Fallback}
		out = append(out, p)
		if help {
			p.name, p.said, p.most, p.may = "words."+tag+".help", "protocol.help", form.MaxHelp, true
			out = append(out, p)
		}
	}
	return out
}

// inWords is a label in the reader's language.
func inWords(l *i18n.Language, words map[string]form.Words) string {
	return form.In(words, l.Tag(), i18n.Fallback).Label
}

package admin

import (
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/i18n"
)

// A trial is words that somebody has tried on an edition, and what came of them.
type trial struct {
	Typed string
	Lines []aloudLine
}

// tried tries what was typed on the draft, else on what is in force.
func (a *Admin) tried(v *visit, s shape, k edition.Key) (*trial, error) {
	body, _, err := a.base(v, s, k)
	if err != nil {
		return nil, err
	}
	t := &trial{Typed: sentence(short(v.get("try"), 200))}
	if t.Typed != "" {
		t.Lines = onPages(s.find(v.l, body, t.Typed))
	}
	return t, nil
}

// editionTry shows what words make of the draft, else of what is in force.
func (a *Admin) editionTry(v *visit, s shape) error {
	d, err := a.draftOf(v, &s)
	if err != nil {
		return err
	}
	if d.Version == 0 {
		return a.editionPage(v, s)
	}
	return a.previewEdition(v, s, d)
}

// placeParts are those of the table of places: where somebody may be, and who answers
// there.
func placeParts() []part {
	return []part{{name: "places", look: rows, hold: true, title: "code", parts: []part{
		{name: "code", code: true, most: 40},
		{name: "kind", look: one, choices: emergency.Kinds(), words: "admin.place."},
		{name: "in", code: true, most: 40, may: true},
		{name: "names", look: words, hold: true},
		{name: "near", look: words, may: true},
		{name: "call", code: true, most: 30, may: true},
		{name: "text", look: one, choices: []string{emergency.Yes, emergency.No}, words: "admin.urgency.", may: true, none: "admin.place.wider"},
		{name: "police.name", may: true},
		{name: "police.number", code: true, most: 30, may: true},
		{name: "police.takes", look: many, choices: emergency.Takes(), words: "desk.channel."},
		{name: "police.form", code: true, may: true},
		{name: "police.hours", may: true},
		{name: "police.languages", look: words, may: true},
		{name: "medical", code: true, most: 30, may: true},
		{name: "fire", code: true, most: 30, may: true},
		{name: "notes", look: area, may: true},
	}}}
}

// findPlaces says which places words may mean, how well they fit, and who answers there.
func findPlaces(l *i18n.Language, body, words string) (out []string) {
	places, err := emergency.Parse(body)
	if err != nil {
		return nil // written by other means; the form says what is wrong
	}
	for _, m := range places.Find(seal.Conceal(words)) {
		name := strings.Join(append([]string{m.Place.Name()}, m.In...), l.T("admin.comma"))
		out = append(out, l.T("admin.aloud", "field", l.T("admin.place.fit."+m.Fit.String()), "value", name))
		say := func(field, value string) {
			if value != "" {
				out = append(out, deeper+l.T("admin.aloud", "field", l.T("admin.field.emergency.places."+field), "value", value))
			}
		}
		if m.Near {
			say("near", m.By)
		} else {
			say("names", m.By)
		}
		w, err := places.Who(m.Place.Code)
		if err != nil {
			continue // found in it a moment ago
		}
		say("call", w.Call)
		if w.Text != "" {
			say("text", l.T("admin.urgency."+w.Text))
		}
		say("police_name", w.Police.Name)
		say("police_number", w.Police.Number)
		if w.Medical != w.Call {
			say("medical", w.Medical)
		}
		if w.Fire != w.Call {
			say("fire", w.Fire)
		}
		if w.MadeUp() {
			out = append(out, deeper+l.T("admin.place.made_up"))
		}
	}
	return out
}

package admin

import (
	"context"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/i18n"
)

// A shape says how editions of one kind are shown and edited: one declaration for
// each kind, from which its pages are made. Its words stand under admin.kind.
type shape struct {
	kind   string
	names  func(context.Context) ([]string, error) // nil: the line has one
	spoken bool                                    // there is one for each language of the line
	path   string                                  // of the page that edits it, where it has one of its own
	adds   string                                  // the page that adds one more of the kind
	parts  []part                                  // of its body, in the order of the form
	roles  []hotline.Role                          // who may edit it
	heard  bool                                    // callers read or hear it: somebody must have reviewed it
	quick  bool                                    // in force without the second factor
	// shipped is the body that came with the program and is in force where the line has
	// published nothing, or "".
	shipped func(edition.Key) string
	// offered is a body of the program's to begin with, which is not in force, or "".
	offered func(edition.Key) string
	// called is how one of several is called; nil: by a word of the pages.
	called func(context.Context, *i18n.Language, string) string
	// counts is the part whose rows a fault counts; "": all, one after the other.
	counts string
	// try tries a body out beside what is in force, for the preview.
	try func(ctx context.Context, l *i18n.Language, draft, present string) (*dryView, error)
	// says is what a body would say of standard cases, where the kind has some.
	says func(*i18n.Language, string) []string
	// lines reads a body aloud, where its parts do not.
	lines func(*i18n.Language, string) []string
	// find says what a body makes of words that somebody tries on it; nil: nothing is tried.
	find func(l *i18n.Language, body, words string) []string
}

// look is how a part of a body is asked for.
type look int

const (
	line   look = iota // a line of text
	area               // a text of some lines
	words              // a list, one on each line
	number             // a whole number
	flag               // true, or not there
	conds              // conditions, one on each line
	one                // one of some choices
	many               // some of them
	ranked             // some of them, in an order
	rows               // a list of things that have parts themselves
)

// A part is one value of a body.
type part struct {
	name    string // its key; a dot leads inside; empty is the body itself
	look    look
	lang    string            // the language that it is typed in, where it is not the edition's
	choices []string          // of one and many
	words   string            // keys of the choices' names begin with it
	role    hotline.Role      // choices are those of the staff who have it
	called  map[string]string // what such a choice is called
	may     bool              // may stay empty
	none    string            // key of what an empty choice is called; "" is that it does not matter
	hold    bool              // written even where it is empty
	code    bool              // typed from left to right, whatever the language
	most    int               // characters of a line; 0 is 400
	said    string            // its words under admin.field, where they are not of its own name
	own     string            // name of the language that it is typed in, which its label says
	aside   bool              // folded away behind the others of a row
	title   string            // the part by which a row is known
	parts   []part            // of a row
}

// word is what a choice is called.
func (p part) word(l *i18n.Language, code string) string {
	if name := p.called[code]; name != "" {
		return name
	}
	return wordOr(l, p.words, code)
}

// in leaves out what stands in the edition's own language already.
func in(parts []part, lang string) (out []part) {
	for _, p := range parts {
		if p.own != "" && p.lang == lang {
			continue
		}
		p.parts = in(p.parts, lang)
		out = append(out, p)
	}
	return out
}

// label is what the form calls it. said is the key that its words stand under.
func (p part) label(l *i18n.Language, said string) string {
	if p.said != "" {
		said = p.said
	}
	return l.T("admin.field."+said, "language", p.own)
}

// shapes lists all that is edited, in the order of the overview.
func (a *Admin) shapes() []shape {
	admin, hours := adminRoles(), hoursRoles()
	return append([]shape{
		{kind: policy.KindAbout, spoken: true, path: "/greeting/{lang}", roles: admin, heard: true, parts: aboutParts()},
		{kind: routing.KindHours, path: "/hours", roles: hours, quick: true, lines: hoursAloud},
		{kind: routing.KindUrgency, path: "/urgency", roles: admin, lines: a.urgencyAloud, shipped: same(routing.ShippedRules)},
		{kind: routing.KindQueue, names: a.queueNames, called: a.queueName, roles: admin, parts: queueParts()},
		{kind: form.Kind, names: fixed(form.Names()...), path: "/forms/{name}", roles: admin, lines: formAloud},
		{
			kind: protocol.Kind, names: a.protocols, called: a.protocolName, adds: "/protocols/new", roles: admin, heard: true, parts: a.protocolParts(), counts: "steps", try: a.dry,
			offered: func(k edition.Key) string { return a.drafts[k.Name] },
		},
		{kind: interpret.KindPhrases, spoken: true, roles: hours, heard: true, parts: a.phraseParts(), offered: func(k edition.Key) string { return interpret.Shipped()[k.Lang] }},
		{kind: safety.KindWords, spoken: true, roles: admin, heard: true, offered: offeredSafety, parts: []part{{look: words, hold: true}}},
		{kind: safety.KindCover, spoken: true, roles: admin, heard: true, offered: offeredSafety, parts: []part{
			{name: "questions", look: words, hold: true}, {name: "stories", look: words, hold: true}, {name: "endings", look: words, hold: true},
		}},
		{kind: policy.KindExpect, names: a.channels, spoken: true, roles: admin, heard: true, offered: offeredPolicy, parts: []part{
			{name: "who", look: area}, {name: "limits", look: area}, {name: "next", look: area},
		}},
		{kind: policy.KindScope, spoken: true, roles: admin, heard: true, offered: offeredPolicy, parts: []part{
			{name: "for", look: words, hold: true}, {name: "not", look: words, hold: true}, {name: "pass", look: words, hold: true},
		}},
		{kind: emergency.Kind, roles: admin, parts: placeParts(), offered: same(emergency.Shipped()), find: findPlaces},
		{kind: policy.KindKeep, roles: admin, shipped: same(policy.ShippedKeep().JSON()), parts: keepParts()},
		{kind: policy.KindHarm, roles: admin, shipped: same(policy.ShippedHarmDeadlines().JSON()), parts: []part{
			{name: "rows", look: rows, hold: true, title: "kind", parts: []part{
				{name: "kind", look: one, choices: policy.HarmKinds(), words: "admin.harm_kind.", may: true},
				{name: "hours", look: number},
			}},
			{name: "keep", look: number, may: true},
			{name: "note", look: area, may: true},
		}},
		{kind: policy.KindOurs, roles: admin, parts: []part{
			{name: "place", code: true, most: 20}, {name: "roles", look: words, code: true, may: true}, {name: "note", look: area, may: true},
		}},
		{kind: policy.KindDuty, names: a.countries, roles: admin, offered: offeredDuty, says: a.dutySays, parts: dutyParts()},
		{kind: edition.KindReviewers, roles: admin, parts: reviewersParts()},
		{kind: "languages", roles: admin, parts: []part{{look: words, hold: true}}},
		{kind: routing.KindWords, spoken: true, roles: admin, shipped: func(k edition.Key) string { return routing.ShippedWordLists()[k.Lang] }, parts: firstLookParts()},
	}, a.telephoneShapes()...)
}

func same(body string) func(edition.Key) string { return func(edition.Key) string { return body } }

func offeredPolicy(k edition.Key) string { return policy.Shipped()[k] }

func offeredSafety(k edition.Key) string { return safety.Shipped()[k] }

func fixed(names ...string) func(context.Context) ([]string, error) {
	return func(context.Context) ([]string, error) { return names, nil }
}

// channels are the ways on which callers are told what to expect.
func (a *Admin) channels(ctx context.Context) ([]string, error) {
	names := []string{string(hotline.Chat)}
	there, err := a.Editions.List(ctx, policy.KindExpect)
	for _, e := range there {
		if !slices.Contains(names, e.Name) {
			names = append(names, e.Name)
		}
	}
	return names, err
}

// phraseParts are those of a list of phrases: each with what it says in the languages
// of the staff, so that whoever sends it knows.
func (a *Admin) phraseParts() []part {
	of := []part{
		{name: "code", code: true, most: 40},
		{name: "group", look: one, choices: interpret.Groups(), words: "admin.phrase."},
		{name: "text", look: area},
	}
	for _, tag := range a.Words.Tags() {
		of = append(of, part{name: "says." + tag, said: "phrases.says", look: area, lang: tag, own: a.tongue(tag), aside: true, may: true})
	}
	return []part{{look: rows, hold: true, title: "code", parts: of}}
}

func aboutParts() []part {
	return []part{
		{name: "name"},
		{name: "greeting"},
		{name: "run_by"},
		{name: "phone.shown"},
		{name: "text.shown"},
		{name: "emergency.shown"},
		{name: "night", look: rows, parts: []part{{name: "shown"}, {name: "why"}}},
	}
}

// keepParts are those of the periods: which contacts, and for how many days.
func keepParts() []part {
	return []part{{name: "rows", look: rows, hold: true, title: "type", parts: []part{
		{name: "type", look: one, choices: append([]string{policy.InSituation}, policy.ContactTypes()...), words: "admin.contact_type.", may: true},
		{name: "outcome", look: one, choices: policy.Outcomes(), words: "desk.outcome.", may: true, aside: true},
		{name: "days", look: number},
	}}}
}

func firstLookParts() []part {
	group := []part{
		{name: "codes", look: many, choices: []string{"danger", "minor", "self", "other", "tip", "info"}, words: "admin.firstlook."},
		{name: "expressions", look: words},
	}
	guard := []part{{name: "codes", look: many, choices: []string{"all", "danger", "minor", "self", "other", "tip", "info"}, words: "admin.firstlook."}, group[1]}
	return []part{
		{name: "groups", look: rows, parts: group, hold: true},
		{name: "guards", look: rows, parts: guard},
		{name: "negators", look: words, may: true},
		{name: "stop", look: words, may: true},
		{name: "end", look: words, may: true},
	}
}

// shapeOf finds the shape of a kind.
func (a *Admin) shapeOf(kind string) shape {
	all := a.shapes()
	return all[slices.IndexFunc(all, func(s shape) bool { return s.kind == kind })]
}

// all stands in an address for an edition without a language.
const all = "all"

// at is the address of an edition's pages.
func (s shape) at(k edition.Key) string {
	lang := k.Lang
	if !s.spoken {
		lang = all
	}
	return "/edition/" + s.kind + "/" + k.Name + "/" + lang
}

// edit is the address of the page that edits it.
func (s shape) edit(k edition.Key) string {
	if s.path == "" {
		return s.at(k) + "/edit"
	}
	return strings.NewReplacer("{name}", k.Name, "{lang}", k.Lang).Replace(s.path)
}

// keys lists what there is of a kind: what the line should have, and what it has
// beside that.
func (a *Admin) keys(ctx context.Context, s shape) (out []edition.Key, err error) {
	names, tags := []string{"line"}, []string{""}
	if s.names != nil {
		if names, err = s.names(ctx); err != nil {
			return nil, err
		}
	}
	if s.spoken {
		if tags, err = a.Parts.Line.Languages(ctx); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		for _, tag := range tags {
			out = append(out, edition.Key{Kind: s.kind, Name: name, Lang: tag})
		}
	}
	there, err := a.Editions.List(ctx, s.kind)
	for _, e := range there {
		if !slices.Contains(out, e.Key) && (e.Lang != "") == s.spoken && slices.Contains(names, e.Name) {
			out = append(out, e.Key)
		}
	}
	return out, err
}

// readers are those who may look at a kind's editions and say that they have
// reviewed them.
func (s shape) readers() []hotline.Role { return append(slices.Clone(s.roles), hotline.Reviewer) }

// present is what is in force: where nothing is published, what came with the
// program, which has no number.
func (a *Admin) present(ctx context.Context, s shape, k edition.Key) (edition.Edition, error) {
	found, err := a.Editions.All(ctx, k)
	if err != nil {
		return edition.Edition{}, err
	}
	for _, e := range found {
		if e.State == edition.Published {
			return e, nil
		}
	}
	e := edition.Edition{Key: k}
	if s.shipped != nil {
		e.Body = s.shipped(k)
	}
	return e, nil
}

// begins is the body to begin with where nothing is in force.
func (s shape) begins(k edition.Key) string {
	if s.offered == nil {
		return ""
	}
	return s.offered(k)
}

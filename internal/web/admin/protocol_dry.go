package admin

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/i18n"
)

// A dryView shows how a protocol goes with people who are made up, beside how the one
// in force goes with the same people.
type dryView struct {
	*frame
	Trials    []dryTrial
	Unreached []string // steps that nobody came to
	Unsaid    []string // what no approved phrase is there for, one line for each language
}

// A dryTrial is one of them.
type dryTrial struct {
	*frame
	Who     []string // what is known of her, in the words of conditions
	Changes []changed
	Differs bool // her way is another than it is today
}

// Tried has what was tried out speak the page's language.
func (f *frame) Tried(of any) any {
	switch of := of.(type) {
	case *dryView:
		d := *of
		d.frame = f
		return d
	case dryTrial:
		of.frame = f
		return of
	}
	return of
}

// madeUp is how many people a protocol is tried out with; those are shown whose ways
// differ.
const madeUp = 400

// dry tries a protocol out. A body that is none yet shows nothing.
func (a *Admin) dry(ctx context.Context, l *i18n.Language, draft, present string) (*dryView, error) {
	p, err := protocol.Parse(draft, protocol.Ours())
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // what is wrong is told where it is typed
	}
	phrases, err := a.approved(ctx)
	if err != nil {
		return nil, err
	}
	all := protocol.Made(p, madeUp)
	few := protocol.Telling(p, all)
	out := &dryView{Unsaid: a.unsaid(l, protocol.Try(p, phrases).Unsaid)}
	for _, id := range protocol.Try(p, nil, all...).Unreached {
		s, _ := p.Step(id)
		out.Unreached = append(out.Unreached, inWords(l, s.Words))
	}
	now, err := protocol.Parse(present, protocol.Ours())
	for i, way := range protocol.Try(p, nil, few...).Ways {
		t := dryTrial{Who: whoIs(p, few[i])}
		then := wayInWords(l, p, way)
		if err != nil { // nothing is in force to compare it with
			for _, line := range then {
				t.Changes = append(t.Changes, changed{"", onPage(line)})
			}
		} else {
			t.Changes, t.Differs = marked(wayInWords(l, now, protocol.Try(now, nil, few[i]).Ways[0]), then)
		}
		out.Trials = append(out.Trials, t)
	}
	return out, nil
}

// approved are the phrases in force, by language.
func (a *Admin) approved(ctx context.Context) (map[string][]interpret.Phrase, error) {
	out := map[string][]interpret.Phrase{}
	langs, err := a.Parts.Line.Languages(ctx)
	for _, lang := range langs {
		out[lang] = nil
	}
	for _, k := range a.Editions.Names(interpret.KindPhrases) {
		e, err := a.Editions.Current(ctx, k)
		if err != nil {
			return nil, err
		}
		if out[k.Lang], err = interpret.Parse(e.Body); err != nil {
			return nil, err
		}
	}
	return out, err
}

// unsaid names what no phrase is there for, a line for each language.
func (a *Admin) unsaid(l *i18n.Language, all []protocol.Unsaid) (out []string) {
	codes := map[string][]string{}
	for _, u := range all {
		if !slices.Contains(codes[u.Lang], u.Phrase) {
			codes[u.Lang] = append(codes[u.Lang], u.Phrase)
		}
	}
	for _, lang := range a.Words.Tags() {
		if len(codes[lang]) > 0 {
			out = append(out, l.T("admin.dry.unsaid", "language", a.tongue(lang), "phrases", strings.Join(codes[lang], l.T("admin.comma"))))
		}
	}
	return out
}

// whoIs tells of somebody made up what the protocol asks about.
func whoIs(p protocol.Protocol, t protocol.Trial) (out []string) {
	for _, field := range p.Asks() {
		if v := t.Record.Value(field); !v.Empty() {
			out = append(out, field+" "+form.Is+" "+cmp.Or(v.State, strings.Join(v.Codes, " ")))
		}
	}
	return out
}

// wayInWords are the steps that somebody was led over, and what was answered.
func wayInWords(l *i18n.Language, p protocol.Protocol, way []protocol.Passed) (out []string) {
	for _, passed := range way {
		s, _ := p.Step(passed.Step)
		line := inWords(l, s.Words)
		if passed.Answer != "" && s.Kind != protocol.Say && s.Kind != protocol.Do {
			line = l.T("admin.aloud", "field", line, "value", stepAnswer(l, s, passed.Answer))
		}
		out = append(out, line)
	}
	return out
}

func stepAnswer(l *i18n.Language, s protocol.Step, code string) string {
	for _, o := range s.Options {
		if o.Code == code {
			return inWords(l, o.Words)
		}
	}
	if l.Has("admin.form.state." + code) {
		return l.T("admin.form.state." + code)
	}
	return wordOr(l, "admin.protocol.answer.", code)
}

// marked lays two lists side by side, whole.
func marked(from, to []string) (out []changed, differs bool) {
	for _, d := range edition.Diff(strings.Join(from, "\n"), strings.Join(to, "\n")) {
		op := map[byte]string{'-': "gone", '+': "come"}[byte(d.Op)]
		if d.Text != "" {
			out, differs = append(out, changed{op, onPage(d.Text)}), differs || op != ""
		}
	}
	return out, differs
}

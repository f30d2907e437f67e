package admin

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/i18n"
)

// formPreviewView shows a form as an advocate fills it in, with its conditions; and
// what it would change.
type formPreviewView struct {
	editionOf
	Version  int64
	Begun    bool // there is a draft to put in force
	Wrong    int  // fields with something wrong
	In       group
	Anon     bool
	Blocks   []previewBlock
	Unsaid   []string // what has no words in a language, one line for each
	Changes  []changed
	Same     bool
	Reviewer string
}

func (*formPreviewView) name() string { return "formpreview" }

// previewBlock is one block of the form.
type previewBlock struct {
	Block  string
	Fields []previewField
}

// previewField is a field as an advocate sees it.
type previewField struct {
	Group group
	Line  field
	Kind  string
	Must  bool
}

// maxTried is how long an answer may be that is tried out in a preview.
const maxTried = 200

// tried reads the answers that somebody tries a form out with.
func tried(f form.Form, in url.Values) map[string]form.Value {
	out := map[string]form.Value{}
	for _, field := range f.Fields {
		at := "v." + field.Code
		var v form.Value
		for _, code := range in[at] {
			switch code = short(code, maxTried); {
			case code == "":
			case slices.Contains(form.States(), code):
				v = form.Value{State: code}
			case !field.Chosen():
				v.Text = code
			case v.State == "" && len(v.Codes) < form.MaxOptions:
				v.Codes = append(v.Codes, code)
			}
		}
		if !v.Empty() {
			out[field.Code] = v
		}
	}
	return out
}

func (a *Admin) formPreview(v *visit) error {
	b, err := a.building(v)
	if err != nil {
		return err
	}
	ctx, s := v.r.Context(), a.shapeOf(form.Kind)
	of, err := a.common(v, s, b.key)
	if err != nil {
		return err
	}
	now, err := a.Editions.Current(ctx, b.key)
	if err != nil && !errors.Is(err, edition.ErrMissing) {
		return err
	}
	tongues, err := a.spokenIn(ctx, b.form)
	if err != nil {
		return err
	}
	view := &formPreviewView{editionOf: of, Version: b.version, Begun: b.version > 0, Anon: v.get("anon") == "yes"}
	view.Heading = v.l.T("admin.formpreview.title.of", "form", of.Row.Name)
	lang := v.get("l")
	if !slices.ContainsFunc(tongues, func(t ofLanguage) bool { return t.Tag == lang }) {
		lang = v.l.Tag()
	}
	view.lang = lang
	view.In = group{field: field{Name: "l", Label: v.l.T("admin.form.preview.language")}}
	for _, t := range tongues {
		view.In.Choices = append(view.In.Choices, choice{Value: t.Tag, Label: t.Own, On: t.Tag == lang})
		if n := len(b.form.Unsaid(t.Tag)); n > 0 {
			view.Unsaid = append(view.Unsaid, v.l.N("admin.form.unsaid", n, "language", t.Own))
		}
	}
	rows := map[int]bool{}
	for _, w := range wrongForm(b.form) {
		rows[w.Row] = true
	}
	view.Wrong = len(rows)
	view.Blocks = tryOut(v.l, b.form, tried(b.form, v.form), lang, view.Anon)
	view.Changes, view.Same = a.compared(v.l, s, now.Body, b.form.Body())
	return a.show(v, http.StatusOK, view)
}

// tryOut lays out what is shown for answers.
func tryOut(l *i18n.Language, f form.Form, v map[string]form.Value, lang string, anon bool) (out []previewBlock) {
	privacy := "share"
	if anon {
		privacy = "anonymous"
	}
	kept := f.Kept(privacy)
	for _, field := range f.Shown(v) {
		if !kept(field) {
			continue
		}
		if len(out) == 0 || out[len(out)-1].Block != field.Block {
			out = append(out, previewBlock{Block: field.Block})
		}
		last := &out[len(out)-1]
		last.Fields = append(last.Fields, tryField(l, field, v[field.Code], lang))
	}
	return out
}

func tryField(l *i18n.Language, of form.Field, v form.Value, lang string) previewField {
	words := form.In(of.Words, lang, l.Tag(), i18n.Fallback)
	q := field{Name: "v." + of.Code, Label: words.Label, Hint: words.Help, Value: v.Text, Type: "text", Auto: "off", Max: maxTried, Tall: 3, Lang: lang}
	p := previewField{Line: q, Kind: of.Kind, Must: of.Required}
	if of.Kind == form.Number {
		p.Line = q.Digits(7)
	}
	if !of.Chosen() {
		return p
	}
	p.Group = group{field: q, Many: of.Kind == form.Many}
	for _, o := range of.Options {
		p.Group.Choices = append(p.Group.Choices, choice{Value: o.Code, Label: form.In(o.Words, lang, l.Tag(), i18n.Fallback).Label, On: slices.Contains(v.Codes, o.Code)})
	}
	for _, state := range form.States() {
		p.Group.Choices = append(p.Group.Choices, choice{Value: state, Label: strings.TrimSpace(wordOr(l, "admin.form.state.", state)), On: v.State == state})
	}
	return p
}

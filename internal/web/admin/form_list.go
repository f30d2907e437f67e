package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/i18n"
)

// formsView lists the forms: one for each path.
type formsView struct {
	frame
	Rows []editionRow
}

func (*formsView) name() string { return "forms" }

func (a *Admin) forms(v *visit) error {
	s, view := a.shapeOf(form.Kind), &formsView{}
	keys, err := a.keys(v.r.Context(), s)
	if err != nil {
		return err
	}
	who := a.names(v.r.Context())
	for _, k := range keys {
		r, err := a.stand(v.r.Context(), v.l, s, k, who)
		if err != nil {
			return err
		}
		r.Path = "/forms/" + k.Name
		view.Rows = append(view.Rows, r)
	}
	return a.show(v, v.status(), view)
}

// A build is a form as it is being built: the draft, or what it would be made from.
type build struct {
	key     edition.Key
	version int64 // of the draft; 0 where there is none yet
	form    form.Form
}

// building reads the form that a page is about.
func (a *Admin) building(v *visit) (b build, err error) {
	s := a.shapeOf(form.Kind)
	b.key = form.Key(v.r.PathValue("name"))
	if !slices.Contains(form.Names(), b.key.Name) {
		return b, ErrPage
	}
	body, version, err := a.base(v, s, b.key)
	if err != nil {
		return b, err
	}
	if body == "" {
		body = form.Shipped()[b.key.Name] // with ids of its own each time, which the first draft keeps
	}
	b.version, b.form = version, loose(body)
	return b, nil
}

// loose reads a form that need not be right yet.
func loose(body string) (f form.Form) {
	if json.Unmarshal([]byte(body), &f) != nil {
		return form.Form{}
	}
	return f
}

// keep writes the draft, made from the version that the page was made from. It
// reports whether somebody else was there first.
func (a *Admin) keep(v *visit, b build) (bool, error) {
	version, _ := strconv.ParseInt(digits(v.get("version")), 10, 64)
	_, err := a.Editions.Write(v.r.Context(), v.me(), b.key, b.form.Body(), version)
	switch {
	case errors.Is(err, edition.ErrMoved):
		v.faults.add("", "admin.fault.form.moved")
		return true, nil
	case errors.Is(err, edition.ErrLarge):
		v.faults.add("", "admin.fault.large")
		return true, nil
	}
	return false, err
}

// wrongForm lists what is wrong with a form, by row.
func wrongForm(f form.Form) (found edition.Faults) {
	if err := form.Check(f.Body()); err != nil {
		_ = errors.As(err, &found)
	}
	return found
}

// formView is the list of a form's fields, in order.
type formView struct {
	editionOf
	Version int64
	Rows    []fieldRow
	Whole   []string // what is wrong with the form as a whole
	Wrong   int      // fields with something wrong
}

func (*formView) name() string { return "form" }

// fieldRow is one field in the list.
type fieldRow struct {
	N                 int
	Label, Code       string
	Block, Kind, Bold string
	Asks              []string // its conditions, in words
	Options           int
	Fixed             bool // it can not be removed
	Wrong             []string
	First, Last       bool
}

func (a *Admin) formPage(v *visit) error {
	b, err := a.building(v)
	if err != nil {
		return err
	}
	return a.askForm(v, b)
}

func (a *Admin) askForm(v *visit, b build) error {
	of, err := a.common(v, a.shapeOf(form.Kind), b.key)
	if err != nil {
		return err
	}
	view := &formView{editionOf: of, Version: b.version}
	found := wrongForm(b.form)
	for i := range b.form.Fields {
		row := rowOf(v.l, b.form, i)
		for _, w := range found {
			if w.Row == i+1 {
				row.Wrong = append(row.Wrong, a.faultInWords(v.l, w))
			}
		}
		if len(row.Wrong) > 0 {
			view.Wrong++
		}
		view.Rows = append(view.Rows, row)
	}
	for _, w := range found {
		if w.Row == 0 {
			view.Whole = append(view.Whole, v.l.T(w.Key, "given", w.Given))
		}
	}
	return a.show(v, v.status(), view)
}

func rowOf(l *i18n.Language, of form.Form, i int) fieldRow {
	f := of.Fields[i]
	row := fieldRow{
		N: i + 1, Label: form.In(f.Words, l.Tag(), i18n.Fallback).Label, Code: f.Code, Options: len(f.Options), Fixed: fixedField(f),
		Block: wordOr(l, "admin.form.block.", f.Block), Kind: wordOr(l, "admin.form.kind.", f.Kind), First: i == 0, Last: i == len(of.Fields)-1,
	}
	if f.Class > 1 {
		row.Bold = wordOr(l, "admin.form.class.", strconv.Itoa(f.Class))
	}
	for _, c := range f.When {
		row.Asks = append(row.Asks, condInWords(l, of, c))
	}
	return row
}

// fixedField reports whether every form has the field.
func fixedField(f form.Field) bool { return f.Code == form.SafeNow || f.Code == form.Type }

// faultInWords says what is wrong with a field, and where in it.
func (a *Admin) faultInWords(l *i18n.Language, w edition.Fault) string {
	fault := l.T(w.Key, "given", w.Given)
	first, rest, _ := strings.Cut(w.Field, ".")
	switch first {
	case "options":
		n, rest, _ := strings.Cut(rest, ".")
		if n == "" {
			break
		}
		what := l.T("admin.field.form.option.code")
		if strings.HasPrefix(rest, "words") {
			what = l.T("admin.form.wording", "language", a.tongue(tongueOf(rest)))
		} else if rest == "htcds" {
			what = l.T("admin.field.form.option.htcds")
		}
		return l.T("admin.form.fault.option", "n", n, "field", what, "fault", fault)
	case "words":
		return l.T("admin.fault.at", "field", l.T("admin.form.wording", "language", a.tongue(tongueOf(w.Field))), "fault", fault)
	case "when":
		n, _, _ := strings.Cut(rest, ".")
		return l.T("admin.form.fault.when", "n", n, "fault", fault)
	}
	if label := "admin.field.form." + first; first != "" && l.Has(label) {
		return l.T("admin.fault.at", "field", l.T(label), "fault", fault)
	}
	return l.T("admin.fault.whole", "fault", fault)
}

// tongueOf is the language in words.en.label.
func tongueOf(at string) string {
	_, rest, _ := strings.Cut(at, "words.")
	lang, _, _ := strings.Cut(rest, ".")
	return lang
}

// formChange moves or removes a field.
func (a *Admin) formChange(v *visit) error {
	b, err := a.building(v)
	if err != nil {
		return err
	}
	verb, at, _ := strings.Cut(v.get("do"), ".")
	n, _ := strconv.Atoi(at)
	if n < 1 || n > len(b.form.Fields) || verb == "remove" && fixedField(b.form.Fields[n-1]) {
		return v.to("/forms/" + b.key.Name)
	}
	b.form.Fields = moved(slices.Clone(b.form.Fields), verb+".fields."+at, "fields", func() form.Field { return form.Field{} })
	gone, err := a.keep(v, b)
	if err != nil {
		return err
	}
	if gone {
		if b, err = a.building(v); err != nil {
			return err
		}
		return a.askForm(v, b)
	}
	switch verb {
	case "up":
		n = max(1, n-1)
	case "down":
		n = min(len(b.form.Fields), n+1)
	case "remove":
		n = max(1, min(len(b.form.Fields), n))
	}
	return v.to(fmt.Sprintf("/forms/%s#row-%d", b.key.Name, n))
}

// spokenIn are the languages in which a form has words, and those of the line.
func (a *Admin) spokenIn(ctx context.Context, f form.Form) ([]ofLanguage, error) {
	tags, err := a.Parts.Line.Languages(ctx)
	if err != nil {
		return nil, err
	}
	for _, tag := range append(f.Languages(), a.Words.Tags()...) {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	var out []ofLanguage
	for _, tag := range tags {
		of := ofLanguage{tag, tag, "auto"}
		if info, ok := a.Words.Info(tag); ok {
			of = ofLanguage{tag, info.Own, info.Dir}
		}
		out = append(out, of)
	}
	return out, nil
}

package admin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/i18n"
)

// hoursAloud reads hours aloud: the zone, the week, the dates that differ.
func hoursAloud(l *i18n.Language, body string) []string {
	h, err := routing.ParseHours(body)
	if err != nil {
		return nil
	}
	say := func(field, value string) string { return l.T("admin.aloud", "field", field, "value", value) }
	out := []string{say(l.T("admin.field.zone"), h.Zone)}
	for _, day := range weekdays() {
		out = append(out, say(l.T("admin.day."+day), spans(l, h.Week[day])))
	}
	var dates []string
	for date := range h.Days {
		dates = append(dates, date)
	}
	slices.Sort(dates)
	for _, date := range dates {
		out = append(out, say(dated(l, date), spans(l, h.Days[date])))
	}
	return out
}

// urgencyAloud reads urgency rules aloud, row by row.
func (a *Admin) urgencyAloud(l *i18n.Language, body string) (out []string) {
	r, err := routing.ParseRules(body)
	if err != nil {
		return nil
	}
	for _, row := range r.Rows {
		out = append(out, a.ruleInWords(l, row))
	}
	return append(out, l.T("admin.urgency.else", "class", l.T("admin.urgency.class", "class", r.Default)))
}

// formAloud reads a form aloud, field by field.
func formAloud(l *i18n.Language, body string) (out []string) {
	f, err := form.Parse(body)
	if err != nil {
		return nil
	}
	for i, field := range f.Fields {
		out = append(out, l.T("admin.form.aloud", "row", i+1, "label", form.In(field.Words, l.Tag(), i18n.Fallback).Label, "code", field.Code, "kind", l.T("admin.form.kind."+field.Kind)))
		for _, lang := range f.Languages() {
			w := field.Words[lang]
			if w.Label != "" {
				out = append(out, deeper+lang+": "+strings.TrimSpace(w.Label+" "+w.Help))
			}
		}
		for _, o := range field.Options {
			line := deeper + "· " + o.Code
			for _, lang := range f.Languages() {
				if w := o.Words[lang]; w.Label != "" {
					line += " | " + lang + ": " + w.Label
				}
			}
			if o.HTCDS != "" {
				line += " | " + o.HTCDS
			}
			out = append(out, line)
		}
		for _, c := range field.When {
			out = append(out, deeper+condInWords(l, f, c))
		}
		out = append(out, deeper+l.T("admin.form.class."+strconv.Itoa(field.Class)))
		if field.Fact != "" {
			out = append(out, deeper+l.T("admin.aloud", "field", l.T("admin.field.form.fact"), "value", field.Fact))
		}
	}
	return out
}

// condInWords says a condition as one reads it aloud.
func condInWords(l *i18n.Language, f form.Form, c form.Cond) string {
	i := slices.IndexFunc(f.Fields, func(f form.Field) bool { return f.Code == c.Field })
	if i < 0 {
		return l.T("admin.form.when."+c.Is, "field", c.Field, "value", strings.Join(c.Values, l.T("admin.comma")))
	}
	var values []string
	for _, v := range c.Values {
		values = append(values, answerInWords(l, f.Fields[i], v))
	}
	return l.T("admin.form.when."+c.Is, "field", form.In(f.Fields[i].Words, l.Tag(), i18n.Fallback).Label, "value", strings.Join(values, l.T("admin.comma")))
}

// answerInWords is an answer to a field: an option, or why there is none.
func answerInWords(l *i18n.Language, f form.Field, code string) string {
	if i := slices.IndexFunc(f.Options, func(o form.Option) bool { return o.Code == code }); i >= 0 {
		return form.In(f.Options[i].Words, l.Tag(), i18n.Fallback).Label
	}
	return wordOr(l, "admin.form.state.", code)
}

package admin

import (
	"slices"

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

package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/i18n"
)

// weekdays as hours name them, from Monday.
func weekdays() []string { return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} }

// wholeDay is how hours write it.
const wholeDay = "24h"

func always() map[string][]string {
	w := map[string][]string{}
	for _, day := range weekdays() {
		w[day] = []string{wholeDay}
	}
	return w
}

// An opening is one stretch of a day, as a form asks for it.
type opening struct{ From, To string }

// A dayInput is one day of the form: a weekday, or a date that differs.
type dayInput struct {
	Day   string // mon … sun, or empty for a date
	Date  string // 2026-12-25
	All   bool   // day and night
	Spans []opening
}

// hoursInput is the form of the hours.
type hoursInput struct {
	Week    []dayInput
	Days    []dayInput
	Version int64
}

const (
	rowsOfDay = 2  // stretches that a day always offers
	newDates  = 3  // empty dates that the form always offers
	mostDates = 80 // dates that one line keeps
	mostSpans = 12
)

// readHours reads the form. Rows that are empty are left out, and faults name the
// rows as they are shown again.
func readHours(form url.Values) (in hoursInput, fs faults) {
	in.Version, _ = strconv.ParseInt(digits(form.Get("version")), 10, 64)
	copied := form.Get("do") == "copy"
	for _, name := range weekdays() {
		if copied && name != "mon" {
			day := in.Week[0]
			day.Day = name
			in.Week = append(in.Week, day)
			continue
		}
		day, wrong := readDay(form, name, name)
		day.Day = name
		in.Week, fs = append(in.Week, day), append(fs, wrong...)
	}
	for i := 1; i <= mostDates; i++ {
		row, shown := "day"+strconv.Itoa(i), "day"+strconv.Itoa(len(in.Days)+1)
		day, wrong := readDay(form, row, shown)
		day.Date = date(form.Get(row + ".date"))
		if day.Date == "" && !day.All && len(day.Spans) == 0 {
			continue
		}
		if _, err := time.Parse(time.DateOnly, day.Date); err != nil {
			fs.add(shown+".date", "admin.fault.date")
		}
		in.Days, fs = append(in.Days, day), append(fs, wrong...)
	}
	return in, fs
}

// date tidies a date as it is typed: the digits of any keyboard.
func date(typed string) string {
	typed = short(typed, 12)
	parts := strings.Split(typed, "-")
	for i, p := range parts {
		if n := digits(p); n != "" {
			parts[i] = n
		}
	}
	return strings.Join(parts, "-")
}

// readDay reads the stretches of one day. Times that are there by half are a fault.
func readDay(form url.Values, row, shown string) (d dayInput, fs faults) {
	d.All = form.Get(row+".all") == "yes"
	for i := 1; i <= mostSpans; i++ {
		at := row + "." + strconv.Itoa(i)
		o := opening{clock(form.Get(at + ".from")), clock(form.Get(at + ".to"))}
		if o == (opening{}) {
			continue
		}
		d.Spans = append(d.Spans, o)
		field, wrong := o.wrong()
		if wrong != "" && !d.All {
			fs.add(shown+"."+strconv.Itoa(len(d.Spans))+"."+field, wrong)
		}
	}
	return d, fs
}

// wrong names the field that is not right, and why.
func (o opening) wrong() (field, key string) {
	switch {
	case o.From == "":
		return "from", "admin.fault.from"
	case o.To == "":
		return "to", "admin.fault.to"
	case !isClock(o.From):
		return "from", "admin.fault.clock"
	case !isClock(o.To):
		return "to", "admin.fault.clock"
	case o.From == o.To:
		return "to", "admin.fault.same"
	}
	return "", ""
}

// clock tidies a time of day: 9, 9:00, 0900 and 9.00 are 09:00. What is none stays
// as it was typed.
func clock(typed string) string {
	typed = short(typed, 12)
	parts := strings.FieldsFunc(typed, func(r rune) bool { return r == ':' || r == '.' || r == 'h' || r == '٫' || r == ' ' })
	var hour, minute string
	switch {
	case len(parts) > 2 || len(parts) == 0:
		return typed
	case len(parts) == 2:
		hour, minute = digits(parts[0]), digits(parts[1])
	case len(digits(parts[0])) == 4:
		hour, minute = digits(parts[0])[:2], digits(parts[0])[2:]
	default:
		hour, minute = digits(parts[0]), "00"
	}
	if len(hour) == 1 {
		hour = "0" + hour
	}
	if t := hour + ":" + minute; isClock(t) {
		return t
	}
	return typed
}

func isClock(s string) bool {
	_, err := time.Parse("15:04", s)
	return err == nil && len(s) == 5
}

// list writes a day as hours do.
func (d dayInput) list() []string {
	if d.All {
		return []string{wholeDay}
	}
	out := []string{}
	for _, s := range d.Spans {
		out = append(out, s.From+"-"+s.To)
	}
	return out
}

// hours makes them of the form. What the form does not ask for stays as in base.
// Dates before today go.
func (in hoursInput) hours(base routing.Hours, today string) routing.Hours {
	h := routing.Hours{Zone: base.Zone, Channels: base.Channels, Week: map[string][]string{}, Days: map[string][]string{}}
	for _, d := range in.Week {
		if list := d.list(); len(list) > 0 {
			h.Week[d.Day] = list
		}
	}
	for _, d := range in.Days {
		if d.Date >= today {
			h.Days[d.Date] = d.list()
		}
	}
	return h
}

// inputOf is the form of hours.
func inputOf(h routing.Hours) (in hoursInput) {
	for _, name := range weekdays() {
		in.Week = append(in.Week, dayOf(name, "", h.Week[name]))
	}
	for date, list := range h.Days {
		in.Days = append(in.Days, dayOf("", date, list))
	}
	slices.SortFunc(in.Days, func(a, b dayInput) int { return strings.Compare(a.Date, b.Date) })
	return in
}

func dayOf(name, date string, list []string) dayInput {
	d := dayInput{Day: name, Date: date}
	for _, s := range list {
		from, to, ok := strings.Cut(s, "-")
		if s == wholeDay {
			d.All = true
			continue
		}
		if to == "24:00" {
			to = "00:00"
		}
		if ok {
			d.Spans = append(d.Spans, opening{from, to})
		}
	}
	return d
}

// wrongHours says what is wrong with hours, at the day and the stretch of the form.
func wrongHours(l *i18n.Language, in hoursInput, found edition.Faults) (fs faults) {
	for _, f := range found {
		of, name, _ := strings.Cut(f.Field, ".")
		fault := l.T(f.Key, "given", f.Given)
		row, day := "", ""
		switch {
		case of == "week" && slices.Contains(weekdays(), name):
			row, day = name, l.T("admin.day."+name)
		case of == "days":
			if i := slices.IndexFunc(in.Days, func(d dayInput) bool { return d.Date == name }); i >= 0 {
				row, day = "day"+strconv.Itoa(i+1), name
			}
		}
		switch {
		case row != "" && f.Row > 0:
			fs.add(row+"."+strconv.Itoa(f.Row)+".from", "admin.fault.at", "field", day, "fault", fault)
		case row != "":
			fs.add(row+".1.from", "admin.fault.at", "field", day, "fault", fault)
		case of == "zone":
			fs.add("", "admin.fault.at", "field", l.T("admin.field.zone"), "fault", fault)
		default:
			fs.add("", "admin.fault.at", "field", l.T("admin.hours.title"), "fault", fault)
		}
	}
	return fs
}

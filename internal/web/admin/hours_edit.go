package admin

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/i18n"
)

// hoursView shows when the line answers, and the form that changes it.
type hoursView struct {
	frame
	hoursInput
	Stands string // how the line stands now
	Zone   string
	Never  bool // nothing is set: it is always open
	Begun  bool // somebody has begun a change
	Who    string
	Other  bool // some channels have hours of their own
	Past   []pastRow
}

func (*hoursView) name() string { return "hours" }

// pastRow is an edition that was in force.
type pastRow struct {
	Number   int64
	At       int64
	By       string
	Reviewer string
}

func hoursKey() edition.Key { return routing.LineKey(routing.KindHours) }

// begun is the draft of the hours, or what it would be made from.
func (a *Admin) begun(ctx context.Context) (h routing.Hours, d edition.Edition, err error) {
	now, _, err := a.opening(ctx)
	if err != nil {
		return h, d, err
	}
	if h = (routing.Hours{Zone: "UTC", Week: always()}); now != nil {
		h = *now
	}
	if d, err = a.draft(ctx, hoursKey()); err != nil || d.Version == 0 {
		return h, d, err
	}
	if kept, err := routing.ParseHours(d.Body); err == nil {
		h = *kept
	}
	return h, d, nil
}

func (a *Admin) hoursForm(v *visit) error {
	h, d, err := a.begun(v.r.Context())
	if err != nil {
		return err
	}
	in := inputOf(h)
	in.Version = d.Version
	return a.askHours(v, in)
}

func (a *Admin) askHours(v *visit, in hoursInput) error {
	ctx := v.r.Context()
	now, e, err := a.opening(ctx)
	if err != nil {
		return err
	}
	d, err := a.draft(ctx, hoursKey())
	if err != nil {
		return err
	}
	past, err := a.past(ctx, hoursKey())
	if err != nil {
		return err
	}
	view := &hoursView{hoursInput: in, Never: now == nil, Begun: d.Version > 0 && d.Body != e.Body, Zone: "UTC", Stands: a.stands(v.l, now)}
	view.Version = d.Version // saving again overwrites what she has just been told of
	if now != nil {
		view.Zone, view.Other = now.Zone, len(now.Channels) > 0
	}
	if view.Begun {
		view.Who = a.by(ctx, d)
	}
	for i := range view.Week {
		view.Week[i].Spans = pad(view.Week[i].Spans)
	}
	for range newDates {
		view.Days = append(view.Days, dayInput{})
	}
	for i := range view.Days {
		view.Days[i].Spans = pad(view.Days[i].Spans)
	}
	view.Past = a.pastRows(ctx, past)
	return a.show(v, v.status(), view)
}

// pad gives a day room for one more stretch.
func pad(of []opening) []opening {
	out := append([]opening(nil), of...)
	for len(out) < rowsOfDay || len(out) < mostSpans && len(out) == len(of) {
		out = append(out, opening{})
	}
	return out
}

// mostPast is how many earlier editions a page lists.
const mostPast = 10

func (a *Admin) pastRows(ctx context.Context, past []edition.Edition) (out []pastRow) {
	for _, e := range past[:min(len(past), mostPast)] {
		out = append(out, pastRow{e.Number, e.At, a.by(ctx, e), e.ReviewedBy})
	}
	return out
}

// stands says whether the line is open under hours, and when that changes.
func (a *Admin) stands(l *i18n.Language, h *routing.Hours) string {
	if h == nil {
		return l.T("admin.stands.always")
	}
	open, turns := h.Open(a.Clock(), hotline.Chat)
	turns = turns.In(h.Location())
	switch {
	case turns.IsZero() && open:
		return l.T("admin.stands.always")
	case turns.IsZero():
		return l.T("admin.stands.never")
	case open:
		return l.T("admin.stands.open", "day", l.T("admin.day."+weekdayKey(turns)), "time", turns.Format("15:04"))
	}
	return l.T("admin.stands.closed", "day", l.T("admin.day."+weekdayKey(turns)), "time", turns.Format("15:04"))
}

func weekdayKey(t time.Time) string { return weekdays()[(int(t.Weekday())+6)%7] }

// hours keeps the form as a draft, and leads on to the preview.
func (a *Admin) hours(v *visit) error {
	ctx := v.r.Context()
	in, wrong := readHours(v.form)
	v.faults = append(v.faults, wrong...)
	if v.get("do") == "copy" || len(v.faults) > 0 {
		return a.askHours(v, in)
	}
	base, _, err := a.begun(ctx)
	if err != nil {
		return err
	}
	today := a.Clock().In(a.zone(ctx)).Format(time.DateOnly)
	body, err := marshal(in.hours(base, today))
	if err != nil {
		return err
	}
	if err := a.Editions.Check(routing.KindHours, body); err != nil {
		var found edition.Faults
		if !errors.As(err, &found) {
			return err
		}
		v.faults = append(v.faults, wrongHours(v.l, in, found)...)
		return a.askHours(v, in)
	}
	_, err = a.Editions.Write(ctx, v.me(), hoursKey(), body, in.Version)
	if errors.Is(err, edition.ErrMoved) {
		v.faults.add("", "admin.fault.moved")
		return a.askHours(v, in)
	}
	if err != nil {
		return err
	}
	return v.to("/hours/preview")
}

// previewView shows hours before they are put in force: the draft, or an earlier
// edition.
type previewView struct {
	frame
	Days    []previewRow
	Dates   []previewRow
	Stands  string
	Zone    string
	Number  int64 // of the earlier edition; 0 is the draft
	At      int64
	Version int64
	Same    bool
}

func (*previewView) name() string { return "preview" }

// previewRow is a day now and then.
type previewRow struct {
	Day, Now, Then string
	Changes        bool
}

func (a *Admin) hoursPreview(v *visit) error {
	d, err := a.draft(v.r.Context(), hoursKey())
	if err != nil {
		return err
	}
	if d.Version == 0 {
		return v.to("/hours")
	}
	return a.previewHours(v, d)
}

func (a *Admin) previewHours(v *visit, e edition.Edition) error {
	then, err := routing.ParseHours(e.Body)
	if err != nil {
		return err
	}
	now, _, err := a.opening(v.r.Context())
	if err != nil {
		return err
	}
	if now == nil {
		now = &routing.Hours{Week: always()}
	}
	view := &previewView{Number: e.Number, At: e.At, Version: e.Version, Stands: a.stands(v.l, then), Zone: then.Zone, Same: true}
	for _, name := range weekdays() {
		view.Days = append(view.Days, compare(v.l, v.l.T("admin.day."+name), now.Week[name], then.Week[name]))
	}
	dates := inputOf(routing.Hours{Days: joined(now.Days, then.Days)}).Days
	for _, d := range dates {
		before, was := now.Days[d.Date]
		after, is := then.Days[d.Date]
		row := compare(v.l, dated(v.l, d.Date), before, after)
		if !was {
			row.Now, row.Changes = v.l.T("admin.hours.usual"), true
		}
		if !is {
			row.Then, row.Changes = v.l.T("admin.hours.usual"), true
		}
		view.Dates = append(view.Dates, row)
	}
	for _, row := range append(view.Days, view.Dates...) {
		view.Same = view.Same && !row.Changes
	}
	return a.show(v, v.status(), view)
}

// dated is a date with its weekday, by which a slip is seen.
func dated(l *i18n.Language, date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return l.T("admin.hours.dated", "day", l.T("admin.day."+weekdayKey(t)), "date", date)
}

func joined(a, b map[string][]string) map[string][]string {
	all := map[string][]string{}
	for _, m := range []map[string][]string{a, b} {
		for k, v := range m {
			all[k] = v
		}
	}
	return all
}

func compare(l *i18n.Language, day string, before, after []string) previewRow {
	row := previewRow{Day: day, Now: spans(l, before), Then: spans(l, after)}
	row.Changes = row.Now != row.Then
	return row
}

// spans writes the stretches of a day.
func spans(l *i18n.Language, list []string) string {
	d := dayOf("", "", list)
	if d.All {
		return l.T("admin.hours.all")
	}
	if len(d.Spans) == 0 {
		return l.T("admin.hours.closed")
	}
	var out []string
	for _, s := range d.Spans {
		out = append(out, l.T("admin.hours.span", "from", s.From, "to", s.To))
	}
	f := frame{Language: l}
	return f.ListOf(out)
}

// hoursPublish puts the draft in force, at once.
func (a *Admin) hoursPublish(v *visit) error {
	version, _ := strconv.ParseInt(digits(v.get("version")), 10, 64)
	_, err := a.Editions.Publish(v.r.Context(), v.me(), hoursKey(), version)
	if errors.Is(err, edition.ErrMoved) {
		v.faults.add("", "admin.fault.moved.publish")
		return a.hoursPreview(v)
	}
	if err != nil {
		return err
	}
	return v.to("/hours?done=hours")
}

func (a *Admin) hoursDiscard(v *visit) error { return a.discard(v, hoursKey(), "/hours") }

// earlier reads the edition that a page goes back to.
func (a *Admin) earlier(v *visit, k edition.Key) (edition.Edition, error) {
	n, err := strconv.ParseInt(v.r.PathValue("number"), 10, 64)
	if err != nil || n <= 0 {
		return edition.Edition{}, ErrPage
	}
	e, err := a.Editions.Number(v.r.Context(), k, n)
	if errors.Is(err, edition.ErrMissing) {
		err = ErrPage
	}
	return e, err
}

func (a *Admin) hoursBackForm(v *visit) error {
	e, err := a.earlier(v, hoursKey())
	if err != nil {
		return err
	}
	return a.previewHours(v, e)
}

// hoursBack puts earlier hours in force again.
func (a *Admin) hoursBack(v *visit) error {
	e, err := a.earlier(v, hoursKey())
	if err != nil {
		return err
	}
	if _, err := a.Editions.Back(v.r.Context(), v.me(), hoursKey(), e.Number); err != nil {
		return err
	}
	return v.to("/hours?done=hours")
}

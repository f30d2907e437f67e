package admin

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/routing"
)

// lineView asks what the line says of itself in every language.
type lineView struct {
	frame
	lineInput
	Offered []choice
	Kept    []keptRow
}

func (*lineView) name() string { return "line" }

type keptRow struct{ Key, Text string }

// lineInput is the form of the line.
type lineInput struct {
	Name, Zone             string
	Phone, Text, Emergency policy.Number
	Languages              []string
}

// First is the language that is given to whoever wants none of them.
func (in lineInput) First() string {
	if len(in.Languages) == 0 {
		return ""
	}
	return in.Languages[0]
}

// readLine reads the form. speaks knows the languages that there are pages in.
func readLine(form url.Values, speaks func(string) bool) (in lineInput, fs faults) {
	in.Name = strings.Join(strings.Fields(strings.Map(printing, form.Get("name"))), " ")
	switch {
	case in.Name == "":
		fs.add("name", "admin.fault.name")
	case len([]rune(in.Name)) > 60:
		fs.add("name", "admin.fault.name.long")
	}
	in.Zone = short(form.Get("zone"), 60)
	if _, err := time.LoadLocation(in.Zone); err != nil || in.Zone == "" || in.Zone == "Local" {
		fs.add("zone", "admin.fault.zone")
	}
	for field, to := range map[string]*policy.Number{"phone": &in.Phone, "text": &in.Text, "emergency": &in.Emergency} {
		n, ok := phone(form.Get(field))
		if *to = n; !ok {
			fs.add(field, "admin.fault.phone")
		}
	}
	slices.SortFunc(fs, func(a, b fault) int { return strings.Compare(a.Field, b.Field) })
	first := form.Get("first")
	for _, tag := range append([]string{first}, form["languages"]...) {
		if speaks(tag) && !slices.Contains(in.Languages, tag) {
			in.Languages = append(in.Languages, tag)
		}
	}
	if !speaks(first) || !slices.Contains(form["languages"], first) {
		fs.add("first", "admin.fault.first")
	}
	return in, fs
}

// lineNow is the line as it stands: what it says in its first language, its zone,
// its languages.
func (a *Admin) lineNow(ctx context.Context) (in lineInput, err error) {
	if in.Languages, err = a.Parts.Line.Languages(ctx); err != nil {
		return in, err
	}
	for _, tag := range in.Languages {
		about, e, err := a.said(ctx, tag)
		if err != nil {
			return in, err
		}
		if e.Number > 0 {
			in.Name, in.Phone, in.Text, in.Emergency = about.Name, about.Phone, about.Text, about.Emergency
			break
		}
	}
	in.Zone = a.zone(ctx).String()
	return in, nil
}

func (a *Admin) lineForm(v *visit) error {
	in, err := a.lineNow(v.r.Context())
	if err != nil {
		return err
	}
	return a.askLine(v, in)
}

func (a *Admin) askLine(v *visit, in lineInput) error {
	kept, err := a.Parts.Line.Kept(v.r.Context())
	if err != nil {
		return err
	}
	view := &lineView{lineInput: in}
	for _, tag := range a.Words.Tags() {
		view.Offered = append(view.Offered, choice{Value: tag, Label: a.tongue(tag), On: slices.Contains(in.Languages, tag)})
	}
	for key, d := range map[string]time.Duration{"readable": kept.Readable, "destroyed": kept.Destroyed, "unread": kept.Unread, "parked": kept.Parked} {
		view.Kept = append(view.Kept, keptRow{"admin.kept." + key, span(v, d)})
	}
	slices.SortFunc(view.Kept, func(a, b keptRow) int { return strings.Compare(a.Key, b.Key) })
	return a.show(v, v.status(), view)
}

// span says how long something is.
func span(v *visit, d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return v.l.N("admin.span.days", int(d/day))
	}
	return v.l.N("admin.span.hours", int(d/time.Hour))
}

// line puts what was changed in force, in every language of the line at once.
func (a *Admin) line(v *visit) error {
	ctx := v.r.Context()
	in, wrong := readLine(v.form, a.speaks)
	v.faults = append(v.faults, wrong...)
	ok, err := a.stepped(v)
	if err != nil {
		return err
	}
	if !ok || len(v.faults) > 0 {
		return a.askLine(v, in)
	}
	was, err := a.lineNow(ctx)
	if err != nil {
		return err
	}
	for _, tag := range in.Languages {
		if err := a.say(ctx, v.me(), tag, was, in); err != nil {
			return err
		}
	}
	if in.Zone != was.Zone {
		if err := a.moveZone(ctx, v.me(), in.Zone); err != nil {
			return err
		}
	}
	if !slices.Equal(in.Languages, was.Languages) {
		if err := a.Parts.Line.SetLanguages(ctx, v.me(), in.Languages); err != nil {
			return err
		}
	}
	return v.to("/line?done=line")
}

// say puts the facts that changed into what the line says in a language. Its texts,
// who reviewed them, and a draft that somebody has begun stay as they are, but for
// the same facts.
func (a *Admin) say(ctx context.Context, by hotline.PersonID, lang string, was, now lineInput) error {
	about, e, err := a.said(ctx, lang)
	if err != nil {
		return err
	}
	changed := facts(was, now, about)
	if e.Number > 0 && sameFacts(changed, about) {
		return nil
	}
	return a.rewrite(ctx, by, policy.AboutKey(lang), e, func(body string) (string, error) {
		if body == "" {
			return marshal(changed)
		}
		text, err := policy.ParseAbout(body)
		if err != nil {
			return body, nil //nolint:nilerr // a draft that is not right yet stays as it is
		}
		return marshal(facts(was, now, text))
	})
}

// facts changes in a text what differs between two forms, and all that it lacks.
func facts(was, now lineInput, about policy.About) policy.About {
	if now.Name != was.Name || about.Name == "" {
		about.Name = now.Name
	}
	if now.Phone != was.Phone || about.Phone.Dial == "" {
		about.Phone = now.Phone
	}
	if now.Text != was.Text || about.Text.Dial == "" {
		about.Text = now.Text
	}
	if now.Emergency != was.Emergency || about.Emergency.Dial == "" {
		about.Emergency = now.Emergency
	}
	return about
}

func sameFacts(a, b policy.About) bool {
	return a.Name == b.Name && a.Phone == b.Phone && a.Text == b.Text && a.Emergency == b.Emergency
}

func marshal(of any) (string, error) {
	b, err := json.Marshal(of)
	return string(b), err
}

// moveZone publishes the hours in another zone.
func (a *Admin) moveZone(ctx context.Context, by hotline.PersonID, to string) error {
	_, e, err := a.opening(ctx)
	if err != nil {
		return err
	}
	return a.rewrite(ctx, by, routing.LineKey(routing.KindHours), e, func(body string) (string, error) {
		h := &routing.Hours{Week: always()}
		if body != "" {
			if h, err = routing.ParseHours(body); err != nil {
				return body, nil //nolint:nilerr // a draft that is not right yet stays as it is
			}
		}
		h.Zone = to
		return marshal(h)
	})
}

// rewrite publishes a small change of what is in force without publishing the draft
// that somebody has begun: the draft is put aside and comes back with the change.
func (a *Admin) rewrite(ctx context.Context, by hotline.PersonID, k edition.Key, now edition.Edition, change func(body string) (string, error)) error {
	begun, err := a.draft(ctx, k)
	if err != nil {
		return err
	}
	body, err := change(now.Body)
	if err != nil {
		return err
	}
	if err := a.Editions.Check(k.Kind, body); err != nil {
		return err
	}
	version, err := a.Editions.Write(ctx, by, k, body, begun.Version)
	if err != nil {
		return err
	}
	if now.ReviewedBy != "" {
		if err := a.Editions.Review(ctx, k, version, now.ReviewedBy); err != nil {
			return err
		}
	}
	if _, err := a.Editions.Publish(ctx, by, k, version); err != nil {
		return err
	}
	if begun.Version == 0 {
		return nil
	}
	if body, err = change(begun.Body); err != nil {
		return err
	}
	_, err = a.Editions.Write(ctx, begun.By, k, body, 0)
	return err
}

package admin

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/routing"
)

// urgencyView shows the rules by which contacts wait, and the form that changes them.
type urgencyView struct {
	frame
	urgencyInput
	Begun   bool // somebody has begun a change
	Who     string
	Shipped bool   // nothing is published: the rules are as they came
	Mark    string // the key that says nobody has reviewed what is in force, or ""
	Past    []pastRow
}

func (*urgencyView) name() string { return "urgency" }

func urgencyKey() edition.Key { return routing.LineKey(routing.KindUrgency) }

// ruled is the rules in force: those that came with the program where a line has
// published none.
func (a *Admin) ruled(ctx context.Context) (*routing.Rules, edition.Edition, error) {
	e, err := a.Editions.Current(ctx, urgencyKey())
	if errors.Is(err, edition.ErrMissing) {
		e, err = edition.Edition{Key: urgencyKey(), Body: routing.ShippedRules}, nil
	}
	if err != nil {
		return nil, e, err
	}
	r, err := routing.ParseRules(e.Body)
	return r, e, err
}

func (a *Admin) urgencyForm(v *visit) error {
	ctx := v.r.Context()
	r, _, err := a.ruled(ctx)
	if err != nil {
		return err
	}
	d, err := a.draft(ctx, urgencyKey())
	if err != nil {
		return err
	}
	if d.Version > 0 {
		if kept, err := routing.ParseRules(d.Body); err == nil {
			r = kept
		}
	}
	in := urgencyOf(*r)
	in.Version = d.Version
	return a.askUrgency(v, in)
}

// askUrgency shows the form. Its version stays that of the draft it was made from,
// until somebody has been told that the draft has moved.
func (a *Admin) askUrgency(v *visit, in urgencyInput) error {
	ctx := v.r.Context()
	_, e, err := a.ruled(ctx)
	if err != nil {
		return err
	}
	d, err := a.draft(ctx, urgencyKey())
	if err != nil {
		return err
	}
	past, err := a.past(ctx, urgencyKey())
	if err != nil {
		return err
	}
	view := &urgencyView{urgencyInput: in, Begun: d.Version > 0 && d.Body != e.Body, Shipped: e.Number == 0, Mark: e.Mark(), Past: a.pastRows(ctx, past)}
	if view.Begun {
		view.Who = a.by(ctx, d)
	}
	return a.show(v, v.status(), view)
}

// urgency keeps the form as a draft, and leads on to the preview; or it gives the
// form back with a row more, or in another place.
func (a *Admin) urgency(v *visit) error {
	ctx := v.r.Context()
	in, edited := readUrgency(v.form)
	if edited {
		return a.askUrgency(v, in)
	}
	now, e, err := a.ruled(ctx)
	if err != nil {
		return err
	}
	note := now.Note
	if e.Number == 0 {
		note = "" // what it says is true of what came with the program alone
	}
	body, err := marshal(in.rules(note))
	if err != nil {
		return err
	}
	if err := a.Editions.Check(routing.KindUrgency, body); err != nil {
		var found edition.Faults
		if !errors.As(err, &found) {
			return err
		}
		v.faults = append(v.faults, wrongRules(v.l, found)...)
		return a.askUrgency(v, in)
	}
	_, err = a.Editions.Write(ctx, v.me(), urgencyKey(), body, in.Version)
	if errors.Is(err, edition.ErrMoved) {
		d, err := a.draft(ctx, urgencyKey())
		if err != nil {
			return err
		}
		in.Version = d.Version // saving again overwrites what she is told of here
		v.faults.add("", "admin.fault.moved")
		return a.askUrgency(v, in)
	}
	if err != nil {
		return err
	}
	return v.to("/urgency/preview")
}

// urgencyPublish puts the draft in force, at once.
func (a *Admin) urgencyPublish(v *visit) error {
	ctx := v.r.Context()
	ok, err := a.stepped(v)
	if err != nil {
		return err
	}
	if !ok {
		return a.urgencyPreview(v)
	}
	version, _ := strconv.ParseInt(digits(v.get("version")), 10, 64)
	if reviewer := sentence(short(v.get("reviewer"), 60)); reviewer != "" {
		err = a.Editions.Review(ctx, urgencyKey(), version, reviewer)
	}
	if err == nil {
		_, err = a.Editions.Publish(ctx, v.me(), urgencyKey(), version)
	}
	if errors.Is(err, edition.ErrMoved) {
		v.faults.add("", "admin.fault.moved.publish")
		return a.urgencyPreview(v)
	}
	if err != nil {
		return err
	}
	return v.to("/urgency?done=urgency")
}

func (a *Admin) urgencyDiscard(v *visit) error { return a.discard(v, urgencyKey(), "/urgency") }

func (a *Admin) urgencyBackForm(v *visit) error {
	e, err := a.earlier(v, urgencyKey())
	if err != nil {
		return err
	}
	return a.previewUrgency(v, e)
}

// urgencyBack puts earlier rules in force again.
func (a *Admin) urgencyBack(v *visit) error {
	e, err := a.earlier(v, urgencyKey())
	if err != nil {
		return err
	}
	ok, err := a.stepped(v)
	if err != nil {
		return err
	}
	if !ok {
		return a.previewUrgency(v, e)
	}
	if _, err := a.Editions.Back(v.r.Context(), v.me(), urgencyKey(), e.Number); err != nil {
		return err
	}
	return v.to("/urgency?done=urgency")
}

// A ruleView is one row of the form.
type ruleView struct {
	*frame
	ruleInput
	N           int
	First, Last bool
}

// Rule is the row of the form with an index.
func (u *urgencyView) Rule(i int) ruleView {
	return ruleView{&u.frame, u.Rules[i], i + 1, i == 0, i == len(u.Rules)-1}
}

// ID is where a fault of the whole row leads to.
func (r ruleView) ID() string { return "f-" + ruleField(r.N, "row") }

// Whole is what is wrong with the whole row, or "".
func (r ruleView) Whole() string {
	if f, ok := r.faults.of(ruleField(r.N, "row")); ok {
		return r.T(f.key, f.args...)
	}
	return ""
}

// More reports whether the rarer conditions of the row are to be seen at once.
func (r ruleView) More() bool {
	asks := len(r.Channel) > 0 || r.Spoken != "" || r.Waited != "" || r.Waits != ""
	for _, part := range []string{"language", "channel", "waited", "waits"} {
		asks = asks || r.Wrong(ruleField(r.N, part))
	}
	return asks
}

// Part is a field of the row.
func (r ruleView) Part(part, value string) field {
	return r.FieldAs(ruleField(r.N, part), "rule."+part, value)
}

// Answer is a condition that is yes, no, or does not matter.
func (r ruleView) Answer(part, value string) group {
	return r.GroupAs(ruleField(r.N, part), "rule."+part, false, []choice{
		{Value: "", Label: r.T("admin.urgency.any"), On: value == ""},
		{Value: "yes", Label: r.T("admin.urgency.yes"), On: value == "yes"},
		{Value: "no", Label: r.T("admin.urgency.no"), On: value == "no"},
	})
}

// Why is the choice of a reason.
func (r ruleView) Why() group {
	return r.some("reason", "desk.reason.", ruleReasons(), []string{r.Reason}, false)
}

// Whom is the choice of for whom somebody writes.
func (r ruleView) Whom() group { return r.some("path", "admin.path.", rulePaths(), r.Path, true) }

// Ways is the choice of channels.
func (r ruleView) Ways() group {
	return r.some("channel", "desk.channel.", ruleChannels(), r.Channel, true)
}

// some offers what there is, and what the row has that is not known here, so that it
// is not lost by looking at it.
func (r ruleView) some(part, words string, known, on []string, many bool) group {
	var out []choice
	for _, value := range known {
		out = append(out, choice{Value: value, Label: r.T(words + value), On: slices.Contains(on, value)})
	}
	for _, value := range on {
		if value != "" && !slices.Contains(known, value) {
			out = append(out, choice{Value: value, Label: value, On: true})
		}
	}
	return r.GroupAs(ruleField(r.N, part), "rule."+part, many, out)
}

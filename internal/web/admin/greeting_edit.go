package admin

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/i18n"
)

// greetingsView lists the languages and how far their texts are.
type greetingsView struct {
	frame
	Rows []greetingRow
}

func (*greetingsView) name() string { return "greetings" }

type greetingRow struct {
	Tag, Own, Dir, Reviewer string
	None, Begun             bool
	At                      int64
}

func (a *Admin) greetings(v *visit) error {
	ctx := v.r.Context()
	tags, err := a.Parts.Line.Languages(ctx)
	if err != nil {
		return err
	}
	view := &greetingsView{}
	for _, tag := range tags {
		_, e, err := a.said(ctx, tag)
		if err != nil {
			return err
		}
		d, err := a.draft(ctx, policy.AboutKey(tag))
		if err != nil {
			return err
		}
		info, _ := a.Words.Info(tag)
		view.Rows = append(view.Rows, greetingRow{
			Tag: tag, Own: a.tongue(tag), Dir: info.Dir, Reviewer: e.ReviewedBy, None: e.Number == 0, Begun: d.Version > 0 && d.Body != e.Body, At: e.At,
		})
	}
	return a.show(v, http.StatusOK, view)
}

// greetingView asks what callers are told in one language.
type greetingView struct {
	frame
	greetingInput
	Of    ofLanguage
	Begun bool
	Who   string
	Past  []pastRow
}

func (*greetingView) name() string { return "greeting" }

// ofLanguage is the language that a text is in, which need not be the page's.
type ofLanguage struct{ Tag, Own, Dir string }

// of reads the language of the address. One that the line does not speak is no page.
func (a *Admin) of(v *visit) (ofLanguage, error) {
	tag := v.r.PathValue("lang")
	tags, err := a.Parts.Line.Languages(v.r.Context())
	if err != nil {
		return ofLanguage{}, err
	}
	info, ok := a.Words.Info(tag)
	if !ok || !slices.Contains(tags, tag) {
		return ofLanguage{}, ErrPage
	}
	return ofLanguage{tag, info.Own, info.Dir}, nil
}

// text is the draft, or what it would be made from: what is in force, or the facts
// that stand in the line's other languages.
func (a *Admin) text(ctx context.Context, lang string) (policy.About, error) {
	about, e, err := a.said(ctx, lang)
	if err != nil {
		return about, err
	}
	if e.Number == 0 {
		now, err := a.lineNow(ctx)
		if err != nil {
			return about, err
		}
		about = facts(lineInput{}, now, about)
	}
	d, err := a.draft(ctx, policy.AboutKey(lang))
	if err != nil || d.Version == 0 {
		return about, err
	}
	if begun, err := policy.ParseAbout(d.Body); err == nil {
		about = begun
	}
	return about, nil
}

func (a *Admin) greetingForm(v *visit) error {
	of, err := a.of(v)
	if err != nil {
		return err
	}
	about, err := a.text(v.r.Context(), of.Tag)
	if err != nil {
		return err
	}
	return a.askGreeting(v, of, greetingOf(about))
}

func (a *Admin) askGreeting(v *visit, of ofLanguage, in greetingInput) error {
	ctx := v.r.Context()
	k := policy.AboutKey(of.Tag)
	_, e, err := a.said(ctx, of.Tag)
	if err != nil {
		return err
	}
	d, err := a.draft(ctx, k)
	if err != nil {
		return err
	}
	past, err := a.past(ctx, k)
	if err != nil {
		return err
	}
	view := &greetingView{greetingInput: in, Of: of, Begun: d.Version > 0 && d.Body != e.Body, Past: a.pastRows(ctx, past)}
	view.Version = d.Version
	if view.Begun {
		view.Who = a.by(ctx, d)
	}
	for range newHelps {
		if len(view.Night) < mostHelps {
			view.Night = append(view.Night, helpInput{})
		}
	}
	return a.show(v, v.status(), view)
}

// greeting keeps the form as a draft, and leads on to the preview.
func (a *Admin) greeting(v *visit) error {
	ctx := v.r.Context()
	of, err := a.of(v)
	if err != nil {
		return err
	}
	in, night, wrong := readGreeting(v.form)
	v.faults = append(v.faults, wrong...)
	if len(v.faults) > 0 {
		return a.askGreeting(v, of, in)
	}
	about, err := a.text(ctx, of.Tag)
	if err != nil {
		return err
	}
	about.RunBy, about.Greeting, about.Night = in.RunBy, in.Greeting, night
	body, err := marshal(about)
	if err != nil {
		return err
	}
	if err := a.Editions.Check(policy.KindAbout, body); err != nil {
		var found edition.Faults
		if !errors.As(err, &found) {
			return err
		}
		v.faults = append(v.faults, wrongGreeting(v.l, found)...)
		return a.askGreeting(v, of, in)
	}
	_, err = a.Editions.Write(ctx, v.me(), policy.AboutKey(of.Tag), body, in.Version)
	if errors.Is(err, edition.ErrMoved) {
		v.faults.add("", "admin.fault.moved")
		return a.askGreeting(v, of, in)
	}
	if err != nil {
		return err
	}
	return v.to("/greeting/" + of.Tag + "/preview")
}

// greetingPreviewView shows what callers will read.
type greetingPreviewView struct {
	frame
	policy.About
	Of       ofLanguage
	Words    *i18n.Language // of the text
	Version  int64
	Number   int64 // of the earlier edition; 0 is the draft
	Made     int64
	Reviewer string
}

func (*greetingPreviewView) name() string { return "greetingpreview" }

func (a *Admin) greetingPreview(v *visit) error {
	of, err := a.of(v)
	if err != nil {
		return err
	}
	d, err := a.draft(v.r.Context(), policy.AboutKey(of.Tag))
	if err != nil {
		return err
	}
	if d.Version == 0 {
		return v.to("/greeting/" + of.Tag)
	}
	return a.previewGreeting(v, of, d)
}

func (a *Admin) previewGreeting(v *visit, of ofLanguage, e edition.Edition) error {
	about, err := policy.ParseAbout(e.Body)
	if err != nil {
		return v.to("/greeting/" + of.Tag)
	}
	return a.show(v, v.status(), &greetingPreviewView{
		About: about, Of: of, Words: a.Words.For(of.Tag), Version: e.Version, Number: e.Number, Made: e.At, Reviewer: short(v.get("reviewer"), 60),
	})
}

// greetingPublish puts the draft in force at once. Somebody must have read it in its
// language.
func (a *Admin) greetingPublish(v *visit) error {
	ctx := v.r.Context()
	of, err := a.of(v)
	if err != nil {
		return err
	}
	reviewer := sentence(short(v.get("reviewer"), 60))
	if reviewer == "" {
		v.faults.add("reviewer", "admin.fault.reviewer")
	}
	ok, err := a.stepped(v)
	if err != nil {
		return err
	}
	if !ok || len(v.faults) > 0 {
		return a.greetingPreview(v)
	}
	k := policy.AboutKey(of.Tag)
	version, _ := strconv.ParseInt(digits(v.get("version")), 10, 64)
	err = a.Editions.Review(ctx, k, version, reviewer)
	if err == nil {
		_, err = a.Editions.Publish(ctx, v.me(), k, version)
	}
	if errors.Is(err, edition.ErrMoved) {
		v.faults.add("", "admin.fault.moved.publish")
		return a.greetingPreview(v)
	}
	if err != nil {
		return err
	}
	return v.to("/greeting?done=greeting")
}

func (a *Admin) greetingBackForm(v *visit) error {
	of, err := a.of(v)
	if err != nil {
		return err
	}
	e, err := a.earlier(v, policy.AboutKey(of.Tag))
	if err != nil {
		return err
	}
	return a.previewGreeting(v, of, e)
}

// greetingBack puts an earlier text in force again.
func (a *Admin) greetingBack(v *visit) error {
	of, err := a.of(v)
	if err != nil {
		return err
	}
	e, err := a.earlier(v, policy.AboutKey(of.Tag))
	if err != nil {
		return err
	}
	ok, err := a.stepped(v)
	if err != nil {
		return err
	}
	if !ok {
		return a.previewGreeting(v, of, e)
	}
	if _, err := a.Editions.Back(v.r.Context(), v.me(), policy.AboutKey(of.Tag), e.Number); err != nil {
		return err
	}
	return v.to("/greeting?done=greeting")
}

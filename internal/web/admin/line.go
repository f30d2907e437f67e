package admin

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/routing"
)

// said is what the line says of itself in a language, as it is in force; empty where
// nothing is.
func (a *Admin) said(ctx context.Context, lang string) (policy.About, edition.Edition, error) {
	e, err := a.Editions.Current(ctx, policy.AboutKey(lang))
	if errors.Is(err, edition.ErrMissing) {
		return policy.About{}, e, nil
	}
	if err != nil {
		return policy.About{}, e, err
	}
	about, err := policy.ParseAbout(e.Body)
	return about, e, err
}

// lineName is the line's name, in a language where it has one in it. Pages are shown
// without it rather than not at all.
func (a *Admin) lineName(ctx context.Context, lang string) string {
	tags, err := a.Parts.Line.Languages(ctx)
	if err != nil {
		return ""
	}
	for _, tag := range append([]string{lang}, tags...) {
		if about, _, err := a.said(ctx, tag); err == nil && about.Name != "" {
			return about.Name
		}
	}
	return ""
}

// opening is the hours in force; the zero Hours, always open, where none are set.
func (a *Admin) opening(ctx context.Context) (*routing.Hours, edition.Edition, error) {
	e, err := a.Editions.Current(ctx, routing.LineKey(routing.KindHours))
	if errors.Is(err, edition.ErrMissing) {
		return nil, e, nil
	}
	if err != nil {
		return nil, e, err
	}
	h, err := routing.ParseHours(e.Body)
	return h, e, err
}

// zone is the line's time zone.
func (a *Admin) zone(ctx context.Context) *time.Location {
	if h, _, err := a.opening(ctx); err == nil && h != nil {
		return h.Location()
	}
	return time.UTC
}

// dialled is what a telephone dials.
var dialled = regexp.MustCompile(`^\+?[0-9*#]{2,20}$`)

// phone reads a telephone number as people write it. Empty is no number.
func phone(typed string) (policy.Number, bool) {
	shown := strings.Join(strings.Fields(strings.Map(printing, typed)), " ")
	if shown == "" {
		return policy.Number{}, true
	}
	dial := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' || r == '*' || r == '#' {
			return r
		}
		return -1
	}, shown)
	rest := strings.Trim(shown, "0123456789 +*#()-./")
	if !dialled.MatchString(dial) || len(shown) > 40 || rest != "" {
		return policy.Number{Shown: shown}, false
	}
	return policy.Number{Dial: dial, Shown: shown}, true
}

// draft is what somebody has begun and not published; Version 0 where nothing is.
func (a *Admin) draft(ctx context.Context, k edition.Key) (edition.Edition, error) {
	e, err := a.Editions.Number(ctx, k, 0)
	if errors.Is(err, edition.ErrMissing) {
		return edition.Edition{Key: k}, nil
	}
	return e, err
}

// past lists what was in force before, newest first.
func (a *Admin) past(ctx context.Context, k edition.Key) ([]edition.Edition, error) {
	all, err := a.Editions.All(ctx, k)
	return slices.DeleteFunc(all, func(e edition.Edition) bool { return e.State != edition.Withdrawn }), err
}

// by is the pseudonym of whoever made an edition.
func (a *Admin) by(ctx context.Context, e edition.Edition) string {
	p, err := a.Staff.Person(ctx, e.By)
	if err != nil {
		return ""
	}
	return p.Pseudonym
}

package app

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/web/front"
)

// Retained tells how long notes are kept, by kind, to whoever they are about. Nil
// where the line has said nothing: they stay until the line deletes them.
type Retained func(ctx context.Context) ([]front.Period, error)

// in is a text of the line in a language, or in the first that has one: that of the
// line's first language, then any. Where the line has published none at all it is the
// program's own draft, with number 0.
func (s saidLine) in(ctx context.Context, k edition.Key) (edition.Edition, error) {
	of, err := s.line.Languages(ctx)
	if err != nil {
		return edition.Edition{}, err
	}
	order := append([]string{k.Lang}, of...)
	order = append(order, "en")
	order = append(order, s.words.Tags()...)
	e, err := s.line.Editions.In(ctx, k.Kind, k.Name, order...)
	if !errors.Is(err, edition.ErrMissing) {
		return e, err
	}
	shipped := policy.Shipped()
	for _, k.Lang = range order {
		if body, ok := shipped[k]; ok {
			return edition.Edition{Key: k, Body: body}, nil
		}
	}
	return edition.Edition{}, err
}

// Expect implements [front.Line].
func (s saidLine) Expect(ctx context.Context, lang string) (front.Expect, error) {
	e, err := s.in(ctx, policy.ExpectKey(string(hotline.Chat), lang))
	if err != nil {
		return front.Expect{}, err
	}
	t, err := policy.ParseExpect(e.Body)
	return front.Expect{Lang: e.Lang, Number: e.Number, Reviewed: e.ReviewedBy != "", Who: t.Who, Limits: t.Limits, Next: t.Next}, err
}

// Scope implements [front.Line].
func (s saidLine) Scope(ctx context.Context, lang string) (front.Scope, error) {
	e, err := s.in(ctx, policy.ScopeKey(lang))
	if err != nil {
		return front.Scope{}, err
	}
	t, err := policy.ParseScope(e.Body)
	return front.Scope{Lang: e.Lang, Reviewed: e.ReviewedBy != "", For: t.For, Not: t.Not, Pass: t.Pass}, err
}

// Readers implements [front.Line].
func (s saidLine) Readers(ctx context.Context) (front.Readers, error) {
	v, err := s.line.Authority.Current(ctx)
	if err != nil {
		return front.Readers{}, err
	}
	r := policy.ReadersOf(v)
	out := front.Readers{List: r.List, Answer: r.Answer, Supervise: r.Supervise, Count: r.Count, Check: r.Check, Manage: r.Manage}
	for _, team := range slices.Sorted(maps.Keys(r.Other)) {
		out.Other = append(out.Other, front.Team{Name: string(team), People: r.Other[team]})
	}
	if s.line.Retained != nil {
		out.Notes, err = s.line.Retained(ctx)
	}
	return out, err
}

// held reports whether the person whom she wished for is here, so that she is asked
// first.
func (s saidLine) held(ctx context.Context, c contact.Contact) (here bool, err error) {
	if c.Wishes.With == "" {
		return false, nil
	}
	return here, s.line.Main.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		p, err := staff.Of(tx, c.Wishes.With)
		here = p.Here(now)
		return err
	})
}

package demo

import (
	"context"
	"errors"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// laws puts in force what came with the program, as drafts, and says that the line works
// in the Philippines and that its people are public officials there.
func laws(ctx context.Context, s *stage) error {
	return s.as(ctx, "Ines", func(r *vault.Ring) (err error) {
		for k, body := range policy.ShippedDuty() {
			err = errors.Join(err, s.line.Editions.Begin(ctx, r.Me(), k, body))
		}
		ours := policy.Ours{Place: "PH", Roles: []policy.Role{"public_official"}, Note: "Made up for the demo. No counsel has said so."}
		return errors.Join(err, s.line.Editions.Begin(ctx, r.Me(), policy.OursKey(), ours.Body()))
	})
}

// dutyDue is somebody under 18 of whom a report may be due within 48 hours: begun, and to
// be decided.
func dutyDue(ctx context.Context, s *stage) error {
	c, t, err := s.talk(ctx, "en", "i am 16. i clean and cook for them, they keep my phone at night", "Noor")
	if err != nil {
		return err
	}
	defer c.Close()
	answers := map[string]form.Value{
		"safe_now": one("yes"), "type": one("crisis"), "age_group": one("minor"), "exploitation": one("domestic_servitude"), "country": {Text: "Philippines"},
	}
	return all(
		func() error { return t.say(ctx, "I am Noor. You can stop at any moment. Is it safe to write now?") },
		func() error {
			return t.head(ctx, func(h *contact.Head) { h.Privacy = contact.Confidential; h.Safety.Safe = contact.Yes })
		},
		func() error { return t.whom(ctx, hotline.Self) },
		func() error { return t.fill(ctx, "self", answers) },
		func() error { return t.notice(ctx, "PH", answers) },
	)
}

// notice begins a decision by what the rules in force say of answers in a place.
func (t talk) notice(ctx context.Context, place policy.Place, answers map[string]form.Value) error {
	var editions []edition.Edition
	for _, k := range t.line.Editions.Names(policy.KindDuty) {
		e, err := t.line.Editions.Current(ctx, k)
		if err != nil {
			return err
		}
		editions = append(editions, e)
	}
	laws, err := policy.DutiesOf(editions...)
	if err != nil {
		return err
	}
	ours, err := t.line.Editions.Current(ctx, policy.OursKey())
	if err != nil {
		return err
	}
	we, err := policy.ParseOurs(ours.Body)
	if err != nil {
		return err
	}
	now, err := t.day(ctx, 0)
	if err != nil {
		return err
	}
	l := form.Law(form.Seen{Path: hotline.Self}, answers, time.UnixMilli(now).In(place.Zone(time.UTC)))
	l.Place, l.By = place, we.Listener(nil)
	return t.with(ctx, func(r *vault.Ring, _, record *vault.Key, head contact.Head) error {
		o := policy.Owner(situation.OfContact(t.id, record, head.N))
		_, err := t.line.Decisions.Begin(ctx, r.Me(), o, record, hotline.NewID(), laws.Match(l))
		return err
	})
}

package demo

import (
	"context"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// daughter is whom the mother speaks for, as she calls her.
const daughter = "my daughter"

// agreed writes what somebody has said of what may be passed on.
func (t talk) agreed(ctx context.Context, acts ...consent.Act) error {
	return t.with(ctx, func(r *vault.Ring, _, record *vault.Key, _ contact.Head) error {
		allow := func(tx db.Tx) error { _, err := contact.OfRecord(tx, t.id, record.Object); return err }
		return t.act(ctx, consent.Of{By: r.Me(), Owner: string(t.id), Key: record.OfHead(), Allow: allow}, acts...)
	})
}

func (s *stage) act(ctx context.Context, of consent.Of, acts ...consent.Act) error {
	for _, a := range acts {
		l, err := s.line.Consents.Read(ctx, of.Owner, of.Key)
		if err != nil {
			return err
		}
		if a.ID == "" {
			a.ID = hotline.NewID()
		}
		if _, err := s.line.Consents.Do(ctx, of, l.N, a); err != nil {
			return err
		}
	}
	return nil
}

// until is so many days from now.
func (s *stage) until(ctx context.Context, days int) (ms int64, err error) {
	return ms, s.line.Main.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		ms = now + int64(days)*24*time.Hour.Milliseconds()
		return err
	})
}

// allows is what the mother allows for her daughter, before anybody has heard from her.
func (t talk) allows(ctx context.Context, she string) error {
	until, err := t.until(ctx, 30)
	if err != nil {
		return err
	}
	return t.agreed(ctx, consent.Act{
		Kind: consent.Give, For: she, Label: daughter, How: "chat", Words: "tell the police where she is, please",
		Terms: consent.Terms{What: []consent.Scope{"place", "name"}, To: "Harbour Town police", Purpose: "police", Until: until},
	})
}

// speaks is what the daughter says for herself: from then on the mother's counts no longer.
func (t talk) speaks(ctx context.Context, sit hotline.SituationID, mother hotline.ContactID, she string) error {
	until, err := t.until(ctx, 30)
	if err != nil {
		return err
	}
	if err := t.agreed(ctx,
		consent.Act{
			Kind: consent.Give, How: "chat", Words: "only that i am alive",
			Terms: consent.Terms{What: []consent.Scope{"well"}, To: "My mother", Purpose: "family", Until: until},
		},
		consent.Act{Kind: consent.Refuse, How: "chat", Terms: consent.Terms{What: []consent.Scope{"place", "name"}, To: "Harbour Town police", Purpose: "police"}},
		consent.Act{
			Kind: consent.Give, How: "chat",
			Terms: consent.Terms{What: []consent.Scope{"needs", "others"}, To: "North house", Purpose: "shelter", Until: until},
		},
	); err != nil {
		return err
	}
	return t.as(ctx, t.by, func(r *vault.Ring) error {
		whole, err := t.line.Situations.Open(ctx, r, sit, "demo")
		if err != nil {
			return err
		}
		key := whole.Heads()[string(mother)]
		allow := func(tx db.Tx) error {
			return situation.MayConsent(tx, sit, string(mother), key.HeadKey().Object())
		}
		return t.act(ctx, consent.Of{By: r.Me(), Owner: string(mother), Key: key, Allow: allow},
			consent.Act{Kind: consent.Herself, ID: she, For: she, Label: daughter, Who: t.id})
	})
}

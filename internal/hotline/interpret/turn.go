package interpret

import (
	"context"
	"errors"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// Turn asks for translators, by itself, for those who wait and whose language nobody on
// the shift speaks: so that one is there when an advocate takes the contact. What it has
// asked for is given up once somebody speaks the language and no translator has come.
func (t *Translators) Turn(ctx context.Context) error {
	waiting, err := t.book.List(ctx, most, contact.Waiting, contact.Offered)
	if err != nil {
		return err
	}
	standing, err := t.Requests(ctx)
	if err != nil {
		return err
	}
	var shift []staff.Presence
	err = t.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err == nil {
			shift, err = staff.Shift(tx, now)
		}
		return err
	})
	if err != nil || len(shift) == 0 {
		return err
	}
	spoken := func(lang string) bool {
		return slices.ContainsFunc(shift, func(p staff.Presence) bool { return slices.Contains(p.Languages, lang) })
	}
	asked := map[hotline.ContactID]Request{}
	for _, r := range standing {
		asked[r.Contact] = r
	}
	for _, c := range waiting {
		r, there := asked[c.ID]
		switch {
		case c.Lang == "" || c.Lang == undetermined:
			continue
		case !there && !spoken(c.Lang):
			_, err = t.Ask(ctx, "", c.ID, c.Lang, "")
		case there && r.AskedBy == "" && r.Translator == "" && spoken(c.Lang):
			err = t.End(ctx, "", r.ID)
		}
		if err != nil && !errors.Is(err, contact.ErrOver) && !errors.Is(err, contact.ErrMissing) && !errors.Is(err, ErrMissing) {
			return err
		}
	}
	return nil
}

// undetermined is the code of a language that nobody knows.
const undetermined = "und"

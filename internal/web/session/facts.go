package session

import (
	"context"
	"errors"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// Recorded counts a contact that nobody closed by what an advocate has written down of
// it, under the form that it was begun under.
func Recorded(record *situation.Record, editions *edition.Book) Facts {
	return func(ctx context.Context, c contact.Contact, k *vault.Key, head contact.Head) (hotline.Facts, error) {
		f, ok, err := formOf(ctx, editions, c)
		if err != nil || !ok {
			return head.Facts, err
		}
		rows, err := record.Fields(ctx, string(c.ID), k)
		if err != nil {
			return nil, err
		}
		all := map[string]form.Value{}
		for _, row := range rows {
			field, known := f.Field(row.Field)
			v, err := form.ParseValue(read(row.Value))
			if known && err == nil && f.Kept(string(head.Privacy))(field) {
				all[field.Code] = v
			}
		}
		return f.Facts(all), nil
	}
}

// formOf finds the form of a contact's record. One without a record has none.
func formOf(ctx context.Context, editions *edition.Book, c contact.Contact) (f form.Form, ok bool, err error) {
	for kind, n := range c.Editions {
		name, is := strings.CutPrefix(kind, form.Kind+"/")
		if !is {
			continue
		}
		e, err := editions.Number(ctx, form.Key(name), n)
		if errors.Is(err, edition.ErrMissing) {
			return f, false, nil
		}
		if err != nil {
			return f, false, err
		}
		f, err = form.Parse(e.Body)
		return f, err == nil, err
	}
	return f, false, nil
}

// read is where this package reads answers: for the codes in them, in the session of
// whoever holds the key.
func read(t seal.Text) string { return t.Reveal() }

package desk

import (
	"context"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// withNotes puts the giver's newest note to each contact that is handed over: what it says
// decides whether somebody accepts. It is opened once for each offer, with a leaf; one that does
// not open is offered without.
func (c *console) withNotes(ctx context.Context, offers []Offer) []Offer {
	for i, o := range offers {
		if o.Kind != "handover" {
			continue
		}
		if known := find(c.told.offers, o.ID); known != nil {
			offers[i].Note = known.Note
			continue
		}
		note, err := c.handed(ctx, hotline.ContactID(o.Contact), o.From)
		if err != nil {
			c.d.Log.ErrorContext(ctx, "a hand-over is offered without its note", "contact", o.Contact, "err", err)
			continue
		}
		offers[i].Note = note
	}
	return offers
}

// handed is the newest note that the giver wrote.
func (c *console) handed(ctx context.Context, id hotline.ContactID, giver string) (string, error) {
	notes, err := c.d.Book.Notes(ctx, id)
	if err != nil || len(notes) == 0 {
		return "", err
	}
	last := notes[len(notes)-1]
	if c.pic.name(last.By) != giver {
		return "", nil
	}
	record, err := c.ring.Open(ctx, vault.Ref{Contact: id, Record: true}, "hand-over")
	if err != nil {
		return "", pass(err)
	}
	text, err := record.Note(last)
	if err != nil {
		return "", err
	}
	return plain(text), nil
}

func find(offers []Offer, id string) *Offer {
	for i := range offers {
		if offers[i].ID == id {
			return &offers[i]
		}
	}
	return nil
}

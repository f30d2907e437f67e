package desk

import (
	"context"
	"errors"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// help does what a frame asks about a danger now. It reports whether it was such a frame.
func (c *console) help(ctx context.Context, frame any) (id string, ours bool, err error) {
	switch f := frame.(type) {
	case AskPlaces:
		return f.Contact, true, c.findPlaces(ctx, f)
	case OpenEmergency:
		return f.ID, true, c.helping(ctx, f.Contact, func(b *emergency.Book, of emergency.Of) error {
			where, err := c.whereIs(ctx, f.Code)
			if err != nil {
				return err
			}
			_, err = b.Open(ctx, of, emergency.Emergency{
				ID: f.ID, Ground: emergency.Ground(f.Ground), Decision: f.Decision, Reason: strings.TrimSpace(f.Reason), Words: strings.TrimSpace(f.Text), Where: where,
			})
			return err
		})
	case PutSheet:
		return f.ID, true, c.helping(ctx, f.Contact, func(b *emergency.Book, of emergency.Of) error { return c.putSheet(ctx, b, of, f) })
	case Calls:
		return f.ID, true, c.helping(ctx, f.Contact, func(b *emergency.Book, of emergency.Of) error {
			_, err := b.Call(ctx, of, f.ID, f.Version)
			return err
		})
	case PutDispatch:
		return f.ID, true, c.helping(ctx, f.Contact, func(b *emergency.Book, of emergency.Of) error {
			d := emergency.Dispatch{ID: f.Of, Unit: strings.TrimSpace(f.Unit), Number: f.Number, Ref: strings.TrimSpace(f.Ref)}
			_, err := b.Send(ctx, of, f.ID, f.Version, d)
			return err
		})
	case PutCame:
		return f.ID, true, c.helping(ctx, f.Contact, func(b *emergency.Book, of emergency.Of) error {
			_, err := b.Came(ctx, of, f.ID, f.Version, f.Of, f.Came, strings.TrimSpace(f.Note))
			return err
		})
	case EndEmergency:
		return f.ID, true, c.helping(ctx, f.Contact, func(b *emergency.Book, of emergency.Of) error {
			_, err := b.End(ctx, of, f.ID, f.Version, f.Outcome, strings.TrimSpace(f.Note))
			return err
		})
	case PutSecond:
		return f.ID, true, c.may(func() error {
			return c.helping(ctx, f.Contact, func(b *emergency.Book, of emergency.Of) error {
				_, err := b.Answer(ctx, of, f.ID, f.Version, f.Says, strings.TrimSpace(f.Reason))
				return err
			})
		})
	case LookEmergency:
		return f.Contact, true, c.may(func() error {
			return c.helping(ctx, f.Contact, func(*emergency.Book, emergency.Of) error { return nil })
		})
	}
	return "", false, nil
}

// helping does something about a contact's emergency, and shows how it stands then, done or
// not: who is refused because a colleague was there first sees what she did.
func (c *console) helping(ctx context.Context, id string, do func(*emergency.Book, emergency.Of) error) error {
	if c.d.Emergencies == nil {
		return emergency.ErrMissing
	}
	of, err := c.emergencyOf(ctx, hotline.ContactID(id))
	if err != nil {
		return err
	}
	err = do(c.d.Emergencies, of)
	f, failed := c.emergencies(ctx, of)
	if failed != nil {
		return errors.Join(err, failed)
	}
	if s, ok := c.shown[of.Contact]; ok {
		s.helped = f
	}
	c.push(f)
	return err
}

// emergencyOf is a contact that this desk shows, or one that a supervisor opens for this: an
// emergency goes on when its contact has left all desks, and a second person answers then too.
func (c *console) emergencyOf(ctx context.Context, id hotline.ContactID) (of emergency.Of, err error) {
	s, ok := c.shown[id]
	if ok {
		return c.urgent(ctx, id, s.record)
	}
	if !c.supervises {
		return of, contact.ErrMissing
	}
	k, err := c.ring.Open(ctx, vault.Ref{Contact: id, Record: true}, "emergency")
	if err != nil {
		return of, err
	}
	return c.urgent(ctx, id, k)
}

// urgent reads what is known of her safety. A head that was put back stops nobody from
// calling help: what names her stays here then. Of whom her words are erased, nothing more is
// said, and what we did goes on.
func (c *console) urgent(ctx context.Context, id hotline.ContactID, k *vault.Key) (emergency.Of, error) {
	of := emergency.Of{By: c.me.ID, Contact: id, Key: k}
	var err error
	of.Head, err = k.Head(ctx)
	if errors.Is(err, contact.ErrMissing) {
		return of, nil
	}
	if errors.Is(err, vault.ErrOldHead) {
		row, err := c.d.Book.Find(ctx, id)
		of.Head = contact.Head{N: row.HeadN}
		return of, err
	}
	return of, err
}

// putSheet writes what there is to say: the lines that are named, and the place.
func (c *console) putSheet(ctx context.Context, b *emergency.Book, of emergency.Of, f PutSheet) error {
	e, err := b.Read(ctx, of, f.ID)
	if err != nil {
		return err
	}
	where := e.Where
	if f.Code != where.Place {
		if where, err = c.whereIs(ctx, f.Code); err != nil {
			return err
		}
	}
	words, told := e.Words, e.Told
	if of.Head.Privacy == contact.Anonymous { // chosen since: it is not kept
		told.Name, told.Reach = "", ""
	}
	for _, l := range f.Lines {
		text := strings.TrimSpace(l.Text)
		if l.Kind == "words" {
			words = text
			continue
		}
		var ok bool
		if told, ok = told.With(l.Kind, text); !ok {
			return emergency.ErrWords
		}
	}
	_, err = b.Says(ctx, of, f.ID, f.Version, words, where, f.Agreed, told)
	return err
}

// findPlaces answers what rough words may mean.
func (c *console) findPlaces(ctx context.Context, f AskPlaces) error {
	if _, err := c.mine(f.Contact); err != nil && !c.supervises {
		return err
	}
	out := PlacesFrame{Contact: f.Contact, N: f.N, All: []PlaceView{}}
	table, _, err := c.d.atlas.inForce(ctx, c.d.Editions)
	switch {
	case errors.Is(err, errNoTable):
		out.None = true
	case err != nil:
		return err
	default:
		for _, m := range table.Find(seal.Conceal(f.Text)) {
			who, err := table.Who(m.Place.Code)
			if err != nil {
				return err
			}
			out.All = append(out.All, PlaceView{
				Code: m.Place.Code, Name: m.Place.Name(), In: list(m.In), Fit: m.Fit.String(), By: m.By, Near: m.Near, Who: answersOf(who),
			})
		}
	}
	c.push(out)
	return nil
}

// whereIs is a place of the table in force, with who answers there today.
func (c *console) whereIs(ctx context.Context, code string) (emergency.Where, error) {
	if code == "" {
		return emergency.Where{}, nil
	}
	table, number, err := c.d.atlas.inForce(ctx, c.d.Editions)
	if errors.Is(err, errNoTable) {
		err = emergency.ErrPlace
	}
	if err != nil {
		return emergency.Where{}, err
	}
	return table.Where(code, number)
}

package desk

import (
	"context"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// setPath puts right for whom somebody writes. The record follows with the look that comes
// after it, here and on the desk of whoever reads along.
func (c *console) setPath(ctx context.Context, f SetPath) error {
	return c.with(ctx, f.Contact, func(s *shown) error {
		return c.d.Book.SetPath(ctx, c.me.ID, s.row.ID, hotline.Path(f.Path))
	})
}

// typedBefore takes up an answer that was typed while another form stood here: a colleague
// has put the path right meanwhile, and nothing is saved yet. What was typed is not lost:
// its form is the one that the record is begun under.
func (c *console) typedBefore(ctx context.Context, s *shown, f Field) error {
	for _, name := range form.Names() {
		e, err := c.d.Editions.Current(ctx, form.Key(name))
		if err != nil {
			return err
		}
		asks, err := c.d.blanks.read(e)
		if err != nil {
			return err
		}
		if _, ok := asks.Field(f.Field); !ok || asks.Check(f.Field, f.Value.value()) != nil {
			continue
		}
		if _, _, err := c.d.Book.Under(ctx, s.row.ID, form.Kind, name, e.Number); err != nil {
			return err
		}
		return c.refile(ctx, s)
	}
	return form.ErrField
}

// refile shows the record of a contact that somebody has begun elsewhere.
func (c *console) refile(ctx context.Context, s *shown) (err error) {
	if s.row, err = c.d.Book.Find(ctx, s.row.ID); err != nil {
		return err
	}
	return c.file(ctx, s)
}

package desk

import (
	"context"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// level sets how much of her may be kept. The new level holds before anything is deleted:
// what is on its way to be saved is refused by it.
func (c *console) level(ctx context.Context, f Level) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	p := contact.Privacy(f.Level)
	if p != contact.Share && p != contact.Confidential && p != contact.Anonymous {
		return errFrame
	}
	head, err := s.record.Head(ctx)
	if err != nil {
		return err
	}
	if head.Privacy != p {
		head.Privacy = p
		if err := c.d.Book.PutHead(ctx, hotline.Actor(c.me.ID), s.row.ID, head, s.record.HeadKey(), "privacy"); err != nil {
			return err
		}
	}
	return c.file(ctx, s)
}

// tidy deletes what the level of a record forbids. It is also what ends a deletion that was
// cut short.
func (c *console) tidy(ctx context.Context, s *shown, r *record) error {
	keeps := r.form.Kept(string(r.privacy))
	var over []string
	for _, field := range r.form.Fields {
		if !keeps(field) {
			over = append(over, field.ID)
		}
	}
	_, err := c.d.Record.Drop(ctx, hotline.Actor(c.me.ID), string(s.row.ID), over, "level")
	return err
}

// reveal opens an answer that is kept apart. The reason is in the log before it is shown.
func (c *console) reveal(ctx context.Context, f Reveal) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	if s.filed == nil {
		return errNoForm
	}
	if strings.TrimSpace(f.Note) == "" {
		return errWhy
	}
	if _, err := c.ring.Open(ctx, vault.Ref{Contact: s.row.ID, Record: true}, "field: "+f.Note); err != nil {
		return err
	}
	s.filed.revealed[f.Field] = true
	rows, err := c.d.Record.Fields(ctx, string(s.row.ID), s.record)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Field == f.Field {
			c.push(c.fieldSet(s, s.filed, row))
		}
	}
	return nil
}

package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	errNoForm = problem.New(problem.Missing, "desk.problem.no_form")
	errKept   = problem.New(problem.Denied, "desk.problem.not_kept")
	errHeld   = problem.New(problem.Denied, "desk.problem.held")
	errWhy    = problem.New(problem.Invalid, "desk.problem.reason")
	errLacks  = problem.New(problem.Invalid, "desk.problem.lacks")
)

// writeDown does what a frame asks about what we write of a contact. It reports whether it
// was such a frame.
func (c *console) writeDown(ctx context.Context, frame any) (id string, ours bool, err error) {
	switch f := frame.(type) {
	case Field:
		return f.Contact + "/" + f.Field, true, c.saveField(ctx, f)
	case Level:
		return f.Contact, true, c.level(ctx, f)
	case SetPath:
		return f.Contact, true, c.setPath(ctx, f)
	case Reveal:
		return f.Contact + "/" + f.Field, true, c.reveal(ctx, f)
	case Written:
		return f.Contact, true, c.noted(ctx, f)
	case OpenProcedure:
		return f.Contact, true, c.openProcedure(ctx, f)
	case PutStep:
		return f.Contact, true, c.putStep(ctx, f)
	default:
		return "", false, nil
	}
}

// saveField saves an answer.
func (c *console) saveField(ctx context.Context, f Field) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	if s.filed == nil {
		return errNoForm
	}
	saved, err := c.putField(ctx, s, f)
	if errors.Is(err, situation.ErrHead) { // the head has moved on: look at it, once
		saved, err = c.putField(ctx, s, f)
	}
	r := s.filed
	switch {
	case errors.Is(err, situation.ErrClash):
		r.told[f.Field], r.by[f.Field] = saved.Version, saved.By
		row := c.fieldSet(s, r, saved)
		c.push(Clash{Contact: f.Contact, Field: f.Field, Version: row.Version, Value: row.Value, By: row.By, At: row.At})
		return nil
	case err != nil:
		return err
	}
	r.told[f.Field], r.by[f.Field] = saved.Version, saved.By
	c.push(Saved{Contact: f.Contact, Field: f.Field, Version: saved.Version, At: saved.At})
	if err := c.safeInForm(ctx, s, f); err != nil {
		return err
	}
	c.procedures(ctx, s)
	c.duty(ctx, s)
	return nil
}

func (c *console) putField(ctx context.Context, s *shown, f Field) (situation.Field, error) {
	head, err := s.record.Head(ctx)
	if err != nil {
		return situation.Field{}, err
	}
	if _, asks := s.filed.form.Field(f.Field); !asks && !s.filed.begun {
		if err := c.typedBefore(ctx, s, f); err != nil {
			return situation.Field{}, err
		}
	}
	r, v := s.filed, f.Value.value()
	r.privacy = head.Privacy
	field, ok := r.form.Field(f.Field)
	switch {
	case !ok:
		return situation.Field{}, form.ErrField
	case !r.form.Kept(string(head.Privacy))(field):
		return situation.Field{}, errKept
	case r.held(f.Field, c.me.ID):
		return situation.Field{}, errHeld
	}
	if err := r.form.Check(f.Field, v); err != nil {
		return situation.Field{}, err
	}
	if err := c.keepEdition(ctx, s); err != nil {
		return situation.Field{}, err
	}
	return c.d.Record.Put(ctx, c.me.ID, situation.OfContact(s.row.ID, s.record, head.N), s.record, f.Field, f.Base, seal.Conceal(v.JSON()))
}

// keepEdition ties the contact to the form that its first field is saved under. Where a
// colleague has begun under another one meanwhile, that one is shown, and the answer is to
// be given again.
func (c *console) keepEdition(ctx context.Context, s *shown) error {
	r := s.filed
	if r.begun {
		return nil
	}
	name, number, err := c.d.Book.Under(ctx, s.row.ID, form.Kind, r.name, r.number)
	if err != nil {
		return err
	}
	if name == r.name && number == r.number {
		r.begun = true
		return nil
	}
	if err := c.refile(ctx, s); err != nil {
		return err
	}
	return situation.ErrHead
}

// noted saves a note. The same again is harmless.
func (c *console) noted(ctx context.Context, f Written) error {
	return c.with(ctx, f.Contact, func(s *shown) error {
		if strings.TrimSpace(f.Note) == "" {
			return contact.ErrEmpty
		}
		if slices.ContainsFunc(s.notes, func(n Note) bool { return n.Text == f.Note && n.By == c.me.Pseudonym }) {
			return nil
		}
		return c.writeNote(ctx, s, f.Note)
	})
}

// settled makes a record ready for the closing of its contact: what must be answered is,
// what is known without asking is written down with the rest, and what may be counted
// stands in the head.
func (c *console) settled(ctx context.Context, s *shown, head *contact.Head) error {
	r := s.filed
	if r == nil {
		return nil
	}
	rows, err := c.d.Record.Fields(ctx, string(s.row.ID), s.record)
	if err != nil {
		return err
	}
	all := map[string]form.Value{}
	for _, row := range rows {
		v, err := form.ParseValue(plain(row.Value))
		if field, ok := r.form.Field(row.Field); ok && err == nil {
			all[field.Code] = v
		}
	}
	for id, v := range known(s.row, r.form, *head) {
		field, _ := r.form.Field(id)
		if _, there := all[field.Code]; there || !r.form.Kept(string(head.Privacy))(field) {
			continue
		}
		all[field.Code] = v
		if err := c.keepEdition(ctx, s); err != nil {
			return err
		}
		_, err := c.d.Record.Put(ctx, c.me.ID, situation.OfContact(s.row.ID, s.record, head.N), s.record, id, 0, seal.Conceal(v.JSON()))
		if err != nil && !errors.Is(err, situation.ErrClash) {
			return err
		}
	}
	if len(r.form.Lacking(all)) > 0 {
		return errLacks
	}
	head.Facts = r.form.Facts(all)
	return nil
}

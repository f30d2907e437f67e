package desk

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/situation"
)

// safeInForm carries what was answered in the form to "is it safe?" into her card, which
// is what the gate reads: one answer, wherever it is given. A form that is emptied, or
// says that nobody asked, takes nothing back.
func (c *console) safeInForm(ctx context.Context, s *shown, f Field) error {
	field, ok := s.filed.form.Field(f.Field)
	if !ok || field.Code != form.SafeNow || !s.view.Mine && !c.supervises {
		return nil
	}
	said := safeSaid(f.Value.value())
	if said == "" || s.safety == nil || s.safety.Old || contact.Answer(s.safety.Card.Safe) == said {
		return nil
	}
	return c.changeHead(ctx, f.Contact, 0, "safety", func(h *contact.Head) error {
		h.Safety.Safe, h.Safety.SafeAt = said, c.now(ctx)
		return nil
	})
}

// safeSaid is an answer of the form as the card knows it: who would not say is not safe
// for certain.
func safeSaid(v form.Value) contact.Answer {
	switch {
	case v.State == form.Unknown || v.State == form.Declined:
		return contact.Unknown
	case v.State == "" && len(v.Codes) == 1:
		if a := contact.Answer(v.Codes[0]); a == contact.Yes || a == contact.No {
			return a
		}
		return contact.Unknown
	}
	return ""
}

// safeInCard carries what was answered in the card into a form that says something else.
// A form without an answer shows the card's by itself.
func (c *console) safeInCard(ctx context.Context, f PutSafety) error {
	s, err := c.mine(f.Contact)
	if err != nil || s.filed == nil || f.Card.Safe == "" {
		return err
	}
	r := s.filed
	rows, err := c.d.Record.Fields(ctx, string(s.row.ID), s.record)
	if err != nil {
		return err
	}
	for _, row := range rows {
		field, ok := r.form.Field(row.Field)
		if !ok || field.Code != form.SafeNow {
			continue
		}
		old, err := form.ParseValue(plain(row.Value))
		if err != nil || safeSaid(old) == contact.Answer(f.Card.Safe) {
			return err
		}
		v := form.Value{Codes: []string{f.Card.Safe}}
		if f.Card.Safe == string(contact.Unknown) {
			v = form.Value{State: form.Unknown}
		}
		saved, err := c.putField(ctx, s, Field{Contact: f.Contact, Field: row.Field, Base: row.Version, Value: answerOf(v)})
		if errors.Is(err, situation.ErrClash) { // somebody answers in the form at this moment: theirs is newer
			return nil
		}
		if err != nil {
			return err
		}
		r.told[row.Field], r.by[row.Field] = saved.Version, saved.By
		c.push(FieldSet{Contact: f.Contact, Field: row.Field, Version: saved.Version, By: c.pic.name(saved.By), At: saved.At, Value: answerOf(v)})
		return nil
	}
	return nil
}

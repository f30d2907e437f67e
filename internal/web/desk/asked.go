package desk

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// ask is a level of privacy that a caller asked for on her own page, and the message
// in which she did.
type ask struct {
	level contact.Privacy
	seq   int64
}

// asked reads what words of hers ask of us, and gives back what people read of them.
func (s *shown) asked(row seal.Sealed, words seal.Text) seal.Text {
	level, said := policy.Asked(words)
	if level != "" && row.Seq > s.ask.seq {
		s.ask = ask{contact.Privacy(level), row.Seq}
	}
	return said
}

// heed does what she asked for on her own page, once: it sets the level of privacy, by
// the session of her advocate, since no page of hers can. What an advocate sets after it
// stands, until she asks again. Whoever shows her record then deletes what the level
// forbids.
func (c *console) heed(ctx context.Context, s *shown) (done bool, err error) {
	if s.ask.level == "" || s.row.Advocate != c.me.ID {
		return false, nil
	}
	head, err := s.record.Head(ctx)
	if err != nil {
		return false, pass(err)
	}
	if head.Asked < s.ask.seq {
		head.Asked, head.Privacy = s.ask.seq, s.ask.level
		err = c.d.Book.PutHead(ctx, hotline.Actor(c.me.ID), s.row.ID, head, s.record.HeadKey(), "privacy")
		if errors.Is(err, contact.ErrHead) {
			return false, nil // somebody was faster: with the next look
		}
		if err != nil {
			return false, err
		}
		done = true
	}
	s.ask.level = ""
	return done, nil
}

package desk

import (
	"context"
	"errors"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// phrases tells the desk the approved phrases in a contact's language. Where there are
// none, those of the line's first language come, and say so.
func (c *console) phrases(ctx context.Context, f AskPhrases) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	out := PhrasesFrame{Lang: s.row.Lang, In: f.In, Phrases: []Phrase{}}
	e, err := c.phrasesIn(ctx, append(append([]string{s.row.Lang}, c.spoken...), "en")...)
	if errors.Is(err, edition.ErrMissing) {
		c.push(out)
		return nil
	}
	if err != nil {
		return err
	}
	all, err := interpret.Parse(e.Body)
	if err != nil {
		return err
	}
	out.Of, out.Number, out.Draft = e.Lang, e.Number, e.ReviewedBy == ""
	for _, p := range all {
		says := p.Says[f.In]
		if f.In == e.Lang {
			says = ""
		} else if says == "" {
			says = p.Says["en"]
		}
		out.Phrases = append(out.Phrases, Phrase{Code: p.Code, Group: p.Group, Text: p.Text, Says: says})
	}
	c.push(out)
	return nil
}

func (c *console) phrasesIn(ctx context.Context, languages ...string) (edition.Edition, error) {
	if c.d.Editions == nil {
		return edition.Edition{}, edition.ErrMissing
	}
	return c.d.Editions.In(ctx, interpret.KindPhrases, interpret.PhrasesKey("").Name, languages...)
}

// markOf is what the staff will know of a message that is about to be sent. What cannot be
// shown to be so is not claimed: a phrase that was changed is the advocate's own sentence.
func (c *console) markOf(ctx context.Context, f Send) interpret.Mark {
	if f.Phrase == "" || c.d.Editions == nil {
		return interpret.Mark{}
	}
	e, err := c.d.Editions.Number(ctx, interpret.PhrasesKey(f.Lang), f.Edition)
	if err != nil {
		return interpret.Mark{}
	}
	all, err := interpret.Parse(e.Body)
	if err != nil {
		return interpret.Mark{}
	}
	p, ok := interpret.Find(all, f.Phrase)
	if !ok || !p.Stands(f.Text) {
		return interpret.Mark{}
	}
	return interpret.Mark{Phrase: p.Code, Edition: e.Number, Lang: e.Lang}
}

// marked reads the mark of one of our messages. What she was told by it is noted once it
// has left: by whoever sent it, so that two desks do not note it twice.
func (c *console) marked(s *shown, row seal.Sealed) (*MessageMark, error) {
	if row.Mark == nil {
		return nil, nil //nolint:nilnil // most messages have none
	}
	t, err := s.words.Row("message", "mark", row.ID, 1, row.Mark)
	if err != nil {
		return nil, err
	}
	m, err := interpret.ParseMark(t)
	if err != nil {
		return nil, err
	}
	if kind := m.Tells(); kind != "" && row.Seq > 0 && row.Author == c.me.ID {
		s.tells = append(s.tells, contact.Told{Kind: kind, Number: m.Edition, Lang: m.Lang, At: row.At, By: c.me.ID})
	}
	return &MessageMark{Phrase: m.Phrase, By: c.pic.name(m.Translator), Machine: m.Machine, Said: plain(m.Said)}, nil
}

// noteTold notes in the head what she has been told by phrases that have left, and reads what
// she was told at all.
func (c *console) noteTold(ctx context.Context, s *shown) error {
	head, err := s.record.Head(ctx)
	if err != nil {
		return err
	}
	was := len(head.Told)
	for _, t := range s.tells {
		if !slices.Contains(head.Told, t) {
			head.Told = append(head.Told, t)
		}
	}
	if len(head.Told) > was && s.view.Mine {
		err := c.d.Book.PutHead(ctx, hotline.Actor(c.me.ID), s.row.ID, head, s.record.HeadKey(), "told")
		if errors.Is(err, contact.ErrHead) {
			return nil // somebody was faster: it is noted with the next look
		}
		if err != nil {
			return err
		}
	}
	s.tells = nil
	s.limits = nil
	for _, t := range head.Told {
		if t.Kind == interpret.Limits || t.Kind == policy.KindExpect { // by one of us, or by our page
			s.limits = &Told{Kind: t.Kind, Number: t.Number, Lang: t.Lang, At: t.At, By: c.pic.name(t.By)}
		}
	}
	return nil
}

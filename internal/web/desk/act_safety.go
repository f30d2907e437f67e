package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/problem"
)

// errReason says that an override needs a reason in words.
var errReason = problem.New(problem.Invalid, "desk.problem.reason")

// mostLine is how long a line of the card may be, in characters.
const mostLine = 400

// guard does what a frame asks about her safety. It reports whether it was such a frame.
func (c *console) guard(ctx context.Context, frame any) (id string, ours bool, err error) {
	switch f := frame.(type) {
	case PutSafety:
		return f.Contact, true, c.putSafety(ctx, f)
	case Alone:
		return f.Contact, true, c.alone(ctx, f)
	case Override:
		return f.ID, true, c.may(func() error { return c.override(ctx, f) })
	case Mend:
		return f.Contact, true, c.may(func() error { return c.mend(ctx, f) })
	case MakePhrase:
		return f.Contact, true, c.makePhrase(ctx, f)
	case SheSays:
		return f.Contact, true, c.says(ctx, f)
	case JoinFound:
		return f.Contact, true, c.joinFound(ctx, f)
	case AskCover:
		return f.Contact, true, c.coverWords(ctx, f)
	case AskIn:
		return f.Contact, true, c.with(ctx, f.Contact, func(s *shown) error { return c.d.Book.Ring(ctx, s.row.ID, contact.Help) })
	}
	return "", false, nil
}

// lookSafe reads her safety as it stands now. A head that was put back is shown as such: it
// ends nothing else on the desk.
func (c *console) lookSafe(ctx context.Context, s *shown) error {
	head, err := s.record.Head(ctx)
	if errors.Is(err, vault.ErrOldHead) {
		s.safety = &Safety{Old: true, Card: Card{Ways: []Terms{}}}
		return nil
	}
	if err != nil {
		return err
	}
	s.safety = &Safety{N: head.N, Card: cardOf(head.Safety), Heard: head.Safety.Heard, Phrase: phraseOf(head.Safety, s.row), Number: head.Number != ""}
	return nil
}

func phraseOf(s contact.Safety, row contact.Contact) string {
	switch {
	case s.Knows(row):
		return "given"
	case s.Phrase:
		return "set"
	}
	return ""
}

func cardOf(s contact.Safety) Card {
	card := Card{
		Safe: string(s.Safe), SafeAt: s.SafeAt, Ways: []Terms{}, Name: s.Name, Cover: s.Cover, MayKnow: s.MayKnow, Promised: s.Promised, Distress: s.Distress,
	}
	for _, way := range contact.Ways() {
		t, ok := s.Ways[way]
		if !ok {
			continue
		}
		days := []int64{}
		for _, d := range t.Days {
			days = append(days, int64(d))
		}
		card.Ways = append(card.Ways, Terms{
			Way: string(way), May: string(t.May), Days: days, From: int64(t.From), To: int64(t.To), Leave: string(t.Leave), Say: t.Say,
		})
	}
	return card
}

// onto writes a card over what was known. It refuses what is no card.
func (card Card) onto(s *contact.Safety, now int64) error {
	lines := []string{card.Name, card.Cover, card.MayKnow, card.Promised, card.Distress}
	ways := map[contact.Way]contact.Terms{}
	for _, t := range card.Ways {
		way := contact.Way(t.Way)
		if _, twice := ways[way]; twice || !slices.Contains(contact.Ways(), way) {
			return errFrame
		}
		terms, err := t.read()
		if err != nil {
			return err
		}
		ways[way] = terms
	}
	for _, line := range lines {
		if utf8.RuneCountInString(line) > mostLine {
			return errLong
		}
	}
	if !isAnswer(card.Safe) {
		return errFrame
	}
	if safe := contact.Answer(card.Safe); safe != s.Safe || card.SafeAt == 0 {
		s.Safe, s.SafeAt = safe, now
	}
	s.Ways, s.Name, s.Cover, s.MayKnow = ways, strings.TrimSpace(card.Name), strings.TrimSpace(card.Cover), strings.TrimSpace(card.MayKnow)
	s.Promised, s.Distress = strings.TrimSpace(card.Promised), strings.TrimSpace(card.Distress)
	return nil
}

// read is what she has said of a way, as it is kept. It refuses what says nothing of the kind.
func (t Terms) read() (contact.Terms, error) {
	switch {
	case !hours(t) || !isAnswer(t.May) || !isAnswer(t.Leave):
		return contact.Terms{}, errFrame
	case utf8.RuneCountInString(t.Say) > mostLine:
		return contact.Terms{}, errLong
	}
	out := contact.Terms{May: contact.Answer(t.May), From: int(t.From), To: int(t.To), Leave: contact.Answer(t.Leave), Say: strings.TrimSpace(t.Say)}
	for _, d := range t.Days {
		out.Days = append(out.Days, int(d))
	}
	return out, nil
}

func isAnswer(a string) bool {
	return slices.Contains([]contact.Answer{"", contact.Yes, contact.No, contact.Unknown}, contact.Answer(a))
}

// hours tells whether the days and hours of a way are such.
func hours(t Terms) bool {
	const day = 24 * 60
	seen := map[int64]bool{}
	for _, d := range t.Days {
		if d < 0 || d > 6 || seen[d] {
			return false
		}
		seen[d] = true
	}
	return t.From >= 0 && t.To >= 0 && t.From < day && t.To <= day
}

// changeHead writes a shown contact's head anew. n is the number of the one that the desk has
// read, 0 where it does not matter.
func (c *console) changeHead(ctx context.Context, id string, n int64, act string, change func(*contact.Head) error) error {
	s, err := c.mine(id)
	if err != nil {
		return err
	}
	if !s.view.Mine && !c.supervises {
		return contact.ErrNotYours
	}
	head, err := s.record.Head(ctx)
	if err != nil {
		return err
	}
	if n != 0 && n != head.N {
		err = contact.ErrHead
	} else if err = change(&head); err == nil {
		err = c.d.Book.PutHead(ctx, hotline.Actor(c.me.ID), s.row.ID, head, s.record.HeadKey(), act)
	}
	if err != nil && !errors.Is(err, contact.ErrHead) {
		return err
	}
	return errors.Join(err, c.with(ctx, id, func(*shown) error { return nil })) // the newest, either way
}

func (c *console) putSafety(ctx context.Context, f PutSafety) error {
	err := c.changeHead(ctx, f.Contact, f.N, "safety", func(h *contact.Head) error { return f.Card.onto(&h.Safety, c.now(ctx)) })
	if err != nil {
		return err
	}
	return c.safeInCard(ctx, f)
}

func (c *console) alone(ctx context.Context, f Alone) error {
	act := "not alone"
	if !f.Heard {
		act = "alone"
	}
	err := c.changeHead(ctx, f.Contact, 0, act, func(h *contact.Head) error {
		h.Safety.Heard = f.Heard
		return nil
	})
	if s, ok := c.shown[hotline.ContactID(f.Contact)]; err == nil && ok && c.d.Phone != nil && s.row.Channel == hotline.Call {
		err = c.d.Phone.Hush(ctx, c.me.ID, s.row.ID, f.Heard)
	}
	return err
}

// override lets one message leave: the second factor first, then the reason into the log.
func (c *console) override(ctx context.Context, f Override) error {
	s, err := c.answers(ctx, f.Contact, f.Reason, f.Code)
	if err != nil {
		return err
	}
	return c.reply(ctx, s, contact.Reply{ID: f.ID, Text: trimmed(f.Text), Override: contact.Override{By: c.me.ID, Reason: f.Reason}})
}

// answers is a contact for which a supervisor does what the rules forbid: with a reason, and
// the second factor anew.
func (c *console) answers(ctx context.Context, id, reason, code string) (*shown, error) {
	if len([]rune(strings.TrimSpace(reason))) < 3 {
		return nil, errReason
	}
	s, err := c.mine(id)
	if err != nil {
		return nil, err
	}
	return s, c.d.Accounts.StepUp(ctx, c.token, code)
}

// mend has her rules asked anew: an older head was put back, and nothing of it is believed.
func (c *console) mend(ctx context.Context, f Mend) error {
	s, err := c.answers(ctx, f.Contact, f.Reason, f.Code)
	if err != nil {
		return err
	}
	if _, err := s.record.Head(ctx); !errors.Is(err, vault.ErrOldHead) {
		return errors.Join(err, contact.ErrHead) // it is the newest
	}
	noted, err := s.record.Noted(ctx)
	if err != nil {
		return err
	}
	if err := c.d.Book.MendHead(ctx, c.me.ID, s.row.ID, noted, s.record.HeadKey(), f.Reason); err != nil {
		return err
	}
	return c.with(ctx, f.Contact, func(*shown) error { return nil })
}

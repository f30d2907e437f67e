package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// ofTranslators reports whether a frame is among what somebody may do who translates and
// answers nobody.
func ofTranslators(frame any) bool {
	switch frame.(type) {
	case Come, Pass, PutTranslation, State:
		return true
	}
	return false
}

// languages does what a frame asks about languages. It reports whether it was such a frame.
func (c *console) languages(ctx context.Context, frame any) (id string, ours bool, err error) {
	if f, ok := frame.(AskPhrases); ok {
		return f.Contact, true, c.phrases(ctx, f)
	}
	if f, ok := frame.(AskMachine); ok && c.d.Machine != nil {
		return f.ID, true, c.askMachine(ctx, f)
	}
	if c.d.Translators == nil {
		return "", false, nil
	}
	switch f := frame.(type) {
	case AskTranslator:
		return f.Contact, true, c.askTranslator(ctx, f)
	case EndTranslator:
		return f.Contact, true, c.requested(ctx, f.Contact, func(r interpret.Request) error { return c.endTranslator(ctx, r) })
	case Come:
		return f.Contact, true, c.requested(ctx, f.Contact, func(r interpret.Request) error { return c.d.Translators.Take(ctx, c.me, r.ID) })
	case Pass:
		return f.Contact, true, c.requested(ctx, f.Contact, func(r interpret.Request) error { return c.d.Translators.Pass(ctx, c.me.ID, r.ID) })
	case PutSentence:
		return f.ID, true, c.putSentence(ctx, f)
	case PutTranslation:
		return f.ID, true, c.putTranslation(ctx, f)
	}
	return "", false, nil
}

func (c *console) askTranslator(ctx context.Context, f AskTranslator) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	if f.Lang == "" || f.Ours == "" || f.Lang == f.Ours {
		return errFrame
	}
	_, err = c.d.Translators.Ask(ctx, c.me.ID, s.row.ID, f.Lang, f.Ours)
	return err
}

// requested does something to the request of a contact, as it stands now.
func (c *console) requested(ctx context.Context, id string, do func(interpret.Request) error) error {
	r, err := c.d.Translators.Of(ctx, hotline.ContactID(id))
	if err != nil {
		return err
	}
	return do(r)
}

// endTranslator is for who has the contact, and for supervisors.
func (c *console) endTranslator(ctx context.Context, r interpret.Request) error {
	s, ok := c.shown[r.Contact]
	if !c.supervises && (!ok || !s.view.Mine) {
		return contact.ErrNotYours
	}
	return c.d.Translators.End(ctx, c.me.ID, r.ID)
}

func (c *console) putSentence(ctx context.Context, f PutSentence) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	return c.d.Translators.Write(ctx, interpret.Words{ID: f.ID, Contact: s.row.ID, By: c.me.ID, Key: s.words.Seal(), Text: trimmed(f.Text)})
}

func (c *console) putTranslation(ctx context.Context, f PutTranslation) error {
	l, ok := c.lent[hotline.ContactID(f.Contact)]
	if !ok {
		return interpret.ErrMissing
	}
	return c.d.Translators.Write(ctx, interpret.Words{ID: f.ID, Contact: l.row.ID, About: f.About, By: c.me.ID, Key: l.words.Seal(), Text: trimmed(f.Text)})
}

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
func (c *console) markOf(ctx context.Context, s *shown, f Send) interpret.Mark {
	if s.machine[plain(trimmed(f.Text))] {
		return interpret.Mark{Machine: true}
	}
	if f.Of != "" && c.d.Translators != nil {
		return c.translated(ctx, s, f)
	}
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

// askMachine has the operator's machine translate: hers into this person's language, or this
// person's into hers.
func (c *console) askMachine(ctx context.Context, f AskMachine) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	from, to, text := s.row.Lang, c.ours(s.row.Lang), seal.Text{}
	if f.Of == "" {
		from, to, text = to, from, trimmed(f.Text)
	} else {
		rows, err := c.d.Book.Thread(ctx, s.row.ID, max(0, s.row.LastSeq-mostNewest), mostNewest)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rows, func(m seal.Sealed) bool { return m.ID == f.Of })
		if i < 0 {
			return contact.ErrMissing
		}
		o, err := s.words.Read(rows[i])
		if err != nil {
			return err
		}
		text = o.Text
	}
	go func() { // ends with the answer, which is bounded, or with the socket
		made, err := c.d.Machine.Translate(ctx, from, to, text)
		select {
		case c.made <- machineMade{f, made, err}:
		case <-ctx.Done():
		}
	}()
	return nil
}

// machineMade is what came of asking the machine.
type machineMade struct {
	asked AskMachine
	text  seal.Text
	err   error
}

// machineSaid tells the desk. What would go to the caller is remembered as unread.
func (c *console) machineSaid(ctx context.Context, m machineMade) {
	s, ok := c.shown[hotline.ContactID(m.asked.Contact)]
	switch {
	case !ok:
		return
	case m.err != nil:
		c.refuse(ctx, "machine", m.asked.ID, m.err)
		return
	case m.asked.Of == "":
		if s.machine == nil {
			s.machine = map[string]bool{}
		}
		s.machine[plain(trimmed(plain(m.text)))] = true
	}
	c.push(MachineFrame{ID: m.asked.ID, Contact: m.asked.Contact, Of: m.asked.Of, Text: plain(m.text)})
}

// unread refuses to send what a machine wrote as long as nobody has said that she read it.
func (s *shown) unread(f Send) error {
	if s.machine[plain(trimmed(f.Text))] && !f.Read {
		return interpret.ErrUnread
	}
	return nil
}

// translated says whose sentence is about to be sent: the translator's if it is hers word for
// word, with what the advocate had asked her to say.
func (c *console) translated(ctx context.Context, s *shown, f Send) interpret.Mark {
	read := func(id string) (interpret.Translation, string) {
		x, err := c.d.Translators.Find(ctx, s.row.ID, id)
		if err != nil {
			return x, ""
		}
		t, err := s.words.Row("translation", "sealed", x.ID, 1, x.Sealed)
		if err != nil {
			return x, ""
		}
		return x, plain(t)
	}
	answer, text := read(f.Of)
	if answer.Kind != interpret.Answer || text != strings.TrimRight(f.Text, " \n\t\r") {
		return interpret.Mark{}
	}
	_, said := read(answer.About)
	return interpret.Mark{Translator: answer.By, Said: seal.Conceal(said)}
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
	if errors.Is(err, vault.ErrOldHead) {
		s.limits = nil
		return nil
	}
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

package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// index hides a phrase under the key of the team that every desk holds.
func (c *console) index() safety.Index {
	return safety.Index{
		Of:    func(phrase string) []byte { return c.ring.Index(hotline.Desk, "phrase", phrase) },
		Epoch: c.ring.Epoch(hotline.Desk),
	}
}

// asked is a contact of this desk's that she who asks has herself.
func (c *console) asked(id string) (*shown, error) {
	s, err := c.mine(id)
	if err == nil && !s.view.Mine {
		err = contact.ErrNotYours
	}
	if err == nil && c.d.Phrases == nil {
		err = safety.ErrNoWords
	}
	return s, err
}

// tongues are the languages in which something is looked for, hers first.
func (c *console) tongues(lang string) []string {
	return append(append([]string{lang}, c.spoken...), "en")
}

// makePhrase draws two words for her. They are shown this once.
func (c *console) makePhrase(ctx context.Context, f MakePhrase) error {
	s, err := c.asked(f.Contact)
	if err != nil {
		return err
	}
	phrase, err := c.d.Phrases.Make(ctx, c.me.ID, s.row.ID, c.index(), c.tongues(s.row.Lang)...)
	if err != nil {
		return err
	}
	err = c.changeHead(ctx, f.Contact, 0, "phrase set", func(h *contact.Head) error {
		h.Safety = h.Safety.Gives(s.row) // she has it from us, here
		return nil
	})
	c.push(PhraseFrame{Contact: f.Contact, Text: plain(phrase)})
	return err
}

// says looks up what she says.
func (c *console) says(ctx context.Context, f SheSays) error {
	s, err := c.asked(f.Contact)
	if err != nil {
		return err
	}
	h, err := c.d.Phrases.Says(ctx, c.me.ID, s.row.ID, seal.Conceal(f.Text), c.index())
	if errors.Is(err, safety.ErrTries) {
		err = errors.Join(err, c.d.Book.Ring(ctx, s.row.ID, contact.Guesses))
	}
	if err != nil {
		return err
	}
	s.heard = &h
	c.push(SaidFrame{Contact: f.Contact, Found: len(h.Contacts) > 0, Left: int64(h.Left)})
	return nil
}

// joinFound joins a contact to those that her words have found: the stricter rules of before
// hold here too, and what was promised is shown.
func (c *console) joinFound(ctx context.Context, f JoinFound) error {
	s, err := c.asked(f.Contact)
	if err != nil {
		return err
	}
	if s.heard == nil || len(s.heard.Contacts) == 0 {
		return contact.ErrMissing
	}
	earlier := slices.DeleteFunc(slices.Clone(s.heard.Contacts), func(id hotline.ContactID) bool { return id == s.row.ID })
	out, before, err := c.earlier(ctx, earlier)
	if err != nil {
		return err
	}
	if err := c.d.Phrases.Join(ctx, c.me.ID, s.row.ID, *s.heard, c.ring.Epoch(hotline.Desk)); err != nil {
		return err
	}
	err = c.changeHead(ctx, f.Contact, 0, "found again", func(h *contact.Head) error {
		for _, b := range before {
			h.Safety = safety.Stricter(h.Safety, b)
		}
		h.Safety = h.Safety.Gives(s.row)
		return nil
	})
	if err != nil {
		return err
	}
	c.push(FoundFrame{Contact: f.Contact, Earlier: out})
	return nil
}

// earlier opens the heads of earlier contacts, the newest first. One that does not open, or is
// gone, is left out.
func (c *console) earlier(ctx context.Context, ids []hotline.ContactID) ([]Earlier, []contact.Safety, error) {
	out, before := []Earlier{}, []contact.Safety{}
	rows := map[hotline.ContactID]contact.Contact{}
	there := ids[:0]
	for _, id := range ids {
		row, err := c.d.Book.Find(ctx, id)
		if err != nil && !over(err) {
			return nil, nil, err
		}
		if err == nil && row.ShredS != "" {
			rows[id], there = row, append(there, id)
		}
	}
	if len(there) == 0 {
		return out, before, nil
	}
	views, err := c.ring.Heads(ctx, there)
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(views, func(a, b vault.View) int { return cmp.Compare(rows[b.Contact].Began, rows[a.Contact].Began) })
	for _, v := range views {
		if v.Err != nil {
			continue
		}
		row := rows[v.Contact]
		out = append(out, Earlier{
			Contact: string(v.Contact), Began: row.Began, Channel: string(row.Channel), Outcome: v.Head.Outcome, Promised: v.Head.Safety.Promised,
		})
		before = append(before, v.Head.Safety)
	}
	return out, before, nil
}

// coverWords tells what can be said while somebody listens.
func (c *console) coverWords(ctx context.Context, f AskCover) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	out := CoverFrame{Contact: f.Contact, Lang: s.row.Lang, Questions: []string{}, Stories: []string{}, Endings: []string{}}
	if c.d.Editions == nil {
		c.push(out)
		return nil
	}
	e, err := c.d.Editions.In(ctx, safety.KindCover, safety.CoverKey("").Name, c.tongues(s.row.Lang)...)
	if errors.Is(err, edition.ErrMissing) {
		c.push(out)
		return nil
	}
	if err != nil {
		return err
	}
	words, err := safety.ParseCover(e.Body)
	if err != nil {
		return err
	}
	c.push(CoverFrame{
		Contact: f.Contact, Lang: e.Lang, Draft: e.ReviewedBy == "", Questions: words.Questions, Stories: words.Stories, Endings: words.Endings,
	})
	return nil
}

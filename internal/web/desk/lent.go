package desk

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// lent is a contact that this person translates: the key of its words and of nothing else.
type lent struct {
	row     contact.Contact
	request interpret.Request
	words   *vault.Key
	seq     int64 // newest message that the desk has
	n       int64 // newest translation
	head    ThreadFrame
}

// translators reads who is asked to translate, and who does.
func (h *hub) translators(p *picture) error {
	p.asked = map[hotline.ContactID]interpret.Request{}
	if h.d.Translators == nil {
		return nil
	}
	all, err := h.d.Translators.Requests(h.ctx)
	for _, r := range all {
		p.asked[r.Contact] = r
	}
	return err
}

// interpreter is who translates for a contact, as its desk shows it.
func (p *picture) interpreter(c contact.Contact) *Interpreter {
	r, ok := p.asked[c.ID]
	if !ok {
		return nil
	}
	v := &Interpreter{State: "asked", Name: p.name(r.Translator), By: p.name(r.AskedBy), Lang: r.Lang, Ours: r.Ours, Since: r.AskedAt}
	switch {
	case r.GivenAt > 0:
		v.State, v.Since = "here", r.GivenAt
	case r.Translator != "":
		v.State, v.Since = "coming", r.TakenAt
	default:
		for id, who := range p.people {
			if p.here(id) && interpret.Fits(r, c, who) {
				v.Able++
			}
		}
	}
	return v
}

// here reports whether somebody is at her desk.
func (p *picture) here(id hotline.PersonID) bool {
	s, ok := p.shift[id]
	return ok && s.Here(p.now) && s.State != staff.Locked
}

// asks are the contacts for which a person is asked to translate, or is about to.
func (p *picture) asks(me staff.Person) []Ask {
	out := []Ask{}
	if !interpret.Translates(me) {
		return out
	}
	add := func(c contact.Contact) {
		r, ok := p.asked[c.ID]
		if !ok || slices.Contains(p.blocked[c.Situation], me.ID) || r.GivenAt > 0 || r.Translator != me.ID && (r.Translator != "" || !interpret.Fits(r, c, me)) {
			return
		}
		out = append(out, Ask{
			Contact: string(c.ID), Lang: r.Lang, Ours: r.Ours, Channel: string(c.Channel), Since: r.AskedAt, By: p.holder(c),
			Mine: r.Translator == me.ID, Danger: c.Danger,
		})
	}
	for _, w := range p.waiting {
		add(w.Contact)
	}
	for _, c := range p.held {
		add(c)
	}
	return out
}

// interpreting brings what is translated in line with the picture: as an advocate, grants
// the words to whoever comes; as a translator, opens them and lets them go.
func (c *console) interpreting(ctx context.Context) error {
	if c.d.Translators == nil {
		return nil
	}
	for id, s := range c.shown {
		r, ok := c.pic.asked[id]
		if !ok {
			continue
		}
		if s.view.Mine {
			if err := c.lend(ctx, s, r); err != nil {
				return err
			}
		}
		if r.N > s.spoke {
			if err := c.tellTranslations(ctx, s); err != nil {
				return err
			}
		}
	}
	for id, l := range c.lent {
		if r := c.pic.asked[id]; r.ID != l.request.ID || r.Translator != c.me.ID || r.GivenAt == 0 {
			c.letGo(l)
			continue
		}
		if err := c.readLent(ctx, l); err != nil {
			return err
		}
	}
	for id, r := range c.pic.asked {
		if _, open := c.lent[id]; open || r.Translator != c.me.ID || r.GivenAt == 0 {
			continue
		}
		if err := c.borrow(ctx, r); err != nil {
			return err
		}
	}
	if asks := c.pic.asks(c.me); !reflect.DeepEqual(asks, c.told.asks) {
		c.told.asks = asks
		c.push(AsksFrame{Asks: asks})
	}
	return nil
}

// lend is the advocate's half: her session alone can open her caller's words to another.
func (c *console) lend(ctx context.Context, s *shown, r interpret.Request) error {
	if r.AskedBy == "" { // the line has asked: from now on it is hers, if she needs it
		if speaks(c.me, r.Lang) {
			return gone(c.d.Translators.End(ctx, c.me.ID, r.ID))
		}
		if _, err := c.d.Translators.Ask(ctx, c.me.ID, s.row.ID, r.Lang, c.ours(r.Lang)); err != nil {
			return gone(err)
		}
	}
	who := c.pic.people[r.Translator]
	if r.Translator == "" || r.GivenAt > 0 || !interpret.Translates(who) || who.ID == c.me.ID {
		return nil
	}
	err := c.ring.Give(ctx, s.words, r.Translator, "translates", func(tx db.Tx) error { return interpret.Given(tx, r.ID, r.Translator) })
	if err == nil {
		c.d.Translators.Granted(s.row.ID)
	}
	return gone(err)
}

// gone takes for nothing that a request, its translator or the contact has gone meanwhile.
func gone(err error) error {
	for _, e := range []error{interpret.ErrMissing, contact.ErrNotYours, contact.ErrOver, seal.ErrUnvouched} {
		if errors.Is(err, e) {
			return nil
		}
	}
	return pass(err)
}

// ours is the language into which this person has hers translated.
func (c *console) ours(but string) string {
	for _, lang := range append([]string{c.me.Locale}, c.me.Languages...) {
		if lang != "" && lang != but {
			return lang
		}
	}
	return ""
}

func speaks(p staff.Person, lang string) bool {
	for _, l := range p.Languages {
		if l == lang {
			return true
		}
	}
	return false
}

// borrow opens the words of a contact that were granted to this person.
func (c *console) borrow(ctx context.Context, r interpret.Request) error {
	row, err := c.d.Book.Find(ctx, r.Contact)
	if err != nil {
		return pass(err)
	}
	l := &lent{row: row, request: r, seq: max(0, row.LastSeq-mostNewest)}
	if l.words, err = c.ring.Open(ctx, vault.Ref{Contact: r.Contact}, "translate"); err != nil {
		return pass(err)
	}
	c.lent[r.Contact] = l
	return c.readLent(ctx, l)
}

// readLent reads on. A contact that is over, or whose words are no longer granted, goes.
func (c *console) readLent(ctx context.Context, l *lent) error {
	row, err := c.d.Book.Find(ctx, l.row.ID)
	if err != nil && !over(err) {
		return err
	}
	if err != nil || row.State == contact.Closed || row.State == contact.Erased {
		c.letGo(l)
		return nil //nolint:nilerr // it is over, which is what the desk is told
	}
	l.row = row
	out := ThreadFrame{
		Contact: string(row.ID), Handle: row.Handle, Lang: l.request.Lang, Ours: l.request.Ours, Advocate: c.pic.holder(row), State: string(row.State),
		Messages: []Message{}, Translations: []Translation{}, Whole: l.head.Contact == "",
	}
	if r, ok := c.pic.asked[row.ID]; ok {
		out.Ours, out.Lang = r.Ours, r.Lang
	}
	if out.Messages, err = c.heardLent(ctx, l); err == nil {
		out.Translations, l.n, err = c.readTranslations(ctx, l.words, row.ID, l.n)
	}
	if err != nil {
		return pass(err)
	}
	head := out
	head.Messages, head.Translations, head.Whole = nil, nil, false
	if len(out.Messages)+len(out.Translations) == 0 && reflect.DeepEqual(head, l.head) {
		return nil
	}
	l.head = head
	c.push(out)
	return nil
}

// heardLent reads the messages that the translator does not have: what was said, and no more.
func (c *console) heardLent(ctx context.Context, l *lent) ([]Message, error) {
	out, err := c.since(ctx, l.row.ID, &l.seq, func(row seal.Sealed) (Message, error) {
		o, err := l.words.Read(row)
		if err != nil {
			return Message{}, err
		}
		m := Message{ID: row.ID, Seq: row.Seq, Side: o.Side, Text: plain(o.Text), At: row.At}
		if o.Side == seal.Advocate {
			m.By = c.pic.name(row.Author)
		}
		return m, nil
	})
	if out == nil {
		out = []Message{} // the frame has a list
	}
	return out, err
}

// letGo takes a thread, and the key that opened it, from the translator's desk.
func (c *console) letGo(l *lent) {
	delete(c.lent, l.row.ID)
	c.push(ThreadFrame{Contact: string(l.row.ID), Handle: l.row.Handle, Messages: []Message{}, Translations: []Translation{}, Gone: true})
}

// lendAgain tells all that is translated anew, after a greeting.
func (c *console) lendAgain(ctx context.Context) error {
	for _, l := range c.lent {
		l.seq, l.n, l.head = max(0, l.row.LastSeq-mostNewest), 0, ThreadFrame{}
	}
	return c.interpreting(ctx)
}

// translations are those of a shown contact that the desk lacks.
func (c *console) translations(ctx context.Context, s *shown) (out []Translation, err error) {
	if c.d.Translators == nil {
		return nil, nil
	}
	out, s.spoke, err = c.readTranslations(ctx, s.words, s.row.ID, s.spoke)
	return out, err
}

func (c *console) tellTranslations(ctx context.Context, s *shown) error {
	fresh, err := c.translations(ctx, s)
	for _, x := range fresh {
		c.push(TranslationFrame{Contact: string(s.row.ID), Translation: x})
	}
	return pass(err)
}

// readTranslations reads and opens what came after a number, and says the new one.
func (c *console) readTranslations(ctx context.Context, k *vault.Key, id hotline.ContactID, after int64) ([]Translation, int64, error) {
	out := []Translation{}
	rows, err := c.d.Translators.After(ctx, id, after)
	if err != nil {
		return out, after, err
	}
	for _, x := range rows {
		t, err := k.Row("translation", "sealed", x.ID, 1, x.Sealed)
		if err != nil {
			return out, after, err
		}
		out = append(out, Translation{ID: x.ID, N: x.N, Kind: x.Kind, About: x.About, By: c.pic.name(x.By), At: x.At, Text: plain(t)})
		after = x.N
	}
	return out, after, nil
}

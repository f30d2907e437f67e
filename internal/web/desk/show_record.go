package desk

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/situation"
)

// A record is what this desk shows of what we wrote about a contact, by a form.
type record struct {
	form     form.Form
	name     string
	number   int64 // of the edition
	begun    bool  // the contact keeps that edition
	reviewed bool
	privacy  contact.Privacy
	safe     contact.Answer // what she said when it was last asked
	danger   bool           // as the form was filled in with
	minor    bool
	path     hotline.Path
	told     map[string]int64 // field: version that the desk has
	by       map[string]hotline.PersonID
	revealed map[string]bool
}

// blanks keep the forms that desks show as they were read, by edition. One takes some 300 KiB,
// and every contact that is open at a desk has one. Nobody writes in them.
type blanks struct {
	mu  sync.Mutex
	all map[formKey]form.Form
}

// read reads an edition, once.
func (b *blanks) read(e edition.Edition) (form.Form, error) {
	key := formKey{name: e.Name, number: e.Number}
	b.mu.Lock()
	defer b.mu.Unlock()
	if f, ok := b.all[key]; ok {
		return f, nil
	}
	f, err := form.Parse(e.Body)
	if err != nil {
		return f, err
	}
	if b.all == nil {
		b.all = map[formKey]form.Form{}
	}
	b.all[key] = f
	return f, nil
}

// formOf finds the form of a contact: the one that its record was begun under, else the
// one in force for its path.
func (c *console) formOf(ctx context.Context, s *shown) (*record, error) {
	if c.d.Editions == nil || c.d.Record == nil {
		return nil, errNoForm
	}
	r := &record{told: map[string]int64{}, by: map[string]hotline.PersonID{}, revealed: map[string]bool{}}
	if s.filed != nil {
		r.revealed = s.filed.revealed
	}
	r.name, r.number = s.row.Under(form.Kind)
	r.begun = r.name != ""
	if !r.begun {
		r.name = form.Name(s.row.Path)
	}
	var e edition.Edition
	var err error
	if r.begun {
		e, err = c.d.Editions.Number(ctx, form.Key(r.name), r.number)
	} else {
		e, err = c.d.Editions.Current(ctx, form.Key(r.name))
	}
	if err != nil {
		return nil, err
	}
	r.number, r.reviewed = e.Number, e.ReviewedBy != ""
	r.form, err = c.d.blanks.read(e)
	return r, err
}

// file shows the record of a contact: its form, if the desk does not have it, and all its
// fields. A line without forms shows none.
func (c *console) file(ctx context.Context, s *shown) error {
	s.passed.frame = ConsentsFrame{}
	c.consents(ctx, s)
	r, err := c.formOf(ctx, s)
	if errors.Is(err, errNoForm) || errors.Is(err, edition.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	head, err := s.record.Head(ctx)
	if err != nil {
		return pass(err)
	}
	r.privacy, r.safe = head.Privacy, head.Safety.Safe
	r.danger, r.minor, r.path = s.row.Danger, s.row.Minor, s.row.Path
	if err := c.tidy(ctx, s, r); err != nil {
		return err
	}
	values, err := c.values(ctx, s, r, head)
	if err != nil {
		return pass(err)
	}
	s.filed = r
	c.pushForm(r)
	f := RecordFrame{Contact: string(s.row.ID), Name: r.name, Number: r.number, Begun: r.begun, Privacy: string(r.privacy), Values: values}
	f.SayLang, f.Say = c.d.Page.levels(s.row.Lang)
	c.push(f)
	s.guided, s.asks, s.decided = ProceduresFrame{}, DutyFrame{}, deciding{}
	c.procedures(ctx, s)
	c.duty(ctx, s)
	c.decided(ctx, s)
	return nil
}

// levels are what an advocate says of the levels of privacy, in a caller's language.
func (p *Page) levels(lang string) (tag string, say map[string]string) {
	l := p.words.For(lang)
	say = map[string]string{}
	for _, level := range []contact.Privacy{contact.Share, contact.Confidential, contact.Anonymous} {
		say[string(level)] = l.T("desk.privacy." + string(level) + "_say")
	}
	return l.Tag(), say
}

// pushForm sends a form once for each edition and language.
func (c *console) pushForm(r *record) {
	key := formKey{r.name, r.number, c.lang}
	if c.forms[key] {
		return
	}
	c.forms[key] = true
	c.push(asked(r, c.lang))
}

// has notes which forms a desk kept from an earlier connection: on a slow line they are not
// sent again.
func (c *console) has(forms []string) {
	c.forms = map[formKey]bool{}
	for _, f := range forms {
		parts := strings.Split(f, "/")
		if len(parts) != 3 {
			continue
		}
		if n, err := strconv.ParseInt(parts[1], 10, 64); err == nil {
			c.forms[formKey{parts[0], n, parts[2]}] = true
		}
	}
}

// formKey names what a desk has been sent of forms.
type formKey struct {
	name   string
	number int64
	lang   string
}

// asked is a form in one language.
func asked(r *record, lang string) FormFrame {
	f := FormFrame{Name: r.name, Number: r.number, Lang: lang, Fields: []Asked{}, Draft: !r.reviewed}
	for _, field := range r.form.Fields {
		words := form.In(field.Words, lang, "en")
		a := Asked{ID: field.ID, Code: field.Code, Block: field.Block, Kind: field.Kind, Label: words.Label, Help: words.Help, Class: int64(field.Class), Required: field.Required}
		for _, o := range field.Options {
			a.Choices = append(a.Choices, Choice{o.Code, form.In(o.Words, lang, "en").Label})
		}
		for _, w := range field.When {
			a.When = append(a.When, When(w))
		}
		f.Fields = append(f.Fields, a)
	}
	return f
}

// values opens all of a record, and adds what is known without asking.
func (c *console) values(ctx context.Context, s *shown, r *record, head contact.Head) ([]FieldSet, error) {
	rows, err := c.d.Record.Fields(ctx, string(s.row.ID), s.record)
	if err != nil {
		return nil, err
	}
	out := []FieldSet{}
	for _, row := range rows {
		r.told[row.Field], r.by[row.Field] = row.Version, row.By
		if field, ok := r.form.Field(row.Field); ok && !r.form.Kept(string(r.privacy))(field) {
			continue
		}
		out = append(out, c.fieldSet(s, r, row))
	}
	for field, v := range known(s.row, r.form, head) {
		if _, ok := r.told[field]; !ok {
			out = append(out, FieldSet{Contact: string(s.row.ID), Field: field, Value: answerOf(v)})
		}
	}
	slices.SortFunc(out, func(a, b FieldSet) int { return strings.Compare(a.Field, b.Field) })
	return out, nil
}

// fieldSet is a row as this desk may see it.
func (c *console) fieldSet(s *shown, r *record, row situation.Field) FieldSet {
	f := FieldSet{Contact: string(s.row.ID), Field: row.Field, Version: row.Version, By: c.pic.name(row.By), At: row.At, Value: Answer{Codes: []string{}}}
	if r.held(row.Field, c.me.ID) {
		f.Held = true
		return f
	}
	if v, err := form.ParseValue(plain(row.Value)); err == nil {
		f.Value = answerOf(v)
	}
	return f
}

// held reports whether a field is kept apart from a person: what identifies somebody who
// asked for confidence opens for who wrote it, and for others with a reason.
func (r *record) held(id string, me hotline.PersonID) bool {
	field, ok := r.form.Field(id)
	return r.privacy == contact.Confidential && ok && field.Class >= 2 && r.by[id] != "" && r.by[id] != me && !r.revealed[id]
}

// seenOf is what is seen of a contact without asking.
func seenOf(row contact.Contact) form.Seen {
	return form.Seen{Channel: row.Channel, Path: row.Path, Language: row.Lang, Danger: row.Danger, Minor: row.Minor, Returned: row.Returned}
}

// known answers what the program knows without asking, by field.
func known(row contact.Contact, f form.Form, head contact.Head) map[string]form.Value {
	all := f.Prefill(seenOf(row))
	switch head.Safety.Safe {
	case contact.Yes, contact.No:
		all[form.SafeNow] = form.Value{Codes: []string{string(head.Safety.Safe)}}
	case contact.Unknown:
		all[form.SafeNow] = form.Value{State: form.Unknown}
	}
	out := map[string]form.Value{}
	for _, field := range f.Fields {
		if v, ok := all[field.Code]; ok && f.Check(field.ID, v) == nil {
			out[field.ID] = v
		}
	}
	return out
}

func answerOf(v form.Value) Answer {
	a := Answer{State: v.State, Codes: v.Codes, Text: v.Text}
	if a.Codes == nil {
		a.Codes = []string{}
	}
	return a
}

func (a Answer) value() form.Value {
	v := form.Value{State: a.State, Codes: a.Codes, Text: a.Text}
	if len(v.Codes) == 0 {
		v.Codes = nil
	}
	return v
}

// fields tells the desk what others have saved, and whether the level has changed.
func (c *console) fields(ctx context.Context, s *shown) error {
	r := s.filed
	if r == nil || !c.greeted {
		return nil
	}
	versions, err := c.d.Record.Versions(ctx, string(s.row.ID))
	if err != nil || maps.Equal(versions, r.told) {
		return err
	}
	for field := range r.told {
		if _, ok := versions[field]; !ok {
			return c.file(ctx, s) // something was deleted
		}
	}
	rows, err := c.d.Record.Fields(ctx, string(s.row.ID), s.record)
	if err != nil {
		return pass(err)
	}
	for _, row := range rows {
		if r.told[row.Field] == row.Version {
			continue
		}
		if _, asks := r.form.Field(row.Field); !asks && !r.begun {
			return c.refile(ctx, s) // begun elsewhere, under another form
		}
		r.told[row.Field], r.by[row.Field] = row.Version, row.By
		c.push(c.fieldSet(s, r, row))
	}
	c.procedures(ctx, s)
	c.duty(ctx, s)
	return nil
}

// leveled shows the record anew where its level, for whom she writes, or what is known
// without asking, has changed: nothing but the form that it was begun under holds it.
func (c *console) leveled(ctx context.Context, s *shown) error {
	if s.filed == nil {
		return nil
	}
	head, err := s.record.Head(ctx)
	if err != nil {
		return pass(err)
	}
	r := s.filed
	if head.Privacy != r.privacy || head.Safety.Safe != r.safe || s.row.Danger != r.danger || s.row.Minor != r.minor || s.row.Path != r.path {
		return c.file(ctx, s)
	}
	return nil
}

// accompanied looks after what somebody else may be writing: a lost hint costs one poll.
// A record that is hers alone nobody else writes in; her procedures are signed, and her
// decisions are agreed to, by people who do not open it.
func (c *console) accompanied(ctx context.Context) error {
	for _, s := range c.shown {
		if err := c.consentedElsewhere(ctx, s); err != nil {
			return err
		}
		if !s.view.Mine || len(s.readers) > 0 {
			if err := c.fields(ctx, s); err != nil {
				return err
			}
		}
		if err := c.guidedElsewhere(ctx, s); err != nil {
			return err
		}
		if err := c.decidedElsewhere(ctx, c.decidesOn(s)); err != nil {
			return err
		}
	}
	for _, d := range c.decisions {
		if err := c.decidedElsewhere(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

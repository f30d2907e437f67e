package front

import (
	"slices"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/i18n"
)

// Asks lists what she may ask about what the line keeps of her.
func (frame) Asks() []string { return contact.Requests() }

// asks shows what she may ask.
func (p *press) asks() (ticket, error) { return p.t.aside(requesting), nil }

// ask asks one of them: a sentence of hers stands in the chat, where somebody answers
// it, and whoever is on shift finds it among what is to be done. Of a contact that has
// ended it is asked in a new one.
func (p *press) ask() (ticket, error) {
	kind := p.form.Kind
	if !slices.Contains(contact.Requests(), kind) {
		return p.t, nil
	}
	ctx := p.r.Context()
	before, err := p.f.callers.find(ctx, p.t.Token)
	if err != nil {
		return ticket{}, err
	}
	words := p.form
	words.Words = seal.Conceal(strings.TrimSpace(p.l.T("front.ask.say."+kind) + "\n" + p.form.text()))
	next, err := p.put(words)
	if err != nil {
		return next, err
	}
	after, err := p.f.callers.find(ctx, p.t.Token)
	if err != nil {
		return ticket{}, err
	}
	id := p.form.ID
	if id == "" {
		id = hotline.NewID()
	}
	r := contact.Request{ID: id, Contact: after.Contact.ID, About: before.Contact.ID, Kind: kind}
	return next, p.f.callers.book.AskUs(ctx, r)
}

// noWait ends a promise at her wish: her words have their usual time again.
func (p *press) noWait() (ticket, error) {
	return p.with(chatting, func(found contact.Page) error {
		return p.f.callers.book.Promise(p.r.Context(), hotline.Machine, found.Contact.ID, 0)
	})
}

// promised says until when she waits for a word of the line, or nothing.
func promised(l *i18n.Language, c contact.Contact, in *time.Location) string {
	if c.Promised == 0 || over(c.State) {
		return ""
	}
	return l.T("front.promised", "day", date(l, time.UnixMilli(c.Promised).In(in)))
}

// date says a day, with its name.
func date(l *i18n.Language, t time.Time) string {
	return l.T("front.date", "weekday", weekday(l, t), "day", t.Day(), "month", l.T("front.month."+t.Format("1")))
}

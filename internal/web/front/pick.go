package front

import (
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

// picks is what she chose beside her words. Nothing of it is asked for: whoever
// leaves it all untouched is asked later, by a person.
type picks struct { //nolint:recvcheck // filled field by field, and then read
	Wishes  contact.Wishes
	Privacy contact.Privacy
	Told    contact.Told // what the page said above the words
}

// pick reads one field of a form. What is no choice of ours is none.
func (p *picks) pick(name, value string) {
	switch name {
	case "v":
		if value == "woman" || value == "man" {
			p.Wishes.Gender = value
		}
	case "o":
		if value != "" {
			p.Wishes.NotCommunity = contact.AnyCommunity
		}
	case "s":
		p.Wishes.Same = value != ""
	case "p":
		for _, level := range levels() {
			if string(level) == value {
				p.Privacy = level
			}
		}
	case "e":
		number, lang, _ := strings.Cut(value, ".")
		if n, err := strconv.ParseInt(number, 10, 32); err == nil && n > 0 && isTag(lang) {
			p.Told = contact.Told{Kind: policy.KindExpect, Number: n, Lang: lang}
		}
	}
}

// levels lists the levels of privacy, in the order in which she is asked.
func levels() []contact.Privacy {
	return []contact.Privacy{contact.Share, contact.Confidential, contact.Anonymous}
}

// A pair is a field of a form that she does not see.
type pair struct{ Name, Value string }

// pairs are the fields that say the same once more.
func (p picks) pairs() (all []pair) {
	add := func(name, value string, yes bool) {
		if yes {
			all = append(all, pair{name, value})
		}
	}
	add("v", p.Wishes.Gender, p.Wishes.Gender != "")
	add("o", "1", p.Wishes.NotCommunity != "")
	add("s", "1", p.Wishes.Same)
	add("p", string(p.Privacy), p.Privacy != "")
	add("e", toldValue(p.Told.Number, p.Told.Lang), p.Told.Number > 0)
	return all
}

func toldValue(number int64, lang string) string {
	return strconv.FormatInt(number, 10) + "." + lang
}

// incoming adds what she chose to her first words.
func (p picks) incoming(in contact.Incoming) contact.Incoming {
	in.Codes.Wishes, in.Privacy, in.Told = p.Wishes, p.Privacy, p.Told
	return in
}

// askPrivacy asks what may be kept of her.
func (p *press) askPrivacy() (ticket, error) { return p.t.aside(asking), nil }

// level tells the line what may be kept of her. No page of hers can write what the
// staff wrote: so it goes as words of hers, sealed like all others, in a form that the
// desk knows. It counts as soon as a person of the staff opens them.
func (p *press) level() (ticket, error) {
	next := p.t.back()
	found, err := p.f.callers.find(p.r.Context(), p.t.Token)
	if err != nil || p.form.Privacy == "" || over(found.Contact.State) {
		return next, err
	}
	p.form.Words = policy.Ask(string(p.form.Privacy), p.l.T("front.privacy.say."+string(p.form.Privacy)))
	p.t = next
	return p.put(p.form)
}

// anybody lets her wishes go: whoever is free may answer.
func (p *press) anybody() (ticket, error) {
	return p.with(chatting, func(found contact.Page) error {
		return p.f.callers.book.LetGo(p.r.Context(), found.Contact.ID)
	})
}

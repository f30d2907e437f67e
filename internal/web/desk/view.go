package desk

import (
	"cmp"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// What a desk shows of a picture.

// reasonOf is a rule's word for why somebody waits where she does.
func reasonOf(word string) string { return cmp.Or(word, "unknown") }

func (p *picture) name(id hotline.PersonID) string { return p.people[id].Pseudonym }

func (p *picture) names(ids []hotline.PersonID) []string {
	out := []string{}
	for _, id := range ids {
		out = append(out, p.name(id))
	}
	return out
}

// stateOf is a person's state as others see it: who is ready and has all she can is busy.
func (p *picture) stateOf(id hotline.PersonID) string {
	s, ok := p.shift[id]
	switch {
	case !ok || !s.Here(p.now):
		return staff.Away
	case s.State == staff.Ready && s.Load >= s.Capacity:
		return staff.Busy
	default:
		return s.State
	}
}

// rows are those that wait, for one person.
func (p *picture) rows(me staff.Person) []Row {
	out := []Row{}
	if !takes(me) {
		return out
	}
	for _, w := range p.waiting {
		row := Row{
			Contact: string(w.ID), Channel: string(w.Channel), Lang: w.Lang, Urgency: w.urgency, Reason: w.reason,
			Why: p.why(w), State: string(w.State), Since: w.Began, Fits: p.fits(w.Contact, me),
		}
		if w.State == contact.Offered {
			row.Offered = p.name(w.Advocate)
			for _, r := range p.rings[w.Advocate] {
				if r.Contact == w.ID {
					row.OfferEnd = r.Until
				}
			}
		}
		out = append(out, row)
	}
	return out
}

// why lists the codes that explain a row, the strongest first.
func (p *picture) why(w waits) []string {
	out := []string{}
	add := func(code string, yes bool) {
		if yes {
			out = append(out, code)
		}
	}
	call := w.Channel == hotline.Call
	add("danger", w.Danger && !call)
	add("danger_call", w.Danger && call) // no words said it
	add("minor", w.Minor)
	add("returning", w.Returned)
	add(string(w.Path), len(out) == 0 && slices.Contains([]hotline.Path{hotline.Self, hotline.Other, hotline.Tip}, w.Path))
	add("unknown", w.reason == "unknown")
	add("raised", w.raised && !w.Danger)
	add("no_language", w.Lang != "" && len(p.shift) > 0 && !p.spoken(w.Lang))
	if r, ok := p.asked[w.ID]; ok {
		add("translator", r.Translator == "")
		add("translator_comes", r.Translator != "")
	}
	add("closed_hours", w.State == contact.Parked)
	return out
}

// spoken reports whether somebody who is here speaks a language.
func (p *picture) spoken(lang string) bool {
	for _, s := range p.shift {
		if s.Takes() && s.Here(p.now) && slices.Contains(s.Languages, lang) {
			return true
		}
	}
	return false
}

// fits reports whether a contact may come to a person by "Take next": her languages, what the
// caller wished, and no conflict. How much she has already is hers to weigh.
func (p *picture) fits(c contact.Contact, me staff.Person) bool {
	here := func(id hotline.PersonID) bool {
		s, ok := p.shift[id]
		return ok && s.Here(p.now) && s.State != staff.Away
	}
	if with := routing.HeldFor(c, p.now, routing.Usual, map[hotline.PersonID]bool{c.Wishes.With: here(c.Wishes.With)}); with != "" && with != me.ID {
		return false
	}
	can := routing.Can{Person: me.ID, Languages: me.Languages, Gender: me.Gender, Capacity: 1}
	for _, s := range me.Skills {
		if community, ok := strings.CutPrefix(s, "community:"); ok {
			can.Communities = append(can.Communities, community)
		} else {
			can.Skills = append(can.Skills, s)
			can.Interprets = can.Interprets || s == "interprets"
		}
	}
	need := routing.Need{Language: c.Lang, Gender: c.Wishes.Gender, NotCommunity: c.Wishes.NotCommunity, Blocked: p.blocked[c.Situation]}
	if p.asked[c.ID].Translator != "" {
		need.Language = ""
	}
	_, why := routing.Fit(need, can, false)
	return why == routing.Fits
}

// wishesOf lists what she asked of whoever answers.
func wishesOf(w contact.Wishes) (out []string) {
	if w.Gender != "" {
		out = append(out, w.Gender)
	}
	if w.NotCommunity != "" {
		out = append(out, "people")
	}
	if w.Same {
		out = append(out, "same")
	}
	return out
}

// takes reports whether a person answers callers.
func takes(p staff.Person) bool { return p.Is(hotline.Advocate) || p.Is(hotline.Supervisor) }

// colleagues are those who answer, by name.
func (p *picture) colleagues() []Person {
	out := []Person{}
	for id, person := range p.people {
		if person.State != staff.Active || !takes(person) {
			continue
		}
		s := p.shift[id]
		out = append(out, Person{
			ID: string(id), Name: person.Pseudonym, Languages: list(person.Languages), Takes: true, State: p.stateOf(id),
			Load: int64(s.Load), Capacity: int64(cmp.Or(s.Capacity, person.Capacity)), Since: s.Since,
		})
	}
	slices.SortFunc(out, func(a, b Person) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// list is never null on the wire.
func list(of []string) []string {
	if of == nil {
		return []string{}
	}
	return of
}

// offers are what rings for a person.
func (p *picture) offers(me hotline.PersonID) []Offer {
	out := []Offer{}
	for _, r := range p.rings[me] {
		if r.Until <= p.now {
			continue
		}
		o := Offer{ID: r.ID, Contact: string(r.Contact), Kind: r.Kind, Epoch: r.Epoch, Until: r.Until, Why: []string{}}
		w, ok := p.find(r.Contact)
		if !ok {
			continue
		}
		o.Channel, o.Lang, o.Urgency, o.Reason, o.Why, o.Since = string(w.Channel), w.Lang, w.urgency, w.reason, p.why(w), w.Began
		if r.Giver != "" && r.Kind != "offer" {
			o.From = p.name(r.Giver)
		}
		out = append(out, o)
	}
	return out
}

// find looks a contact up among those that wait and those that somebody has.
func (p *picture) find(id hotline.ContactID) (waits, bool) {
	for _, w := range p.waiting {
		if w.ID == id {
			return w, true
		}
	}
	for _, c := range p.held {
		if c.ID == id {
			return waits{Contact: c, urgency: int64(c.Urgency), reason: reasonNow(c)}, true
		}
	}
	return waits{}, false
}

// reasonNow is what a contact is about, once somebody has it: as its row says, which an
// advocate may have put right, and not as the rules saw it when it waited.
func reasonNow(c contact.Contact) string {
	switch {
	case c.Danger:
		return "danger"
	case c.Path == hotline.Other || c.Path == hotline.Tip:
		return string(c.Path)
	case c.Minor:
		return "minor"
	case c.Path == hotline.Self || c.Path == routing.Info:
		return string(c.Path)
	}
	return "unknown"
}

// ringsFor are the alerts as a supervisor sees them: those nobody has seen, and those that were
// seen in the last half hour.
func (p *picture) ringsFor(was []Alert) []Alert {
	out := []Alert{}
	open := map[string]bool{}
	for _, a := range p.alerts {
		open[a.ID] = true
		w, ok := p.find(a.Contact)
		v := Alert{ID: a.ID, Kind: a.Kind, Contact: string(a.Contact), At: a.At}
		if ok {
			v.Handle, v.Lang, v.Channel, v.With = w.Handle, w.Lang, string(w.Channel), p.holder(w.Contact)
		}
		out = append(out, v)
	}
	for _, a := range was {
		if open[a.ID] {
			continue
		}
		if a.SeenAt == 0 {
			a.SeenAt, a.SeenBy = p.now, ""
			if s, ok := p.seen[a.ID]; ok {
				a.SeenAt, a.SeenBy = s.at, s.by
			}
		}
		if p.now-a.At < 30*60*1000 {
			if w, ok := p.find(hotline.ContactID(a.Contact)); ok {
				a.With = p.holder(w.Contact)
			}
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b Alert) int { return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(a.ID, b.ID)) })
	return out
}

// holder names who has a contact, if somebody has.
func (p *picture) holder(c contact.Contact) string {
	switch c.State {
	case contact.Live, contact.Closing, contact.Sleeping, contact.Interrupted:
		return p.name(c.Advocate)
	case contact.Waiting, contact.Offered, contact.Parked, contact.Closed, contact.Erased:
	}
	return ""
}

// signsFor are the sign-offs that are waited for: first those that somebody with the roles
// gives, then those of others, who are to be told.
func (p *picture) signsFor(roles []hotline.Role) (out []ToSign) {
	for _, s := range p.signs {
		if w, ok := p.find(s.Contact); ok {
			out = append(out, ToSign{
				ID: s.ID, Contact: string(s.Contact), Handle: w.Handle, Role: string(s.Role), By: p.name(s.By), Since: s.Since, May: protocol.Signs(roles, s.Role),
			})
		}
	}
	slices.SortStableFunc(out, func(a, b ToSign) int {
		switch {
		case a.May == b.May:
			return 0
		case a.May:
			return -1
		}
		return 1
	})
	return out
}

// view is the supervisor's board.
func (p *picture) view(me hotline.PersonID, roles []hotline.Role, set contact.Settings) Board {
	b := Board{With: []With{}, Signs: p.signsFor(roles), Emergencies: p.emergencies(me), Today: Today{
		Since: p.day, Answered: int64(p.today.Answered), Missed: int64(p.today.Missed), Middle: p.today.Middle,
	}}
	for _, c := range p.held {
		if c.Advocate == "" {
			continue
		}
		t := p.talks[c.ID]
		w := With{
			Contact: string(c.ID), Handle: c.Handle, Advocate: p.name(c.Advocate), Channel: string(c.Channel), Lang: c.Lang,
			Urgency: int64(c.Urgency), Reason: reasonNow(c), State: string(c.State), Danger: c.Danger, Since: c.StateAt,
			Readers: p.names(t.readers), Joined: slices.Contains(t.readers, me),
		}
		if c.State == contact.Live {
			w.Waits, w.QuietAt = t.waits, sleepsAt(c, set)
		}
		w.Interpreter = p.interpreter(c)
		b.With = append(b.With, w)
	}
	return b
}

// sleepsAt is when a live contact falls asleep if nothing is said.
func sleepsAt(c contact.Contact, set contact.Settings) int64 {
	switch {
	case c.State != contact.Live || c.Channel != hotline.Chat:
		return 0
	case c.AskedAt > 0:
		return c.AskedAt + set.Quiet.Milliseconds()
	default:
		return c.QuietAt + set.Ask.Milliseconds() + set.Quiet.Milliseconds()
	}
}

// contactOf is a contact as its desk shows it, without what is sealed.
func (p *picture) contactOf(c contact.Contact, me hotline.PersonID, readers []hotline.PersonID, set contact.Settings) Contact {
	v := Contact{
		ID: string(c.ID), Handle: c.Handle, Channel: string(c.Channel), Lang: c.Lang, Urgency: int64(c.Urgency), Reason: reasonNow(c), Path: string(c.Path),
		State: string(c.State), Danger: c.Danger, Minor: c.Minor, Returning: c.Returned, Wishes: wishesOf(c.Wishes), Page: "closed", Mine: c.Advocate == me,
		Advocate: p.name(c.Advocate), Began: c.Began, Situation: string(c.Situation), Of: p.handles[c.Situation], Promised: c.Promised,
		QuietAt: sleepsAt(c, set), WrapUntil: c.WrapUntil, LastSeq: c.LastSeq,
	}
	switch {
	case c.Gone:
		v.Page = "left"
	case c.SeenUntil > p.now:
		v.Page = "open"
	}
	if c.State == contact.Interrupted {
		v.KeptUntil = c.StateAt + set.KeepPlace.Milliseconds()
	}
	v.Readers = p.names(slices.DeleteFunc(slices.Clone(readers), func(r hotline.PersonID) bool { return r == me }))
	return v
}

package desk_test

import (
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// asks is the id of a form's field.
func asks(t *testing.T, f desk.FormFrame, code string) string {
	t.Helper()
	i := slices.IndexFunc(f.Fields, func(a desk.Asked) bool { return a.Code == code })
	if i < 0 {
		t.Fatalf("the form %s does not ask %s", f.Name, code)
	}
	return f.Fields[i].ID
}

func text(words string) desk.Answer { return desk.Answer{Codes: []string{}, Text: words} }

// save saves a field, and gives its version.
func (c *console) save(contact hotline.ContactID, field string, base int64, v desk.Answer) int64 {
	c.t.Helper()
	c.say("field", desk.Field{Contact: string(contact), Field: field, Base: base, Value: v})
	return await(c, "saved", func(s desk.Saved) bool { return s.Field == field }).Version
}

// A desk that comes back with a form is not sent it again; one that speaks another language is.
func TestFormIsSentOnce(t *testing.T) {
	t.Parallel()
	l, ana, _ := taken(t, dbtest.New(t))
	first, _ := l.at(t, ana)
	f := await[desk.FormFrame](first, "form", nil)
	back := l.dial(t, ana)
	back.say("hello", desk.Hello{Forms: []string{"self/1/en", "nonsense"}})
	back.none("form", "record")
	other := l.dial(t, ana)
	other.say("hello", desk.Hello{Lang: "es", Forms: []string{"self/1/en"}})
	es := await[desk.FormFrame](other, "form", nil)
	if f.Lang != "en" || es.Lang != "es" || es.Fields[0].Label == f.Fields[0].Label {
		t.Errorf("in %s it asks %q, in %s %q", f.Lang, f.Fields[0].Label, es.Lang, es.Fields[0].Label)
	}
}

// values of a record by field, without what the program knew by itself.
func stands(r desk.RecordFrame) map[string]desk.FieldSet {
	out := map[string]desk.FieldSet{}
	for _, v := range r.Values {
		if v.Version > 0 {
			out[v.Field] = v
		}
	}
	return out
}

// What is typed in a field is saved, and there again at the next desk; a colleague who reads
// along sees it at once. Two who type in one field both see both texts, and neither is lost.
func TestFieldsAreSavedAndSeenByAll(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		ana, sup := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)
		c := l.Arrive(t, "her words")
		l.Take(t, ana, c.Contact)
		hers, _ := l.at(t, ana)
		f := await[desk.FormFrame](hers, "form", nil)
		r := await[desk.RecordFrame](hers, "record", nil)
		if f.Name != "self" || r.Number != f.Number || len(stands(r)) != 0 {
			t.Fatalf("begins with form %s, %d of %d, %d fields saved", f.Name, r.Number, f.Number, len(stands(r)))
		}
		others, _ := l.at(t, sup)
		others.say("join", desk.Join{Contact: string(c.Contact)})
		await[desk.RecordFrame](others, "record", nil)

		city := asks(t, f, "city")
		if v := hers.save(c.Contact, city, 0, text("Port town")); v != 1 {
			t.Errorf("saved as version %d", v)
		}
		seen := await(others, "fieldset", func(s desk.FieldSet) bool { return s.Field == city })
		if seen.Value.Text != "Port town" || seen.Version != 1 || seen.By != ana.Name {
			t.Errorf("the supervisor sees %q, version %d by %s", seen.Value.Text, seen.Version, seen.By)
		}
		if v := others.save(c.Contact, city, 1, text("Port town, by the mill")); v != 2 {
			t.Errorf("saved as version %d", v)
		}
		hers.say("field", desk.Field{Contact: string(c.Contact), Field: city, Base: 1, Value: text("Port city")})
		clash := await[desk.Clash](hers, "clash", nil)
		if clash.Value.Text != "Port town, by the mill" || clash.Version != 2 || clash.By != sup.Name {
			t.Errorf("the later one is shown %q, version %d by %s", clash.Value.Text, clash.Version, clash.By)
		}
		if v := hers.save(c.Contact, city, 2, text("Port city, by the mill")); v != 3 {
			t.Errorf("what she picks is version %d", v)
		}
		if v := hers.save(c.Contact, city, 0, text("Port city, by the mill")); v != 3 {
			t.Errorf("a repetition is version %d, want none", v)
		}
		again, _ := l.at(t, ana)
		if got := stands(await[desk.RecordFrame](again, "record", nil))[city]; got.Value.Text != "Port city, by the mill" || got.Version != 3 {
			t.Errorf("at the next desk stands %q, version %d", got.Value.Text, got.Version)
		}
	})
}

// What is no answer to a field, no field, or not of a contact that she has, is refused.
func TestOnlyAnswersAreSaved(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		ana := l.Hire(t, hotline.Advocate)
		c, other := l.Arrive(t, "her words"), l.Arrive(t, "another")
		l.Take(t, ana, c.Contact)
		d, _ := l.at(t, ana)
		f := await[desk.FormFrame](d, "form", nil)
		kind := asks(t, f, form.Type)
		for name, bad := range map[string]desk.Field{
			"a code that is no option": {Contact: string(c.Contact), Field: kind, Value: desk.Answer{Codes: []string{"nothing"}}},
			"a text for an option":     {Contact: string(c.Contact), Field: kind, Value: text("crisis")},
			"no field":                 {Contact: string(c.Contact), Field: hotline.NewID(), Value: text("x")},
			"no contact of hers":       {Contact: string(other.Contact), Field: kind, Value: desk.Answer{Codes: []string{"crisis"}}},
		} {
			d.say("field", bad)
			if no := await[desk.Refused](d, "refused", nil); no.Of != "field" || no.ID != bad.Contact+"/"+bad.Field {
				t.Errorf("%s: refused is %s of %s", name, no.Of, no.ID)
			}
		}
		if n := l.Count(t, `SELECT count(*) FROM record_field`); n != 0 {
			t.Errorf("%d rows", n)
		}
		for _, state := range form.States() {
			d.save(c.Contact, asks(t, f, "weapons"), int64(slices.Index(form.States(), state)), desk.Answer{State: state, Codes: []string{}})
		}
	})
}

// Her level of privacy is kept by the server: what identifies her is deleted and refused once
// she stays anonymous, and where she asked for confidence a colleague opens it with a reason.
func TestLevelDecidesWhatIsKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		ana, sup := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)
		c := l.Arrive(t, "her words")
		l.Take(t, ana, c.Contact)
		hers, _ := l.at(t, ana)
		f := await[desk.FormFrame](hers, "form", nil)
		r := await[desk.RecordFrame](hers, "record", nil)
		if r.Privacy != "" || r.SayLang != "en" || r.Say["anonymous"] == "" {
			t.Errorf("begins at level %q, explained in %q", r.Privacy, r.SayLang)
		}
		name, region := asks(t, f, "name"), asks(t, f, "region")
		hers.save(c.Contact, name, 0, text("Noor"))
		hers.save(c.Contact, region, 0, desk.Answer{Codes: []string{"coast"}})
		level := func(d *console, to string) desk.RecordFrame {
			t.Helper()
			d.say("privacy", desk.Level{Contact: string(c.Contact), Level: to})
			return await(d, "record", func(r desk.RecordFrame) bool { return r.Privacy == to })
		}
		if key := hers.refusal("privacy", desk.Level{Contact: string(c.Contact), Level: "everything"}); key != "desk.problem.frame" {
			t.Errorf("a level that is none is refused with %q", key)
		}
		if got := stands(level(hers, "confidential")); got[name].Value.Text != "Noor" {
			t.Error("who wrote the name does not read it")
		}

		others, _ := l.at(t, sup)
		others.say("join", desk.Join{Contact: string(c.Contact)})
		got := stands(await[desk.RecordFrame](others, "record", nil))
		if !got[name].Held || got[name].Value.Text != "" || got[region].Held {
			t.Errorf("a colleague is shown the name %q without a reason", got[name].Value.Text)
		}
		others.say("field", desk.Field{Contact: string(c.Contact), Field: name, Base: 1, Value: text("Sara")})
		if no := await[desk.Refused](others, "refused", nil); no.Key != "desk.problem.held" {
			t.Errorf("a name that she has not read is overwritten: %+v", no)
		}
		others.say("reveal", desk.Reveal{Contact: string(c.Contact), Field: name, Note: " "})
		if no := await[desk.Refused](others, "refused", nil); no.Key != "desk.problem.reason" {
			t.Errorf("without a reason: %+v", no)
		}
		leaves := l.Count(t, `SELECT count(*) FROM leaf`)
		others.say("reveal", desk.Reveal{Contact: string(c.Contact), Field: name, Note: "the shelter asks"})
		if open := await(others, "fieldset", func(s desk.FieldSet) bool { return s.Field == name }); open.Held || open.Value.Text != "Noor" {
			t.Errorf("with a reason she is shown %q", open.Value.Text)
		}
		if l.Count(t, `SELECT count(*) FROM leaf`) == leaves {
			t.Error("the log does not say so")
		}

		dropped := `SELECT count(*) FROM record_field WHERE field = $1`
		if got := stands(level(hers, "anonymous")); got[name].Version != 0 || got[region].Version != 1 || l.Count(t, dropped, name) != 0 {
			t.Errorf("anonymous keeps the name: %d rows", l.Count(t, dropped, name))
		}
		if got := stands(await(others, "record", func(r desk.RecordFrame) bool { return r.Privacy == "anonymous" })); got[name].Version != 0 {
			t.Error("the colleague's desk still shows the name")
		}
		for base := range int64(2) {
			hers.say("field", desk.Field{Contact: string(c.Contact), Field: name, Base: base, Value: text("Noor")})
			if no := await[desk.Refused](hers, "refused", nil); no.Key != "desk.problem.not_kept" {
				t.Errorf("a name is refused with %+v", no)
			}
		}
		if l.Count(t, dropped, name) != 0 {
			t.Error("a name was stored for somebody anonymous")
		}
	})
}

// What the program learns meanwhile fills the form in, and never over an answer.
func TestFormFillsItselfIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l, ana, c := taken(t, e)
		d, _ := l.at(t, ana)
		f := await[desk.FormFrame](d, "form", nil)
		kind := asks(t, f, form.Type)
		says := func(r desk.RecordFrame) string {
			for _, v := range r.Values {
				if v.Field == kind && len(v.Value.Codes) == 1 {
					return v.Value.Codes[0]
				}
			}
			return ""
		}
		if got := says(await[desk.RecordFrame](d, "record", nil)); got != "" {
			t.Errorf("the type begins as %q", got)
		}
		d.say("mark", desk.Mark{Contact: string(c.Contact), Danger: true})
		await(d, "record", func(r desk.RecordFrame) bool { return says(r) == "crisis" })
		d.save(c.Contact, kind, 0, desk.Answer{Codes: []string{"test"}})
		d.say("mark", desk.Mark{Contact: string(c.Contact)})
		await(d, "record", func(r desk.RecordFrame) bool { return says(r) == "test" })
	})
}

// "Is it safe?" has one answer: what is said in the form stands in the card, which is what
// is enforced, and the other way round. A form that is emptied takes no "no" back.
func TestSafeHasOneAnswer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l, ana, c := taken(t, e)
		d, _ := l.at(t, ana)
		safe := asks(t, await[desk.FormFrame](d, "form", nil), form.SafeNow)
		await[desk.RecordFrame](d, "record", nil)
		card := func(says string) desk.Safety {
			t.Helper()
			return *await(d, "contact", func(f desk.ContactFrame) bool { return f.Contact.Safety != nil && f.Contact.Safety.Card.Safe == says }).Contact.Safety
		}
		n := d.save(c.Contact, safe, 0, desk.Answer{Codes: []string{"no"}})
		if now := card("no"); now.Card.SafeAt == 0 {
			t.Error("nobody knows when she said so")
		}
		d.say("send", desk.Send{ID: hotline.NewID(), Contact: string(c.Contact), Text: "are you there"})
		if no := await[desk.Refused](d, "refused", nil); no.Key != "safety.not_safe" {
			t.Errorf("refused with %+v", no)
		}
		n = d.save(c.Contact, safe, n, desk.Answer{Codes: []string{}})
		d.save(c.Contact, safe, n, desk.Answer{Codes: []string{}, State: form.Declined})
		now := card("unknown")
		d.say("safety", desk.PutSafety{Contact: string(c.Contact), N: now.N, Card: desk.Card{Safe: "yes", Ways: []desk.Terms{}}})
		await(d, "fieldset", func(f desk.FieldSet) bool { return f.Field == safe && slices.Equal(f.Value.Codes, []string{"yes"}) })
	})
}

// A record keeps the edition that it was begun under, whatever is published afterwards.
func TestRecordKeepsItsEdition(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		ana := l.Hire(t, hotline.Advocate)
		old, fresh := l.Arrive(t, "begun before"), l.Arrive(t, "begun after")
		for _, c := range []*hotlinetest.Caller{old, fresh} {
			l.Take(t, ana, c.Contact)
		}
		d, _ := l.at(t, ana)
		f := await[desk.FormFrame](d, "form", nil)
		d.save(old.Contact, asks(t, f, "country"), 0, text("Inland"))
		body, err := l.editions.Current(t.Context(), form.Key("self"))
		hotlinetest.Must(t, err)
		next, err := form.Parse(body.Body)
		hotlinetest.Must(t, err)
		next.Fields = slices.DeleteFunc(next.Fields, func(f form.Field) bool { return f.Code == "country" })
		version, err := l.editions.Write(t.Context(), l.First.ID, form.Key("self"), next.Body(), 0)
		hotlinetest.Must(t, err)
		_, err = l.editions.Publish(t.Context(), l.First.ID, form.Key("self"), version)
		hotlinetest.Must(t, err)

		again, _ := l.at(t, ana)
		got := map[string]desk.RecordFrame{}
		for range 2 {
			r := await[desk.RecordFrame](again, "record", nil)
			got[r.Contact] = r
		}
		if a, b := got[string(old.Contact)].Number, got[string(fresh.Contact)].Number; a != 1 || b != 2 {
			t.Errorf("the old record is shown by edition %d and the new one by %d", a, b)
		}
		again.save(old.Contact, asks(t, f, "country"), 1, text("Inland, north"))
		again.say("field", desk.Field{Contact: string(fresh.Contact), Field: asks(t, f, "country"), Value: text("x")})
		if no := await[desk.Refused](again, "refused", nil); no.Key != "form.field" {
			t.Errorf("a field that is asked no more is refused with %+v", no)
		}
	})
}

// Where a colleague has begun the record under an older edition meanwhile, what only the
// newer one asks is not saved into it.
func TestWhoBeginsARecordSaysItsEdition(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		ana, sue := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)
		c := l.Arrive(t, "her words")
		l.Take(t, ana, c.Contact)
		hers, _ := l.at(t, ana)
		f := await[desk.FormFrame](hers, "form", nil)
		body, err := l.editions.Current(t.Context(), form.Key("self"))
		hotlinetest.Must(t, err)
		next, err := form.Parse(body.Body)
		hotlinetest.Must(t, err)
		more := next.Fields[slices.IndexFunc(next.Fields, func(f form.Field) bool { return f.Code == "city" })]
		more.ID, more.Code = hotline.NewID(), "x_more"
		next.Fields = append(next.Fields, more)
		version, err := l.editions.Write(t.Context(), l.First.ID, form.Key("self"), next.Body(), 0)
		hotlinetest.Must(t, err)
		_, err = l.editions.Publish(t.Context(), l.First.ID, form.Key("self"), version)
		hotlinetest.Must(t, err)
		others, _ := l.at(t, sue)
		others.say("join", desk.Join{Contact: string(c.Contact)})
		await(others, "record", func(r desk.RecordFrame) bool { return r.Number == 2 })
		_, _, err = l.Book.Under(t.Context(), c.Contact, form.Kind, "self", 1) // a moment ago
		hotlinetest.Must(t, err)
		if key := others.refusal("field", desk.Field{Contact: string(c.Contact), Field: more.ID, Value: text("x")}); key != "form.field" {
			t.Errorf("what the record does not ask is answered with %q", key)
		}
		if v := others.save(c.Contact, asks(t, f, "city"), 0, text("Port town")); v != 1 {
			t.Errorf("what it asks is version %d", v)
		}
		if n := l.Find(t, c.Contact).Editions["form/self"]; n != 1 {
			t.Errorf("the record is of edition %d", n)
		}
	})
}

// What the form says when a contact is closed stands in the head as codes, with what the
// program knew by itself.
func TestClosingCountsWhatTheFormSays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		ana := l.Hire(t, hotline.Advocate)
		c := l.Arrive(t, "her words")
		l.Take(t, ana, c.Contact)
		d, _ := l.at(t, ana)
		f := await[desk.FormFrame](d, "form", nil)
		d.save(c.Contact, asks(t, f, form.SafeNow), 0, desk.Answer{Codes: []string{"yes"}})
		d.save(c.Contact, asks(t, f, form.Type), 0, desk.Answer{Codes: []string{"crisis"}})
		d.save(c.Contact, asks(t, f, "needs"), 0, desk.Answer{Codes: []string{"shelter", "legal"}})
		d.say("end", desk.End{Contact: string(c.Contact), Outcome: "helped"}) // at once, from the conversation
		await(d, "contact", func(f desk.ContactFrame) bool { return f.Gone == "closed" })
		l.With(t, ana, func(r *vault.Ring) error {
			k, err := r.Open(t.Context(), vault.Ref{Contact: c.Contact, Record: true}, "test")
			hotlinetest.Must(t, err)
			head, err := k.Head(t.Context())
			hotlinetest.Must(t, err)
			if head.Outcome != "helped" || !slices.Equal(head.Facts[form.FactNeeds], []string{"legal", "shelter"}) || !slices.Equal(head.Facts[form.FactChannel], []string{"chat"}) {
				t.Errorf("the head says %q and %v", head.Outcome, head.Facts)
			}
			return nil
		})
		if n := l.Count(t, `SELECT count(*) FROM record_field WHERE owner = $1 AND field = $2`, c.Contact, asks(t, f, "channel")); n != 1 {
			t.Error("what the program knew is not written down")
		}
	})
}

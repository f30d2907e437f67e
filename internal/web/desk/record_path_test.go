package desk_test

import (
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// whom says for whom somebody writes, and what the desk then shows of her.
func (c *console) whom(contact hotline.ContactID, path hotline.Path) (r desk.RecordFrame, v desk.Contact) {
	c.t.Helper()
	c.say("path", desk.SetPath{Contact: string(contact), Path: string(path)})
	r = await[desk.RecordFrame](c, "record", nil)
	v = await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.Path == string(path) }).Contact
	return r, v
}

// known is what the program answered without asking.
func known(r desk.RecordFrame, field string) []string {
	i := slices.IndexFunc(r.Values, func(v desk.FieldSet) bool { return v.Field == field && v.Version == 0 })
	if i < 0 {
		return nil
	}
	return r.Values[i].Value.Codes
}

// The form beside a conversation is the one for whom she writes, here and on the desk of
// whoever reads along, as long as nothing stands in it. Once something does it stays, and
// what was answered with it.
func TestFormFollowsThePathWhileNothingIsSaved(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		ana, sup, eve := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor), l.Hire(t, hotline.Advocate)
		c := l.Arrive(t, "her words")
		l.Take(t, ana, c.Contact)
		hotlinetest.Must(t, l.Book.Accompany(t.Context(), sup.ID, c.Contact, true))
		hers, snap := l.at(t, ana)
		if v := snap.Contacts[0]; v.Path != "unknown" || v.Reason != "unknown" {
			t.Errorf("of whom nothing is known stands path %s and reason %s", v.Path, v.Reason)
		}
		if r := await[desk.RecordFrame](hers, "record", nil); r.Name != "self" || r.Begun {
			t.Fatalf("begins under %s, begun %t", r.Name, r.Begun)
		}
		others, _ := l.at(t, sup)
		await[desk.RecordFrame](others, "record", nil)

		r, v := hers.whom(c.Contact, hotline.Tip)
		if kind := known(r, l.asksOf(t, "tip", form.Type)); r.Name != "tip" || r.Begun || v.Reason != "tip" || !slices.Equal(kind, []string{"tip"}) {
			t.Errorf("a tip is asked by %s, begun %t, shown as %s, of type %v", r.Name, r.Begun, v.Reason, kind)
		}
		r, v = hers.whom(c.Contact, hotline.Other)
		if r.Name != "other" || v.Reason != "other" {
			t.Errorf("who is worried is asked by %s and shown as %s", r.Name, v.Reason)
		}
		await(others, "record", func(r desk.RecordFrame) bool { return r.Name == "other" })

		relation := l.asksOf(t, "other", "relation")
		hers.save(c.Contact, relation, 0, desk.Answer{Codes: []string{"parent"}})
		r, v = hers.whom(c.Contact, hotline.Self)
		if got := stands(r)[relation]; r.Name != "other" || !r.Begun || v.Reason != "self" || !slices.Equal(got.Value.Codes, []string{"parent"}) {
			t.Errorf("what was answered: form %s, begun %t, shown as %s, %v", r.Name, r.Begun, v.Reason, got.Value.Codes)
		}
		if n := l.Count(t, `SELECT count(*) FROM record_field WHERE owner = $1`, c.Contact); n != 1 {
			t.Errorf("%d answers are kept, want 1", n)
		}

		hers.say("path", desk.SetPath{Contact: string(c.Contact), Path: "nobody"})
		if no := await[desk.Refused](hers, "refused", nil); no.Of != "path" || no.Key != "contact.path" {
			t.Errorf("no path is refused with %+v", no)
		}
		stranger, _ := l.at(t, eve)
		stranger.say("path", desk.SetPath{Contact: string(c.Contact), Path: "tip"})
		if no := await[desk.Refused](stranger, "refused", nil); no.Key != "contact.missing" || l.Find(t, c.Contact).Path != hotline.Self {
			t.Errorf("whoever does not have her is refused with %+v, and the path is %s", no, l.Find(t, c.Contact).Path)
		}
	})
}

// A minor who writes about somebody else is not "a minor, for herself".
func TestWhatIsShownOfHerFollowsThePath(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	c := l.Browser()
	in := l.Incoming(c, "her words")
	in.Codes.Path, in.Codes.Minor = hotline.Self, true
	made, err := l.Book.Receive(t.Context(), in)
	hotlinetest.Must(t, err)
	l.Take(t, ana, made.ID)
	d, snap := l.at(t, ana)
	if got := snap.Contacts[0].Reason; got != "minor" {
		t.Errorf("she begins as %s", got)
	}
	await[desk.RecordFrame](d, "record", nil)
	if _, v := d.whom(made.ID, hotline.Other); v.Reason != "other" {
		t.Errorf("put right, she is shown as %s", v.Reason)
	}
}

// What a colleague was typing when the form changed under her hands is saved, and its form
// comes back on both desks.
func TestWhatIsTypedWhileTheFormChangesIsKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l, ana, c := taken(t, e)
		sup := l.Hire(t, hotline.Supervisor)
		hotlinetest.Must(t, l.Book.Accompany(t.Context(), sup.ID, c.Contact, true))
		hers, _ := l.at(t, ana)
		self := await[desk.FormFrame](hers, "form", nil)
		await[desk.RecordFrame](hers, "record", nil)
		others, _ := l.at(t, sup)
		await[desk.RecordFrame](others, "record", nil)
		hers.whom(c.Contact, hotline.Tip)
		await(others, "record", func(r desk.RecordFrame) bool { return r.Name == "tip" })

		year := asks(t, self, "birth_year")
		if v := others.save(c.Contact, year, 0, text("2009")); v != 1 {
			t.Errorf("saved as version %d", v)
		}
		r := await(hers, "record", func(r desk.RecordFrame) bool { return r.Name == "self" })
		if got := stands(r)[year]; got.Value.Text != "2009" || !r.Begun {
			t.Errorf("the other desk shows %q, begun %t", got.Value.Text, r.Begun)
		}
		hers.say("field", desk.Field{Contact: string(c.Contact), Field: l.asksOf(t, "tip", "where"), Value: text("x")})
		if no := await[desk.Refused](hers, "refused", nil); no.Key != "form.field" {
			t.Errorf("a second form is begun: %+v", no)
		}
		if got := l.Find(t, c.Contact); got.Path != hotline.Tip || len(got.Editions) != 1 {
			t.Errorf("it is by path %s under %v", got.Path, got.Editions)
		}
	})
}

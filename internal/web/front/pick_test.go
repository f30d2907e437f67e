package front_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/web/front"
)

// headOf is the head of a contact, as its advocate reads it.
func (s *site) headOf(t testing.TB, p *hotlinetest.Person, id hotline.ContactID) (h contact.Head) {
	t.Helper()
	s.With(t, p, func(r *vault.Ring) error {
		key, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "desk")
		if err != nil {
			return err
		}
		h, err = key.Head(t.Context())
		return err
	})
	return h
}

func TestWhatSheWasToldIsRecordedWithHerFirstWords(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		s, noor := lineOn(t, e)
		p := s.phone(t)
		p.open("/").press("chat").shows("we may have to tell", "We ask if it is safe to write")
		if !strings.Contains(p.page, `name="e" value="7.en"`) {
			t.Error("the form does not say what the page has told")
		}
		p.press("send", "w", "hello", "e", "7.en")
		id := s.contactID(t)
		s.Take(t, noor, id)
		h := s.headOf(t, noor, id)
		if len(h.Told) != 1 || h.Told[0].Kind != "expect" || h.Told[0].Number != 7 || h.Told[0].Lang != "en" || h.Told[0].By != "" {
			t.Errorf("told %+v", h.Told)
		}
		if got := s.Find(t, id).Editions["expect/en"]; got != 7 {
			t.Errorf("handled under edition %d", got)
		}
		if h.Privacy != "" || s.Find(t, id).Wishes.Any() {
			t.Errorf("she chose nothing, and there is %q, %+v", h.Privacy, s.Find(t, id).Wishes)
		}
	})
}

func TestWishesAndPrivacyGoWithHerFirstWords(t *testing.T) {
	t.Parallel()
	s, noor := lineOn(t, dbtest.New(t))
	p := s.phone(t)
	p.open("/").press("chat").shows("A woman, if possible", "Nobody who may know my people", "Keep nothing that shows who I am")
	if strings.Contains(p.page, "The same person as last time") {
		t.Error("a stranger is asked for the person of last time")
	}
	p.press("send", "w", "hello", "v", "woman", "o", "1", "p", "anonymous")
	id := s.contactID(t)
	if got, want := s.Find(t, id).Wishes, (contact.Wishes{Gender: "woman", NotCommunity: contact.AnyCommunity}); got != want {
		t.Errorf("wishes %+v, want %+v", got, want)
	}
	if got := p.words(); !strings.Contains(got, "We ask nobody who may know your people") {
		t.Errorf("her log: %s", squash(got))
	}
	p.open("/").shows("Anybody may answer")
	p.press("anybody")
	if s.Find(t, id).Wishes.Any() || strings.Contains(p.open("/").page, "Anybody may answer") {
		t.Error("her wish is still there")
	}
	s.Take(t, noor, id)
	if got := s.headOf(t, noor, id).Privacy; got != contact.Anonymous {
		t.Errorf("privacy %q", got)
	}
}

func TestTheSamePersonIsOfferedWhereThereWasOne(t *testing.T) {
	t.Parallel()
	s, noor := lineOn(t, dbtest.New(t))
	p, id := s.writes(t, "hello")
	s.Take(t, noor, id)
	p.press("end")
	if strings.Contains(p.page, "Who should answer?") {
		t.Error("the person who answers is asked for while she is still here")
	}
	s.Close(t, noor, id)
	p.open("/").shows("Who should answer?", "The same person as last time")
	p.press("send", "w", "again", "s", "1")
	if got := s.Find(t, s.contactID(t)).Wishes; got.With != noor.ID {
		t.Errorf("wishes %+v", got)
	}
}

// What she asks of us later goes as words of hers: sealed, read by people, and by the
// desk in its fixed form.
func TestPrivacyLater(t *testing.T) {
	t.Parallel()
	s, noor := lineOn(t, dbtest.New(t))
	p, id := s.writes(t, "hello")
	p.press("privacy").shows("What may we keep about you?", "Keep it, but only here")
	p.press("back").shows("Your words")
	p.press("privacy").press("level", "p", "everything").shows("Your words")
	p.press("privacy").press("level", "p", "anonymous").shows("Your words")
	if got := p.words(); !strings.Contains(got, "Please keep nothing that shows who I am.") || strings.Contains(got, "[privacy") {
		t.Errorf("her log: %s", squash(got))
	}
	s.Take(t, noor, id)
	got, err := s.Desk(t, noor, id)
	if err != nil || len(got) != 2 || got[1] != "[privacy: anonymous]\nPlease keep nothing that shows who I am." {
		t.Errorf("the desk reads %q, %v", got, err)
	}
	if got := s.Holding(t, "anonymous"); got != nil {
		t.Errorf("it can be read in %v", got)
	}
}

// Too many words come back with all that she chose beside them.
func TestTroubleForgetsNothingSheChose(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p := s.phone(t)
	p.open("/").press("chat")
	p.post("send", "w", strings.Repeat("long ", 3000), "v", "man", "o", "1", "s", "1", "p", "share", "e", "7.en")
	for _, field := range []string{`name="v" value="man"`, `name="o" value="1"`, `name="s" value="1"`, `name="p" value="share"`, `name="e" value="7.en"`} {
		if !strings.Contains(p.page, field) {
			t.Errorf("%s is lost", field)
		}
	}
}

// Whoever adds a column to the tables of contacts says what a caller is told of it.
func TestSheIsToldOfEverythingThatTheServerCanRead(t *testing.T) {
	t.Parallel()
	columns, err := db.Columns()
	hotlinetest.Must(t, err)
	told := front.Seen()
	for _, c := range columns {
		if c.Store != db.Main || !slices.Contains([]string{"contact", "caller", "message", "note", "return_code"}, c.Table) {
			continue
		}
		name := c.Table + "." + c.Name
		i := slices.Index(told, name)
		if (i >= 0) == c.Sealed {
			t.Errorf("%s: told %t, sealed %t", name, i >= 0, c.Sealed)
		}
		if i >= 0 {
			told = slices.Delete(told, i, i+1)
		}
	}
	for _, name := range told {
		t.Errorf("%s is told, and is no column, or told twice", name)
	}
}

func TestWhoAndScope(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p := s.phone(t)
	for _, page := range []*phone{p.open("/"), p.press("chat")} {
		if !strings.Contains(page.page, `href="/p/who?l=en"`) || !strings.Contains(page.page, `href="/p/scope?l=en"`) {
			t.Errorf("no way to who and scope: %s", squash(page.text()))
		}
	}
	p.open("/p/who").shows("14 people answer here", "3 people lead them", "2 people have the key to the figures", "1 person checks the list", "2 people decide", "7 days after the talk", "list of keys, number 12", "It stays until this line deletes it")
	p.open("/p/scope").shows("Someone keeps your papers.", "We are not the police.", "To a safe place to sleep.")
	p.open("/p/keep").shows("It stays until this line deletes it")
}

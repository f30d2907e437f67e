package interpret_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// night is a line with an advocate and somebody who writes in a language that she does
// not speak.
type night struct {
	*hotlinetest.World
	ana *hotlinetest.Person
	her *hotlinetest.Caller
}

func lines(t *testing.T, f func(*testing.T, *night)) {
	t.Helper()
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		n := &night{World: w, ana: w.Hire(t, hotline.Advocate)}
		n.her = n.arrive(t, "kinuha nila ang pasaporte ko")
		f(t, n)
	})
}

func (n *night) arrive(t *testing.T, words string) *hotlinetest.Caller {
	t.Helper()
	c := n.Browser()
	in := n.Incoming(c, words)
	in.Lang = "fil"
	made, err := n.Book.Receive(t.Context(), in)
	must(t, err)
	c.Contact = made.ID
	return c
}

func must(t *testing.T, err error) { t.Helper(); hotlinetest.Must(t, err) }

// translator hires one who speaks languages, with skills.
func (n *night) translator(t *testing.T, who staff.Person) *hotlinetest.Person {
	t.Helper()
	if who.Roles == nil {
		who.Roles = []hotline.Role{hotline.Translator}
	}
	if who.Languages == nil {
		who.Languages = []string{"fil", "en"}
	}
	return n.HireBy(t, n.First, who)
}

func (n *night) person(t *testing.T, p *hotlinetest.Person) staff.Person {
	t.Helper()
	who, err := n.Staff.Person(t.Context(), p.ID)
	must(t, err)
	return who
}

func (n *night) ask(t *testing.T) interpret.Request {
	t.Helper()
	r, err := n.Translators.Ask(t.Context(), n.ana.ID, n.her.Contact, "fil", "en")
	must(t, err)
	return r
}

// give grants her words to whoever has taken the request, as the advocate's desk does.
func (n *night) give(t *testing.T, r interpret.Request, to *hotlinetest.Person) error {
	t.Helper()
	return n.Keeper.With(t.Context(), n.ana.Token, func(ring *vault.Ring) error {
		k, err := ring.Open(t.Context(), vault.Ref{Contact: r.Contact}, "test")
		if err != nil {
			return err
		}
		return ring.Give(t.Context(), k, to.ID, "translates", func(tx db.Tx) error { return interpret.Given(tx, r.ID, to.ID) })
	})
}

// works has a translator at work.
func (n *night) works(t *testing.T, p *hotlinetest.Person) interpret.Request {
	t.Helper()
	r := n.ask(t)
	must(t, n.Translators.Take(t.Context(), n.person(t, p), r.ID))
	must(t, n.give(t, r, p))
	return r
}

// write keeps a text under her key, as a desk does.
func (n *night) write(t *testing.T, by *hotlinetest.Person, about, words string) (string, error) {
	t.Helper()
	id := hotline.NewID()
	return id, n.Keeper.With(t.Context(), by.Token, func(r *vault.Ring) error {
		k, err := r.Open(t.Context(), vault.Ref{Contact: n.her.Contact}, "test")
		if err != nil {
			return err
		}
		return n.Translators.Write(t.Context(), interpret.Words{ID: id, Contact: n.her.Contact, About: about, By: by.ID, Key: k.Seal(), Text: seal.Conceal(words)})
	})
}

// shut checks that somebody opens nothing of her words.
func (n *night) shut(t *testing.T, when string, p *hotlinetest.Person) {
	t.Helper()
	if got, err := n.Desk(t, p, n.her.Contact); err == nil || len(got) > 0 {
		t.Errorf("%s: the translator reads %d messages (%v)", when, len(got), err)
	}
}

func (n *night) open(t *testing.T, when string, p *hotlinetest.Person) {
	t.Helper()
	if got, err := n.Desk(t, p, n.her.Contact); err != nil || len(got) == 0 {
		t.Errorf("%s: the translator reads %d messages (%v)", when, len(got), err)
	}
}

// Without a grant of that one contact a translator opens nothing, and with it her words
// alone: never what we wrote, never another contact.
func TestATranslatorOpensOneContactsWordsAndNothingElse(t *testing.T) {
	lines(t, func(t *testing.T, n *night) {
		mira := n.translator(t, staff.Person{})
		other := n.arrive(t, "another one")
		n.Take(t, n.ana, n.her.Contact)
		n.Take(t, n.ana, other.Contact)
		n.Note(t, n.ana, n.her.Contact, "our note")
		n.shut(t, "before anybody asks", mira)
		r := n.ask(t)
		n.shut(t, "asked", mira)
		must(t, n.Translators.Take(t.Context(), n.person(t, mira), r.ID))
		n.shut(t, "taken and not granted", mira)
		must(t, n.give(t, r, mira))
		n.open(t, "granted", mira)
		if got, err := n.Notes(t, mira, n.her.Contact); err == nil {
			t.Errorf("the translator reads our notes: %q", got)
		}
		if got, err := n.Desk(t, mira, other.Contact); err == nil {
			t.Errorf("the translator reads another contact: %q", got)
		}
	})
}

// What opened her words to a translator ends with the need for her, in the same moment.
func TestTheGrantEnds(t *testing.T) {
	ways := map[string]func(*testing.T, *night, *hotlinetest.Person, interpret.Request){
		"the advocate ends it": func(t *testing.T, n *night, _ *hotlinetest.Person, r interpret.Request) {
			must(t, n.Translators.End(t.Context(), n.ana.ID, r.ID))
		},
		"the translator goes": func(t *testing.T, n *night, mira *hotlinetest.Person, r interpret.Request) {
			must(t, n.Translators.Pass(t.Context(), mira.ID, r.ID))
		},
		"the contact is closed": func(t *testing.T, n *night, _ *hotlinetest.Person, _ interpret.Request) {
			n.Close(t, n.ana, n.her.Contact)
		},
		"a machine closes it": func(t *testing.T, n *night, _ *hotlinetest.Person, _ interpret.Request) {
			must(t, n.Book.EndNow(t.Context(), hotline.Machine, n.her.Contact))
			n.Advance(t, 2*n.Settings.LeftAsIs)
			must(t, n.Book.LeaveAsIs(t.Context(), func(hotline.QueueID) hotline.TeamID { return hotline.Desk }))
		},
		"she is erased": func(t *testing.T, n *night, _ *hotlinetest.Person, _ interpret.Request) {
			must(t, n.Book.EraseNow(t.Context(), "caller", n.her.Contact))
		},
	}
	for what, end := range ways {
		t.Run(what, func(t *testing.T) {
			lines(t, func(t *testing.T, n *night) {
				mira := n.translator(t, staff.Person{})
				n.Take(t, n.ana, n.her.Contact)
				r := n.works(t, mira)
				n.open(t, "at work", mira)
				end(t, n, mira, r)
				n.SignIn(t, mira) // after a long night
				n.shut(t, what, mira)
				if n.Count(t, `SELECT count(*) FROM key_grant WHERE grantee = $1`, "person/"+string(mira.ID)) > 0 {
					t.Error("her grant is left")
				}
				if _, err := n.write(t, mira, hotline.NewID(), "words"); err == nil {
					t.Error("she goes on writing")
				}
			})
		})
	}
}

// Who has gone before the grant is made gets none.
func TestNoGrantForWhoHasGone(t *testing.T) {
	lines(t, func(t *testing.T, n *night) {
		mira, bea := n.translator(t, staff.Person{}), n.translator(t, staff.Person{})
		n.Take(t, n.ana, n.her.Contact)
		r := n.ask(t)
		must(t, n.Translators.Take(t.Context(), n.person(t, mira), r.ID))
		must(t, n.Translators.Pass(t.Context(), mira.ID, r.ID))
		hotlinetest.Refused(t, n.give(t, r, mira), interpret.ErrMissing)
		n.shut(t, "gone", mira)
		hotlinetest.Refused(t, n.Translators.Take(t.Context(), n.person(t, mira), r.ID), interpret.ErrUnfit) // she is not asked again
		must(t, n.Translators.Take(t.Context(), n.person(t, bea), r.ID))
		must(t, n.give(t, r, bea))
		n.open(t, "the next one", bea)
	})
}

// Of two one comes; and only who may.
func TestWhoMayTranslate(t *testing.T) {
	lines(t, func(t *testing.T, n *night) {
		wish := n.Browser()
		in := n.Incoming(wish, "words")
		in.Lang, in.Codes.Wishes = "fil", contact.Wishes{NotCommunity: contact.AnyCommunity}
		made, err := n.Book.Receive(t.Context(), in)
		must(t, err)
		n.Take(t, n.ana, made.ID)
		n.Take(t, n.ana, n.her.Contact)
		careful, err := n.Translators.Ask(t.Context(), n.ana.ID, made.ID, "fil", "en")
		must(t, err)
		r := n.ask(t)
		for what, who := range map[string]staff.Person{
			"a trainer":                     {Roles: []hotline.Role{hotline.Trainer}},
			"an advocate without the skill": {Roles: []hotline.Role{hotline.Advocate}},
			"without her language":          {Languages: []string{"en", "th"}},
			"without the advocate's":        {Languages: []string{"fil", "es"}},
		} {
			p := n.person(t, n.translator(t, who))
			if interpret.Fits(r, n.Find(t, r.Contact), p) {
				t.Errorf("%s may", what)
			}
			hotlinetest.Refused(t, n.Translators.Take(t.Context(), p, r.ID), interpret.ErrUnfit)
		}
		neighbour := n.translator(t, staff.Person{Skills: []string{"community:ilocos"}})
		hotlinetest.Refused(t, n.Translators.Take(t.Context(), n.person(t, neighbour), careful.ID), interpret.ErrUnfit)
		must(t, n.Translators.Take(t.Context(), n.person(t, neighbour), r.ID))
		able := n.translator(t, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Skills: []string{interpret.Skill}})
		hotlinetest.Refused(t, n.Translators.Take(t.Context(), n.person(t, able), r.ID), interpret.ErrTaken)
		var s situation.Situation
		n.With(t, n.ana, func(ring *vault.Ring) (err error) {
			s, err = n.Situations.Create(t.Context(), ring, made.ID)
			return err
		})
		must(t, n.Situations.Conflict(t.Context(), able.ID, s.ID))
		hotlinetest.Refused(t, n.Translators.Take(t.Context(), n.person(t, able), careful.ID), interpret.ErrUnfit) // she knows somebody
		must(t, n.Situations.Lift(t.Context(), n.First.ID, s.ID, able.ID))
		must(t, n.Translators.Take(t.Context(), n.person(t, able), careful.ID))
		stranger := n.Hire(t, hotline.Advocate)
		_, err = n.Translators.Ask(t.Context(), stranger.ID, n.her.Contact, "fil", "en")
		hotlinetest.Refused(t, err, contact.ErrNotYours)
	})
}

// Each writes what is hers to write; it stands sealed, in order, and dies with her words.
func TestTranslationsAreSealedAndDieWithHerWords(t *testing.T) {
	lines(t, func(t *testing.T, n *night) {
		mira := n.translator(t, staff.Person{})
		n.Take(t, n.ana, n.her.Contact)
		if _, err := n.write(t, n.ana, "", "too early"); err == nil {
			t.Error("a sentence waits for nobody")
		}
		r := n.works(t, mira)
		said := n.Say(t, n.her, "nasa kusina ako")
		_, err := n.write(t, mira, said, "canary translated")
		must(t, err)
		sentence, err := n.write(t, n.ana, "", "canary sentence")
		must(t, err)
		answer, err := n.write(t, mira, sentence, "canary answer")
		must(t, err)
		if _, err := n.write(t, mira, "", "her own sentence"); err == nil {
			t.Error("the translator speaks for the advocate")
		}
		if _, err := n.write(t, n.ana, sentence, "her own translation"); err == nil {
			t.Error("the advocate translates in the translator's place")
		}
		if _, err := n.write(t, mira, answer, "again"); err == nil {
			t.Error("a translation is translated")
		}
		all, err := n.Translators.After(t.Context(), n.her.Contact, 0)
		must(t, err)
		kinds := []string{}
		for _, x := range all {
			kinds = append(kinds, x.Kind)
		}
		hotlinetest.Same(t, kinds, interpret.Said, interpret.Sentence, interpret.Answer)
		if later, err := n.Translators.After(t.Context(), n.her.Contact, all[0].N); err != nil || len(later) != 2 {
			t.Errorf("after the first: %d, %v", len(later), err)
		}
		if held := n.Holding(t, "canary"); len(held) > 0 {
			t.Errorf("readable in %q", held)
		}
		must(t, n.Translators.End(t.Context(), n.ana.ID, r.ID))
		again := n.works(t, mira)
		if again.N != all[2].N {
			t.Errorf("the numbers begin at %d, want %d", again.N, all[2].N)
		}
		must(t, n.Book.EraseNow(t.Context(), "caller", n.her.Contact))
		if left := n.Count(t, `SELECT (SELECT count(*) FROM translation) + (SELECT count(*) FROM translator_request)`); left > 0 {
			t.Errorf("%d rows are left", left)
		}
	})
}

// Where nobody on the shift speaks her language, a translator is asked before anybody
// has taken her; not where somebody does, and not when nobody is there at all.
func TestTheLineAsksByItself(t *testing.T) {
	lines(t, func(t *testing.T, n *night) {
		standing := func() []interpret.Request {
			t.Helper()
			must(t, n.Translators.Turn(t.Context()))
			must(t, n.Translators.Turn(t.Context()))
			all, err := n.Translators.Requests(t.Context())
			must(t, err)
			return all
		}
		mira := n.translator(t, staff.Person{}) // is there, and answers nobody: she does not count
		all := standing()
		if len(all) != 1 || all[0].Contact != n.her.Contact || all[0].Lang != "fil" || all[0].AskedBy != "" {
			t.Fatalf("stands: %+v", all)
		}
		luz := n.HireBy(t, n.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Languages: []string{"fil"}})
		if all := standing(); len(all) > 0 {
			t.Errorf("somebody speaks it, and there stands %+v", all)
		}
		n.Enter(t, staff.Away, luz)
		all = standing()
		must(t, n.Translators.Take(t.Context(), n.person(t, mira), all[0].ID))
		n.Enter(t, staff.Ready, luz)
		if all = standing(); len(all) != 1 {
			t.Error("who has come is sent away")
		}
		n.Take(t, n.ana, n.her.Contact)
		r := n.ask(t)
		if r.ID != all[0].ID || r.AskedBy != n.ana.ID || r.Ours != "en" || r.Translator != mira.ID {
			t.Errorf("the advocate's request is %+v, want that of the line", r)
		}
		must(t, n.give(t, r, mira))
		n.open(t, "granted by who took her", mira)
		n.Enter(t, staff.Away, n.ana, luz)
		n.arrive(t, "one more")
		if all = standing(); len(all) != 1 {
			t.Error("nobody is there, and translators are asked")
		}
	})
}

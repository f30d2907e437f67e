package desk_test

import (
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// What our page told her before her first word, and whom she wished for, the advocate
// sees without asking.
func TestWhatThePageToldIsOnTheDesk(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		amina := l.Hire(t, hotline.Advocate)
		c, _ := l.at(t, amina)
		her := l.Browser()
		in := l.Incoming(her, "hello")
		in.Told = contact.Told{Kind: policy.KindExpect, Number: 7, Lang: "es"}
		in.Codes.Wishes = contact.Wishes{Gender: "woman", NotCommunity: contact.AnyCommunity, Same: true}
		made, err := l.Book.Receive(t.Context(), in)
		hotlinetest.Must(t, err)
		c.say("take", desk.Take{Contact: string(made.ID)})
		got := await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.Mine && f.Contact.Limits != nil }).Contact
		if want := (desk.Told{Kind: "expect", Number: 7, Lang: "es", At: made.Began}); *got.Limits != want {
			t.Errorf("told %+v, want %+v", *got.Limits, want)
		}
		if want := []string{"woman", "people", "same"}; !slices.Equal(got.Wishes, want) {
			t.Errorf("wishes %q, want %q", got.Wishes, want)
		}
	})
}

// What she asks on her own page comes to people as her sentence, without the line that
// is for the program.
func TestWhatSheAsksIsReadAsASentence(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		amina := l.Hire(t, hotline.Advocate)
		c, _ := l.at(t, amina)
		her := l.Arrive(t, "hello")
		k, _, err := l.Key(t, her)
		hotlinetest.Must(t, err)
		key := k.Seal()
		for _, words := range []seal.Text{policy.Ask("share", "Ask others for me."), policy.Ask("anonymous", "Keep nothing.")} {
			hotlinetest.Must(t, l.Book.Say(t.Context(), her.Contact, contact.Words{ID: hotline.NewID(), Text: words, Key: &key, Seen: true}))
		}
		c.say("take", desk.Take{Contact: string(her.Contact)})
		got := await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.Mine && len(f.Contact.Messages) == 3 }).Contact
		if got.Messages[1].Text != "Ask others for me." || got.Messages[2].Text != "Keep nothing." {
			t.Errorf("the desk reads %q, %q", got.Messages[1].Text, got.Messages[2].Text)
		}
	})
}

// What she asks is done by her advocate's desk, once: what the advocate sets afterwards
// stands, until she asks again. What the level forbids is deleted.
func TestWhatSheAsksIsDone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		amina := l.Hire(t, hotline.Advocate)
		c, _ := l.at(t, amina)
		her := l.Arrive(t, "hello")
		id := string(her.Contact)
		k, _, err := l.Key(t, her)
		hotlinetest.Must(t, err)
		key := k.Seal()
		asks := func(level string) {
			t.Helper()
			hotlinetest.Must(t, l.Book.Say(t.Context(), her.Contact, contact.Words{ID: hotline.NewID(), Text: policy.Ask(level, "Please."), Key: &key, Seen: true}))
		}
		shows := func(level string) {
			t.Helper()
			await(c, "record", func(r desk.RecordFrame) bool { return r.Privacy == level })
			if got := l.head(t, amina, her.Contact).Privacy; string(got) != level {
				t.Errorf("the head says %q, want %q", got, level)
			}
		}
		asks("confidential")
		c.say("take", desk.Take{Contact: id})
		shows("confidential")
		c.say("privacy", desk.Level{Contact: id, Level: "share"})
		shows("share")
		hotlinetest.Must(t, l.Book.Say(t.Context(), her.Contact, contact.Words{ID: hotline.NewID(), Text: seal.Conceal("something else"), Key: &key, Seen: true}))
		c.pinged()
		anew, _ := l.at(t, amina) // reads the whole thread again
		anew.pinged()
		if got := l.head(t, amina, her.Contact).Privacy; got != contact.Share {
			t.Errorf("what she asked before undoes what was agreed since: %q", got)
		}
		asks("anonymous")
		shows("anonymous")
		again, _ := l.at(t, amina) // opened anew, nothing is done twice
		await(again, "record", func(r desk.RecordFrame) bool { return r.Privacy == "anonymous" })
		if got := l.Holding(t, "anonymous"); got != nil {
			t.Errorf("her level can be read in %v", got)
		}
	})
}

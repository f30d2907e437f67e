package front_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/test/browser"
)

// From the first page to her first words it is three taps on the smallest phone, and
// two where she does not know how to begin: what she may choose stands folded behind.
func TestFirstWordsInThreeTaps(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o browser.Options) {
		s := newSite(t, true)
		o.Width, o.Height = 320, 568
		p := browser.Chromium(t, o)
		taps := 0
		tap := func(selector string) { taps++; p.Click(selector) }
		p.Goto(s.url)
		tap(`button[value="chat"]`)
		p.WaitText("Before you write")
		p.Shot("before")
		tap("#w")
		p.Say("help me")
		tap(`button[value="send"]`)
		p.WaitText("help me")
		if taps > 3 {
			t.Errorf("%d taps", taps)
		}
		if got := s.Find(t, s.contact(t)); got.Wishes.Any() || got.Editions["expect/en"] != 7 {
			t.Errorf("contact %+v", got)
		}
	})
}

func TestHelloInTwoTaps(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o browser.Options) {
		s := newSite(t, true)
		o.Width, o.Height = 320, 568
		p := browser.Chromium(t, o)
		p.Goto(s.url)
		p.Click(`button[value="chat"]`)
		p.WaitText("Before you write")
		p.Click(`button[value="hello"]`)
		p.WaitText("You are next")
	})
}

// She unfolds what she may choose, chooses, sends from there, and changes her mind
// later.
func TestSheChooses(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o browser.Options) {
		s := newSite(t, true)
		o.Width, o.Height = 320, 568
		p := browser.Chromium(t, o)
		p.Goto(s.url)
		p.ClickText("Write now")
		p.WaitText("Before you write")
		p.Type("#w", "help me")
		p.Click("summary")
		p.Click(`input[value="woman"]`)
		p.Click(`input[name="o"]`)
		p.Click(`input[value="anonymous"]`)
		p.Shot("chosen")
		p.Click(`details button[value="send"]`)
		p.WaitText("We ask nobody who may know your people")
		id := s.contact(t)
		if got, want := s.Find(t, id).Wishes, (contact.Wishes{Gender: "woman", NotCommunity: contact.AnyCommunity}); got != want {
			t.Errorf("wishes %+v, want %+v", got, want)
		}
		p.Click("summary")
		p.ClickText("Anybody may answer")
		p.WaitGone(`button[value="anybody"]`)
		if got := s.Find(t, id).Wishes; got.Any() {
			t.Errorf("wishes %+v", got)
		}
		p.Click("summary")
		p.ClickText("What may we keep about you?")
		p.WaitText("Keep it, but only here")
		p.Shot("privacy")
		p.ClickText("Keep it, but only here")
		p.WaitText("You may keep what I tell you, but only here.")
		s.Take(t, s.noor, id)
		if got, err := s.Desk(t, s.noor, id); err != nil || got[1] != "[privacy: confidential]\nYou may keep what I tell you, but only here." {
			t.Errorf("the desk reads %q, %v", got, err)
		}
		s.Close(t, s.noor, id)
		p.WaitText("This chat has ended")
		p.Goto(s.url)
		p.ClickText("Who should answer?")
		p.Click(`input[name="s"]`)
		p.Type("#w", "it is me again")
		p.Click(`#say button[value="send"]`)
		p.WaitText("You are next")
		if got := s.Find(t, s.contact(t)).Wishes; got.With != s.noor.ID {
			t.Errorf("wishes %+v", got)
		}
	})
}

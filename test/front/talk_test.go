package front_test

import (
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/test/browser"
)

// both runs a journey with JavaScript and without.
func both(t *testing.T, f func(t *testing.T, o browser.Options)) {
	t.Helper()
	t.Run("script", func(t *testing.T) { t.Parallel(); f(t, browser.Options{}) })
	t.Run("no script", func(t *testing.T) { t.Parallel(); f(t, browser.Options{NoScript: true}) })
}

// begin is a caller who has written her first words.
func (s *site) begin(p *browser.Page, words string) {
	p.Goto(s.url)
	p.ClickText("Write now")
	p.WaitText("Before you write")
	p.Type("#w", words)
	p.Click(`button[value="send"]`)
	p.WaitText("You are next")
	p.WaitText(words)
}

func TestTalk(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o browser.Options) {
		s := newSite(t, true)
		p := browser.Chromium(t, o)
		s.begin(p, "is it free")
		p.Shot("waiting")
		id := s.contact(t)
		s.Take(t, s.noor, id)
		s.Reply(t, s.noor, id, "Hello. Yes, it is free. Is it safe for you to write now?")
		p.WaitText("Yes, it is free.")
		p.Type("#w", "yes he is at work\nuntil 6")
		p.Click(`button[value="send"]`)
		p.WaitText("yes he is at work")
		s.Reply(t, s.noor, id, "Good. If that changes, press Leave now. You can always come back.")
		p.WaitText("If that changes")
		p.Shot("live")
		if got, err := s.Desk(t, s.noor, id); err != nil || got[2] != "yes he is at work\nuntil 6" {
			t.Errorf("the desk reads %q, %v", got, err)
		}
		p.Click("summary")
		p.Shot("menu")
		if frames := strings.Count(p.Shown(), "is it free"); frames != 1 {
			t.Errorf("her words stand there %d times", frames)
		}
		p.ClickText("Get a code to come back")
		p.WaitText("It looks like a phone number")
		p.ClickText("I have kept the code")
		p.WaitText("If that changes")
		if got := p.Title(); got != "Home" {
			t.Errorf("title %q", got)
		}
		if got := p.URL(); got != s.url+"/" {
			t.Errorf("address %q", got)
		}
		if got := len(p.History()); !o.NoScript && got > 2 {
			t.Errorf("%d entries in the history", got)
		}
		hotlinetest.Must(t, s.Book.EndNow(t.Context(), "machine", id))
		p.WaitText("This chat has ended")
		p.Shot("ended")
	})
}

// After leaving, Back shows the cover page and then the page before us. (Package
// browser walks the same way in Firefox.)
func TestLeaveAndBack(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o browser.Options) { leaveAndBack(t, newSite(t, true), browser.Chromium(t, o)) })
}

func leaveAndBack(t *testing.T, s *site, p *browser.Page) {
	t.Helper()
	p.Goto(strings.Replace(s.url, "line", "search", 1) + "/robots.txt")
	p.WaitText("User-agent")
	p.Goto(s.url)
	p.WaitText("How would you like to talk?")
	p.Click(`button[value="chat"]`)
	p.WaitText("Before you write")
	p.Type("#w", "words of hers")
	p.Click(`button[value="send"]`)
	p.WaitText("You are next")
	p.WaitText("words of hers")
	p.Type("#w", "words not sent")
	p.Click("button.leave")
	p.WaitText("It will be sunny.")
	covers := 0
	for p.Back() {
		seen := p.Watch(300 * time.Millisecond)
		if strings.Contains(seen, "User-agent") {
			break // the page before us
		}
		if strings.Contains(seen, "words") || strings.Contains(seen, "Harbour") {
			t.Errorf("Back shows %q", seen)
		}
		if strings.Contains(seen, "This page has closed") {
			covers++
		}
	}
	if covers == 0 {
		t.Error("Back leads nowhere, so that nothing was shown")
	}
	p.Goto(s.url)
	p.WaitText("This page has closed")
	p.Click("button.quiet")
	p.WaitText("How would you like to talk?")
}

func TestThreeShiftsLeave(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	p := browser.Chromium(t, browser.Options{})
	s.begin(p, "words of hers")
	for range 3 {
		p.Key("Shift")
	}
	p.WaitText("It will be sunny.")
	p.Back()
	p.WaitText("This page has closed")
}

func TestWordsAreSeenAsNotSentAndThenSent(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	p := browser.Chromium(t, browser.Options{})
	s.begin(p, "hello")
	s.down.Store(true)
	p.Type("#w", "can you call me tomorrow")
	p.Click(`#say button`)
	p.WaitText("Not sent yet")
	p.WaitText("Send again")
	p.Shot("unsent")
	p.Type("#w", "and a second one")
	p.Click(`#say button`)
	p.WaitText("and a second one")
	s.down.Store(false)
	p.ClickText("Send again")
	p.WaitTrue(`!document.querySelector('.unsent') && document.querySelectorAll('.me').length === 3`)
	for range 10 {
		p.Excuse("net::ERR_")
	}
	id := s.contact(t)
	s.Take(t, s.noor, id)
	if got, err := s.Desk(t, s.noor, id); err != nil || strings.Join(got, "|") != "hello|can you call me tomorrow|and a second one" {
		t.Errorf("the desk reads %q, %v", got, err)
	}
}

// What she has not sent yet outlives a change of the page around it.
func TestUnsentWordsOutliveAChangeOfLanguage(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	p := browser.Chromium(t, browser.Options{})
	s.begin(p, "hello")
	p.Type("#w", "half a sen")
	p.Click("summary")
	p.ClickText("Change the language")
	p.WaitText("Which language?")
	p.ClickText("العربية")
	p.WaitText("hello")
	p.WaitTrue(`document.documentElement.dir === 'rtl' && document.querySelector('#w').value === 'half a sen'`)
	p.Shot("arabic")
	if got := s.Find(t, s.contact(t)).Lang; got != "ar" {
		t.Errorf("the contact is in %q", got)
	}
}

func TestClosedHours(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o browser.Options) {
		s := newSite(t, false)
		p := browser.Chromium(t, o)
		p.Goto(s.url)
		p.ClickText("Write now")
		p.WaitText("Before you write")
		p.Type("#w", "is somebody there")
		p.Click(`button[value="send"]`)
		p.WaitText("We are closed until")
		p.Shot("parked")
		p.ClickText("See my words, or write more")
		p.WaitText("is somebody there")
	})
}

// A parked page changes by itself when somebody takes the contact after all.
func TestParkedPageWakes(t *testing.T) {
	t.Parallel()
	s := newSite(t, false)
	p := browser.Chromium(t, browser.Options{})
	p.Goto(s.url)
	p.ClickText("Write now")
	p.WaitText("Before you write")
	p.Type("#w", "is somebody there")
	p.Click(`button[value="send"]`)
	p.WaitText("We are closed until")
	id := s.contact(t)
	s.Take(t, s.noor, id)
	s.Reply(t, s.noor, id, "I am here after all.")
	p.WaitText("I am here after all.")
}

// Without script a log that broke off is asked for again, and goes on meanwhile
// without being asked for.
func TestBrokenLogComesBackWithoutScript(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	p := browser.Chromium(t, browser.Options{NoScript: true})
	s.begin(p, "hello")
	id := s.contact(t)
	s.Take(t, s.noor, id)
	p.Forget()
	until := time.Now().Add(12 * time.Second)
	for n := 0; time.Now().Before(until); n++ {
		words := "answer " + strings.Repeat("I", n+1)
		s.Reply(t, s.noor, id, words)
		p.WaitText(words)
		p.Watch(2 * time.Second)
	}
	if got := len(p.Requests()); got != 0 {
		t.Errorf("while it goes on the log is asked for %d times", got)
	}
	s.drop()
	s.Reply(t, s.noor, id, "after the break")
	p.WaitText("after the break")
	if c := s.Find(t, id); c.State != contact.Live {
		t.Errorf("state %s", c.State)
	}
}

package front_test

import (
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// She asks what we have about her, from her own page; an advocate finds it among what
// is to be done, and what became of it reaches her as an unread reply. Asked twice, it
// is asked once.
func TestSheAsksWhatWeHaveOfHer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		s := newSite(t, e, free(), true)
		ana := s.Hire(t, hotline.Advocate)
		p, id := s.writes(t, "hello")
		p.press("asks").shows("What would you like to ask?", "Show me what you have about me", "Keep my words longer")
		p.press("ask", "k", "nonsense").shows("What would you like to ask?")
		body := p.body("ask", "k", contact.ShowMe, "w", "since spring")
		for range 2 {
			p.do(p.request("POST", "/", body))
		}
		p.open("/").shows("What we have about you")
		if got := p.words(); !strings.Contains(got, "Please show me what you have about me.") || !strings.Contains(got, "since spring") {
			t.Errorf("her log: %s", squash(got))
		}
		asked, err := s.Book.Asked(t.Context())
		hotlinetest.Must(t, err)
		if len(asked) != 1 || asked[0].Kind != contact.ShowMe || asked[0].Contact != id || asked[0].About != id {
			t.Fatalf("asked: %+v", asked)
		}
		hotlinetest.Refused(t, s.Book.Answered(t.Context(), ana.ID, asked[0].ID), contact.ErrUntold)
		s.Take(t, ana, id)
		s.Reply(t, ana, id, "We have two notes about you.")
		hotlinetest.Must(t, s.Book.Answered(t.Context(), ana.ID, asked[0].ID))
		if got := p.words(); !strings.Contains(got, "We have two notes about you.") {
			t.Errorf("her log: %s", squash(got))
		}
		if left, err := s.Book.Asked(t.Context()); err != nil || len(left) > 0 {
			t.Errorf("%d wait, %v", len(left), err)
		}
	})
}

// Of a talk that has ended she asks in a new one, which names the old.
func TestSheAsksAboutATalkThatHasEnded(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	ana := s.Hire(t, hotline.Advocate)
	p, id := s.writes(t, "hello")
	s.Take(t, ana, id)
	s.Reply(t, ana, id, "goodbye")
	s.Close(t, ana, id)
	p.open("/").press("asks").press("ask", "k", contact.EraseMe)
	asked, err := s.Book.Asked(t.Context())
	hotlinetest.Must(t, err)
	if len(asked) != 1 || asked[0].Contact == id || asked[0].About != id {
		t.Fatalf("asked: %+v, the talk was %s", asked, id)
	}
	if yes, err := s.Book.WantsErased(t.Context(), id); err != nil || !yes {
		t.Errorf("that she wants it erased is not known: %v", err)
	}
}

// Her page shows her until which day she waits, and lets her stop it.
func TestPageShowsTheDayOfAPromise(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	ana := s.Hire(t, hotline.Advocate)
	p, id := s.writes(t, "hello")
	s.Take(t, ana, id)
	until := s.Now(t) + (72 * time.Hour).Milliseconds()
	hotlinetest.Must(t, s.Book.Promise(t.Context(), hotline.Actor(ana.ID), id, until))
	month := time.UnixMilli(until).UTC().Format("January")
	p.open("/").shows("We write to you here by", month, "Do not wait for it")
	p.press("nowait").hides("We write to you here by")
	if got := s.Find(t, id).Promised; got != 0 {
		t.Errorf("promised until %d", got)
	}
}

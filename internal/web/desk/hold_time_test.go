//go:build !race

package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// A twin is one of two contacts that are alike, closed, each in a situation of its own.
type twin struct {
	id hotline.ContactID
	in hotline.SituationID
}

func (l *line) twin(t *testing.T, ana *hotlinetest.Person) (w twin) {
	t.Helper()
	w.id = l.Arrive(t, "hello").Contact
	l.Take(t, ana, w.id)
	l.Note(t, ana, w.id, "our note")
	l.Reply(t, ana, w.id, "an answer")
	l.With(t, ana, func(r *vault.Ring) error {
		s, err := l.Situations.Create(t.Context(), r, w.id)
		w.in = s.ID
		return err
	})
	l.Close(t, ana, w.id)
	return w
}

// comes waits for the frame of a kind that speaks of an id, whatever comes before it.
func (c *console) comes(kind, id string) {
	c.t.Helper()
	late := time.After(patience)
	for {
		select {
		case f := <-c.frames:
			if string(f["t"]) == `"`+kind+`"` && strings.Contains(asJSON(f), id) {
				return
			}
		case <-late:
			c.t.Fatalf("the desk does not answer with %s", kind)
		}
	}
}

// Nobody at the desk can tell a hold by the clock either: neither while the words of both
// may be read, nor when those of one are gone, and those of the other are there by the hold
// alone. That no query more is made is seen by the statements, one by one; by the clock,
// whatever else is done. What is planted is seen: that all is done twice, and where nothing
// is left to be read, one query.
func TestAHoldTakesNoTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		l := open(t, e)
		ana, sue, pat := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor), l.Hire(t, hotline.PrivacyOfficer)
		r := retention.New(retention.Parts{
			Line: l.Line, Main: e.Main, Store: e.Shred, Shred: l.Shred, Book: l.Book, Authority: l.Authority, Log: l.Log, Intake: l.Intake, Alarm: func(err error) { t.Error(err) },
		}, retention.Defaults())
		free, held := l.twin(t, ana), l.twin(t, ana)
		carry := func() {
			for _, id := range []hotline.ContactID{free.id, held.id} {
				hotlinetest.Must(t, r.Carry(t.Context(), id))
			}
		}
		carry()
		l.With(t, pat, func(ring *vault.Ring) error { return r.Hold(t.Context(), ring, held.id, "an order") })
		c, _ := l.at(t, sue)
		read := func(w twin, comes string) {
			c.say("read", desk.Read{Contact: string(w.id), Situation: string(w.in), Why: "a reason"})
			c.comes(comes, string(w.id))
		}
		enter := func(w twin) {
			c.say("situation", desk.OpenSituation{ID: string(w.in)})
			c.comes("situation", string(w.in))
		}
		// Times differ where they do by more than a tenth, or by half of what is planted.
		compare := func(what string, n int, do func(twin), plant func()) {
			t.Helper()
			things := map[string]func(){"free": func() { do(free) }, "held": func() { do(held) }, "planted": func() { do(free); plant() }, "plant": plant}
			n = hotlinetest.Tries(t, n)
			times := hotlinetest.Rounds(n, things)
			far := func(kind string) float64 {
				margin := min(times.Median("free")/10, times.Median("plant")/2)
				far := times.Apart("free", kind, margin)
				t.Logf("%s: %d rounds of %v, %s: %v longer, %.1f standard errors beyond %v", what, n, times.Median("free"), kind, times.Longer("free", kind), far, margin)
				return far
			}
			if far("held") > hotlinetest.Alarm {
				t.Errorf("%s takes a desk another time for what is held", what)
			}
			for again := 0; again < 3 && far("planted") <= hotlinetest.Alarm; again++ {
				times.More(n, things)
			}
			if far("planted") <= hotlinetest.Alarm {
				t.Errorf("%s: planted: more is done for what is held, and it is not seen", what)
			}
		}
		words := func(w twin) { read(w, "words") }
		gone := func(w twin) { read(w, "refused") }
		compare("to read", 60, words, func() { words(free) })
		compare("to open", 60, enter, func() { enter(free) })
		l.Advance(t, 30*24*time.Hour)
		for _, p := range []*hotlinetest.Person{ana, sue, pat} {
			l.SignIn(t, p)
		}
		carry()
		hotlinetest.Must(t, r.Forget(t.Context()))
		if left := l.Count(t, `SELECT count(DISTINCT contact) FROM message`); left != 1 {
			t.Fatalf("the words of %d of them are there", left)
		}
		c, _ = l.at(t, sue)
		compare("to read long after", 300, gone, func() { l.Count(t, `SELECT count(*) FROM thread WHERE contact = $1`, free.id) })
		compare("to open long after", 60, enter, func() { enter(free) })
	})
}

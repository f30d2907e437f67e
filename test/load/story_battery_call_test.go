package load_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// S4, on the telephone: her battery dies while she speaks. What the advocate was noting stays,
// the contact stays hers for an hour, and nobody calls or writes to her. From another telephone
// the four digits that she had the line say, and that she keys in, lead back to her place: it
// rings for the same advocate, who asks for her phrase before anything else. It dies again, and
// from a third telephone that shows no number the phrase alone joins both with one press. After
// the hour the first is given up.
func TestTheBatteryDiedInACall(t *testing.T) {
	people := []staff.Person{hand("Wren", hotline.Advocate, "en")}
	callStories(t, people, func(s *story, line string) {
		wren := s.sitByPhone("Wren", advocateVoice)
		her := s.dials(line, "+15550147")
		her.chooses("language", "1")
		her.chooses("choice", "1")
		her.chooses("queue", "2")
		four := her.digits()
		wren.answers()
		her.talks()
		wren.WaitTone(herVoice, audible)
		id := s.newest().ID
		words := wren.draw()
		wren.WaitText("Given")
		const draft = "a green door, and he is"
		note := "#w-" + string(id)
		wren.Type(note, draft)
		wren.WaitText("A draft until you save it")

		must(t, her.Breaks(s.ctx))
		s.at(id, contact.Interrupted)
		wren.WaitText("The line broke.")
		for range 13 { // to minute 39
			s.later(3 * time.Minute)
		}
		s.beats(1)
		c := s.contact(id)
		if wrens, err := s.a.Line.Staff.ByName(s.ctx, "Wren"); err != nil || c.State != contact.Interrupted || c.Advocate != wrens.ID {
			t.Errorf("after 39 minutes it is %s, and hers: %v, %v", c.State, c.Advocate == wrens.ID, err)
		}
		if n := s.count(`SELECT count(*) FROM outbox`) + s.count(`SELECT count(*) FROM dialog`); n > 0 {
			t.Errorf("%d ways lead to somebody who did not ask for any", n)
		}

		other := s.dials(line, "+15550148")
		other.chooses("language", "1")
		other.chooses("choice", "6")
		other.chooses("digits", four)
		other.hears("digits.found")
		other.hears("queue")
		wren.answers()
		if now := s.newest(); now.ID != id || now.Waits != 1 {
			t.Errorf("she is another one, or did not wait before those who are new: %d", now.Waits)
		}
		other.talks()
		wren.WaitTone(herVoice, audible)
		wren.WaitText("Set, not given yet")
		wren.says(words)
		wren.WaitText("It is really her.")
		wren.ClickText("Join what was before")
		wren.WaitText("Given")
		wren.WaitTrue(`document.querySelector(` + quoted(note) + `).value === ` + quoted(draft))
		must(t, other.Breaks(s.ctx))
		s.at(id, contact.Interrupted)
		wren.WaitText("The line broke.")

		third := s.dials(line, "")
		third.chooses("language", "1")
		third.chooses("choice", "1")
		third.hears("queue")
		wren.answers()
		if s.newest().ID == id {
			t.Error("a telephone that shows no number is taken for hers")
		}
		third.talks()
		wren.says(words)
		wren.WaitText("It is really her.")
		wren.ClickText("Join what was before")
		wren.WaitText("1 earlier contact")
		wren.ends()
		third.hears("bye")
		third.over()
		wren.savesAs("crisis")
		s.later(61 * time.Minute)
		waitFor(t, 40*time.Second, "her place to be given up after an hour", func() bool { return s.contact(id).State != contact.Interrupted })
	})
}

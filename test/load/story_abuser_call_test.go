package load_test

import (
	"slices"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// S2, on the telephone: he holds her telephone and presses redial, within the hour and after
// it, and says her name. What he hears is what a stranger hears, word for word. The advocate
// sees that a phrase is set and was not given, and nothing of what was before; what he tries is
// written down, and after five tries a supervisor hears of it. Nobody calls anybody back.
func TestTheAbuserCallsAsHer(t *testing.T) {
	people := []staff.Person{hand("Wren", hotline.Advocate, "en"), hand("Sol", hotline.Supervisor, "en")}
	callStories(t, people, func(s *story, line string) {
		wren, sol := s.sitByPhone("Wren", advocateVoice), s.sit("Sol", false)
		sol.ClickText("Board")
		sol.WaitText("Today since")
		const hers, strangers = "+15550147", "+15550148"
		queues := func(from string) *phoned {
			p := s.dials(line, from)
			p.chooses("language", "1")
			p.chooses("choice", "1")
			p.hears("queue")
			return p
		}
		her := queues(hers)
		wren.answers()
		her.talks()
		wren.WaitTone(herVoice, audible)
		first := s.newest().ID
		wren.Key("Alt+e")
		wren.Type(`.safe-edit input[id$="-name"]`, "Marisol")
		wren.Type(`.safe-edit input[id$="-promised"]`, "the bus on Friday")
		wren.Click(".safe-edit .pri")
		wren.WaitGone(".safe-edit")
		wren.WaitText("the bus on Friday")
		words := wren.draw()
		must(t, her.Breaks(s.ctx))
		s.at(first, contact.Interrupted)
		wren.WaitText("The line broke.")

		// Within the hour he is put through to where she was, and is not believed.
		redial := queues(hers)
		wren.answers()
		if s.newest().ID != first {
			t.Error("her place was not kept for her number")
		}
		wren.WaitText("Set, not given yet")
		wren.WaitText("Anybody may hold a telephone.")
		redial.talks()
		wren.ends()
		redial.hears("bye")
		redial.over()
		wren.savesAs("crisis")
		s.at(first, contact.Closed)

		// When that is over, nothing of it is there, and he hears what a stranger hears.
		met := map[string]string{}
		for _, from := range []string{hers, strangers} {
			p := queues(from)
			met[from] = "" // what is said before the queue; places are said as they are
			for _, name := range p.heard[:slices.Index(p.heard, "queue")] {
				met[from] += name + " "
			}
			wren.answers()
			c := s.newest()
			if c.ID == first || c.Returned != (from == hers) {
				t.Errorf("from a number that called: %t, returned: %t", from == hers, c.Returned)
			}
			wren.WaitText("Code phrase")
			wren.WaitText("On the line")
			if from == hers {
				wren.WaitText("Set, not given yet")
				wren.WaitText("Was here before. Say nothing of it first.")
			} else {
				wren.hides("not given yet", "Was here before")
			}
			wren.hides("Marisol", "the bus on Friday", "A plan was made", "earlier contact")
			p.talks()
			wren.says("marisol ullapool")
			wren.WaitText("These words find nothing.")
			wren.hides("the bus on Friday", "It is really her")
			if from == hers {
				for range safety.Tries - 1 {
					wren.says("guess again")
				}
				wren.says(words) // too late: they say nothing either
				sol.WaitText("phrases were tried")
				wren.hides("It is really her", "the bus on Friday")
				if n := s.count(`SELECT tries FROM phrase_try WHERE contact = $1`, c.ID); n != safety.Tries+1 {
					t.Errorf("%d tries are written down, want %d", n, safety.Tries+1)
				}
			}
			must(t, p.HangUp(s.ctx))
			wren.savesAs("abusive")
			s.at(c.ID, contact.Closed)
			s.later(4 * time.Minute) // her wrap-up is over
			s.beats(1)
		}
		if met[hers] != met[strangers] {
			t.Errorf("he is told %s, and a stranger %s", met[hers], met[strangers])
		}
		if n := s.count(`SELECT count(*) FROM outbox`) + s.count(`SELECT count(*) FROM dialog`); n > 0 {
			t.Errorf("%d ways lead to somebody", n)
		}
	})
}

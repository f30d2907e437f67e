package load_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/test/peer"
)

// S5, on the telephone: in the middle of the call he comes into the room, and she orders two
// pizzas. One key has her advocate's desk ask what a yes or a no answers, name nothing, and take
// her keys for answers; a supervisor listens, whom the advocate sees and she does not hear. She
// presses 9: it is danger on every desk, and silent on her line. At the end no words of ours
// come, and nothing is left that could reach her later. Another chooses by key not to speak at
// all. (A text to her telephone in place of the call needs the channels of texts; what she is
// offered here is to answer by keys.)
func TestSheOrdersTwoPizzas(t *testing.T) {
	people := []staff.Person{hand("Wren", hotline.Advocate, "en"), hand("Sol", hotline.Supervisor, "es")} // no call of hers rings for her
	callStories(t, people, func(s *story, line string) {
		wren, sol := s.sitByPhone("Wren", advocateVoice), s.sitByPhone("Sol", listenerVoice)
		her := s.dials(line, "+15550147")
		her.chooses("language", "1")
		her.chooses("choice", "1")
		her.hears("queue")
		wren.answers()
		her.talks()
		wren.WaitTone(herVoice, audible)
		id := s.newest().ID

		wren.Key("F8")
		wren.WaitFor(".cover-words li")
		wren.WaitText("Yes or no")
		wren.WaitText("She answers by keys: 1 is yes, 2 is no.")
		if shown := strings.ToLower(wren.Shown()); strings.Contains(shown, "traffick") {
			t.Errorf("beside somebody else, the desk says what the line is about:\n%s", shown)
		}
		must(t, her.Press(s.ctx, "1"))
		wren.WaitTrue(`document.querySelector(".pressed")?.innerText.includes("yes")`)
		wren.Shot("not alone")

		sol.ClickText("Board")
		sol.ClickText("Join")
		sol.Click(".board .acts .btn:not([aria-pressed])") // it opens
		sol.ClickText("Listen")
		wren.WaitTrue(`[...document.querySelectorAll(".phone .leg")].some((e) => e.innerText.includes("Sol") && e.innerText.includes("listens"))`)
		sol.WaitTone(herVoice, audible)
		sol.WaitTone(advocateVoice, audible-10)
		must(t, her.Hears(s.ctx, func(since []int16) bool { return len(since) >= audio.Rate }))
		all := her.Heard()
		if level := audio.Goertzel(all[len(all)-audio.Rate:], listenerVoice); level > peer.ToneLevel-25 {
			t.Errorf("she hears the supervisor who listens, at %.0f dB", level)
		}

		must(t, her.Press(s.ctx, "9"))
		waitFor(t, time.Minute, "it to be danger", func() bool { return s.contact(id).Danger })
		wren.WaitFor(".chat.u0")
		sol.WaitTrue(`document.querySelector(".alerts, [role=alert]") !== null`)
		told := len(her.Heard())
		wren.ends()
		her.over()
		her.listen()
		if slices.Contains(her.heard[her.taken:], "bye") || slices.Contains(her.heard[her.taken:], "danger") {
			t.Errorf("with somebody beside her, she is told %v (of %d samples)", her.heard[her.taken:], told)
		}
		s.at(id, contact.Closing)
		wren.savesAs("") // danger has said already that it is a crisis
		if n := s.count(`SELECT count(*) FROM outbox`) + s.count(`SELECT count(*) FROM dialog`); n > 0 {
			t.Errorf("%d ways lead to her", n)
		}

		silent := s.dials(line, "+15550148")
		silent.chooses("language", "1")
		silent.chooses("choice", "2")
		silent.chooses("watched", "1")
		silent.chooses("today", "1")
		silent.hears("queue")
		wren.answers()
		wren.WaitText("She answers by keys: 1 is yes, 2 is no.")
		must(t, silent.Press(s.ctx, "2"))
		wren.WaitTrue(`document.querySelector(".pressed")?.innerText.includes("no")`)
		must(t, silent.HangUp(s.ctx))
		wren.WaitFor(".wrapup")
	})
}

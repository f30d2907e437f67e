package load_test

import (
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// A whole contact: an advocate asks if it is safe, tells the limits, lets her choose what
// may be kept, writes down what helps, and saves. The next day she writes from another
// phone to another advocate: nothing is known of her until she says the two words that
// only she has, and then what was promised is there.
func TestFromSafeToTalkToFoundAgain(t *testing.T) {
	people := []staff.Person{hand("Wren", hotline.Advocate, "en", "es"), hand("Lark", hotline.Advocate, "en", "es")}
	stories(t, []string{"en", "es"}, people, func(s *story) {
		wren := s.sit("Wren", true)
		const first = "he took my passport and i am alone now"
		her := s.phone("en", first)
		wren.WaitFor(".ring")
		hides(t, "the ring", wren.Shown(), "passport")
		wren.accept(first)
		id := s.newest().ID

		wren.WaitText("Is it safe now?")
		wren.ClickText("Safe")
		wren.WaitTrue(`document.querySelector(".safety input:checked")?.parentElement.innerText.trim() === "Safe"`)
		wren.phrase("limits")
		her.WaitText("stays with our team")
		wren.ClickText("Privacy not asked")
		wren.ClickText("Confidential")
		wren.ClickText("This is what she chose")
		wren.WaitTrue(`[...document.querySelectorAll(".form header button")].some((b) => b.innerText.trim() === "Confidential")`)
		wren.Click(".form header button")
		wren.answer("What would help you most today?")
		write(her, "new papers, and a place to sleep")
		wren.WaitText("a place to sleep")

		wren.Key("Alt+e")
		wren.Type(`.safe-edit input[id$="-name"]`, "Rosa")
		wren.Type(`.safe-edit input[id$="-promised"]`, "a bed in the north house from Friday")
		wren.Click(".safe-edit .pri")
		wren.WaitGone(".safe-edit")
		wren.choose("Safe to talk now?", "yes")
		wren.choose("What kind of contact", "crisis")
		words := wren.draw()
		if len(strings.Fields(words)) != 2 {
			t.Fatalf("drawn: %q", words)
		}
		wren.more("End…")
		wren.ClickText("End now")
		wren.WaitFor(".wrapup")
		wren.ClickText("A plan was made")
		wren.ClickText("Save and close")
		wren.WaitGone(".chat")
		her.WaitText("This chat has ended")
		s.at(id, contact.Closed)

		wren.Goto("about:blank") // her session ends in the night
		wren.Excuse("")
		s.later(20 * time.Hour)
		lark := s.sit("Lark", true)
		const again = "it is me again"
		other := s.phone("en", again)
		lark.WaitFor(".ring")
		lark.accept(again)
		before := []string{first, "place to sleep", "Rosa", "north house", "A plan was made"}
		lark.hides(before...)
		lark.WaitText("Code phrase")
		lark.says("green teapot")
		lark.WaitText("These words find nothing.")
		lark.hides(before...)
		a, b, _ := strings.Cut(words, " ")
		lark.says(strings.ToUpper(b) + ", " + a)
		lark.WaitText("It is really her.")
		lark.hides(before...)
		lark.ClickText("Join what was before")
		lark.WaitText("a bed in the north house from Friday")
		lark.WaitText("A plan was made")
		lark.WaitText("Rosa")
		lark.Shot("found again")
		hides(t, "her new phone", other.Shown(), before...)
		lark.answer("Good that you write. The bed is ready.")
		other.WaitText("The bed is ready.")
		wren.Excuse("")
	})
}

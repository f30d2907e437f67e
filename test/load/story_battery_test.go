package load_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// S4, as a chat: her battery dies in the middle. What the advocate was typing stays, the
// contact stays hers for an hour, and nothing is sent anywhere. From another phone she
// comes with her two words, and one press joins what was before. After the hour it ends.
func TestTheBatteryDied(t *testing.T) {
	people := []staff.Person{hand("Wren", hotline.Advocate, "en"), hand("Lark", hotline.Advocate, "en")}
	stories(t, []string{"en"}, people, func(s *story) {
		wren, lark := s.sit("Wren", true), s.sit("Lark", false)
		const first = "i am in the bathroom, he is outside"
		her := s.phone("en", first)
		wren.WaitFor(".ring")
		wren.accept(first)
		id := s.newest().ID
		words := wren.draw()
		const draft = "Is there a window that"
		wren.Type(".chat .compose textarea", draft)
		wren.WaitText("Draft kept")
		s.later(90 * time.Second)
		her.Goto("about:blank") // the battery: no goodbye, her stream is cut

		sent := s.count(`SELECT count(*) FROM message WHERE contact = $1 AND side <> 'caller'`, id)
		for range 4 { // two minutes and more, the desks beating meanwhile
			s.later(40 * time.Second)
			s.beats(1)
		}
		s.at(id, contact.Interrupted)
		wren.WaitText("Not connected now")
		wren.WaitTrue(`document.querySelector(".chat .compose textarea").value === ` + quoted(draft))
		for range 12 { // to minute 40
			s.later(3 * time.Minute)
		}
		s.beats(1)
		c := s.contact(id)
		if wrens, err := s.a.Line.Staff.ByName(s.ctx, "Wren"); err != nil || c.State != contact.Interrupted || c.Advocate != wrens.ID {
			t.Errorf("after 40 minutes it is %s, and hers: %v, %v", c.State, c.Advocate == wrens.ID, err)
		}
		if n := s.count(`SELECT count(*) FROM outbox`); n > 0 {
			t.Errorf("%d words are on their way to somebody who did not ask for any", n)
		}
		if n := s.count(`SELECT count(*) FROM message WHERE contact = $1 AND side <> 'caller'`, id); n != sent {
			t.Errorf("%d words of ours while she was away, want %d", n, sent)
		}

		const again = "other phone"
		s.phone("en", again)
		wren.WaitFor(".ring")
		wren.accept(again)
		wren.says(words)
		wren.WaitText("It is really her.")
		wren.ClickText("Join what was before")
		wren.WaitText("1 earlier contact")
		wren.ClickText("Cut off, place kept")
		wren.Click(".queue details[open] li button")
		wren.WaitTrue(`[...document.querySelectorAll(".compose textarea")].some((e) => e.value === ` + quoted(draft) + `)`)
		lark.hides(first, again)

		s.later(25 * time.Minute)
		waitFor(t, 40*time.Second, "her place to be given up after an hour", func() bool { return s.contact(id).State != contact.Interrupted })
	})
}

package load_test

import (
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/i18n"
)

// S1, as a chat: she writes two words in Tagalog at night, and nobody on the shift speaks
// it. The page answers at once and honestly in her language, a translator is called by the
// line itself, and the limits are told in approved words before anything is asked. What we
// would have to report of her is answered before she tells it; she is under 18 and in the
// Philippines, and the panel shows the rule that meets her there. Her
// contact sleeps and goes on. From a new phone nothing of it is there until she
// says the words that only she has.
func TestAtNightInALanguageNobodySpeaks(t *testing.T) {
	words, err := i18n.Load()
	must(t, err)
	fil := words.For("fil")
	people := []staff.Person{hand("Wren", hotline.Advocate, "en"), hand("Mira", hotline.Translator, "en", "fil"), hand("Sol", hotline.Supervisor, "en")}
	stories(t, []string{"en", "fil"}, people, func(s *story) {
		s.law("PH", "public_official")
		wren, mira := s.sit("Wren", true), s.sit("Mira", true)
		const first = "tulong po"
		her := s.phone("tl", first)
		her.WaitText(fil.T("front.chat.title"))
		c := s.newest()
		if c.Lang != "fil" {
			t.Errorf("her language is taken for %q", c.Lang)
		}
		if c.Editions["expect/fil"] == 0 {
			t.Errorf("before her first word she was told %v", c.Editions)
		}
		hides(t, "her page", her.Shown(), "Wren", "Mira", "You are in line")
		mira.WaitText("nobody who is here speaks the language")
		mira.hides(first)
		mira.ClickText("Come")
		wren.WaitFor(".ring")
		wren.accept(first)
		mira.WaitTrue(`document.querySelector("blockquote")?.textContent.includes("tulong po")`)
		mira.gives("help, please")
		wren.WaitText("help, please")
		wren.WaitText("translated by Mira")

		wren.phrase("confidentiality")
		her.WaitText("Ang isinusulat mo")
		wren.ClickText("What the law asks")
		wren.ClickText("What would you have to report about me?")
		wren.pick(".duty form select", "under_18")
		wren.ClickText("Show the answer")
		wren.WaitText("baka kailangan kong ipaalam sa DSWD, sa loob ng 48 oras")
		wren.hides("may be due: ")
		wren.answer("Are you alone now?")
		mira.WaitTrue(`document.querySelector("blockquote")?.textContent === "Are you alone now?"`)
		mira.gives("Mag-isa ka ba ngayon?")
		wren.WaitFor(".sentences .back")
		hides(t, "her page", her.Shown(), "Mag-isa", "Are you alone")
		wren.Key("Alt+m")
		her.WaitText("Mag-isa ka ba ngayon?")
		if told, asked := strings.Index(her.Shown(), "Ang isinusulat mo"), strings.Index(her.Shown(), "Mag-isa"); told < 0 || told > asked {
			t.Error("she was asked before she was told the limits")
		}
		hides(t, "her page", her.Shown(), "Mira", "help, please", "Are you alone")
		wren.choose("Age", "minor")
		wren.choose("What is being done", "domestic_servitude")
		wren.pick(".duty .where select", "PH")
		wren.WaitText("may be due: ")
		wren.WaitText("Where she and the line are: Philippines")
		wren.WaitText("within 48 hours of learning")
		wren.WaitText("DSWD")
		hides(t, "her page", her.Shown(), "DSWD", "law")
		two := wren.draw()
		wren.more("Let it sleep")
		her.WaitText(fil.T("front.chat.sleeping"))
		s.at(c.ID, contact.Sleeping)

		for range 9 { // three quarters of an hour
			s.later(5 * time.Minute)
		}
		s.beats(2)
		if got := s.contact(c.ID); got.State != contact.Sleeping {
			t.Errorf("after a while it is %s", got.State)
		}
		write(her, "nandito pa po ako")
		wren.WaitText("nandito pa po ako")
		waitFor(t, 40*time.Second, "it to go on", func() bool { return s.contact(c.ID).State == contact.Live })

		const again = "ako po ulit"
		other := s.phone("tl", again)
		mira.ClickText("Come")
		wren.WaitFor(".ring")
		wren.accept(again)
		fresh := s.newest()
		if fresh.ID == c.ID {
			t.Errorf("a new phone is taken for the one before")
		}
		hides(t, "the new phone", other.Shown(), first, "nandito", "Mag-isa", two)
		wren.Key("Alt+2")
		wren.says("bahay puno")
		wren.WaitText("These words find nothing.")
		wren.hides("It is really", "earlier contact")
		wren.says(two)
		wren.WaitText("It is really her.")
		wren.ClickText("Join what was before")
		wren.WaitText("1 earlier contact")
		hides(t, "the new phone", other.Shown(), first, "nandito", "Mag-isa", two)
	})
}

// gives writes what a translator is asked for, and hands it over.
func (d seat) gives(words string) {
	d.s.t.Helper()
	d.Click(".compose textarea")
	d.Say(words)
	d.Key("Enter")
}

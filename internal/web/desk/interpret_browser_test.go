package desk_test

import (
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/browser"
)

// phrases are the shipped ones, as a line would tell them.
func (s *script) phrases(f desk.AskPhrases) desk.PhrasesFrame {
	lang := s.find(f.Contact).Lang
	all, err := interpret.Parse(interpret.Shipped()[lang])
	if err != nil {
		s.tb.Error(err)
	}
	out := desk.PhrasesFrame{Lang: lang, Of: lang, In: f.In, Number: 7, Draft: true, Phrases: []desk.Phrase{}}
	for _, p := range all {
		out.Phrases = append(out.Phrases, desk.Phrase{Code: p.Code, Group: p.Group, Text: p.Text, Says: p.Says[f.In]})
	}
	return out
}

const chosen = `.phrases [aria-selected="true"]`

// By keys alone: "/" opens the phrases, a few letters in either language find one, Enter puts it
// into the composer in her language, and nothing is sent until the advocate sends it.
func TestPhrasesComeByKeys(t *testing.T) {
	s, p := shift(t, browser.Options{})
	p.Key("Alt+2") // Walnut, in Arabic
	p.WaitTrue(`document.activeElement.id === "w-` + s.held[1].ID + `"`)
	p.Key("/")
	p.WaitFor(chosen)
	p.WaitTrue(`document.activeElement.getAttribute("role") === "combobox"`)
	var first string
	p.Eval(`document.querySelector('`+chosen+`').textContent`, &first)
	if !strings.Contains(first, "What you write stays with our team") {
		t.Errorf("first comes %q, want the limits, which she was not told", first)
	}
	browser.Axe(t, p)
	p.Shot("phrases")
	p.Say("zebra")
	p.WaitTrue(`document.querySelectorAll('.phrases [role="option"]').length === 0`)
	p.Key("Escape")
	p.WaitTrue(`document.activeElement.tagName === "TEXTAREA" && !document.querySelector(".phrases")`)
	if got := value(p); got != "" {
		t.Errorf("the field holds %q", got)
	}
	p.Key("/")
	p.WaitFor(chosen)
	p.Say("القطارات")
	p.WaitTrue(`document.querySelectorAll('.phrases [role="option"]').length === 0`)
	for range []rune("القطارات") {
		p.Key("Backspace")
	}
	p.Say("team limits") // the name of the group, and a word of what they say
	p.WaitTrue(`document.querySelectorAll('.phrases [role="option"]').length === 2`)
	p.Key("ArrowDown")
	p.Key("ArrowDown")
	p.Key("ArrowUp")
	p.Key("Enter")
	arabic, _ := interpret.Parse(interpret.Shipped()["ar"])
	short, _ := interpret.Find(arabic, "limits.short")
	p.WaitTrue(`document.querySelector('` + composer + `').value === ` + asJSON(short.Text))
	if got := sent[desk.Send](s); len(got) > 0 {
		t.Fatalf("sent by itself: %+v", got)
	}
	p.Say(" نعم؟")
	p.Key("Enter")
	p.WaitFor(log + " .later")
	got := sent[desk.Send](s)
	if len(got) != 1 || got[0].Phrase != "limits.short" || got[0].Edition != 7 || got[0].Lang != "ar" || got[0].Text != short.Text+" نعم؟" {
		t.Errorf("sent %+v", got)
	}

	// Taken back and sent again, it still says where its words came from; other words do not.
	p.Key("Control+z")
	p.WaitTrue(`document.querySelector('` + composer + `').value !== ""`)
	p.Key("Enter")
	p.WaitFor(log + " .later")
	p.Type(composer, "شكراً")
	p.Key("Enter")
	p.WaitTrue(`document.querySelector('` + composer + `').value === ""`)
	if got = sent[desk.Send](s); len(got) != 3 || got[1].Phrase != "limits.short" || got[2].Phrase != "" {
		t.Errorf("sent %+v", got)
	}
}

// A slash inside a sentence is a slash.
func TestASlashInASentenceOpensNothing(t *testing.T) {
	_, p := shift(t, browser.Options{})
	p.Type(composer, "yes / no, 1/2")
	p.WaitTrue(`document.querySelector('` + composer + `').value === "yes / no, 1/2"`)
	if n := count(p, ".phrases"); n > 0 {
		t.Error("the phrases opened")
	}
}

func TestLanguagesAreForEverybody(t *testing.T) {
	for name, o := range map[string]browser.Options{
		"light": {}, "dark pocket": {Width: 390, Height: 844, Dark: true}, "Arabic": {Lang: "ar"},
	} {
		t.Run(name, func(t *testing.T) {
			_, p := shift(t, o)
			judged(t, p, []view{{"phrases", func() {
				if o.Width > 0 {
					p.Click(".tabs button:nth-child(2)")
				}
				p.WaitFor(".chat")
				p.Click(".chat[aria-current] .compose textarea")
				p.Key("/")
				p.WaitFor(chosen)
				p.Shot("phrases " + name)
			}}})
			if strings.Contains(p.Shown(), "⟦") {
				t.Error("a word is missing")
			}
		})
	}
}

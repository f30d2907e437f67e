package admin

import (
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/i18n"
)

// samplePrompts are the pages of what is said on the telephone.
func (a *Admin) samplePrompts(l *i18n.Language, of ofLanguage) []sample {
	row := func(name, words string) promptRow {
		return promptRow{Name: name, Words: words, Path: promptPath + of.Tag + "/" + name}
	}
	voice, machine := row("greeting", "مرحباً. هنا من يساعد ومن يسمع."), row("expect", "هذه المكالمة لا تُسجَّل.")
	voice.Has, voice.Sound = true, flow.Sound{Length: 7 * time.Second, At: sampleTime}
	machine.Has, machine.Sound = true, flow.Sound{Machine: true, Length: 14 * time.Second}
	english := ofLanguage{"en", "English", "ltr"}
	starts := []choice{{Value: callPath + "?start=open", Label: "Open", On: true}, {Value: callPath + "?start=closed", Label: "Closed"}}
	var rang []ringRow
	for _, c := range [][2]string{{"standing", "fine"}, {"set_up", "fine"}, {"key", "none"}, {"to_her", "untold"}, {"from_her", "soundless"}, {"set_up", "credit"}} {
		rang = append(rang, ringRowOf(l, c[0], c[1]))
	}
	return []sample{
		{&ringView{}, &ringView{Number: "+1 555 0100", Trunks: []choice{{Value: "first", Label: "first", On: true}, {Value: "second", Label: "second"}}}, "ring"},
		{&ringingView{Busy: true}, &ringingView{Rows: rang}, ""},
		{&promptsView{Of: english}, &promptsView{
			Of: of, Langs: []promptLang{{of, promptPath + of.Tag, true}, {english, promptPath + "en", false}},
			Rows: []promptRow{voice, machine, row("place.next", "الدور التالي دوركم.")}, Silent: 1, Drafts: 1, Mute: true,
		}, ""},
		{&promptView{Of: english, Script: stylePath + a.scripts.record.name}, &promptView{promptRow: voice, Of: of, Back: promptPath + of.Tag, Who: "Amina", Longest: 20, Script: stylePath + a.scripts.record.name}, "sound"},
		{&callView{Over: true}, &callView{
			Starts: starts, Start: "open", Said: []callLine{{Words: voice.Words, Of: of, Sound: voice.Path + "/sound"}, {Did: "Key 1"}, {Words: "Hello.", Of: english}},
			Keys: []callKey{{"1", callPath + "?e=1"}, {"*", callPath + "?e=*"}}, Next: []callKey{{"Nothing", callPath + "?e=n"}}, Back: "/editions",
		}, ""},
	}
}

// A promptPart is some words in a list.
type promptPart struct {
	*frame
	promptRow
}

// PromptPart is some words with their page's language.
func (f *frame) PromptPart(of any) promptPart {
	switch of := of.(type) {
	case promptRow:
		return promptPart{f, of}
	case *promptView:
		return promptPart{f, of.promptRow}
	}
	return promptPart{frame: f}
}

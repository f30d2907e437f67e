package interpret_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// What ships can be published as it is, and says the same in each language: every
// group is there, with the limits first.
func TestTheShippedPhrasesAreWhole(t *testing.T) {
	all := interpret.Shipped()
	for _, lang := range []string{"en", "es", "fr", "ar", "fil"} {
		list, err := interpret.Parse(all[lang])
		if err != nil {
			t.Fatalf("%s: %v", lang, err)
		}
		english, _ := interpret.Parse(all["en"])
		if len(list) != len(english) || len(list) < 25 {
			t.Errorf("%s has %d phrases, and English %d", lang, len(list), len(english))
		}
		groups := map[string]bool{}
		for i, p := range list {
			groups[p.Group] = true
			if p.Code != english[i].Code || lang != "en" && p.Says["en"] != english[i].Text || len(p.Says) != len(all)-1 {
				t.Errorf("%s: phrase %s does not say what %s says", lang, p.Code, english[i].Code)
			}
		}
		for _, g := range interpret.Groups() {
			if !groups[g] {
				t.Errorf("%s has no phrase of group %s", lang, g)
			}
		}
		if limits, ok := interpret.Find(list, interpret.Limits); !ok || strings.Count(limits.Text, "\n") != 2 {
			t.Errorf("%s: the limits of confidentiality do not stand in three lines", lang)
		}
	}
}

func TestAnEditionOfPhrasesSaysWhatIsWrong(t *testing.T) {
	p := func(code, group, text, says string) string {
		b, _ := json.Marshal([]any{map[string]any{"code": code, "group": group, "text": text, "says": json.RawMessage(says)}})
		return string(b)
	}
	for _, c := range []struct{ body, field, key string }{
		{`{`, "", "edition.fault.json"},
		{`[{"code":"a","group":"wait","text":"x","more":1}]`, "more", "edition.fault.unknown"},
		{p("A b", "wait", "x", `{}`), "code", "edition.fault.word"},
		{`[{"code":"a","group":"wait","text":"x"},{"code":"a","group":"wait","text":"x"}]`, "code", "edition.fault.word"},
		{p("a", "chatter", "x", `{}`), "group", "edition.fault.unknown"},
		{p("a", "wait", " ", `{}`), "text", "edition.fault.empty"},
		{p("a", "wait", strings.Repeat("x", 601), `{}`), "text", "edition.fault.long"},
		{p("a", "wait", "x", `{"English":"x"}`), "says", "edition.fault.language"},
		{p("a", "wait", "x", `{"en":""}`), "says", "edition.fault.empty"},
		{"[" + strings.TrimSuffix(strings.Repeat(`{"code":"a","group":"wait","text":"x"},`, 201), ",") + "]", "", "edition.fault.many"},
	} {
		err := interpret.Check(c.body)
		var fs edition.Faults
		if !errors.As(err, &fs) || fs[0].Field != c.field || fs[0].Key != c.key {
			t.Errorf("%.60s: got %v, want %s at %q", c.body, err, c.key, c.field)
		}
	}
}

// What was told can only be said of the words that were approved: an advocate may put
// words around them, and may not change them.
func TestAPhraseStandsAsItWasApproved(t *testing.T) {
	p := interpret.Phrase{Text: "One line.\nAnother line."}
	for text, want := range map[string]bool{
		"One line.\nAnother line.":              true,
		"Hello. One line. Another  line. Yours": true,
		"One line. Another.":                    false,
		"":                                      false,
	} {
		if got := p.Stands(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestAMarkComesBackWhole(t *testing.T) {
	m := interpret.Mark{Phrase: "limits.short", Edition: 7, Lang: "fil", Translator: "p", Machine: true, Said: seal.Conceal("a sentence")}
	got, err := interpret.ParseMark(m.Text())
	if err != nil || got.Said.Reveal() != "a sentence" || got.Tells() != interpret.Limits {
		t.Fatalf("got %v, %v", got, err)
	}
	got.Said, m.Said = seal.Text{}, seal.Text{}
	if fmt.Sprint(got) != fmt.Sprint(m) {
		t.Errorf("got %v, want %v", got, m)
	}
	if !(interpret.Mark{}).Text().IsZero() {
		t.Error("a mark that says nothing is sealed")
	}
	for code, want := range map[string]string{"limits": "limits", "limitsx": "", "greeting.hello": "", "": ""} {
		if got := (interpret.Mark{Phrase: code}).Tells(); got != want {
			t.Errorf("%q tells %q, want %q", code, got, want)
		}
	}
}

func FuzzPhrases(f *testing.F) {
	for _, body := range interpret.Shipped() {
		f.Add(body)
	}
	f.Add(`[{"code":"a","group":"wait","text":"x","says":{"en":"x"}}]`)
	f.Fuzz(func(t *testing.T, body string) {
		list, err := interpret.Parse(body)
		if err != nil {
			if !errors.Is(err, edition.ErrInvalid) {
				t.Errorf("%q is refused without a reason that a page can show: %v", body, err)
			}
			return
		}
		b, _ := json.Marshal(list)
		if err := interpret.Check(string(b)); err != nil {
			t.Errorf("%q is taken, and not as it is written back: %v", body, err)
		}
	})
}

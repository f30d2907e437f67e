package routing_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// look makes a first look of one list.
func look(tb testing.TB, list routing.WordList) *routing.FirstLook {
	tb.Helper()
	body, err := json.Marshal(list)
	if err != nil {
		tb.Fatal(err)
	}
	l, err := routing.ParseWordList(string(body))
	if err != nil {
		tb.Fatal(err)
	}
	f, err := routing.NewFirstLook(l)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// says is a list of one expression that says danger.
func says(expressions ...string) routing.WordList {
	return routing.WordList{
		Language: "en", Negators: []string{"not", "never"}, Numbers: map[string]int{"fifteen": 15},
		Groups: []routing.WordGroup{{Codes: []string{"danger"}, Expressions: expressions}},
	}
}

func TestExpressionsMatchAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		expression, text string
		want             bool
	}{
		{"hit me", "he HIT me!", true},
		{"hit me", "hit  -  me", true},
		{"hit me", "hitme", false},
		{"hit me", "white mess", false},
		{"hit me", "hit. Me too", false}, // not over the end of a sentence
		{"hit me", "hit, me", true},
		{"hit me", "hit... me", true},
		{"hit me", "hiiit meee", true},
		{"hit me", "not hit me", false},
		{"hit me", "not. hit me", true},
		{"hit me", "no wait, not, hit me", true},
		{"!hit me", "not hit me", true},
		{"he .. gun", "he has a gun", true},
		{"he .. gun", "he gun", true},
		{"he .. gun", "he says that his brother has a gun", false},
		{"he .. gun", "he has never a gun", false},
		{"(he/she/the man) hit", "the man hit", true},
		{"(he/she/the man) hit", "the hit", false},
		{"really? scared", "scared", true},
		{"hit (him/her)? hard", "hit hard", true},
		{"hit (him/her)? hard", "hit her hard", true},
		{"strangl* me", "strangled me", true},
		{"strangl* me", "strang me", false},
		{"*ضربني", "وهو بيضربني كل يوم", true},
		{"ضربني", "وضربني", true},
		{"im <8-17>", "im 15", true},
		{"im <8-17>", "im ١٥", true},
		{"im <8-17>", "im15", true},
		{"im <8-17>", "im fifteen", true},
		{"im <8-17>", "im 18", false},
		{"im <8-17>", "im 1500", false},
		{"<8-17> yo", "15yo girl", true},
		{"<8-17> f", "16f", true},
		{"9th grade", "in 9th grade", true},
		{"^ help $", "HELP!!!", true},
		{"^ help $", "🙏 help 🙏", true},
		{"^ help $", "help with my visa", false},
		{"^ help me $", "help! me!", true},
		{"%sa3duni", "sa3edouny", true},
		{"%sa3duni", "salut", false},
		{"🆘", "please 🆘🆘", true},
		{"can't talk", "cant talk", true},
		{"can't talk", "can’t talk", true},
		{"im scared", "i m scared", true},
		{"j'ai peur", "j ai peur", true},
		{"j'ai peur", "J'AI PEUR", true},
		{"años", "anos", true},
		{"frappé", "frappe\u0301", true},
		{"أنقذوني", "انقذوني", true},
		{"انقذوني", "أَنْقِذُونِي", true},
		{"انقذوني", "انقـــذوني", true},
		{"مستشفى", "مستشفي", true},
		{"خائفة", "خايفه", true},
		{"help", "h\u200bel\u00adp", true},
		{"help", "ｈｅｌｐ", true},
		{"911", "9️⃣1️⃣1️⃣", true},
	} {
		if got := look(t, says(c.expression)).Look(seal.Conceal(c.text), "en").Danger; got != c.want {
			t.Errorf("%q in %q: %v, want %v", c.expression, c.text, got, c.want)
		}
	}
}

func TestGuardsTakeAwayTheirOwnWordsOnly(t *testing.T) {
	t.Parallel()
	list := says("in danger", "dying", "hit me")
	list.Guards = []routing.WordGroup{{Codes: []string{"danger"}, Expressions: []string{"not in danger", "dying (of/from) (laughter/laughing)"}}}
	l := look(t, list)
	for text, want := range map[string]bool{
		"i am in danger":                       true,
		"i am not in danger":                   false,
		"im dying of laughter":                 false,
		"im dying":                             true,
		"im dying of laughter but he hit me":   true,
		"i am not in danger. she is in danger": true,
	} {
		if got := l.Look(seal.Conceal(text), "en").Danger; got != want {
			t.Errorf("%q: danger %v, want %v", text, got, want)
		}
	}
}

func TestWhoSpeaksOfHerselfIsNoTip(t *testing.T) {
	t.Parallel()
	l := look(t, routing.WordList{Language: "en", Groups: []routing.WordGroup{
		{Codes: []string{"self"}, Expressions: []string{"my passport", "~help me"}},
		{Codes: []string{"other"}, Expressions: []string{"my sister"}},
		{Codes: []string{"tip"}, Expressions: []string{"want to report this place"}},
		{Codes: []string{"info"}, Expressions: []string{"training"}},
	}})
	for text, want := range map[string]hotline.Path{
		"i want to report this place they have my passport": hotline.Self,
		"i want to report this place my sister works there": hotline.Tip,
		"my sister, my sister, i want to report":            hotline.Other,
		"a sign said help me, i want to report this place":  hotline.Tip, // a weak word gives way
		"help me":               hotline.Self,
		"training for my class": routing.Info,
		"hello":                 hotline.Unknown,
		"":                      hotline.Unknown,
	} {
		if got := l.Look(seal.Conceal(text), "en").Path; got != want {
			t.Errorf("%q: path %s, want %s", text, got, want)
		}
	}
}

func TestListsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		"":                             "edition.fault.empty",
		".. hit":                       "edition.fault.edge",
		"hit ..":                       "edition.fault.edge",
		"hit me?":                      "edition.fault.edge",
		"a .. b .. c .. d":             "edition.fault.long",
		"a b c d e f g h i j k l m":    "edition.fault.long",
		"(a/b":                         "edition.fault.bracket",
		"a) b":                         "edition.fault.bracket",
		"(a/(b/c))":                    "edition.fault.bracket",
		"(a//b)":                       "edition.fault.word",
		"(a|b)":                        "edition.fault.word",
		"ab* x":                        "edition.fault.prefix",
		"%aeiou":                       "edition.fault.bones",
		"<17-8> x":                     "edition.fault.number",
		"<8> x":                        "edition.fault.number",
		"<a-b> x":                      "edition.fault.number",
		"!!! ???":                      "edition.fault.word",
		strings.Repeat("x/", 60) + "x": "edition.fault.long",
	} {
		body, _ := json.Marshal(says(expression))
		_, err := routing.ParseWordList(string(body))
		var got edition.Faults
		if !errors.As(err, &got) || got[0].Key != want || got[0].Row != 1 || got[0].Field != "expressions" {
			t.Errorf("%q: %v, want %s", expression, err, want)
		}
	}
	for body, want := range map[string]string{
		`{"language":"English","groups":[]}`:                                     "edition.fault.language",
		`{"language":"en","groups":[{"codes":["dangerous"],"expressions":[]}]}`:  "edition.fault.unknown",
		`{"language":"en","groups":[{"codes":["self","tip"],"expressions":[]}]}`: "edition.fault.codes",
		`{"language":"en","groups":[{"codes":[],"expressions":["x"]}]}`:          "edition.fault.codes",
		`{"language":"en","groups":[],"negators":["not any"]}`:                   "edition.fault.word",
		`{"language":"en","groups":[],"stop":["..."]}`:                           "edition.fault.word",
		`{"language":"en","groups":[],"numbers":{"many":-1}}`:                    "edition.fault.number",
		`{"language":"en","groups":[],"words":[]}`:                               "edition.fault.unknown",
		`{"language":"en","groups":[]} {}`:                                       "edition.fault.json",
	} {
		_, err := routing.ParseWordList(body)
		var got edition.Faults
		if !errors.As(err, &got) || got[0].Key != want {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
}

func TestShippedListsAreLongEnoughAndMarked(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "es", "fr", "ar", "fil"} {
		body := routing.ShippedWordLists()[lang]
		l, err := routing.ParseWordList(body)
		if err != nil {
			t.Fatalf("%s: %v", lang, err)
		}
		if l.Language != lang || l.Note != "draft, not reviewed" || len(body) > edition.Limit {
			t.Errorf("%s: language %q, marked %q, %d bytes", lang, l.Language, l.Note, len(body))
		}
		n := map[string]int{}
		seen := map[string]bool{}
		for _, g := range l.Groups {
			for _, e := range g.Expressions {
				if seen[e] {
					t.Errorf("%s: %q stands there twice", lang, e)
				}
				seen[e] = true
			}
			for _, c := range g.Codes {
				switch {
				case c == "danger" || c == "minor":
					n[c] += len(g.Expressions)
				case len(g.Codes) == 1: // of the path alone
					n["path"] += len(g.Expressions)
				}
			}
		}
		for _, c := range []string{"danger", "minor", "path"} {
			if n[c] < 60 {
				t.Errorf("%s: %d expressions of %s, want at least 60", lang, n[c], c)
			}
		}
		t.Logf("%s: %d expressions of danger, %d of minors, %d of the path", lang, n["danger"], n["minor"], n["path"])
	}
}

// TestListsAreNotTheMessages sees to it that the lists are not measured with their
// own sentences: of the messages they were never tuned on, none longer than four
// words stands in a list.
func TestListsAreNotTheMessages(t *testing.T) {
	t.Parallel()
	for lang, body := range routing.ShippedWordLists() {
		for _, s := range samples(t, "held", lang) {
			if len(strings.Fields(s.text)) > 4 && strings.Contains(body, `"`+s.text+`"`) {
				t.Errorf("%s: line %d of the held-out messages stands in the list", lang, s.line)
			}
		}
	}
}

func TestCommandsAreWholeMessages(t *testing.T) {
	t.Parallel()
	l := shipped(t)
	for text, want := range map[string]routing.Command{
		"STOP": routing.Stop, "stop.": routing.Stop, "Unsubscribe": routing.Stop, "END": routing.Stop, "bye": routing.End,
		"ALTO": routing.Stop, "adiós": routing.End, "Arrêtez": routing.Stop, "arretez !": routing.Stop, "au revoir": routing.End,
		"توقف": routing.Stop, "إلغاء": routing.Stop, "مع السلامة": routing.End,
		"stop he is here": routing.None, "please make him stop": routing.None, "by the end of the month": routing.None, "": routing.None,
	} {
		if got := l.Look(seal.Conceal(text), "").Says; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if !l.Look(seal.Conceal("stop he is here"), "").Danger {
		t.Error(`"stop he is here" is not danger`)
	}
}

// TestBareNumbersSayNothing: what a single digit means is decided by the question
// it answers, which is the line's own. It may add it to its list.
func TestBareNumbersSayNothing(t *testing.T) {
	t.Parallel()
	for _, n := range []string{"1", "2", "15", "17"} {
		if got := shipped(t).Look(seal.Conceal(n), ""); got.Danger || got.Minor || got.Path != hotline.Unknown {
			t.Errorf("%q: %+v", n, got)
		}
	}
	if !look(t, says("^ 1 $")).Look(seal.Conceal(" 1. "), "en").Danger {
		t.Error("a line cannot make 1 its code for danger")
	}
}

func TestLanguageSheChoseIsNotGuessed(t *testing.T) {
	t.Parallel()
	l := shipped(t)
	for _, c := range []struct{ text, chosen, want string }{
		{"hola necesito ayuda por favor", "", "es"},
		{"hola necesito ayuda por favor", "en", "en"},
		{"bonjour j'ai besoin d'aide svp", "", "fr"},
		{"hello i need help please", "", "en"},
		{"مرحبا بدي مساعدة", "", "ar"},
		{"ana 3omri 16 w bidi se3adouni", "", "ar"},
		{"tulong po, natatakot ako at hindi ako makaalis sa bahay ng amo ko", "", "fil"},
		{"2lungan nyo po aq", "", "fil"},
		{"hello po", "tl", "fil"}, // the older tag
		{"hello po", "tl-PH", "fil"},
		{"помогите пожалуйста, меня не выпускают из квартиры, хозяин забрал паспорт и говорит, что я должна ему деньги за дорогу", "", "ru"},
		{"допоможіть будь ласка, не випускають з квартири, забрали її паспорт", "", "uk"},
		{"tolong saya majikan saya tidak membayar gaji dan mengambil paspor", "", "id"},
		{"کمک کنید من را در خانه زندانی کرده اند پاسپورتم را گرفته اند", "", "fa"},
		{"مجھے گھر سے باہر نہیں جانے دیتے پاسپورٹ لے لیا ہے", "", "ur"},
		{"ช่วยด้วยค่ะ หนูถูกขังอยู่ในบ้านออกไม่ได้", "", "th"},
		{"zzz", "", ""},
		{"", "", ""},
	} {
		if got := l.Look(seal.Conceal(c.text), c.chosen).Lang; got != c.want {
			t.Errorf("%q, having chosen %q: %q, want %q", c.text, c.chosen, got, c.want)
		}
	}
}

// TestLookIsBounded gives it what would cost most, ten megabytes of each.
func TestLookIsBounded(t *testing.T) {
	t.Parallel()
	l := shipped(t)
	const size = 10 << 20
	for name, unit := range map[string]string{
		"emoji": "😀", "two emoji": "🆘😀", "one-letter words": "i ", "numbers": "15 ", "one long word": "a", "every gap": "he the ",
		"broken encoding": "\xff", "marks": "\u0301", "joiners": "\u200d", "arabic": "و ", "many starts": "i am not he is my ", "zeros": "\x00", "dots": ". ",
		"anchors": "help ", "digits": "1", "mixed": "1a", "han": "救",
	} {
		text := strings.Repeat(unit, size/len(unit))
		began := time.Now()
		_ = l.Look(seal.Conceal(text), "")
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("ten megabytes of %s take %v", name, took)
		}
	}
	// The beginning and the end of a long letter are read.
	filler := strings.Repeat("lorem ipsum dolor ", size/18)
	for _, text := range []string{"he has a gun " + filler, filler + " he has a gun"} {
		if !l.Look(seal.Conceal(text), "en").Danger {
			t.Error("danger at an end of a long letter is not seen")
		}
	}
}

func FuzzLook(f *testing.F) {
	for _, set := range []string{"tune", "held"} {
		for _, lang := range []string{"en", "es", "fr", "ar", "fil"} {
			for i, s := range samples(f, set, lang) {
				if i%10 == 0 {
					f.Add(s.text, "")
				}
			}
		}
	}
	f.Add("1a2b3c d'e j ai i m don t", "en")
	f.Add("\xff\xfe ﻻ ｈｅｌｐ 9️⃣", "ar")
	l := shipped(f)
	f.Fuzz(func(t *testing.T, text, lang string) {
		got := l.Look(seal.Conceal(text), lang)
		if lang != "" && got.Lang != lang && !strings.HasPrefix(lang, "tl") {
			t.Errorf("chose %q, got %q", lang, got.Lang)
		}
		if again := l.Look(seal.Conceal(text), lang); again != got {
			t.Errorf("twice the same words: %+v, then %+v", got, again)
		}
		if utf8.ValidString(text) && len(text) < 8<<10 {
			loud := l.Look(seal.Conceal(" \u200b"+text+" "), lang)
			if loud.Danger != got.Danger || loud.Minor != got.Minor || loud.Path != got.Path {
				t.Errorf("spaces around it change %+v to %+v", got, loud)
			}
		}
	})
}

func FuzzWordList(f *testing.F) {
	f.Add(`{"language":"en","numbers":{"ten":10},"negators":["not"],"groups":[{"codes":["minor","self"],"expressions":["im <8-17> (yo/years old)"]}],"guards":[{"codes":["all"],"expressions":["strangl* .. ten"]}],"stop":["no more"],"common":["the"]}`, "im ten years old")
	f.Add(`{"language":"xx","groups":[{"codes":["danger"],"expressions":["^ (a/b c)? <1-2> .. %sa3duni $","~!*xyz"]}]}`, "b c 1 xyz")
	f.Fuzz(func(t *testing.T, body, text string) {
		if len(body) > edition.Limit {
			return
		}
		l, err := routing.ParseWordList(body)
		if err != nil {
			if !errors.Is(err, edition.ErrInvalid) {
				t.Errorf("%v is not %v", err, edition.ErrInvalid)
			}
			return
		}
		look, err := routing.NewFirstLook(l)
		if err != nil {
			t.Fatal(err)
		}
		_ = look.Look(seal.Conceal(text), "")
	})
}

func BenchmarkLook(b *testing.B) {
	l := shipped(b)
	short := seal.Conceal("pls help he has a gun and wont let me leave the house im 15")
	long := seal.Conceal(strings.Repeat("my boss took my passport and i work every day without pay. ", 140))
	b.Run("message", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = l.Look(short, "en")
		}
	})
	b.Run("8KiB", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = l.Look(long, "en")
		}
	})
}

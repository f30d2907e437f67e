package safety_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A list that is taken has enough words, and each of them, said alone, is itself and no
// other.
func FuzzWords(f *testing.F) {
	f.Add(safety.Shipped()[safety.WordsKey("en")])
	f.Add(safety.Shipped()[safety.WordsKey("ar")])
	f.Add(`["sea","Sea"]`)
	f.Fuzz(func(t *testing.T, body string) {
		words, err := safety.ParseWords(body)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, w := range words {
			same := safety.Same(seal.Conceal(w))
			if same == "" || seen[same] {
				t.Errorf("%q is taken twice, or says nothing", w)
			}
			seen[same] = true
		}
		if len(words) < 512 {
			t.Errorf("%d words are taken", len(words))
		}
	})
}

// Cover words that are taken are there, and short, and come back the same.
func FuzzCover(f *testing.F) {
	f.Add(safety.Shipped()[safety.CoverKey("en")])
	f.Add(`{"questions":["?"],"stories":["a"],"endings":["b"]}`)
	f.Fuzz(func(t *testing.T, body string) {
		c, err := safety.ParseCover(body)
		if err != nil {
			return
		}
		for _, lines := range [][]string{c.Questions, c.Stories, c.Endings} {
			if len(lines) == 0 || len(lines) > 30 {
				t.Errorf("%d lines are taken", len(lines))
			}
			for _, l := range lines {
				if n := utf8.RuneCountInString(l); n == 0 || n > 160 {
					t.Errorf("a line of %d letters is taken", n)
				}
			}
		}
		b, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := safety.CheckCover(string(b)); err != nil {
			t.Errorf("%q does not come back: %v", body, err)
		}
	})
}

// However a phrase is written, comparing it is the same done twice, and the order of its
// words does not count.
func FuzzSaid(f *testing.F) {
	f.Add("blue", "harbour")
	f.Add("Café", "نُور")
	f.Fuzz(func(t *testing.T, a, b string) {
		one := safety.Same(seal.Conceal(a + " " + b))
		if again := safety.Same(seal.Conceal(one)); again != one {
			t.Errorf("%q becomes %q, and then %q", a+" "+b, one, again)
		}
		if len(a)+len(b) < 199 {
			if turned := safety.Same(seal.Conceal(b + " " + a)); turned != one {
				t.Errorf("turned around %q is %q", one, turned)
			}
		}
	})
}

package routing

import (
	"unicode"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

const (
	guessBytes   = 1 << 10 // how much of a text a guess reads
	guessLetters = 24      // with fewer letters only our own words count
)

// guess says in which language a text seems to be, or "". score is what the
// expressions found speak for, by list.
func (l *FirstLook) guess(s string, words []word, score []int) string {
	for _, w := range words {
		in := l.m.common[w.text]
		for i := 0; in != 0; i, in = i+1, in>>1 {
			if in&1 != 0 {
				score[i]++
			}
		}
	}
	best, second := -1, 0
	for i, n := range score {
		switch {
		case best < 0 || n > score[best]:
			if best >= 0 {
				second = score[best]
			}
			best = i
		case n > second:
			second = n
		}
	}
	if best >= 0 && score[best] >= 2 && score[best] > second {
		return l.languages[best]
	}
	return byTrigrams(s)
}

// byTrigrams asks the trigram tables, which need some length.
func byTrigrams(s string) string {
	if len(s) > guessBytes {
		s = s[:guessBytes]
		for len(s) > 0 && !utf8.ValidString(s[len(s)-1:]) && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
	}
	letters := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	if letters < guessLetters {
		return ""
	}
	info := whatlanggo.Detect(s)
	if !info.IsReliable() {
		return ""
	}
	if two := info.Lang.Iso6391(); two != "" {
		return two
	}
	return info.Lang.Iso6393()
}

package routing

import (
	"strings"
	"unicode"

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
	s = s[:min(len(s), guessBytes)]
	if lang := byLetters(s); lang != "" {
		return lang
	}
	return byTrigrams(s)
}

// byLetters knows Russian and Ukrainian, which trigrams confuse, by letters that the
// other does not write.
func byLetters(s string) string {
	switch {
	case strings.ContainsAny(s, "їЇєЄґҐ"):
		return "uk"
	case strings.ContainsAny(s, "ыЫэЭ") && !strings.ContainsAny(s, "іІўЎ"):
		return "ru"
	}
	return ""
}

// byTrigrams asks the trigram tables, which need some length.
func byTrigrams(s string) string {
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
	switch info.Lang { // as the line's own table of languages has them
	case whatlanggo.Tgl:
		return "fil"
	case whatlanggo.Pes:
		return "fa"
	case whatlanggo.Cmn:
		return "zh-Hans"
	}
	if two := info.Lang.Iso6391(); two != "" {
		return two
	}
	return info.Lang.Iso6393()
}

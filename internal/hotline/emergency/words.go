package emergency

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/routing"
)

// small are words, folded, that say nothing of a place, in the languages we ship: they
// stand before a landmark in every sentence.
const small = ` the a an near at by in on of to next behind beside close from
	el la los las un una cerca de del al en junto frente detras a lado por
	le les des du une pres aux au derriere dans chez
	ang ng sa mga malapit tabi likod harap may nasa
	في قرب عند جنب جانب من الي مقابل بجانب `

// tokens are the words by which something is compared: folded, without those that say
// nothing, unless nothing else is left.
func tokens(s string) []string {
	all := apart(s)
	telling := slices.DeleteFunc(slices.Clone(all), isSmall)
	if len(telling) == 0 {
		return all
	}
	return telling
}

func isSmall(w string) bool { return slices.Contains(strings.Fields(small), w) }

// apart takes a text apart into folded words.
func apart(s string) []string {
	out := routing.Folded(s)
	for i, w := range out {
		out[i] = bare(w)
	}
	return out
}

// bare takes off an Arabic word what is written onto it: the article, and the small
// words before it.
func bare(w string) string {
	if !arabic(w) {
		return w
	}
	for _, before := range []string{"وال", "بال", "كال", "فال", "لل", "ال"} {
		if rest, ok := strings.CutPrefix(w, before); ok && letters(rest) >= 3 {
			return rest
		}
	}
	return w
}

func arabic(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return unicode.Is(unicode.Arabic, r)
}

func letters(w string) int { return utf8.RuneCountInString(w) }

// near reports whether a becomes b by at most so many slips: a letter too many, one
// missing, another one, or two in the wrong order.
func near(a, b []rune, slips int) bool {
	if slips == 0 || len(a)-len(b) > slips || len(b)-len(a) > slips {
		return false
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			other := 1
			if a[i-1] == b[j-1] {
				other = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+other)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > slips {
			return false
		}
		before, last, row = last, row, before
	}
	return last[len(b)] <= slips
}

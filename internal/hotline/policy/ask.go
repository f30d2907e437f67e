package policy

import (
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// What a caller asks of us on her own page goes as words of hers, sealed like all
// others: a page of hers holds no key of what the staff wrote. The first line says it
// to the program, the rest to people.
const (
	askBegin = "[privacy: "
	askEnd   = "]\n"
)

// Ask are words that ask for a level of privacy. The sentence says it to people.
func Ask(level, sentence string) seal.Text {
	return seal.Conceal(askBegin + level + askEnd + sentence)
}

// Asked reads words that may ask for a level of privacy, and gives the sentence back
// that people read. Other words come back as they are, with no level.
func Asked(words seal.Text) (level string, said seal.Text) {
	rest, ok := strings.CutPrefix(words.Reveal(), askBegin)
	level, sentence, whole := strings.Cut(rest, askEnd)
	if !ok || !whole || level != "share" && level != "confidential" && level != "anonymous" {
		return "", words
	}
	return level, seal.Conceal(sentence)
}

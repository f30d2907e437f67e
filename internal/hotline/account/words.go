package account

import (
	"crypto/rand"
	"encoding/base32"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// NewPassphrase makes six words of four letters, consonant and vowel in turn: 75
// bits, in no language, so that everybody can read them aloud and write them down.
func NewPassphrase() seal.Text {
	const consonants, vowels = "bdfghjklmnprstvz", "aeiou"
	words := make([]string, 6)
	for i := range words {
		words[i] = string([]byte{pick(consonants), pick(vowels), pick(consonants), pick(vowels)})
	}
	return seal.Conceal(strings.Join(words, " "))
}

// pick draws one letter, each as likely as the other.
func pick(from string) byte {
	limit := byte(256 - 256%len(from)) //nolint:gosec // at most 240, or 256 which is 0 and never refused below
	for {
		var b [1]byte
		_, _ = rand.Read(b[:]) // never fails
		if limit == 0 || b[0] < limit {
			return from[int(b[0])%len(from)]
		}
	}
}

// tidy forgives what typing adds: capitals, and more than one space.
func tidy(t seal.Text) []byte {
	return []byte(strings.ToLower(strings.Join(strings.Fields(t.Reveal()), " ")))
}

func encoding() *base32.Encoding {
	return base32.NewEncoding(hotline.Alphabet).WithPadding(base32.NoPadding)
}

// showCode writes a one-time code as four groups of four characters.
func showCode(code []byte) seal.Text {
	s := encoding().EncodeToString(code)
	var groups []string
	for len(s) > 4 {
		groups, s = append(groups, s[:4]), s[4:]
	}
	return seal.Conceal(strings.Join(append(groups, s), "-"))
}

// parseCode reads a one-time code as people write it: O for 0, I and L for 1.
func parseCode(t seal.Text) ([]byte, error) {
	s := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(t.Reveal()))
	b, err := encoding().DecodeString(s)
	if err != nil {
		return nil, ErrCode // the decoder's error quotes what was typed
	}
	return b, nil
}

package safety

import (
	"crypto/rand"
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

// KindWords is the edition kind of the lists that phrases are drawn from, one for each
// language: a JSON list of words.
const KindWords = "words"

// WordsKey names the list of a language.
func WordsKey(lang string) edition.Key { return edition.Key{Kind: KindWords, Name: "line", Lang: lang} }

// ErrNoWords says that there is no list to draw from.
var ErrNoWords = problem.New(problem.Missing, "safety.no_words")

// fewest is how many words a list must have: two of them are drawn, and whoever guesses
// has five tries.
const fewest = 512

// ParseWords reads a list. What is wrong with it comes as [edition.Faults].
func ParseWords(body string) ([]string, error) {
	var words []string
	var fs edition.Faults
	if err := json.Unmarshal([]byte(body), &words); err != nil {
		fs.Add(0, "", "edition.fault.json", "")
		return nil, fs
	}
	if len(words) < fewest {
		fs.Add(0, "", "edition.fault.few_words", strconv.Itoa(len(words)))
	}
	seen := map[string]bool{}
	for i, w := range words {
		folded := fold(w)
		switch {
		case len(folded) != 1 || utf8.RuneCountInString(w) < 2 || utf8.RuneCountInString(w) > 24:
			fs.Add(i+1, "", "edition.fault.word", w)
		case seen[folded[0]]:
			fs.Add(i+1, "", "edition.fault.twice", w)
		default:
			seen[folded[0]] = true
		}
		if len(fs) > 20 {
			break
		}
	}
	return words, fs.Err()
}

// CheckWords is the check of the edition kind "words".
func CheckWords(body string) error { _, err := ParseWords(body); return err }

// draw takes two different words, each pair as likely as any other.
func draw(words []string) (string, string, error) {
	if len(words) < fewest {
		return "", "", ErrNoWords
	}
	a, err := rand.Int(rand.Reader, big.NewInt(int64(len(words))))
	if err != nil {
		return "", "", err
	}
	b, err := rand.Int(rand.Reader, big.NewInt(int64(len(words)-1)))
	if err != nil {
		return "", "", err
	}
	i, j := int(a.Int64()), int(b.Int64())
	if j >= i {
		j++
	}
	return words[i], words[j], nil
}

// Same is a phrase as it is compared. How it is written does not count: capitals, accents
// and vowel signs, what stands between the words, and which of the two comes first, since
// she may remember them in either order.
func Same(said seal.Text) string {
	words := fold(said.Reveal())
	slices.Sort(words)
	return strings.Join(words, " ")
}

// fold takes a text apart into words without capitals and marks.
func fold(text string) []string {
	const most = 200 // bytes: nobody says more
	if len(text) > most {
		text = text[:most]
	}
	var b strings.Builder
	for _, r := range text {
		r = unicode.ToLower(r)
		switch {
		case unicode.Is(unicode.Mn, r) || r == 'ـ': // vowel signs and the stretched line
		case plain[r] != "":
			b.WriteString(plain[r])
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

// plain are the letters that are written in more than one way.
var plain = func() map[rune]string { //nolint:gochecknoglobals // a constant table
	out := map[rune]string{'œ': "oe", 'æ': "ae", 'ß': "ss"}
	for to, from := range map[string]string{
		"a": "àáâãäå", "c": "ç", "e": "èéêë", "i": "ìíîï", "n": "ñ", "o": "òóôõöø", "u": "ùúûü", "y": "ýÿ",
		"ا": "أإآٱ", "ي": "ىئی", "ه": "ة", "و": "ؤ", "ك": "ک",
	} {
		for _, r := range from {
			out[r] = to
		}
	}
	return out
}()

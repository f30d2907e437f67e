package routing

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// most is how much of a text the first look reads: more than a message may hold.
// Of a longer letter it reads the beginning and the end.
const most = 32 << 10

// pause is what stands between a word and the one before it.
type pause uint8

const (
	joined pause = iota // a space
	breath              // a comma, dots, brackets
	ended               // the end of a sentence or line
)

// word is a word of a text as the lists see it: small letters without marks,
// repeated ones once; or one sign such as an emoji.
type word struct {
	text   string
	before pause
	num    int  // what a number says, else -1
	id     id   // where a list knows it
	bare   id   // where a list knows it without what is written onto it
	sign   bool // neither letters nor digits
	arabic bool
}

// fold takes a text apart into words. It works in one pass over at most [most]
// bytes, whatever they are.
func fold(s string) []word {
	f := folder{buf: make([]byte, 0, min(len(s), most)+16)}
	if len(s) > most {
		f.add(s[:most/2])
		f.end()
		f.pause = ended
		s = s[len(s)-most/2:]
	}
	f.add(s)
	f.end()
	return join(f.words)
}

// Folded takes a text apart into words as the first look does: small letters without
// marks, one form for what a phone writes in several, a repeated letter once. Signs are
// left out. It is for whoever compares what people type with a list.
func Folded(s string) (out []string) {
	for _, w := range fold(s) {
		if !w.sign {
			out = append(out, w.text)
		}
	}
	return out
}

type folder struct {
	buf    []byte // of the word in progress
	last   rune   // of the word in progress
	digits bool   // the word in progress holds some
	arabic bool
	pause  pause
	words  []word
}

func (f *folder) add(s string) {
	for i, r := range s {
		r = plain(r)
		switch {
		case r >= 'a' && r <= 'z':
			f.letter(r)
		case r >= '0' && r <= '9':
			f.digits, f.last = true, r
			f.buf = append(f.buf, byte(r))
		case dropped(r):
		case r == ' ' || r == '-' || r == '_':
			f.end()
		case strings.ContainsRune(".!?\n\r;؟؛。।", r):
			f.end()
			f.stop(s, i, r)
		case unicode.IsLetter(r):
			f.arabic = f.arabic || unicode.Is(unicode.Arabic, r)
			if two := pair(r); two != "" {
				for _, r := range two {
					f.letter(r)
				}
			} else {
				f.letter(r)
			}
		case unicode.Is(unicode.So, r):
			f.end()
			f.sign(string(r))
		case r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r):
			f.end()
		default:
			f.end()
			f.pause = max(f.pause, breath)
		}
	}
}

// letter adds a letter, the second of two equal ones not.
func (f *folder) letter(r rune) {
	if r != f.last {
		f.buf = utf8.AppendRune(f.buf, r)
		f.last = r
	}
}

// stop ends a sentence; three dots only draw breath.
func (f *folder) stop(s string, i int, r rune) {
	if r == '.' && (strings.HasPrefix(s[i+1:], ".") || i > 0 && s[i-1] == '.') {
		f.pause = max(f.pause, breath)
		return
	}
	f.pause = ended
}

// sign adds a sign, and a row of the same one once.
func (f *folder) sign(text string) {
	if n := len(f.words); n == 0 || f.words[n-1].text != text {
		f.words = append(f.words, word{text: text, before: f.pause, num: -1, sign: true})
	}
	f.pause = joined
}

// end ends the word in progress.
func (f *folder) end() {
	if len(f.buf) == 0 {
		f.last = 0
		return
	}
	text := string(f.buf)
	if f.digits {
		for _, part := range apart(text, f.arabic) {
			f.put(part)
		}
	} else {
		f.put(text)
	}
	f.buf, f.last, f.digits, f.arabic = f.buf[:0], 0, false, false
}

func (f *folder) put(text string) {
	f.words = append(f.words, word{text: text, before: f.pause, num: number(text), arabic: f.arabic})
	f.pause = joined
}

// apart separates numbers from letters ("15yo", "im16f"), but leaves the single
// digits with which Arabic is written in Latin letters ("sa3eduni").
func apart(text string, arabic bool) []string {
	var parts []string
	glued := false
	for from := 0; from < len(text); {
		digit := isDigit(text[from])
		to := from
		for to < len(text) && isDigit(text[to]) == digit {
			to++
		}
		glue := !arabic && (!digit || to-from == 1 && (from > 0 || !unit(text[to:])))
		if glue && glued {
			parts[len(parts)-1] += text[from:to]
		} else {
			parts = append(parts, text[from:to])
		}
		from, glued = to, glue
	}
	return parts
}

// unit reports whether letters after a digit count years of age.
func unit(letters string) bool {
	return slices.Contains([]string{"yo", "yr", "yrs", "year", "years", "ans", "anos", "sana", "sene"}, letters)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// number is what up to three digits say, else -1.
func number(text string) int {
	if len(text) == 0 || len(text) > 3 {
		return -1
	}
	n := 0
	for i := range len(text) {
		if !isDigit(text[i]) {
			return -1
		}
		n = n*10 + int(text[i]-'0')
	}
	return n
}

// join puts together what a space tore apart: "j ai", "i m", "don t".
func join(words []word) []word {
	out := words[:0]
	for i := 0; i < len(words); i++ {
		w := words[i]
		if n := len(out) - 1; n >= 0 && w.before == joined && backward(out[n].text, w.text) {
			out[n].text += w.text
			continue
		}
		if i+1 < len(words) && words[i+1].before == joined && forward(w.text, words[i+1].text) {
			w.text += words[i+1].text
			w.num = -1
			i++
		}
		out = append(out, w)
	}
	return out
}

func backward(before, w string) bool {
	return before == "i" && w == "m" || w == "t" && strings.HasSuffix(before, "n") && len(before) > 2
}

func forward(w, next string) bool {
	return len(w) == 1 && strings.Contains("jldmtsnc", w) && strings.ContainsRune("aeiouyh", rune(next[0]))
}

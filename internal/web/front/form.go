package front

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A form is what a page of ours posts.
type form struct {
	Do    string // the button
	ID    string // given once with the page
	Lang  string
	Code  string // as she typed it
	UpTo  int64  // the last answer that was shown
	Words seal.Text
	Kind  string // of what she asks
	picks
}

// longestForm is how many bytes of a form are read. A message of 8 KiB in a
// script of three bytes a letter needs 24 KiB when it is posted.
const longestForm = 64 << 10

// decode reads a posted form. Nothing that she wrote is lost: what is not well
// formed is taken as it stands.
func decode(body []byte) form {
	var f form
	for pair := range bytes.SplitSeq(body, []byte("&")) {
		name, value, _ := bytes.Cut(pair, []byte("="))
		switch string(name) {
		case "do":
			f.Do = unescape(value)
		case "id":
			f.ID = unescape(value)
		case "l":
			f.Lang = unescape(value)
		case "c":
			f.Code = unescape(value)
		case "n":
			f.UpTo, _ = strconv.ParseInt(unescape(value), 10, 64)
		case "k":
			f.Kind = unescape(value)
		case "w":
			f.Words = seal.Conceal(tidy(unescape(value)))
		default:
			f.pick(string(name), unescape(value))
		}
	}
	if !hotline.IsID(f.ID) {
		f.ID = ""
	}
	if !isTag(f.Lang) {
		f.Lang = ""
	}
	return f
}

// unescape undoes the escaping of a form. A percent sign that escapes nothing is
// a percent sign.
func unescape(b []byte) string {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '+':
			out = append(out, ' ')
		case b[i] == '%' && i+2 < len(b) && nibble(b[i+1]) < 16 && nibble(b[i+2]) < 16:
			out = append(out, nibble(b[i+1])<<4|nibble(b[i+2]))
			i += 2
		default:
			out = append(out, b[i])
		}
	}
	return string(out)
}

// nibble is the value of a hexadecimal digit; 16 is none.
func nibble(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 16
}

// tidy makes words fit to be kept: valid text, lines as they are, no letter that
// only a machine knows. Bytes that are not UTF-8 are read as Latin-1, so that
// words from a very old browser stay readable.
func tidy(s string) string {
	if !utf8.ValidString(s) {
		var b strings.Builder
		for i := 0; i < len(s); {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				r = rune(s[i])
			}
			b.WriteRune(r)
			i += n
		}
		s = b.String()
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
	return strings.TrimRight(strings.Trim(s, "\n"), " \t\n")
}

// text is what she wrote, to be measured, named and given back to her.
func (f form) text() string { return f.Words.Reveal() }

// message is the id of her words: the same for every try of the same words from
// the same page, and another one where she came back to the page and changed them.
// The page's own id is random and kept nowhere, so that it says nothing of them.
func (f form) message() string {
	if f.ID == "" {
		return hotline.NewID()
	}
	sum := sha256.Sum256([]byte("words\x00" + f.ID + "\x00" + f.text()))
	return base32.NewEncoding(hotline.Alphabet).WithPadding(base32.NoPadding).EncodeToString(sum[:16])
}

// codeLength is how many digits a return code has.
const codeLength = 16

// digits reads a code as it was typed: digits of any script count, everything
// between them does not.
func digits(typed string) (seal.Text, bool) {
	var b strings.Builder
	for _, r := range typed {
		if d := digit(r); d >= 0 {
			b.WriteByte("0123456789"[d])
		}
	}
	return seal.Conceal(b.String()), b.Len() == codeLength
}

// digit is the value of a decimal digit of any script, or -1.
func digit(r rune) int {
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	for _, t := range unicode.Nd.R16 {
		if lo := rune(t.Lo); r >= lo && r <= rune(t.Hi) {
			return int(r-lo) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if lo, hi := rune(t.Lo), rune(t.Hi); r >= lo && r <= hi { //nolint:gosec // every letter of Unicode fits a rune
			return int(r-lo) % 10
		}
	}
	return -1
}

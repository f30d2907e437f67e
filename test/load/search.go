package load

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"unicode/utf16"
)

// Forms are the ways in which a word may stand in a file.
func Forms(word string) map[string][]byte {
	out := map[string][]byte{"utf-8": []byte(word), "hex": []byte(hex.EncodeToString([]byte(word))), "gsm-7": septets(word)}
	var le, be []byte
	for _, u := range utf16.Encode([]rune(word)) {
		le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
	}
	out["utf-16le"], out["utf-16be"] = le, be
	for shift := range 3 { // where a word begins in base64 depends on what stands before it
		b := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), word...))
		from := (shift*8 + 5) / 6
		out[fmt.Sprintf("base64+%d", shift)] = []byte(b[from : len(b)-1])
	}
	return out
}

// septets packs a word as text messages do (3GPP TS 23.038, 6.1.2.1).
func septets(word string) []byte {
	var out []byte
	var bits, n uint
	for i := range len(word) {
		bits |= uint(word[i]&0x7f) << n
		for n += 7; n >= 8; n -= 8 {
			out = append(out, byte(bits))
			bits >>= 8
		}
	}
	return out
}

// Search says where words stand in the bytes, also inside what is compressed there.
func Search(b []byte, words ...string) (found []string) {
	for _, word := range words {
		for form, want := range Forms(word) {
			if bytes.Contains(b, want) || form == "hex" && bytes.Contains(bytes.ToLower(b), want) {
				found = append(found, form)
			}
		}
	}
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte{0x1f, 0x8b, 0x08})
		if i < 0 {
			return found
		}
		at += i + 1
		if z, err := gzip.NewReader(bytes.NewReader(b[at-1:])); err == nil {
			z.Multistream(false)
			plain, _ := io.ReadAll(io.LimitReader(z, 64<<20))
			if len(plain) > 0 {
				for _, form := range Search(plain, words...) {
					found = append(found, "gzip "+form)
				}
			}
		}
	}
}

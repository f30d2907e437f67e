// Package seal holds words that no printer prints, and seals them. It makes a
// contact's keys and checks who vouches for the keys it seals to. It opens
// nothing.
package seal

import (
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"

	"github.com/freeline-org/freeline/internal/box"
)

const withheld = "[withheld]"

// Text is a string that could lead someone to a caller. The zero Text is empty.
type Text struct {
	plain *string // fmt shows an address here, and not the string
	_     [0]func()
}

// Conceal takes a string in.
func Conceal(plain string) Text { return Text{plain: &plain} }

// Reveal returns the string. A test of the whole tree lists its callers.
func (t Text) Reveal() string {
	if t.plain == nil {
		return ""
	}
	return *t.plain
}

// Len is how many bytes the string has.
func (t Text) Len() int {
	if t.plain == nil {
		return 0
	}
	return len(*t.plain)
}

// Format prints a fixed word, whatever the verb.
func (Text) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, withheld) }

// LogValue hides the string from log/slog.
func (Text) LogValue() slog.Value { return slog.StringValue(withheld) }

// MarshalText hides the string from encoding/json and its kin.
func (Text) MarshalText() ([]byte, error) { return []byte(withheld), nil }

// pack puts time and words into one padded plaintext, so that a database writer
// can change neither.
func pack(at int64, t Text) []byte {
	return box.Pad(append(binary.BigEndian.AppendUint64(nil, uint64(at)), t.Reveal()...)) //nolint:gosec // a time after 1970
}

// draftSize is the one size of a draft: its length would tell how she types.
const draftSize = 8 << 10

// PackDraft pads a draft to one size, of which a draft has at most 8 KiB.
func PackDraft(t Text) []byte {
	plain := t.Reveal()
	if len(plain) > draftSize {
		plain = plain[:draftSize]
	}
	b := binary.BigEndian.AppendUint16(make([]byte, 0, draftSize+2), uint16(len(plain))) //nolint:gosec // cut above
	return append(b, plain...)[:draftSize+2]
}

// UnpackDraft is the inverse of PackDraft.
func UnpackDraft(b []byte) (Text, error) {
	if len(b) != draftSize+2 || int(binary.BigEndian.Uint16(b)) > draftSize {
		return Text{}, box.ErrOpen
	}
	return Conceal(string(b[2 : 2+binary.BigEndian.Uint16(b)])), nil
}

// Unpack is the inverse, for the packages that open.
func Unpack(plain []byte) (int64, Text, error) {
	b, err := box.Unpad(plain)
	if err != nil || len(b) < 8 {
		return 0, Text{}, box.ErrOpen
	}
	return int64(binary.BigEndian.Uint64(b)), Conceal(string(b[8:])), nil //nolint:gosec // written from an int64
}

// IsZero reports whether nothing was ever taken in.
func (t Text) IsZero() bool { return t.plain == nil }

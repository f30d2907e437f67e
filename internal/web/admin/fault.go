package admin

import (
	"strings"

	"github.com/freeline-org/freeline/internal/i18n"
)

// A fault is one thing that is wrong with a form: which field, and what to do.
type fault struct {
	Field string // empty: the whole form
	key   string
	args  []any
}

type faults []fault

// add notes a fault.
func (fs *faults) add(field, key string, args ...any) {
	*fs = append(*fs, fault{field, key, args})
}

func (fs *faults) of(field string) (fault, bool) {
	for _, f := range *fs {
		if f.Field == field {
			return f, true
		}
	}
	return fault{}, false
}

// said is a fault in the reader's words.
type said struct{ Field, Text string }

func (fs *faults) say(l *i18n.Language) (out []said) {
	for _, f := range *fs {
		out = append(out, said{f.Field, l.T(f.key, f.args...)})
	}
	return out
}

// zeros are the digit nought of the keyboards that the staff of a line type on:
// Latin, Arabic, Persian, Devanagari, Bengali, Thai, Khmer, Burmese, full width.
const zeros = "0\u0660\u06f0\u0966\u09e6\u0e50\u17e0\u1040\uff10"

// digits keeps of a typed code what is a digit.
func digits(typed string) string {
	var b strings.Builder
	for _, r := range typed {
		for _, zero := range zeros {
			if r >= zero && r <= zero+9 {
				_, _ = b.WriteRune('0' + r - zero)
			}
		}
		if b.Len() >= 16 {
			break
		}
	}
	return b.String()
}

// short cuts what is longer than n characters; no field of ours needs more.
func short(s string, n int) string {
	s = strings.TrimSpace(s)
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

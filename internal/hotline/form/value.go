package form

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrField says that the form has no such field.
	ErrField = problem.New(problem.Missing, "form.field")
	// ErrValue says that this is no answer to that field.
	ErrValue = problem.New(problem.Invalid, "form.value")
)

// A Value is what stands in a field. State says why there is no answer; the zero
// Value is a field that nobody has touched, or that was emptied.
type Value struct {
	State string   `json:"state,omitempty"`
	Codes []string `json:"codes,omitempty"`
	Text  string   `json:"text,omitempty"`
}

// Why there is no answer. Every field takes them, and no option may be called so.
const (
	Unknown  = "unknown"
	NotAsked = "not_asked"
	Declined = "declined"
)

// States lists them.
func States() []string { return []string{Unknown, NotAsked, Declined} }

// withheld is what is printed of an answer.
const withheld = "[withheld]"

// Format prints a fixed word, whatever the verb: answers could lead to a caller.
func (Value) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, withheld) }

// LogValue hides the answer from log/slog.
func (Value) LogValue() slog.Value { return slog.StringValue(withheld) }

// Empty reports whether nothing was answered, not even that it is unknown.
func (v Value) Empty() bool { return v.State == "" && len(v.Codes) == 0 && v.Text == "" }

// ParseValue reads a value as it travels and is stored.
func ParseValue(body string) (Value, error) {
	var v Value
	if !utf8.ValidString(body) || edition.Strict([]byte(body), &v) != nil {
		return Value{}, ErrValue // the parser's error may quote it
	}
	return v, nil
}

// JSON is how a value travels and is stored.
func (v Value) JSON() string {
	b, _ := json.Marshal(struct {
		State string   `json:"state,omitempty"`
		Codes []string `json:"codes,omitempty"`
		Text  string   `json:"text,omitempty"`
	}(v)) // strings always can be
	return string(b)
}

// How long an answer may be.
const (
	MaxText = 200  // letters of a line
	MaxLong = 4000 // letters
	maxNum  = 7    // digits
)

// Check says whether a value is an answer to that field: ErrField, ErrValue, or nil.
func (f Form) Check(fieldID string, v Value) error {
	field, ok := f.Field(fieldID)
	switch {
	case !ok:
		return ErrField
	case v.State != "" && (len(v.Codes) > 0 || v.Text != "" || !slices.Contains(States(), v.State)),
		v.State == "" && !v.Empty() && !field.takes(v):
		return ErrValue
	}
	return nil
}

// takes reports whether an answer that was given fits.
func (f Field) takes(v Value) bool {
	if f.Chosen() {
		return v.Text == "" && f.has(v.Codes) && (f.Kind == Many || len(v.Codes) == 1)
	}
	if len(v.Codes) > 0 {
		return false
	}
	switch f.Kind {
	case Text:
		return written(v.Text, MaxText, "")
	case Long:
		return written(v.Text, MaxLong, "\n\t")
	case Number:
		_, err := strconv.ParseUint(v.Text, 10, 32)
		return err == nil && len(v.Text) <= maxNum
	case Day:
		_, err := time.Parse(time.DateOnly, v.Text)
		return err == nil && len(v.Text) == len(time.DateOnly)
	}
	return false
}

// Has reports whether the code is an option.
func (f Field) Has(code string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Code == code })
}

// has reports whether the codes are options, each once.
func (f Field) has(codes []string) bool {
	for i, c := range codes {
		if slices.Contains(codes[:i], c) || !f.Has(c) {
			return false
		}
	}
	return true
}

// written reports whether s is text of at most so many letters, without control
// characters other than those.
func written(s string, most int, but string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune(but, r) })
}

package edition

import (
	"fmt"
	"strings"

	"github.com/freeline-org/freeline/internal/problem"
)

// ErrInvalid says that a body is not what its kind asks for. Where the kind knows
// more, the error holds [Faults].
var ErrInvalid = problem.New(problem.Invalid, "edition.invalid")

// A Fault is one thing that is wrong with a body, in terms of what the
// administrator sees: which row, which field.
type Fault struct {
	Row   int    // counted from 1; 0 where the whole is meant
	Field string // such as "when.path"; empty where the row is meant
	Key   string // message key, such as "edition.fault.unknown"
	Given string // what stands there, shortened
}

// Faults are all that is wrong with a body, in its order.
type Faults []Fault //nolint:errname,recvcheck // a list that grows, and the error once it is whole

// Error says it for a terminal; pages show each fault's key instead.
func (fs Faults) Error() string {
	var b strings.Builder
	for i, f := range fs {
		if i > 0 {
			b.WriteString("; ")
		}
		if f.Row > 0 {
			fmt.Fprintf(&b, "row %d: ", f.Row)
		}
		if f.Field != "" {
			fmt.Fprintf(&b, "%s: ", f.Field)
		}
		b.WriteString(f.Key)
		if f.Given != "" {
			fmt.Fprintf(&b, " (%q)", f.Given)
		}
	}
	return b.String()
}

// Unwrap makes every set of faults an [ErrInvalid].
func (fs Faults) Unwrap() error { return ErrInvalid }

// Add notes a fault.
func (fs *Faults) Add(row int, field, key, given string) {
	const most = 60
	if r := []rune(given); len(r) > most {
		given = string(r[:most]) + "…"
	}
	*fs = append(*fs, Fault{Row: row, Field: field, Key: key, Given: given})
}

// Err is the faults as an error, or nil where there are none.
func (fs Faults) Err() error {
	if len(fs) == 0 {
		return nil
	}
	return fs
}

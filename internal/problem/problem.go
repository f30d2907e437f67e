// Package problem says what went wrong in terms that can be acted on.
//
// An error that leaves a package answers three questions. What kind of failure
// is it? (Kind: the program decides on it.) What may the person at the screen
// be told? (Key: looked up in the message catalogue, in her language.) What
// should the operator read? (Error: goes to the log and nowhere else.)
package problem

import "errors"

// A Kind is a class of failure. The list is short on purpose: add to it only
// when somebody would do something different.
type Kind uint8

// The kinds of failure.
const (
	Internal Kind = iota // our fault; the default for errors nobody classified
	Invalid              // the request makes no sense
	Denied               // this reader may know it exists but may not do this
	Missing              // no such thing, or this reader may not know it exists
	Conflict             // the thing has moved on; look again
	Later                // busy, throttled or cut off; the same request may work later
)

// kinds is the one table that gives each kind its word for the log and its
// HTTP status. (Numbers, since net/http is much to link for six of them.)
var kinds = [...]struct { //nolint:gochecknoglobals // a constant table
	word   string
	status int
}{
	Internal: {"internal", 500},
	Invalid:  {"invalid", 400},
	Denied:   {"denied", 403},
	Missing:  {"missing", 404},
	Conflict: {"conflict", 409},
	Later:    {"later", 503},
}

// String is the kind's word for the log and for metrics.
func (k Kind) String() string { return kinds[k.known()].word }

// Status is the HTTP status that answers a request which failed so.
func (k Kind) Status() int { return kinds[k.known()].status }

func (k Kind) known() Kind {
	if int(k) >= len(kinds) {
		return Internal
	}
	return k
}

// An Error is a classified failure.
type Error struct {
	Kind Kind
	Key  string // message catalogue key, such as "situation.closed"
}

// New returns a classified failure, to be kept in a package variable and
// wrapped where it happens. The key is written out where New is called: a test
// of package i18n reads the source and wants a message for each.
func New(kind Kind, key string) *Error { return &Error{Kind: kind, Key: key} }

// Error is the key.
func (e *Error) Error() string { return e.Key }

// Of returns the classified failure inside err. Errors that carry none are
// Internal: the reader learns only that something went wrong.
func Of(err error) *Error {
	if p, ok := errors.AsType[*Error](err); ok {
		return p
	}
	return &Error{Kind: Internal, Key: "problem.internal"}
}

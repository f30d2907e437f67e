package observe

import (
	"context"
	_ "embed" // for doing.txt
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/freeline-org/freeline/internal/problem"
)

// doing.txt lists the words that errors of our own source are made of. `make
// update` writes it from the tree; a word that is not in it shows as … and no
// worse.
//
//go:embed doing.txt
var doing string

func ourWords() map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(doing) {
		words[word] = true
	}
	return words
}

// Fault says of an error what may be kept: the keys of our own problems, the
// constant texts of failures that the system knows, the type of everything else,
// and what was being done as far as it stands in words of our own source.
//
// An error from outside may quote what we sent, a name in a unique index or an
// address in a refused connection; and whoever wraps it copies the quotation. So
// no text is taken over as it is, wherever in the chain it stands.
func Fault(err error) string { return faultIn(ourWords(), err) }

func faultIn(words map[string]bool, err error) string {
	f := faulty{words: words}
	return shorten(f.say(err, 0))
}

// The bounds of what is said of one error.
const (
	deepest      = 16  // wrappings
	widest       = 4   // joined failures
	longestFault = 400 // bytes
)

func shorten(s string) string {
	if len(s) > longestFault {
		return s[:longestFault] + "…"
	}
	return s
}

type faulty struct{ words map[string]bool }

func (f faulty) say(err error, depth int) string {
	if err == nil {
		return "nil"
	}
	if depth > deepest {
		return "…"
	}
	if text, ok := known(err); ok {
		return text
	}
	if head, inner := carrier(err); inner != nil {
		return head + ": " + f.say(inner, depth+1)
	}
	switch e := err.(type) { //nolint:errorlint // each layer is looked at for itself
	case interface{ Unwrap() []error }:
		return f.sayAll(err, e.Unwrap(), depth)
	case interface{ Unwrap() error }:
		inner := e.Unwrap()
		if inner == nil {
			return typeOf(err)
		}
		said := f.say(inner, depth+1)
		if typeOf(err) != "fmt.wrapError" {
			return typeOf(err) + ": " + said
		}
		if before, ok := strings.CutSuffix(err.Error(), ": "+inner.Error()); ok {
			return f.ours(before) + ": " + said
		}
		return said
	}
	if typeOf(err) == "errors.errorString" {
		return f.ours(err.Error())
	}
	return typeOf(err)
}

// sayAll speaks of an error that stands for several.
func (f faulty) sayAll(err error, several []error, depth int) string {
	several = slices.DeleteFunc(slices.Clone(several), func(e error) bool { return e == nil })
	if len(several) == 0 {
		return typeOf(err)
	}
	said := make([]string, 0, len(several))
	for _, one := range several[:min(len(several), widest)] {
		said = append(said, f.say(one, depth+1))
	}
	if len(several) > widest {
		said = append(said, "…")
	}
	all := strings.Join(said, "; ")
	if before, _, ok := strings.Cut(err.Error(), ": "+several[0].Error()); ok && typeOf(err) == "fmt.wrapErrors" {
		return f.ours(before) + ": " + all
	}
	return all
}

// ours returns a text's parts that consist of our own words and ids alone, and …
// for the others.
func (f faulty) ours(text string) string {
	const fewest, most = 1, 12
	parts := strings.Split(text, ": ")
	for i, part := range parts {
		words := strings.Fields(part)
		if len(words) < fewest || len(words) > most {
			parts[i] = "…"
			continue
		}
		parts[i] = strings.Join(words, " ")
		for _, word := range words {
			if !f.words[strings.Trim(word, ",.;()")] && !ourID.MatchString(word) {
				parts[i] = "…"
				break
			}
		}
	}
	return strings.Join(parts, ": ")
}

var ourID = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{26}$`)

// known returns the constant text of what needs no unwrapping.
func known(err error) (string, bool) {
	switch e := err.(type) { //nolint:errorlint // this layer, not those below
	case *problem.Error:
		return e.Key, true
	case syscall.Errno:
		return e.Error(), true
	case *net.DNSError:
		switch {
		case e.IsNotFound:
			return "no such host", true
		case e.IsTimeout:
			return "name server timed out", true
		}
		return "name not resolved", true
	case interface{ SQLState() string }:
		if state := e.SQLState(); sqlState.MatchString(state) {
			return "SQLSTATE " + state, true
		}
	case interface{ Code() int }:
		return fmt.Sprintf("%s %d", typeOf(err), e.Code()), true
	}
	for _, s := range []error{
		context.Canceled, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, io.ErrShortWrite, io.ErrClosedPipe,
		fs.ErrNotExist, fs.ErrExist, fs.ErrPermission, fs.ErrClosed, os.ErrDeadlineExceeded, os.ErrProcessDone, net.ErrClosed,
		errors.ErrUnsupported,
	} {
		if sameError(err, s) {
			return s.Error(), true
		}
	}
	return "", false
}

var sqlState = regexp.MustCompile(`^[0-9A-Z]{5}$`)

func sameError(a, b error) bool {
	return reflect.TypeOf(a).Comparable() && reflect.TypeOf(b).Comparable() && a == b //nolint:errorlint // this layer alone
}

// carrier returns the constant part of the errors that put an address, a path or
// a name around another.
func carrier(err error) (head string, inner error) {
	switch e := err.(type) { //nolint:errorlint // this layer, not those below
	case *net.OpError:
		return plain(e.Op) + " " + plain(e.Net), e.Err
	case *fs.PathError:
		return plain(e.Op), e.Err
	case *os.LinkError:
		return plain(e.Op), e.Err
	case *os.SyscallError:
		return plain(e.Syscall), e.Err
	case *url.Error:
		return plain(strings.ToLower(e.Op)), e.Err
	}
	return "", nil
}

// plain lets through an operation's name, as the system libraries have them.
func plain(op string) string {
	if operation.MatchString(op) {
		return op
	}
	return "…"
}

var operation = regexp.MustCompile(`^[a-z_]{0,16}[0-9]?$`)

// typeOf is the type's name, without the star; types are written in source, so
// it quotes nobody.
func typeOf(err error) string { return strings.TrimPrefix(reflect.TypeOf(err).String(), "*") }

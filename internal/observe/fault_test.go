package observe_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/freeline-org/freeline/internal/observe"
	"github.com/freeline-org/freeline/internal/problem"
)

type pgError struct{ detail string }

func (e pgError) Error() string  { return e.detail }
func (pgError) SQLState() string { return "23505" }

type liteError struct{ msg string }

func (e *liteError) Error() string { return e.msg }
func (*liteError) Code() int       { return 13 }

type slyError struct{ code string }

func (e slyError) Error() string    { return e.code }
func (e slyError) SQLState() string { return e.code }

func TestFaultKeepsWhatHappenedAndDropsWhatIsQuoted(t *testing.T) {
	missing := problem.New(problem.Missing, "contact.missing")
	_, number := strconv.Atoi(canary)
	var into struct{ N int }
	syntax := json.Unmarshal([]byte(`{"N": "`+canary+`"}`), &into)
	_, parse := url.Parse("http://[" + canary) //nolint:staticcheck // it must not parse
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"nil", nil, "nil"},
		{"ours", missing, "contact.missing"},
		{"ours, wrapped in our words", fmt.Errorf("read file: %w", fmt.Errorf("open 0123456789ABCDEFGHJKMNPQRS: %w", missing)), "read file: open 0123456789ABCDEFGHJKMNPQRS: contact.missing"},
		{"wrapped with a quotation", fmt.Errorf("read: find %s: %w", canary, missing), "read: …: contact.missing"},
		{"text after the wrapped", fmt.Errorf("%w (%s)", missing, canary), "contact.missing"},
		{"two wrapped", fmt.Errorf("read: %w: %w", missing, errors.New(canary)), "read: contact.missing; …"},
		{"made on the spot", errors.New("no answer from " + canary), "…"},
		{"PostgreSQL quotes the row", fmt.Errorf("read: %w", pgError{"Key (name)=(" + canary + ") already exists"}), "read: SQLSTATE 23505"},
		{"a code that is none", slyError{canary}, "observe_test.slyError"},
		{"SQLite", &liteError{canary}, "observe_test.liteError 13"},
		{"refused connection", &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 5432}, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, "dial tcp: connect: connection refused"},
		{"odd operation", &net.OpError{Op: canary, Net: canary, Err: syscall.EPIPE}, "… …: broken pipe"},
		{"name not found", &net.DNSError{Err: canary, Name: canary, IsNotFound: true}, "no such host"},
		{"path", &fs.PathError{Op: "open", Path: "/tmp/" + canary, Err: syscall.ENOSPC}, "open: no space left on device"},
		{"URL", &url.Error{Op: "Post", URL: "https://example.org/?q=" + canary, Err: context.DeadlineExceeded}, "post: context deadline exceeded"},
		{"number", number, "strconv.NumError: …"},
		{"JSON", syntax, "json.UnmarshalTypeError"},
		{"URL that does not parse", parse, "parse: …"},
		{"cancelled", fmt.Errorf("read: %w", context.Canceled), "read: context canceled"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := observe.Fault(tt.err); got != tt.want {
				t.Errorf("Fault = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFaultIsBounded(t *testing.T) {
	deep := errors.New("open")
	for range 100 {
		deep = fmt.Errorf("open: %w", deep)
	}
	many := make([]error, 100)
	for i := range many {
		many[i] = deep
	}
	if got := observe.Fault(errors.Join(many...)); len(got) > 500 || !strings.HasSuffix(got, "…") {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}

func FuzzFault(f *testing.F) {
	for _, s := range []string{"", "Juana", "read: Juana", "open 0123456789ABCDEFGHJKMNPQRS", ": : ", "no such host\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, err := range []error{errors.New(text), fmt.Errorf("%s: %w", text, syscall.EPIPE), &net.OpError{Op: text, Net: text, Err: errors.New(text)}, slyError{text}} {
			for _, r := range observe.Fault(err) {
				if r > 0x7e && r != '…' || r < 0x20 {
					t.Fatalf("Fault(%q) carries %q", text, r)
				}
			}
		}
	})
}

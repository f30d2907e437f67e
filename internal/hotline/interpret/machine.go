package interpret

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrMachine says that the machine did not translate.
	ErrMachine = problem.New(problem.Later, "interpret.machine")
	// ErrUnread says that a machine's words would leave that nobody has read.
	ErrUnread = problem.New(problem.Denied, "interpret.unread")
	// ErrFar says that a machine's address is not on this machine.
	ErrFar = problem.New(problem.Invalid, "interpret.far")
)

// A Machine translates by itself: a guess, which somebody must read. It keeps nothing.
// A failure is ErrMachine, whatever it was.
type Machine interface {
	Translate(ctx context.Context, from, to string, t seal.Text) (seal.Text, error)
}

// Loopback is a machine that the operator runs beside the line, asked in the manner of
// LibreTranslate. Words go to an address of this machine and nowhere else.
type Loopback struct {
	url    string
	client *http.Client
}

const (
	slowest    = 10 * time.Second // an advocate does not wait longer
	mostAnswer = 64 << 10
)

// NewLoopback returns the machine at a URL. One that is not on the loopback is ErrFar,
// now and at each connection: a name could come to mean another place.
func NewLoopback(address string) (*Loopback, error) {
	if err := Near(address); err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: slowest, Control: func(_, to string, _ syscall.RawConn) error {
		if at, err := netip.ParseAddrPort(to); err != nil || !at.Addr().Unmap().IsLoopback() {
			return ErrFar
		}
		return nil
	}}
	return &Loopback{address, &http.Client{
		Timeout:       slowest,
		Transport:     &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute}, // and no proxy
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Near checks that an address is one of this machine.
func Near(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return ErrFar
	}
	if at, err := netip.ParseAddr(u.Hostname()); u.Hostname() != "localhost" && (err != nil || !at.IsLoopback()) {
		return ErrFar
	}
	return nil
}

// Translate implements [Machine]. What goes wrong is said without the words: an answer
// may quote them.
func (l *Loopback) Translate(ctx context.Context, from, to string, t seal.Text) (seal.Text, error) {
	body, err := json.Marshal(map[string]string{"q": t.Reveal(), "source": from, "target": to, "format": "text"})
	if err != nil {
		return seal.Text{}, ErrMachine
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, bytes.NewReader(body))
	if err != nil {
		return seal.Text{}, ErrMachine
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := l.client.Do(r)
	if err != nil {
		if errors.Is(err, ErrFar) {
			return seal.Text{}, fmt.Errorf("machine: %w", ErrFar)
		}
		return seal.Text{}, ErrMachine
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswer+1))
	if err != nil || answer.StatusCode != http.StatusOK || len(b) > mostAnswer {
		return seal.Text{}, ErrMachine
	}
	var out struct {
		Text string `json:"translatedText"`
	}
	if err := json.Unmarshal(b, &out); err != nil || out.Text == "" {
		return seal.Text{}, ErrMachine
	}
	return seal.Conceal(out.Text), nil
}

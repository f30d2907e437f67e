package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// marionette speaks the protocol of Firefox's remote control: each message is
// its length in decimal digits, a colon, and JSON. A command is [0, id, name,
// parameters], its answer [1, id, error, result]. One command at a time.
type marionette struct {
	mu   sync.Mutex
	conn net.Conn
	in   *bufio.Reader
	id   int
}

// refusal is an answer that says no, in the words of WebDriver.
type refusal struct {
	Code    string `json:"error"`
	Message string `json:"message"`
}

func (r *refusal) Error() string { return r.Code + ": " + r.Message }

// longest bounds what Firefox may send in one message.
const longest = 64 << 20

func dial(ctx context.Context, address string) (*marionette, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	m := &marionette{conn: conn, in: bufio.NewReader(conn)}
	if err := m.within(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	var hello struct {
		Type     string `json:"applicationType"`
		Protocol int    `json:"marionetteProtocol"`
	}
	raw, err := m.receive()
	if err == nil {
		err = json.Unmarshal(raw, &hello)
	}
	if err == nil && hello.Protocol != 3 {
		err = fmt.Errorf("marionette protocol %d, not 3", hello.Protocol)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return m, nil
}

// within takes over the deadline of a context.
func (m *marionette) within(ctx context.Context) error {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Time{}
	}
	return m.conn.SetDeadline(deadline)
}

func (m *marionette) receive() ([]byte, error) {
	digits, err := m.in.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(digits[:len(digits)-1])
	if err != nil || n < 0 || n > longest {
		return nil, fmt.Errorf("marionette: a message of length %q", digits)
	}
	b := make([]byte, n)
	_, err = io.ReadFull(m.in, b)
	return b, err
}

// call runs one command and decodes its result, where into is not nil.
func (m *marionette) call(ctx context.Context, name string, params, into any) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.within(ctx); err != nil {
		return err
	}
	if params == nil {
		params = struct{}{}
	}
	m.id++
	b, err := json.Marshal([]any{0, m.id, name, params})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(b), b); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for {
		raw, err := m.receive()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		var answer [4]json.RawMessage
		var id int
		if err := json.Unmarshal(raw, &answer); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := json.Unmarshal(answer[1], &id); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if id != m.id {
			continue // the answer to one that was given up
		}
		var no *refusal
		if err := json.Unmarshal(answer[2], &no); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if no != nil {
			return fmt.Errorf("%s: %w", name, no)
		}
		if into == nil {
			return nil
		}
		return json.Unmarshal(answer[3], into)
	}
}

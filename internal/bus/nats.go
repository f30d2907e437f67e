package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
)

// subject is where the nodes of a line meet. Lines that share a cluster have an
// account each.
const subject = "freeline.hint"

// longestHint is the most that is read of another node.
const longestHint = 512

// Cluster carries hints between nodes through an ordinary NATS cluster, without
// JetStream: what it loses costs a poll.
type Cluster struct {
	local *Local
	conn  *nats.Conn
	ended chan struct{}
}

// NATS returns a bus that reaches the nodes at a cluster's URL, or several with
// commas between. It does not wait for the cluster: while that cannot be reached
// hints go round this node alone, and it is tried again for ever. The bus ends
// with ctx; [Cluster.Close] waits for that.
func NATS(ctx context.Context, url string, log *slog.Logger) (*Cluster, error) {
	c := &Cluster{local: Memory(), ended: make(chan struct{})}
	missed := func() { c.local.Publish(Hint{Topic: Missed}) }
	conn, err := nats.Connect(
		url,
		nats.Name("freeline"),
		nats.NoEcho(), // this node has told its own already
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250*time.Millisecond),
		nats.ReconnectJitter(250*time.Millisecond, 250*time.Millisecond),
		nats.ReconnectBufSize(-1), // old hints are worth nothing
		nats.IgnoreAuthErrorAbort(),
		nats.Timeout(2*time.Second),
		nats.PingInterval(5*time.Second),
		nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(*nats.Conn, error) {
			if ctx.Err() == nil {
				log.WarnContext(ctx, "nats cannot be reached; nodes look for themselves")
			}
		}),
		nats.ConnectHandler(func(*nats.Conn) {
			log.InfoContext(ctx, "nats reached")
			missed()
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			log.InfoContext(ctx, "nats reached again")
			missed()
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrSlowConsumer) {
				missed()
				return
			}
			log.WarnContext(ctx, "nats refused something", "err", err)
		}),
		nats.ClosedHandler(func(*nats.Conn) { close(c.ended) }),
	)
	if err != nil {
		// The library's error quotes the address, and with it the password.
		return nil, errors.New("nats: the address cannot be used; nats://node:4222 is wanted, or several with commas between")
	}
	c.conn = conn
	if _, err := conn.Subscribe(subject, c.heard); err != nil {
		conn.Close()
		return nil, fmt.Errorf("nats: %w", err)
	}
	context.AfterFunc(ctx, conn.Close)
	return c, nil
}

// Close ends the connection and waits for it. Subscribers are stopped by their
// own.
func (c *Cluster) Close() {
	c.conn.Close()
	<-c.ended
}

// Connected reports whether hints reach other nodes.
func (c *Cluster) Connected() bool { return c.conn.IsConnected() }

// Publish tells the subscribers of this node, and of the others if it can.
func (c *Cluster) Publish(h Hint) {
	c.local.Publish(h)
	if b, ok := encode(h); ok {
		_ = c.conn.Publish(subject, b) // while the cluster is away, they poll
	}
}

// Subscribe calls f with the hints of all nodes until stop returns.
func (c *Cluster) Subscribe(f func(Hint)) (stop func()) { return c.local.Subscribe(f) }

func (c *Cluster) heard(m *nats.Msg) {
	if h, ok := decode(m.Data); ok {
		c.local.Publish(h)
	}
}

// wire is a hint between nodes. Unknown fields of a newer release are passed over.
type wire struct {
	Topic string `json:"t"`
	ID    string `json:"i,omitempty"`
	Seq   int64  `json:"n,omitempty"`
}

func encode(h Hint) ([]byte, bool) {
	b, err := json.Marshal(wire(h))
	return b, err == nil && len(b) <= longestHint && h.Topic != ""
}

func decode(b []byte) (Hint, bool) {
	if len(b) > longestHint {
		return Hint{}, false
	}
	var w wire
	if err := json.Unmarshal(b, &w); err != nil || w.Topic == "" {
		return Hint{}, false
	}
	return Hint(w), true
}

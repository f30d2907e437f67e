package trunk_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
)

// names is a directory of hosts that can fail.
type names struct {
	mu   sync.Mutex
	srv  []*net.SRV
	host map[string][]netip.Addr
	vain int // how often a host was not found
}

func (n *names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if a, ok := n.host[host]; ok {
		return a, nil
	}
	n.vain++
	return nil, errors.New("no such host")
}

func (n *names) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if service != "sip" || proto != "udp" || name != "carrier.example.org" || n.srv == nil {
		return "", nil, errors.New("no such service")
	}
	return "", n.srv, nil
}

// A carrier names its machines in its own order; when the directory fails, they stay
// known.
func TestTargetsByName(t *testing.T) {
	a, b := newPeer(t, nobody), newPeer(t, nobody)
	port := func(p *peer) uint16 { return netip.MustParseAddrPort(p.at()).Port() }
	dir := &names{
		srv:  []*net.SRV{{Target: "a.example.org.", Port: port(a), Priority: 1}, {Target: "b.example.org.", Port: port(b), Priority: 2}},
		host: map[string][]netip.Addr{"a.example.org": {loopback.Addr().Next()}, "b.example.org": {loopback.Addr().Next()}},
	}
	c := towards([]*peer{a})
	c.Trunks[0].Targets, c.Trunks[0].Networks = []string{"carrier.example.org"}, nil
	c.Names = dir
	c.Hurry(time.Millisecond) // names are looked up again every 300 ms
	l := serve(t, answering(t, nil), c)
	a.to, b.to = l.Addr("udp"), l.Addr("udp")
	for range 2 {
		got := l.dial(t.Context(), t, "", nil)
		req := a.wantRequest(sip.INVITE)
		a.answer(req, 503, "")
		a.wantRequest(sip.ACK)
		req = b.wantRequest(sip.INVITE)
		b.answer(req, 486, "")
		b.wantRequest(sip.ACK)
		if r := await(t, got); !errors.Is(r.err, trunk.ErrBusy) {
			t.Errorf("got %v", r.err)
		}
		dir.mu.Lock()
		dir.srv, dir.host = nil, nil
		dir.mu.Unlock()
		eventually(t, "it was looked up in vain", func() bool {
			dir.mu.Lock()
			defer dir.mu.Unlock()
			return dir.vain >= 2 // so that the first time is over
		})
	}
	if !l.Admits(loopback.Addr().Next(), []byte("INVITE")) {
		t.Error("a carrier's own machines may not call")
	}
}

func TestCallOverIPv6(t *testing.T) {
	c, err := net.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 on this machine")
	}
	_ = c.Close()
	seen := make(chan trunk.Event, 8)
	there := serve(t, answering(t, seen), config(func(c *trunk.Config) {
		c.Listen[0].Addr = "[::1]:0"
		c.Trunks[0].Networks = []netip.Prefix{netip.MustParsePrefix("::1/128")}
	}))
	here := start(t, answering(t, nil), config(func(c *trunk.Config) {
		c.Listen[0].Addr = "[::1]:0"
		c.Trunks[0] = trunk.Trunk{Name: "other", Transport: "udp", Targets: []string{there.Addr("udp").String()}}
	}))
	t.Cleanup(here.stop) // serve looks for what both leave behind
	r := await(t, here.dial(t.Context(), t, "+15550100", nil))
	if r.err != nil {
		t.Fatal(r.err)
	}
	await(t, seen)
	if err := r.d.Hangup(t.Context()); err != nil {
		t.Errorf("got %v", err)
	}
	there.empty(t)
}

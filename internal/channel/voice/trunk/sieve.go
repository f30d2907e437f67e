package trunk

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// sourcesMost is how many sources are counted one by one. Those beyond share a bucket.
const sourcesMost = 4096

// sieve decides what is read at all. It stands before the parser: what it drops costs
// nothing and is not answered, so that a scanner sees no difference between us and
// nobody. A trunk that sends too much repeats itself, and comes in then.
type sieve struct {
	now    func() time.Time
	linkOf func(netip.Addr) *link

	mu      sync.Mutex
	sources map[netip.Addr]*account
	rest    account // those beyond sourcesMost
	swept   time.Time
}

// account is what one address has left: requests that begin something, and all else.
type account struct {
	begin, other float64
	at           time.Time
}

// burst is for how many seconds a source may have saved.
const burst = 5

var errFlood = errors.New("trunk: too much")

// filter is the library's hook before the parser. A [door] has asked already.
func (g *sieve) filter(p sip.TransportReadProps, b []byte) ([]byte, error) {
	if p.Transport == "UDP" || g.admit(addrOf(p.RemoteAddr), b) {
		return b, nil
	}
	return nil, errFlood // a stream with a hole cannot be read on
}

func (g *sieve) admit(from netip.Addr, b []byte) bool {
	l := g.linkOf(from)
	if l == nil {
		return false
	}
	now := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.account(group(from), now)
	left := now.Sub(s.at).Seconds() * l.Rate
	s.at = now
	s.begin = min(s.begin+left, burst*l.Rate)
	s.other = min(s.other+10*left, burst*10*l.Rate)
	tokens := &s.other
	if begins(b) {
		tokens = &s.begin
	}
	if *tokens < 1 {
		return false
	}
	*tokens--
	return true
}

// account finds an address. A new one has a full bucket.
func (g *sieve) account(a netip.Addr, now time.Time) *account {
	if s, ok := g.sources[a]; ok {
		return s
	}
	if len(g.sources) >= sourcesMost && now.Sub(g.swept) >= time.Second {
		g.swept = now
		for a, s := range g.sources {
			if now.Sub(s.at) > burst*time.Second { // it is full again
				delete(g.sources, a)
			}
		}
	}
	if len(g.sources) >= sourcesMost {
		return &g.rest
	}
	s := &account{at: now.Add(-time.Hour)}
	g.sources[a] = s
	return s
}

// group is what counts as one source: a household has a /64 of IPv6.
func group(a netip.Addr) netip.Addr {
	if a.Is4() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}

// begins reports whether a message would begin something, and is no answer and no
// word within a call.
func begins(b []byte) bool {
	for _, with := range []string{"SIP/2.0 ", "ACK ", "BYE ", "CANCEL ", "INFO ", "UPDATE ", "PRACK "} {
		if bytes.HasPrefix(b, []byte(with)) {
			return false
		}
	}
	return true
}

func addrOf(a net.Addr) netip.Addr {
	if a == nil {
		return netip.Addr{}
	}
	p, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr().Unmap().WithZone("")
}

// portsMost is how many ports the library's table of a UDP socket may hold. It never
// forgets one, so its reader is begun anew before that is much.
const portsMost = 8192

// door is our end of a UDP socket.
type door struct {
	net.PacketConn
	sieve *sieve
	seen  map[netip.AddrPort]struct{} // by the reader alone
}

// ReadFrom reads the next datagram that is let in. Now and then it says that the
// socket is closed, when it is not: the reader then drops its table, and is begun
// again.
func (d *door) ReadFrom(b []byte) (int, net.Addr, error) {
	if len(d.seen) >= portsMost {
		clear(d.seen)
		return 0, nil, net.ErrClosed
	}
	for {
		n, from, err := d.PacketConn.ReadFrom(b)
		if err != nil {
			return n, from, err
		}
		u, ok := from.(*net.UDPAddr)
		if ok && d.sieve.admit(addrOf(u), b[:n]) {
			d.seen[u.AddrPort()] = struct{}{}
			return n, from, nil
		}
	}
}

// porch is our end of a listening TCP socket: who is in no trunk's networks is shown
// out, and so is who has too many connections.
type porch struct {
	net.Listener
	linkOf func(netip.Addr) *link

	mu   sync.Mutex
	open map[netip.Addr]int
}

const connectionsMost = 16 // of one source

// Accept returns the next connection that may come in.
func (p *porch) Accept() (net.Conn, error) {
	for {
		c, err := p.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := addrOf(c.RemoteAddr())
		if p.linkOf(from) != nil && p.count(from, 1) <= connectionsMost {
			return &guest{Conn: c, gone: sync.OnceFunc(func() { p.count(from, -1) })}, nil
		}
		if p.linkOf(from) != nil {
			p.count(from, -1)
		}
		_ = c.Close()
	}
}

func (p *porch) count(a netip.Addr, by int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[a] += by
	n := p.open[a]
	if n == 0 {
		delete(p.open, a)
	}
	return n
}

type guest struct {
	net.Conn
	gone func()
}

// Close also gives the place back.
func (g *guest) Close() error {
	g.gone()
	return g.Conn.Close()
}

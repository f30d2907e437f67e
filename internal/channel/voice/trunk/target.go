package trunk

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
)

// link is a trunk at work.
type link struct {
	Trunk
	s     *Service
	state state
	from  atomic.Pointer[[]netip.Prefix] // who may call: the networks, and the targets' addresses

	looked  chan struct{} // closed when the targets were looked up for the first time
	mu      sync.Mutex
	targets []*target
	route   []string // through which requests go, as the registrar asks (RFC 3608)
}

// target is one place to which a trunk's requests can go.
type target struct {
	of    string // the setting that it comes from
	host  string // "host:port", as it is dialled where a certificate names the host
	addr  netip.AddrPort
	alive atomic.Bool
	tried atomic.Bool
}

func newLink(s *Service, t Trunk) *link {
	l := &link{Trunk: t, s: s, looked: make(chan struct{})}
	l.state.reached, l.state.registered, l.state.calls, l.state.sound = Unknown, Fine, Fine, Fine
	if t.Ping < 0 || len(t.Targets) == 0 {
		l.state.reached = Fine
	}
	if t.Register {
		l.state.registered = Unknown
	}
	l.state.last = Health{Trunk: t.Name, Code: Unknown, Since: s.conf.Clock()}
	if l.state.reached == Fine && !t.Register {
		l.state.last.Code = Fine
	}
	from := slices.Clone(t.Networks)
	l.from.Store(&from)
	return l
}

// account finds, among the trunks to the same company, the one whose account a call is
// for. They differ in who we are to those that we register with.
func (l *link) account(req *sip.Request) *link {
	if l == nil || l.contactUser() == req.Recipient.User {
		return l
	}
	a := source(req)
	for _, o := range l.s.links {
		same := slices.ContainsFunc(*o.from.Load(), func(p netip.Prefix) bool { return p.Contains(a) })
		if o.Register && o.User == req.Recipient.User && same {
			return o
		}
	}
	return l
}

// contactUser is who we are in our own addresses.
func (l *link) contactUser() string {
	if l.User != "" {
		return l.User
	}
	return "line"
}

// dial is where a message to a target goes.
func (t *target) dial(transport string) string {
	if transport == "TLS" {
		return t.host
	}
	return t.addr.String()
}

// order lists the targets, those that live first.
func (l *link) order() []*target {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := slices.Clone(l.targets)
	slices.SortStableFunc(all, func(a, b *target) int { return a.rank() - b.rank() })
	return all
}

func (t *target) rank() int {
	if t.tried.Load() && !t.alive.Load() {
		return 1
	}
	return 0
}

// resolve looks the targets up: the addresses of each host in their order, by SRV
// records where no port is named (RFC 3263). What cannot be looked up keeps the
// addresses that it had.
func (l *link) resolve(ctx context.Context) {
	l.mu.Lock()
	old := l.targets
	l.mu.Unlock()
	var all []*target
	for _, name := range l.Targets {
		found := l.look(ctx, name)
		if len(found) == 0 {
			for _, t := range old {
				if t.of == name {
					found = append(found, t)
				}
			}
		}
		for _, t := range found {
			t.of = name
		}
		all = append(all, found...)
	}
	for i, t := range all {
		for _, was := range old {
			if was.addr == t.addr && was.host == t.host {
				all[i] = was
			}
		}
	}
	from := slices.Clone(l.Networks)
	for _, t := range all {
		from = append(from, netip.PrefixFrom(t.addr.Addr(), t.addr.Addr().BitLen()))
	}
	l.from.Store(&from)
	l.mu.Lock()
	l.targets = all
	l.mu.Unlock()
}

func (l *link) look(ctx context.Context, name string) []*target {
	host, port, ok := cutPort(name)
	if !ok {
		return nil
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return []*target{at(host, a, l.port(port))}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var all []*target
	if port == 0 {
		service, proto := "sip", strings.ToLower(l.Transport)
		if l.Transport == "TLS" {
			service, proto = "sips", "tcp"
		}
		if _, records, err := l.s.conf.Names.LookupSRV(ctx, service, proto, host); err == nil {
			for _, r := range records {
				all = append(all, l.lookHost(ctx, strings.TrimSuffix(r.Target, "."), r.Port)...)
			}
		}
	}
	if len(all) == 0 {
		all = l.lookHost(ctx, host, l.port(port))
	}
	return all
}

func (l *link) lookHost(ctx context.Context, host string, port uint16) []*target {
	addrs, err := l.s.conf.Names.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil
	}
	var all []*target
	for _, a := range addrs {
		all = append(all, at(host, a, port))
	}
	return all
}

func (l *link) port(p uint16) uint16 {
	if p != 0 {
		return p
	}
	return uint16(usual(l.Transport)) //nolint:gosec // a constant
}

// usual is the port that a transport has where none is named.
func usual(transport string) int {
	if transport == "TLS" {
		return 5061
	}
	return 5060
}

func at(host string, a netip.Addr, port uint16) *target {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return &target{host: host + ":" + strconv.Itoa(int(port)), addr: netip.AddrPortFrom(a.Unmap(), port)}
}

// watch looks the targets up and asks each whether it lives, until ctx ends.
func (l *link) watch(ctx context.Context) {
	for first := true; ; first = false {
		l.resolve(ctx)
		if first {
			close(l.looked)
		}
		l.note(func(*state) {}) // some of it grows old
		wait := l.Ping
		if l.Ping > 0 {
			if !l.ping(ctx) {
				wait = min(wait, 5*time.Second) // it must be known soon that it is back
			}
		} else {
			wait = 5 * time.Minute
		}
		if ctx.Err() != nil || !pause(ctx, l.s.scale(wait)) {
			return
		}
	}
}

// ping asks all targets at once, and reports whether one lives.
func (l *link) ping(ctx context.Context) bool {
	all := l.order()
	if len(l.Targets) == 0 {
		return true // it only calls us
	}
	var asking sync.WaitGroup
	var busy atomic.Bool
	for _, t := range all {
		asking.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
			defer cancel()
			res, err := l.s.do(ctx, l.outside(sip.OPTIONS, l.uri(""), t), l)
			// Whatever it answers it is there, but for what says that it serves nobody.
			served := err == nil && res.StatusCode != 503 && res.StatusCode != 408
			if err == nil && !served {
				busy.Store(true)
			}
			t.alive.Store(served)
			t.tried.Store(true)
		})
	}
	asking.Wait()
	if ctx.Err() != nil {
		return false
	}
	live := slices.ContainsFunc(all, func(t *target) bool { return t.alive.Load() })
	l.note(func(s *state) {
		switch {
		case live:
			s.reached = Fine
		case busy.Load():
			s.reached = Declined
		default:
			s.reached = Network
		}
	})
	return live
}

// scale makes long waits short in tests.
func (s *Service) scale(d time.Duration) time.Duration {
	return time.Duration(d.Seconds() * float64(s.conf.second))
}

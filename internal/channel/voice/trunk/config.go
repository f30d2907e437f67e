package trunk

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Config is what a Service needs.
type Config struct {
	Listen []Listen
	Host   string           // by which trunks reach us; empty: the address that we are seen to have
	TLS    *tls.Config      // certificates and whom to trust; nil where no trunk uses TLS
	Trunks []Trunk          // in the order in which calls go out
	Calls  int              // how many at once, 0: 500; more are told to come back
	Notice func(Health)     // called on each change; may be nil, must not block
	Clock  func() time.Time // required
	Names  Names            // nil is the system's

	// What tests shorten: how long a second of a session timer or a ping lasts, and how
	// long a target may say nothing to an INVITE, where a real one says 100 at once.
	second, patience time.Duration
}

// Hurry makes a second of session timers, pings and the like as long as this, so that a
// test sees in one of its own what takes minutes.
func (c *Config) Hurry(second time.Duration) { c.second = second }

// Listen is a socket: the transport "udp", "tcp" or "tls", and "host:port".
type Listen struct{ Transport, Addr string }

// A Trunk is a way to the telephone network.
type Trunk struct {
	Name      string   // one word, shown to administrators and in the log
	Transport string   // "udp", "tcp" or "tls"
	Targets   []string // "host" or "host:port"; the next is tried where one fails. A host without port may have SRV records
	// Networks are where it may call from, besides its targets. Whoever is in none is
	// not answered at all.
	Networks []netip.Prefix
	Rate     float64 // how many new requests a second one source of it may send, 0: 20

	Domain   string // of the addresses in our requests; empty: the host of the first target
	User     string // our account
	Password string
	Register bool // keep the account registered, so that calls come to us

	// Demand names accounts with their passwords: who dials in through this trunk must
	// show one of them. Empty: the network is enough.
	Demand map[string]string

	Country string        // the country's code, such as "30", for numbers that come in national form; empty: those are not taken
	Plain   bool          // numbers come as country and number, without a plus
	Secure  bool          // sound over SRTP or not at all
	Ping    time.Duration // how often OPTIONS asks whether a target lives, 0: 30 s; negative: never
}

// Names looks up hosts. [net.Resolver] does.
type Names interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
}

var (
	errConfig = errors.New("trunk: settings")
	oneWord   = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)
)

// check fills in what is left out, and refuses what makes no sense.
func (c *Config) check() error {
	if c.Clock == nil || len(c.Listen) == 0 {
		return fmt.Errorf("%w: a clock and an address to listen on are needed", errConfig)
	}
	if c.Calls == 0 {
		c.Calls = 500
	}
	if c.Names == nil {
		c.Names = net.DefaultResolver
	}
	if c.second == 0 {
		c.second = time.Second
	}
	if c.patience == 0 {
		c.patience = 4 * time.Second
	}
	c.Listen = slices.Clone(c.Listen)
	for i := range c.Listen {
		l := &c.Listen[i]
		if l.Transport = strings.ToUpper(l.Transport); !transport(l.Transport) || l.Transport == "TLS" && c.TLS == nil {
			return fmt.Errorf("%w: transport of an address to listen on", errConfig)
		}
	}
	c.Trunks = slices.Clone(c.Trunks)
	for i := range c.Trunks {
		if err := c.Trunks[i].check(c.Trunks[:i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *Trunk) check(others []Trunk) error {
	t.Transport = strings.ToUpper(t.Transport)
	switch {
	case !oneWord.MatchString(t.Name), slices.ContainsFunc(others, func(o Trunk) bool { return o.Name == t.Name }):
		return fmt.Errorf("%w: the name of a trunk", errConfig)
	case !transport(t.Transport):
		return fmt.Errorf("%w: transport of trunk %s", errConfig, t.Name)
	case t.Register && (t.User == "" || len(t.Targets) == 0):
		return fmt.Errorf("%w: trunk %s registers, and needs an account and a target", errConfig, t.Name)
	}
	if t.Rate == 0 {
		t.Rate = 20
	}
	if t.Ping == 0 {
		t.Ping = 30 * time.Second
	}
	if t.Domain == "" && len(t.Targets) > 0 {
		t.Domain, _, _ = cutPort(t.Targets[0])
	}
	return nil
}

func transport(s string) bool { return s == "UDP" || s == "TCP" || s == "TLS" }

// cutPort splits "host:port"; port is 0 where there is none.
func cutPort(s string) (host string, port uint16, ok bool) {
	h, p, err := net.SplitHostPort(s)
	if err != nil {
		return strings.Trim(s, "[]"), 0, s != ""
	}
	var n uint16
	if _, err := fmt.Sscanf(p, "%d", &n); err != nil || n == 0 {
		return "", 0, false
	}
	return h, n, true
}

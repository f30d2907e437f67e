package session

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/problem"
)

// ErrSlow says that somebody tries too often. It is said to all alike, whether or
// not there is a person of that name.
var ErrSlow = problem.New(problem.Later, "admin.trouble.slow")

// A rate is how many tries there are at once, and how long one takes to come back.
type rate struct {
	most  float64
	every time.Duration
}

// The rates. A client is often a whole house behind one address, so it gets many;
// one person from one client gets few; and a person from everywhere gets more than
// one client can use up, so that nobody can be shut out by her name.
func rates() (client, person, both rate) {
	return rate{40, 5 * time.Second}, rate{100, time.Second}, rate{6, 20 * time.Second}
}

// Limits count tries in memory. What they count by is hashed under a key that is
// made anew each hour, with which all of it goes.
type Limits struct {
	clock func() time.Time

	mu      sync.Mutex
	seed    maphash.Seed
	begun   time.Time
	buckets map[uint64]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

// NewLimits returns limits that nobody has used.
func NewLimits(clock func() time.Time) *Limits { return &Limits{clock: clock} }

// most is how many buckets are kept; beyond them all begin anew.
const most = 50_000

// Try takes one try from a person, a client, and the two together. When one of them
// has none left, it is [ErrSlow]. what keeps different acts apart.
func (l *Limits) Try(what, person, client string) error {
	c, p, b := rates()
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	if l.buckets == nil || now.Sub(l.begun) > time.Hour || len(l.buckets) > most {
		l.seed, l.begun, l.buckets = maphash.MakeSeed(), now, map[uint64]bucket{}
	}
	names := l.names(what, person, client)
	for i, r := range []rate{c, p, b} {
		if l.level(names[i], r, now) < 1 {
			return ErrSlow
		}
	}
	for i, r := range []rate{c, p, b} {
		l.buckets[names[i]] = bucket{l.level(names[i], r, now) - 1, now}
	}
	return nil
}

// Good gives a try back that succeeded: only those that fail are counted.
func (l *Limits) Good(what, person, client string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, name := range l.names(what, person, client) {
		if b, ok := l.buckets[name]; ok {
			b.left++
			l.buckets[name] = b
		}
	}
}

func (l *Limits) names(what, person, client string) [3]uint64 {
	hash := func(parts ...string) uint64 {
		var h maphash.Hash
		h.SetSeed(l.seed)
		for _, p := range parts {
			_, _ = h.WriteString(p)
			_ = h.WriteByte(0)
		}
		return h.Sum64()
	}
	return [3]uint64{hash(what, "c", client), hash(what, "p", person), hash(what, "b", person, client)}
}

func (l *Limits) level(name uint64, r rate, now time.Time) float64 {
	b, ok := l.buckets[name]
	if !ok {
		return r.most
	}
	return min(r.most, b.left+float64(now.Sub(b.at))/float64(r.every))
}

// Client writes the address of a client for [Limits], and for nothing else: one of
// IPv4, or of IPv6 the half that a household has.
func Client(a netip.Addr) string {
	if a = a.Unmap(); a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

package front

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// A Rate lets a burst through at once, and then one more each time.
type Rate struct {
	Burst int
	Every time.Duration
}

// Limits hold back one client that asks for too much. Many people may share one
// address, a shelter's or a whole country's, so they are wide, and who goes over
// them is slowed before she is refused.
type Limits struct {
	Pages    Rate // pages that are looked at
	Words    Rate // everything that is posted
	Contacts Rate // first words
	Codes    int  // tries of a return code in a minute
	Streams  int  // logs that are open at once
	// Unknown is how many times as much is let through where no address is known:
	// from an onion address all callers look like one.
	Unknown int
}

// DefaultLimits are those of a line that changed nothing.
func DefaultLimits() Limits {
	return Limits{
		Pages: Rate{240, 250 * time.Millisecond}, Words: Rate{60, 500 * time.Millisecond},
		Contacts: Rate{20, 3 * time.Second}, Codes: 5,
		Streams: 40, Unknown: 50,
	}
}

// patience is how long at most a request waits for its turn; one that would have
// to wait longer is refused, as is one where too many wait already.
const (
	patience = 3 * time.Second
	waiters  = 256
)

// what is limited by itself.
type what int

const (
	aPage what = iota
	aPost
	aContact
	kinds
)

// A limiter keeps one bucket for each client, in memory alone, under a keyed hash
// of her address whose key is thrown away each hour.
type limiter struct {
	set   Limits
	clock func() time.Time

	mu      sync.Mutex
	hour    int64
	key     [32]byte
	buckets map[[16]byte]*bucket
	waiting int
}

type bucket struct {
	free    [kinds]time.Time // when the next one is due
	tries   []time.Time      // of codes, in the last minute
	streams int
}

// mostBuckets bounds the memory; when it is reached the hour begins anew.
const mostBuckets = 200_000

func newLimiter(set Limits, clock func() time.Time) *limiter {
	return &limiter{set: set, clock: clock}
}

// of finds the bucket of an address. The lock is held.
func (l *limiter) of(addr netip.Addr, now time.Time) *bucket {
	if hour := now.Unix() / 3600; l.buckets == nil || hour != l.hour || len(l.buckets) >= mostBuckets {
		l.hour, l.buckets = hour, map[[16]byte]*bucket{}
		_, _ = rand.Read(l.key[:]) // never fails
	}
	name := l.name(addr)
	b := l.buckets[name]
	if b == nil {
		b = &bucket{}
		l.buckets[name] = b
	}
	return b
}

// name hashes an address. One household has a whole network of version 6.
func (l *limiter) name(addr netip.Addr) (name [16]byte) {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if net, err := addr.Prefix(64); err == nil {
			addr = net.Addr()
		}
	}
	mac := hmac.New(sha256.New, l.key[:])
	_, _ = mac.Write(addr.AsSlice())
	copy(name[:], mac.Sum(nil))
	return name
}

func (l *limiter) rate(k what) Rate {
	return [kinds]Rate{aPage: l.set.Pages, aPost: l.set.Words, aContact: l.set.Contacts}[k]
}

// pass lets a request through, if need be after a while. It reports whether it may
// go on.
func (l *limiter) pass(ctx context.Context, addr netip.Addr, k what) bool {
	wait, ok := l.take(addr, k)
	if !ok || wait == 0 {
		return ok
	}
	defer func() {
		l.mu.Lock()
		l.waiting--
		l.mu.Unlock()
	}()
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// take counts a request and tells how long it has to wait; what waits is counted
// as waiting.
func (l *limiter) take(addr netip.Addr, k what) (time.Duration, bool) {
	r := l.rate(k)
	if r.Burst <= 0 || r.Every <= 0 {
		return 0, true
	}
	if !addr.IsValid() {
		r.Burst, r.Every = r.Burst*l.set.Unknown, r.Every/time.Duration(max(l.set.Unknown, 1))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	b := l.of(addr, now)
	due := b.free[k]
	if full := now.Add(-time.Duration(r.Burst-1) * r.Every); due.Before(full) {
		due = full
	}
	wait := max(due.Sub(now), 0)
	if wait > 0 && (wait > patience || l.waiting >= waiters) {
		return 0, false
	}
	b.free[k] = due.Add(r.Every)
	if wait > 0 {
		l.waiting++
	}
	return wait, true
}

// try counts a try of a return code, and reports whether it may be made.
func (l *limiter) try(addr netip.Addr) bool {
	most := l.set.Codes
	if !addr.IsValid() {
		most *= l.set.Unknown
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	b := l.of(addr, now)
	b.tries = slices.DeleteFunc(b.tries, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	if most > 0 && len(b.tries) >= most {
		return false
	}
	b.tries = append(b.tries, now)
	return true
}

// stream counts an open log. done is called when it is closed.
func (l *limiter) stream(addr netip.Addr) (done func(), ok bool) {
	most := l.set.Streams
	if !addr.IsValid() {
		most *= l.set.Unknown
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.of(addr, l.clock())
	if most > 0 && b.streams >= most {
		return nil, false
	}
	b.streams++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		b.streams--
	}, true
}

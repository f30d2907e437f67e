package peer

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"
)

// Weather is what a network does to packets. The same seed loses the same ones.
type Weather struct {
	Loss   float64       // of all, between 0 and 1
	Jitter time.Duration // each packet is late by up to this, and overtakes others
	Seed   uint64
	// Note is told of each packet that comes towards the line: when it came, and when it goes
	// on, which is the zero time where it is lost. Nil is nobody. It must not wait.
	Note func(packet []byte, came, goes time.Time)
}

// A Relay stands between a telephone and the line, for the sound of one call.
type Relay struct {
	far, near *net.UDPConn
	weather   Weather

	mu          sync.Mutex
	line, phone netip.AddrPort
	drawn       *rand.Rand
	late        []packet // in the order in which they go
	wake        chan struct{}
	closed      bool
	lost, sent  int
}

// NewRelay opens a relay, which goes with the test.
func NewRelay(tb testing.TB, on netip.Addr, w Weather) *Relay {
	tb.Helper()
	r := &Relay{weather: w, drawn: rand.New(rand.NewPCG(w.Seed, 7)), wake: make(chan struct{}, 1)}
	var err error
	r.far, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(on, 0)))
	must(tb, err)
	r.near, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(on, 0)))
	must(tb, err)
	var all sync.WaitGroup
	all.Go(func() { r.read(r.far) })
	all.Go(func() { r.read(r.near) })
	all.Go(r.send)
	tb.Cleanup(func() {
		r.mu.Lock()
		r.closed = true
		r.mu.Unlock()
		_ = r.far.Close()
		_ = r.near.Close()
		r.stir()
		all.Wait()
	})
	return r
}

func at(c *net.UDPConn) netip.AddrPort {
	return c.LocalAddr().(*net.UDPAddr).AddrPort() //nolint:forcetypeassert // of a UDP socket
}

// Ends gives the address that the telephone says as its own, and the one that it sends to.
func (r *Relay) Ends() (hers, near netip.AddrPort) { return at(r.far), at(r.near) }

// To says where the line hears.
func (r *Relay) To(line netip.AddrPort) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.line = line
}

// Figures tells how many packets came, and how many of them were lost.
func (r *Relay) Figures() (came, lost int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent, r.lost
}

// read takes what one side sends.
func (r *Relay) read(from *net.UDPConn) {
	b := make([]byte, 2048)
	for {
		n, who, err := from.ReadFromUDPAddrPort(b)
		if err != nil {
			return
		}
		r.mu.Lock()
		p := packet{by: r.near, to: r.phone, when: time.Now()}
		if from == r.near {
			r.phone = who
			p.by, p.to = r.far, r.line
		}
		r.sent++
		if lost := r.drawn.Float64() < r.weather.Loss; lost || !p.to.IsValid() {
			r.lost++
			r.mu.Unlock()
			r.note(p, b[:n], p.when, time.Time{})
			continue
		}
		came := p.when
		if r.weather.Jitter > 0 {
			p.when = p.when.Add(time.Duration(r.drawn.Int64N(int64(r.weather.Jitter))))
		}
		p.bytes = append([]byte(nil), b[:n]...)
		i, _ := slices.BinarySearchFunc(r.late, p, func(a, b packet) int { return a.when.Compare(b.when) })
		r.late = slices.Insert(r.late, i, p)
		r.mu.Unlock()
		r.stir()
		r.note(p, b[:n], came, p.when)
	}
}

func (r *Relay) note(p packet, b []byte, came, goes time.Time) {
	if r.weather.Note != nil && p.by == r.far {
		r.weather.Note(b, came, goes)
	}
}

func (r *Relay) stir() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// send lets each packet go at its time.
func (r *Relay) send() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		r.mu.Lock()
		wait := time.Hour
		for len(r.late) > 0 && !r.closed {
			if wait = time.Until(r.late[0].when); wait > 0 {
				break
			}
			p := r.late[0]
			r.late = r.late[1:]
			_, _ = p.by.WriteToUDPAddrPort(p.bytes, p.to)
			wait = time.Hour
		}
		closed := r.closed
		r.mu.Unlock()
		if closed {
			return
		}
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-r.wake:
		}
	}
}

type packet struct {
	bytes []byte
	by    *net.UDPConn
	to    netip.AddrPort
	when  time.Time
}

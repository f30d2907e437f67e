package media

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// reporting is the half of a leg that exchanges reports with the peer.
type reporting struct {
	mu     sync.Mutex
	said   netip.AddrPort // where its description wants them
	heard  netip.AddrPort // where its own come from; not valid before the first
	joined bool           // they come by the port of the sound
	source uint32         // of the peer's last sender's report
	middle uint32         // and its time
	at     time.Time      // and when it came
	out    Quality        // what it says of us
}

// Reports are sent often at first, so that a bad line is known early: after half a
// second, one more, two more, and then every five.
const (
	firstReport = 500 * time.Millisecond
	nextReports = 5 * time.Second
)

func (r *reporting) describe(said netip.AddrPort) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if said != r.said {
		r.said, r.heard, r.joined = said, netip.AddrPort{}, false
	}
}

// quality returns what the peer says of how it hears us.
func (r *reporting) quality() Quality {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out
}

// hearReports reads reports, and writes ours when it is time, until the port is closed.
func (l *RTP) hearReports() {
	b := make([]byte, largest)
	wait := firstReport
	next := l.clock().Add(wait)
	for {
		_ = l.reports.SetReadDeadline(next)
		n, from, err := l.reports.ReadFromUDPAddrPort(b)
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err == nil:
			l.talk.hear(l, b[:n], unmap(from), false)
		case errors.Is(err, os.ErrDeadlineExceeded):
			l.talk.say(l, l.clock(), false)
			wait = min(2*wait, nextReports)
			next = l.clock().Add(wait)
		}
	}
}

// hear hears a report. It is believed from where sound is heard, and from where the
// description says.
func (r *reporting) hear(l *RTP, b []byte, from netip.AddrPort, joined bool) {
	now := l.clock()
	l.mu.Lock()
	sound := l.latch.to()
	l.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !sound.IsValid() || from.Addr() != sound.Addr() && from != r.said {
		return
	}
	b, ok := l.secrets.Load().openReport(b)
	if !ok {
		return
	}
	if parseReports(b, func(p report) { r.take(p, l.ssrc, now) }) {
		r.heard, r.joined = from, joined
	}
}

// take takes what one report says.
func (r *reporting) take(p report, ssrc uint32, now time.Time) {
	if p.sent {
		r.source, r.middle, r.at = p.source, middle(p.ntp), now
	}
	if !p.about || p.block.Source != ssrc {
		return
	}
	r.out.LossOut = float64(p.block.Fraction) / 256
	r.out.JitterOut = audio.Length(int(p.block.Jitter))
	if p.block.LastSR != 0 {
		passed := int32(middle(ntp(now)) - p.block.LastSR - p.block.Delay) //nolint:gosec // times that wrap
		r.out.RoundTrip = time.Duration(max(0, passed)) * time.Second / 65536
	}
}

// where returns where reports go.
func (r *reporting) where(sound netip.AddrPort) netip.AddrPort {
	switch {
	case r.heard.IsValid():
		return r.heard
	case r.said.IsValid() && r.said.Addr() == sound.Addr():
		return r.said
	default:
		return netip.AddrPortFrom(sound.Addr(), sound.Port()+1)
	}
}

// say sends a report.
func (r *reporting) say(l *RTP, now time.Time, bye bool) {
	p := report{source: l.ssrc, ntp: ntp(now), bye: bye}
	l.out.mu.Lock()
	p.sent = l.out.packets > 0
	p.packets, p.octets = l.out.packets, l.out.octets
	p.at = l.out.lastAt + uint32(audio.Samples(now.Sub(l.out.timeline.topTime))) //nolint:gosec // timestamps wrap
	l.out.mu.Unlock()
	l.mu.Lock()
	to := l.latch.to()
	p.block, p.about = l.came.Report()
	l.mu.Unlock()
	if !to.IsValid() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.source == p.block.Source && !r.at.IsZero() {
		p.block.LastSR = r.middle
		p.block.Delay = uint32(now.Sub(r.at) * 65536 / time.Second) //nolint:gosec // of some seconds
	}
	b, ok := l.secrets.Load().sealReport(p.bytes(l.name))
	if !ok {
		return
	}
	if r.joined {
		_, _ = l.sound.WriteToUDPAddrPort(b, to)
		return
	}
	_, _ = l.reports.WriteToUDPAddrPort(b, r.where(to))
}

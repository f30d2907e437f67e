package media

import (
	"net/netip"
	"slices"
	"time"
)

// A latch decides whom a leg hears, and so whom it answers. A telephone behind a
// translating router is not reached where its description says, but where its packets
// come from; and whoever guesses a port can send packets there, to be heard or, worse,
// to be sent the call. So: only what comes from the described address or from the
// trunk's own networks may be heard; the first that does holds the line; and another
// takes it over only after silence, or by being exactly what the description says.
type latch struct {
	said     netip.AddrPort // by the description; not valid while there is none
	networks []netip.Prefix // of the trunk
	held     netip.AddrPort // who holds the line; not valid before somebody does
	heard    time.Time      // when its last packet came
}

// silence is how long the holder says nothing until another may take over.
const silence = 2 * time.Second

// describe takes a description. Where it says something new, whoever holds the line
// keeps it only by being there.
func (l *latch) describe(said netip.AddrPort) {
	if said == l.said {
		return
	}
	l.said = said
	if l.held != said {
		l.held, l.heard = netip.AddrPort{}, time.Time{}
	}
}

// may reports whether sound may come from there at all.
func (l *latch) may(from netip.Addr) bool {
	if !l.said.IsValid() {
		return false
	}
	return from == l.said.Addr() || slices.ContainsFunc(l.networks, func(p netip.Prefix) bool { return p.Contains(from) })
}

// admits reports whether a packet from there is heard. Who sends it has proved nothing
// yet but where it stands.
func (l *latch) admits(from netip.AddrPort, now time.Time) bool {
	if from == l.held {
		return true
	}
	return l.may(from.Addr()) && (!l.held.IsValid() || from == l.said || now.Sub(l.heard) >= silence)
}

// take gives the line to where a good packet came from, and reports whether that is
// somebody new.
func (l *latch) take(from netip.AddrPort, now time.Time) (changed bool) {
	changed = from != l.held
	l.held, l.heard = from, now
	return changed
}

// to returns where to send: to whoever holds the line, else where the description says.
func (l *latch) to() netip.AddrPort {
	if l.held.IsValid() {
		return l.held
	}
	return l.said
}

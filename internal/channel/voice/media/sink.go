package media

import (
	"sync/atomic"
	"time"
)

// A Sink is the hearing half of a [Leg]: who hears it, and when there was something
// to hear. Its zero value is ready.
type Sink struct {
	to    atomic.Pointer[func(Packet)]
	heard atomic.Int64 // Unix nanoseconds
}

// Hear is [Leg.Hear].
func (s *Sink) Hear(sink func(Packet)) {
	if sink == nil {
		s.to.Store(nil)
		return
	}
	s.to.Store(&sink)
}

// Heard is [Leg.Heard].
func (s *Sink) Heard() time.Time {
	if ns := s.heard.Load(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}

// Give hands on a packet that came at this time.
func (s *Sink) Give(p Packet, now time.Time) {
	s.heard.Store(now.UnixNano())
	if to := s.to.Load(); to != nil {
		(*to)(p)
	}
}

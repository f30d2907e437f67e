package trunk

import (
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Impatient gives up on a target that says nothing for as long.
func (c *Config) Impatient(d time.Duration) { c.patience = d }

// Number is what a trunk makes of a number.
func Number(t Trunk, s string) string { return (&link{Trunk: t}).number(s) }

// Ready is closed when all sockets are served.
func (s *Service) Ready() <-chan struct{} { return s.ready }

// Sources is how many addresses the sieve counts.
func (s *Service) Sources() int {
	s.sieve.mu.Lock()
	defer s.sieve.mu.Unlock()
	return len(s.sieve.sources)
}

// Known is how many ports the library remembers.
func (s *Service) Known() int { return s.ua.TransportLayer().Pool("udp").Size() }

// Admits asks the sieve.
func (s *Service) Admits(a netip.Addr, b []byte) bool { return s.sieve.admit(a, b) }

// Parse reads a message as a service does.
func Parse(b []byte) (sip.Message, error) { return newParser().ParseSIP(b) }

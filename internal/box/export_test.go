package box

import "testing"

// Hold takes both places of a Slow until release.
func (s *Slow) Hold(testing.TB) (release func()) {
	s.waiting.Add(2)
	s.slots <- struct{}{}
	s.slots <- struct{}{}
	return func() {
		s.waiting.Add(-2)
		<-s.slots
		<-s.slots
	}
}

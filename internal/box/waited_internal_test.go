package box

import (
	"runtime"
	"testing"
)

// What somebody waits for her turn is counted apart from the work.
func TestWaitIsCountedApart(t *testing.T) {
	t.Parallel()
	s := NewSlow()
	s.Weaken(t)
	ctx, waited := Waited(t.Context())
	for range cap(s.slots) {
		s.slots <- struct{}{}
	}
	done := make(chan error)
	go func() {
		_, err := s.Hash(ctx, Current, []byte("secret"), []byte("0123456789abcdef"))
		done <- err
	}()
	for s.waiting.Load() == 0 {
		runtime.Gosched()
	}
	<-s.slots
	if err := <-done; err != nil || waited() == 0 {
		t.Errorf("waited %s, %v", waited(), err)
	}
	if _, other := Waited(t.Context()); other() != 0 {
		t.Error("another context counts it too")
	}
}

package box

import (
	"context"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/argon2"

	"github.com/freeline-org/freeline/internal/problem"
)

// ErrBusy says that too many people are doing slow work at once: 2 work, 32 wait.
var ErrBusy = problem.New(problem.Later, "box.busy")

// Current is the parameter set that new rows name.
const Current = 1

// sets holds the parameters by number: a row names a set and never parameters,
// or whoever writes the row would choose them.
func sets(n int) (time, memory uint32, ok bool) {
	switch n {
	case 1:
		return 3, 64 << 10, true
	}
	return 0, 0, false
}

// Slow runs the slow hash, two at a time, with 32 waiting at most.
type Slow struct {
	slots   chan struct{}
	waiting atomic.Int32
	weak    atomic.Bool
}

// NewSlow returns a Slow. A process has one for staff and one for return codes.
func NewSlow() *Slow { return &Slow{slots: make(chan struct{}, 2)} }

// Weaken makes every hash cost 64 KiB and one pass. Only a test has a testing.TB.
func (s *Slow) Weaken(_ testing.TB) { s.weak.Store(true) }

// Hash is Argon2id (RFC 9106) by the numbered set, or ErrBusy.
func (s *Slow) Hash(ctx context.Context, set int, secret, salt []byte) ([]byte, error) {
	time, memory, ok := sets(set)
	if !ok {
		return nil, ErrOpen
	}
	if s.weak.Load() {
		time, memory = 1, 64
	}
	if s.waiting.Add(1) > 34 {
		s.waiting.Add(-1)
		return nil, ErrBusy
	}
	defer s.waiting.Add(-1)
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.slots }()
	return argon2.IDKey(secret, salt, time, memory, 1, Size), nil
}

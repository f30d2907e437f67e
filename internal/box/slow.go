package box

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/freeline-org/freeline/internal/problem"
)

// ErrBusy says that too many people are doing slow work at once: 2 work, 32 wait.
var ErrBusy = problem.New(problem.Later, "box.busy")

// Current is the parameter set that new rows name.
const Current = 1

// sets holds the parameters by number: a row names a set and never parameters,
// or whoever writes the row would choose them.
func sets(n int) (passes, memory uint32, ok bool) {
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

// waits is where a context counts them.
type waits struct{}

// Waited counts how long hashes under the returned context wait for their turn. What a
// caller's answer takes without that is work, and must be the same for all.
func Waited(ctx context.Context) (context.Context, func() time.Duration) {
	n := new(atomic.Int64)
	return context.WithValue(ctx, waits{}, n), func() time.Duration { return time.Duration(n.Load()) }
}

// Hash is Argon2id (RFC 9106) by the numbered set, or ErrBusy.
func (s *Slow) Hash(ctx context.Context, set int, secret, salt []byte) ([]byte, error) {
	passes, memory, ok := sets(set)
	if !ok {
		return nil, ErrOpen
	}
	if s.weak.Load() {
		passes, memory = 1, 64
	}
	if s.waiting.Add(1) > 34 {
		s.waiting.Add(-1)
		return nil, ErrBusy
	}
	defer s.waiting.Add(-1)
	since := time.Now() //nolint:forbidigo // a length of time, measured for tests
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if waited, ok := ctx.Value(waits{}).(*atomic.Int64); ok {
		waited.Add(int64(time.Since(since))) //nolint:forbidigo // as above
	}
	defer func() { <-s.slots }()
	return argon2.IDKey(secret, salt, passes, memory, 1, Size), nil
}

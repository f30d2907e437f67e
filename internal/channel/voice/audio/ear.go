package audio

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// An Ear keeps what somebody hears, for those who wait until something is in it.
type Ear struct {
	mu    sync.Mutex
	heard []int16
	over  error
	grown chan struct{} // closed when there is more, or nothing more comes
}

// NewEar is one that has heard nothing yet.
func NewEar() *Ear { return &Ear{grown: make(chan struct{})} }

// Hear adds what comes. The samples stay the caller's.
func (e *Ear) Hear(f []int16) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, f...)
	e.wake()
}

// NoMore says that nothing more comes, and why. Of two reasons the first stays.
func (e *Ear) NoMore(why error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over == nil {
		e.over = why
	}
	e.wake()
}

func (e *Ear) wake() {
	close(e.grown)
	e.grown = make(chan struct{})
}

// Heard is all that was heard.
func (e *Ear) Heard() []int16 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.heard)
}

// Hears waits until something is in what is heard from now on: it is asked again as that grows.
func (e *Ear) Hears(ctx context.Context, what func(since []int16) bool) error {
	from := -1
	for {
		e.mu.Lock()
		if from < 0 {
			from = len(e.heard)
		}
		since, grown, over := slices.Clone(e.heard[from:]), e.grown, e.over
		e.mu.Unlock()
		switch {
		case what(since):
			return nil
		case over != nil:
			return over
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return fmt.Errorf("audio: it was not heard: %w", ctx.Err())
		}
	}
}

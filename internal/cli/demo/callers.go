package demo

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/cli/caller"
)

// pace is how callers behave at speed 1.
type pace struct {
	between time.Duration // from one new caller to the next
	types   time.Duration // for a line
	speed   float64
	most    int // at the same time
}

// of is a duration at the demo's speed, a third more or less.
func (p pace) of(d time.Duration) time.Duration {
	return time.Duration(float64(d) / p.speed * (0.7 + 0.6*rand.Float64())) //nolint:gosec // no secret
}

// trickle lets callers come one after the other until ctx ends, and waits for those
// who are there.
func trickle(ctx context.Context, port string, p pace, log *slog.Logger) {
	var there sync.WaitGroup
	defer there.Wait()
	places := make(chan struct{}, p.most)
	all := scripts()
	for n := 0; ; n++ {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return
		}
		there.Go(func() {
			defer func() { <-places }()
			if err := live(ctx, port, n, all[n%len(all)], p); err != nil && ctx.Err() == nil {
				log.DebugContext(ctx, "a made-up caller gave up", "err", err)
			}
		})
		if !sleep(ctx, p.of(p.between)) {
			return
		}
	}
}

// live is one caller from the first page to the last.
func live(ctx context.Context, port string, n int, s script, p pace) error {
	c, err := caller.New("line.localhost:"+port, s.lang, n, func() string { return net.JoinHostPort("127.0.0.1", port) })
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Open(ctx); err != nil {
		return err
	}
	if !sleep(ctx, p.of(2*time.Second)) {
		return ctx.Err()
	}
	if err := c.Press(ctx, "chat", ""); err != nil {
		return err
	}
	answered := 0
	for i, words := range s.lines {
		if !sleep(ctx, p.of(p.types)) {
			return ctx.Err()
		}
		if err := c.Press(ctx, "send", words); err != nil {
			return err
		}
		if i == len(s.lines)-1 {
			break
		}
		if answered, err = wait(ctx, c, answered, p); err != nil {
			return err
		}
	}
	if !sleep(ctx, p.of(time.Minute)) || s.danger {
		return ctx.Err()
	}
	if err := c.Open(ctx); err != nil {
		return err
	}
	return c.Press(ctx, "end", "")
}

// wait is patience: until the line has written more than before, or for ten minutes.
// Her page is open all the while.
func wait(ctx context.Context, c *caller.Caller, had int, p pace) (int, error) {
	for range 200 {
		if err := c.Open(ctx); err != nil {
			return had, err
		}
		_, ours, err := c.Said(ctx, 1<<20, 2*time.Second)
		if err != nil {
			return had, err
		}
		if len(ours) > had {
			return len(ours), nil
		}
		if !sleep(ctx, p.of(3*time.Second)) {
			return had, ctx.Err()
		}
	}
	return had, nil
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

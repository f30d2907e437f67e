//go:build !race

package voice_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/test/load"
)

// A process of two that is told to end gives its calls to the other: nobody is hung up on,
// nobody hears nothing for long, whoever talked talks with the same advocate as soon as her
// browser is there, and whoever waits has her place.
func TestAnUpgradeHandsOver(t *testing.T) {
	t.Parallel()
	z := stagesOf()
	z.talk, z.wait = z.talk/2, z.wait/2
	url, _ := load.NATS(t)
	k := newKilled(t, "postgres", z, "-bus.nodes", "2", "-bus.nats", url)
	talking := k.calls(z.talk)
	for _, c := range talking {
		k.queued(c)
		must(t, c.Hears(k.ctx, telephone.Tone(advocates, -20)))
	}
	var waiting []*telephone.Call
	for range z.wait {
		c := k.call()
		k.queued(c)
		waiting = append(waiting, c)
	}
	all := slices.Concat(talking, waiting)
	live, queue := k.rows(`SELECT id || advocate FROM contact WHERE state = 'live' ORDER BY id`), k.queue()
	k.Move(loopback())
	next := k.Line.Node(k.flags...)
	old := k.node
	k.moves(next)
	stop := silences(k.ctx, all)
	began := time.Now()
	var ending sync.WaitGroup
	ending.Go(func() {
		old.Stop()
		t.Logf("the process has ended %s after it was told to", time.Since(began))
	})
	k.together(talking, began)
	ending.Wait()
	longest := stop()
	t.Logf("nothing was heard for at most %s", longest)
	if longest > z.within {
		t.Errorf("a caller heard nothing for %s, want %s", longest, z.within)
	}
	k.counts("dialog", len(all))
	if again := k.rows(`SELECT id || advocate FROM contact WHERE state = 'live' ORDER BY id`); !slices.Equal(again, live) {
		t.Errorf("%d talk, or with others; %d talked", len(again), len(live))
	}
	if again := k.queue(); !slices.Equal(again, queue) {
		t.Errorf("%d wait, or in another order; %d waited", len(again), len(queue))
	}
	if n := next.Figure(`freeline_calls_taken_over_total{outcome="gone_on"}`); n != float64(len(all)) {
		t.Errorf("%v calls went on, want %d", n, len(all))
	}
	for _, c := range slices.Concat(waiting, talking) {
		must(t, c.HangUp(k.ctx))
	}
	k.counts("dialog", 0)
	if n := next.Figure("freeline_calls"); n != 0 {
		t.Errorf("%v calls are held after the end of all", n)
	}
}

// silences measures for how long callers hear nothing at all, until it is stopped: it gives
// the longest.
func silences(ctx context.Context, all []*telephone.Call) (stop func() time.Duration) {
	ctx, cancel := context.WithCancel(ctx)
	var listening sync.WaitGroup
	var longest atomic.Int64
	for _, c := range all {
		listening.Go(func() {
			for last := time.Now(); ; last = time.Now() {
				if c.Hears(ctx, func(since []int16) bool { return len(since) > 0 }) != nil {
					return
				}
				for took := int64(time.Since(last)); ; {
					was := longest.Load()
					if took <= was || longest.CompareAndSwap(was, took) {
						break
					}
				}
			}
		})
	}
	return func() time.Duration {
		cancel()
		listening.Wait()
		return time.Duration(longest.Load())
	}
}

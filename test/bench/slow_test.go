package bench_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/cli/caller"
	"github.com/freeline-org/freeline/test/bench"
	"github.com/freeline-org/freeline/test/load"
)

// slow fills the call form over a line as a telephone in the country gives it: 800 ms
// there and back, 35 kbit/s (WEB.md 2). A desk that is opened anew begins with the form;
// then an answer is typed every second and a half.
func slow(t testing.TB, table *bench.Table) {
	h := load.New(t, "sqlite", 1, 2)
	n := h.Node()
	where := n.At
	at := func() string { return where }
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	defer func() { cancel(); work.Wait() }()
	adv := load.Sign(t, h.Cast.Actors[2], at)
	takes, stop := context.WithCancel(ctx)
	var taking sync.WaitGroup
	taking.Go(func() { adv.Work(takes) })
	c, err := caller.New("line.localhost", "en", 0, at)
	must(t, err)
	defer c.Close()
	must(t, c.Open(ctx))
	must(t, c.Press(ctx, "chat", ""))
	must(t, c.Press(ctx, "send", "hello"))
	id := taken(t, h)
	stop()
	taking.Wait()

	where = load.Relay(t, func() string { return n.At }, load.Slow{Delay: 400 * time.Millisecond, Rate: 35_000 / 8})
	s := load.NewScribe(adv, id, false)
	begun := time.Now()
	work.Go(func() { s.Sit(ctx) })
	until(t, time.Minute, s.Ready)
	for range 15 {
		s.Type(ctx, 0)
		time.Sleep(1500 * time.Millisecond) // as somebody types
	}
	until(t, time.Minute, func() bool { return s.Owes() == 0 })
	shown, took := s.Figures()
	table.Shown("slow line: the form stands on a desk opened anew", "", shown.Sub(begun).Seconds(), "s")
	table.Shown("slow line: an answer is durable, p50", "", bench.Percentile(took, 50), "ms")
	table.AtMost("slow line: an answer is durable, p99", "", bench.Percentile(took, 99), "ms", 2000)
}

// taken waits until somebody has the one contact, and names it.
func taken(t testing.TB, h *load.House) (id string) {
	until(t, 30*time.Second, func() bool {
		h.Inside(func(l *app.Line) {
			if l.Main.One(t.Context(), `SELECT id FROM contact WHERE state = 'live'`, nil, &id) != nil {
				id = ""
			}
		})
		return id != ""
	})
	return id
}

// until looks until something is so.
func until(t testing.TB, most time.Duration, so func() bool) {
	t.Helper()
	for end := time.Now().Add(most); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it takes too long")
		}
	}
}

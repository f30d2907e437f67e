package load_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/cli/caller"
	"github.com/freeline-org/freeline/test/load"
)

// heard waits for lines on an advocate's desk.
type heard struct {
	mu   sync.Mutex
	when map[string]time.Time
}

func (h *heard) note(_, text string, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.when[text] = at
}

func (h *heard) wait(t *testing.T, text string, most time.Duration) time.Time {
	t.Helper()
	var at time.Time
	waitFor(t, most, "a line to come to the desk", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		at = h.when[text]
		return !at.IsZero()
	})
	return at
}

// Two processes serve one line: what is written at one is on the desk at the other at
// once; when one dies, the other goes on for both sides without a new sign-in; when
// the bus dies, everything goes on within the poll.
func TestTwoNodes(t *testing.T) {
	h := load.New(t, "postgres", 1, 5)
	url, stopNATS := load.NATS(t)
	flags := []string{"-bus.nodes", "2", "-bus.nats", url}
	a, b := h.Node(flags...), h.Node(flags...)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	deskAt, strangerAt := b.At, a.At // who was at a node that dies comes to the other
	var mu sync.Mutex
	where := func(p *string) func() string {
		return func() string { mu.Lock(); defer mu.Unlock(); return *p }
	}
	lines := &heard{when: map[string]time.Time{}}
	adv := load.Sign(t, h.Cast.Actors[2], where(&deskAt))
	adv.Heard = lines.note
	desks, leave := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { adv.Work(desks) })
	defer func() { leave(); work.Wait() }()
	c, err := caller.New("line.localhost", "en", 1, where(&strangerAt))
	must(t, err)
	defer c.Close()
	must(t, again(ctx, func() error { return c.Open(ctx) }))
	must(t, again(ctx, func() error { return c.Press(ctx, "chat", "") }))
	say := func(text string, most time.Duration) time.Duration {
		t.Helper()
		must(t, again(ctx, func() error { return c.Press(ctx, "send", text) }))
		done := time.Now()
		return lines.wait(t, text, most).Sub(done)
	}
	say("the first line", 20*time.Second)

	// With the bus, a line is on the other node's desk long before its poll. Ten are
	// written, at moments that no poll of two seconds could all meet by chance.
	late := 0
	for i := range 10 {
		if took := say(fmt.Sprintf("with the bus %d", i), 5*time.Second); took > 300*time.Millisecond {
			late++
		}
		time.Sleep(130 * time.Millisecond) // so that the ten are spread over the poll
	}
	if late > 1 {
		t.Errorf("%d of 10 lines took longer than 300 ms from one node to the other", late)
	}

	// The stranger's node dies; she goes on at the other.
	a.Kill()
	mu.Lock()
	strangerAt = b.At
	mu.Unlock()
	begun := time.Now()
	say("after her node died", 10*time.Second)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("she could go on after %s, want 5 s at most", took)
	}

	// The advocate's node dies; her desk goes on at the one that came back.
	a.Start()
	b.Kill()
	mu.Lock()
	strangerAt, deskAt = a.At, a.At
	mu.Unlock()
	begun = time.Now()
	say("after the advocate's node died", 10*time.Second)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the desk went on after %s, want 5 s at most", took)
	}

	// The bus dies: the poll finds everything.
	b.Start()
	mu.Lock()
	strangerAt = b.At
	mu.Unlock()
	say("before the bus died", 10*time.Second)
	stopNATS()
	for i := range 3 {
		if took := say(fmt.Sprintf("without the bus %d", i), 6*time.Second); took > 2500*time.Millisecond {
			t.Errorf("a line took %s without the bus, want the poll of 2 s", took)
		}
	}
}

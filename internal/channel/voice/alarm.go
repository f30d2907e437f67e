package voice

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
)

// again is how often it is said that a trunk is still down.
const again = time.Minute

// down is how long a trunk may be down before it is told.
const down = 30 * time.Second

// A Trouble is told when a trunk has been down for half a minute, and when it is back.
type Trouble interface {
	Down(ctx context.Context, h trunk.Health) error
	Up(ctx context.Context, name string) error
}

// alarm waits whether a trunk that is down comes back by itself.
type alarm struct {
	mu     sync.Mutex
	health map[string]trunk.Health
	rang   map[string]rung // what was told last
	wake   chan struct{}
}

// rung is what was told of a trunk, and when.
type rung struct {
	code trunk.Code
	at   time.Time
}

func newAlarm() *alarm {
	return &alarm{health: map[string]trunk.Health{}, rang: map[string]rung{}, wake: make(chan struct{}, 1)}
}

// notice takes up how a trunk stands. It never waits.
func (a *alarm) notice(h trunk.Health) {
	a.mu.Lock()
	if was, known := a.health[h.Trunk]; known && !was.Up() && !h.Up() {
		h.Since = was.Since // what fails may change; that it fails does not
	}
	a.health[h.Trunk] = h
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// due lists what is to be told at a moment, and when to look again. That a trunk works is
// told once at the beginning too: the process before this one may have ended while it was
// down.
func (a *alarm) due(now time.Time) (rise, fall []trunk.Health, next time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	next = time.Hour
	for name, h := range a.health {
		rang, left := a.rang[name], h.Since.Add(down).Sub(now)
		switch {
		case h.Up() && rang.code == h.Code:
		case h.Up():
			fall = append(fall, h)
		case left > 0:
			next = min(next, left)
		case rang.code != h.Code || now.Sub(rang.at) >= again:
			rise = append(rise, h)
			next = min(next, again)
		default:
			next = min(next, again-now.Sub(rang.at))
		}
	}
	return rise, fall, next
}

func (a *alarm) told(h trunk.Health, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rang[h.Trunk] = rung{h.Code, now}
}

// run tells until ctx ends. What cannot be told is tried again every few seconds.
func (a *alarm) run(ctx context.Context, clock func() time.Time, log *slog.Logger, t Trouble) {
	for {
		now := clock()
		rise, fall, next := a.due(now)
		for _, h := range rise {
			if err := t.Down(ctx, h); err != nil {
				log.ErrorContext(ctx, "nobody could be told that a trunk is down", "err", err, "line", h.Trunk)
				next = within
				continue
			}
			a.told(h, now)
		}
		for _, h := range fall {
			if err := t.Up(ctx, h.Trunk); err != nil {
				next = within
				continue
			}
			a.told(h, now)
		}
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		case <-time.After(next):
		}
	}
}

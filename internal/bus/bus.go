// Package bus tells whoever listens, on this node and on others, where to look
// again. A [Hint] carries identifiers and no content, may be lost, and proves
// nothing: the database is the truth, and who listens polls as well.
package bus

import (
	"slices"
	"sync"
	"sync/atomic"
)

// A Hint says that something of this topic has changed: look at it.
type Hint struct {
	Topic string // what kind of thing, such as "contact"
	ID    string // which one
	Seq   int64  // how far it has come, where things are numbered
}

// Missed is the topic of the hint that says that others were lost: look at all.
const Missed = "missed"

// Bus is what carries hints: [Memory] for one node, [NATS] for several.
type Bus interface {
	// Publish never waits and never fails; a hint that nobody can take is lost.
	Publish(h Hint)
	// Subscribe calls f with every hint, one after the other, until stop
	// returns. A slow f holds up nobody but itself: it loses hints and is told
	// with [Missed]. f must not call its own stop.
	Subscribe(f func(Hint)) (stop func())
}

// waiting is how many hints a slow subscriber may be behind.
const waiting = 256

// Local carries hints between the goroutines of one node.
type Local struct {
	mu   sync.RWMutex
	subs []*subscriber
}

type subscriber struct {
	queue  chan Hint
	missed atomic.Bool
	ended  chan struct{}
}

// Memory returns a bus for one node.
func Memory() *Local { return new(Local) }

// Publish tells all subscribers.
func (l *Local) Publish(h Hint) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, s := range l.subs {
		select {
		case s.queue <- h:
		default:
			s.missed.Store(true)
		}
	}
}

// Subscribe calls f until stop returns.
func (l *Local) Subscribe(f func(Hint)) (stop func()) {
	s := &subscriber{queue: make(chan Hint, waiting), ended: make(chan struct{})}
	l.mu.Lock()
	l.subs = append(l.subs, s)
	l.mu.Unlock()
	go s.deliver(f) // ends with stop, which waits for it
	return sync.OnceFunc(func() {
		l.mu.Lock()
		l.subs = slices.DeleteFunc(l.subs, func(o *subscriber) bool { return o == s })
		l.mu.Unlock()
		close(s.queue)
		<-s.ended
	})
}

// deliver says that hints were missed after those that were not: the queue was
// full then, so that another one follows.
func (s *subscriber) deliver(f func(Hint)) {
	defer close(s.ended)
	for h := range s.queue {
		f(h)
		if s.missed.Swap(false) {
			f(Hint{Topic: Missed})
		}
	}
}

package db

import (
	"slices"
	"sync"
)

// watchers are told of what is kept, in this process.
type watchers struct {
	mu  sync.RWMutex
	all []*watcher
}

type watcher struct {
	topic string
	f     func()
}

// Watch calls f after each commit in which somebody called [Tx.Notify] with this
// topic, before Write returns to her. f does not wait for anything. Other
// processes are told by the bus.
func (d *DB) Watch(topic string, f func()) (stop func()) {
	w := &watcher{topic, f}
	d.watchers.mu.Lock()
	defer d.watchers.mu.Unlock()
	d.watchers.all = append(d.watchers.all, w)
	return func() {
		d.watchers.mu.Lock()
		defer d.watchers.mu.Unlock()
		d.watchers.all = slices.DeleteFunc(d.watchers.all, func(o *watcher) bool { return o == w })
	}
}

func (ws *watchers) tell(topics []string) {
	if len(topics) == 0 {
		return
	}
	ws.mu.RLock()
	defer ws.mu.RUnlock()
	for _, w := range ws.all {
		if slices.Contains(topics, w.topic) {
			w.f()
		}
	}
}

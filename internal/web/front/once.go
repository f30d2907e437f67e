package front

import (
	"context"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// once makes a code once for each form, however often its button is pressed while
// the line is slow. It forgets it after a minute.
type once struct {
	clock func() time.Time
	mu    sync.Mutex
	made  map[string]*making
}

type making struct {
	at   time.Time
	done chan struct{}
	code seal.Text
	err  error
}

// remember is how long a second press gets the code of the first.
const remember = time.Minute

// do returns what fresh returns for this form, or returned a moment ago.
func (o *once) do(ctx context.Context, form string, fresh func() (seal.Text, error)) (seal.Text, error) {
	o.mu.Lock()
	now := o.clock()
	for id, m := range o.made {
		if now.Sub(m.at) > remember {
			delete(o.made, id)
		}
	}
	m, again := o.made[form]
	if !again {
		m = &making{at: now, done: make(chan struct{})}
		o.made[form] = m
	}
	o.mu.Unlock()
	if again {
		select {
		case <-m.done:
			return m.code, m.err
		case <-ctx.Done():
			return seal.Text{}, ctx.Err()
		}
	}
	m.code, m.err = fresh()
	close(m.done)
	if m.err != nil { // the next press tries again
		o.mu.Lock()
		delete(o.made, form)
		o.mu.Unlock()
	}
	return m.code, m.err
}

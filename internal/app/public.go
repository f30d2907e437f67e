package app

import (
	"context"
	"net/http"
	"slices"
	"sync"

	"github.com/freeline-org/freeline/internal/web/front"
)

// public is the face that callers see. It is built anew when the line changes the
// languages of its pages; logs that are open then end, and open again by themselves.
type public struct {
	make      func(languages []string) (*front.Front, error)
	languages func(ctx context.Context) ([]string, error)
	counter   func(ctx context.Context) int64 // changes with every publication

	mu   sync.Mutex
	made *front.Front
	of   []string
	at   int64
}

func (p *public) current(ctx context.Context) *front.Front {
	n := p.counter(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.made != nil && n == p.at {
		return p.made
	}
	of, err := p.languages(ctx)
	if err == nil && (p.made == nil || !slices.Equal(of, p.of)) {
		made, err := p.make(of)
		if err == nil {
			if p.made != nil {
				p.made.Close()
			}
			p.made, p.of = made, of
		}
	}
	p.at = n
	return p.made
}

func (p *public) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.current(r.Context()).ServeHTTP(w, r)
}

func (p *public) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made.Close()
}

package observe

import (
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/freeline-org/freeline/internal/problem"
)

// A Check returns an error while a part cannot do its work.
type Check func(ctx context.Context) error

// Health answers whoever asks whether this process lives, and whether callers may
// be sent to it. Its answers name parts and the keys of problems, nothing else.
type Health struct {
	parts    map[string]*part
	draining atomic.Bool
}

type part struct {
	check   Check
	running atomic.Bool
}

// patience bounds the checks: a load balancer does not wait for a slow disk.
const patience = 2 * time.Second

// NewHealth returns the health of the parts that are named.
func NewHealth(checks map[string]Check) *Health {
	h := &Health{parts: map[string]*part{}}
	for name, check := range checks {
		h.parts[name] = &part{check: check}
	}
	return h
}

// Drain makes Ready answer no for good, so that nobody new is sent here while
// those who are here are served to the end.
func (h *Health) Drain() { h.draining.Store(true) }

// Live serves /healthz: the process runs and answers. It looks at nothing else,
// since a restart mends neither a database nor a network.
func (h *Health) Live(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok\n") }

// Ready serves /readyz: 200 when every part can do its work, else 503, and a line
// for each part.
func (h *Health) Ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	status, lines := http.StatusOK, h.ask(ctx)
	if h.draining.Load() {
		lines = append(lines, "draining")
	}
	for _, l := range lines {
		if !strings.HasSuffix(l, " ok") {
			status = http.StatusServiceUnavailable
		}
	}
	answer(w, status, strings.Join(append(lines, ""), "\n"))
}

// ask runs the checks side by side and returns a line for each, in order of name.
// A check that outlasts the context is late; until it has ended, nobody starts it
// again.
func (h *Health) ask(ctx context.Context) []string {
	type result struct{ name, said string }
	results := make(chan result, len(h.parts))
	asked := 0
	for name, p := range h.parts {
		if !p.running.CompareAndSwap(false, true) {
			continue
		}
		asked++
		go func() {
			defer p.running.Store(false)
			said := "ok"
			if err := p.check(ctx); err != nil {
				said = problem.Of(err).Key
			}
			results <- result{name, said}
		}()
	}
	said := map[string]string{}
	for len(said) < asked && ctx.Err() == nil {
		select {
		case r := <-results:
			said[r.name] = r.said
		case <-ctx.Done():
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(h.parts)) {
		if said[name] == "" {
			said[name] = "late"
		}
		lines = append(lines, name+" "+said[name])
	}
	return lines
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// Routes lists the patterns of the operator's own address.
func Routes() []string { return []string{"GET /healthz", "GET /readyz", "GET /metrics"} }

// Operator is what the operator's own address serves: health, readiness and figures.
// It is never served on a public one.
func Operator(m *Metrics, h *Health) http.Handler {
	mux := http.NewServeMux()
	for i, serve := range []http.Handler{http.HandlerFunc(h.Live), http.HandlerFunc(h.Ready), m.Handler()} {
		mux.Handle(Routes()[i], serve)
	}
	return mux
}

package trunk

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// Quiet returns a logger for libraries that print what came from outside. Of a line it
// keeps the level from warnings up, and the message where it is plain words; of the
// attributes nothing. Each message is said once a process and then counted: a scanner
// must not fill the log.
func Quiet(log *slog.Logger) *slog.Logger {
	return slog.New(quiet{to: log.Handler(), said: &said{seen: map[string]int{}}})
}

type quiet struct {
	to   slog.Handler
	said *said
}

type said struct {
	mu   sync.Mutex
	seen map[string]int
}

// Enabled keeps warnings and errors.
func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.to.Enabled(ctx, l)
}

// Handle passes on that something was said, the 1st, 10th, 100th time and so on.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	what := r.Message
	if !plain(what) {
		what = "a library said something"
	}
	n, tell := q.said.count(what)
	if !tell {
		return nil
	}
	line := slog.NewRecord(r.Time, r.Level, what, 0)
	line.AddAttrs(slog.String("part", "sip"), slog.Int("count", n))
	return q.to.Handle(ctx, line)
}

// WithAttrs drops them.
func (q quiet) WithAttrs([]slog.Attr) slog.Handler { return q }

// WithGroup opens none.
func (q quiet) WithGroup(string) slog.Handler { return q }

func (s *said) count(what string) (int, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.seen[what]; !known && len(s.seen) >= 100 {
		what = ""
	}
	s.seen[what]++
	n := s.seen[what]
	tell := n
	for tell%10 == 0 {
		tell /= 10
	}
	return n, tell == 1
}

// plain reports whether a message can only be one that stands in a source: words, no
// digit, no quotation.
func plain(s string) bool {
	return s != "" && len(s) <= 100 && !strings.ContainsFunc(s, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || strings.ContainsRune(" ,.-", r))
	})
}

// Quieten sets what the library keeps for the whole process: the logger of its
// connections, which is to say nothing, and the largest datagram. It refuses to send
// more than 1300 bytes over UDP, and an answer that repeats the route through some
// carriers is longer: IP splits it, as for everybody. Whoever uses the library calls it
// before.
func Quieten() { quieten() }

var quieten = sync.OnceFunc(func() { //nolint:gochecknoglobals // sipgo's are
	sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
	sip.UDPMTUSize = 65_000
})

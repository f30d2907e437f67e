package observe

import (
	"context"
	"io"
	"log/slog"
	"strings"
)

// NewLog returns a logger that writes one JSON object a line, with nothing in it
// that [keys] does not allow. What it withholds is counted in m.
func NewLog(w io.Writer, level slog.Leveler, m *Metrics) *slog.Logger {
	return slog.New(&handler{
		next:     slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}),
		keys:     keys(),
		words:    ourWords(),
		withheld: withheld(m),
	})
}

func withheld(m *Metrics) Counters {
	return m.Counters("log_withheld_total", "What the log did not show, by what it was.", "what", "key", "value", "message", "server_line")
}

type handler struct {
	next     slog.Handler
	keys     map[string]shape
	words    map[string]bool
	withheld Counters
	before   int // withheld by WithAttrs, told with each line
}

// Enabled is the next handler's.
func (h *handler) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

// Handle passes on what is allowed.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	message := r.Message
	if !constant(message) {
		h.withheld.Of("message").Add(1)
		message = Withheld
	}
	kept := slog.NewRecord(r.Time.UTC(), r.Level, message, r.PC)
	dropped := h.before
	r.Attrs(func(a slog.Attr) bool {
		attrs, n := h.allow(a)
		kept.AddAttrs(attrs...)
		dropped += n
		return true
	})
	if dropped > 0 {
		kept.AddAttrs(slog.Int("withheld", dropped))
	}
	return h.next.Handle(ctx, kept)
}

// WithAttrs keeps what is allowed for all later lines.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	var kept []slog.Attr
	for _, a := range attrs {
		allowed, n := h.allow(a)
		kept = append(kept, allowed...)
		with.before += n
	}
	with.next = h.next.WithAttrs(kept)
	return &with
}

// WithGroup opens no group: keys mean the same everywhere, and a name could come
// from outside.
func (h *handler) WithGroup(string) slog.Handler { return h }

// allow returns what may be shown of an attribute, and how many values it lost.
func (h *handler) allow(a slog.Attr) (kept []slog.Attr, lost int) {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		for _, inner := range v.Group() {
			k, n := h.allow(inner)
			kept, lost = append(kept, k...), lost+n
		}
		return kept, lost
	}
	if a.Key == "" {
		return nil, 0
	}
	want, ok := h.keys[a.Key]
	if !ok {
		h.withheld.Of("key").Add(1)
		return nil, 1
	}
	shown, ok := want(h, v)
	if !ok {
		h.withheld.Of("value").Add(1)
		return nil, 1
	}
	return []slog.Attr{{Key: a.Key, Value: shown}}, 0
}

// constant reports whether a message may be one that was written in the source:
// a few words without a digit or a quotation.
func constant(message string) bool {
	const punctuation = " ,.:;-_/()'"
	return message != "" && len(message) <= 100 && strings.Trim(message, letters+punctuation) == "" &&
		!strings.ContainsFunc(message, func(r rune) bool { return !strings.ContainsRune(letters+punctuation, r) })
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

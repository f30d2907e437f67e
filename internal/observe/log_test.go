package observe_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/observe"
	"github.com/freeline-org/freeline/internal/problem"
)

// canary is in every value that must not be shown.
const canary = "Juana Perez +1 555 0123"

func newLog(t *testing.T) (*slog.Logger, *bytes.Buffer, *observe.Metrics) {
	t.Helper()
	var out bytes.Buffer
	m := observe.NewMetrics()
	return observe.NewLog(&out, slog.LevelDebug, m), &out, m
}

func line(t *testing.T, out *bytes.Buffer) map[string]any {
	t.Helper()
	got := map[string]any{}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("not one JSON line: %v in %q", err, out)
	}
	delete(got, "time")
	delete(got, "level")
	return got
}

func metrics(t *testing.T, m *observe.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

type contactID string

type secret struct{ Words string }

func (secret) LogValue() slog.Value { return slog.StringValue("[withheld]") }

type kind int

func (kind) String() string { return "chat" }

func TestLogShowsWhatIsListed(t *testing.T) {
	log, out, _ := newLog(t)
	log.Info("channel stopped", "channel", "textline", "contact", contactID("0123456789ABCDEFGHJKMNPQRS"), "queue", "night",
		"kind", kind(1), "attempt", 3, "epoch", uint8(4), "again_in", 90*time.Second, "ok", true, "route", "POST /situation/{id}/close",
		"due", time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("x", 3600)), "lang", "zh-Hant", "file", "/var/lib/line/main.db",
		slog.Group("more", "state", "live"))
	got := fmt.Sprint(line(t, out))
	want := fmt.Sprint(map[string]any{
		"msg": "channel stopped", "channel": "textline", "contact": "0123456789ABCDEFGHJKMNPQRS", "queue": "night",
		"kind": "chat", "attempt": 3, "epoch": 4, "again_in": "1m30s", "ok": true, "route": "POST /situation/{id}/close",
		"due": "2026-01-02T02:04:05Z", "lang": "zh-Hant", "file": "/var/lib/line/main.db", "state": "live",
	})
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestLogWithholdsWhatCouldBeWords(t *testing.T) {
	tests := map[string]func(*slog.Logger){
		"unknown key":        func(l *slog.Logger) { l.Info("x", "caller", canary) },
		"name under a word":  func(l *slog.Logger) { l.Info("x", "channel", canary) },
		"number as a word":   func(l *slog.Logger) { l.Info("x", "kind", "n15550123") },
		"name as id":         func(l *slog.Logger) { l.Info("x", "contact", canary) },
		"text as number":     func(l *slog.Logger) { l.Info("x", "count", canary) },
		"struct":             func(l *slog.Logger) { l.Info("x", "contact", struct{ Name string }{canary}) },
		"bytes":              func(l *slog.Logger) { l.Info("x", "kind", []byte(canary)) },
		"text as error":      func(l *slog.Logger) { l.Info("x", "err", canary) },
		"nil":                func(l *slog.Logger) { l.Info("x", "contact", nil) },
		"sealed":             func(l *slog.Logger) { l.Info("x", "contact", secret{canary}) },
		"with":               func(l *slog.Logger) { l.With("caller", canary, "channel", canary).Info("x") },
		"group":              func(l *slog.Logger) { l.WithGroup(canary).Info("x", "caller", canary) },
		"in a group":         func(l *slog.Logger) { l.Info("x", slog.Group(canary, "caller", canary)) }, //nolint:sloglint // what must not be written
		"address as route":   func(l *slog.Logger) { l.Info("x", "route", "/hook/Juana") },
		"number as duration": func(l *slog.Logger) { l.Info("x", "took", 15550123) },
		"time as word":       func(l *slog.Logger) { l.Info("x", "state", time.Unix(15550123, 0)) },
		"key from outside":   func(l *slog.Logger) { l.Info("x", canary, 1) }, //nolint:sloglint // what must not be written
		"odd pair":           func(l *slog.Logger) { l.Info("x", []any{canary}...) },
		"message":            func(l *slog.Logger) { l.Info(canary) },
		"quoting message":    func(l *slog.Logger) { l.Info("no route to \"Juana Perez\"") },
		"long message":       func(l *slog.Logger) { l.Info(strings.Repeat("Juana ", 30)) }, //nolint:sloglint // what must not be written
	}
	for name, say := range tests {
		t.Run(name, func(t *testing.T) {
			log, out, m := newLog(t)
			say(log)
			for _, word := range []string{"Juana", "Perez", "555", "0123"} {
				if rest := strings.ReplaceAll(fmt.Sprint(line(t, out)), "555 01xx", ""); strings.Contains(rest, word) {
					t.Errorf("the log says %s", out)
				}
			}
			if got := line(t, out); got["withheld"] == nil && got["msg"] != observe.Withheld {
				t.Errorf("the line does not say that it withholds: %s", out)
			}
			if !strings.Contains(metrics(t, m), "} 1\n") || strings.Contains(metrics(t, m), "Juana") {
				t.Errorf("not counted, or counted by name:\n%s", metrics(t, m))
			}
		})
	}
}

func TestErrorsShowOnlyConstantText(t *testing.T) {
	closed := problem.New(problem.Conflict, "contact.closed")
	log, out, _ := newLog(t)
	log.Error("request failed", "err", fmt.Errorf("close %s: %w", canary, closed))
	if got := line(t, out)["err"]; got != "…: contact.closed" {
		t.Errorf("err = %q, want the key and no more", got)
	}
	if got := observe.Fault(errors.Join(closed, io.EOF, nil)); got != "contact.closed; EOF" {
		t.Errorf("joined = %q", got)
	}
}

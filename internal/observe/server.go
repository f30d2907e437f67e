package observe

import (
	"context"
	"log" //nolint:depguard // http.Server.ErrorLog wants one
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
)

// ServerLog returns what http.Server.ErrorLog is to be set to. net/http writes
// remote addresses, header values and panic values into its lines; of each only
// what happened goes on to to, and where in the source, when it was a panic.
func ServerLog(to *slog.Logger, m *Metrics) *log.Logger {
	kinds := []string{"other"}
	for _, l := range serverLines() {
		kinds = append(kinds, l.kind)
	}
	return log.New(&serverLog{
		to:     to,
		lines:  m.Counters("http_server_lines_total", "Complaints of the HTTP server, by kind.", "kind", kinds...),
		hidden: withheld(m),
	}, "", 0)
}

type serverLog struct {
	to     *slog.Logger
	lines  Counters
	hidden Counters
}

// A serverLine is one that net/http is known to write.
type serverLine struct {
	begins, kind string
	level        slog.Level
}

// serverLines are told apart by their beginnings; the first that fits counts.
// Failed handshakes are what scanners make all day, so they are for debugging.
func serverLines() []serverLine {
	return []serverLine{
		{"http: TLS handshake error from ", "tls_handshake", slog.LevelDebug},
		{"http: panic serving ", "panic", slog.LevelError},
		{"http2: panic serving ", "panic_h2", slog.LevelError},
		{"http: Accept error: ", "accept", slog.LevelError},
		{"http: superfluous response.WriteHeader call from ", "header_twice", slog.LevelWarn},
		{"http: response.WriteHeader on hijacked connection", "header_hijacked", slog.LevelWarn},
		{"http: response.Write on hijacked connection", "write_hijacked", slog.LevelWarn},
		{"http: invalid Content-Length", "content_length", slog.LevelWarn},
		{"http: WriteHeader called with both", "length_and_encoding", slog.LevelWarn},
		{"http2: ", "http2", slog.LevelDebug},
		{"timeout waiting for ", "http2_timeout", slog.LevelDebug},
	}
}

// Write takes one line.
func (s *serverLog) Write(line []byte) (int, error) {
	text := string(line)
	for _, l := range serverLines() {
		if !strings.HasPrefix(text, l.begins) {
			continue
		}
		s.lines.Of(l.kind).Add(1)
		attrs := []any{"kind", l.kind}
		if at := sources(text); at != "" && l.level > slog.LevelDebug {
			attrs = append(attrs, "at", at)
		}
		if why := reason(text); why != "" {
			attrs = append(attrs, "reason", why)
		}
		s.to.Log(context.Background(), l.level, "http server complained", attrs...)
		return len(line), nil
	}
	s.lines.Of("other").Add(1)
	s.hidden.Of("server_line").Add(1)
	s.to.WarnContext(context.Background(), "http server complained", "kind", "other")
	return len(line), nil
}

// source is a place in the source as stack traces and net/http name it.
var source = regexp.MustCompile(`(?m)^\t(/[^\s:]+\.go):([0-9]+)|\(([a-z0-9_]+\.go):([0-9]+)\)`)

// sources lists the places in the source that a text names, the innermost first,
// each with its last directory; those of net/http and the runtime say nothing.
func sources(text string) string {
	var at []string
	for _, m := range source.FindAllStringSubmatch(text, -1) {
		file, line := m[1]+m[3], m[2]+m[4]
		if strings.Contains(file, "/src/runtime/") || strings.Contains(file, "/src/net/http/") || len(at) == 12 {
			continue
		}
		place := strings.ToLower(filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file) + ":" + line)
		at = append(at, strings.TrimPrefix(place, "./"))
	}
	return strings.Join(at, " ")
}

// reason is a word for why a handshake failed, where it is one we know.
func reason(text string) string {
	for _, r := range []struct{ says, word string }{
		{"client sent an HTTP request", "plain_http"},
		{"does not look like a TLS handshake", "not_tls"},
		{"unsupported versions", "old_version"},
		{"no cipher suite supported", "no_cipher"},
		{"unknown certificate", "certificate_refused"},
		{"bad certificate", "certificate_refused"},
		{"server name", "no_such_name"},
		{"connection reset", "reset"},
		{"i/o timeout", "timeout"},
		{"EOF", "closed"},
		{"too many open files", "too_many_files"},
	} {
		if strings.Contains(text, r.says) {
			return r.word
		}
	}
	return ""
}

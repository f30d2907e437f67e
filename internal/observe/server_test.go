package observe_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/observe"
)

// lines collects a log that several goroutines write.
type lines struct {
	mu  sync.Mutex
	all strings.Builder
	any chan struct{}
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.any <- struct{}{}:
	default:
	}
	return l.all.Write(b)
}

func (l *lines) wait(t *testing.T) string {
	t.Helper()
	select {
	case <-l.any:
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was logged")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

func TestServerLogLosesTheAddress(t *testing.T) {
	out := &lines{any: make(chan struct{}, 1)}
	m := observe.NewMetrics()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = observe.ServerLog(observe.NewLog(out, slog.LevelDebug, m), m)
	server.StartTLS()
	defer server.Close()
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: Juana\r\n\r\n")
	got := out.wait(t)
	if !strings.Contains(got, `"kind":"tls_handshake"`) || !strings.Contains(got, `"reason":"plain_http"`) {
		t.Errorf("the log says %s", got)
	}
	if strings.Contains(got, "127.0.0.1") || strings.Contains(got, "Juana") {
		t.Errorf("the log names an address or what was sent: %s", got)
	}
}

func TestServerLogSaysWhereItPanickedAndNotWhatAbout(t *testing.T) {
	out := &lines{any: make(chan struct{}, 1)}
	m := observe.NewMetrics()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(canary) }))
	server.Config.ErrorLog = observe.ServerLog(observe.NewLog(out, slog.LevelDebug, m), m)
	server.Start()
	defer server.Close()
	if r, err := http.Get(server.URL + "/?q=Juana"); err == nil {
		_ = r.Body.Close()
	}
	got := out.wait(t)
	if !strings.Contains(got, `"kind":"panic"`) || !strings.Contains(got, "observe/server_test.go:") {
		t.Errorf("the log does not say where: %s", got)
	}
	for _, word := range []string{"Juana", "555", "127.0.0.1"} {
		if strings.Contains(got, word) {
			t.Errorf("the log says %q: %s", word, got)
		}
	}
}

func TestServerLogWithholdsWhatItDoesNotKnow(t *testing.T) {
	known := []string{
		"http: Accept error: accept tcp 192.0.2.1:443: too many open files; retrying in 5ms",
		"http: superfluous response.WriteHeader call from main.(*x).Juana (desk.go:84)",
		"http: response.WriteHeader on hijacked connection from x (desk.go:84)",
		"http: response.Write on hijacked connection from x (desk.go:84)",
		`http: invalid Content-Length of "Juana"`,
		`http: WriteHeader called with both Transfer-Encoding of "Juana" and a Content-Length of 1`,
		"http2: server connection error from 192.0.2.1:1: x",
		"http2: panic serving 192.0.2.1:1: Juana",
		"timeout waiting for SETTINGS frames from 192.0.2.1:1",
	}
	for _, text := range append(known, "Juana called from 192.0.2.1") {
		out := &lines{any: make(chan struct{}, 1)}
		m := observe.NewMetrics()
		observe.ServerLog(observe.NewLog(out, slog.LevelDebug, m), m).Print(text)
		got := out.wait(t)
		if strings.Contains(got, "Juana") || strings.Contains(got, "192.0.2") || strings.Contains(got, "withheld") {
			t.Errorf("%q gives %s", text, got)
		}
		if strings.Contains(text, "desk.go") && !strings.Contains(got, `"at":"desk.go:84"`) {
			t.Errorf("%q gives %s, which does not say where", text, got)
		}
		if unknown := strings.Contains(got, `"kind":"other"`); unknown == strings.HasPrefix(text, "http") && !strings.HasPrefix(text, "timeout") {
			t.Errorf("%q gives %s", text, got)
		}
	}
}

func TestMetricsHaveNoLabelFromOutside(t *testing.T) {
	m := observe.NewMetrics()
	c := m.Counters("contacts_total", "Contacts.", "channel", "chat")
	c.Of("chat").Add(2)
	c.Of(canary).Add(1)
	m.Counter("starts_total", "Starts.").Add(1)
	m.Gauge("open", "Open.").Set(3)
	m.Gauge("open", "Open.").Add(1)
	m.Gauges("waiting", "Waiting.", "class", "0", "1").Of("1").Set(5)
	m.GaugeFunc("age", "Age.", func() float64 { return 7 })
	m.Histograms("answer_seconds", "Answers.", nil, "face", "front").Of(canary).Observe(0.01)
	got := metrics(t, m)
	for _, want := range []string{
		`freeline_contacts_total{channel="chat"} 2`, `freeline_contacts_total{channel="other"} 1`, "freeline_starts_total 1",
		"freeline_open 4", `freeline_waiting{class="0"} 0`, `freeline_waiting{class="1"} 5`, "freeline_age 7",
		`freeline_answer_seconds_bucket{face="other",le="0.01"} 1`, "go_goroutines",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(got, "Juana") {
		t.Error("a label came from outside")
	}
}

func get(t *testing.T, h http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	b, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(b)
}

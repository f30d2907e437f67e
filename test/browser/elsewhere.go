package browser

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Elsewhere is what the page of every other host says, for a reader who has
// [Options.World].
const Elsewhere = "Somewhere else in the world"

// elsewhere stands for all other hosts, over http and https: a proxy that
// leads to one page whatever it is asked for, and never leaves this machine.
func elsewhere(t testing.TB) (address string) {
	t.Helper()
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/favicon.ico" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprintf(w, `<!doctype html><html lang=en><head><meta charset=utf-8><title>World</title></head><body><main><h1>%s</h1></main></body></html>`, Elsewhere)
	})
	secure := httptest.NewUnstartedServer(page)
	secure.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // browsers hang up in the middle of a greeting
	secure.StartTLS()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			tunnel(w, r.Context(), secure.Listener.Addr().String())
			return
		}
		page(w, r)
	}))
	t.Cleanup(func() {
		secure.CloseClientConnections()
		proxy.CloseClientConnections()
		secure.Close()
		proxy.Close()
	})
	return strings.TrimPrefix(proxy.URL, "http://")
}

// tunnel joins what a browser says to what the server says, until one ends.
func tunnel(w http.ResponseWriter, ctx context.Context, to string) { //nolint:revive // the writer comes first, as in a handler
	up, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", to)
	if err != nil {
		http.Error(w, "nobody there", http.StatusBadGateway)
		return
	}
	defer up.Close()
	down, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer down.Close()
	if _, err := io.WriteString(down, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	done := make(chan struct{}, 2)
	go func() { _, _ = io.Copy(up, buffered); done <- struct{}{} }()
	go func() { _, _ = io.Copy(down, up); done <- struct{}{} }()
	<-done
}

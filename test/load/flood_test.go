package load_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/cli/caller"
	"github.com/freeline-org/freeline/test/load"
)

// from is a client of one address.
func from(address, at string) *http.Client {
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxConnsPerHost: 64, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
		return d.DialContext(ctx, network, at)
	}}}
}

func post(ctx context.Context, c *http.Client, body io.Reader, kind string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://line.localhost/", body)
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", kind)
	res, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, string(b), errors.Join(err, res.Body.Close())
}

const formKind = "application/x-www-form-urlencoded"

// oversize sends a form of 10 MB and tells the status.
func oversize(ctx context.Context, t *testing.T, at, words string) int {
	t.Helper()
	c := from("127.9.8.7", at)
	defer c.CloseIdleConnections()
	status, _, err := post(ctx, c, strings.NewReader("do=send&w="+words+strings.Repeat("%F0%9F%98%80", 10<<20/12)), formKind)
	if err != nil {
		return 599 // cut off in the middle, which is an answer too
	}
	return status
}

// What makes no sense gets a page that says so, and breaks nothing.
func TestBadInput(t *testing.T) {
	h := load.New(t, "sqlite", 1, 3)
	n := h.Node()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := from("127.2.0.1", n.At)
	defer c.CloseIdleConnections()
	for name, body := range map[string]string{
		"no form":            "\x00\x01\x02",
		"wrong encoding":     "do=send&w=%ff%fe%80",
		"half an escape":     "do=send&w=%F0%9",
		"a button not there": "do=everything&id=x",
		"an id not ours":     "do=send&id=../../etc&w=hello",
		"twice the field":    "do=send&do=erase&w=a&w=b",
		"a hundred thousand": "do=send&" + strings.Repeat("a=1&", 100_000),
	} {
		status, page, err := post(ctx, c, strings.NewReader(body), formKind)
		if err != nil || status >= 500 || status == 0 {
			t.Errorf("%s: status %d, %v", name, status, err)
		}
		if strings.Contains(page, "panic") || strings.Contains(page, "goroutine") {
			t.Errorf("%s: the page shows the program's insides", name)
		}
	}
	if status, _, err := post(ctx, c, strings.NewReader("--x\r\n"), mime.FormatMediaType("multipart/form-data", map[string]string{"boundary": "x"})); err != nil || status >= 500 {
		t.Errorf("multipart: status %d, %v", status, err)
	}
	if status := oversize(ctx, t, n.At, ""); status != http.StatusRequestEntityTooLarge && status != 599 {
		t.Errorf("10 MB of emoji: status %d, want %d", status, http.StatusRequestEntityTooLarge)
	}
	for _, cookie := range []string{"", "x", strings.Repeat("A", 4000), "c-s.en." + strings.Repeat("A", 43), "c-s.en.%01"} {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://line.localhost/", nil)
		must(t, err)
		req.Header.Set("Cookie", "__Host-w="+cookie)
		res, err := c.Do(req)
		if err != nil {
			t.Errorf("forged cookie: %v", err)
			continue
		}
		must(t, res.Body.Close())
		if res.StatusCode != http.StatusOK {
			t.Errorf("forged cookie of %d bytes: status %d, want the home page", len(cookie), res.StatusCode)
		}
	}
	if strings.Contains(h.Log(), "panic") {
		t.Error("the log has a panic")
	}
}

// One client that asks for thousands of chats and holds connections open slows
// itself down: somebody else is served meanwhile, and nothing of hers is lost.
func TestFlood(t *testing.T) {
	h := load.New(t, "sqlite", 1, 3)
	n := h.Node()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	chats, slow := 2000, 100
	if os.Getenv("FREELINE_TEST_SOAK") != "" {
		chats, slow = 10_000, 500
	}
	for range slow { // slow-loris: a header that never ends
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.3.0.1")}}
		conn, err := d.DialContext(ctx, "tcp", n.At)
		must(t, err)
		defer conn.Close()
		_, err = fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: line.localhost\r\nX-Slow: ")
		must(t, err)
	}
	var taken, refused, other atomic.Int64
	var flood sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(chats))
	client := from("127.3.0.1", n.At)
	defer client.CloseIdleConnections()
	for range 32 {
		flood.Go(func() {
			for left.Add(-1) >= 0 && ctx.Err() == nil {
				status, _, err := post(ctx, client, bytes.NewReader([]byte("do=send&l=en&w=let+me+in")), formKind)
				switch {
				case err == nil && status == http.StatusTooManyRequests:
					refused.Add(1)
				case err == nil && status < 400:
					taken.Add(1)
				default:
					other.Add(1)
				}
			}
		})
	}
	c, err := caller.New("line.localhost", "en", 7, func() string { return n.At })
	must(t, err)
	defer c.Close()
	begun := time.Now()
	must(t, c.Open(ctx))
	must(t, c.Press(ctx, "chat", ""))
	must(t, c.Press(ctx, "send", "a real visitor"))
	served := time.Since(begun)
	flood.Wait()
	if refused.Load() == 0 || taken.Load() > int64(chats)/4 {
		t.Errorf("of %d chats of one client %d were taken and %d refused; want most refused", chats, taken.Load(), refused.Load())
	}
	if served > 10*time.Second {
		t.Errorf("a visitor was served after %s during the flood", served)
	}
	mine, _, err := c.Said(ctx, 1, 5*time.Second)
	must(t, err)
	if len(mine) != 1 {
		t.Errorf("her page shows %d lines of hers, want 1", len(mine))
	}
	n.Stop()
	h.Inside(func(l *app.Line) {
		var contacts int
		must(t, l.Main.One(ctx, `SELECT count(*) FROM contact`, nil, &contacts))
		t.Logf("%d chats of one client: %d taken, %d refused, %d cut off; %d contacts; a visitor was served in %s", chats, taken.Load(), refused.Load(), other.Load(), contacts, served)
	})
	if strings.Contains(h.Log(), "127.3.0.1") {
		t.Error("the log has an address")
	}
}

// Any other host name gets the front page, an onion address among them; what belongs
// to the staff is on the staff's host alone.
func TestHosts(t *testing.T) {
	h := load.New(t, "sqlite", 0, 3)
	n := h.Node()
	get := func(host, path string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+n.At+path, nil)
		must(t, err)
		req.Host = host
		c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := c.Do(req)
		must(t, err)
		b, err := io.ReadAll(res.Body)
		must(t, errors.Join(err, res.Body.Close()))
		return res.StatusCode, string(b)
	}
	for _, host := range []string{"line.localhost", "127.0.0.1", "example.org", strings.Repeat("a2", 28) + ".onion"} {
		if status, page := get(host, "/"); status != http.StatusOK || !strings.Contains(page, `name="do" value="chat"`) {
			t.Errorf("%.20s: status %d, want the front page", host, status)
		}
		if status, _ := get(host, "/signin"); status != http.StatusNotFound {
			t.Errorf("%.20s: the sign-in answers with %d, want 404", host, status)
		}
		if status, page := get(host, "/demo/enter"); status != http.StatusNotFound {
			t.Errorf("%.20s: a door of the demo's: %d %.40q", host, status, page)
		}
	}
	if status, _ := get("desk.localhost", "/signin"); status != http.StatusOK {
		t.Errorf("the staff's sign-in answers with %d", status)
	}
	if status, page := get("desk.localhost", "/"); status == http.StatusOK && strings.Contains(page, `value="chat"`) {
		t.Error("the staff's host shows the front page")
	}
}

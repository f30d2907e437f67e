package bench_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/cli/caller"
	"github.com/freeline-org/freeline/test/bench"
	"github.com/freeline-org/freeline/test/load"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if os.Getenv("FREELINE_TEST_BENCH") != "" {
		load.Forget()
	}
	os.Exit(code)
}

// The load under which a line is measured from the caller's press to the desk.
const (
	open   = 200 // conversations
	second = 50  // lines in a second
	lasts  = 20 * time.Second
)

// whole measures the program as it is shipped: how it starts, what it holds, what
// its first pages weigh, and how long a line takes from the caller's POST, answered,
// to the advocate's frame.
func whole(t testing.TB, table *bench.Table, engine string) {
	if engine == "postgres" && os.Getenv("FREELINE_TEST_POSTGRES") == "" {
		return
	}
	const advocates = 10
	must(t, load.Build()) // before the clock runs
	h := load.New(t, engine, advocates, open/advocates+2)
	begun := time.Now()
	n := h.Node()
	table.AtMost("start, until ready", engine, time.Since(begun).Seconds(), "s", 1)
	table.AtMost("idle memory, before sign-ins", engine, float64(n.Memory())/1e6, "MB", 100)
	at := func() string { return n.At }
	if engine == "sqlite" {
		pages(t, table, n.At)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	defer func() { cancel(); work.Wait() }()
	var mu sync.Mutex
	pressed := map[string]time.Time{}
	var waits []time.Duration
	for i, a := range h.Cast.Actors[2 : 2+advocates] {
		adv := load.Sign(t, a, at)
		if i == 0 && engine == "sqlite" {
			console(t, table, n.At, adv.Cookie())
		}
		adv.Heard = func(_, text string, when time.Time) {
			mu.Lock()
			defer mu.Unlock()
			if p, ok := pressed[text]; ok {
				waits = append(waits, when.Sub(p))
			}
		}
		work.Go(func() { adv.Work(ctx) })
	}
	callers := make([]*caller.Caller, open)
	for i := range callers {
		c, err := caller.New("line.localhost", "en", i, at)
		must(t, err)
		must(t, c.Open(ctx))
		must(t, c.Press(ctx, "chat", ""))
		must(t, c.Press(ctx, "send", "hello"))
		callers[i] = c
	}
	var talk sync.WaitGroup
	stop := time.Now().Add(lasts)
	for i, c := range callers {
		talk.Go(func() {
			time.Sleep(time.Duration(i) * open / second * time.Second / open) // not all at once
			for k := 0; time.Now().Before(stop); k++ {
				text := fmt.Sprintf("line %d of %d", k, i)
				next := time.Now().Add(open / second * time.Second)
				mu.Lock()
				pressed[text] = time.Now()
				mu.Unlock()
				if err := c.Press(ctx, "send", text); err != nil {
					t.Errorf("caller %d: %v", i, err)
					return
				}
				time.Sleep(time.Until(next))
			}
		})
	}
	talk.Wait()
	time.Sleep(time.Second)
	mu.Lock()
	defer mu.Unlock()
	table.Shown("POST to frame, 200 conversations, 50/s, p50", engine, bench.Percentile(waits, 50), "ms")
	table.AtMost("POST to frame, 200 conversations, 50/s, p99", engine, bench.Percentile(waits, 99), "ms", 100)
	table.Shown("lines measured", engine, float64(len(waits)), "")
	table.Shown("memory under this load", engine, float64(n.Memory())/1e6, "MB")
	for _, c := range callers {
		c.Close()
	}
}

// console weighs what a desk loads first: its page and all that the page names.
func console(t testing.TB, table *bench.Table, at, cookie string) {
	get := weigher(t, at, cookie)
	page, total := get("http://desk.localhost/desk")
	files := 0
	for _, m := range regexp.MustCompile(`(?:src|href)="(/[^"]+\.(?:js|css|woff2|svg))"`).FindAllStringSubmatch(string(page), -1) {
		_, wire := get("http://desk.localhost" + m[1])
		total += wire
		files++
	}
	if files < 2 {
		t.Fatalf("the desk's page names %d files", files)
	}
	table.AtMost("desk, first load, without its letters", "", float64(total), "B", 120*1024)
}

// pages weighs what a phone and a desk load first, compressed as they come.
func pages(t testing.TB, table *bench.Table, at string) {
	get := weigher(t, at, "")
	for _, lang := range []string{"en", "es", "fr", "ar"} {
		body, wire := get("http://line.localhost/?l=" + lang)
		table.AtMost("front, home in "+lang+", bytes on the wire", "", float64(wire), "B", 14*1024)
		outside := strings.Count(string(body), "<script src") + strings.Count(string(body), `rel="stylesheet"`) + strings.Count(string(body), "<img")
		table.AtMost("front, home in "+lang+", requests", "", float64(1+outside), "", 1)
	}
}

// weigher gets pages, and tells what they weigh with their headers.
func weigher(t testing.TB, at, cookie string) func(url string) (body []byte, wire int) {
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, at)
	}}}
	return func(url string) (body []byte, wire int) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		must(t, err)
		req.Header.Set("Accept-Encoding", "gzip")
		if cookie != "" {
			req.Header.Set("Cookie", cookie)
		}
		res, err := client.Do(req)
		must(t, err)
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		must(t, err)
		head := 0
		for k, vs := range res.Header {
			for _, v := range vs {
				head += len(k) + len(v) + 4
			}
		}
		if res.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(bytes.NewReader(b))
			must(t, err)
			plain, err := io.ReadAll(z)
			must(t, err)
			return plain, len(b) + head
		}
		return b, len(b) + head
	}
}

package load_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/cli/caller"
	"github.com/freeline-org/freeline/internal/observe"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/load"
)

// A contact with words in every place where words can be, while its advocate has it
// open and its caller her page.
const (
	canaryHers = "CANARYhers they keep my passport"
	canaryOurs = "CANARYours you are not alone"
	canaryNote = "CANARYnote she sounded afraid"
	canaryName = "CANARYname of hers"
)

// P5: without a session and without a cookie no route of any face gives a word of
// anybody. The routes are those that are mounted; each is asked by every method that a
// page may use, as a page, as a stream, as a script and as a socket, with the true ids
// in every place where an id can stand.
func TestNobodyReadsAnythingWithoutASession(t *testing.T) {
	h := load.New(t, "sqlite", 1, 3)
	ctx, a, operator := serve(t, h)
	at := a.Addr().String()
	c, id := open(ctx, t, h, func() string { return at })
	defer c.Close()

	// The search sees what passes: with her cookie her log shows her words.
	_, said, err := c.Said(ctx, 1, 2*time.Second)
	must(t, err)
	if len(load.Search([]byte(strings.Join(said, " ")), "CANARYours")) == 0 {
		t.Fatalf("her own page shows %q", said)
	}
	routes := a.Routes(ctx)
	n, asked := 0, 0
	var work sync.WaitGroup
	room := make(chan struct{}, 16) // who ask at once
	for face, where := range map[string][2]string{"front": {"line.localhost", at}, "staff": {"desk.localhost", at}, "operator": {"line.localhost", operator}} {
		if len(routes[face]) < 3 {
			t.Errorf("%s has %d routes", face, len(routes[face]))
		}
		for _, pattern := range routes[face] {
			n++
			for _, q := range questions(face, pattern, id) {
				asked++
				nth := asked
				room <- struct{}{}
				work.Go(func() {
					defer func() { <-room }()
					for _, leak := range ask(ctx, t, q, where[0], where[1], nth) {
						t.Errorf("%s %s, asked as %s %s, gives words of hers: %s", face, pattern, q.method, q.kind, leak)
					}
				})
			}
		}
	}
	work.Wait()
	if n < 40 || asked < 8*n {
		t.Errorf("only %d routes and %d questions", n, asked)
	}
}

// serve runs the whole line in this process, to its end.
func serve(t *testing.T, h *load.House) (ctx context.Context, a *app.App, operator string) {
	t.Helper()
	cfg := h.Config
	cfg.Operator.Listen = load.Free(t)
	a, err := app.New(t.Context(), cfg, slog.New(slog.DiscardHandler), observe.NewMetrics(), nil)
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	var serving sync.WaitGroup
	serving.Go(func() { _ = a.Run(ctx) })
	t.Cleanup(func() { stop(); serving.Wait() })
	return ctx, a, cfg.Operator.Listen
}

// open has a stranger write and an advocate answer, with a note and a name; both stay.
func open(ctx context.Context, t *testing.T, h *load.House, at func() string) (*caller.Caller, string) {
	t.Helper()
	lines := &heard{when: map[string]time.Time{}}
	adv := load.Sign(t, h.Cast.Actors[2], at)
	adv.Heard, adv.Answer = lines.note, func(_, _ string) string { return canaryOurs }
	var work sync.WaitGroup
	desks, leave := context.WithCancel(ctx)
	work.Go(func() { adv.Work(desks) })
	t.Cleanup(func() { leave(); work.Wait() })
	c, err := caller.NewFrom("line.localhost", "en", "127.9.8.7", at)
	must(t, err)
	must(t, c.Open(ctx))
	must(t, c.Press(ctx, "chat", ""))
	must(t, c.Press(ctx, "send", canaryHers))
	lines.wait(t, canaryHers, 20*time.Second)
	waitFor(t, 20*time.Second, "the answer on her page", func() bool {
		_, said, err := c.Said(ctx, 1, 2*time.Second)
		return err == nil && len(said) > 0
	})
	var id string
	for contact := range adv.Said() {
		id = contact
	}
	must(t, adv.Say(ctx, "draft", desk.Draft{Contact: id, Place: "note", N: 1, Text: canaryNote}))
	must(t, adv.Say(ctx, "safety", desk.PutSafety{Contact: id, Card: desk.Card{Name: canaryName, Ways: []desk.Terms{}}}))
	kept := func(what, query string) {
		waitFor(t, 20*time.Second, what, func() bool {
			n := 0
			h.Inside(func(l *app.Line) { must(t, l.Main.One(ctx, query, []any{id}, &n)) })
			return n > 0
		})
	}
	kept("the draft to be kept", `SELECT count(*) FROM draft WHERE contact = $1`)
	kept("the name to be kept", `SELECT count(*) FROM contact WHERE id = $1 AND head_n > 1`)
	return c, id
}

// A question is one way of asking a route.
type question struct {
	method, path, kind string
	header             http.Header
	body               string
}

// questions are the ways in which nobody may ask a route.
func questions(face, pattern, id string) (all []question) {
	method, path, ok := strings.Cut(pattern, " ")
	methods := []string{method}
	if !ok {
		path, methods = pattern, []string{http.MethodGet, http.MethodPost}
	}
	path = strings.ReplaceAll(path, "{$}", "")
	var paths []string
	for _, value := range []string{id, "help"} {
		filled := path
		for strings.Contains(filled, "{") {
			from := strings.Index(filled, "{")
			filled = filled[:from] + value + filled[from+strings.Index(filled[from:], "}")+1:]
		}
		paths = append(paths, filled)
		if filled == path {
			break
		}
	}
	with := url.Values{"id": {id}, "contact": {id}, "v": {id}, "after": {"0"}, "take": {""}, "c": {"0000 0000 0000 0000"}, "name": {"x"}}
	for _, p := range paths {
		for _, m := range append(methods, http.MethodHead) {
			for kind, header := range map[string]http.Header{
				"page":   {"Accept": {"text/html"}},
				"stream": {"Accept": {"text/event-stream"}, "Last-Event-Id": {"0"}},
				"script": {"Accept": {"application/json"}},
				"old":    {"User-Agent": {"Opera Mini/7.1"}},
				"forged": {"Cookie": {"__Host-w=c-s.en." + strings.Repeat("A", 43) + "; __Host-s=" + id}, "X-Forwarded-For": {"127.0.0.1"}, "Authorization": {"Bearer " + id}},
				"socket": {"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="}},
			} {
				q := question{method: m, path: p + "?" + with.Encode(), kind: kind, header: header}
				if m == http.MethodPost {
					buttons := []string{""}
					if face == "front" && kind == "page" {
						buttons = []string{"chat", "read", "open", "code", "send", "gone", "privacy", "language", "more"}
					}
					for _, do := range buttons {
						form := url.Values{"do": {do}}
						for k, v := range with {
							form[k] = v
						}
						q.body = form.Encode()
						all = append(all, q)
					}
					continue
				}
				all = append(all, q)
			}
		}
	}
	return all
}

// ask asks once, from an address of its own, and tells what words of anybody came.
func ask(ctx context.Context, t *testing.T, q question, host, at string, nth int) []string {
	t.Helper()
	client := from(fmt.Sprintf("127.20.%d.%d", nth/250%250+1, nth%250+1), at)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, q.method, "http://"+host+q.path, strings.NewReader(q.body))
	if err != nil {
		t.Errorf("%s %s: %v", q.method, q.path, err)
		return nil
	}
	req.Header = q.header.Clone()
	if q.method == http.MethodPost {
		req.Header.Set("Content-Type", formKind)
		req.Header.Set("Origin", "http://"+host)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := client.Do(req)
	if err != nil {
		t.Errorf("%s %s: no answer: %v", q.method, q.path, err)
		return nil
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusSwitchingProtocols {
		t.Errorf("%s %s: a socket opens for nobody", q.method, q.path)
		return nil
	}
	var got bytes.Buffer
	_ = res.Header.Write(&got) // a buffer takes everything
	if _, err = io.Copy(&got, io.LimitReader(res.Body, 4<<20)); err != nil {
		t.Errorf("%s %s: half an answer: %v", q.method, q.path, err)
	}
	return load.Search(got.Bytes(), "CANARYhers", "CANARYours", "CANARYnote", "CANARYname")
}

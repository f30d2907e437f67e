package front_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/web/front"
)

// A reader reads a log while it is written.
type reader struct {
	t    testing.TB
	res  *http.Response
	stop context.CancelFunc
	mu   sync.Mutex
	got  strings.Builder
	more chan struct{}
	over chan struct{}
}

func (p *phone) read(path string, header http.Header) *reader {
	p.t.Helper()
	r := p.request(http.MethodGet, path, "")
	ctx, stop := context.WithCancel(p.t.Context())
	r = r.WithContext(ctx)
	for k, v := range header {
		r.Header[k] = v
	}
	res, err := (&http.Transport{}).RoundTrip(r) //nolint:bodyclose // run closes it
	hotlinetest.Must(p.t, err)
	l := &reader{t: p.t, res: res, stop: stop, more: make(chan struct{}, 1), over: make(chan struct{})}
	go l.run() // ends with the answer, which the cleanup cancels
	p.t.Cleanup(func() { stop(); <-l.over })
	return l
}

func (l *reader) run() {
	defer close(l.over)
	defer l.res.Body.Close()
	in := bufio.NewReader(l.res.Body)
	for {
		line, err := in.ReadString('\n')
		l.mu.Lock()
		l.got.WriteString(line)
		l.mu.Unlock()
		select {
		case l.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (l *reader) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.got.String()
}

// until waits until the log says something.
func (l *reader) until(text string) time.Duration {
	l.t.Helper()
	began := time.Now()
	for limit := time.After(20 * time.Second); !strings.Contains(l.text(), text); {
		select {
		case <-l.more:
		case <-limit:
			l.t.Fatalf("the log does not say %q:\n%s", text, l.text())
		}
	}
	return time.Since(began)
}

// ends waits until the log is over.
func (l *reader) ends() {
	l.t.Helper()
	select {
	case <-l.over:
	case <-time.After(20 * time.Second):
		l.t.Fatal("the log goes on")
	}
}

func events() http.Header { return http.Header{"Accept": {"text/event-stream"}} }

func TestLogGoesOn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		s, noor := lineOn(t, e)
		p, id := s.writes(t, "hello <script>")
		q := s.phone(t)
		q.cookies = p.cookies
		frame := p.read("/log?v="+p.id, nil)
		frame.until("hello &lt;script&gt;")
		frame.until("You are next")
		if kind := frame.res.Header.Get("Content-Type"); kind != "text/html; charset=utf-8" {
			t.Errorf("Content-Type %q", kind)
		}
		s.Take(t, noor, id)
		frame.until("#n1{display:none}")
		s.Reply(t, noor, id, "I am here.")
		if took := frame.until("I am here."); took > time.Second {
			t.Errorf("the answer took %s", took)
		}
		frame.stop()
		stream := q.read("/log?after=1", events())
		stream.until(`event: m`)
		stream.until("I am here.")
		if strings.Contains(stream.text(), "hello") {
			t.Error("what the page has is sent again")
		}
		s.Book.Typing(id, true)
		s.Book.Typing(id, false)
		stream.until(noor.Name + " is writing")
	})
}

func TestReconnectingStreamLacksAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	s, noor := lineOn(t, dbtest.New(t))
	p, id := s.writes(t, "one")
	s.Take(t, noor, id)
	first := p.read("/log", events())
	first.until(`"t":"one"`)
	first.stop()
	s.Reply(t, noor, id, "two")
	h := events()
	h.Set("Last-Event-ID", "1")
	again := p.read("/log", h)
	again.until("id: 2\nevent: m\n")
	if strings.Contains(again.text(), `"one"`) || strings.Contains(again.text(), "We keep these words") {
		t.Errorf("repeated: %s", again.text())
	}
}

// Six open streams would block the button that leaves.
func TestOneStreamForEachContactAndBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, _ := s.writes(t, "hello")
	old := p.read("/log?v="+strings.Repeat("A", 26), events())
	old.until("hello")
	next := p.read("/log?v="+strings.Repeat("B", 26), nil)
	next.until("hello")
	old.until("event: x")
	old.ends()
	// The older page asks again by itself, and is not let in.
	p.read("/log?v="+strings.Repeat("A", 26), nil).until("This chat is open in another window.")
	select {
	case <-next.over:
		t.Error("the newer one was ended by the older")
	case <-time.After(300 * time.Millisecond):
	}
	// Only when she says so.
	p.read("/log?take&v="+strings.Repeat("A", 26), events()).until("hello")
	next.ends()
}

func TestNewerStreamOnAnotherNodeEndsTheOlder(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, _ := s.writes(t, "hello")
	node := &site{World: s.Node(t), address: s.address}
	node.serve(t, free(), true)
	old := p.read("/log", events())
	old.until("hello")
	other := *p
	other.s = node
	other.read("/log", events()).until("hello")
	old.until("event: x")
	old.ends()
}

// A hint that comes late, of a log that is over, ends nothing.
func TestLateHintOfAnOlderStreamEndsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, _ := s.writes(t, "hello")
	hints := make(chan bus.Hint, 100)
	stop := s.Bus.Subscribe(func(h bus.Hint) {
		if h.Topic == "stream" {
			hints <- h
		}
	})
	defer stop()
	p.read("/log", events()).until("hello")
	first := <-hints
	second := p.read("/log", events())
	second.until("hello")
	s.Bus.Publish(first)
	noor, id := s.Hire(t, hotline.Advocate), s.contactID(t)
	s.Take(t, noor, id)
	s.Reply(t, noor, id, "I am here")
	second.until("I am here")
}

func TestLeavingEndsTheStream(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, _ := s.writes(t, "hello")
	l := p.read("/log", events())
	l.until("hello")
	p.leave()
	l.ends()
}

func TestErasedWordsLeaveTheStream(t *testing.T) {
	t.Parallel()
	s, noor := lineOn(t, dbtest.New(t))
	p, id := s.writes(t, "hello")
	s.Take(t, noor, id)
	l := p.read("/log", events())
	l.until("hello")
	hotlinetest.Must(t, s.Book.EraseNow(t.Context(), "machine", id)) // from another window of hers
	l.until(`"go":true`)
	l.ends()
}

func TestCloseEndsStreams(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, _ := s.writes(t, "hello")
	l := p.read("/log", nil)
	l.until("hello")
	s.front.Close()
	l.ends()
}

func TestStreamsOfOneClientAreCounted(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), front.Limits{Streams: 2}, true)
	for n := range 3 {
		p, _ := s.writes(t, "hello")
		l := p.read("/log", events())
		if want := map[bool]int{true: 200, false: 429}[n < 2]; l.res.StatusCode != want {
			t.Errorf("stream %d: status %d, want %d", n, l.res.StatusCode, want)
		}
	}
}

func TestNobodysStreamDoesNotComeBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	l := s.phone(t).read("/log", events())
	if l.res.StatusCode != http.StatusNoContent { // which tells an event stream to stop
		t.Errorf("status %d", l.res.StatusCode)
	}
}

func TestScriptIsToldWhereHerWordsStand(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	p, _ := s.writes(t, "hello")
	p.header = http.Header{"Accept": {"application/json"}}
	p.post("send", "w", "two <b>")
	if p.status != 200 || !strings.Contains(p.page, `"s":2,"k":"me","b":"You, `) || !strings.Contains(p.page, `two \u003cb\u003e`) {
		t.Errorf("%d %s", p.status, p.page)
	}
	p.post("send", "w", "two <b>")
	if p.status != 200 || strings.Contains(p.page, `"s"`) {
		t.Errorf("a retry: %d %s", p.status, p.page)
	}
	p.post("send", "w", strings.Repeat("a", 9000))
	if p.status != 413 || !strings.Contains(p.page, "too long") {
		t.Errorf("%d %s", p.status, p.page)
	}
}

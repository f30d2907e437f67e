package voice_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice"
	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/station"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
	"github.com/freeline-org/freeline/internal/channel/voice/voicetest"
	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/dialog"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/observe"
	"github.com/freeline-org/freeline/test/peer"
)

// Tones by which who is heard is told apart: prompts, music, her, the advocate, a supervisor.
const (
	prompt     = 600 // that asks for a key
	words      = 520
	music      = 300
	comfort    = 425
	hers       = 1000
	advocates  = 770
	supervisor = 1270
	ringing    = 440
	others     = 1720 // another line
)

// script is a short flow, whose prompts are tones.
type script struct{ flow flow.Flow }

func newScript(t testing.TB) script {
	t.Helper()
	f, err := flow.Parse(`{"steps":[
		{"id":"greeting","kind":"say","words":{"en":"Hello."}},
		{"id":"language","kind":"languages","words":{"en":"English: 1.","es":"Español: 2."},"keys":[{"key":"1","lang":"en"},{"key":"2","lang":"es"}]},
		{"id":"expect","kind":"expect","words":{"en":"This call is not recorded.","es":"No se graba."}},
		{"id":"back","kind":"back","when":[{"field":"lang","is":"is","values":["es"]}],"words":{"en":"To be called back: 1.","es":"Para que le llamemos: 1."},"keys":[{"key":"1","does":"here"},{"key":"2","does":"type"}]},
		{"id":"danger","kind":"danger","words":{"en":"Stay on the line.","es":"No cuelgue."}},
		{"id":"queue","kind":"queue","words":{"en":"Please wait.","es":"Espere."},"keys":[{"key":"1","does":"music"},{"key":"2","does":"keep"},{"key":"3","does":"other"},{"key":"4","does":"back"}]},
		{"id":"other","kind":"pass","words":{"en":"To another line: 1."},"dial":"+15550147","keys":[{"key":"1","does":"agree"}]},
		{"id":"bye","kind":"end","words":{"en":"Goodbye.","es":"Adiós."}}
	]}`)
	if err != nil {
		t.Fatal(err)
	}
	return script{f}
}

func (s script) Flow(context.Context) (flow.Flow, int64, error) { return s.flow, 3, nil }

func (s script) Number(context.Context, string) (flow.Number, error) { return flow.Number{}, nil }

func (s script) Sound(_ context.Context, p flow.Prompt) (audio.Clip, bool) {
	hz, long := float64(words), 250*time.Millisecond
	switch p.Name {
	case "language", "back": // whoever presses a key before is not understood
		hz = prompt
	case "bye": // is listened for, and is said once
		long *= 2
	}
	return audio.Record(audio.NewTone(long, -12, hz), time.Second), true
}

func (s script) Music(context.Context) (audio.Clip, bool) {
	return audio.Record(audio.NewTone(time.Second, -12, music), time.Second), true
}

// slow is a script that nobody has read before the process ends.
type slow struct {
	script
	asked chan struct{} // closed when somebody begins to
}

func (s slow) Flow(ctx context.Context) (flow.Flow, int64, error) {
	close(s.asked)
	<-ctx.Done()
	return flow.Flow{}, 0, ctx.Err()
}

// troubles notes which trunks are said to be down.
type troubles struct {
	mu   sync.Mutex
	down map[string]trunk.Code
}

func (t *troubles) Down(_ context.Context, h trunk.Health) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.down[h.Trunk] = h.Code
	return nil
}

func (t *troubles) Up(_ context.Context, name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.down, name)
	return nil
}

// asleep is nobody on call.
type asleep struct{}

func (asleep) Page(context.Context, int) error { return nil }

// counted is a log that counts what is said.
type counted struct {
	slog.Handler
	n *atomic.Int64
}

func (c counted) Enabled(context.Context, slog.Level) bool { return true }

func (c counted) Handle(ctx context.Context, r slog.Record) error {
	c.n.Add(1)
	return c.Handler.Handle(ctx, r)
}

// A line is a process with a telephone, on a true book and true routing.
type line struct {
	*hotlinetest.World
	t     testing.TB
	whole testing.TB // lasts as long as the line
	voice *voice.Voice
	place *routing.Place
	match *routing.Matcher
	at    string // its SIP
	other *peer.Answerer
	out   string // where calls of ours go to, if anywhere
	phone *telephone.Phone
	stop  func()
	log   *slog.Logger
	said  atomic.Int64 // in the log

	several bool // the next process is one of several
	script  voice.Script
	metrics *observe.Metrics // of the newest process
}

func newLine(t testing.TB, w *hotlinetest.World) *line {
	t.Helper()
	l := &line{World: w, t: t, whole: t, script: newScript(t)}
	out := slog.DiscardHandler
	if os.Getenv("LOUD") != "" {
		out = slog.NewTextHandler(t.Output(), nil)
	}
	l.log = slog.New(counted{out, &l.said})
	editions, err := edition.New(t.Context(), w.Engine.Main, w.Bus, time.Now, routing.Kinds()...)
	hotlinetest.Must(t, err)
	l.place, err = routing.NewPlace(t.Context(), w.Engine.Main, editions, l.log)
	hotlinetest.Must(t, err)
	l.match = routing.NewMatcher(w.Engine.Main, w.Book, l.place, asleep{})
	l.phone, err = telephone.Open(t.Context(), netip.MustParseAddr("127.0.0.1"))
	hotlinetest.Must(t, err)
	t.Cleanup(func() { hotlinetest.Must(t, l.phone.Close()) })
	l.at = free(t)
	l.other = peer.Answer(t, netip.MustParseAddr("127.0.0.2"), others, false)
	l.start(w.Dialogs)
	return l
}

// free finds a port for SIP.
func free(t testing.TB) string {
	t.Helper()
	s, err := trunk.New(trunk.Config{Clock: time.Now, Listen: []trunk.Listen{{Transport: "udp", Addr: "127.0.0.1:0"}}}, nil, slog.New(slog.DiscardHandler))
	hotlinetest.Must(t, err)
	at := s.Addr("udp").String()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	hotlinetest.Must(t, s.Run(ctx))
	return at
}

// start begins a process.
func (l *line) start(dialogs *dialog.Book) {
	l.t.Helper()
	lo := netip.MustParseAddr("127.0.0.1")
	trunks := trunk.Config{
		Clock: time.Now, Listen: []trunk.Listen{{Transport: "udp", Addr: l.at}},
		Trunks: []trunk.Trunk{{Name: "first", Transport: "udp", Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Rate: 1000, Ping: -1}, {
			Name: "second", Transport: "udp", Targets: []string{l.other.SIP}, Domain: "trunk.example.org", Rate: 1000, Ping: -1,
		}},
	}
	if l.out != "" {
		trunks.Trunks = append(trunks.Trunks, trunk.Trunk{Name: "out", Transport: "udp", Targets: []string{l.out}, Ping: -1})
	}
	trunks.Hurry(second)
	l.metrics = observe.NewMetrics()
	v, err := voice.New(voice.Config{
		Trunk:   trunks,
		Station: station.Config{Listen: "127.0.0.1:0"},
		Sound:   media.Config{Local: lo, Clock: time.Now},
		Clock:   time.Now,
		First:   !l.several,
		Alone:   time.Second, Vanished: 2 * time.Second,
	}, voice.Parts{
		Book: l.Book, Dialogs: dialogs, Place: l.place, Relief: l.match, Script: l.script, Trouble: &troubles{down: map[string]trunk.Code{}},
		Bus: l.Bus, Figures: voice.NewFigures(l.metrics), Log: l.log,
	})
	hotlinetest.Must(l.t, err)
	l.voice = v
	l.Book.Telephones(v)
	ctx, cancel := context.WithCancel(context.Background())
	matching := l.match.Watch(ctx, l.Bus, l.log)
	ended := make(chan error, 1)
	go func() { ended <- v.Run(ctx) }()
	l.stop = sync.OnceFunc(func() {
		matching()
		cancel()
		hotlinetest.Must(l.t, <-ended)
		v.Close()
	})
	l.whole.Cleanup(l.stop)
}

// second is how long one lasts by which the network counts how long a call stands unsaid.
const second = 10 * time.Millisecond

// soon is how long a test waits for what should come at once, on a busy machine.
const soon = time.Minute

func (l *line) soon() context.Context {
	ctx, stop := context.WithTimeout(context.Background(), soon)
	l.t.Cleanup(stop)
	return ctx
}

// until asks again until it is so.
func (l *line) until(what string, ok func() bool) {
	l.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(soon); time.Now().Before(end); <-tick.C {
		if ok() {
			return
		}
	}
	l.t.Fatalf("it did not come about that %s", what)
}

// figure is what a figure of the process says; empty where it says nothing.
func (l *line) figure(name string) string {
	l.t.Helper()
	w := httptest.NewRecorder()
	l.metrics.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	_, rest, _ := strings.Cut(w.Body.String(), "\n"+name)
	is, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(is)
}

// ready puts somebody at a desk, with her browser.
func (l *line) ready(roles ...hotline.Role) (*hotlinetest.Person, *voicetest.Browser) {
	l.t.Helper()
	p := l.Hire(l.t, roles...)
	l.Enter(l.t, "ready", p)
	return p, l.connect(p)
}

func (l *line) connect(p *hotlinetest.Person) *voicetest.Browser {
	l.t.Helper()
	b := voicetest.Open(l.whole)
	offer, err := b.Offer()
	hotlinetest.Must(l.t, err)
	answer, _, err := l.voice.Connect(l.soon(), p.ID, offer)
	hotlinetest.Must(l.t, err)
	hotlinetest.Must(l.t, b.Join(l.soon(), answer))
	l.until("her telephone is fresh", func() bool { return l.voice.Fresh(p.ID) })
	return b
}

// call calls, and is greeted.
func (l *line) call(from string) *telephone.Call {
	l.t.Helper()
	return l.dial(telephone.Dial{From: from})
}

// dial calls in some way of her own.
func (l *line) dial(d telephone.Dial) *telephone.Call {
	l.t.Helper()
	d.Line, d.Number = l.at, "+15550100"
	c, err := l.phone.Call(l.soon(), d)
	hotlinetest.Must(l.t, err)
	hotlinetest.Must(l.t, c.Hears(l.soon(), telephone.Tone(prompt, -20)))
	return c
}

// waits has her choose her language and come into the queue.
func (l *line) waits(c *telephone.Call) hotline.ContactID {
	l.t.Helper()
	hotlinetest.Must(l.t, c.Press(l.soon(), "1"))
	hotlinetest.Must(l.t, c.Hears(l.soon(), telephone.Tone(music, -20)))
	return l.newest()
}

// newest is the contact that came last.
func (l *line) newest() hotline.ContactID {
	l.t.Helper()
	var id hotline.ContactID
	hotlinetest.Must(l.t, l.Engine.Main.Read(l.t.Context(), func(tx db.Tx) error {
		return tx.QueryRow(`SELECT id FROM contact WHERE channel = 'call' ORDER BY began DESC LIMIT 1`).Scan(&id)
	}))
	return id
}

// accept takes the offer that rings for somebody.
func (l *line) accept(p *hotlinetest.Person) hotline.ContactID {
	l.t.Helper()
	var ring contact.Ring
	l.until("it rings", func() bool {
		all, err := l.Book.Rings(l.t.Context(), p.ID)
		hotlinetest.Must(l.t, err)
		if len(all) > 0 {
			ring = all[0]
		}
		return len(all) > 0
	})
	_, err := l.Book.Accept(l.t.Context(), p.ID, ring.ID, ring.Epoch)
	hotlinetest.Must(l.t, err)
	return ring.Contact
}

func (l *line) stands(id hotline.ContactID, as contact.State) {
	l.t.Helper()
	l.until("her contact is "+string(as), func() bool { return l.Find(l.t, id).State == as })
}

// hear checks what both hear.
func (l *line) hear(c *telephone.Call, b *voicetest.Browser) {
	l.t.Helper()
	c.Begin(audio.NewTone(0, -12, hers))
	b.Say(advocates)
	if err := c.Hears(l.soon(), voicetest.Only(advocates, hers)); err != nil {
		l.t.Errorf("she does not hear the advocate: %v", err)
	}
	if err := b.Hears(l.soon(), voicetest.Only(hers, advocates)); err != nil {
		l.t.Errorf("the advocate does not hear her: %v", err)
	}
}

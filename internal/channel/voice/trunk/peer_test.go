package trunk_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
)

// t1 is the time by which the tests' SIP counts, 500 ms in the world.
const t1 = 25 * time.Millisecond

func TestMain(m *testing.M) {
	sip.SetTimers(t1, 8*t1, 10*t1)
	os.Exit(m.Run())
}

var loopback = netip.MustParsePrefix("127.0.0.0/8")

// running is a service at work, whose log is kept.
type running struct {
	*trunk.Service
	log  *logged
	stop func()
}

type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// config is one trunk on the loopback.
func config(more ...func(*trunk.Config)) trunk.Config {
	c := trunk.Config{
		Listen: []trunk.Listen{{Transport: "udp", Addr: "127.0.0.1:0"}},
		Trunks: []trunk.Trunk{{Name: "first", Transport: "udp", Networks: []netip.Prefix{loopback}, Rate: 1000}},
		Clock:  time.Now,
	}
	c.Hurry(50 * time.Millisecond)
	for _, f := range more {
		f(&c)
	}
	return c
}

// serve starts a service. When the test ends it is stopped, and everything that it
// began has to be gone.
func serve(t *testing.T, handle trunk.Handler, c trunk.Config) *running {
	t.Helper()
	faults := strings.Contains(t.Name(), "a_fault_of_ours")
	before := runtime.NumGoroutine()
	l := start(t, handle, c)
	t.Cleanup(func() {
		l.stop()
		settled(t, before)
		if !faults && strings.Contains(l.log.String(), "fault of ours") {
			t.Error("something panicked, and was caught")
		}
	})
	return l
}

func start(t *testing.T, handle trunk.Handler, c trunk.Config) *running {
	t.Helper()
	l := &running{log: &logged{}}
	s, err := trunk.New(c, handle, slog.New(slog.NewJSONHandler(l.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	l.Service = s
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	await(t, s.Ready())
	l.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(soon):
			t.Error("Run does not return")
		}
	})
	return l
}

// settled waits until no more goroutines run than before.
func settled(t *testing.T, before int) {
	t.Helper()
	for range 6000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	buf := make([]byte, 1<<20)
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
}

// peer is the other end of a call, on a socket of its own. It says what a test wants,
// to the byte.
type peer struct {
	t      testing.TB
	conn   *net.UDPConn
	to     netip.AddrPort
	call   string
	ours   string // our tag
	theirs string
	number string
	seq    int
	branch string
	target string
	taken  *sip.Response  // the answer to its call
	where  string         // its contact says
	saw    []*sip.Request // ACKs and others that were read while something else was waited for
	had    map[string]bool
}

func newPeer(t testing.TB, to netip.AddrPort) *peer {
	t.Helper()
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &peer{t: t, conn: conn, to: to, where: conn.LocalAddr().String(), call: "c" + sip.GenerateTagN(12), ours: sip.GenerateTagN(8), number: "+15550147", target: "sip:1109@" + to.String()}
}

func (p *peer) at() string { return p.conn.LocalAddr().String() }

func (p *peer) raw(s string) {
	p.t.Helper()
	if _, err := p.conn.WriteToUDPAddrPort([]byte(s), p.to); err != nil {
		p.t.Fatal(err)
	}
}

// send sends a request of the dialog. An ACK has the number of its INVITE and, as a
// CANCEL, its branch where it is not of a dialog.
func (p *peer) send(method, body string, headers ...string) {
	p.t.Helper()
	if method != "ACK" && method != "CANCEL" {
		p.seq++
	}
	if method != "CANCEL" {
		p.branch = sip.GenerateBranchN(16)
	}
	p.raw(p.text(method, body, headers...))
}

func (p *peer) text(method, body string, headers ...string) string {
	to := "<" + strings.Split(p.target, ";")[0] + ">"
	if p.theirs != "" {
		to += ";tag=" + p.theirs
	}
	lines := append([]string{
		method + " " + p.target + " SIP/2.0",
		"Via: SIP/2.0/UDP " + p.at() + ";branch=" + p.branch + ";rport",
		fmt.Sprintf("From: \"Maria\" <sip:%s@trunk.example.org>;tag=%s", p.number, p.ours),
		"To: " + to, "Call-ID: " + p.call, fmt.Sprintf("CSeq: %d %s", p.seq, method), "Max-Forwards: 70",
		"Contact: <sip:" + p.number + "@" + p.where + ">",
	}, headers...)
	if body != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	return strings.Join(append(lines, fmt.Sprintf("Content-Length: %d", len(body)), "", body), "\r\n")
}

// read reads the next message, or nil where none comes in time.
func (p *peer) read(within time.Duration) sip.Message {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(within))
	b := make([]byte, 65536)
	n, err := p.conn.Read(b)
	if err != nil {
		return nil
	}
	m, err := sip.ParseMessage(b[:n])
	if err != nil {
		p.t.Fatalf("it sent what nobody can read: %v\n%s", err, b[:n])
	}
	return m
}

const soon = time.Minute

// want waits for an answer to the method that was sent last, and notes the tag. It
// passes over requests and other answers.
func (p *peer) want(method sip.RequestMethod, code int) *sip.Response {
	p.t.Helper()
	for end := time.Now().Add(soon); time.Now().Before(end); {
		switch m := p.read(time.Until(end)).(type) {
		case *sip.Response:
			if m.CSeq().MethodName != method || m.CSeq().SeqNo != uint32(p.seq) {
				continue
			}
			if m.StatusCode == code {
				p.learn(m)
				return m
			}
			if m.StatusCode >= 200 {
				p.t.Fatalf("%s is answered %d, want %d", method, m.StatusCode, code)
			}
		case *sip.Request:
			p.saw = append(p.saw, m)
		}
	}
	p.t.Fatalf("%s is not answered %d", method, code)
	return nil
}

func (p *peer) learn(m *sip.Response) {
	if tag, ok := m.To().Params.Get("tag"); ok && m.StatusCode > 100 && m.StatusCode < 300 {
		p.theirs = tag
	}
	if c := m.Contact(); c != nil && m.StatusCode < 300 {
		p.target = c.Address.String()
	}
}

// fresh reports whether a request is of this method, and is not one that it gave out
// before: where a test is slow, they are repeated. An ACK is one each time.
func (p *peer) fresh(r *sip.Request, method sip.RequestMethod) bool {
	branch, _ := r.Via().Params.Get("branch")
	key := string(method) + branch
	if r.Method != method || p.had[key] {
		return false
	}
	if p.had == nil {
		p.had = map[string]bool{}
	}
	p.had[key] = method != sip.ACK
	return true
}

// wantRequest waits for a request.
func (p *peer) wantRequest(method sip.RequestMethod) *sip.Request {
	p.t.Helper()
	for i, r := range p.saw {
		if p.fresh(r, method) {
			p.saw = append(p.saw[:i], p.saw[i+1:]...)
			return r
		}
	}
	for end := time.Now().Add(soon); time.Now().Before(end); {
		if r, ok := p.read(time.Until(end)).(*sip.Request); ok && p.fresh(r, method) {
			return r
		}
	}
	p.t.Fatalf("no %s", method)
	return nil
}

// of has it speak in the call that an INVITE has made to it.
func (p *peer) of(invite *sip.Request) {
	p.theirs, _ = invite.From().Params.Get("tag")
	p.call, p.target, p.seq = invite.CallID().Value(), invite.Contact().Address.String(), 1
}

// answer answers a request.
func (p *peer) answer(req *sip.Request, code int, body string, headers ...string) {
	p.t.Helper()
	res := sip.NewResponseFromRequest(req, code, "Said", nil)
	res.To().Params.Add("tag", p.ours)
	res.AppendHeader(sip.NewHeader("Contact", "<sip:peer@"+p.at()+">"))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		res.AppendHeader(sip.NewHeader(name, value))
	}
	if body != "" {
		res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		res.SetBody([]byte(body))
	}
	p.raw(res.String())
}

// offer is a description of her sound.
func offer(dir string) string {
	return "v=0\r\no=- 5 " + fmt.Sprint(len(dir)) + " IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0 101\r\n" +
		"a=rtpmap:101 telephone-event/8000\r\na=" + dir + "\r\n"
}

var ours = sdp.Ours{Addr: netip.MustParseAddrPort("127.0.0.1:6000"), Dir: sdp.SendRecv}

// take answers a call as an adapter does.
func take(ctx context.Context, t testing.TB, d *trunk.Dialog) (sdp.Media, bool) {
	m, err := sdp.Answer(d.Offer(), ours)
	if err != nil {
		if t != nil { // a fuzzer offers what it will
			t.Errorf("the offer is not taken: %v", err)
		}
		return m, false
	}
	if m, err = d.Answer(ctx, m); err != nil {
		return m, false
	}
	return m, true
}

// answering answers each call, agrees to what it is offered, and stays until the end.
// Where there is a seen, it hears nil when the call runs, and then the events.
func answering(t testing.TB, seen chan<- trunk.Event) trunk.Handler {
	return func(ctx context.Context, d *trunk.Dialog) {
		_ = d.Ring()
		if _, ok := take(ctx, t, d); !ok {
			return
		}
		if seen != nil {
			seen <- nil
		}
		for e := range d.Events() {
			if o, ok := e.(trunk.Offered); ok {
				if m, err := sdp.Answer(o.Media, ours); err != nil {
					_ = o.Refuse()
				} else {
					_ = o.Agree(ctx, m)
				}
			}
			if seen != nil {
				seen <- e
			}
		}
	}
}

// up calls, and is answered.
func (p *peer) up(headers ...string) *sip.Response {
	p.t.Helper()
	p.send("INVITE", offer("sendrecv"), headers...)
	p.taken = p.want("INVITE", 200)
	p.send("ACK", "")
	return p.taken
}

// talking serves a line with a call that runs. What the line is told of it is seen.
func talking(t *testing.T, c trunk.Config, headers ...string) (l *running, p *peer, seen <-chan trunk.Event) {
	t.Helper()
	all := make(chan trunk.Event, 1000)
	l = serve(t, answering(t, all), c)
	p = newPeer(t, l.Addr("udp"))
	p.up(headers...)
	await(t, all)
	return l, p, all
}

// insist sends a request of the dialog until it is answered: in a flood datagrams get
// lost.
func (p *peer) insist(method sip.RequestMethod) {
	p.t.Helper()
	p.seq++
	p.branch = sip.GenerateBranchN(16)
	text := p.text(string(method), "")
	for end := time.Now().Add(soon); time.Now().Before(end); {
		p.raw(text)
		if r, ok := p.read(4 * t1).(*sip.Response); ok && r.CSeq().MethodName == method && r.StatusCode == 200 {
			return
		}
	}
	p.t.Fatalf("%s is not answered", method)
}

// down hangs up.
func (p *peer) down() {
	p.t.Helper()
	p.send("BYE", "")
	p.want("BYE", 200)
}

func await[T any](t testing.TB, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(soon):
		t.Fatal("nothing happened")
		panic("")
	}
}

// clock is turned by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// empty waits until no call is left.
func (l *running) empty(t testing.TB) {
	t.Helper()
	for range 6000 {
		if l.Calls() == 0 {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	t.Errorf("%d calls are stuck", l.Calls())
}

package trunk_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

var nobody = netip.MustParseAddrPort("127.0.0.1:9")

// credentials answers a challenge.
func credentials(t testing.TB, challenge, method, uri, user, password string) string {
	t.Helper()
	c, err := digest.ParseChallenge(challenge)
	if err != nil {
		t.Fatal(err)
	}
	cred, err := digest.Digest(c, digest.Options{Method: method, URI: uri, Username: user, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return cred.String()
}

// towards has one trunk for each group of targets, which are not pinged.
func towards(groups ...[]*peer) trunk.Config {
	return config(func(c *trunk.Config) {
		c.Trunks = nil
		for i, peers := range groups {
			tr := trunk.Trunk{Name: string(rune('a' + i)), Transport: "udp", Ping: -1, Domain: "example.org", User: "line", Password: "secret"}
			for _, p := range peers {
				tr.Targets = append(tr.Targets, p.at())
			}
			c.Trunks = append(c.Trunks, tr)
		}
	})
}

type dialled struct {
	d   *trunk.Dialog
	err error
}

func (l *running) dial(ctx context.Context, t *testing.T, from string, early func(sdp.Media)) <-chan dialled {
	t.Helper()
	m, err := sdp.Offer(ours)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan dialled, 1)
	go func() {
		d, err := l.DialHearing(ctx, seal.Conceal("+15550147"), from, m, early)
		got <- dialled{d, err}
	}()
	return got
}

func TestDial(t *testing.T) {
	p := newPeer(t, nobody)
	l := serve(t, answering(t, nil), towards([]*peer{p}))
	p.to = l.Addr("udp")
	early := make(chan sdp.Media, 1)
	got := l.dial(t.Context(), t, "+15550100", func(m sdp.Media) { early <- m })
	first := p.wantRequest(sip.INVITE)
	if first.Recipient.String() != "sip:+15550147@example.org" || first.From().Address.User != "+15550100" || first.GetHeader("Privacy") != nil {
		t.Errorf("got\n%s", first)
	}
	p.answer(first, 401, "", `WWW-Authenticate: Digest realm="x",nonce="1",algorithm=md5,qop="auth, auth-int"`)
	p.wantRequest(sip.ACK)
	req := p.wantRequest(sip.INVITE)
	cred, err := digest.ParseCredentials(req.GetHeader("Authorization").Value())
	if err != nil || cred.Username != "line" || cred.URI != "sip:+15550147@example.org" || req.CallID().Value() != first.CallID().Value() || req.CSeq().SeqNo != first.CSeq().SeqNo+1 {
		t.Errorf("it shows %+v, %v", cred, err)
	}
	for range 12 { // a network that says again and again that it rings
		p.answer(req, 180, "")
	}
	p.answer(req, 183, offer("sendrecv"))
	if m := await(t, early); m.Addr.Port() != 4000 {
		t.Errorf("early sound comes from %+v", m)
	}
	p.answer(req, 200, offer("sendrecv"))
	r := await(t, got)
	if r.err != nil {
		t.Fatal(r.err)
	}
	ack := p.wantRequest(sip.ACK)
	if ack.GetHeader("Authorization") == nil || ack.CSeq().SeqNo != req.CSeq().SeqNo || ack.Recipient.String() != "sip:peer@"+p.at() {
		t.Errorf("the ACK is\n%s", ack)
	}
	p.answer(req, 200, offer("sendrecv"))
	p.wantRequest(sip.ACK) // it was lost
	if r.d.Remote().Addr.Port() != 4000 || r.d.From().Reveal() != "+15550147" {
		t.Errorf("got %+v", r.d.Remote())
	}
	ended := make(chan error, 1)
	go func() { ended <- r.d.Hangup(context.Background()) }()
	bye := p.wantRequest(sip.BYE)
	if bye.CSeq().SeqNo <= req.CSeq().SeqNo {
		t.Errorf("the BYE has number %d after %d", bye.CSeq().SeqNo, req.CSeq().SeqNo)
	}
	p.answer(bye, 200, "")
	if err := await(t, ended); err != nil {
		t.Errorf("got %v", err)
	}
	l.empty(t)
}

// Who hangs up as soon as the line has acknowledged leaves no call behind.
func TestHangUpBehindOurACK(t *testing.T) {
	p := newPeer(t, nobody)
	l := serve(t, answering(t, nil), towards([]*peer{p}))
	p.to = l.Addr("udp")
	for range 50 {
		got := l.dial(t.Context(), t, "", nil)
		req := p.wantRequest(sip.INVITE)
		p.answer(req, 200, offer("sendrecv"))
		p.wantRequest(sip.ACK)
		p.of(req)
		p.down()
		await(t, await(t, got).d.Done())
	}
	l.empty(t)
}

func TestDialWithoutANumberToShow(t *testing.T) {
	p := newPeer(t, nobody)
	l := serve(t, answering(t, nil), towards([]*peer{p}))
	p.to = l.Addr("udp")
	got := l.dial(t.Context(), t, "", nil)
	req := p.wantRequest(sip.INVITE)
	if h := req.GetHeader("Privacy"); req.From().Address.String() != "sip:anonymous@anonymous.invalid" || h == nil || h.Value() != "id" || req.GetHeader("P-Asserted-Identity") != nil {
		t.Errorf("got\n%s", req)
	}
	p.answer(req, 486, "")
	p.wantRequest(sip.ACK)
	if r := await(t, got); !errors.Is(r.err, trunk.ErrBusy) {
		t.Errorf("got %v", r.err)
	}
}

func TestDialFailsOver(t *testing.T) {
	a1, a2, b := newPeer(t, nobody), newPeer(t, nobody), newPeer(t, nobody)
	changes := make(chan trunk.Health, 8)
	c := towards([]*peer{a1, a2}, []*peer{b})
	c.Notice = func(h trunk.Health) { changes <- h }
	c.Impatient(time.Second)
	l := serve(t, answering(t, nil), c)
	for _, p := range []*peer{a1, a2, b} {
		p.to = l.Addr("udp")
	}
	got := l.dial(t.Context(), t, "+15550100", nil)
	silent := a1.wantRequest(sip.INVITE) // the first says nothing
	busy := a2.wantRequest(sip.INVITE)   // the second is out of order
	a2.answer(busy, 503, "")
	req := b.wantRequest(sip.INVITE)
	b.answer(req, 402, "")
	b.wantRequest(sip.ACK)
	if r := await(t, got); !errors.Is(r.err, trunk.ErrRefused) {
		t.Errorf("got %v", r.err)
	}
	if h := await(t, changes); h.Trunk != "b" || h.Code != trunk.Credit || h.Up() {
		t.Errorf("got %+v, want that b is not paid", h)
	}

	// The first finds its voice when nobody listens: it is hung up.
	a1.answer(silent, 200, offer("sendrecv"))
	a1.wantRequest(sip.ACK)
	a1.answer(a1.wantRequest(sip.BYE), 200, "")

	// What said nothing is tried last.
	got = l.dial(t.Context(), t, "+15550100", nil)
	req = a2.wantRequest(sip.INVITE)
	a2.answer(req, 200, offer("sendrecv"))
	r := await(t, got)
	if r.err != nil || r.d.Trunk() != "a" {
		t.Fatalf("got %v", r.err)
	}
	for m := a1.read(4 * t1); m != nil; m = a1.read(4 * t1) {
		if r, ok := m.(*sip.Request); ok && a1.fresh(r, sip.INVITE) {
			t.Errorf("what said nothing is tried first:\n%s", r)
		}
	}
	a2.of(req)
	a2.down()
	l.empty(t)
}

// An account that is not accepted is shown once: trunks lock those who go on.
func TestAccountIsShownOnce(t *testing.T) {
	p := newPeer(t, nobody)
	l := serve(t, answering(t, nil), towards([]*peer{p}))
	p.to = l.Addr("udp")
	got := l.dial(t.Context(), t, "", nil)
	for range 2 {
		p.answer(p.wantRequest(sip.INVITE), 401, "", `WWW-Authenticate: Digest realm="x",nonce="1"`)
		p.wantRequest(sip.ACK)
	}
	if r := await(t, got); !errors.Is(r.err, trunk.ErrRefused) {
		t.Errorf("got %v", r.err)
	}
	if h := l.Health()[0]; h.Code != trunk.Declined {
		t.Errorf("got %+v", h)
	}
	got = l.dial(t.Context(), t, "", nil)
	for _, stale := range []string{"false", "true"} { // a challenge that has only grown old is answered again
		p.answer(p.wantRequest(sip.INVITE), 401, "", `WWW-Authenticate: Digest realm="x",nonce="1",stale=`+stale)
		p.wantRequest(sip.ACK)
	}
	p.answer(p.wantRequest(sip.INVITE), 486, "")
	p.wantRequest(sip.ACK)
	if r := await(t, got); !errors.Is(r.err, trunk.ErrBusy) {
		t.Errorf("got %v", r.err)
	}
}

// A number that cannot be called is no fault of the trunk; two running are.
func TestForbiddenCalls(t *testing.T) {
	p := newPeer(t, nobody)
	hand := &clock{at: time.Now()}
	c := towards([]*peer{p})
	c.Clock = hand.now
	c.Hurry(100 * time.Microsecond) // pings every 3 ms
	l := serve(t, answering(t, nil), c)
	p.to = l.Addr("udp")
	for i, want := range []trunk.Code{trunk.Fine, trunk.Declined} {
		got := l.dial(t.Context(), t, "", nil)
		p.answer(p.wantRequest(sip.INVITE), 403, "")
		p.wantRequest(sip.ACK)
		if r := await(t, got); !errors.Is(r.err, trunk.ErrRefused) {
			t.Errorf("got %v", r.err)
		}
		if h := l.Health()[0]; h.Code != want {
			t.Errorf("after %d: got %+v, want %s", i+1, h, want)
		}
	}
	hand.turn(2 * time.Hour)
	eventually(t, "it is forgotten", func() bool { return l.Health()[0].Up() })
}

func TestDialIsTakenBack(t *testing.T) {
	p := newPeer(t, nobody)
	l := serve(t, answering(t, nil), towards([]*peer{p}))
	p.to = l.Addr("udp")
	ctx, cancel := context.WithCancel(t.Context())
	early := make(chan sdp.Media, 1)
	got := l.dial(ctx, t, "+15550100", func(m sdp.Media) { early <- m })
	req := p.wantRequest(sip.INVITE)
	p.answer(req, 180, "")
	p.answer(req, 183, offer("sendrecv"))
	await(t, early)
	cancel()
	if r := await(t, got); !errors.Is(r.err, context.Canceled) {
		t.Errorf("got %v", r.err)
	}
	c := p.wantRequest(sip.CANCEL)
	if a, b := c.Via().Params.GetOr("branch", "a"), req.Via().Params.GetOr("branch", "b"); a != b || c.CSeq().SeqNo != req.CSeq().SeqNo {
		t.Errorf("the CANCEL is of %s, the INVITE of %s", a, b)
	}
	p.answer(c, 200, "")
	p.answer(req, 487, "")
	p.wantRequest(sip.ACK)
	l.empty(t)
}

// A process that ends rings nowhere any more, although nobody waits for an answer.
func TestTheEndTakesBackADial(t *testing.T) {
	caller, called := newPeer(t, nobody), newPeer(t, nobody)
	c := towards([]*peer{called})
	c.Trunks[0].Networks = []netip.Prefix{loopback}
	line := make(chan *running, 1)
	l := serve(t, func(ctx context.Context, d *trunk.Dialog) {
		_ = d.Ring()
		if _, ok := take(ctx, t, d); !ok {
			return
		}
		m, _ := sdp.Offer(ours)
		_, _ = (<-line).Dial(ctx, seal.Conceal("+15550147"), "", m)
	}, c)
	line <- l
	caller.to, called.to = l.Addr("udp"), l.Addr("udp")
	caller.up()
	called.answer(called.wantRequest(sip.INVITE), 180, "")
	for m := called.read(4 * t1); m != nil; m = called.read(4 * t1) { // until it is heard, it is asked for again
		if r, ok := m.(*sip.Request); ok && r.Method == sip.INVITE {
			called.answer(r, 180, "")
		}
	}
	l.stop()
	called.wantRequest(sip.CANCEL)
}

// Two telephones are picked up: the second is hung up.
func TestDialIsAnsweredTwice(t *testing.T) {
	p := newPeer(t, nobody)
	l := serve(t, answering(t, nil), towards([]*peer{p}))
	p.to = l.Addr("udp")
	got := l.dial(t.Context(), t, "+15550100", nil)
	req := p.wantRequest(sip.INVITE)
	p.answer(req, 200, offer("sendrecv"))
	r := await(t, got)
	if r.err != nil {
		t.Fatal(r.err)
	}
	first := p.ours
	p.ours = "second"
	p.answer(req, 200, offer("sendrecv"))
	bye := p.wantRequest(sip.BYE)
	if tag, _ := bye.To().Params.Get("tag"); tag != "second" {
		t.Errorf("%q is hung up", tag)
	}
	p.answer(bye, 200, "")
	p.ours = first
	p.of(req)
	p.down()
}

func TestDialOfWhatIsNoNumber(t *testing.T) {
	p := newPeer(t, nobody)
	l := serve(t, answering(t, nil), towards([]*peer{p}))
	m, _ := sdp.Offer(ours)
	for _, to := range []string{"", "12", "+1555@example.org", "+1555\r\nX: y", "1234567890123456789012"} {
		if _, err := l.Dial(t.Context(), seal.Conceal(to), "", m); !errors.Is(err, trunk.ErrRefused) {
			t.Errorf("%q is dialled: %v", to, err)
		}
	}
	if m := p.read(4 * t1); m != nil {
		t.Errorf("it sent\n%s", m)
	}
}

func TestRegistration(t *testing.T) {
	p := newPeer(t, nobody)
	changes := make(chan trunk.Health, 8)
	c := towards([]*peer{p})
	c.Trunks[0].Register = true
	c.Hurry(time.Millisecond)
	c.Notice = func(h trunk.Health) { changes <- h }
	l := serve(t, answering(t, nil), c)
	p.to = l.Addr("udp")
	first := p.wantRequest(sip.REGISTER)
	if first.Recipient.String() != "sip:example.org" || first.To().Address.String() != "sip:line@example.org" || first.GetHeader("Expires").Value() != "600" {
		t.Errorf("got\n%s", first)
	}
	p.answer(first, 401, "", `WWW-Authenticate: Digest realm="x",nonce="1"`)
	req := p.wantRequest(sip.REGISTER)
	if req.GetHeader("Authorization") == nil || req.CallID().Value() != first.CallID().Value() || req.CSeq().SeqNo <= first.CSeq().SeqNo {
		t.Errorf("got\n%s", req)
	}
	p.answer(req, 423, "", "Min-Expires: 700")
	req = p.wantRequest(sip.REGISTER)
	if req.GetHeader("Expires").Value() != "700" {
		t.Errorf("got\n%s", req)
	}
	contact := req.Contact().Clone()
	contact.Params.Add("expires", "100")
	from := time.Now()
	p.answer(req, 200, "", "Contact: "+contact.Value())
	if h := await(t, changes); h.Code != trunk.Fine {
		t.Errorf("got %+v", h)
	}
	again := p.wantRequest(sip.REGISTER)
	if took := time.Since(from); took < 75*time.Millisecond || took > 5*time.Second {
		t.Errorf("it was renewed after %v, of 100 short seconds", took)
	}
	p.answer(again, 403, "")
	if h := await(t, changes); h.Code != trunk.Registration || h.Since.IsZero() || l.Health()[0] != h {
		t.Errorf("got %+v", h)
	}
	p.answer(p.wantRequest(sip.REGISTER), 200, "")
	if h := await(t, changes); h.Code != trunk.Fine {
		t.Errorf("got %+v", h)
	}
}

// A registrar that grants a second is asked each second, and not as often as it answers.
func TestShortRegistration(t *testing.T) {
	p := newPeer(t, nobody)
	c := towards([]*peer{p})
	c.Trunks[0].Register = true
	c.Hurry(200 * time.Millisecond)
	l := serve(t, answering(t, nil), c)
	p.to = l.Addr("udp")
	req := p.wantRequest(sip.REGISTER)
	contact := req.Contact().Clone()
	contact.Params.Add("expires", "1")
	from := time.Now()
	p.answer(req, 200, "", "Contact: "+contact.Value())
	p.answer(p.wantRequest(sip.REGISTER), 200, "")
	if took := time.Since(from); took < 150*time.Millisecond {
		t.Errorf("it was renewed after %v", took)
	}
}

func TestHealthOfTargets(t *testing.T) {
	p := newPeer(t, nobody)
	changes := make(chan trunk.Health, 8)
	c := towards([]*peer{p})
	c.Trunks[0].Ping = 30 * time.Second
	c.Hurry(time.Millisecond)
	c.Notice = func(h trunk.Health) { changes <- h }
	l := serve(t, answering(t, nil), c)
	p.to = l.Addr("udp")
	answer := func(code int) {
		p.answer(p.wantRequest(sip.OPTIONS), code, "")
	}
	answer(404) // whatever it says, it is there
	if h := await(t, changes); h.Code != trunk.Fine {
		t.Errorf("got %+v", h)
	}
	for range 50 { // answers to what was repeated meanwhile count for nothing
		answer(503)
		if len(changes) > 0 {
			break
		}
	}
	if h := await(t, changes); h.Code != trunk.Declined {
		t.Errorf("got %+v", h)
	}
	if h := await(t, changes); h.Code != trunk.Network { // it falls silent
		t.Errorf("got %+v", h)
	}
	go func() {
		for {
			if r, ok := p.read(soon).(*sip.Request); ok {
				p.answer(r, 200, "")
				continue
			}
			return
		}
	}()
	if h := await(t, changes); h.Code != trunk.Fine {
		t.Errorf("got %+v", h)
	}
	_ = p.conn.Close()
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		t        trunk.Trunk
		in, want string
	}{
		{trunk.Trunk{}, "+15550147", "+15550147"},
		{trunk.Trunk{}, "%2B1-555-(0147)", "+15550147"},
		{trunk.Trunk{}, "0015550147", "+15550147"},
		{trunk.Trunk{}, "5550147", ""},
		{trunk.Trunk{}, "15550147", ""},
		{trunk.Trunk{Plain: true}, "15550147", "+15550147"},
		{trunk.Trunk{Country: "1"}, "05550147", "+15550147"},
		{trunk.Trunk{Country: "1"}, "5550147", "+15550147"},
		{trunk.Trunk{Country: "1"}, "0015550147", "+15550147"},
		{trunk.Trunk{}, "+1", ""},
		{trunk.Trunk{}, "+1555014700000000", ""},
		{trunk.Trunk{}, "+0555014700", ""},
		{trunk.Trunk{}, "anonymous", ""},
		{trunk.Trunk{}, "+1555\x000147", ""},
		{trunk.Trunk{Plain: true}, "", ""},
	} {
		if got := trunk.Number(c.t, c.in); got != c.want {
			t.Errorf("%+v: %q is %q, want %q", c.t, c.in, got, c.want)
		}
	}
}

func TestWhoCalls(t *testing.T) {
	numbers := make(chan string, 1)
	l := serve(t, func(_ context.Context, d *trunk.Dialog) { numbers <- d.From().Reveal() }, config())
	for name, c := range map[string]struct {
		from    string
		headers []string
		want    string
	}{
		"as she says":           {from: "+15550147", want: "+15550147"},
		"as her network says":   {from: "5550147", headers: []string{`P-Asserted-Identity: "X" <sip:+15550148@example.org>`}, want: "+15550148"},
		"as a telephone number": {from: "x", headers: []string{"P-Asserted-Identity: <tel:+15550148>"}, want: "+15550148"},
		"withheld":              {from: "+15550147", headers: []string{"Privacy: id;critical", "P-Asserted-Identity: <tel:+15550148>"}},
		"anonymous":             {from: "anonymous", headers: []string{"P-Asserted-Identity: <tel:+15550148>"}},
		"none":                  {from: "Maria"},
	} {
		p := newPeer(t, l.Addr("udp"))
		p.number = c.from
		p.send("INVITE", offer("sendrecv"), c.headers...)
		if got := await(t, numbers); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		p.want("INVITE", 480)
		p.send("ACK", "")
	}
}

func TestDialogsArePrintedByTheirOwnName(t *testing.T) {
	out := make(chan string, 1)
	l := serve(t, func(_ context.Context, d *trunk.Dialog) {
		out <- strings.Join([]string{sprint("%v", d), sprint("%+v", d), sprint("%#v", d), d.LogValue().String()}, " ")
	}, config())
	p := newPeer(t, l.Addr("udp"))
	p.send("INVITE", offer("sendrecv"))
	quiet(t, await(t, out), "5550147", p.call, p.ours)
	p.want("INVITE", 480)
	p.send("ACK", "")
}

// What somebody types is brought into the form in which it can be called, and not guessed.
func TestATypedNumber(t *testing.T) {
	l := serve(t, answering(t, nil), config(func(c *trunk.Config) { c.Trunks[0].Country = "1" }))
	for _, n := range []struct{ trunk, typed, want string }{
		{"first", "0015550142", "+15550142"}, {"first", "05550142", "+15550142"}, {"first", "42", "42"}, {"no such", "0015550142", "0015550142"},
	} {
		if got := l.Number(n.trunk, seal.Conceal(n.typed)); got.Reveal() != n.want {
			t.Errorf("%s on %s is %s, want %s", n.typed, n.trunk, got.Reveal(), n.want)
		}
	}
}

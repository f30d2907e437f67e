package trunk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
)

// The answer is sent again, twice as late each time, until it is acknowledged.
func TestAnswerIsRepeatedUntilAck(t *testing.T) {
	seen := make(chan trunk.Event, 8)
	l := serve(t, answering(t, seen), config())
	p := newPeer(t, l.Addr("udp"))
	from := time.Now()
	p.send("INVITE", offer("sendrecv"))
	p.want("INVITE", 200)
	for i, least := range []time.Duration{1, 3, 7, 15} { // a clock may be late, and is never early
		p.want("INVITE", 200)
		if took := time.Since(from); took < least*t1 {
			t.Errorf("repetition %d came after %v, want %v", i+1, took, least*t1)
		}
	}
	p.send("ACK", "")
	await(t, seen)
	for end := time.Now().Add(16 * t1); time.Now().Before(end); {
		if res, ok := p.read(time.Until(end)).(*sip.Response); ok && res.StatusCode == 200 {
			if time.Now().After(end.Add(-8 * t1)) {
				t.Error("it is still repeated after the ACK")
			}
		}
	}
	p.down()
}

// Who never acknowledges is hung up on.
func TestAnswerGivesUpWithoutAck(t *testing.T) {
	failed := make(chan error, 1)
	ends := make(chan trunk.Event, 1)
	l := serve(t, func(ctx context.Context, d *trunk.Dialog) {
		m, _ := sdp.Answer(d.Offer(), ours)
		_, err := d.Answer(ctx, m)
		failed <- err
		ends <- <-d.Events()
	}, config())
	p := newPeer(t, l.Addr("udp"))
	from := time.Now()
	p.send("INVITE", offer("sendrecv"))
	bye := p.wantRequest(sip.BYE)
	if took := time.Since(from); took < 60*t1 {
		t.Errorf("it gave up after %v, want 64 times %v", took, t1)
	}
	p.answer(bye, 200, "")
	if err := await(t, failed); !errors.Is(err, trunk.ErrOver) {
		t.Errorf("got %v", err)
	}
	if e, ok := await(t, ends).(trunk.Ended); !ok || e.By != trunk.Lost {
		t.Errorf("got %#v", e)
	}
	l.empty(t)
}

func TestCancelAtEachStage(t *testing.T) {
	for name, ring := range map[string]bool{"before it rings": false, "while it rings": true} {
		t.Run(name, func(t *testing.T) {
			begun, ended := make(chan bool, 1), make(chan trunk.Event, 1)
			l := serve(t, func(_ context.Context, d *trunk.Dialog) {
				if ring {
					_ = d.Ring()
				}
				begun <- true
				ended <- <-d.Events()
				m, _ := sdp.Answer(d.Offer(), ours)
				if _, err := d.Answer(context.Background(), m); !errors.Is(err, trunk.ErrOver) {
					t.Errorf("a call that was taken back is answered: %v", err)
				}
			}, config())
			p := newPeer(t, l.Addr("udp"))
			p.send("INVITE", offer("sendrecv"))
			await(t, begun)
			p.send("CANCEL", "")
			p.want("CANCEL", 200)
			p.want("INVITE", 487)
			p.send("ACK", "")
			if e, ok := await(t, ended).(trunk.Ended); !ok || e.By != trunk.Peer {
				t.Errorf("got %#v", e)
			}
			l.empty(t)
		})
	}
	t.Run("after the answer", func(t *testing.T) {
		seen := make(chan trunk.Event, 8)
		l := serve(t, answering(t, seen), config())
		p := newPeer(t, l.Addr("udp"))
		p.send("INVITE", offer("sendrecv"))
		p.want("INVITE", 200)
		theirs := p.theirs
		p.theirs = ""
		p.send("CANCEL", "")
		p.want("CANCEL", 200)
		p.theirs = theirs
		p.send("ACK", "")
		if e := await(t, seen); e != nil {
			t.Errorf("got %#v, want a call that runs", e)
		}
		p.down()
		l.empty(t)
	})
	t.Run("of nothing", func(t *testing.T) {
		l := serve(t, answering(t, nil), config())
		p := newPeer(t, l.Addr("udp"))
		p.seq, p.branch = 1, sip.GenerateBranchN(16)
		p.send("CANCEL", "")
		p.want("CANCEL", 481)
	})
}

func TestHangupAtEachStage(t *testing.T) {
	t.Run("refused", func(t *testing.T) {
		l := serve(t, func(_ context.Context, d *trunk.Dialog) { _ = d.Reject(503, 7*time.Second) }, config())
		p := newPeer(t, l.Addr("udp"))
		p.send("INVITE", offer("sendrecv"))
		if got := p.want("INVITE", 503).GetHeader("Retry-After"); got == nil || got.Value() != "7" {
			t.Errorf("got %v", got)
		}
		p.send("ACK", "")
		l.empty(t)
	})
	t.Run("left ringing", func(t *testing.T) {
		l := serve(t, func(context.Context, *trunk.Dialog) {}, config())
		p := newPeer(t, l.Addr("udp"))
		p.send("INVITE", offer("sendrecv"))
		p.want("INVITE", 480)
		p.send("ACK", "")
		l.empty(t)
	})
	t.Run("a fault of ours", func(t *testing.T) {
		l := serve(t, func(context.Context, *trunk.Dialog) { panic("her number is " + "+15550147") }, config())
		p := newPeer(t, l.Addr("udp"))
		p.send("INVITE", offer("sendrecv"))
		p.want("INVITE", 480)
		p.send("ACK", "")
		l.empty(t)
		eventually(t, "it says where", func() bool { return strings.Contains(l.log.String(), "trunk/end_test.go:") })
		quiet(t, l.log.String(), "5550147")
	})
	t.Run("before the ACK", func(t *testing.T) {
		l := serve(t, func(_ context.Context, d *trunk.Dialog) {
			m, _ := sdp.Answer(d.Offer(), ours)
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_, _ = d.Answer(ctx, m)
			_ = d.Hangup(context.Background())
		}, config())
		p := newPeer(t, l.Addr("udp"))
		p.send("INVITE", offer("sendrecv"))
		p.want("INVITE", 200)
		p.want("INVITE", 200)
		if len(p.saw) > 0 {
			t.Errorf("%s overtook the ACK", p.saw[0].Method)
		}
		p.send("ACK", "")
		p.answer(p.wantRequest(sip.BYE), 200, "")
		l.empty(t)
	})
	t.Run("while it runs", func(t *testing.T) {
		l := serve(t, func(ctx context.Context, d *trunk.Dialog) {
			if _, ok := take(ctx, t, d); !ok {
				t.Error("not answered")
			}
			if err := d.Hangup(context.Background()); err != nil {
				t.Errorf("got %v", err)
			}
			if err := d.Hangup(context.Background()); !errors.Is(err, trunk.ErrOver) {
				t.Errorf("it is hung up twice: %v", err)
			}
		}, config())
		p := newPeer(t, l.Addr("udp"))
		p.up()
		bye := p.wantRequest(sip.BYE)
		if tag, _ := bye.To().Params.Get("tag"); tag != p.ours {
			t.Errorf("the BYE is for %q, want %q", tag, p.ours)
		}
		p.answer(bye, 200, "")
		l.empty(t)
	})
	t.Run("both at once", func(t *testing.T) {
		go1 := make(chan bool)
		l := serve(t, func(ctx context.Context, d *trunk.Dialog) {
			take(ctx, t, d)
			go1 <- true
			<-go1
			_ = d.Hangup(context.Background())
		}, config())
		p := newPeer(t, l.Addr("udp"))
		p.up()
		await(t, go1)
		p.seq++
		p.branch = sip.GenerateBranchN(16)
		go1 <- true
		p.raw(p.text("BYE", ""))
		for answered, asked := false, false; !answered; {
			switch m := p.read(soon).(type) {
			case *sip.Request:
				p.answer(m, 481, "")
				asked = true
			case *sip.Response:
				answered = m.CSeq().MethodName == sip.BYE
			case nil:
				t.Fatalf("the BYE is not answered (asked: %v)", asked)
			}
		}
		l.empty(t)
	})
}

// What a message says about where to send is not followed out of the trunk's networks.
func TestNobodyElseIsSentTo(t *testing.T) {
	l := serve(t, func(ctx context.Context, d *trunk.Dialog) { take(ctx, t, d) }, config())
	for _, where := range []string{"192.0.2.1:5060", "victim.example.org", "192.0.2.1:5060;maddr=192.0.2.2"} {
		p := newPeer(t, l.Addr("udp"))
		p.where = where
		p.up()
		bye := p.wantRequest(sip.BYE)
		if !strings.Contains(bye.Recipient.String(), strings.Split(where, ":")[0]) {
			t.Errorf("it asks for %s, want its contact", bye.Recipient.String())
		}
		p.answer(bye, 200, "")
	}
	l.empty(t)
}

// Through many carriers an answer grows longer than the library would send.
func TestLongRoute(t *testing.T) {
	hop := "Record-Route: <sip:" + strings.Repeat("a", 150) + ".example.org;lr>"
	_, p, _ := talking(t, config(), hop, hop, hop, hop, hop, hop, hop, hop)
	if n := len(p.taken.String()); n < 1500 {
		t.Fatalf("the answer has %d bytes", n)
	}
	p.down()
}

func TestStopTellsThoseThatRing(t *testing.T) {
	begun := make(chan bool, 1)
	l := serve(t, func(_ context.Context, d *trunk.Dialog) { begun <- true; <-d.Done() }, config())
	p := newPeer(t, l.Addr("udp"))
	p.send("INVITE", offer("sendrecv"))
	await(t, begun)
	l.stop()
	p.want("INVITE", 503)
}

// A process that stops leaves its calls to the next one, and tells those that ring to
// come back.
func TestStopSendsNoBye(t *testing.T) {
	l, p, seen := talking(t, config())
	l.stop()
	if e, ok := await(t, seen).(trunk.Ended); !ok || e.By != trunk.Nobody {
		t.Errorf("got %#v", e)
	}
	for m := p.read(8 * t1); m != nil; m = p.read(8 * t1) {
		if r, ok := m.(*sip.Request); ok {
			t.Errorf("it sent %s", r.Method)
		}
	}
}

func TestDrain(t *testing.T) {
	l, old, _ := talking(t, config())
	fresh, watch := newPeer(t, l.Addr("udp")), newPeer(t, l.Addr("udp"))
	l.Drain()
	fresh.send("INVITE", offer("sendrecv"))
	if fresh.want("INVITE", 503).GetHeader("Retry-After") == nil {
		t.Error("it does not say when to come back")
	}
	fresh.send("ACK", "")
	watch.send("OPTIONS", "")
	watch.want("OPTIONS", 503)
	// A call that was given to another process is not denied: it is about to say so.
	given := newPeer(t, l.Addr("udp"))
	given.theirs = "given"
	given.send("INVITE", offer("sendrecv"))
	if given.want("INVITE", 500).GetHeader("Retry-After") == nil {
		t.Error("it does not say when to ask again")
	}
	given.send("ACK", "")
	given.send("BYE", "")
	given.want("BYE", 481)
	old.down()
}

func TestRoomForSoManyCalls(t *testing.T) {
	l, one, _ := talking(t, config(func(c *trunk.Config) { c.Calls = 1 }))
	two := newPeer(t, l.Addr("udp"))
	two.send("INVITE", offer("sendrecv"))
	two.want("INVITE", 503)
	two.send("ACK", "")
	one.down()
	l.empty(t)
	three := newPeer(t, l.Addr("udp"))
	three.up()
	three.down()
}

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

func TestHoldAndBack(t *testing.T) {
	_, p, seen := talking(t, config())
	for _, method := range []sip.RequestMethod{sip.INVITE, sip.UPDATE} {
		p.send(string(method), offer("sendonly"))
		res := p.want(method, 200)
		if !strings.Contains(string(res.Body()), "a=recvonly") {
			t.Errorf("%s to hold is answered\n%s", method, res.Body())
		}
		if method == sip.INVITE {
			p.send("ACK", "")
		}
		if o, ok := await(t, seen).(trunk.Offered); !ok || o.Dir != sdp.SendOnly || !o.Held() {
			t.Errorf("got %#v", o)
		}
		p.send(string(method), offer("sendrecv"))
		res = p.want(method, 200)
		if method == sip.INVITE {
			p.send("ACK", "")
		}
		await(t, seen)
		if session(p.taken) != session(res) || string(res.Body()) == string(p.taken.Body()) {
			t.Errorf("the origin is to be the same session in another version:\n%s\n%s", p.taken.Body(), res.Body())
		}
	}
	p.down()
}

// Whoever holds and comes back at once sends the next offer right behind the ACK.
func TestOfferBehindTheACK(t *testing.T) {
	_, p, seen := talking(t, config())
	for range 200 {
		for _, dir := range []string{"sendonly", "sendrecv"} {
			for _, method := range []sip.RequestMethod{sip.INVITE, sip.UPDATE} {
				p.send(string(method), offer(dir))
				p.want(method, 200)
				if method == sip.INVITE {
					p.send("ACK", "")
				}
			}
			await(t, seen) // of the INVITE; the UPDATE says the same again, which only refreshes
		}
	}
	p.down()
}

// session is the number of the session in a description.
func session(res *sip.Response) string {
	_, rest, _ := strings.Cut(string(res.Body()), "\r\no=line ")
	n, _, _ := strings.Cut(rest, " ")
	return n
}

// What only refreshes the session is answered without the adapter.
func TestRefreshByTheOtherEnd(t *testing.T) {
	_, p, seen := talking(t, config())
	p.send("INVITE", offer("sendrecv"))
	if res := p.want("INVITE", 200); string(res.Body()) != string(p.taken.Body()) {
		t.Errorf("got\n%s\nwant\n%s", res.Body(), p.taken.Body())
	}
	p.send("ACK", "")
	p.send("UPDATE", "")
	if res := p.want("UPDATE", 200); len(res.Body()) != 0 {
		t.Errorf("got\n%s", res.Body())
	}
	p.down()
	if e, ok := await(t, seen).(trunk.Ended); !ok {
		t.Errorf("the adapter was asked: %#v", e)
	}
}

func TestLateOffer(t *testing.T) {
	got := make(chan sdp.Media, 4)
	l := serve(t, func(ctx context.Context, d *trunk.Dialog) {
		if !d.Offer().IsZero() {
			t.Error("there is an offer")
		}
		m, _ := take(ctx, t, d)
		got <- m
		for e := range d.Events() {
			if o, ok := e.(trunk.Offered); ok {
				m, err := sdp.Answer(o.Media, ours)
				if err == nil {
					err = o.Agree(ctx, m)
				}
				if err != nil {
					t.Errorf("got %v", err)
				}
				got <- d.Remote()
			}
		}
	}, config())
	p := newPeer(t, l.Addr("udp"))
	p.send("INVITE", "")
	if res := p.want("INVITE", 200); !strings.Contains(string(res.Body()), "m=audio 6000") {
		t.Errorf("our offer is\n%s", res.Body())
	}
	p.send("ACK", strings.Replace(offer("sendrecv"), "4000", "4444", 1))
	if m := await(t, got); m.Addr.Port() != 4444 {
		t.Errorf("her answer is %+v", m)
	}
	p.send("INVITE", "")
	p.want("INVITE", 200)
	p.send("ACK", strings.Replace(offer("sendrecv"), "4000", "4446", 1))
	if m := await(t, got); m.Addr.Port() != 4446 {
		t.Errorf("her answer is %+v", m)
	}
	p.down()
}

// Both ends offer at once: both say 491, and ours tries again.
func TestGlare(t *testing.T) {
	running := make(chan *trunk.Dialog, 1)
	again := make(chan error, 1)
	l := serve(t, func(ctx context.Context, d *trunk.Dialog) {
		take(ctx, t, d)
		running <- d
		m, _ := sdp.Offer(ours)
		m.Dir = sdp.SendOnly
		got, err := d.Reinvite(ctx, m)
		if err == nil && got.Dir != sdp.RecvOnly {
			err = errors.New("not held")
		}
		again <- err
		<-d.Done()
	}, config())
	p := newPeer(t, l.Addr("udp"))
	p.up()
	await(t, running)
	theirs := p.wantRequest(sip.INVITE)
	p.send("INVITE", offer("sendonly"))
	p.want("INVITE", 491)
	p.send("ACK", "")
	p.answer(theirs, 491, "")
	p.wantRequest(sip.ACK)
	second := p.wantRequest(sip.INVITE)
	if second.CSeq().SeqNo <= theirs.CSeq().SeqNo {
		t.Errorf("its number is %d after %d", second.CSeq().SeqNo, theirs.CSeq().SeqNo)
	}
	p.answer(second, 200, offer("recvonly"))
	p.wantRequest(sip.ACK)
	if err := await(t, again); err != nil {
		t.Errorf("got %v", err)
	}
	p.down()
}

// What they offer right behind our acknowledgement does not meet the offer that it ends.
func TestAnOfferBehindOurACK(t *testing.T) {
	next := make(chan bool, 1)
	l := serve(t, func(ctx context.Context, d *trunk.Dialog) {
		take(ctx, t, d)
		for {
			select {
			case <-next:
			case <-d.Done():
				return
			}
			if _, err := d.Reinvite(ctx, sdp.Media{}); err != nil {
				t.Errorf("got %v", err)
			}
		}
	}, config(func(c *trunk.Config) { c.Hurry(10 * time.Millisecond); c.Trunks[0].Rate = 10000 }))
	p := newPeer(t, l.Addr("udp"))
	p.up()
	for range 100 {
		next <- true
		p.answer(p.wantRequest(sip.INVITE), 200, offer("sendrecv"))
		p.wantRequest(sip.ACK)
		p.send("INVITE", offer("sendrecv"))
		p.want("INVITE", 200)
		p.send("ACK", "")
	}
	p.down()
}

// An offer of ours that nobody waits for any more is taken back. Where it is answered all the
// same the call goes on.
func TestReinviteIsTakenBack(t *testing.T) {
	taken, stop := make(chan bool), make(chan context.CancelFunc, 1)
	l := serve(t, func(ctx context.Context, d *trunk.Dialog) {
		take(ctx, t, d)
		asking, cancel := context.WithCancel(ctx)
		stop <- cancel
		if _, err := d.Reinvite(asking, sdp.Media{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		close(taken)
		<-d.Done()
	}, config())
	p := newPeer(t, l.Addr("udp"))
	p.up()
	req := p.wantRequest(sip.INVITE)
	p.answer(req, 100, "")
	(<-stop)()
	await(t, taken)
	p.answer(p.wantRequest(sip.CANCEL), 200, "")
	p.answer(req, 200, offer("sendrecv"))
	if ack := p.wantRequest(sip.ACK); ack.CSeq().SeqNo != req.CSeq().SeqNo {
		t.Errorf("the ACK has number %d, the INVITE %d", ack.CSeq().SeqNo, req.CSeq().SeqNo)
	}
	for m := p.read(4 * t1); m != nil; m = p.read(4 * t1) {
		if r, ok := m.(*sip.Request); ok && r.Method == sip.BYE {
			t.Fatal("it hangs up")
		}
	}
	p.down()
}

func TestReofferThatNobodyDecides(t *testing.T) {
	offers := make(chan trunk.Offered, 1)
	l := serve(t, func(ctx context.Context, d *trunk.Dialog) {
		take(ctx, t, d)
		for e := range d.Events() {
			if o, ok := e.(trunk.Offered); ok {
				offers <- o
			}
		}
	}, config())
	p := newPeer(t, l.Addr("udp"))
	p.up()
	p.send("INVITE", offer("sendonly"))
	o := await(t, offers)
	invite, branch := p.seq, p.branch
	p.send("UPDATE", offer("inactive"))
	p.want("UPDATE", 500) // one at a time
	p.seq, p.branch = invite, branch
	p.send("CANCEL", "")
	p.want("CANCEL", 200)
	p.want("INVITE", 487)
	if err := o.Refuse(); !errors.Is(err, trunk.ErrOver) {
		t.Errorf("got %v, want that there is nothing to answer", err)
	}
	p.send("ACK", "")
	p.seq = invite + 2
	p.send("INVITE", offer("inactive"))
	o = await(t, offers)
	if err := o.Refuse(); err != nil {
		t.Errorf("got %v", err)
	}
	p.want("INVITE", 488)
	p.send("ACK", "")
	p.down() // the call goes on as it was
}

func TestOurReinvite(t *testing.T) {
	for name, c := range map[string]struct {
		code int
		want error
	}{"taken": {200, nil}, "refused": {488, trunk.ErrRefused}, "no such call any more": {481, trunk.ErrOver}} {
		t.Run(name, func(t *testing.T) {
			result := make(chan error, 1)
			l := serve(t, func(ctx context.Context, d *trunk.Dialog) {
				take(ctx, t, d)
				m, _ := sdp.Offer(ours)
				m.Dir = sdp.Inactive
				got, err := d.Reinvite(ctx, m)
				if err == nil && got.Dir != sdp.Inactive {
					err = errors.New("another answer")
				}
				result <- err
				if err == nil || errors.Is(err, trunk.ErrRefused) {
					<-d.Done()
				}
			}, config())
			p := newPeer(t, l.Addr("udp"))
			p.up()
			req := p.wantRequest(sip.INVITE)
			if !strings.Contains(string(req.Body()), "a=inactive") {
				t.Errorf("its offer is\n%s", req.Body())
			}
			p.answer(req, 100, "")
			body := ""
			if c.code == 200 {
				body = offer("inactive")
			}
			p.answer(req, c.code, body)
			ack := p.wantRequest(sip.ACK)
			if ack.CSeq().SeqNo != req.CSeq().SeqNo {
				t.Errorf("the ACK has number %d, the INVITE %d", ack.CSeq().SeqNo, req.CSeq().SeqNo)
			}
			if c.code == 200 { // it was lost: it comes again
				p.answer(req, 200, body)
				p.wantRequest(sip.ACK)
			}
			if err := await(t, result); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if c.code != 481 {
				p.down()
			}
			l.empty(t)
		})
	}
}

func TestKeysBesideTheSound(t *testing.T) {
	_, p, seen := talking(t, config())
	for _, c := range []struct {
		kind, body string
		want       byte
	}{
		{"application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", '5'},
		{"application/dtmf-relay", "Signal= #\nDuration= 100", '#'},
		{"application/dtmf-relay; x=1", "signal=10\r\n", '*'},
		{"application/dtmf", "9", '9'},
		{"Application/DTMF", "d\r\n", 'D'},
		{"application/dtmf-relay", "Signal=15", 'D'},
	} {
		p.seq++
		p.branch = sip.GenerateBranchN(16)
		p.raw(strings.Replace(p.text("INFO", c.body), "application/sdp", c.kind, 1))
		p.want("INFO", 200)
		if d, ok := await(t, seen).(trunk.Digit); !ok || d.Key != c.want {
			t.Errorf("%q: got %#v, want %q", c.body, d, c.want)
		}
	}
	for _, body := range []string{"Signal=99", "Duration=1", "55", "x"} {
		p.seq++
		p.branch = sip.GenerateBranchN(16)
		p.raw(strings.Replace(p.text("INFO", body), "application/sdp", "application/dtmf", 1))
		p.want("INFO", 415)
	}
	p.down()
	if e, ok := await(t, seen).(trunk.Ended); !ok {
		t.Errorf("got %#v", e)
	}
}

func TestEarlySound(t *testing.T) {
	l := serve(t, func(ctx context.Context, d *trunk.Dialog) {
		m, _ := sdp.Answer(d.Offer(), ours)
		if err := d.Progress(m); err != nil {
			t.Errorf("got %v", err)
		}
		take(ctx, t, d)
		<-d.Done()
		if d.Ring() == nil {
			t.Error("it rings after its end")
		}
	}, config())
	p := newPeer(t, l.Addr("udp"))
	p.send("INVITE", offer("sendrecv"))
	early := p.want("INVITE", 183)
	res := p.want("INVITE", 200)
	if len(early.Body()) == 0 || string(early.Body()) != string(res.Body()) {
		t.Errorf("early\n%s\nthen\n%s", early.Body(), res.Body())
	}
	p.send("ACK", "")
	p.down()
}

// A refresh that fails for now is no end: it is tried again, and the call goes on.
func TestARefreshIsTriedAgain(t *testing.T) {
	l := serve(t, answering(t, nil), config(func(c *trunk.Config) { c.Hurry(10 * time.Millisecond) }))
	p := newPeer(t, l.Addr("udp"))
	p.up("Supported: timer", "Allow: INVITE, UPDATE", "Session-Expires: 90;refresher=uas")
	p.answer(p.wantRequest(sip.UPDATE), 500, "")
	for range 2 {
		p.answer(p.wantRequest(sip.UPDATE), 200, "", "Session-Expires: 90;refresher=uac")
	}
	p.down()
}

func TestSessionTimer(t *testing.T) {
	for name, c := range map[string]struct {
		headers []string
		want    string // in the answer
		by      sip.RequestMethod
	}{
		"they refresh, and stop":     {headers: []string{"Supported: timer", "Session-Expires: 90;refresher=uac"}, want: "Session-Expires: 90;refresher=uac", by: sip.BYE},
		"we refresh by UPDATE":       {headers: []string{"Supported: timer", "Allow: INVITE, UPDATE", "Session-Expires: 90;refresher=uas"}, want: "Session-Expires: 90;refresher=uas", by: sip.UPDATE},
		"we refresh by INVITE":       {headers: []string{"Supported: timer", "Session-Expires: 90;refresher=uas"}, want: "refresher=uas", by: sip.INVITE},
		"they know none: we refresh": {want: "Session-Expires: 1800;refresher=uas", by: sip.INVITE},
	} {
		t.Run(name, func(t *testing.T) {
			seen := make(chan trunk.Event, 8)
			l := serve(t, answering(t, seen), config(func(c *trunk.Config) { c.Hurry(time.Millisecond) }))
			p := newPeer(t, l.Addr("udp"))
			from := time.Now()
			if res := p.up(c.headers...); !strings.Contains(res.String(), c.want) {
				t.Errorf("no %q in\n%s", c.want, res)
			}
			req := p.wantRequest(c.by)
			if took := time.Since(from); took < 40*time.Millisecond { // half of 90 of our short seconds
				t.Errorf("%s came after %v", c.by, took)
			}
			if c.by == sip.BYE {
				p.answer(req, 200, "")
				await(t, seen)
				if e, ok := await(t, seen).(trunk.Ended); !ok || e.By != trunk.Lost {
					t.Errorf("got %#v", e)
				}
				return
			}
			p.answer(req, 481, "") // it has died and come back
			if c.by == sip.INVITE {
				p.wantRequest(sip.ACK)
			}
			l.empty(t)
		})
	}
}

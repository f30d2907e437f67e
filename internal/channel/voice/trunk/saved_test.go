package trunk_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
)

func sprint(format string, a ...any) string { return fmt.Sprintf(format, a...) }

// A process dies with a call up; another one on the same address goes on with it.
func TestAnotherProcessGoesOn(t *testing.T) {
	records := make(chan []byte, 1)
	one := start(t, func(ctx context.Context, d *trunk.Dialog) {
		if d.Saved() != nil {
			t.Error("a call that rings is saved")
		}
		take(ctx, t, d)
		records <- d.Saved()
		<-d.Done()
		if d.Saved() != nil {
			t.Error("a call that ended is saved")
		}
	}, config())
	t.Cleanup(one.stop)
	at := one.Addr("udp").String()
	p := newPeer(t, one.Addr("udp"))
	p.up("Record-Route: <sip:"+p.at()+";lr>, <sip:127.0.0.1:7;lr>", "Allow: UPDATE")
	record := await(t, records)
	one.stop()

	numbers := make(chan string, 1)
	result := make(chan error, 1)
	events := make(chan trunk.Event, 4)
	going := func(ctx context.Context, d *trunk.Dialog) {
		numbers <- d.From().Reveal() + " " + d.ID()
		m, _ := sdp.Offer(ours)
		got, err := d.Reinvite(ctx, m)
		if err == nil && got.Addr.Port() != 4000 {
			err = errors.New("another answer")
		}
		result <- err
		for e := range d.Events() {
			events <- e
		}
	}
	two := serve(t, answering(t, nil), config(func(c *trunk.Config) {
		c.Listen[0].Addr = at
		c.Hurry(time.Second)
	}))
	// What comes before it is restored waits a little.
	p.send("OPTIONS", "")
	if err := two.Restore(t.Context(), record, going); err != nil {
		t.Fatal(err)
	}
	p.want("OPTIONS", 200)
	if got := await(t, numbers); !strings.HasPrefix(got, p.number+" ") || len(got) < 20 {
		t.Errorf("got %q", got)
	}
	req := p.wantRequest(sip.INVITE)
	if tag, _ := req.To().Params.Get("tag"); tag != p.ours || req.CallID().Value() != p.call {
		t.Errorf("it is of another call:\n%s", req)
	}
	if tag, _ := req.From().Params.Get("tag"); tag != p.theirs {
		t.Errorf("it comes from %q, want %q", tag, p.theirs)
	}
	if routes := req.GetHeaders("Route"); len(routes) != 2 || !strings.Contains(routes[0].Value(), p.at()) {
		t.Errorf("it goes by %v", routes)
	}
	p.answer(req, 200, offer("sendrecv"))
	p.wantRequest(sip.ACK)
	if err := await(t, result); err != nil {
		t.Errorf("got %v", err)
	}
	p.down()
	if e, ok := await(t, events).(trunk.Ended); !ok || e.By != trunk.Peer {
		t.Errorf("got %#v", e)
	}
	two.empty(t)
}

// Every request of a process that goes on has a higher number than what the dead one
// can have sent.
func TestNumbersJumpWhenAnotherProcessGoesOn(t *testing.T) {
	records := make(chan []byte, 2)
	var sent uint32
	one := start(t, func(ctx context.Context, d *trunk.Dialog) {
		take(ctx, t, d)
		records <- d.Saved()
		m, _ := sdp.Offer(ours)
		_, _ = d.Reinvite(ctx, m)
		<-d.Done()
	}, config())
	t.Cleanup(one.stop)
	at := one.Addr("udp").String()
	p := newPeer(t, one.Addr("udp"))
	p.up()
	record := await(t, records)
	req := p.wantRequest(sip.INVITE)
	sent = req.CSeq().SeqNo
	p.answer(req, 200, offer("sendrecv"))
	p.wantRequest(sip.ACK)
	one.stop()
	two := serve(t, answering(t, nil), config(func(c *trunk.Config) { c.Listen[0].Addr = at }))
	if err := two.Restore(t.Context(), record, func(context.Context, *trunk.Dialog) {}); err != nil {
		t.Fatal(err)
	}
	bye := p.wantRequest(sip.BYE)
	if n := bye.CSeq().SeqNo; n < sent+5 {
		t.Errorf("its number is %d after %d", n, sent)
	}
	p.answer(bye, 200, "")
	two.empty(t)
}

func TestRestoreRefusesWhatItCannotRead(t *testing.T) {
	l := serve(t, answering(t, nil), config())
	for record, want := range map[string]error{
		"":                              trunk.ErrOver,
		"{":                             trunk.ErrOver,
		`{"Form":2}`:                    trunk.ErrOver,
		`{"Form":1,"From":"+15550147"}`: trunk.ErrOver,
		`{"Form":1,"Trunk":"gone","Path":{"CallID":"a","Local":{"URI":"sip:a","Tag":"a"},"Remote":{"URI":"sip:a","Tag":"a"},"Target":"sip:a","Source":"a","Transport":"UDP"}}`:      trunk.ErrDown,
		`{"Form":1,"Trunk":"first","Path":{"CallID":"a\r\n","Local":{"URI":"sip:a","Tag":"a"},"Remote":{"URI":"sip:a","Tag":"a"},"Target":"sip:a","Source":"a","Transport":"UDP"}}`: trunk.ErrOver,
	} {
		err := l.Restore(t.Context(), []byte(record), func(context.Context, *trunk.Dialog) { t.Error("it goes on") })
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", record, err, want)
		}
		quiet(t, fmt.Sprint(err), "5550147")
	}
}

func TestCallOverTCP(t *testing.T) {
	l := serve(t, leaving(t), config(func(c *trunk.Config) {
		c.Listen = append(c.Listen, trunk.Listen{Transport: "tcp", Addr: "127.0.0.1:0"})
	}))
	conn, err := net.Dial("tcp", l.Addr("tcp").String())
	if err != nil {
		t.Fatal(err)
	}
	overStream(t, conn, "TCP")
	l.empty(t)
}

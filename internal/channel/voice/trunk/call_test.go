package trunk_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
)

func TestCallIsAnsweredAndEnds(t *testing.T) {
	seen, calls := make(chan trunk.Event, 8), make(chan *trunk.Dialog, 1)
	answer := answering(t, seen)
	l := serve(t, func(ctx context.Context, d *trunk.Dialog) { calls <- d; answer(ctx, d) }, config())
	p := newPeer(t, l.Addr("udp"))
	p.send("INVITE", offer("sendrecv"), "P-Called-Party-ID: <sip:+15550100@example.org>", "Record-Route: <sip:127.0.0.1;lr>")
	p.want("INVITE", 100)
	p.want("INVITE", 180)
	res := p.want("INVITE", 200)
	p.send("ACK", "")
	d := await(t, calls)
	await(t, seen)
	if got := d.From().Reveal(); got != p.number {
		t.Errorf("the number is %q, want %q", got, p.number)
	}
	if d.To() != "+15550100" || d.Trunk() != "first" || d.ID() == "" {
		t.Errorf("got to %q, trunk %q, id %q", d.To(), d.Trunk(), d.ID())
	}
	if m := d.Offer(); m.Addr != netip.MustParseAddrPort("127.0.0.1:4000") || m.Codecs[0] != audio.PCMA {
		t.Errorf("the offer is %+v", m)
	}
	for _, want := range []string{"m=audio 6000 RTP/AVP 8 0 101", "a=sendrecv"} {
		if !strings.Contains(string(res.Body()), want) {
			t.Errorf("no %q in the answer:\n%s", want, res.Body())
		}
	}
	if got := res.GetHeader("Record-Route"); got == nil {
		t.Error("the answer does not repeat the route")
	}
	p.down()
	if e, ok := await(t, seen).(trunk.Ended); !ok || e.By != trunk.Peer {
		t.Errorf("got %#v, want that she ended it", e)
	}
	l.empty(t)
}

// Of two accounts with one company, a call is for the one that it asks for.
func TestCallIsForItsAccount(t *testing.T) {
	trunks := make(chan string, 1)
	l := serve(t, func(_ context.Context, d *trunk.Dialog) { trunks <- d.Trunk() + " " + d.To() }, config(func(c *trunk.Config) {
		for _, user := range []string{"one", "two"} {
			c.Trunks = append(c.Trunks, trunk.Trunk{
				Name: user, Transport: "udp", Networks: c.Trunks[0].Networks, Targets: []string{"192.0.2.1"}, User: user, Register: true, Ping: -1,
			})
		}
	}))
	for _, c := range []struct{ user, want string }{{"two", "two +15550100"}, {"one", "one +15550100"}, {"+15550101", "first +15550101"}} {
		p := newPeer(t, l.Addr("udp"))
		p.target = "sip:" + c.user + "@127.0.0.1"
		p.branch, p.seq = "z9hG4bK"+p.call, 1
		p.raw(strings.Replace(p.text("INVITE", offer("sendrecv")), "To: <"+p.target+">", "To: <sip:+15550100@example.org>", 1))
		if got := await(t, trunks); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
		p.want("INVITE", 480)
		p.send("ACK", "")
	}
}

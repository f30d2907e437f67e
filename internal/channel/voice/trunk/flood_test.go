//go:build !race

package trunk_test

import (
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
)

// Ten thousand calls in a moment: those that live go on as if there were none.
func TestFlood(t *testing.T) {
	l, p, _ := talking(t, config(func(c *trunk.Config) { c.Trunks[0].Rate = 0; c.Hurry(time.Second) }))
	q := newPeer(t, l.Addr("udp"))
	for i := range 10000 {
		q.call, q.branch, q.seq = "flood"+strconv.Itoa(i), sip.GenerateBranchN(16), 1
		q.raw(q.text("INVITE", offer("sendrecv")))
	}
	if n := l.Calls(); n > 250 {
		t.Errorf("%d calls of it were taken", n)
	}
	from := time.Now()
	p.insist(sip.INFO)
	p.insist(sip.BYE)
	if took := time.Since(from); took > time.Second {
		t.Errorf("a call that lives was answered after %v", took)
	}
	l.empty(t)
}

// A source that changes its port each time does not fill the memory, and a trunk is
// served meanwhile.
func TestManyPorts(t *testing.T) {
	l, p, seen := talking(t, config(func(c *trunk.Config) { c.Trunks[0].Rate = 1e6; c.Hurry(time.Second) }))
	for range 20000 { // of 28,000 ports that the system gives out, so that many are new
		c, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(l.Addr("udp")))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write([]byte("SIP/2.0 200 OK\r\n\r\n"))
		_ = c.Close()
	}
	p.insist(sip.BYE)
	if n := l.Known(); n > 8300 {
		t.Errorf("%d ports are remembered", n)
	}
	q := newPeer(t, l.Addr("udp"))
	q.up()
	await(t, seen)
	q.down()
}

package station

import (
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

const (
	reporting = 2 * time.Second // between two reports of ours
	epoch     = 2208988800      // seconds from 1900, where NTP begins, to 1970
)

// stamp is a moment in the middle 32 bits of NTP, as reports quote it.
func stamp(t time.Time) uint32 { return uint32(ntp(t) >> 16) } //nolint:gosec // the middle of it

func ntp(t time.Time) uint64 {
	ns := uint64(t.UnixNano())
	return (ns/1e9+epoch)<<32 | (ns%1e9)<<32/1e9
}

// report tells the browser every other second what we sent and what came of what it sent, until
// the connection ends. By its own reports, and these, both sides know how well they are heard.
func (c *conn) report() {
	tick := time.NewTicker(reporting)
	defer tick.Stop()
	for {
		select {
		case <-c.ended:
			return
		case now := <-tick.C:
			if !c.up() {
				continue
			}
			_ = c.pc.WriteRTCP([]rtcp.Packet{c.ours(now)})
		}
	}
}

// ours is one report. A stream that carried nothing yet says so by its counts.
func (c *conn) ours(now time.Time) *rtcp.SenderReport {
	count, octets, at := c.out.sent(now)
	r := &rtcp.SenderReport{SSRC: c.out.ssrc.Load(), NTPTime: ntp(now), RTPTime: at, PacketCount: count, OctetCount: octets}
	if block, ok := c.in.block(now); ok {
		r.Reports = append(r.Reports, block)
	}
	return r
}

// reports reads what the browser reports, until the connection ends.
func (c *conn) reports(from interface {
	Read(b []byte) (int, interceptor.Attributes, error)
},
) {
	buf := make([]byte, 1500)
	for {
		n, _, err := from.Read(buf)
		if err != nil {
			return
		}
		all, err := rtcp.Unmarshal(buf[:n])
		if err != nil {
			continue
		}
		now := c.of.of.now()
		for _, p := range all {
			switch r := p.(type) {
			case *rtcp.SenderReport:
				c.in.reported(r, now)
				c.told(r.Reports, now)
			case *rtcp.ReceiverReport:
				c.told(r.Reports, now)
			}
		}
	}
}

// told notes what the browser says of what we sent.
func (c *conn) told(blocks []rtcp.ReceptionReport, now time.Time) {
	for _, b := range blocks {
		if b.SSRC == c.out.ssrc.Load() {
			c.in.theirs(b, now)
		}
	}
}

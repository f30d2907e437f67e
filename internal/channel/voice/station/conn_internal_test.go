package station

import (
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
)

// Fifty packets a second for each call, and no work for the collector. What is no sound is passed
// over: another codec, padding that says more than there is, a packet of seconds.
func TestAPacketCostsNothing(t *testing.T) {
	st := &Station{of: &Stations{now: time.Now, wake: make(chan struct{}, 1)}}
	c := &conn{of: st}
	st.conn.Store(c)
	heard := 0
	st.Hear(func(p media.Packet) { heard += len(p.Payload) })
	wire := func(kind uint8, size int, padding byte) []byte {
		p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: kind, SSRC: 7, Padding: padding > 0}, Payload: make([]byte, size)}
		b, err := p.Header.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, p.Payload...)
		b[len(b)-1] = max(b[len(b)-1], padding)
		return b
	}
	b := wire(0, audio.FrameSize, 0)
	var h rtp.Header
	if n := testing.AllocsPerRun(100, func() { c.packet(&h, b) }); n > 0 {
		t.Errorf("a packet costs %.0f allocations", n)
	}
	heard = 0
	for _, b := range [][]byte{wire(111, audio.FrameSize, 0), wire(0, 10, 200), wire(8, 2*mostPayload, 0), {0x80}, nil} {
		c.packet(&h, b)
	}
	if heard > 0 {
		t.Errorf("%d bytes that are no sound were heard", heard)
	}
	if c.packet(&h, wire(8, audio.FrameSize, 20)); heard != audio.FrameSize-20 {
		t.Errorf("of a packet with padding %d bytes were heard", heard)
	}
}

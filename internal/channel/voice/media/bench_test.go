package media_test

import (
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
)

// far is the far end of a leg, by a plain socket: it costs nothing of its own.
type far struct {
	conn *net.UDPConn
	leg  netip.AddrPort
	b    []byte
}

func newFar(tb testing.TB, leg *media.RTP, change ...func(*sdp.Media)) *far {
	tb.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(here, 0)))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	m := says(leg, change...)
	m.Addr = c.LocalAddr().(*net.UDPAddr).AddrPort()
	join(tb, leg, m)
	f := &far{conn: c, leg: leg.Addr(), b: make([]byte, 12+audio.FrameSize)}
	f.b[0], f.b[1] = 0x80, byte(audio.PCMA)
	return f
}

func (f *far) send(n int) {
	f.b[2], f.b[3] = byte(n>>8), byte(n)
	at := n * audio.FrameSize
	f.b[4], f.b[5], f.b[6], f.b[7] = byte(at>>24), byte(at>>16), byte(at>>8), byte(at)
	_, _ = f.conn.WriteToUDPAddrPort(f.b, f.leg)
}

// A packet by a bridge: from the far end's socket to the other far end's, with all
// that lies between.
func BenchmarkBridge(b *testing.B) {
	a, z := open(b), open(b)
	from := newFar(b, a)
	for name, codec := range map[string]audio.Codec{"same": audio.PCMA, "other": audio.PCMU} {
		b.Run(name, func(b *testing.B) {
			to := newFar(b, z, func(m *sdp.Media) { m.Codecs = []audio.Codec{codec} })
			defer media.Bridge(a, z)()
			got := make([]byte, 1500)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n++
				from.send(n)
				if _, err := to.conn.Read(got); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A packet of a call is handled without a piece of memory: garbage of hundreds of calls
// would be collected in the midst of a sentence.
func TestABridgeAllocatesNothing(t *testing.T) {
	a, z := open(t), open(t)
	from, to := newFar(t, a), newFar(t, z, func(m *sdp.Media) { m.Codecs = []audio.Codec{audio.PCMU} })
	defer media.Bridge(a, z)()
	got := make([]byte, 1500)
	n := 0
	each := func() {
		n++
		from.send(n)
		_ = to.conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		if _, err := to.conn.Read(got); err != nil {
			t.Fatal(err)
		}
	}
	if allocs := testing.AllocsPerRun(500, each); allocs >= 1 { // reports come now and then
		t.Errorf("%.2f allocations a packet", allocs)
	}
}

// quiet is a leg without a network, to measure what a room does itself.
type quiet struct{ media.Sink }

func (*quiet) Codec() audio.Codec { return audio.PCMA }
func (*quiet) Send(media.Packet)  {}

// BenchmarkEar is what each member of a room costs for each frame.
func BenchmarkEar(b *testing.B) {
	leg := &quiet{}
	now := time.Unix(1000, 0)
	ear := media.Listen(leg, func() time.Time { return now })
	p := media.Packet{Source: 1, Codec: audio.PCMA, Payload: make([]byte, audio.FrameSize)}
	f := make([]int16, audio.FrameSize)
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(audio.FrameLength)
		p.Seq, p.At = p.Seq+1, p.At+audio.FrameSize
		leg.Give(p, now)
		ear.Next(f)
	}
}

// BenchmarkRoomMemory tells what an open call of two legs and a room of them keeps.
func BenchmarkRoomMemory(b *testing.B) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const calls = 50
	var ends []func()
	for range calls {
		leg := open(b)
		newFar(b, leg)
		room := media.NewRoom(time.Now)
		room.Add(leg, media.Talks)
		room.Add(&quiet{}, media.Guided)
		ends = append(ends, room.Close)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	used := after.HeapAlloc + after.StackInuse - before.HeapAlloc - before.StackInuse
	for b.Loop() { // it is measured once
	}
	b.ReportMetric(float64(used)/calls/1024, "KiB/call")
	for _, end := range ends {
		end()
	}
}

// BenchmarkSendEncrypted is a packet that is sent to who has a key.
func BenchmarkSendEncrypted(b *testing.B) {
	leg, other := open(b), open(b)
	newFar(b, leg, func(m *sdp.Media) { m.Crypto = []sdp.Crypto{{Tag: 1, Key: *other.Key()}} })
	p := media.Packet{Source: 1, Codec: audio.PCMA, Payload: make([]byte, audio.FrameSize)}
	b.ReportAllocs()
	for b.Loop() {
		p.Seq, p.At = p.Seq+1, p.At+audio.FrameSize
		leg.Send(p)
	}
}

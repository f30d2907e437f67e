//go:build !race

package peer_test

import (
	"encoding/binary"
	"math"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/test/peer"
)

// What must come through bad weather.
const (
	callers   = 20
	rightness = 0.97                   // of all windows of 20 ms
	uneven    = 40 * time.Millisecond  // by so much
	mostDelay = 120 * time.Millisecond // after the best way through the network
	growth    = 40 * time.Millisecond  // from the first third to the last: two windows, since it is measured in them
	learning  = 100                    // windows until an ear knows the network
	turn      = 50                     // windows of one tone, before the other
)

// Twenty people are understood over a network that loses one packet of fifty and is uneven by
// 40 ms, by real sockets and real clocks, and are not waited for longer and longer.
//
// A machine that has much to do adds weather of its own. What truly came is known by the clocks
// of the relay, and an ear is judged by that: it fails for what it does, and not for what else
// runs.
func TestWhatIsHeardInBadWeather(t *testing.T) {
	t.Parallel()
	lasts := 20 * time.Second
	if os.Getenv("FREELINE_TEST_SOAK") != "" {
		lasts = time.Hour
	}
	begin := time.Now()
	calls := make([]*crossing, callers)
	for i := range calls {
		calls[i] = cross(t, begin, uint64(i))
	}
	speak(calls, begin, int(lasts/audio.FrameLength))
	for i, c := range calls {
		r := c.close()
		t.Logf("call %d: %.2f %% right, and %.2f %% kept back by the machine; %v late at first and %v at last, where it made the weather worse by %v and %v",
			i, 100*r.right, 100*r.excused, r.early.delay, r.late.delay, r.early.worse, r.late.worse)
		if r.right+r.excused < rightness {
			t.Errorf("call %d: only %.2f %% of the windows are right", i, 100*r.right)
		}
		if r.changes < 6 || r.early.delay > mostDelay+r.early.worse || r.late.delay > mostDelay+r.late.worse {
			t.Errorf("call %d: %d changes were heard, %v late at first and %v at last", i, r.changes, r.early.delay, r.late.delay)
		}
		if r.late.delay > r.early.delay+growth+r.late.worse {
			t.Errorf("call %d: it grows, from %v to %v", i, r.early.delay, r.late.delay)
		}
	}
}

// speak has each caller say one tone and then the other, from a telephone whose clock is true.
func speak(calls []*crossing, begin time.Time, frames int) {
	var says [2][audio.FrameSize]byte // whole waves fit in a frame
	for i := range says {
		audio.PCMA.Encode(says[i][:], audio.Record(audio.NewTone(0, loud, pitch(i)), audio.FrameLength).Samples())
	}
	tick := time.NewTicker(audio.FrameLength)
	defer tick.Stop()
	for n := 0; n < frames; <-tick.C {
		for ; n < frames && time.Since(begin) >= time.Duration(n)*audio.FrameLength; n++ {
			for _, c := range calls {
				c.say(n, says[n/turn%2][:])
			}
		}
	}
}

const loud = -14.0

func pitch(tone int) float64 { return []float64{400, 900}[tone] }

// A crossing is one call through bad weather, into a room. All times are since the beginning.
type crossing struct {
	*media.RTP
	begin  time.Time
	room   *media.Room
	phone  *net.UDPConn
	near   netip.AddrPort // where she sends
	packet [12 + audio.FrameSize]byte

	mu      sync.Mutex
	packets []passage // by their number
	windows []window  // as they were mixed
}

// A passage is what became of a packet. Zero is that it did not come to that.
type passage struct{ came, goes, heard time.Duration }

// A window is 20 ms of what is heard in the room.
type window struct {
	stands time.Duration // by the clock of the sound
	given  time.Duration // by the clock on the wall
	tone   int           // -1 for none
}

func cross(t *testing.T, begin time.Time, seed uint64) *crossing {
	t.Helper()
	here := netip.MustParseAddr("127.0.0.1")
	c := &crossing{begin: begin}
	var err error
	c.RTP, err = media.Open(media.Config{Local: here, Clock: time.Now})
	must(t, err)
	t.Cleanup(c.Close)
	c.phone, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(here, 0)))
	must(t, err)
	t.Cleanup(func() { _ = c.phone.Close() })
	relay := peer.NewRelay(t, here, peer.Weather{Loss: 0.02, Jitter: uneven, Seed: seed, Note: c.note})
	relay.To(c.Addr())
	var said netip.AddrPort
	said, c.near = relay.Ends()
	must(t, c.Peer(sdp.Media{Addr: said, Codecs: []audio.Codec{audio.PCMA}, Event: sdp.NoEvent, Dir: sdp.SendRecv, Ptime: 20}))
	c.packet[0], c.packet[1] = 0x80, byte(audio.PCMA)
	c.room = media.NewRoom(time.Now)
	c.room.Add(c, media.Talks)
	c.room.Add(&listener{to: c}, media.Guided)
	t.Cleanup(c.room.Close)
	return c
}

// say sends a frame of hers. What does not go out is lost.
func (c *crossing) say(n int, frame []byte) {
	binary.BigEndian.PutUint16(c.packet[2:], uint16(n))
	binary.BigEndian.PutUint32(c.packet[4:], uint32(n*audio.FrameSize))
	copy(c.packet[12:], frame)
	_, _ = c.phone.WriteToUDPAddrPort(c.packet[:], c.near)
}

func (c *crossing) of(n uint32) *passage {
	for len(c.packets) <= int(n) {
		c.packets = append(c.packets, passage{})
	}
	return &c.packets[n]
}

// note is what the relay tells of a packet.
func (c *crossing) note(b []byte, came, goes time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.of(binary.BigEndian.Uint32(b[4:]) / audio.FrameSize)
	p.came = came.Sub(c.begin)
	if !goes.IsZero() {
		p.goes = goes.Sub(c.begin)
	}
}

// Hear notes when the room is told of each packet.
func (c *crossing) Hear(sink func(media.Packet)) {
	if sink == nil {
		c.RTP.Hear(nil)
		return
	}
	c.RTP.Hear(func(p media.Packet) {
		now := time.Since(c.begin)
		sink(p)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.of(p.At / audio.FrameSize).heard = now
	})
}

// A listener is who hears it in the room.
type listener struct {
	media.Sink
	to *crossing
	f  [audio.FrameSize]int16
}

func (*listener) Codec() audio.Codec { return audio.PCMA }

func (l *listener) Send(p media.Packet) {
	w := window{stands: time.Duration(p.At) * time.Second / audio.Rate, given: time.Since(l.to.begin), tone: -1}
	p.Codec.Decode(l.f[:], p.Payload)
	for tone := range 2 {
		if math.Abs(audio.Goertzel(l.f[:], pitch(tone))-loud) < 3 && audio.Goertzel(l.f[:], pitch(1-tone)) < loud-12 {
			w.tone = tone
		}
	}
	l.to.mu.Lock()
	defer l.to.mu.Unlock()
	l.to.windows = append(l.to.windows, w)
}

// A result is what came of a crossing.
type result struct {
	right       float64 // of the windows
	excused     float64 // of them: packets that the machine kept back for longer than a window
	changes     int     // of tone, that were heard
	early, late stretch
}

// A stretch is a third of a crossing.
type stretch struct {
	delay time.Duration // after which changes of tone are heard
	worse time.Duration // by so much the machine made the weather worse
}

// close ends a crossing and judges it.
func (c *crossing) close() (r result) {
	c.room.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	// How early sound can be at the relay, and mixed sound can be given: what the clocks of
	// both begin at, whatever kept single packets back.
	spoken, mixed := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	for n, p := range c.packets {
		if p.came > 0 {
			spoken = min(spoken, p.came-time.Duration(n)*audio.FrameLength)
		}
	}
	for _, w := range c.windows {
		mixed = min(mixed, w.given-w.stands)
	}
	kept := 0
	for n, p := range c.packets {
		if p.heard > 0 && p.heard-(p.goes-p.came)-time.Duration(n)*audio.FrameLength-spoken > audio.FrameLength {
			kept++
		}
	}

	var delays []time.Duration
	all, right, between, current := 0, 0, 0, -1
	for _, w := range c.windows[learning:] {
		if w.tone < 0 {
			between++
		} else {
			if current >= 0 && w.tone != current {
				const whole = 2 * turn * audio.FrameLength
				late := mixed + w.stands - spoken - time.Duration(w.tone)*turn*audio.FrameLength
				delays = append(delays, (late%whole+whole)%whole)
				all -= min(between, 1) // one has both tones in it
			}
			current, between = w.tone, 0
			right++
		}
		all++
	}
	r.right = float64(right) / float64(all)
	r.excused = float64(kept) / float64(all)
	r.changes = len(delays)
	if r.changes >= 3 {
		third, packets := r.changes/3, len(c.packets)/3
		r.early = stretch{median(delays[:third]), c.worse(spoken, 0, packets)}
		r.late = stretch{median(delays[r.changes-third:]), c.worse(spoken, 2*packets-memory, 3*packets)}
	}
	return r
}

// memory is how many packets an ear remembers.
const memory = 500

// worse tells by how much more than by the relay packets were uneven, as an ear had to take
// them that lets hardly any of those that it remembers come too late.
func (c *crossing) worse(spoken time.Duration, from, to int) time.Duration {
	var late []time.Duration
	for n := max(0, from); n < to; n++ {
		if p := c.packets[n]; p.heard > 0 {
			late = append(late, p.heard-time.Duration(n)*audio.FrameLength-spoken)
		}
	}
	slices.Sort(late)
	return max(0, late[len(late)*996/1000]-uneven)
}

func median(all []time.Duration) time.Duration {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

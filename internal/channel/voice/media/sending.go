package media

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
)

// sending is the half of a leg that sends.
type sending struct {
	codec   atomic.Uint32
	to      atomic.Pointer[netip.AddrPort] // nil while nobody is known; changes with the latch
	held    atomic.Bool
	dialing atomic.Uint32 // the source that dials; zero for nobody

	mu       sync.Mutex // for the next
	timeline Timeline
	event    uint8
	ptime    int // bytes that the peer wants in a packet
	pack     packing
	packets  uint32
	octets   uint32
	lastAt   uint32 // the newest timestamp
	clear    [largest]byte
	sealed   [largest]byte
}

// mostPayload is how many bytes of sound fit in a packet with all around it.
const mostPayload = 1200

// describe takes what the peer says of itself.
func (s *sending) describe(m sdp.Media) {
	s.codec.Store(uint32(m.Codecs[0]))
	s.held.Store(m.Held())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.event = m.Event
	s.ptime, s.pack.n = audio.FrameSize, 0
	if m.Ptime >= 10 && m.Ptime <= 60 {
		s.ptime = m.Ptime * audio.Rate / 1000
	}
}

// send sends a packet in the codec and the length that the peer wants.
func (s *sending) send(l *RTP, p Packet) {
	to := s.to.Load()
	if to == nil || s.held.Load() || len(p.Payload) > mostPayload {
		return
	}
	if d := s.dialing.Load(); d != 0 && d != p.Source {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(p.Payload) == s.ptime {
		s.write(l, *to, p)
		return
	}
	s.pack.add(p, s.ptime, func(p Packet) { s.write(l, *to, p) })
}

// write writes one packet of sound.
func (s *sending) write(l *RTP, to netip.AddrPort, p Packet) {
	codec := audio.Codec(s.codec.Load()) //nolint:gosec // it was one
	p.Codec.Convert(s.clear[headerSize:], p.Payload, codec)
	s.put(l, to, p, uint8(codec), len(p.Payload))
}

// put sends what stands in clear, behind its header.
func (s *sending) put(l *RTP, to netip.AddrPort, p Packet, kind uint8, size int) {
	h := header{payload: kind, ssrc: l.ssrc}
	h.seq, h.at, h.mark = s.timeline.Next(p, l.clock())
	h.write(s.clear[:])
	b, ok := l.secrets.Load().seal(s.sealed[:0], s.clear[:headerSize+size])
	if !ok {
		return
	}
	s.packets, s.octets, s.lastAt = s.packets+1, s.octets+uint32(size), h.at //nolint:gosec // of a packet
	_, _ = l.sound.WriteToUDPAddrPort(b, to)                                 // what does not go out is lost, as on the way
}

// packing cuts and joins packets to the length that a peer wants.
type packing struct {
	p    Packet // what is being filled
	n    int
	data [mostPayload]byte
}

// add adds a packet, and calls full for each that has the length.
func (k *packing) add(p Packet, size int, full func(Packet)) {
	if p.Source != k.p.Source || p.Codec != k.p.Codec || p.At != k.p.At+uint32(k.n) { //nolint:gosec // of a packet
		if p.Source == k.p.Source && int32(p.At-k.p.At) < 0 { //nolint:gosec // timestamps wrap
			return // it came too late to be joined
		}
		seq := k.p.Seq
		k.p, k.n = p, 0
		k.p.Seq = seq
	}
	for rest := p.Payload; len(rest) > 0; {
		n := copy(k.data[k.n:size], rest)
		k.n += n
		rest = rest[n:]
		if k.n == size {
			k.p.Seq++
			k.p.Payload = k.data[:size]
			full(k.p)
			k.p.At, k.p.Mark, k.n = k.p.At+uint32(size), false, 0 //nolint:gosec // of a packet
		}
	}
}

// An event lasts for 100 ms, its end is said three times, and 100 ms of nothing follow.
const (
	eventFrames = 5
	eventEnds   = 3
	eventPause  = 5
	eventVolume = 10 // dB below full
)

// isKey reports whether a telephone has this key.
func isKey(key byte) bool { return strings.IndexByte(keys, key) >= 0 }

// putEvent sends a packet of an event that has lasted so long.
func (s *sending) putEvent(l *RTP, p Packet, key byte, length int, end bool) {
	to := s.to.Load()
	if to == nil || s.held.Load() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.clear[headerSize:]
	b[0], b[1] = byte(strings.IndexByte(keys, key)), eventVolume //nolint:gosec // one of sixteen
	if end {
		b[1] |= eventEnd
	}
	binary.BigEndian.PutUint16(b[2:], uint16(length)) //nolint:gosec // of 100 ms
	s.put(l, *to, p, s.event, eventSize)
}

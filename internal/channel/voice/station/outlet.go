package station

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
)

// An outlet is the track that the browser hears. It is one of our own, since the library's knows
// one codec only, and this one sends each packet as it is.
type outlet struct {
	now    func() time.Time
	mu     sync.Mutex
	to     webrtc.TrackLocalWriter
	head   rtp.Header
	line   media.Timeline
	at     time.Time // of the newest packet
	count  uint32
	octets uint32
	ssrc   atomic.Uint32
}

var _ webrtc.TrackLocal = (*outlet)(nil)

// Bind begins the stream.
func (o *outlet) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	codecs := c.CodecParameters()
	if len(codecs) == 0 {
		return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.to, o.head = c.WriteStream(), rtp.Header{Version: 2, SSRC: uint32(c.SSRC())}
	o.ssrc.Store(uint32(c.SSRC()))
	return codecs[0], nil
}

// Unbind ends it.
func (o *outlet) Unbind(webrtc.TrackLocalContext) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.to = nil
	return nil
}

// ID names the track.
func (o *outlet) ID() string { return "line" }

// RID is empty: there is one layer.
func (o *outlet) RID() string { return "" }

// StreamID names what the track belongs to.
func (o *outlet) StreamID() string { return "line" }

// Kind is sound.
func (o *outlet) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }

// send sends a packet. What cannot be sent is dropped: the next is 20 ms away.
func (o *outlet) send(p media.Packet) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.to == nil {
		return
	}
	o.at = o.now()
	o.head.PayloadType = uint8(p.Codec)
	o.head.SequenceNumber, o.head.Timestamp, o.head.Marker = o.line.Next(p, o.at)
	o.count++
	o.octets += uint32(len(p.Payload)) //nolint:gosec // short, and it is to wrap
	_, _ = o.to.WriteRTP(&o.head, p.Payload)
}

// sent is what a report says of the stream: how many packets, how many bytes of sound, and which
// time of it is now.
func (o *outlet) sent(now time.Time) (count, octets, stamp uint32) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.count, o.octets, o.head.Timestamp + uint32(audio.Samples(now.Sub(o.at))) //nolint:gosec // it is to wrap
}

package station

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
)

// mostPayload is the longest packet of sound that is passed on: 120 ms.
const mostPayload = 6 * audio.FrameSize

// A conn is one connection of a browser: one generation.
type conn struct {
	of         *Station
	generation int64
	began      time.Time
	pc         *webrtc.PeerConnection
	out        *outlet
	in         hearing
	came       atomic.Bool  // it was connected
	newest     atomic.Int64 // Unix ns of the newest packet

	ended chan struct{}
	once  sync.Once
	work  sync.WaitGroup
}

// newConn makes a connection that nobody has answered yet. The stations wait for its end.
func newConn(st *Station, generation int64) (*conn, error) {
	pc, err := st.of.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, fmt.Errorf("station: %w", err)
	}
	c := &conn{of: st, generation: generation, began: st.of.now(), pc: pc, out: &outlet{now: st.of.now}, ended: make(chan struct{})}
	sender, err := pc.AddTrack(c.out)
	if err != nil {
		_ = pc.Close()
		return nil, fmt.Errorf("station: %w", err)
	}
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		// Each is told by a goroutine of its own: what comes last need not be how it stands.
		if s == webrtc.PeerConnectionStateConnected {
			c.came.Store(true)
		}
		st.of.look()
		if s == webrtc.PeerConnectionStateFailed || s == webrtc.PeerConnectionStateClosed {
			st.drop(generation)
		}
	})
	pc.OnTrack(func(track *webrtc.TrackRemote, from *webrtc.RTPReceiver) {
		c.work.Go(func() { c.reports(from) })
		c.work.Go(func() { c.read(track) })
	})
	c.work.Go(func() { c.reports(sender) })
	c.work.Go(c.report)
	late := time.AfterFunc(beginning, func() {
		if c.came.Load() {
			return
		}
		st.drop(generation)
		// Whoever reads this opens a firewall: nothing else looks like it.
		st.of.log.Warn("a browser's sound does not reach the line", "person", st.person, "port", st.of.ports.number)
	})
	st.of.done.Go(func() {
		<-c.ended
		late.Stop()
		_ = pc.GracefulClose()
		c.work.Wait()
	})
	return c, nil
}

// up reports whether it is connected.
func (c *conn) up() bool { return c.pc.ConnectionState() == webrtc.PeerConnectionStateConnected }

// answer agrees with an offer. The connection itself comes about when the browser calls.
func (c *conn) answer(ctx context.Context, offer string) (string, error) {
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", ErrOffer // the library's error quotes what came
	}
	answer, err := c.pc.CreateAnswer(nil)
	if err != nil {
		return "", ErrOffer
	}
	gathered := webrtc.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(answer); err != nil {
		return "", ErrOffer
	}
	select {
	case <-gathered:
	case <-c.ended:
		return "", ErrClosed
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return c.pc.LocalDescription().SDP, nil
}

func (c *conn) close() { c.once.Do(func() { close(c.ended) }) }

func (c *conn) heard() time.Time {
	ns := c.newest.Load()
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns)
}

// read passes on what the browser says, until the connection ends.
func (c *conn) read(track *webrtc.TrackRemote) {
	buf := make([]byte, 1500)
	var h rtp.Header
	for {
		n, _, err := track.Read(buf)
		if n == 0 {
			return // an error with a packet is about that packet alone
		}
		if err != nil {
			continue
		}
		c.packet(&h, buf[:n])
	}
}

// packet passes on one packet. It allocates nothing.
func (c *conn) packet(h *rtp.Header, b []byte) {
	at, err := h.Unmarshal(b)
	if err != nil {
		return
	}
	codec := audio.Codec(h.PayloadType)
	if codec != audio.PCMU && codec != audio.PCMA {
		return
	}
	payload := b[at:]
	if h.Padding && len(payload) > 0 {
		payload = payload[:max(0, len(payload)-int(payload[len(payload)-1]))]
	}
	if len(payload) == 0 || len(payload) > mostPayload {
		return
	}
	now := c.of.of.now()
	if c.newest.Swap(now.UnixNano()) == 0 {
		c.of.of.look()
	}
	c.in.packet(now, h)
	if c.of.conn.Load() != c {
		return // a newer one speaks for her
	}
	c.of.sink.Give(media.Packet{
		Source: h.SSRC, Seq: h.SequenceNumber, At: h.Timestamp, Codec: codec, Mark: h.Marker, Payload: payload,
	}, now)
}

package station

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
)

// hearing is what is known of both directions of a connection.
type hearing struct {
	mu   sync.Mutex
	in   media.Reception
	sr   uint32 // the browser's last report, and when it came
	srAt time.Time
	out  media.Quality // what it says of us
}

// packet counts one packet.
func (h *hearing) packet(now time.Time, p *rtp.Header) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.in.Take(p.SSRC, p.SequenceNumber, now)
	h.in.Time(p.Timestamp, now)
}

// reported notes a report of the browser's, for its round trip.
func (h *hearing) reported(r *rtcp.SenderReport, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sr, h.srAt = uint32(r.NTPTime>>16), now //nolint:gosec // the middle of it
}

// theirs notes what the browser says of what we sent.
func (h *hearing) theirs(b rtcp.ReceptionReport, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.out.LossOut, h.out.JitterOut = float64(b.FractionLost)/256, audio.Length(int(b.Jitter))
	if b.LastSenderReport != 0 {
		if turn := stamp(now) - b.LastSenderReport - b.Delay; turn < 8<<16 { // eight seconds: else it is none of ours
			h.out.RoundTrip = time.Duration(turn) * time.Second >> 16
		}
	}
}

// block is what our report says of what came since the last one.
func (h *hearing) block(now time.Time) (rtcp.ReceptionReport, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	b, ok := h.in.Report()
	if !ok {
		return rtcp.ReceptionReport{}, false
	}
	r := rtcp.ReceptionReport{
		SSRC: b.Source, FractionLost: b.Fraction, TotalLost: uint32(max(0, b.Lost)),
		LastSequenceNumber: b.Highest, Jitter: b.Jitter, LastSenderReport: h.sr,
	}
	if h.sr != 0 {
		r.Delay = uint32(now.Sub(h.srAt) * (1 << 16) / time.Second) //nolint:gosec // of one connection
	}
	return r, true
}

// quality is how it stands, with the packet that came last at that time.
func (h *hearing) quality(now, newest time.Time) media.Quality {
	h.mu.Lock()
	defer h.mu.Unlock()
	q := h.out
	q.Received, q.Lost, q.LossIn, q.JitterIn = h.in.Received(), h.in.Lost(), h.in.LostLately(), h.in.Jitter()
	q.Silence = now.Sub(newest)
	return q
}

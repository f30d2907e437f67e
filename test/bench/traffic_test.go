package bench_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/test/peer"
)

// A traffic is all who speak: callers behind one trunk, and advocates in their browsers. Each
// sends a stamped packet every 20 ms, at a time of its own in them, and what comes is
// measured. It runs in this process, in the network of a namespace.
type traffic struct {
	ns              *peer.Namespace
	trunk           wire
	at              netip.AddrPort // of the trunk, for all callers
	toDesk, toPhone gauge          // from callers to advocates, and back

	mu       sync.Mutex
	callers  []*spoken
	headsets []*headset
	byPort   map[uint16]int // of the line: caller
	late     []time.Duration

	sounds chan sounding
}

// A sounding is the first that one hears of another.
type sounding struct {
	caller, headset int
	toDesk          bool
	at              int64 // Unix ns
}

// begin lets traffic flow until the test ends.
func begin(t testing.TB, ns *peer.Namespace) *traffic {
	trunk := lay(t, ns)
	at, err := netip.ParseAddrPort(trunk.LocalAddr().String())
	must(t, err)
	f := &traffic{ns: ns, trunk: trunk, at: at, byPort: map[uint16]int{}, sounds: make(chan sounding, 4096)}
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(f.hear)
	all.Go(func() { f.speak(ctx) })
	t.Cleanup(func() {
		stop()
		_ = f.trunk.Close()
		all.Wait()
		for _, h := range f.headsets {
			h.close()
		}
	})
	return f
}

// speak sends what is due, a millisecond's worth at a time.
func (f *traffic) speak(ctx context.Context) {
	const slots = int(audio.FrameLength / time.Millisecond)
	begun := time.Now()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		due := begun.Add(time.Duration(n) * time.Millisecond)
		for time.Now().Before(due) {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
		f.mu.Lock()
		callers, headsets := f.callers, f.headsets // which only grow
		if f.toDesk.within(due.UnixNano()) {
			f.late = append(f.late, time.Since(due))
		}
		f.mu.Unlock()
		for i := n % slots; i < len(callers); i += slots {
			f.toDesk.goes(callers[i].say(f.trunk, i))
		}
		for i := n % slots; i < len(headsets); i += slots {
			f.toPhone.goes(headsets[i].say(i))
		}
	}
}

// hear takes what the line sends to callers.
func (f *traffic) hear() {
	b, rest := make([]byte, 1500), make([]byte, 128)
	for {
		n, from, came, err := f.trunk.read(b, rest)
		if err != nil {
			return
		}
		if n != 12+frame || b[1]&0x7f != byte(audio.PCMU) {
			continue
		}
		who, went, ok := stamped(b[12:n])
		if !ok {
			continue
		}
		f.toPhone.came(went, came)
		f.mu.Lock()
		i, known := f.byPort[from.Port()]
		first := known && f.callers[i].hears.Swap(int64(who)+1) != int64(who)+1
		f.mu.Unlock()
		if first {
			f.sounds <- sounding{caller: i, headset: who, at: came}
		}
	}
}

// A spoken is a caller's sound. It stands between her telephone and the line.
type spoken struct {
	f     *traffic
	i     int
	to    atomic.Pointer[netip.AddrPort]
	press atomic.Int32 // packets of a key that are still to be sent
	hears atomic.Int64 // whom, and one more; zero for nobody
	b     [12 + frame]byte
	n     uint32
}

// call adds a caller.
func (f *traffic) call() *spoken {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &spoken{f: f, i: len(f.callers)}
	s.b[0] = 0x80
	binary.BigEndian.PutUint32(s.b[8:], uint32(s.i)+1)
	f.callers = append(slices.Clip(f.callers), s)
	return s
}

// Ends implements [telephone.Between].
func (s *spoken) Ends() (hers, near netip.AddrPort) {
	return s.f.at, s.f.at
}

// To implements [telephone.Between].
func (s *spoken) To(line netip.AddrPort) {
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	s.f.byPort[line.Port()] = s.i
	s.to.Store(&line)
}

// danger has her press 9.
func (s *spoken) danger() { s.press.Store(8) }

// say sends what is due of her, and tells when.
func (s *spoken) say(w wire, who int) time.Time {
	to := s.to.Load()
	if to == nil {
		return time.Time{}
	}
	s.n++
	binary.BigEndian.PutUint16(s.b[2:], uint16(s.n))
	size := len(s.b)
	if left := s.press.Load(); left > 0 { // an event: its end is said three times
		s.press.Add(-1)
		const event, volume, ends = 101, 10, 3
		s.b[1] = event
		s.b[12], s.b[13] = 9, volume
		if left <= ends {
			s.b[13] |= 0x80
		}
		binary.BigEndian.PutUint16(s.b[14:], uint16((9-max(int(left), ends))*frame))
		size = 16
	} else {
		s.b[1] = byte(audio.PCMU)
		binary.BigEndian.PutUint32(s.b[4:], s.n*frame)
	}
	now := time.Now()
	if size == len(s.b) {
		stamp(s.b[12:], who, now)
	}
	_, _ = w.WriteToUDPAddrPort(s.b[:size], *to) // what does not go out is lost
	return now
}

// A headset is an advocate's browser.
type headset struct {
	f     *traffic
	i     int
	wire  *numbered
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticRTP
	up    chan struct{}
	said  rtp.Packet
	hears atomic.Int64 // whom, and one more; zero for nobody
}

// sit adds an advocate.
func (f *traffic) sit(t testing.TB) *headset {
	t.Helper()
	h := &headset{f: f, wire: &numbered{wire: lay(t, f.ns)}, up: make(chan struct{})}
	h.said = rtp.Packet{Header: rtp.Header{Version: 2}, Payload: make([]byte, frame)}
	var set webrtc.SettingEngine
	quiet := logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled}
	set.LoggerFactory = &quiet
	set.SetICEUDPMux(webrtc.NewICEUDPMux(quiet.NewLogger(""), h.wire))
	set.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	var engine webrtc.MediaEngine
	must(t, engine.RegisterDefaultCodecs())
	api := webrtc.NewAPI(webrtc.WithSettingEngine(set), webrtc.WithMediaEngine(&engine), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	var err error
	h.pc, err = api.NewPeerConnection(webrtc.Configuration{})
	must(t, err)
	h.track, err = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: audio.Rate}, "mic", "mic")
	must(t, err)
	_, err = h.pc.AddTrack(h.track)
	must(t, err)
	up := sync.OnceFunc(func() { close(h.up) })
	h.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			up()
		}
	})
	h.pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { h.hear(track) })
	f.mu.Lock()
	defer f.mu.Unlock()
	h.i = len(f.headsets)
	f.headsets = append(slices.Clip(f.headsets), h)
	return h
}

func (h *headset) close() {
	_ = h.pc.Close()
	_ = h.wire.Close()
}

// Offer implements [load.Browser].
func (h *headset) Offer() (string, error) {
	offer, err := h.pc.CreateOffer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(h.pc)
	if err := h.pc.SetLocalDescription(offer); err != nil {
		return "", err
	}
	<-gathered
	return h.pc.LocalDescription().SDP, nil
}

// Join implements [load.Browser].
func (h *headset) Join(ctx context.Context, answer string) error {
	if err := h.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		return err
	}
	select {
	case <-h.up:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("a headset is not joined: %w", ctx.Err())
	}
}

// say sends what is due of her, and tells when. Before she is joined nobody hears it.
func (h *headset) say(who int) time.Time {
	now := time.Now()
	h.said.SequenceNumber++
	h.said.Timestamp += frame
	stamp(h.said.Payload, who, now)
	_ = h.track.WriteRTP(&h.said)
	return now
}

// hear takes what the line sends to her.
func (h *headset) hear(track *webrtc.TrackRemote) {
	b := make([]byte, 1500)
	var head rtp.Header
	for {
		n, _, err := track.Read(b)
		if n == 0 && err != nil {
			return
		}
		at, err := head.Unmarshal(b[:n])
		if err != nil {
			continue
		}
		who, went, ok := stamped(b[at:n])
		if !ok {
			continue
		}
		came := h.wire.of(head.SequenceNumber).Load()
		h.f.toDesk.came(went, came)
		if h.hears.Swap(int64(who)+1) != int64(who)+1 {
			h.f.sounds <- sounding{caller: who, headset: h.i, toDesk: true, at: came}
		}
	}
}

// A numbered is a wire that notes when each packet of sound came, whose number is not
// encrypted.
type numbered struct {
	wire
	came [1 << 10]atomic.Int64 // Unix ns
}

func (w *numbered) of(seq uint16) *atomic.Int64 { return &w.came[int(seq)%len(w.came)] }

// ReadFromAddrPort is how the library reads.
func (w *numbered) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	var rest [128]byte
	n, from, came, err := w.read(b, rest[:])
	if n > 12 && b[0]>>6 == 2 && b[1]&0x7f == byte(audio.PCMU) {
		w.of(binary.BigEndian.Uint16(b[2:])).Store(came)
	}
	return n, from, err
}

// WriteToAddrPort is how the library writes.
func (w *numbered) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	return w.WriteToUDPAddrPort(b, to)
}

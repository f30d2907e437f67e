package station_test

import (
	"sync"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/station"
	"github.com/freeline-org/freeline/internal/hotline"
)

// A browser plays an advocate's: the library's own other side, with everything that a browser has
// and our side has not.
type browser struct {
	t     testing.TB
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticRTP
	up    chan struct{}
	over  chan struct{}
	hears chan struct{} // closed when the line's sound arrives

	mu    sync.Mutex
	heard []rtp.Packet
	began sync.Once
	first sync.Once
	ended sync.Once
}

// open makes one that speaks by these networks.
func open(t testing.TB, by ...webrtc.NetworkType) *browser {
	t.Helper()
	var set webrtc.SettingEngine
	set.SetIncludeLoopbackCandidate(true)
	set.SetICETimeouts(2*time.Second, 4*time.Second, 500*time.Millisecond)
	if len(by) == 0 {
		by = []webrtc.NetworkType{webrtc.NetworkTypeUDP4}
	}
	set.SetNetworkTypes(by)
	var codecs webrtc.MediaEngine
	if err := codecs.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	api := webrtc.NewAPI(webrtc.WithSettingEngine(set), webrtc.WithMediaEngine(&codecs), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, pc: pc, up: make(chan struct{}), over: make(chan struct{}), hears: make(chan struct{})}
	t.Cleanup(b.close)
	b.track, err = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: 8000}, "mic", "mic")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTrack(b.track); err != nil {
		t.Fatal(err)
	}
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			b.began.Do(func() { close(b.up) })
		} else if s > webrtc.PeerConnectionStateConnected {
			b.ended.Do(func() { close(b.over) })
		}
	})
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			if len(p.Payload) == 1 { // of join
				b.first.Do(func() { close(b.hears) })
				continue
			}
			b.mu.Lock()
			b.heard = append(b.heard, *p)
			b.mu.Unlock()
		}
	})
	return b
}

func (b *browser) close() { _ = b.pc.Close() }

// offer is what it says to be joined.
func (b *browser) offer() string {
	b.t.Helper()
	offer, err := b.pc.CreateOffer(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(b.pc)
	if err := b.pc.SetLocalDescription(offer); err != nil {
		b.t.Fatal(err)
	}
	<-gathered
	return b.pc.LocalDescription().SDP
}

// join connects it as a person's and waits until it is, at both ends: what the line sends before
// its own end is ready is dropped.
func (b *browser) join(of *station.Stations, person hotline.PersonID) int64 {
	b.t.Helper()
	answer, generation, err := of.Connect(b.t.Context(), person, b.offer())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		b.t.Fatal(err)
	}
	b.wait("connected", b.up)
	st, _ := of.Of(person)
	p := media.Packet{Source: 1 << 31, Payload: []byte{audio.PCMU.Silence()}}
	until(b.t, "the line's sound arrives", func() bool {
		p.Seq, p.At = p.Seq+1, p.At+1
		st.Send(p)
		select {
		case <-b.hears:
			return true
		default:
			return false
		}
	})
	return generation
}

func (b *browser) wait(what string, c <-chan struct{}) {
	b.t.Helper()
	select {
	case <-c:
	case <-time.After(10 * time.Second):
		b.t.Fatalf("it is not %s", what)
	}
}

// say sends a tone, a packet each 20 ms, until stop is called. Each dropth packet is lost.
func (b *browser) say(hz float64, drop int) (stop func()) {
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tone := audio.NewTone(0, -12, hz)
		var f [audio.FrameSize]int16
		var payload [audio.FrameSize]byte
		p := &rtp.Packet{Header: rtp.Header{Version: 2}, Payload: payload[:]}
		tick := time.NewTicker(audio.FrameLength)
		defer tick.Stop()
		for {
			tone.Next(f[:])
			audio.PCMU.Encode(payload[:], f[:])
			if drop == 0 || int(p.SequenceNumber)%drop != 0 {
				_ = b.track.WriteRTP(p)
			}
			p.SequenceNumber++
			p.Timestamp += audio.FrameSize
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	return sync.OnceFunc(func() {
		close(done)
		<-gone
	})
}

// packets waits until it has heard so many, and gives them.
func (b *browser) packets(n int) []rtp.Packet {
	b.t.Helper()
	var got []rtp.Packet
	until(b.t, "it has heard enough", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		got = b.heard
		return len(got) >= n
	})
	return got
}

// until asks again until it is so.
func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	end := time.Now().Add(10 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		if time.Now().After(end) {
			t.Fatalf("it did not come to be that %s", what)
		}
		<-tick.C
	}
}

// sound is what packets hold.
func sound(packets []rtp.Packet) []int16 {
	var all []int16
	for _, p := range packets {
		f := make([]int16, len(p.Payload))
		audio.Codec(p.PayloadType).Decode(f, p.Payload)
		all = append(all, f...)
	}
	return all
}

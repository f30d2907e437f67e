// Package voicetest is an advocate's browser without a browser: the same connection, a
// microphone that says tones, and an ear that measures.
package voicetest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// A Browser sends sound from its beginning on, as an open microphone does.
type Browser struct {
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticRTP
	hz    atomic.Int64 // what it says; 0 is a quiet room
	up    chan struct{}
	stop  context.CancelFunc
	done  chan struct{}
	*audio.Ear
}

// Open opens a browser that is closed at the end of the test.
func Open(tb testing.TB) *Browser {
	tb.Helper()
	b, err := open()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(b.Close)
	return b
}

func open() (*Browser, error) {
	var set webrtc.SettingEngine
	set.SetIncludeLoopbackCandidate(true)
	set.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	var engine webrtc.MediaEngine
	if err := engine.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	api := webrtc.NewAPI(webrtc.WithSettingEngine(set), webrtc.WithMediaEngine(&engine), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	b := &Browser{pc: pc, up: make(chan struct{}), done: make(chan struct{}), Ear: audio.NewEar()}
	b.track, err = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: audio.Rate}, "mic", "mic")
	if err != nil {
		return nil, err
	}
	if _, err := pc.AddTrack(b.track); err != nil {
		return nil, err
	}
	up := sync.OnceFunc(func() { close(b.up) })
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			up()
		}
	})
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { b.listen(track) })
	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop
	go b.speak(ctx) // ends with Close, which waits for it
	return b, nil
}

// Offer is what the browser says to be joined.
func (b *Browser) Offer() (string, error) {
	offer, err := b.pc.CreateOffer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(b.pc)
	if err := b.pc.SetLocalDescription(offer); err != nil {
		return "", err
	}
	<-gathered
	return b.pc.LocalDescription().SDP, nil
}

// Join takes the answer, and returns when sound can go.
func (b *Browser) Join(ctx context.Context, answer string) error {
	if err := b.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		return err
	}
	select {
	case <-b.up:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Say says a tone from now on; 0 is a quiet room.
func (b *Browser) Say(hz int64) { b.hz.Store(hz) }

func (b *Browser) speak(ctx context.Context) {
	defer close(b.done)
	var f [audio.FrameSize]int16
	var payload [audio.FrameSize]byte
	p := &rtp.Packet{Header: rtp.Header{Version: 2}, Payload: payload[:]}
	tick := time.NewTicker(audio.FrameLength)
	defer tick.Stop()
	var tone audio.Source = audio.NewNoise(0, -65)
	for was := int64(0); ; {
		if hz := b.hz.Load(); hz != was {
			if was = hz; hz == 0 {
				tone = audio.NewNoise(0, -65)
			} else {
				tone = audio.NewTone(0, -12, float64(hz))
			}
		}
		tone.Next(f[:])
		audio.PCMU.Encode(payload[:], f[:])
		_ = b.track.WriteRTP(p) // before it is joined nobody hears it
		p.SequenceNumber++
		p.Timestamp += audio.FrameSize
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (b *Browser) listen(track *webrtc.TrackRemote) {
	f := make([]int16, 8*audio.FrameSize)
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		n := min(len(p.Payload), len(f))
		audio.Codec(p.PayloadType).Decode(f[:n], p.Payload[:n])
		b.Hear(f[:n])
	}
}

// Close closes the browser, as a tab is closed.
func (b *Browser) Close() {
	_ = b.pc.Close()
	b.stop()
	<-b.done
}

// Vanish has it fall silent without a word, as a browser that crashed: its connection is left
// to time out.
func (b *Browser) Vanish() {
	b.stop()
	<-b.done
}

// Only looks for one tone, and that another is not there, in the last 200 ms.
func Only(hz, not float64) func([]int16) bool {
	return func(since []int16) bool {
		const long = audio.Rate / 5
		if len(since) < long {
			return false
		}
		last := since[len(since)-long:]
		return audio.Goertzel(last, hz) > -20 && audio.Goertzel(last, not) < -40
	}
}

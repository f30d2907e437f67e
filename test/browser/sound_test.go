package browser_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/freeline-org/freeline/test/browser"
	"github.com/freeline-org/freeline/test/peer"
)

// What is spoken into a microphone is heard at the other end of a connection, and what
// is not is not.
func TestMicrophoneIsHeard(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>t</title><p>here")
	}))
	defer srv.Close()
	tone := filepath.Join(t.TempDir(), "tone.wav")
	peer.WriteTone(t, tone, 770)
	p := browser.Chromium(t, browser.Options{Capture: tone})
	p.Goto(srv.URL)
	p.Listen()
	p.Inside(`(async () => {
		const mic = await navigator.mediaDevices.getUserMedia({audio: {echoCancellation: false, noiseSuppression: false, autoGainControl: false}});
		const a = new RTCPeerConnection(), b = new RTCPeerConnection();
		a.onicecandidate = (e) => b.addIceCandidate(e.candidate);
		b.onicecandidate = (e) => a.addIceCandidate(e.candidate);
		window.speaker = new Audio(); // the browser gives out no sound that no page plays
		b.ontrack = (e) => { speaker.srcObject = new MediaStream([e.track]); speaker.play() };
		a.addTrack(mic.getAudioTracks()[0]);
		await a.setLocalDescription();
		await b.setRemoteDescription(a.localDescription);
		await b.setLocalDescription();
		await a.setRemoteDescription(b.localDescription);
	})()`)
	p.WaitTone(770, peer.ToneLevel-4)
	p.WaitNoTone(440, peer.ToneLevel-30)
	if got := p.Level(770); got < peer.ToneLevel-4 || got > peer.ToneLevel+4 {
		t.Errorf("770 Hz is heard at %.1f dB, want about %d", got, peer.ToneLevel)
	}
}

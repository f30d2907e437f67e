package media

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
)

// A re-INVITE with the same key must not begin anew: packets that came before would be
// heard again, and the other end's count of turns would be another than ours.
func TestTheSameKeyGoesOn(t *testing.T) {
	here := netip.MustParseAddr("127.0.0.1")
	leg, err := Open(Config{Local: here, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(leg.Close)
	m := sdp.Media{
		Addr: netip.AddrPortFrom(here, 9), Codecs: []audio.Codec{audio.PCMA}, Event: sdp.NoEvent, Dir: sdp.SendRecv,
		Crypto: []sdp.Crypto{{Tag: 1, Key: newKey()}},
	}
	peer := func() *secrets {
		if err := leg.Peer(m); err != nil {
			t.Fatal(err)
		}
		return leg.secrets.Load()
	}
	first := peer()
	if first == nil || peer() != first {
		t.Error("the same key begins anew")
	}
	m.Crypto[0].Key = newKey()
	second := peer()
	if second == first {
		t.Error("another key is not taken")
	}
	m.Crypto = nil
	if peer() != nil {
		t.Error("without a key there is still one")
	}
}

// Another key of theirs changes nothing in ours: what is sent, and what is reported, goes
// on where it was, also over the end of its numbers and after a time in clear.
func TestAnotherKeyOfTheirsLeavesOurs(t *testing.T) {
	here := netip.MustParseAddr("127.0.0.1")
	leg, err := Open(Config{Local: here, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(leg.Close)
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(here, 0)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	m := sdp.Media{Addr: conn.LocalAddr().(*net.UDPAddr).AddrPort(), Codecs: []audio.Codec{audio.PCMA}, Event: sdp.NoEvent, Dir: sdp.SendRecv, Ptime: 20}
	there, err := newSecrets(leg.key, newKey())
	if err != nil {
		t.Fatal(err)
	}
	leg.out.timeline.topSeq = 65530 // so that its numbers soon begin anew
	b := make([]byte, largest)
	for i := range 20 {
		if i%5 == 0 {
			m.Crypto = nil
			if i == 15 { // once it is in clear between
				if err := leg.Peer(m); err != nil {
					t.Fatal(err)
				}
			}
			m.Crypto = []sdp.Crypto{{Tag: 1, Key: newKey()}}
			if err := leg.Peer(m); err != nil {
				t.Fatal(err)
			}
		}
		leg.Send(Packet{Source: 1, Seq: uint16(i), At: uint32(i) * audio.FrameSize, Codec: audio.PCMA, Payload: make([]byte, audio.FrameSize)})
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		n, err := conn.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := there.open(nil, b[:n]); !ok {
			t.Errorf("packet %d is not understood", i)
		}
		said, ok := leg.secrets.Load().sealReport(report{source: leg.ssrc}.bytes(leg.name))
		if !ok {
			t.Fatal("a report is not sealed")
		}
		if _, ok := there.openReport(said); !ok {
			t.Errorf("report %d is not understood", i)
		}
	}
}

// Whatever the peer sends, by either port, in clear or with keys, a leg goes on.
func FuzzLeg(f *testing.F) {
	f.Add([]byte("\x80\x08\x00\x01\x00\x00\x00\xA0\x01\x02\x03\x04abcdefgh"))
	f.Add([]byte("\x80\xE5\x00\x01\x00\x00\x00\xA0\x01\x02\x03\x04\x05\x8A\x03\x20"))
	f.Add(report{source: 7, sent: true, about: true}.bytes("abcdefgh"))
	here := netip.MustParseAddr("127.0.0.1")
	said := netip.AddrPortFrom(here, 9)
	var legs []*RTP
	for _, m := range []sdp.Media{
		{Event: 101},
		{Event: sdp.NoEvent}, // which listens to tones
		{Event: 101, Crypto: []sdp.Crypto{{Tag: 1, Key: newKey()}}},
	} {
		leg, err := Open(Config{Local: here, Clock: time.Now})
		if err != nil {
			f.Fatal(err)
		}
		f.Cleanup(leg.Close)
		m.Addr, m.Codecs, m.Dir = said, []audio.Codec{audio.PCMA}, sdp.SendRecv
		if err := leg.Peer(m); err != nil {
			f.Fatal(err)
		}
		Listen(leg, time.Now)
		legs = append(legs, leg)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for i, leg := range legs {
			before := leg.Heard()
			leg.hear(append([]byte(nil), b...), make([]byte, 0, largest), said)
			leg.talk.hear(leg, append([]byte(nil), b...), said, false)
			if i == 2 && !leg.Heard().Equal(before) {
				t.Error("who has no key is heard")
			}
			for len(leg.digits) > 0 {
				<-leg.digits
			}
		}
	})
}

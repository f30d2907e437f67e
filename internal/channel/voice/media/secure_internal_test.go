package media

import (
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

package station

import (
	"strings"
	"testing"
)

// Where a browser may be reached is nothing to us, and is not handed on: whoever offers cannot
// have the line call somebody.
func TestWhereSheMayBeReachedIsLeftOut(t *testing.T) {
	t.Parallel()
	const offer = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\n" +
		"a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n" +
		"a=candidate:1 1 udp 2122260223 192.0.2.7 40000 typ host\r\n" +
		"a=candidate:2 1 tcp 1518280447 192.0.2.7 9 typ host tcptype passive\r\n" +
		"a=candidate:3 1 udp 2122260223 4b1c5c1e.local 40000 typ host\r\n" +
		"a=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n" +
		"a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n"
	got, err := checked(offer)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got, "candidate") || strings.Contains(got, "192.0.2.7") {
		t.Errorf("what is handed on still says where she is: %q", got)
	}
	if !strings.Contains(got, "a=ice-ufrag:abcd") {
		t.Errorf("what is handed on lacks what is needed: %q", got)
	}
}

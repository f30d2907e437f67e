package sdp

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/netip"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// Bytes writes the description. Its origin is a placeholder: whoever sends it calls
// [Stamp].
func (m Media) Bytes() []byte {
	var b bytes.Buffer
	where := network(m.Addr.Addr())
	fmt.Fprintf(&b, "v=0\r\no=line 0 0 %s\r\ns=-\r\nc=%s\r\nt=0 0\r\n", where, where)
	refuse(&b, m.before)
	fmt.Fprintf(&b, "m=audio %d %s", m.Addr.Port(), m.proto())
	for _, c := range m.Codecs {
		fmt.Fprintf(&b, " %d", c)
	}
	if m.Event != NoEvent {
		fmt.Fprintf(&b, " %d", m.Event)
	}
	b.WriteString("\r\n")
	for _, c := range m.Codecs {
		fmt.Fprintf(&b, "a=rtpmap:%d %s/8000\r\n", c, encoding(c))
	}
	if m.Event != NoEvent {
		fmt.Fprintf(&b, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\n", m.Event, m.Event)
	}
	for _, c := range m.Crypto {
		fmt.Fprintf(&b, "a=crypto:%d %s inline:%s\r\n", c.Tag, suite, base64.StdEncoding.EncodeToString(c.Key[:]))
	}
	fmt.Fprintf(&b, "a=ptime:%d\r\na=%s\r\n", m.Ptime, m.Dir)
	if m.RTCP.IsValid() && m.RTCP != next(m.Addr) {
		fmt.Fprintf(&b, "a=rtcp:%d %s\r\n", m.RTCP.Port(), network(m.RTCP.Addr()))
	}
	refuse(&b, m.after)
	return b.Bytes()
}

func refuse(b *bytes.Buffer, streams []refused) {
	for _, s := range streams {
		fmt.Fprintf(b, "m=%s 0 %s %s\r\n", s.kind, s.proto, s.format)
	}
}

func (m Media) proto() string {
	p := "RTP/AVP"
	if m.Secure {
		p = "RTP/SAVP"
	}
	if m.feedback {
		p += "F"
	}
	return p
}

func encoding(c audio.Codec) string {
	if c == audio.PCMA {
		return "PCMA"
	}
	return "PCMU"
}

func network(a netip.Addr) string {
	if a.Unmap().Is6() {
		return "IN IP6 " + a.WithZone("").String()
	}
	if !a.IsValid() {
		a = netip.IPv4Unspecified()
	}
	return "IN IP4 " + a.Unmap().String()
}

// Stamp writes the origin of a description: the session's number, which stays, and
// the version, which is one more each time that something changes. An end that sees
// the same version need not look further.
func Stamp(b []byte, session, version uint64) []byte {
	before, rest, ok := bytes.Cut(b, []byte("\r\no=line "))
	if !ok {
		return b
	}
	fields := bytes.SplitN(rest, []byte(" "), 3)
	if len(fields) != 3 {
		return b
	}
	return fmt.Appendf(nil, "%s\r\no=line %d %d %s", before, session, version, fields[2])
}

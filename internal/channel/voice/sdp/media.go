// Package sdp reads and writes the descriptions by which the two ends of a telephone
// call agree on its sound (RFC 8866), and answers an offer (RFC 3264). It knows what
// trunks speak: G.711 and telephone-event, over RTP or over SRTP with keys in the
// description (RFC 4568). It is pure: no sockets, no clock, no randomness. No error
// quotes what came, since a description tells where a caller is.
package sdp

import (
	"errors"
	"fmt"
	"io"
	"net/netip"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

var (
	// ErrMalformed says that it is no description. SIP answers 400.
	ErrMalformed = errors.New("sdp: malformed")
	// ErrUnacceptable says that nothing in it can be taken: no G.711, no address, keys
	// of a kind that we do not know, or none where they must be. SIP answers 488.
	ErrUnacceptable = errors.New("sdp: not acceptable")
)

// NoEvent is the Event of a Media whose end knows no telephone-event. It is not zero,
// since zero is the payload type of PCMU.
const NoEvent uint8 = 255

// Direction is who sends, seen from the end that says so.
type Direction uint8

// The directions.
const (
	Inactive Direction = iota
	SendOnly           // it plays to the other end and hears nothing: a hold
	RecvOnly
	SendRecv
)

// String is the attribute's name.
func (d Direction) String() string {
	return [...]string{"inactive", "sendonly", "recvonly", "sendrecv"}[d&SendRecv]
}

// Sends reports whether the end sends.
func (d Direction) Sends() bool { return d&SendOnly != 0 }

// Receives reports whether the end wants to be sent something.
func (d Direction) Receives() bool { return d&RecvOnly != 0 }

// Mirror is the same, seen from the other end.
func (d Direction) Mirror() Direction { return d>>1&1 | d<<1&RecvOnly }

// Key is an SRTP master key of 16 bytes and its salt of 14.
type Key [30]byte

// Format prints a fixed word, whatever the verb.
func (Key) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[withheld]") }

// Crypto is a key for what its end sends, for AES_CM_128_HMAC_SHA1_80. An end that
// knows only others is refused.
type Crypto struct {
	Tag int
	Key Key
}

// Media is what one end says of its sound.
type Media struct {
	// Addr is where it wants to be sent to. While it is held in the manner of before
	// RFC 3264, the address is unspecified (0.0.0.0) and the port says nothing.
	Addr   netip.AddrPort
	RTCP   netip.AddrPort // usually the port above
	Codecs []audio.Codec  // in its order of preference, never empty
	Event  uint8          // the payload type of telephone-event, or NoEvent
	Dir    Direction
	Crypto []Crypto // in an answer one
	Secure bool     // RTP/SAVP: it takes nothing else. Keys with RTP/AVP are a wish (RFC 8643)
	Ptime  int      // how many milliseconds it wants in a packet; 20 where it says nothing

	feedback bool // RTP/AVPF or RTP/SAVPF, which an answer repeats
	before   []refused
	after    []refused
}

// refused is a stream that we take no part in. An answer names it with port 0, at its
// place.
type refused struct{ kind, proto, format string }

// IsZero reports whether nothing was said: the INVITE came without a description.
func (m Media) IsZero() bool { return len(m.Codecs) == 0 }

// Held reports whether the end wants to hear nothing.
func (m Media) Held() bool { return !m.Dir.Receives() || m.Addr.Addr().IsUnspecified() }

// Ours is what our end can and wants.
type Ours struct {
	Addr   netip.AddrPort
	Codecs []audio.Codec // in our order; empty is PCMA, PCMU
	Dir    Direction
	Key    *Key // for what we send; nil where we cannot do SRTP
	Secure bool // SRTP or nothing
}

func (o Ours) codecs() []audio.Codec {
	if len(o.Codecs) == 0 {
		return []audio.Codec{audio.PCMA, audio.PCMU}
	}
	return o.Codecs
}

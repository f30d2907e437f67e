// Package media carries a call's sound: legs and what joins them.
//
// A leg is one end of sound: a telephone over RTP ([RTP]) or an advocate's browser.
// Two legs are joined by [Bridge], which forwards each packet as it comes; three and
// more by a [Room], which mixes. [Play] plays a prompt, [Listen] gives what a leg says
// as even frames.
//
// Whatever changes behind a leg, what it sends is one unbroken stream: sequence and
// timestamp go on ([Timeline]). Nothing here knows whose call it is: no number, no
// address and no digit is in an error or a log.
package media

import (
	"crypto/rand"
	"encoding/binary"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// A Packet is a piece of sound, mostly 20 ms.
type Packet struct {
	Source  uint32 // one stream from one origin: RTP's SSRC, or [NewSource]
	Seq     uint16 // counts the packets of the source, from anywhere
	At      uint32 // counts its samples, from anywhere
	Codec   audio.Codec
	Mark    bool   // the first after a pause
	Payload []byte // a byte a sample; valid only during the call
}

// A Leg is one end of sound. All methods may be called from any goroutine.
type Leg interface {
	// Codec is what it would rather be sent.
	Codec() audio.Codec
	// Send sends a packet, and never waits. Another codec is converted. What comes
	// while the leg is held, or before its peer is known, is dropped.
	Send(p Packet)
	// Hear replaces who is told of each packet that comes; nil is nobody. It is called
	// from the goroutine that reads, and must not wait.
	Hear(sink func(Packet))
	// Heard returns when the last packet came; zero is never.
	Heard() time.Time
}

// NewSource returns a number for a stream that begins here.
func NewSource() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.BigEndian.Uint32(b[:])
}

package media

import "encoding/binary"

// keys are the keys of a telephone in the order of their events (RFC 4733, 3.2).
const keys = "0123456789*#ABCD"

// presses tells the keys that go down in a stream of events (RFC 4733). A press is
// told once, as soon as anything of it comes: it lasts for many packets, its end comes
// three times, and any of them may be lost, doubled or late.
type presses struct {
	begun  bool
	source uint32
	at     uint32 // when the event began: that names it
	code   byte
	length uint16 // so far
	ended  bool
}

const (
	eventSize  = 4
	eventEnd   = 0x80
	lateEvents = 5 * 8000 // samples that a packet may be late by and still be of an earlier press
	seamEvents = 160      // samples between two parts of a long press
)

// take reads a packet of events.
func (e *presses) take(h header, payload []byte) (key byte, pressed bool) {
	if len(payload) < eventSize || int(payload[0]) >= len(keys) {
		return 0, false
	}
	code, ended, length := payload[0], payload[1]&eventEnd != 0, binary.BigEndian.Uint16(payload[2:])
	if e.begun && h.ssrc == e.source {
		passed := int64(int32(h.at - e.at)) //nolint:gosec // timestamps wrap
		switch {
		case passed < 0 && passed > -lateEvents:
			return 0, false
		case passed == 0 && code == e.code:
			e.length, e.ended = max(e.length, length), e.ended || ended
			return 0, false
		case passed > 0 && code == e.code && !e.ended && !h.mark && passed <= int64(e.length)+seamEvents:
			e.at, e.length, e.ended = h.at, length, ended // the next part of a long press
			return 0, false
		}
	}
	*e = presses{begun: true, source: h.ssrc, at: h.at, code: code, length: length, ended: ended}
	return keys[code], true
}

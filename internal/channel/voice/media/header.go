package media

import "encoding/binary"

// headerSize is how long the header of what we send is.
const headerSize = 12

// largest is how many bytes a packet may have.
const largest = 1500

// A header is what RTP says of a packet (RFC 3550, 5.1).
type header struct {
	payload uint8 // its type
	mark    bool
	seq     uint16
	at      uint32
	ssrc    uint32
}

// parse reads a packet of RTP; false is none, or of what RTCP uses.
func parse(b []byte) (h header, payload []byte, ok bool) {
	if len(b) < headerSize || b[0]>>6 != 2 || isReport(b) {
		return h, nil, false
	}
	h = header{
		payload: b[1] & 0x7F, mark: b[1]&0x80 != 0,
		seq: binary.BigEndian.Uint16(b[2:]), at: binary.BigEndian.Uint32(b[4:]), ssrc: binary.BigEndian.Uint32(b[8:]),
	}
	from, to := headerSize+4*int(b[0]&15), len(b)
	if b[0]&0x10 != 0 { // an extension
		if len(b) < from+4 {
			return h, nil, false
		}
		from += 4 + 4*int(binary.BigEndian.Uint16(b[from+2:]))
	}
	if b[0]&0x20 != 0 { // padding, which says its length at its end
		padding := int(b[len(b)-1])
		if padding == 0 {
			return h, nil, false
		}
		to -= padding
	}
	if from > to {
		return h, nil, false
	}
	return h, b[from:to], true
}

// isReport reports whether a packet that came by the port of the sound is RTCP
// (RFC 5761, 4).
func isReport(b []byte) bool { return len(b) > 1 && b[1] >= 192 && b[1] <= 223 }

// write writes the header into the first bytes of b.
func (h header) write(b []byte) {
	b[0], b[1] = 0x80, h.payload
	if h.mark {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], h.seq)
	binary.BigEndian.PutUint32(b[4:], h.at)
	binary.BigEndian.PutUint32(b[8:], h.ssrc)
}

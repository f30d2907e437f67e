package media

import (
	"encoding/binary"
	"time"
)

// What RTCP says (RFC 3550, 6): how much was sent, and how well it is received. Nothing
// of it names anybody; the name that the protocol wants is drawn for each call.
const (
	typeSR   = 200
	typeRR   = 201
	typeSDES = 202
	typeBye  = 203
)

// A ReportBlock says how one source is received.
type ReportBlock struct {
	Source   uint32
	Fraction uint8 // of 256, lost since the last report
	Lost     int32 // since the beginning
	Highest  uint32
	Jitter   uint32 // samples
	LastSR   uint32 // the middle of the NTP time of the last sender's report
	Delay    uint32 // since that came, of 65536 a second
}

// A report is what RTCP says at one time of what is sent, and of one source received.
type report struct {
	source  uint32
	sent    bool   // it is a sender's: the next fields hold
	ntp     uint64 // when it was made
	at      uint32 // the timestamp of the sound at that time
	packets uint32
	octets  uint32
	about   bool // it holds a block
	block   ReportBlock
	bye     bool
}

const blockSize = 24

// bytes writes a report as a compound packet, with a name.
func (r report) bytes(name string) []byte {
	kind, count := byte(typeRR), byte(0)
	if r.sent {
		kind = typeSR
	}
	if r.about {
		count = 1
	}
	b := []byte{0x80 | count, kind, 0, 0}
	b = binary.BigEndian.AppendUint32(b, r.source)
	if r.sent {
		b = binary.BigEndian.AppendUint64(b, r.ntp)
		b = binary.BigEndian.AppendUint32(b, r.at)
		b = binary.BigEndian.AppendUint32(b, r.packets)
		b = binary.BigEndian.AppendUint32(b, r.octets)
	}
	if k := r.block; r.about {
		b = binary.BigEndian.AppendUint32(b, k.Source)
		lost := uint32(max(-1<<23, min(1<<23-1, k.Lost))) & 0xFFFFFF //nolint:gosec // its 24 bits
		b = binary.BigEndian.AppendUint32(b, uint32(k.Fraction)<<24|lost)
		b = binary.BigEndian.AppendUint32(b, k.Highest)
		b = binary.BigEndian.AppendUint32(b, k.Jitter)
		b = binary.BigEndian.AppendUint32(b, k.LastSR)
		b = binary.BigEndian.AppendUint32(b, k.Delay)
	}
	measure(b)
	from := len(b)
	b = append(b, 0x81, typeSDES, 0, 0)
	b = binary.BigEndian.AppendUint32(b, r.source)
	b = append(b, 1, byte(len(name))) //nolint:gosec // ours, and short
	b = append(b, name...)
	for b = append(b, 0); (len(b)-from)%4 != 0; b = append(b, 0) {
	}
	measure(b[from:])
	if r.bye {
		b = append(b, 0x81, typeBye, 0, 1)
		b = binary.BigEndian.AppendUint32(b, r.source)
	}
	return b
}

// measure writes a packet's length into it.
func measure(b []byte) { binary.BigEndian.PutUint16(b[2:], uint16(len(b)/4-1)) } //nolint:gosec // short

// parseReports reads a compound packet and calls take for each block in it, once for
// a report without any; false where it is none. What it does not know it passes over.
func parseReports(b []byte, take func(report)) (ok bool) {
	for first := true; len(b) >= 4; first = false {
		size := 4 * (int(binary.BigEndian.Uint16(b[2:])) + 1)
		kind := b[1]
		if b[0]>>6 != 2 || size > len(b) || first && kind != typeSR && kind != typeRR {
			return false
		}
		if kind == typeSR || kind == typeRR {
			parseBlocks(b[4:size], kind == typeSR, int(b[0]&31), take)
			ok = true
		}
		b = b[size:]
	}
	return ok && len(b) == 0
}

func parseBlocks(b []byte, sent bool, count int, take func(report)) {
	long := binary.BigEndian.Uint32
	if len(b) < 4 {
		return
	}
	r := report{source: long(b), sent: sent}
	b = b[4:]
	if sent {
		if len(b) < 20 {
			return
		}
		r.ntp, r.at, r.packets, r.octets = binary.BigEndian.Uint64(b), long(b[8:]), long(b[12:]), long(b[16:])
		b = b[20:]
	}
	if count == 0 {
		take(r)
	}
	for ; count > 0 && len(b) >= blockSize; count-- {
		r.about = true
		r.block = ReportBlock{
			Source: long(b), Fraction: b[4], Lost: int32(long(b[4:])<<8) >> 8, //nolint:gosec // signed, of 24 bits
			Highest: long(b[8:]), Jitter: long(b[12:]), LastSR: long(b[16:]), Delay: long(b[20:]),
		}
		take(r)
		b = b[blockSize:]
	}
}

// ntp returns the time as NTP writes it.
func ntp(t time.Time) uint64 {
	const since1900 = 2208988800
	ns := t.UnixNano()
	seconds, rest := ns/1e9+since1900, ns%1e9
	return uint64(seconds)<<32 | uint64(rest)<<32/1e9
}

// middle returns the part of an NTP time that a report repeats.
func middle(ntp uint64) uint32 { return uint32(ntp >> 16) } //nolint:gosec // its middle

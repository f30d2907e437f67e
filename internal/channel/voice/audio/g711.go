package audio

import "math/bits"

// A Codec is one of the two laws of ITU-T G.711, by its RTP payload type.
type Codec uint8

// The codecs that a telephone network speaks, and a browser too.
const (
	PCMU Codec = 0 // µ-law: North America, Japan
	PCMA Codec = 8 // A-law: everywhere else
)

// Known reports whether c is one of the two. What is not is treated as PCMU.
func (c Codec) Known() bool { return c == PCMU || c == PCMA }

// String is the codec's name in SDP.
func (c Codec) String() string {
	switch c {
	case PCMU:
		return "PCMU"
	case PCMA:
		return "PCMA"
	default:
		return "unknown"
	}
}

// Encode writes f into dst, a byte a sample, as many as both have.
func (c Codec) Encode(dst []byte, f []int16) {
	n := min(len(dst), len(f))
	if c == PCMA {
		for i, v := range f[:n] {
			dst[i] = toA(v)
		}
		return
	}
	for i, v := range f[:n] {
		dst[i] = toU(v)
	}
}

// Decode writes what src says into f, a sample a byte, as many as both have.
func (c Codec) Decode(f []int16, src []byte) {
	t := &linear[c.row()]
	for i, b := range src[:min(len(f), len(src))] {
		f[i] = t[b]
	}
}

// Convert writes src into dst in another codec, as many bytes as both have. To the
// same codec it copies. It adds less than one step of quantisation, and there and
// back again changes no more.
func (c Codec) Convert(dst, src []byte, to Codec) {
	n := min(len(dst), len(src))
	if c.row() == to.row() {
		copy(dst, src[:n])
		return
	}
	t := &across[c.row()]
	for i, b := range src[:n] {
		dst[i] = t[b]
	}
}

// Silence is the byte that says nothing: what is sent where there is no sound.
func (c Codec) Silence() byte {
	if c == PCMA {
		return 0xD5
	}
	return 0xFF
}

// row is a codec's place in the tables.
func (c Codec) row() int {
	if c == PCMA {
		return 1
	}
	return 0
}

// linear holds what each byte says, by row.
var linear = func() (t [2][256]int16) { //nolint:gochecknoglobals // a constant table
	for i := range 256 {
		t[0][i], t[1][i] = fromU(byte(i)), fromA(byte(i))
	}
	return t
}()

// across holds each byte of one law in the other: the code whose value is nearest.
// (To encode what was decoded is not the same: where the steps grow, the laws decide
// early.)
var across = func() (t [2][256]byte) { //nolint:gochecknoglobals // a constant table
	for i := range 256 {
		t[0][i] = nearest(fromU(byte(i)), fromA, toA)
		t[1][i] = nearest(fromA(byte(i)), fromU, toU)
	}
	return t
}()

func nearest(v int16, from func(byte) int16, to func(int16) byte) byte {
	best := to(v)
	for c := range 256 {
		if off(v, from(byte(c))) < off(v, from(best)) {
			best = byte(c)
		}
	}
	return best
}

func off(a, b int16) int32 { return max(int32(a)-int32(b), int32(b)-int32(a)) }

// µ-law in short: the magnitude (14 bits in the recommendation, here times four) plus
// a bias of 33 (132) has its highest bit in one of eight segments; the four bits below
// it are kept, and all is inverted.

const biasU = 132

func fromU(b byte) int16 {
	b = ^b
	v := (int16(b&15)<<3+biasU)<<(b>>4&7) - biasU
	if b&0x80 != 0 {
		return -v
	}
	return v
}

func toU(s int16) byte {
	v, sign := int32(s), byte(0x80)
	if v < 0 {
		v, sign = -v, 0
	}
	v = min(v, 32767-biasU) + biasU
	seg := bits.Len32(uint32(v)) - 8          //nolint:gosec // positive
	low := byte(v>>(seg+3)) & 15              //nolint:gosec // masked
	return sign | (byte(seg)<<4 | low) ^ 0x7F //nolint:gosec // at most seven
}

// A-law in short: the magnitude (12 bits, here times eight) has its highest bit in one of eight segments, of which the first two
// are as fine as each other; even bits are inverted.

func fromA(b byte) int16 {
	b ^= 0x55
	v := int16(b&15)<<4 + 8
	if seg := b >> 4 & 7; seg > 0 {
		v = (v + 256) << (seg - 1)
	}
	if b&0x80 == 0 {
		return -v
	}
	return v
}

func toA(s int16) byte {
	v, sign := int32(s), byte(0x80)
	if v < 0 {
		v, sign = -v-1, 0 // -1 is as near to zero as 0 is: both have a code of their own
	}
	seg := max(bits.Len32(uint32(v))-8, 0)    //nolint:gosec // positive
	low := byte(v>>max(seg+3, 4)) & 15        //nolint:gosec // masked
	return (sign | byte(seg)<<4 | low) ^ 0x55 //nolint:gosec // at most seven
}

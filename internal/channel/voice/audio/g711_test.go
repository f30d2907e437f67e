package audio_test

import (
	"math"
	"testing"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

func codecs() []audio.Codec { return []audio.Codec{audio.PCMU, audio.PCMA} }

func decode(c audio.Codec, b byte) int16 {
	var f [1]int16
	c.Decode(f[:], []byte{b})
	return f[0]
}

func encode(c audio.Codec, v int16) byte {
	var b [1]byte
	c.Encode(b[:], []int16{v})
	return b[0]
}

// Values of tables 1a, 1b, 2a and 2b of the recommendation (13 bits for A-law and 14
// for µ-law, here in 16): the ends, and the last value of each segment.
func TestValuesOfTheRecommendation(t *testing.T) {
	for _, v := range []struct {
		codec audio.Codec
		code  byte
		want  int16
	}{
		{audio.PCMA, 0x80 ^ 0x55, 1 * 8},
		{audio.PCMA, 0xFF ^ 0x55, 4032 * 8},
		{audio.PCMA, 0xF0 ^ 0x55, 2112 * 8},
		{audio.PCMA, 0xE0 ^ 0x55, 1056 * 8},
		{audio.PCMA, 0xD0 ^ 0x55, 528 * 8},
		{audio.PCMA, 0xC0 ^ 0x55, 264 * 8},
		{audio.PCMA, 0xB0 ^ 0x55, 132 * 8},
		{audio.PCMA, 0xA0 ^ 0x55, 66 * 8},
		{audio.PCMA, 0x90 ^ 0x55, 33 * 8},
		{audio.PCMA, 0x00 ^ 0x55, -1 * 8},
		{audio.PCMA, 0x7F ^ 0x55, -4032 * 8},
		{audio.PCMU, 0xFF, 0},
		{audio.PCMU, 0x7F, 0},
		{audio.PCMU, 0xFE, 2 * 4},
		{audio.PCMU, 0xEF, 33 * 4},
		{audio.PCMU, 0xDF, 99 * 4},
		{audio.PCMU, 0xCF, 231 * 4},
		{audio.PCMU, 0xBF, 495 * 4},
		{audio.PCMU, 0xAF, 1023 * 4},
		{audio.PCMU, 0x9F, 2079 * 4},
		{audio.PCMU, 0x8F, 4191 * 4},
		{audio.PCMU, 0x80, 8031 * 4},
		{audio.PCMU, 0x00, -8031 * 4},
		{audio.PCMU, 0x7E, -2 * 4},
	} {
		if got := decode(v.codec, v.code); got != v.want {
			t.Errorf("%v %#x says %d, want %d", v.codec, v.code, got, v.want)
		}
	}
}

// decisions returns the decision values of the positive codes, in 16 bits: each code
// stands for what lies between its own and the next, and says the middle of it.
func decisions(c audio.Codec) []int {
	x, step, scale := []int{0}, 2, 8
	if c == audio.PCMU {
		x, scale = append(x, 1), 4
	}
	for len(x) < 129 {
		x = append(x, x[len(x)-1]+step)
		if n := len(x) - 1; n%16 == 0 && (c == audio.PCMU || n > 16) {
			step *= 2
		}
	}
	for i := range x {
		x[i] *= scale
	}
	return x
}

func TestDecisionValuesOfTheRecommendation(t *testing.T) {
	for c, last := range map[audio.Codec]int{audio.PCMU: 8159 * 4, audio.PCMA: 4096 * 8} {
		x := decisions(c)
		if x[128] != last {
			t.Fatalf("the last decision value of %v is %d, want %d", c, x[128], last)
		}
		for n := range 128 {
			middle := (x[n] + x[n+1]) / 2
			if n == 0 && c == audio.PCMU {
				middle = 0
			}
			for v := x[n]; v < x[n+1]; v++ {
				if got := int(decode(c, encode(c, int16(v)))); got != middle {
					t.Fatalf("%v: %d is said as %d, want %d", c, v, got, middle)
				}
				if got := int(decode(c, encode(c, int16(-v)))); got != -middle && v != x[n] {
					t.Fatalf("%v: %d is said as %d, want %d", c, -v, got, -middle)
				}
			}
		}
		for _, v := range []int16{math.MinInt16, math.MaxInt16} {
			if got := abs(int(decode(c, encode(c, v)))); got != (x[127]+x[128])/2 {
				t.Errorf("%v: %d is said as %d", c, v, got)
			}
		}
	}
}

func TestACodeStaysItself(t *testing.T) {
	for _, c := range codecs() {
		for i := range 256 {
			again := encode(c, decode(c, byte(i)))
			if again != byte(i) && (c != audio.PCMU || i != 0x7F) { // µ-law has two zeroes
				t.Errorf("%v %#x comes back as %#x", c, i, again)
			}
		}
	}
}

// The two laws are symmetric: the sign is one bit.
func TestSignIsOneBit(t *testing.T) {
	for _, c := range codecs() {
		for i := range 256 {
			if a, b := decode(c, byte(i)), decode(c, byte(i)^0x80); a != -b {
				t.Errorf("%v: %#x says %d, its opposite %d", c, i, a, b)
			}
		}
	}
}

func TestConvertIsNearestAndSettles(t *testing.T) {
	for _, c := range codecs() {
		to := audio.PCMA
		if c == audio.PCMA {
			to = audio.PCMU
		}
		for i := range 256 {
			var there, back, again [1]byte
			c.Convert(there[:], []byte{byte(i)}, to)
			v, best := int(decode(c, byte(i))), math.MaxInt
			for j := range 256 {
				best = min(best, abs(int(decode(to, byte(j)))-v))
			}
			if got := abs(int(decode(to, there[0])) - v); got != best {
				t.Errorf("%v %#x to %v is %d off, %d is possible", c, i, to, got, best)
			}
			to.Convert(back[:], there[:], c)
			c.Convert(again[:], back[:], to)
			if again != there {
				t.Errorf("%v %#x: there, back and there is not there", c, i)
			}
			var same [1]byte
			if c.Convert(same[:], []byte{byte(i)}, c); same[0] != byte(i) {
				t.Errorf("%v to itself changes %#x", c, i)
			}
		}
	}
}

func TestSilenceIsSilent(t *testing.T) {
	for _, c := range codecs() {
		if got := decode(c, c.Silence()); abs(int(got)) > 8 {
			t.Errorf("the silence of %v says %d", c, got)
		}
	}
}

func abs(v int) int { return max(v, -v) }

func BenchmarkEncode(b *testing.B) {
	f, dst := make([]int16, audio.FrameSize), make([]byte, audio.FrameSize)
	for i := range f {
		f[i] = int16(i * 200)
	}
	b.ReportAllocs()
	for b.Loop() {
		audio.PCMA.Encode(dst, f)
	}
}

func BenchmarkConvert(b *testing.B) {
	dst, src := make([]byte, audio.FrameSize), make([]byte, audio.FrameSize)
	b.ReportAllocs()
	for b.Loop() {
		audio.PCMA.Convert(dst, src, audio.PCMU)
	}
}

package audio

import (
	"math"
	"time"
)

// forever is the length of a source that does not end.
const forever = math.MaxInt

// lasting returns how many samples a source with this length has; zero has no end.
func lasting(d time.Duration) int {
	if d <= 0 {
		return forever
	}
	return Samples(d)
}

// take tells how many samples of f are still to be filled out of left, silences the
// others, and counts down.
func take(f []int16, left *int) int {
	n := min(len(f), *left)
	clear(f[n:])
	if *left != forever {
		*left -= n
	}
	return n
}

// A Tone is one sine or several at once.
type Tone struct {
	left  int
	waves []wave
}

type wave struct{ peak, turn, at float64 }

// NewTone returns a tone of these frequencies, each with this level, for so long; zero
// has no end.
func NewTone(length time.Duration, dB float64, hz ...float64) *Tone {
	t := &Tone{left: lasting(length)}
	for _, h := range hz {
		t.waves = append(t.waves, wave{peak: peakOf(dB), turn: 2 * math.Pi * h / Rate})
	}
	return t
}

// Next is [Source.Next].
func (t *Tone) Next(f []int16) bool {
	n := take(f, &t.left)
	for i := range n {
		var v float64
		for w := range t.waves {
			v += t.waves[w].peak * math.Sin(t.waves[w].at)
			t.waves[w].at += t.waves[w].turn
		}
		f[i] = clip(int32(math.Round(v)))
	}
	for w := range t.waves {
		t.waves[w].at = math.Mod(t.waves[w].at, 2*math.Pi)
	}
	return n > 0
}

// Noise is soft noise, so that a line where nobody speaks does not seem dead.
type Noise struct {
	left  int
	peak  int32
	state uint32
	last  int32
}

// NewNoise returns comfort noise of this level (of its mean power), for so long; zero
// has no end. Something like -60 is heard as an open line.
func NewNoise(length time.Duration, dB float64) *Noise {
	// A low-pass of two taps over evenly spread values has a power of peak²/6, a sine peak²/2.
	return &Noise{left: lasting(length), peak: int32(min(peakOf(dB)*math.Sqrt(3), fullScale-1)), state: 1}
}

// NewSilence returns nothing at all, for so long; zero has no end.
func NewSilence(length time.Duration) *Noise { return NewNoise(length, math.Inf(-1)) }

// Next is [Source.Next].
func (s *Noise) Next(f []int16) bool {
	n := take(f, &s.left)
	for i := range n {
		// xorshift: nobody has to be surprised by it.
		s.state ^= s.state << 13
		s.state ^= s.state >> 17
		s.state ^= s.state << 5
		v := int32(s.state>>16) - 1<<15
		f[i] = clip((v + s.last) * s.peak / (2 << 15))
		s.last = v
	}
	return n > 0
}

// A Sequence plays one source after another.
type Sequence struct{ parts []Source }

// NewSequence returns the parts in their order.
func NewSequence(parts ...Source) *Sequence { return &Sequence{parts} }

// Next is [Source.Next]. A part begins with a frame of its own.
func (s *Sequence) Next(f []int16) bool {
	for len(s.parts) > 0 {
		if s.parts[0].Next(f) {
			return true
		}
		s.parts = s.parts[1:]
	}
	clear(f)
	return false
}

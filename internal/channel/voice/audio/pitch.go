package audio

import "math"

// Sound repeats itself: a voice with its pitch, a tone with its period. What is lost
// is filled, and what comes too late or too early is shifted, by whole repetitions.
const (
	// ShortestShift and LongestShift bound by how much [Shorten] and [Lengthen] change
	// what they are given: 5 to 25 ms.
	ShortestShift = 40
	LongestShift  = 200
)

// match finds where in buf, from lo to hi, what begins there is most like x, and how
// much: 1 is the same but for loudness.
func match(buf, x []int16, lo, hi int) (at int, alike float64) {
	own := energy(x)
	at = lo
	if own == 0 {
		return lo, 1 // nothing fits everywhere
	}
	part := energy(buf[lo : lo+len(x)])
	for p := lo; p <= hi; p++ {
		var sum int64
		for i, v := range x {
			sum += int64(v) * int64(buf[p+i])
		}
		if sum > 0 && part > 0 {
			if like := float64(sum) / math.Sqrt(own*part); like > alike {
				at, alike = p, like
			}
		}
		if p < hi {
			first, next := float64(buf[p]), float64(buf[p+len(x)])
			part += next*next - first*first
		}
	}
	return at, alike
}

// fade goes from a to b over f; it may write over either.
func fade(f, a, b []int16) {
	n := int32(len(f)) //nolint:gosec // of a frame
	for i := range f {
		w := int32(i)
		f[i] = int16((int32(a[i])*(n-w) + int32(b[i])*w) / n) //nolint:gosec // between the two
	}
}

// alikeEnough is how much sound must repeat itself to be shortened or lengthened
// unheard, and quietEnough the level below which nobody hears anyway.
const (
	alikeEnough = 0.7
	quietEnough = -50
)

// Shorten fills f with the beginning of what comes, leaving out some repetition of the
// sound of at most this many samples, and returns how many samples of coming are used
// up; zero where it would be heard. It needs len(f)+most samples.
func Shorten(f, coming []int16, most int) (used int) {
	most = min(most, LongestShift, len(coming)-len(f))
	if most < ShortestShift {
		return 0
	}
	shift, alike := match(coming, coming[:len(f)], ShortestShift, most)
	if alike < alikeEnough && Level(coming[:len(f)+most]) > quietEnough {
		return 0
	}
	fade(f, coming, coming[shift:])
	return len(f) + shift
}

// Lengthen fills f with the beginning of what comes, saying some of it twice, by at
// most this many samples, and returns how many samples are used up of what comes; zero
// where it would be heard. Sound is what went before, and then what comes, of which
// there must be len(f) samples.
func Lengthen(f, sound []int16, most int) (used int) {
	before := len(sound) - len(f)
	most = min(most, LongestShift, before, len(f)-1)
	if most < ShortestShift {
		return 0
	}
	coming := sound[before:]
	at, alike := match(sound, coming, before-most, before-ShortestShift)
	if alike < alikeEnough && Level(sound[before-most:]) > quietEnough {
		return 0
	}
	fade(f, coming, sound[at:])
	return len(f) - (before - at)
}

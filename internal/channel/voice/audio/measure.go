package audio

import "math"

// Floor is the level of what is not there at all.
const Floor = -160

// Goertzel returns the level of one frequency in f. With a frame of 20 ms it tells
// frequencies apart that are 50 Hz from each other or more.
func Goertzel(f []int16, hz float64) float64 { return level(peakIn(f, hz)) }

// peakIn returns the peak that a sine of this frequency has in f.
func peakIn(f []int16, hz float64) float64 {
	if len(f) == 0 {
		return 0
	}
	turn := 2 * math.Cos(2*math.Pi*hz/Rate)
	var a, b float64
	for _, v := range f {
		a, b = float64(v)+turn*a-b, a
	}
	return math.Sqrt(max(0, a*a+b*b-turn*a*b)) * 2 / float64(len(f))
}

// Level returns the level of f: that of a sine of the same power.
func Level(f []int16) float64 {
	if len(f) == 0 {
		return Floor
	}
	return level(math.Sqrt(2 * energy(f) / float64(len(f))))
}

func energy(f []int16) (sum float64) {
	for _, v := range f {
		sum += float64(v) * float64(v)
	}
	return sum
}

func level(peak float64) float64 {
	return max(Floor, 20*math.Log10(peak/fullScale))
}

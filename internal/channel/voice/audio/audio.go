// Package audio is sound as a telephone line carries it: G.711 in frames of 20 ms.
// It makes sound (tones, comfort noise, clips from WAV files), measures it
// (Goertzel), and hides what the network lost. It knows no network and no clock;
// whoever takes a frame each 20 ms has them in time.
//
// Samples are 16 bit, mono, at 8000 a second. Levels are in dB re full scale: a sine
// whose peak is 32768 has 0, one of 6000 has -14.7.
package audio

import (
	"math"
	"time"
)

const (
	// Rate is how many samples a second has.
	Rate = 8000
	// FrameSize is how many samples a frame has.
	FrameSize = Rate / 50
	// FrameLength is how long a frame lasts.
	FrameLength = 20 * time.Millisecond
)

// A Source gives sound frame by frame. It belongs to one listener, since it knows
// how far it has come.
type Source interface {
	// Next fills f with what comes next, whatever its length, and reports whether
	// there was any; false is the end. What a last frame does not fill is silent.
	Next(f []int16) bool
}

// Samples returns how many samples last so long.
func Samples(d time.Duration) int { return int(d * Rate / time.Second) }

// Length returns how long so many samples last.
func Length(samples int) time.Duration { return time.Duration(samples) * time.Second / Rate }

// peakOf returns the highest sample of a sine with this level.
func peakOf(dB float64) float64 { return fullScale * math.Pow(10, dB/20) }

const fullScale = 32768

// clip keeps a sample within what 16 bits hold.
func clip(v int32) int16 {
	return int16(max(math.MinInt16, min(math.MaxInt16, v)))
}

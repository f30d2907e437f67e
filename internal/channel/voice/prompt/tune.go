package prompt

import (
	"math"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// tune is a quiet piece of sixteen seconds without a beginning or an end: broken chords,
// low and soft, that nobody has to pay for. It is made and not recorded, as the program
// brings no sound of anybody's.
func tune() audio.Clip {
	const (
		length = 16 * time.Second
		note   = audio.Rate / 2 // samples from one note to the next
		loud   = 1400           // of 32767
	)
	chords := [][]float64{{220, 261.63, 329.63, 440}, {174.61, 220, 261.63, 349.23}, {261.63, 329.63, 392, 523.25}, {196, 246.94, 293.66, 392}}
	samples := make([]int16, audio.Samples(length))
	sum := make([]float64, len(samples))
	for n := 0; n*note < len(samples); n++ {
		hz := chords[n/8%len(chords)][[]int{0, 1, 2, 3, 2, 1, 2, 1}[n%8]]
		for i := range 4 * note { // it rings for two seconds, over the end into the beginning
			t := float64(i) / audio.Rate
			rise, fall := math.Min(1, t/0.08), math.Exp(-2*t)
			at := (n*note + i) % len(sum)
			sum[at] += loud * rise * fall * (math.Sin(2*math.Pi*hz*t) + math.Sin(4*math.Pi*hz*t)/5)
		}
	}
	for i, s := range sum {
		samples[i] = int16(s)
	}
	return audio.NewClip(samples)
}

package audio

import "time"

// A Clip is recorded sound. It does not change, so that all who listen share it.
type Clip struct{ samples []int16 }

// NewClip returns a clip of these samples, which are not copied.
func NewClip(samples []int16) Clip { return Clip{samples} }

// Record returns what a source gives until its end, and no more than the limit.
func Record(src Source, limit time.Duration) Clip {
	var all []int16
	f := make([]int16, FrameSize)
	for Length(len(all)) < limit && src.Next(f) {
		all = append(all, f...)
	}
	return Clip{all[:min(len(all), Samples(limit))]}
}

// Samples returns the sound itself, which nobody may change.
func (c Clip) Samples() []int16 { return c.samples }

// Length returns how long it lasts.
func (c Clip) Length() time.Duration { return Length(len(c.samples)) }

// Play returns a source that gives the clip once.
func (c Clip) Play() *Playing { return &Playing{clip: c} }

// Loop returns a source that gives the clip again and again, without a gap.
func (c Clip) Loop() *Playing { return &Playing{clip: c, again: true} }

// Playing is a clip that somebody listens to.
type Playing struct {
	clip  Clip
	at    int
	again bool
}

// Next is [Source.Next].
func (p *Playing) Next(f []int16) bool {
	n := 0
	for n < len(f) && len(p.clip.samples) > 0 {
		if p.at == len(p.clip.samples) {
			if !p.again {
				break
			}
			p.at = 0
		}
		k := copy(f[n:], p.clip.samples[p.at:])
		p.at += k
		n += k
	}
	clear(f[n:])
	return n > 0
}

package media

import (
	"context"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// Play sends what src gives to a leg, a frame each 20 ms, until src or ctx ends, and
// reports whether src came to its end. However late single frames are, it does not
// drift from the clock; after a long halt (of the machine) it goes on from where it
// is, without hurrying.
func Play(ctx context.Context, leg Leg, src audio.Source) (ended bool) {
	return play(ctx, leg, src, NewSource())
}

func play(ctx context.Context, leg Leg, src audio.Source, source uint32) (ended bool) {
	var f [audio.FrameSize]int16
	var b [audio.FrameSize]byte
	beat := newBeat()
	defer beat.stop()
	p := Packet{Source: source, Mark: true}
	for src.Next(f[:]) {
		p.Codec = leg.Codec()
		p.Codec.Encode(b[:], f[:])
		p.Payload = b[:]
		leg.Send(p)
		p.Seq, p.At, p.Mark = p.Seq+1, p.At+audio.FrameSize, false
		skipped, ok := beat.wait(ctx)
		if !ok {
			return false
		}
		p.At += uint32(skipped) * audio.FrameSize //nolint:gosec // of one call
	}
	return true
}

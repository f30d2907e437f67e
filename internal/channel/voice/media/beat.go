package media

import (
	"context"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// A beat comes each 20 ms, counted from its beginning: what is late is made up for.
type beat struct {
	ticker *time.Ticker
	first  time.Time // the first tick, one frame after the beginning
	given  int       // frames, with the one at the beginning
	due    int       // by the last tick
}

// hurry is how many frames a beat may be behind and still make up for.
const hurry = 5

func newBeat() *beat {
	return &beat{ticker: time.NewTicker(audio.FrameLength), due: 1}
}

func (b *beat) stop() { b.ticker.Stop() }

// wait returns when the next frame is due, and how many are given up since the clock
// has run away (the machine stood still); false when ctx has ended.
func (b *beat) wait(ctx context.Context) (skipped int, ok bool) {
	b.given++
	for b.given >= b.due {
		select {
		case <-ctx.Done():
			return 0, false
		case now := <-b.ticker.C:
			if b.first.IsZero() {
				b.first = now
			}
			b.due = int((now.Sub(b.first)+audio.FrameLength/2)/audio.FrameLength) + 2
		}
	}
	if behind := b.due - b.given - 1; behind > hurry {
		skipped = behind
		b.given += skipped
	}
	return skipped, ctx.Err() == nil
}

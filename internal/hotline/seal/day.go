package seal

import (
	"context"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/shred"
)

// Remembered says of what a hash of a day is: each kind has a domain of its own.
type Remembered string

// What is remembered for a while, without being kept.
const (
	Sent   Remembered = "sent"   // a name by which a vendor speaks of something that left
	From   Remembered = "from"   // an address, or a number that called
	Got    Remembered = "got"    // a vendor's name for something that came
	Digits Remembered = "digits" // what she was told to say when she calls again
)

// days is on how many days something may still be spoken of: the entry of a day lives for
// 72 hours from its beginning, so that this day's and those of the two before it are there.
const days = int64(shred.DayLife / (24 * time.Hour))

const dayMS = 24 * 60 * 60 * 1000

// HashUntil is when a hash that is made at a moment leads nowhere any more.
func HashUntil(now int64) int64 { return now/dayMS*dayMS + shred.DayLife.Milliseconds() }

// Hash hashes, under the key of the day, what must not be kept: nobody can lead it back
// to her once the day's key is gone.
func (s *Sealer) Hash(ctx context.Context, now int64, what Remembered, ch hotline.Channel, t Text) ([]byte, error) {
	return s.shred.MAC(ctx, now/dayMS, string(what)+" "+string(ch), t.Reveal())
}

// Hashes are the hashes that something may have been remembered under, that of this day
// first.
func (s *Sealer) Hashes(ctx context.Context, now int64, what Remembered, ch hotline.Channel, t Text) (out [][]byte, err error) {
	for back := range days {
		b, err := s.Hash(ctx, now-back*dayMS, what, ch, t)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

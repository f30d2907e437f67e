package media

import (
	"context"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// A Role says what a leg does in a room.
type Role uint8

// The roles.
const (
	Talks    Role = iota // hears all who talk, and is heard by all
	Guided               // talks, and hears those who whisper: the advocate
	Listens              // hears all who talk, and is heard by nobody
	Whispers             // hears all who talk, and is heard by those who are guided, and by nobody else
)

func (r Role) talks() bool { return r == Talks || r == Guided }

// A Room mixes any number of legs: each hears the others, and never itself.
type Room struct {
	clock func() time.Time
	stop  context.CancelFunc
	done  chan struct{}

	mu      sync.Mutex
	members []*member
}

type member struct {
	leg     Leg
	ear     *Ear
	role    Role
	said    [audio.FrameSize]int16
	heard   [audio.FrameSize]int16
	payload [audio.FrameSize]byte
	guard   guard
}

// NewRoom opens a room, which mixes until it is closed.
func NewRoom(clock func() time.Time) *Room {
	ctx, stop := context.WithCancel(context.Background())
	r := &Room{clock: clock, stop: stop, done: make(chan struct{})}
	go r.run(ctx)
	return r
}

// Close ends the room and returns when nobody in it is sent anything more.
func (r *Room) Close() {
	r.stop()
	<-r.done
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.members {
		m.leg.Hear(nil)
	}
	r.members = nil
}

// Add brings a leg in. Whoever heard it before hears it no more. A leg that is in the
// room takes the role from the next frame on, without a gap.
func (r *Room) Add(leg Leg, role Role) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.members {
		if m.leg == leg {
			m.role = role
			return
		}
	}
	r.members = append(r.members, &member{leg: leg, ear: Listen(leg, r.clock), role: role})
}

// Remove takes a leg out; it is sent nothing more of the room when this returns.
func (r *Room) Remove(leg Leg) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, m := range r.members {
		if m.leg == leg {
			leg.Hear(nil)
			r.members = append(r.members[:i], r.members[i+1:]...)
			return
		}
	}
}

func (r *Room) run(ctx context.Context) {
	defer close(r.done)
	beat := newBeat()
	defer beat.stop()
	p := Packet{Source: NewSource(), Mark: true}
	for {
		r.mix(p)
		skipped, ok := beat.wait(ctx)
		if !ok {
			return
		}
		p.Seq, p.At, p.Mark = p.Seq+1, p.At+uint32(1+skipped)*audio.FrameSize, false //nolint:gosec // of one call
	}
}

// mix gives each member one frame of what it is to hear.
func (r *Room) mix(p Packet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var talk, whisper [audio.FrameSize]int32
	for _, m := range r.members {
		m.ear.Next(m.said[:])
		switch {
		case m.role.talks():
			add(&talk, &m.said)
		case m.role == Whispers:
			add(&whisper, &m.said)
		}
	}
	for _, m := range r.members {
		hears := talk
		if m.role.talks() {
			for i, v := range m.said {
				hears[i] -= int32(v)
			}
		}
		if m.role == Guided {
			for i, v := range whisper {
				hears[i] += v
			}
		}
		m.guard.fit(&m.heard, &hears)
		p.Codec = m.leg.Codec()
		p.Codec.Encode(m.payload[:], m.heard[:])
		p.Payload = m.payload[:]
		m.leg.Send(p)
	}
}

func add(sum *[audio.FrameSize]int32, f *[audio.FrameSize]int16) {
	for i, v := range f {
		sum[i] += int32(v)
	}
}

// A guard keeps a sum of voices within what can be said: it makes it softer at once
// where it would be clipped, and slowly louder again. Its zero value is ready.
type guard struct{ softer float32 } // by this share

const (
	loudest = 32000
	recover = 0.02 // of full loudness, a frame
)

// fit writes the sum into f.
func (g *guard) fit(f *[audio.FrameSize]int16, sum *[audio.FrameSize]int32) {
	var peak int32
	for _, v := range sum {
		peak = max(peak, v, -v)
	}
	from := 1 - g.softer
	to := min(1, from+recover)
	if need := loudest / max(loudest, float32(peak)); need < to {
		to = need
		from = min(from, need) // softer from its first sample on
	}
	g.softer = 1 - to
	if from == 1 && to == 1 {
		for i, v := range sum {
			f[i] = int16(v) //nolint:gosec // the peak fits
		}
		return
	}
	for i, v := range sum {
		gain := from + (to-from)*float32(i)/audio.FrameSize
		f[i] = int16(float32(v) * gain)
	}
}

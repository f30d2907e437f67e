package media

import (
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// An Ear gives what a leg says as a [audio.Source], evenly: whoever asks it each 20 ms
// has a frame each time. It keeps sound as long as the network is uneven and no longer,
// orders what came out of order, and hides what did not come. It does not end.
type Ear struct {
	clock func() time.Time

	mu      sync.Mutex
	start   time.Time
	source  uint32
	begun   bool
	delay   delay
	play    int64 // the next sample to be played
	top     int64 // after the newest that came
	size    int64 // of a packet
	off     int64 // by how much more than wanted is kept, on average, times offTimes
	conceal audio.Concealer
	ring    [ringSize]int16
	there   [ringSize]bool
	sound   [audio.LongestShift + audio.FrameSize]int16 // to be lengthened
	coming  [audio.LongestShift + audio.FrameSize]int16 // to be shortened
}

const (
	ringSize = 1 << 12      // samples: half a second
	leap     = ringSize / 2 // by which a packet is too far from where sound is to be of it
	offTimes = 16
	tooMuch  = 80 // samples kept beyond what is wanted, and then shortened: 10 ms
	tooFew   = 60 // lacking, and then lengthened: 7.5 ms
)

func newEar(clock func() time.Time) *Ear { return &Ear{clock: clock, start: clock()} }

// Listen hears a leg, in place of who heard it before. It ends when somebody else hears it.
func Listen(leg Leg, clock func() time.Time) *Ear {
	e := newEar(clock)
	leg.Hear(e.put)
	return e
}

// now returns the time in samples.
func (e *Ear) now() int64 { return int64(e.clock().Sub(e.start)) * audio.Rate / int64(time.Second) }

// put takes a packet.
func (e *Ear) put(p Packet) {
	if len(p.Payload) == 0 || len(p.Payload) > largest {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now()
	at := e.top + int64(int32(p.At-uint32(e.top))) //nolint:gosec // timestamps wrap
	if !e.begun || p.Source != e.source || at-e.play > leap || e.play-at > leap {
		at = int64(p.At) + 1<<32 // so that what is before it is not negative
		e.begin(p.Source, at, now)
	}
	e.delay.take(now - at)
	size := int64(len(p.Payload))
	for from := max(at, e.play); from < at+size; {
		i := from % ringSize
		n := min(at+size-from, ringSize-i)
		part := p.Payload[from-at : from-at+n]
		p.Codec.Decode(e.ring[i:i+n], part)
		for k := i; k < i+n; k++ {
			e.there[k] = true
		}
		from += n
	}
	e.top, e.size = max(e.top, at+size), size
}

// begin begins with the first packet of a source.
func (e *Ear) begin(source uint32, at, now int64) {
	e.source, e.begun, e.off = source, true, 0
	e.delay.reset(now - at)
	e.play, e.top = at-firstDelay-audio.FrameSize, at
	e.there = [ringSize]bool{}
}

// Next is [audio.Source.Next].
func (e *Ear) Next(f []int16) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.begun {
		e.conceal.Lost(f)
		return true
	}
	off := e.now() - e.delay.fastest() - e.play - e.delay.wanted(e.later(int64(len(f))))
	e.off += off - e.off/offTimes
	off = e.off / offTimes
	switch {
	case off > ringSize/4:
		e.pass(off) // far too much: better a seam now than minutes of it
		e.off = 0
	case off > tooMuch && e.shorten(f, off), off < -tooFew && e.lengthen(f, -off):
		return true
	}
	e.fill(f)
	return true
}

// later returns how much later than the frame that is to be played the last packet for it
// begins. Where packets and frames are of one length it is the same for all frames.
func (e *Ear) later(frame int64) int64 {
	if e.size != frame {
		return frame - 1
	}
	return ((e.top-e.play)%frame + frame) % frame // the top may have been played
}

// pass goes on by so much, and leaves nothing there for when its place comes round again.
func (e *Ear) pass(n int64) {
	for range n {
		e.there[e.play%ringSize] = false
		e.play++
	}
}

// fill plays what is there, and hides what is not.
func (e *Ear) fill(f []int16) {
	for from := 0; from < len(f); {
		have, to := e.has(e.play), from
		for to < len(f) && e.has(e.play) == have {
			if have {
				f[to] = e.ring[e.play%ringSize]
				e.there[e.play%ringSize] = false
			}
			e.play++
			to++
		}
		if have {
			e.conceal.Came(f[from:to])
		} else {
			e.conceal.Lost(f[from:to])
		}
		from = to
	}
}

// has reports whether a sample is there.
func (e *Ear) has(at int64) bool { return at < e.top && e.there[at%ringSize] }

// peek copies what comes into b, and returns how much of it is there without a gap.
func (e *Ear) peek(b []int16) int {
	for i := range b {
		at := e.play + int64(i)
		if !e.has(at) {
			return i
		}
		b[i] = e.ring[at%ringSize]
	}
	return len(b)
}

// shorten plays a frame that stands for more, where that is not heard.
func (e *Ear) shorten(f []int16, off int64) bool {
	n := e.peek(e.coming[:min(len(f)+int(off), len(e.coming))])
	if n < len(f) {
		return false
	}
	used := audio.Shorten(f, e.coming[:n], n-len(f))
	if used == 0 {
		return false
	}
	e.moved(f, used)
	return true
}

// lengthen plays a frame that stands for less. Where nothing came yet, it is waited for.
func (e *Ear) lengthen(f []int16, lack int64) bool {
	past := e.conceal.Past()
	before := copy(e.sound[:audio.LongestShift], past[len(past)-audio.LongestShift:])
	n := e.peek(e.sound[before : before+len(f)])
	if n == 0 {
		e.conceal.Lost(f)
		wait := min(lack, int64(len(f)))
		e.pass(int64(len(f)) - wait)
		e.off += wait * offTimes
		return true
	}
	if n < len(f) {
		return false
	}
	used := audio.Lengthen(f, e.sound[:before+n], int(lack))
	if used == 0 {
		return false
	}
	e.moved(f, used)
	return true
}

// moved goes on after a frame for which so much was used up.
func (e *Ear) moved(f []int16, used int) {
	e.conceal.Came(f)
	e.pass(int64(used))
	e.off += int64(len(f)-used) * offTimes
}

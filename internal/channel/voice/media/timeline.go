package media

import (
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// A Timeline makes one stream of what comes from several sources, one after the
// other: when the source changes, sequence and timestamp go on where they were, and
// within a source gaps and order stay as they came, so that whoever receives it hides
// true losses and no others. Its zero value is ready; each leg has one, under a lock
// of its own.
type Timeline struct {
	source  uint32
	begun   bool
	seqOff  uint16
	atOff   uint32
	topSeq  uint16 // the newest sent
	topAt   uint32
	topLen  uint32
	topTime time.Time // when topAt was first sent
}

// contiguous is up to when what follows from another source is taken to follow
// without a pause: what was late by the network's moods is not heard as one.
const contiguous = 60 * time.Millisecond

// Next returns the sequence number and timestamp with which p is sent, and whether it
// is marked as the first after a pause.
func (t *Timeline) Next(p Packet, now time.Time) (seq uint16, at uint32, mark bool) {
	mark = p.Mark
	if !t.begun || p.Source != t.source {
		t.seqOff, t.atOff = t.topSeq+1-p.Seq, t.topAt+t.gap(now)-p.At
		t.source, t.begun, mark = p.Source, true, true
	}
	seq, at = p.Seq+t.seqOff, p.At+t.atOff
	if int16(seq-t.topSeq) > 0 { //nolint:gosec // the difference of two counters that wrap
		t.topSeq = seq
		if at != t.topAt {
			t.topAt, t.topTime = at, now
		}
		t.topLen = uint32(len(p.Payload)) //nolint:gosec // of one packet
	}
	return seq, at, mark
}

// gap returns how many samples after the newest packet the next one stands.
func (t *Timeline) gap(now time.Time) uint32 {
	if t.topTime.IsZero() {
		return 0
	}
	if passed := now.Sub(t.topTime); passed > contiguous {
		frames := passed / audio.FrameLength
		return max(t.topLen, uint32(frames)*audio.FrameSize) //nolint:gosec // of one call
	}
	return t.topLen
}

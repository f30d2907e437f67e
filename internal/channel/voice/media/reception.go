package media

import "time"

// A Reception counts what comes from one source and what is missing (RFC 3550, A.1,
// A.3 and A.8). Its zero value is ready; it is under a lock of whoever has it.
type Reception struct {
	source   uint32
	begun    bool
	first    uint32 // sequence numbers, with their turns
	highest  uint32
	received uint32
	before   struct{ expected, received uint32 } // at the last report
	start    time.Time
	timed    bool
	transit  int64
	jitter   int64 // in samples, times 16
	lost     float64
	all      struct{ expected, received uint64 } // of sources that ended
}

// farAway is by how much a sequence number may leap and still be of the same stream.
const farAway = 3000

// Take counts a packet that came at this time.
func (r *Reception) Take(source uint32, seq uint16, now time.Time) {
	if !r.begun || source != r.source {
		r.begin(source, seq, now)
	}
	step := int16(seq - uint16(r.highest)) //nolint:gosec // counters that wrap
	switch {
	case step > farAway || step < -farAway:
		r.begin(source, seq, now)
	case step > 0:
		r.highest += uint32(step)
	}
	r.received++
}

// Time measures how evenly packets of sound come: this one, just taken, stands here in
// the sound.
func (r *Reception) Time(at uint32, now time.Time) {
	transit := now.Sub(r.start).Nanoseconds()*8/1e6 - int64(at)
	if r.timed {
		d := int64(int32(transit - r.transit)) //nolint:gosec // timestamps wrap
		r.jitter += max(d, -d) - (r.jitter+8)>>4
	}
	r.transit, r.timed = transit, true
}

func (r *Reception) begin(source uint32, seq uint16, now time.Time) {
	if r.begun {
		r.all.expected += uint64(r.expected())
		r.all.received += uint64(r.received)
	}
	all := r.all
	*r = Reception{source: source, begun: true, first: 1<<16 | uint32(seq), highest: 1<<16 | uint32(seq), start: now, lost: r.lost, all: all}
}

func (r *Reception) expected() uint32 {
	if !r.begun {
		return 0
	}
	return r.highest - r.first + 1
}

// missing is how many never came; negative where some came twice.
func (r *Reception) missing() int32 { return int32(r.expected() - r.received) } //nolint:gosec // of one call

// Received returns how many packets came.
func (r *Reception) Received() uint64 { return r.all.received + uint64(r.received) }

// Lost returns how many packets are missing.
func (r *Reception) Lost() uint64 {
	expected, received := r.all.expected+uint64(r.expected()), r.Received()
	return max(expected, received) - received
}

// Jitter returns how unevenly they come.
func (r *Reception) Jitter() time.Duration {
	return time.Duration(r.jitter>>4) * time.Second / 8000
}

// LostLately returns what share was lost between the last two reports.
func (r *Reception) LostLately() float64 { return r.lost }

// Report returns what to say of the source, and begins the next interval; false where
// there is nothing to say.
func (r *Reception) Report() (b ReportBlock, ok bool) {
	if !r.begun {
		return b, false
	}
	expected, received := r.expected()-r.before.expected, r.received-r.before.received
	r.before.expected, r.before.received = r.expected(), r.received
	r.lost = 0
	if expected > received {
		r.lost = float64(expected-received) / float64(expected)
	}
	return ReportBlock{
		Source: r.source, Fraction: uint8(min(255, r.lost*256)), Lost: r.missing(),
		Highest: r.highest - 1<<16, Jitter: uint32(r.jitter >> 4), //nolint:gosec // positive
	}, true
}

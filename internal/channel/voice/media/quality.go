package media

import "time"

// Quality is how well a leg is heard, and hears, in figures that say nothing of who it is.
type Quality struct {
	Received  uint64        // packets
	Lost      uint64        // of those that it sent
	LossIn    float64       // share of them, of the last seconds
	JitterIn  time.Duration // how unevenly they come
	LossOut   float64       // share of what we send, as it says
	JitterOut time.Duration // as it says
	RoundTrip time.Duration // there and back; zero is not known
	Silence   time.Duration // since the last packet came, or since the leg was there
}

// Poor reports whether somebody hears that the line is bad.
func (q Quality) Poor() bool {
	return max(q.LossIn, q.LossOut) > 0.05 || max(q.JitterIn, q.JitterOut) > 60*time.Millisecond ||
		q.RoundTrip > 600*time.Millisecond || q.Silence > 3*time.Second
}

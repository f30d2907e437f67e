package media

// A delay learns how unevenly packets come, and from it how long to keep sound before
// it is played, so that hardly any comes too late. All is counted in samples.
//
// How late a packet is cannot be known, but how much later than the fastest of the
// last seconds: its transit (the time it came less the time it stands for) less the
// least transit. The share that may be late is small, since a packet that is too late
// is as good as lost.
type delay struct {
	least   [2]int64 // transit of the fastest, of this span and of the one before
	counted int      // packets of this span
	late    [buckets]float32
	all     float32
}

const (
	bucket     = 20  // samples: 2.5 ms
	buckets    = 64  // up to 160 ms
	span       = 250 // packets: 5 s
	forget     = 0.998
	tooLate    = 0.008 // the share of packets that may come too late
	firstDelay = 320   // samples to keep before anything is known
	spare      = bucket
)

// reset begins with a packet of this transit.
func (d *delay) reset(transit int64) {
	*d = delay{least: [2]int64{transit, transit}}
}

// take learns from a packet of this transit.
func (d *delay) take(transit int64) {
	if d.counted++; d.counted == span {
		d.counted = 0
		d.least[1], d.least[0] = d.least[0], transit
	}
	d.least[0] = min(d.least[0], transit)
	for i := range d.late {
		d.late[i] *= forget
	}
	d.late[min(buckets-1, (transit-d.fastest())/bucket)]++
	d.all = d.all*forget + 1
}

// fastest returns the least transit of the last seconds.
func (d *delay) fastest() int64 { return min(d.least[0], d.least[1]) }

// wanted returns how many samples after the fastest packet sound is to be played, of
// which the last packet begins so much later.
func (d *delay) wanted(later int64) int64 {
	if d.all < 10 {
		return firstDelay + later
	}
	late := float32(0)
	for i := int64(buckets - 1); i >= 0; i-- {
		if late += d.late[i]; late > d.all*tooLate {
			return (i+1)*bucket + spare + later
		}
	}
	return later
}

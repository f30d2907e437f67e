package audio

// A Concealer hides what was lost: it goes on with what was heard last, by whole
// repetitions, and falls silent within 80 ms (the way of G.711 appendix I, without its
// delay). Its zero value is ready.
type Concealer struct {
	past   [remembered]int16 // what was played last
	period [LongestShift]int16
	length int // of the period
	at     int // in it
	gone   int // samples made up since the last that came
}

const (
	remembered = 480
	compared   = FrameSize // samples that are compared to find the period
	seam       = 40        // over which what comes again takes over
	loudFor    = 160       // samples made up at full loudness
	silentFrom = 640       // and when nothing is left
)

// Came hears f, which is about to be played. Its beginning is changed where something
// was lost just before, so that the seam is not heard.
func (c *Concealer) Came(f []int16) {
	if c.gone > 0 {
		n := min(len(f), seam)
		var made [seam]int16
		c.make(made[:n])
		fade(f[:n], made[:n], f)
		c.gone = 0
	}
	c.remember(f)
}

// Lost fills f with what may have been there.
func (c *Concealer) Lost(f []int16) {
	if c.gone == 0 {
		c.find()
	}
	c.make(f)
	c.remember(f)
}

// Past returns what was played last, 60 ms of it, oldest first; valid until the next
// call.
func (c *Concealer) Past() []int16 { return c.past[:] }

func (c *Concealer) remember(f []int16) {
	f = f[max(0, len(f)-remembered):]
	copy(c.past[:], c.past[len(f):])
	copy(c.past[remembered-len(f):], f)
}

// find takes the last repetition from the past, and bends its end so that it may follow
// itself.
func (c *Concealer) find() {
	from := remembered - compared
	at, _ := match(c.past[:], c.past[from:], from-LongestShift, from-ShortestShift)
	c.length, c.at = from-at, 0
	copy(c.period[:c.length], c.past[remembered-c.length:])
	bend := c.length / 4
	fade(c.period[c.length-bend:c.length], c.past[remembered-bend:], c.past[remembered-c.length-bend:])
}

// make goes on with the period, ever softer.
func (c *Concealer) make(f []int16) {
	for i := range f {
		if c.gone >= silentFrom {
			f[i] = 0
			continue
		}
		v := int32(c.period[c.at])
		if c.gone > loudFor {
			v = v * int32(silentFrom-c.gone) / (silentFrom - loudFor)
		}
		f[i] = int16(v) //nolint:gosec // no louder than it was
		c.gone++
		if c.at++; c.at == c.length {
			c.at = 0
		}
	}
}

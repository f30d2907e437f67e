package audio

import "time"

// The keys of a telephone and their tones (ITU-T Q.23).
var (
	keypad  = [4]string{"123A", "456B", "789C", "*0#D"} //nolint:gochecknoglobals // a constant table
	rows    = [4]float64{697, 770, 852, 941}            //nolint:gochecknoglobals // a constant table
	columns = [4]float64{1209, 1336, 1477, 1633}        //nolint:gochecknoglobals // a constant table
)

// NewDigit returns the tones of a key of the telephone, for so long; nil for what is
// no key.
func NewDigit(key byte, length time.Duration) *Tone {
	for row, keys := range keypad {
		for col := range len(keys) {
			if keys[col] == key {
				return NewTone(length, -9, rows[row], columns[col])
			}
		}
	}
	return nil
}

// Digits hears keys of a telephone in sound, for peers that send them no other way
// (ITU-T Q.24). Its zero value is ready.
type Digits struct {
	block [digitBlock]int16
	n     int
	last  byte // what the last block was, zero for none
	down  byte // the key that is down
}

const (
	digitBlock   = 102   // samples: 12.75 ms, so that the shortest press of 40 ms has two whole ones
	digitSoftest = -38.0 // dB
	digitTwist   = 8.0   // dB by which the two tones may differ
	digitClear   = 8.0   // dB by which each is louder than its neighbours
	digitShare   = 0.75  // of all power: a voice has more beside them
)

// Hear hears f, and calls pressed for each key that goes down. A key counts once, however
// long it is held.
func (d *Digits) Hear(f []int16, pressed func(key byte)) {
	for len(f) > 0 {
		k := copy(d.block[d.n:], f)
		d.n += k
		f = f[k:]
		if d.n < digitBlock {
			return
		}
		d.n = 0
		key := keyIn(d.block[:])
		if key == d.last && key != d.down { // two blocks agree: that is a press, or its end
			if d.down = key; key != 0 {
				pressed(key)
			}
		}
		d.last = key
	}
}

// keyIn returns the key whose tones f is; zero for none.
func keyIn(f []int16) byte {
	row, low, ok := loudest(f, rows)
	col, high, both := loudest(f, columns)
	if !ok || !both {
		return 0
	}
	if twist := level(low) - level(high); twist > digitTwist || twist < -digitTwist {
		return 0
	}
	if (low*low+high*high)/2*float64(len(f)) < digitShare*energy(f) {
		return 0
	}
	return keypad[row][col]
}

// loudest returns which of the tones f has, with which peak, and whether it is clearly
// that one.
func loudest(f []int16, hz [4]float64) (which int, peak float64, is bool) {
	var peaks [4]float64
	for i, h := range hz {
		peaks[i] = peakIn(f, h)
		if peaks[i] > peaks[which] {
			which = i
		}
	}
	top := level(peaks[which])
	if top < digitSoftest {
		return 0, 0, false
	}
	for i, p := range peaks {
		if i != which && level(p) > top-digitClear {
			return 0, 0, false
		}
	}
	return which, peaks[which], true
}

package audio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/freeline-org/freeline/internal/problem"
)

const (
	// LargestFile is how many bytes a WAV file may have.
	LargestFile = 32 << 20
	// LongestFile is how long it may last.
	LongestFile = 10 * time.Minute
)

// What may be wrong with a file that somebody uploads.
var (
	ErrNotWAV = problem.New(problem.Invalid, "admin.sound.not_wav")
	ErrFormat = problem.New(problem.Invalid, "admin.sound.format") // a kind of WAV that we do not read
	ErrCut    = problem.New(problem.Invalid, "admin.sound.cut")    // less came than the file says
	ErrEmpty  = problem.New(problem.Invalid, "admin.sound.empty")
	ErrLarge  = problem.New(problem.Invalid, "admin.sound.large")
)

// Formats of a WAV file.
const (
	wavPCM        = 1
	wavALaw       = 6
	wavULaw       = 7
	wavExtensible = 0xFFFE
)

// wavFormat is what the chunk "fmt " says.
type wavFormat struct {
	tag, channels, bits int
	rate                int
	frame               int // bytes of one sample of all channels
}

// ReadWAV reads a WAV file: PCM of 8, 16, 24 or 32 bit or G.711, mono or stereo (which
// is mixed), from 8000 samples a second on. The clip has 8000.
func ReadWAV(r io.Reader) (Clip, error) {
	b, err := io.ReadAll(io.LimitReader(r, LargestFile+1))
	switch {
	case err != nil:
		return Clip{}, fmt.Errorf("audio: read: %w", err)
	case len(b) > LargestFile:
		return Clip{}, ErrLarge
	case len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE":
		return Clip{}, ErrNotWAV
	}
	var format wavFormat
	for b = b[12:]; len(b) >= 8; {
		id, size := string(b[:4]), int(binary.LittleEndian.Uint32(b[4:]))
		b = b[8:]
		if id == "data" {
			return format.read(b, size)
		}
		if size > len(b) {
			return Clip{}, ErrCut
		}
		if id == "fmt " {
			if format, err = parseFormat(b[:size]); err != nil {
				return Clip{}, err
			}
		}
		b = b[min(len(b), size+size%2):]
	}
	return Clip{}, ErrCut
}

func parseFormat(b []byte) (wavFormat, error) {
	if len(b) < 16 {
		return wavFormat{}, ErrNotWAV
	}
	word := func(at int) int { return int(binary.LittleEndian.Uint16(b[at:])) }
	f := wavFormat{tag: word(0), channels: word(2), rate: int(binary.LittleEndian.Uint32(b[4:])), bits: word(14)}
	if f.tag == wavExtensible && len(b) >= 26 {
		f.tag = word(24)
	}
	switch {
	case f.tag == wavPCM && (f.bits == 8 || f.bits == 16 || f.bits == 24 || f.bits == 32):
	case (f.tag == wavALaw || f.tag == wavULaw) && f.bits == 8:
	default:
		return wavFormat{}, ErrFormat
	}
	if f.channels < 1 || f.channels > 2 || f.rate < Rate || f.rate > 24*Rate {
		return wavFormat{}, ErrFormat
	}
	f.frame = f.channels * f.bits / 8
	return f, nil
}

// untold is the least that programs say of a length which they did not know when they
// began, as they write to a pipe: espeak-ng and sox say this, others 2 GiB or all ones,
// and some 0. No file that we take is as long.
const untold = 0x7FFF_F000

// read reads the chunk "data", which says that it has so many bytes. Where that was not
// known it goes to the end.
func (w wavFormat) read(b []byte, size int) (Clip, error) {
	switch {
	case w.frame == 0:
		return Clip{}, ErrNotWAV // no "fmt " before it
	case size == 0 || size >= untold:
		size = len(b)
	case size > len(b):
		return Clip{}, ErrCut
	}
	n := size / w.frame
	if n == 0 {
		return Clip{}, ErrEmpty
	}
	if n > w.rate*int(LongestFile/time.Second) {
		return Clip{}, ErrLarge
	}
	mono := make([]int16, n)
	one := w.bits / 8
	for i := range mono {
		var sum int32
		for c := range w.channels {
			sum += w.sample(b[i*w.frame+c*one:])
		}
		mono[i] = clip(sum / int32(w.channels)) //nolint:gosec // one or two
	}
	samples, ok := resample(mono, w.rate)
	if !ok {
		return Clip{}, ErrFormat
	}
	return Clip{samples}, nil
}

// sample reads one sample to 16 bits.
func (w wavFormat) sample(b []byte) int32 {
	switch {
	case w.tag == wavULaw:
		return int32(linear[PCMU.row()][b[0]])
	case w.tag == wavALaw:
		return int32(linear[PCMA.row()][b[0]])
	case w.bits == 8:
		return (int32(b[0]) - 128) << 8
	default: // the two highest bytes of a sample say enough for a telephone
		return int32(int16(binary.LittleEndian.Uint16(b[w.bits/8-2:]))) //nolint:gosec // signed by its format
	}
}

// WriteWAV writes the clip as a WAV file: PCM of 16 bit, mono.
func (c Clip) WriteWAV(w io.Writer) error {
	size := 2 * len(c.samples)
	if size > math.MaxInt32 {
		return ErrLarge
	}
	b := bytes.NewBuffer(make([]byte, 0, 44+size))
	long := func(v int) { b.Write(binary.LittleEndian.AppendUint32(b.AvailableBuffer(), uint32(v))) }  //nolint:gosec // bounded above
	short := func(v int) { b.Write(binary.LittleEndian.AppendUint16(b.AvailableBuffer(), uint16(v))) } //nolint:gosec // small
	b.WriteString("RIFF")
	long(36 + size)
	b.WriteString("WAVEfmt ")
	long(16)
	short(wavPCM)
	short(1)
	long(Rate)
	long(2 * Rate)
	short(2)
	short(16)
	b.WriteString("data")
	long(size)
	for _, s := range c.samples {
		short(int(s))
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("audio: write: %w", err)
	}
	return nil
}

package audio_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// A file is a WAV file as some program may have written it.
type file struct {
	tag, channels, rate, bits int
	extensible, odd           bool // with a chunk of odd length before the sound
	seconds                   float64
	sound                     func(seconds float64) float64 // from -1 to 1
}

func (w file) bytes() []byte {
	var data, head bytes.Buffer
	put := func(b *bytes.Buffer, v any) { _ = binary.Write(b, binary.LittleEndian, v) }
	for i := range int(w.seconds * float64(w.rate)) {
		v := w.sound(float64(i) / float64(w.rate))
		for range w.channels {
			switch {
			case w.tag != 1:
				var b [1]byte
				c := audio.PCMU
				if w.tag == 6 {
					c = audio.PCMA
				}
				c.Encode(b[:], []int16{int16(32767 * v)})
				data.Write(b[:])
			case w.bits == 8:
				data.WriteByte(byte(128 + 127*v))
			case w.bits == 16:
				put(&data, int16(32767*v))
			case w.bits == 24:
				n := int32(8388607 * v)
				data.Write([]byte{byte(n), byte(n >> 8), byte(n >> 16)})
			case w.bits == 32:
				put(&data, int32(2147483647*v))
			}
		}
	}
	var format bytes.Buffer
	tag := uint16(w.tag)
	if w.extensible {
		tag = 0xFFFE
	}
	frame := w.channels * w.bits / 8
	put(&format, []uint16{tag, uint16(w.channels)})
	put(&format, []uint32{uint32(w.rate), uint32(w.rate * frame)})
	put(&format, []uint16{uint16(frame), uint16(w.bits)})
	if w.extensible {
		put(&format, []uint16{22, uint16(w.bits)})
		put(&format, uint32(3))
		put(&format, uint16(w.tag))
		format.Write(make([]byte, 14))
	}
	head.WriteString("RIFF\x00\x00\x00\x00WAVEfmt ")
	put(&head, uint32(format.Len()))
	head.Write(format.Bytes())
	if w.odd {
		head.WriteString("LIST\x03\x00\x00\x00abc\x00")
	}
	head.WriteString("data")
	put(&head, uint32(data.Len()))
	return append(head.Bytes(), data.Bytes()...)
}

func sine(peak float64, hz ...float64) func(float64) float64 {
	return func(at float64) (v float64) {
		for _, h := range hz {
			v += peak * math.Sin(2*math.Pi*h*at)
		}
		return v
	}
}

const quarter = 8192.0 / 32768 // -12.04 dB

func TestFilesOfAllUsualKinds(t *testing.T) {
	t.Parallel()
	var all []file
	for _, rate := range []int{8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000} {
		all = append(all, file{tag: 1, channels: 1, rate: rate, bits: 16})
	}
	all = append(all,
		file{tag: 1, channels: 2, rate: 44100, bits: 24, extensible: true},
		file{tag: 1, channels: 2, rate: 48000, bits: 16, odd: true},
		file{tag: 1, channels: 1, rate: 48000, bits: 32},
		file{tag: 1, channels: 1, rate: 22050, bits: 8},
		file{tag: 6, channels: 1, rate: 8000, bits: 8},
		file{tag: 7, channels: 2, rate: 8000, bits: 8, odd: true},
	)
	for _, w := range all {
		t.Run(fmt.Sprintf("%d_%d_%d_%d", w.tag, w.channels, w.rate, w.bits), func(t *testing.T) {
			t.Parallel()
			w.seconds, w.sound = 0.5, sine(quarter, 440, 3300)
			clip, err := audio.ReadWAV(bytes.NewReader(w.bytes()))
			if err != nil {
				t.Fatal(err)
			}
			if off := clip.Length() - 500*time.Millisecond; off < -time.Millisecond || off > time.Millisecond {
				t.Errorf("half a second lasts %v", clip.Length())
			}
			middle := clip.Samples()[400:3600]
			near(t, "440 Hz", audio.Goertzel(middle, 440), -12.04, 0.1)
			near(t, "3300 Hz", audio.Goertzel(middle, 3300), -12.04, 0.3)
		})
	}
}

// says has a file without other chunks say that it has so many bytes of sound.
func says(b []byte, size uint32) []byte {
	binary.LittleEndian.PutUint32(b[40:], size)
	return b
}

// Whoever writes to a pipe does not know yet how long it will be.
func TestALengthThatNobodyKnewIsReadToTheEnd(t *testing.T) {
	w := file{tag: 1, channels: 1, rate: 8000, bits: 16, seconds: 0.1, sound: sine(quarter, 440)}
	for _, size := range []uint32{0, 0x7FFF_F000, math.MaxInt32, 0x8000_0000, math.MaxUint32 - 44, math.MaxUint32} {
		b := says(w.bytes(), size)
		for cut, want := range []int{800, 799, 799, 798} {
			clip, err := audio.ReadWAV(bytes.NewReader(b[:len(b)-cut]))
			if err != nil {
				t.Errorf("%#x: %v", size, err)
			} else if got := len(clip.Samples()); got != want {
				t.Errorf("%#x: %d samples, want %d", size, got, want)
			}
		}
	}
}

// What is above what a telephone carries must not fold back into it.
func TestHighSoundDoesNotFoldBack(t *testing.T) {
	for _, rate := range []int{11025, 16000, 44100, 48000} {
		for _, hz := range []float64{4100, 4600, 5000, 7000} {
			if hz > float64(rate)/2 {
				continue
			}
			w := file{tag: 1, channels: 1, rate: rate, bits: 16, seconds: 0.3, sound: sine(0.9, hz)}
			clip, err := audio.ReadWAV(bytes.NewReader(w.bytes()))
			if err != nil {
				t.Fatal(err)
			}
			if got := audio.Level(clip.Samples()[400:2000]); got > -60 {
				t.Errorf("%v Hz at %d a second is heard with %.1f dB", hz, rate, got)
			}
		}
	}
}

func TestAClipIsWrittenAndReadTheSame(t *testing.T) {
	clip := audio.Record(audio.NewTone(time.Second, -14.75, 440), time.Minute)
	var b bytes.Buffer
	if err := clip.WriteWAV(&b); err != nil {
		t.Fatal(err)
	}
	again, err := audio.ReadWAV(&b)
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Samples()) != len(clip.Samples()) {
		t.Fatalf("%d samples, wrote %d", len(again.Samples()), len(clip.Samples()))
	}
	for i, v := range clip.Samples() {
		if again.Samples()[i] != v {
			t.Fatalf("sample %d is %d, wrote %d", i, again.Samples()[i], v)
		}
	}
}

func TestWhatIsWrongWithAFile(t *testing.T) {
	good := file{tag: 1, channels: 1, rate: 8000, bits: 16, seconds: 0.1, sound: sine(quarter, 440)}
	with := func(change func(*file)) []byte {
		w := good
		change(&w)
		return w.bytes()
	}
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":            {nil, audio.ErrNotWAV},
		"something else":     {[]byte("ID3\x03 this is an MP3, or so it says"), audio.ErrNotWAV},
		"no format":          {append([]byte("RIFF\x00\x00\x00\x00WAVEdata\x04\x00\x00\x00"), 1, 2, 3, 4), audio.ErrNotWAV},
		"cut":                {good.bytes()[:500], audio.ErrCut},
		"cut of much":        {says(good.bytes(), 0x7FFF_EFFF), audio.ErrCut},
		"cut of a little":    {says(good.bytes(), 1601), audio.ErrCut},
		"cut in its head":    {good.bytes()[:30], audio.ErrCut},
		"no sound":           {with(func(w *file) { w.seconds = 0 }), audio.ErrEmpty},
		"floating point":     {with(func(w *file) { w.tag = 3; w.bits = 32 }), audio.ErrFormat},
		"five channels":      {with(func(w *file) { w.channels = 5 }), audio.ErrFormat},
		"too coarse":         {with(func(w *file) { w.rate = 6000 }), audio.ErrFormat},
		"a rate of nowhere":  {with(func(w *file) { w.rate = 191999 }), audio.ErrFormat},
		"longer than a talk": {with(func(w *file) { w.seconds = 601; w.tag = 7; w.bits = 8; w.sound = sine(0) }), audio.ErrLarge},
		"larger than a film": {make([]byte, audio.LargestFile+1), audio.ErrLarge},
	} {
		if _, err := audio.ReadWAV(bytes.NewReader(c.file)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func FuzzWAV(f *testing.F) {
	for _, w := range []file{
		{tag: 1, channels: 1, rate: 8000, bits: 16},
		{tag: 1, channels: 2, rate: 44100, bits: 24, extensible: true},
		{tag: 6, channels: 1, rate: 11025, bits: 8, odd: true},
	} {
		w.seconds, w.sound = 0.01, sine(quarter, 440)
		f.Add(w.bytes())
	}
	f.Add(says(file{tag: 1, channels: 1, rate: 22050, bits: 16, seconds: 0.01, sound: sine(quarter, 440)}.bytes(), 0x7FFF_F000))
	f.Fuzz(func(t *testing.T, b []byte) {
		clip, err := audio.ReadWAV(bytes.NewReader(b))
		if err == nil && (clip.Length() <= 0 || clip.Length() > audio.LongestFile+time.Second) {
			t.Errorf("a clip of %v", clip.Length())
		}
	})
}

func BenchmarkReadWAV(b *testing.B) {
	w := file{tag: 1, channels: 1, rate: 44100, bits: 16, seconds: 10, sound: sine(quarter, 440)}.bytes()
	for b.Loop() {
		if _, err := audio.ReadWAV(bytes.NewReader(w)); err != nil {
			b.Fatal(err)
		}
	}
}

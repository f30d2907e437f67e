package audio_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// frames cuts a tone into frames of 20 ms.
func frames(n int, dB float64, hz ...float64) [][]int16 {
	src := audio.NewTone(0, dB, hz...)
	all := make([][]int16, n)
	for i := range all {
		all[i] = make([]int16, audio.FrameSize)
		src.Next(all[i])
	}
	return all
}

// jump is the greatest step from one sample to the next.
func jump(f []int16) (most int) {
	for i := 1; i < len(f); i++ {
		most = max(most, abs(int(f[i])-int(f[i-1])))
	}
	return most
}

func TestOneLostFrameIsNotHeard(t *testing.T) {
	for _, hz := range []float64{110, 300, 440, 770, 1210} {
		var c audio.Concealer
		var out []int16
		all := frames(20, -14.75, hz)
		whole := jump(append(append([]int16{}, all[0]...), all[1]...))
		for i, f := range all {
			if i == 10 {
				c.Lost(f)
			} else {
				c.Came(f)
			}
			out = append(out, f...)
		}
		if hz >= 300 { // lower ones do not fit a frame
			near(t, "the frame that was lost", audio.Goertzel(all[10], hz), -14.75, 1.5)
			near(t, "the next", audio.Goertzel(all[11], hz), -14.75, 1.5)
		}
		if got := jump(out); got > 2*whole {
			t.Errorf("%v Hz: a step of %d, the tone itself has %d: a click", hz, got, whole)
		}
	}
}

func TestWhatStaysLostFallsSilent(t *testing.T) {
	var c audio.Concealer
	for _, f := range frames(5, -14.75, 440) {
		c.Came(f)
	}
	f := make([]int16, audio.FrameSize)
	last := 0.0
	for i := range 6 {
		c.Lost(f)
		now := audio.Level(f)
		if now > last {
			t.Errorf("frame %d is louder than the one before", i)
		}
		last = now
	}
	if last != audio.Floor {
		t.Errorf("after 120 ms there is still %.1f dB", last)
	}
}

func TestNothingHeardYetIsConcealedBySilence(t *testing.T) {
	var c audio.Concealer
	f := make([]int16, audio.FrameSize)
	c.Lost(f)
	if audio.Level(f) != audio.Floor {
		t.Error("there is sound out of nothing")
	}
}

// A tone that is shortened and lengthened by turns stays the same tone.
func TestShiftsAreNotHeard(t *testing.T) {
	src := audio.Record(audio.NewTone(0, -14.75, 440), 20*audio.FrameLength*20).Samples()
	f := make([]int16, audio.FrameSize)
	at := audio.LongestShift
	var out []int16
	for i := 0; at+audio.FrameSize+audio.LongestShift < len(src); i++ {
		used := 0
		switch i % 4 {
		case 1:
			used = audio.Shorten(f, src[at:], audio.LongestShift)
			if used <= audio.FrameSize {
				t.Fatalf("shortened to %d", used)
			}
		case 3:
			used = audio.Lengthen(f, src[at-audio.LongestShift:at+audio.FrameSize], audio.LongestShift)
			if used == 0 || used >= audio.FrameSize {
				t.Fatalf("lengthened to %d", used)
			}
		default:
			used = copy(f, src[at:])
		}
		at += used
		near(t, "a shifted frame", audio.Goertzel(f, 440), -14.75, 1)
		out = append(out, f...)
	}
	if got, whole := jump(out), jump(src); got > whole*3/2 {
		t.Errorf("a step of %d, the tone itself has %d", got, whole)
	}
}

// What does not repeat itself, such as a hiss, is left alone unless nobody hears it.
func TestNoiseIsNotShifted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	loud, quiet := make([]int16, 800), make([]int16, 800)
	for i := range loud {
		loud[i], quiet[i] = int16(r.IntN(8000)-4000), int16(r.IntN(40)-20)
	}
	f := make([]int16, audio.FrameSize)
	if audio.Shorten(f, loud, 200) != 0 || audio.Lengthen(f, loud[:360], 200) != 0 {
		t.Error("a hiss is shifted")
	}
	if audio.Shorten(f, quiet, 200) == 0 || audio.Lengthen(f, quiet[:360], 150) == 0 {
		t.Error("what nobody hears is not shifted")
	}
}

func BenchmarkConceal(b *testing.B) {
	var c audio.Concealer
	all := frames(2, -14.75, 440)
	b.ReportAllocs()
	for b.Loop() {
		c.Came(all[0])
		c.Lost(all[1])
	}
}

func heard(sound []int16) string {
	var d audio.Digits
	var got []byte
	for len(sound) > 0 { // as packets bring it
		n := min(len(sound), audio.FrameSize)
		d.Hear(sound[:n], func(key byte) { got = append(got, key) })
		sound = sound[n:]
	}
	return string(got)
}

func TestEachKeyIsHeardOnce(t *testing.T) {
	const all = "1234567890*#ABCD55"
	for _, press := range []int{45, 80, 400} { // ms
		var sound []int16
		for _, key := range []byte(all) {
			tone := audio.NewDigit(key, audio.Length(press*8))
			sound = append(sound, audio.Record(tone, audio.Length(press*8)).Samples()...)
			sound = append(sound, make([]int16, 50*8)...)
		}
		if got := heard(sound); got != all {
			t.Errorf("keys of %d ms: %q, want %q", press, got, all)
		}
	}
	if audio.NewDigit('x', audio.FrameLength) != nil {
		t.Error("x is a key")
	}
}

func TestKeysAreHeardThroughALine(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, line := range []struct{ low, high, off, noise float64 }{
		{-25, -25, 1, 40},    // soft, with noise
		{-10, -16, 1, 100},   // high tones are lost on the way
		{-16, -11, 1, 100},   // or made louder
		{-12, -12, 1.015, 0}, // off by as much as the recommendation allows
		{-12, -12, 0.985, 0},
	} {
		sound := make([]int16, 2*audio.FrameSize*4)
		for i := range sound {
			at := 2 * math.Pi * float64(i) / audio.Rate * line.off
			v := math.Pow(10, line.low/20)*math.Sin(770*at) + math.Pow(10, line.high/20)*math.Sin(1477*at)
			sound[i] = int16(32768*v + line.noise*(r.Float64()-0.5)*2)
		}
		if got := heard(slices.Concat(sound, make([]int16, 800))); got != "6" {
			t.Errorf("%+v: %q", line, got)
		}
	}
}

// A voice, a tone and a hiss are no keys.
func TestWhatIsNoKey(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	hiss := make([]int16, 30*audio.Rate)
	for i := range hiss {
		hiss[i] = int16(r.NormFloat64() * 3000)
	}
	voice := make([]int16, 30*audio.Rate)
	phase, pitch := 0.0, 180.0
	for i := range voice {
		pitch = max(90, min(350, pitch+r.NormFloat64()*0.2))
		phase += 2 * math.Pi * pitch / audio.Rate
		var v float64
		for k := 1.0; k < 12; k++ {
			v += math.Sin(k*phase) / k
		}
		voice[i] = int16(3000 * v)
	}
	short := audio.Record(audio.NewDigit('5', audio.FrameLength), 15*audio.FrameLength/20).Samples()
	blips := audio.NewClip(slices.Concat(short, make([]int16, 833))).Loop()
	for name, sound := range map[string][]int16{
		"hiss": hiss, "voice": voice,
		"one tone":     audio.Record(audio.NewTone(0, -10, 770), 5*audio.FrameLength*50).Samples(),
		"three tones":  audio.Record(audio.NewTone(0, -12, 770, 1336, 450), 5*audio.FrameLength*50).Samples(),
		"blips":        audio.Record(blips, audio.FrameLength*50).Samples(),
		"two of a row": audio.Record(audio.NewTone(0, -10, 697, 852), 5*audio.FrameLength*50).Samples(),
	} {
		if got := heard(sound); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func FuzzDigits(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		sound := make([]int16, len(b))
		audio.PCMU.Decode(sound, b)
		if got := heard(sound); len(got) > len(b)/100 {
			t.Errorf("%d samples hold %d keys", len(b), len(got))
		}
	})
}

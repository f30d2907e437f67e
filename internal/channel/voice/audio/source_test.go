package audio_test

import (
	"math"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s: %.2f, want %.2f", what, got, want)
	}
}

func TestASineOf6000HasMinus14Point7(t *testing.T) {
	f := make([]int16, audio.FrameSize)
	for _, hz := range []float64{300, 440, 770, 1210, 3000} {
		for i := range f {
			f[i] = int16(6000 * math.Sin(2*math.Pi*hz*float64(i)/audio.Rate))
		}
		near(t, "its own frequency", audio.Goertzel(f, hz), -14.75, 0.3)
		near(t, "its power", audio.Level(f), -14.75, 0.3)
		if other := audio.Goertzel(f, hz+400); other > -35 {
			t.Errorf("%v Hz is heard at %v Hz with %.1f dB", hz, hz+400, other)
		}
	}
	clear(f)
	if got := audio.Goertzel(f, 440); got != audio.Floor {
		t.Errorf("silence has %.1f dB", got)
	}
}

func TestATonePlaysWithoutASeam(t *testing.T) {
	clip := audio.Record(audio.NewTone(time.Second, -14.75, 440), time.Minute)
	if clip.Length() != time.Second {
		t.Fatalf("one second lasts %v", clip.Length())
	}
	near(t, "over a second", audio.Goertzel(clip.Samples(), 440), -14.75, 0.05)
}

func TestSourcesEndAndLoop(t *testing.T) {
	ramp := make([]int16, 200)
	for i := range ramp {
		ramp[i] = int16(i + 1)
	}
	clip := audio.NewClip(ramp)
	once := audio.Record(clip.Play(), time.Minute).Samples()
	if len(once) != 2*audio.FrameSize || once[199] != 200 || once[200] != 0 {
		t.Errorf("a clip of 200 samples gives %d", len(once))
	}
	again := audio.Record(clip.Loop(), time.Second).Samples()
	if len(again) != audio.Rate || again[200] != 1 || again[399] != 200 {
		t.Error("a loop has a seam")
	}
	if audio.NewClip(nil).Loop().Next(make([]int16, audio.FrameSize)) {
		t.Error("a loop of nothing does not end")
	}
	both := audio.Record(audio.NewSequence(audio.NewTone(100*time.Millisecond, -14.75, 440), audio.NewSilence(40*time.Millisecond), audio.NewTone(60*time.Millisecond, -14.75, 770)), time.Minute)
	if both.Length() != 200*time.Millisecond {
		t.Fatalf("the sequence lasts %v", both.Length())
	}
	near(t, "first", audio.Goertzel(both.Samples()[:800], 440), -14.75, 0.2)
	near(t, "then", audio.Level(both.Samples()[800:1120]), audio.Floor, 0)
	near(t, "last", audio.Goertzel(both.Samples()[1120:], 770), -14.75, 0.2)
}

func TestComfortNoiseHasItsLevelAndNoTone(t *testing.T) {
	all := audio.Record(audio.NewNoise(4*time.Second, -50), time.Minute).Samples()
	near(t, "level", audio.Level(all), -50, 1)
	for hz := 100.0; hz < 4000; hz += 50 {
		if got := audio.Goertzel(all, hz); got > -70 {
			t.Errorf("the noise sings at %v Hz: %.1f dB", hz, got)
		}
	}
}

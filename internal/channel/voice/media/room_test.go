package media_test

import (
	"context"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
)

// Caller, advocate, interpreter and supervisor, each with a tone of her own: who hears
// whom, while the supervisor listens, whispers and joins.
func TestRolesDecideWhoHearsWhom(t *testing.T) {
	t.Parallel()
	names := []string{"the caller", "the advocate", "the interpreter", "the supervisor"}
	tones := []float64{440, 770, 1210, 1710}
	roles := []media.Role{media.Talks, media.Guided, media.Talks, media.Listens}
	room := media.NewRoom(time.Now)
	defer room.Close()
	var ears []*media.Ear
	var legs []*media.RTP
	for i, hz := range tones {
		phone, leg := call(t)
		say(t, phone, hz)
		ears = append(ears, media.Listen(phone, time.Now))
		legs = append(legs, leg)
		room.Add(leg, roles[i])
	}
	all := func(what string, want ...[]float64) {
		t.Helper()
		var all sync.WaitGroup
		for i, e := range ears {
			all.Go(func() { listens(t, what+": "+names[i], e, want[i]...) })
		}
		all.Wait()
	}
	all("she listens", []float64{770, 1210}, []float64{440, 1210}, []float64{440, 770}, []float64{440, 770, 1210})
	room.Add(legs[3], media.Whispers)
	all("she whispers", []float64{770, 1210}, []float64{440, 1210, 1710}, []float64{440, 770}, []float64{440, 770, 1210})
	room.Add(legs[3], media.Talks)
	all("she joins", []float64{770, 1210, 1710}, []float64{440, 1210, 1710}, []float64{440, 770, 1710}, []float64{440, 770, 1210})
	room.Remove(legs[2])
	all("the interpreter left", []float64{770, 1710}, []float64{440, 1710}, nil, []float64{440, 770})
}

// Four who shout at once are softer, and not torn.
func TestTooLoudIsSofterAndNotClipped(t *testing.T) {
	t.Parallel()
	room := media.NewRoom(time.Now)
	defer room.Close()
	listener, leg := call(t)
	room.Add(leg, media.Listens)
	for _, hz := range []float64{440, 770, 1210} {
		phone, leg := call(t)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			media.Play(ctx, phone, audio.NewTone(0, -3, hz))
		}()
		t.Cleanup(func() { stop(); <-done })
		room.Add(leg, media.Talks)
	}
	ear := media.Listen(listener, time.Now)
	clock := time.NewTicker(audio.FrameLength)
	defer clock.Stop()
	var sound []int16
	for f := make([]int16, audio.FrameSize); len(sound) < audio.Samples(200*time.Millisecond); {
		<-clock.C
		ear.Next(f)
		if min(audio.Goertzel(f, 440), audio.Goertzel(f, 770), audio.Goertzel(f, 1210)) < -20 {
			sound = sound[:0] // they have not all begun
			continue
		}
		sound = append(sound, f...)
	}
	for _, hz := range []float64{440, 770, 1210} {
		if got := audio.Goertzel(sound, hz); got > -8 || got < -16 {
			t.Errorf("%v Hz is heard with %.1f dB", hz, got)
		}
	}
	for _, hz := range []float64{440 + 770, 2*770 + 440, 3 * 440, 2*1210 - 770} { // where clipping would be heard
		if hz == 1210 {
			continue
		}
		if got := audio.Goertzel(sound, hz); got > -35 {
			t.Errorf("there is %.1f dB at %v Hz, which nobody says", got, hz)
		}
	}
}

// ticking is a leg at the end of simulated time: it notes when it is sent something.
type ticking struct {
	media.Sink
	mu   sync.Mutex
	sent []time.Duration
	at   []uint32
	from time.Time
}

func (*ticking) Codec() audio.Codec { return audio.PCMU }

func (l *ticking) Send(p media.Packet) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, time.Since(l.from))
	l.at = append(l.at, p.At)
}

func TestPlayDoesNotDrift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leg := &ticking{from: time.Now()}
		const length = 10 * time.Minute
		if !media.Play(t.Context(), leg, audio.NewTone(length, -20, 440)) {
			t.Error("it did not come to its end")
		}
		if n := len(leg.sent); n != int(length/audio.FrameLength) {
			t.Fatalf("%d frames", n)
		}
		for i, at := range leg.sent {
			if want := time.Duration(i) * audio.FrameLength; at != want {
				t.Fatalf("frame %d is sent after %v, want %v", i, at, want)
			}
		}
		if took := time.Since(leg.from); took != length {
			t.Errorf("it took %v", took)
		}
	})
}

// slow is a source that takes longer than it may, now and then.
type slow struct {
	n     int
	delay func(n int) time.Duration
}

func (s *slow) Next(f []int16) bool {
	time.Sleep(s.delay(s.n))
	s.n++
	clear(f)
	return s.n <= 500
}

func TestPlayMakesUpForWhatIsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leg := &ticking{from: time.Now()}
		media.Play(t.Context(), leg, &slow{delay: func(n int) time.Duration {
			switch {
			case n == 300:
				return 3 * time.Second // the machine stood still
			case n%10 == 9:
				return 55 * time.Millisecond
			default:
				return 0
			}
		}})
		for i, at := range leg.sent {
			due := time.Duration(leg.at[i]) * time.Second / audio.Rate
			if late := at - due; late < 0 || late > 60*time.Millisecond && (i < 300 || i > 302) { // which were due before anybody knew
				t.Fatalf("frame %d, due after %v, is sent after %v", i, due, at)
			}
		}
		last := leg.sent[len(leg.sent)-1]
		if math.Abs((last - 13*time.Second).Seconds()) > 0.2 {
			t.Errorf("500 frames and 3 s of standing still took %v", last)
		}
	})
}

func TestPlayEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		leg := &ticking{from: time.Now()}
		if media.Play(ctx, leg, audio.NewTone(0, -20, 440)) {
			t.Error("it came to an end that it does not have")
		}
		if took := time.Since(leg.from); took > time.Second+audio.FrameLength {
			t.Errorf("it took %v", took)
		}
	})
}

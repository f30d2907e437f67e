package media

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// A network is what stands between a source and an ear, in simulated time.
type network struct {
	loss   float64
	jitter time.Duration
	worse  time.Duration // more jitter, from half of its length on
	drift  float64       // by how much the sender's clock is faster
	base   time.Duration // the least it takes
	size   int           // samples in a packet
	length time.Duration
	seed   uint64
}

type arrival struct {
	at time.Duration
	p  Packet
}

// The tone changes each few seconds, so that one sees how late it is heard.
const changes = 4

var tones = [2]float64{440, 770}

// result is what an ear made of it.
type result struct {
	right, all int
	delays     []time.Duration // added each time the tone changed, oldest first
}

// run plays tones through the network into an ear.
func (n network) run(t *testing.T) (r result) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(n.seed, 1))
	if n.size == 0 {
		n.size = audio.FrameSize
	}
	sample := func(i int) int16 {
		hz := tones[i/audio.Rate/changes%2]
		return int16(6000 * math.Sin(2*math.Pi*hz*float64(i)/audio.Rate))
	}
	now := time.Unix(1000, 0)
	begin := now
	e := newEar(func() time.Time { return now })
	var waiting []arrival
	sent := 0
	was := -1
	f := make([]int16, audio.FrameSize)
	for tick := time.Duration(0); tick < n.length; tick += audio.FrameLength {
		// What is sent up to now, by the sender's clock.
		for {
			at := time.Duration(float64(sent*n.size+n.size) / audio.Rate / (1 + n.drift) * float64(time.Second))
			if at > tick {
				break
			}
			payload := make([]byte, n.size)
			for i := range payload {
				audio.PCMU.Encode(payload[i:i+1], []int16{sample(sent*n.size + i)})
			}
			p := Packet{Source: 5, Seq: uint16(sent), At: uint32(sent*n.size) + 0xFFFFF000, Codec: audio.PCMU, Payload: payload}
			sent++
			if rnd.Float64() >= n.loss {
				waiting = append(waiting, arrival{at + n.base + time.Duration(rnd.Float64()*float64(n.jitter)), p})
				if tick > n.length/2 {
					n.jitter = max(n.jitter, n.worse)
				}
			}
		}
		slices.SortFunc(waiting, func(a, b arrival) int { return int(a.at - b.at) })
		for len(waiting) > 0 && waiting[0].at <= tick {
			now = begin.Add(waiting[0].at)
			e.put(waiting[0].p)
			waiting = waiting[1:]
		}
		now = begin.Add(tick)
		e.Next(f)
		if tick < 2*time.Second {
			continue // it learns
		}
		is := -1
		for i, hz := range tones {
			own, other := audio.Goertzel(f, hz), audio.Goertzel(f, tones[1-i])
			if math.Abs(own+14.75) < 3 && other < own-12 {
				is = i
			}
		}
		r.all++
		if is >= 0 {
			r.right++
			if was >= 0 && is != was {
				changed := tick - audio.FrameLength
				k := math.Floor(changed.Seconds() * (1 + n.drift) / changes)
				source := time.Duration(k * changes / (1 + n.drift) * float64(time.Second))
				r.delays = append(r.delays, changed-source-n.base-audio.Length(n.size))
			}
			was = is
		}
	}
	return r
}

func (r result) share() float64 { return float64(r.right) / float64(r.all) }

func TestAnUnevenNetworkIsHeardEvenly(t *testing.T) {
	t.Parallel()
	length := 2 * time.Minute
	if os.Getenv("FREELINE_TEST_SOAK") != "" {
		length = time.Hour
	}
	for name, n := range map[string]network{
		"a good line":            {},
		"2 % loss, 40 ms jitter": {loss: 0.02, jitter: 40 * time.Millisecond},
		"worse and worse":        {worse: 60 * time.Millisecond},
		"packets of 10 ms":       {loss: 0.02, jitter: 40 * time.Millisecond, size: 80},
		"packets of 30 ms":       {loss: 0.02, jitter: 40 * time.Millisecond, size: 240},
		"a fast clock":           {loss: 0.01, jitter: 20 * time.Millisecond, drift: 3e-4},
		"a slow clock":           {loss: 0.01, jitter: 20 * time.Millisecond, drift: -3e-4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n.base, n.length, n.seed = 7*time.Millisecond, length, 11
			r := n.run(t)
			t.Logf("%.2f %% of the windows right; delay %v, at the end %v", 100*r.share(), r.delays[0], r.delays[len(r.delays)-1])
			if r.share() < 0.97 {
				t.Errorf("only %.2f %% of the windows are right", 100*r.share())
			}
			worst := slices.Max(r.delays)
			if worst > 120*time.Millisecond {
				t.Errorf("up to %v late", worst)
			}
			if n.jitter+n.worse == 0 && worst > 50*time.Millisecond {
				t.Errorf("%v late without a reason", worst)
			}
			early, late := r.delays[:len(r.delays)/4], r.delays[len(r.delays)*3/4:]
			if n.worse == 0 && mean(late) > mean(early)+20*time.Millisecond {
				t.Errorf("it grows: %v at first, %v at last", mean(early), mean(late))
			}
		})
	}
}

// What came too late is heard neither at its time nor half a second after it, when its
// place is free again and what belongs there is lost.
func TestTooLateIsNotHeardLater(t *testing.T) {
	now := time.Unix(1000, 0)
	e := newEar(func() time.Time { return now })
	var quiet, loud [audio.FrameSize]byte
	audio.PCMU.Encode(quiet[:], make([]int16, audio.FrameSize))
	audio.PCMU.Encode(loud[:], audio.Record(audio.NewTone(0, -10, 440), audio.FrameLength).Samples())
	const late, again = 100, 100 + ringSize/audio.FrameSize
	f := make([]int16, audio.FrameSize)
	for i := range 200 {
		p := Packet{Source: 1, Seq: uint16(i), At: uint32(i * audio.FrameSize), Payload: quiet[:]}
		if i < late || i > late && i < again-1 || i > again+1 {
			e.put(p)
		}
		if i == late+9 {
			p.Seq, p.At, p.Payload = late, late*audio.FrameSize, loud[:]
			e.put(p)
		}
		e.Next(f)
		if got := audio.Level(f); got > -60 {
			t.Fatalf("at packet %d there is %.1f dB", i, got)
		}
		now = now.Add(audio.FrameLength)
	}
}

// Nor is what is passed over while it is waited for what is lacking.
func TestPassedOverIsNotHeardLater(t *testing.T) {
	e := newEar(time.Now)
	e.play, e.top = ringSize+1000, ringSize+1300
	for at := e.play + 80; at < e.top; at++ { // what is before it did not come
		e.there[at%ringSize] = true
	}
	f := make([]int16, audio.FrameSize)
	if !e.lengthen(f, 60) || e.play != ringSize+1100 {
		t.Fatalf("it goes on to %d", e.play)
	}
	e.top += 2 * ringSize
	for at := ringSize + int64(1080); at < e.play; at++ {
		if e.has(at + ringSize) {
			t.Fatalf("what stood at %d is heard a turn later", at)
		}
	}
}

func mean(all []time.Duration) (sum time.Duration) {
	for _, d := range all {
		sum += d
	}
	return sum / time.Duration(max(1, len(all)))
}

func FuzzEar(f *testing.F) {
	f.Add([]byte{0, 0, 160, 20, 0, 160, 160, 20, 200, 0, 80, 1, 0, 160, 240, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		now := time.Unix(1000, 0)
		e := newEar(func() time.Time { return now })
		frame := make([]int16, audio.FrameSize)
		p := Packet{Source: 1}
		for b = b[:min(len(b), 400)]; len(b) >= 4; b = b[4:] {
			p.Seq++
			p.At += uint32(int32(int8(b[0])))<<(b[1]>>4) + uint32(b[1]&15)*10
			p.Payload = make([]byte, int(b[2])*8)
			p.Source += uint32(b[3]) / 250
			e.put(p)
			now = now.Add(time.Duration(b[3]) * time.Millisecond)
			if !e.Next(frame) {
				t.Fatal("an ear ends")
			}
		}
	})
}

// A frame of a room of three, who all speak.
func BenchmarkRoom(b *testing.B) {
	now := time.Unix(1000, 0)
	r := &Room{clock: func() time.Time { return now }}
	legs := make([]*loose, 3)
	for i, role := range []Role{Talks, Guided, Whispers} {
		legs[i] = &loose{}
		r.Add(legs[i], role)
	}
	p := Packet{Source: 1, Codec: audio.PCMA, Payload: make([]byte, audio.FrameSize)}
	out := Packet{Source: 2}
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(audio.FrameLength)
		p.Seq, p.At = p.Seq+1, p.At+audio.FrameSize
		for _, l := range legs {
			l.Give(p, now)
		}
		r.mix(out)
	}
}

// loose is a leg without a network.
type loose struct{ Sink }

func (*loose) Codec() audio.Codec { return audio.PCMA }
func (*loose) Send(Packet)        {}

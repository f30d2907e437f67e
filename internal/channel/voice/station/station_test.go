package station_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/station"
	"github.com/freeline-org/freeline/internal/hotline"
)

func begin(t testing.TB) *station.Stations {
	t.Helper()
	s, err := station.New(station.Config{Listen: "127.0.0.1:0"}, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// ears collect what a station says.
type ears struct {
	mu   sync.Mutex
	took []byte
}

func (e *ears) hear(p media.Packet) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.took = append(e.took, p.Payload...)
}

func (e *ears) sound(t *testing.T, samples int) []int16 {
	t.Helper()
	var all []byte
	until(t, "enough is heard", func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		all = e.took
		return len(all) >= samples
	})
	f := make([]int16, len(all))
	audio.PCMU.Decode(f, all)
	return f
}

func is(t *testing.T, who string, f []int16, hz, other float64) {
	t.Helper()
	f = f[len(f)/2:]
	if got := audio.Goertzel(f, hz); got < -16 {
		t.Errorf("%s hears %.0f Hz at %.1f dB", who, hz, got)
	}
	if got := audio.Goertzel(f, other); got > -40 {
		t.Errorf("%s hears its own %.0f Hz at %.1f dB", who, other, got)
	}
}

func person() hotline.PersonID { return hotline.PersonID(hotline.NewID()) }

func TestSoundGoesBothWays(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]webrtc.NetworkType{"udp": webrtc.NetworkTypeUDP4, "tcp": webrtc.NetworkTypeTCP4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := begin(t)
			her, b := person(), open(t, by)
			b.join(s, her)
			st, ok := s.Of(her)
			if !ok {
				t.Fatal("she has no station")
			}
			var e ears
			st.Hear(e.hear)
			defer b.say(770, 0)()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			played := make(chan struct{})
			go func() {
				defer close(played)
				media.Play(ctx, st, audio.NewTone(0, -12, 440))
			}()
			is(t, "the line", e.sound(t, audio.Rate/2), 770, 440)
			is(t, "the browser", sound(b.packets(25)), 440, 770)
			stop()
			<-played
		})
	}
}

// A telephone that speaks PCMA is passed on as it is: her browser takes both.
func TestBothCodecsReachTheBrowser(t *testing.T) {
	t.Parallel()
	s := begin(t)
	her, b := person(), open(t)
	b.join(s, her)
	st, _ := s.Of(her)
	var payload [audio.FrameSize]byte
	for i, codec := range []audio.Codec{audio.PCMU, audio.PCMA, audio.PCMU} {
		payload[0] = byte(i)
		st.Send(media.Packet{Source: 1, Seq: uint16(i), At: uint32(i) * audio.FrameSize, Codec: codec, Payload: payload[:]})
	}
	got := b.packets(3)
	for i, codec := range []audio.Codec{audio.PCMU, audio.PCMA, audio.PCMU} {
		if p := got[i]; audio.Codec(p.PayloadType) != codec || p.Payload[0] != byte(i) {
			t.Errorf("packet %d came as %d with %d", i, p.PayloadType, p.Payload[0])
		}
	}
}

// Whatever sounds, the browser hears one stream: it counts no loss where a prompt ends and a
// person begins.
func TestOneStreamWhoeverSpeaks(t *testing.T) {
	t.Parallel()
	s := begin(t)
	her, b := person(), open(t)
	b.join(s, her)
	st, _ := s.Of(her)
	payload := make([]byte, audio.FrameSize)
	for source := range uint32(3) {
		for i := range uint16(3) {
			st.Send(media.Packet{Source: source + 1, Seq: i + uint16(source)*7919, At: uint32(i)*audio.FrameSize + source<<20, Payload: payload})
		}
	}
	got := b.packets(9)
	for i := 1; i < len(got); i++ {
		if step := got[i].SequenceNumber - got[i-1].SequenceNumber; step != 1 {
			t.Errorf("packet %d is %d after the one before", i, step)
		}
		if step := got[i].Timestamp - got[i-1].Timestamp; step == 0 || step > audio.Rate {
			t.Errorf("packet %d is %d samples after the one before", i, step)
		}
	}
}

// The newest connection counts: the old page is let go, what is joined with her stays joined.
func TestTheNewestConnectionCounts(t *testing.T) {
	t.Parallel()
	s := begin(t)
	her, old, anew := person(), open(t), open(t)
	first := old.join(s, her)
	st, _ := s.Of(her)
	var e ears
	st.Hear(e.hear)
	defer old.say(440, 0)()
	e.sound(t, audio.FrameSize)
	second := anew.join(s, her)
	if second <= first {
		t.Errorf("after generation %d comes %d", first, second)
	}
	if again, _ := s.Of(her); again != st || st.Generation() != second {
		t.Errorf("her station is another one, or of generation %d, not %d", st.Generation(), second)
	}
	old.wait("let go", old.over)
	e.mu.Lock()
	e.took = nil
	e.mu.Unlock()
	defer anew.say(770, 0)()
	is(t, "the line", e.sound(t, audio.Rate/4), 770, 440)

	s.Disconnect(her, first) // it is none of theirs any more
	if got := st.Generation(); got != second {
		t.Errorf("the bye of an old one left generation %d", got)
	}
	s.Disconnect(her, second)
	if st.Generation() != 0 || st.Fresh() {
		t.Error("after her own bye she is still there")
	}
	anew.wait("let go", anew.over)
}

// Of two pages that are loaded at once the one that came last counts, and not the one that was
// answered last.
func TestTheNewestOfManyAtOnceCounts(t *testing.T) {
	t.Parallel()
	s := begin(t)
	her, offer := person(), open(t).offer()
	for range 20 {
		generations := make([]int64, 8)
		var all sync.WaitGroup
		for i := range generations {
			all.Go(func() {
				_, generation, err := s.Connect(t.Context(), her, offer)
				if err != nil && !errors.Is(err, station.ErrClosed) && !errors.Is(err, station.ErrOffer) {
					t.Errorf("it is refused as %T", err)
				}
				generations[i] = generation
			})
		}
		all.Wait()
		if st, _ := s.Of(her); st.Generation() != slices.Max(generations) {
			t.Fatalf("generation %d counts, of %v", st.Generation(), generations)
		}
	}
}

// A browser that comes in while all is closed does not keep it open.
func TestCloseMissesNobody(t *testing.T) {
	t.Parallel()
	her, offer := person(), open(t).offer()
	for range 20 {
		s, err := station.New(station.Config{Listen: "127.0.0.1:0"}, time.Now, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		begun := make(chan struct{}, 4)
		for range cap(begun) {
			all.Go(func() {
				begun <- struct{}{}
				for {
					if _, _, err := s.Connect(t.Context(), her, offer); errors.Is(err, station.ErrClosed) {
						return
					}
				}
			})
		}
		<-begun
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			s.Close()
		}()
		select {
		case <-closed:
		case <-time.After(10 * time.Second):
			t.Fatal("it does not close")
		}
		all.Wait()
	}
}

// A call is offered where she can be heard: connected is not enough, and a browser that was killed
// says nothing.
func TestFreshIsWhoIsHeard(t *testing.T) {
	t.Parallel()
	s := begin(t)
	told := make(chan bool, 16)
	her, b := person(), open(t)
	s.OnChange(func(who hotline.PersonID, fresh bool) {
		if who == her {
			told <- fresh
		}
	})
	b.join(s, her)
	st, _ := s.Of(her)
	if st.Fresh() || !st.Heard().IsZero() {
		t.Error("she is fresh before she was heard")
	}
	stop := b.say(770, 0)
	became := func(want bool) {
		t.Helper()
		end := time.After(5 * time.Second)
		for {
			select {
			case got := <-told:
				if got == want {
					if st.Fresh() != want {
						t.Errorf("told %v, she is %v", got, st.Fresh())
					}
					return
				}
			case <-end:
				t.Fatalf("nobody was told that fresh is %v", want)
			}
		}
	}
	became(true)
	stop()
	quiet := time.Now()
	became(false)
	if took := time.Since(quiet); took < 800*time.Millisecond || took > 1600*time.Millisecond {
		t.Errorf("she counted as fresh %v after her last packet", took)
	}
	defer b.say(770, 0)()
	became(true)
}

// How well she is heard and hears comes by reports of both sides.
func TestQualityIsMeasured(t *testing.T) {
	t.Parallel()
	s := begin(t)
	her, b := person(), open(t)
	b.join(s, her)
	st, _ := s.Of(her)
	defer b.say(770, 4)()
	until(t, "the loss is known", func() bool { return st.Quality().LossIn > 0 })
	if got := st.Quality().LossIn; got < 0.15 || got > 0.35 {
		t.Errorf("of each four packets one is lost, and the loss is %.2f", got)
	}
	if got := st.Quality().JitterIn; got > 50*time.Millisecond {
		t.Errorf("the jitter is %v", got)
	}
	if !st.Quality().Poor() {
		t.Error("nobody is told that her line is bad")
	}
}

// All browsers come in by one port, and nothing else is opened for them.
func TestOnePortForAll(t *testing.T) {
	s := begin(t)
	before := sockets(t)
	var all []*browser
	for range 5 {
		b := open(t)
		answer, _, err := s.Connect(t.Context(), person(), b.offer())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
		for line := range strings.Lines(answer) {
			if strings.HasPrefix(line, "a=candidate") && (!strings.Contains(line, "127.0.0.1") || strings.Contains(line, ".local")) {
				t.Error("the answer names another address than the one it listens on")
			}
		}
		if !strings.Contains(answer, "a=ice-lite") {
			t.Error("the answer does not wait for the browser")
		}
	}
	for _, b := range all {
		b.close()
	}
	until(t, "the browsers' own sockets are gone", func() bool { return sockets(t) <= before })
}

// sockets counts the UDP sockets of this process.
func sockets(t *testing.T) (n int) {
	t.Helper()
	ours := map[string]bool{}
	all, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range all {
		if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(to, "socket:[") {
			ours[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
		}
	}
	for _, table := range []string{"/proc/self/net/udp", "/proc/self/net/udp6"} {
		b, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); len(f) > 9 && ours[f[9]] {
				n++
			}
		}
	}
	return n
}

// An end leaves nothing behind: no goroutine, and the port is free.
func TestCloseEndsEverything(t *testing.T) {
	before := runtime.NumGoroutine()
	s, err := station.New(station.Config{Listen: "127.0.0.1:0"}, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	her, b := person(), open(t)
	b.join(s, her)
	b.say(770, 0)()
	other := open(t)
	late := other.offer()
	s.Close()
	all := make([]byte, 1<<20)
	all = all[:runtime.Stack(all, true)]
	for _, ours := range []string{"station.(*Stations).watch", "station.(*conn)", "station.newConn"} {
		if strings.Contains(string(all), ours) {
			t.Errorf("it is closed, and %s goes on", ours)
		}
	}
	b.close()
	other.close()
	if _, _, err := s.Connect(t.Context(), her, late); !errors.Is(err, station.ErrClosed) {
		t.Errorf("what is closed answers %v", err)
	}
	until(t, "its goroutines have ended", func() bool { return runtime.NumGoroutine() <= before+2 })
}

// What a browser says is in no error and no log.
func TestOffersAreNotQuoted(t *testing.T) {
	var said bytes.Buffer
	s, err := station.New(station.Config{Listen: "127.0.0.1:0"}, time.Now, slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	good := open(t).offer()
	part := strings.Join(slices.DeleteFunc(strings.SplitAfter(good[strings.Index(good, "m=audio"):], "\r\n"), func(line string) bool {
		return strings.HasPrefix(line, "a=ssrc") || strings.HasPrefix(line, "a=msid") || strings.HasPrefix(line, "a=candidate")
	}), "")
	const mark = "canary-5550100"
	for name, offer := range map[string]string{
		"nothing": "", "words": mark, "long": good + "a=" + mark + strings.Repeat("x", 20<<10) + "\r\n",
		"no sound":       strings.Replace(good, "m=audio", "m=video", 1),
		"two":            strings.Replace(good, "a=group:BUNDLE 0", "a=group:BUNDLE 0 1", 1) + strings.Replace(part, "a=mid:0", "a=mid:1", 1),
		"plain":          strings.Replace(good, "UDP/TLS/RTP/SAVPF", "RTP/AVP", 1),
		"no keys":        strings.ReplaceAll(good, "a=fingerprint:", "a="+mark+":"),
		"bad keys":       strings.ReplaceAll(good, "a=fingerprint:sha-256 ", "a=fingerprint:"+mark+" "),
		"no codec":       strings.Replace(strings.Replace(good, " 0 ", " 99 ", 1), " 8 ", " 98 ", 1),
		"no name":        strings.ReplaceAll(good, "a=ice-ufrag:", "a="+mark+":"),
		"bad mid":        strings.ReplaceAll(good, "a=setup:actpass", "a=setup:"+mark),
		"many lines":     good + strings.Repeat("a="+mark+"\r\n", 300),
		"broken timing":  strings.Replace(good, "t=0 0", "t="+mark, 1),
		"broken session": strings.Replace(good, "s=-", "q="+mark, 1),
	} {
		_, _, err := s.Connect(t.Context(), person(), offer)
		if err == nil && name != "bad mid" {
			t.Errorf("%s is taken", name)
			continue
		}
		if err != nil && !errors.Is(err, station.ErrOffer) {
			t.Errorf("%s is refused as %T", name, err)
		}
		if err != nil && strings.Contains(err.Error(), mark) {
			t.Errorf("%s is quoted", name)
		}
	}
	if strings.Contains(said.String(), mark) {
		t.Error("the log quotes an offer")
	}
}

// FuzzConnect gives the line whatever a browser may send.
func FuzzConnect(f *testing.F) {
	s, err := station.New(station.Config{Listen: "127.0.0.1:0"}, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(s.Close)
	b := open(f)
	f.Add(b.offer())
	f.Add("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0 8\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 00\r\na=setup:actpass\r\na=mid:0\r\na=rtcp-mux\r\na=sendrecv\r\n")
	her := person()
	f.Fuzz(func(t *testing.T, offer string) {
		answer, generation, err := s.Connect(t.Context(), her, offer)
		switch {
		case err == nil:
			if generation == 0 || !strings.Contains(answer, "m=audio") {
				t.Error("an offer was taken and not answered")
			}
		case !errors.Is(err, station.ErrOffer):
			t.Errorf("an offer is refused as %T", err)
		case strings.Count(err.Error(), "") > 60:
			t.Error("the refusal is longer than ours")
		}
		s.Disconnect(her, 0)
	})
}

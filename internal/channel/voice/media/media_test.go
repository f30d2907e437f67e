package media_test

import (
	"context"
	"fmt"
	"math"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
)

var here = netip.MustParseAddr("127.0.0.1")

func open(t testing.TB) *media.RTP {
	t.Helper()
	leg, err := media.Open(media.Config{Local: here, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(leg.Close)
	return leg
}

// says is what a leg would say of itself.
func says(leg *media.RTP, change ...func(*sdp.Media)) sdp.Media {
	m := sdp.Media{
		Addr: leg.Addr(), RTCP: netip.AddrPortFrom(here, leg.Port()+1), Codecs: []audio.Codec{audio.PCMA, audio.PCMU},
		Event: 101, Dir: sdp.SendRecv, Ptime: 20,
	}
	for _, c := range change {
		c(&m)
	}
	return m
}

func join(t testing.TB, leg *media.RTP, m sdp.Media) {
	t.Helper()
	if err := leg.Peer(m); err != nil {
		t.Fatal(err)
	}
}

// call returns a telephone and the leg that it talks to. The changes are to what the
// telephone says.
func call(t testing.TB, change ...func(*sdp.Media)) (phone, leg *media.RTP) {
	t.Helper()
	phone, leg = open(t), open(t)
	m := says(phone, change...)
	join(t, leg, m)
	ours := says(leg)
	ours.Event = m.Event
	if len(m.Crypto) > 0 {
		ours.Crypto = []sdp.Crypto{{Tag: 1, Key: *leg.Key()}}
	}
	join(t, phone, ours)
	return phone, leg
}

// say plays a tone to a leg until the test ends.
func say(t testing.TB, leg media.Leg, hz float64) {
	t.Helper()
	play(t, leg, audio.NewTone(0, -14.75, hz))
}

// play plays a source to a leg until the test ends.
func play(t testing.TB, leg media.Leg, src audio.Source) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		media.Play(ctx, leg, src)
	}()
	t.Cleanup(func() { stop(); <-done })
}

// hears wants a leg to hear these tones, as loud as they were played, and no others:
// within a while, since a machine that has much to do is not what is tried here.
func hears(t testing.TB, who string, leg media.Leg, want ...float64) {
	t.Helper()
	listens(t, who, media.Listen(leg, time.Now), want...)
}

// listens is hears with an ear that stays.
func listens(t testing.TB, who string, ear *media.Ear, want ...float64) {
	t.Helper()
	const window = 10 * audio.FrameSize
	sound := make([]int16, window)
	clock := time.NewTicker(audio.FrameLength)
	defer clock.Stop()
	late := time.After(5 * time.Second)
	for n := 1; ; n++ {
		select {
		case <-clock.C:
		case <-late:
			t.Errorf("%s hears %s, want %v", who, strings.Join(wrong(sound, want), " and "), want)
			return
		}
		copy(sound, sound[audio.FrameSize:])
		ear.Next(sound[window-audio.FrameSize:])
		if n >= 10 && len(wrong(sound, want)) == 0 {
			return
		}
	}
}

// wrong says what is not as it is to be heard.
func wrong(sound []int16, want []float64) (all []string) {
	for _, hz := range []float64{440, 770, 1210, 1710} {
		level := audio.Goertzel(sound, hz)
		is := slices.Contains(want, hz)
		if is && math.Abs(level+14.75) > 1 || !is && level > -50 {
			all = append(all, fmt.Sprintf("%v Hz with %.1f dB", hz, level))
		}
	}
	return all
}

func TestABridgeCarriesBothWays(t *testing.T) {
	t.Parallel()
	encrypted := func(leg *media.RTP) func(*sdp.Media) {
		return func(m *sdp.Media) { m.Secure, m.Crypto = true, []sdp.Crypto{{Tag: 1, Key: *leg.Key()}} }
	}
	for name, c := range map[string]func(*sdp.Media){
		"the same codec":    func(*sdp.Media) {},
		"another codec":     func(m *sdp.Media) { m.Codecs = []audio.Codec{audio.PCMU} },
		"packets of 10 ms":  func(m *sdp.Media) { m.Ptime = 10 },
		"packets of 30 ms":  func(m *sdp.Media) { m.Ptime = 30 },
		"behind one router": func(m *sdp.Media) { m.Addr = netip.AddrPortFrom(here, 9) }, // it says a port that is not its own
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			caller, a := call(t, c)
			advocate, b := call(t)
			stop := media.Bridge(a, b)
			defer stop()
			say(t, caller, 440)
			say(t, advocate, 770)
			hears(t, "the advocate", advocate, 440)
			hears(t, "the caller", caller, 770)
		})
	}
	t.Run("encrypted", func(t *testing.T) {
		t.Parallel()
		caller, a := open(t), open(t)
		join(t, a, says(caller, encrypted(caller)))
		join(t, caller, says(a, encrypted(a)))
		advocate, b := call(t)
		defer media.Bridge(a, b)()
		say(t, caller, 440)
		say(t, advocate, 770)
		hears(t, "the advocate", advocate, 440)
		hears(t, "the caller", caller, 770)

		// The same words of a re-INVITE go on with the same keys.
		join(t, a, says(caller, encrypted(caller)))
		hears(t, "the advocate, after the same again", advocate, 440)
	})
}

func TestALegOfIPv6(t *testing.T) {
	t.Parallel()
	c := media.Config{Local: netip.IPv6Loopback(), Clock: time.Now}
	phone, err := media.Open(c)
	if err != nil {
		t.Skip("there is no IPv6 here")
	}
	t.Cleanup(phone.Close)
	leg, err := media.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(leg.Close)
	join(t, phone, says(leg))
	join(t, leg, says(phone))
	say(t, phone, 440)
	hears(t, "the leg", leg, 440)
}

// What is not encrypted is not heard by a leg that has keys, nor with other keys.
func TestWhoHasNoKeyIsNotHeard(t *testing.T) {
	t.Parallel()
	phone, leg, other := open(t), open(t), open(t)
	join(t, leg, says(phone, func(m *sdp.Media) { m.Crypto = []sdp.Crypto{{Tag: 1, Key: *other.Key()}} }))
	join(t, phone, says(leg, func(m *sdp.Media) { m.Crypto = []sdp.Crypto{{Tag: 1, Key: *leg.Key()}} }))
	say(t, phone, 440)
	hears(t, "the leg", leg)
	join(t, phone, says(leg)) // in clear
	hears(t, "the leg", leg)
	if !leg.Heard().IsZero() {
		t.Error("the leg says that it heard something")
	}
}

func TestALegHearsNobodyBeforeItHasAPeer(t *testing.T) {
	t.Parallel()
	phone, leg := open(t), open(t)
	join(t, phone, says(leg))
	say(t, phone, 440)
	hears(t, "the leg", leg)
	if !leg.Heard().IsZero() {
		t.Error("the leg says that it heard something")
	}
	if leg.Peer(sdp.Media{}) == nil {
		t.Error("a description of nobody is taken")
	}
}

// A hold stops what is sent, and its end lets it go on.
func TestHold(t *testing.T) {
	t.Parallel()
	phone, leg := call(t)
	say(t, leg, 440)
	hears(t, "before the hold", phone, 440)
	for name, hold := range map[string]func(*sdp.Media){
		"sendonly":       func(m *sdp.Media) { m.Dir = sdp.SendOnly },
		"inactive":       func(m *sdp.Media) { m.Dir = sdp.Inactive },
		"the old manner": func(m *sdp.Media) { m.Addr = netip.MustParseAddrPort("0.0.0.0:9") },
	} {
		join(t, leg, says(phone, hold))
		hears(t, name, phone)
		join(t, leg, says(phone))
		hears(t, "after "+name, phone, 440)
	}
}

// Whoever sends to our port without being the peer is neither heard nor answered.
func TestStrangersAreNotHeard(t *testing.T) {
	t.Parallel()
	phone, leg := call(t, func(m *sdp.Media) { m.Addr = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), 4000) })
	got := make(chan struct{}, 1)
	leg.Hear(func(media.Packet) { got <- struct{}{} })
	say(t, phone, 440) // from 127.0.0.1, which nobody described
	say(t, leg, 770)
	hears(t, "the stranger", phone)
	if !phone.Heard().IsZero() {
		t.Error("a stranger is sent something")
	}
	select {
	case <-got:
		t.Error("a stranger is heard")
	default:
	}

	// The same from a network of the trunk is.
	inside, err := media.Open(media.Config{Local: here, Clock: time.Now, Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(inside.Close)
	join(t, inside, says(leg, func(m *sdp.Media) { m.Addr = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), 4000) }))
	join(t, phone, says(inside))
	hears(t, "the leg of the trunk", inside, 440)
}

// A second sender, of the same address, does not take the line over from the first.
func TestTheLineIsNotTakenOverInSpeech(t *testing.T) {
	t.Parallel()
	phone, leg := call(t)
	say(t, phone, 440)
	hears(t, "the leg", leg, 440)
	thief := open(t)
	join(t, thief, says(leg))
	say(t, thief, 770)
	say(t, leg, 1210)
	hears(t, "the leg", leg, 440)
	if !thief.Heard().IsZero() {
		t.Error("the thief is sent something")
	}
	hears(t, "the telephone", phone, 1210)
}

func TestKeysCrossALeg(t *testing.T) {
	t.Parallel()
	const keys = "1*99#"
	for name, event := range map[string]uint8{"events": 96, "tones": sdp.NoEvent} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			phone, leg := call(t, func(m *sdp.Media) { m.Event = event })
			say(t, phone, 440) // she goes on talking
			if err := phone.Dial(t.Context(), keys); err != nil {
				t.Fatal(err)
			}
			hears(t, "after the keys, the leg", leg, 440)
			var got []byte
			for len(leg.Digits()) > 0 {
				got = append(got, <-leg.Digits())
			}
			if string(got) != keys {
				t.Errorf("%q, want %q", got, keys)
			}
			if phone.Dial(t.Context(), "1x") == nil {
				t.Error("x is pressed")
			}
		})
	}
}

func TestQualityIsMeasuredAtBothEnds(t *testing.T) {
	t.Parallel()
	phone, leg := call(t)
	say(t, phone, 440)
	say(t, leg, 770)
	deadline := time.After(8 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for leg.Quality().RoundTrip == 0 { // which takes a report each way, the second of ours
		select {
		case <-deadline:
			t.Fatalf("no round trip: %+v", leg.Quality())
		case <-tick.C:
		}
	}
	q := leg.Quality()
	if q.Lost != 0 || q.LossIn != 0 || q.LossOut != 0 || q.Received < 10 || q.RoundTrip > 250*time.Millisecond || q.Silence > time.Second || q.Poor() {
		t.Errorf("%+v", q)
	}
}

// (These are ports that neither the system nor a leg gives out by itself.)
func TestPortsAreOfTheRange(t *testing.T) {
	t.Parallel()
	c := media.Config{Local: here, From: 12001, To: 12007, Clock: time.Now}
	var all []*media.RTP
	for range 3 { // 12002, 12004, 12006
		leg, err := media.Open(c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(leg.Close)
		if p := leg.Port(); p%2 != 0 || p < c.From || p+1 > c.To {
			t.Errorf("port %d", p)
		}
		all = append(all, leg)
	}
	if _, err := media.Open(c); err == nil {
		t.Error("a fourth pair is found")
	}
	all[1].Close()
	leg, err := media.Open(c)
	if err != nil {
		t.Fatal("a port that was given back is not found:", err)
	}
	leg.Close()
	leg.Close()
}

// Packets have the length that the peer wants, and their timestamps count their samples.
func TestPacketsHaveTheLengthThatThePeerWants(t *testing.T) {
	t.Parallel()
	for _, ms := range []int{10, 20, 30, 60} {
		leg := open(t)
		f := newFar(t, leg, func(m *sdp.Media) { m.Ptime = ms })
		for i := range 6 {
			leg.Send(media.Packet{Source: 1, Seq: uint16(i), At: uint32(i * audio.FrameSize), Payload: make([]byte, audio.FrameSize)})
		}
		b := make([]byte, 1500)
		_ = f.conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		for i := range 120 / ms {
			n, err := f.conn.Read(b)
			if err != nil || n != 12+8*ms {
				t.Fatalf("for %d ms packet %d has %d bytes, %v", ms, i, n, err)
			}
			seq, at := int(b[2])<<8|int(b[3]), int(b[6])<<8|int(b[7])
			if seq != i+1 || at != i*8*ms {
				t.Errorf("for %d ms packet %d has sequence %d and timestamp %d", ms, i, seq, at)
			}
		}
	}
}

// A pair of which one port is taken is given back.
func TestHalfAPairIsNone(t *testing.T) {
	t.Parallel()
	taken, err := net.ListenUDP("udp", &net.UDPAddr{IP: here.AsSlice(), Port: 12011})
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if _, err := media.Open(media.Config{Local: here, From: 12010, To: 12011, Clock: time.Now}); err == nil {
		t.Fatal("a pair is found")
	}
	even, err := net.ListenUDP("udp", &net.UDPAddr{IP: here.AsSlice(), Port: 12010})
	if err != nil {
		t.Fatal("the other port is kept:", err)
	}
	_ = even.Close()
}

// Prompts, a bridge and a room follow each other on one leg: what it sends is one stream.
func TestAChangeOfSourceIsNoGap(t *testing.T) {
	t.Parallel()
	phone, leg := call(t)
	_, other := call(t)
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(here, 0)))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	join(t, leg, says(phone, func(m *sdp.Media) { m.Addr = c.LocalAddr().(*net.UDPAddr).AddrPort() }))
	media.Play(t.Context(), leg, audio.NewTone(100*time.Millisecond, -14.75, 440))
	stop := media.Bridge(leg, other)
	stop()
	media.Play(t.Context(), leg, audio.NewTone(100*time.Millisecond, -14.75, 770))
	room := media.NewRoom(time.Now)
	room.Add(leg, media.Talks)
	b := make([]byte, 1500)
	_ = c.SetReadDeadline(time.Now().Add(2 * time.Second))
	var seq uint16
	var at, ssrc uint32
	for i := range 15 {
		n, err := c.Read(b)
		if err != nil || n != 172 {
			t.Fatal(n, err)
		}
		s := uint16(b[2])<<8 | uint16(b[3])
		a := uint32(b[4])<<24 | uint32(b[5])<<16 | uint32(b[6])<<8 | uint32(b[7])
		r := uint32(b[8])<<24 | uint32(b[9])<<16 | uint32(b[10])<<8 | uint32(b[11])
		// (A machine that stood still leaves out whole frames.)
		if i > 0 && (s != seq+1 || a == at || (a-at)%160 != 0 || a-at > audio.Rate || r != ssrc) {
			t.Errorf("packet %d: sequence %d after %d, timestamp %d after %d", i, s, seq, a, at)
		}
		seq, at, ssrc = s, a, r
	}
	room.Close()
}

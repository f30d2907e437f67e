package media

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
)

// ErrPeer says that a description names nobody to talk with.
var ErrPeer = errors.New("media: the peer's description has no address or no codec")

// Config says where a leg's ports lie.
type Config struct {
	Local    netip.Addr     // where it listens
	From, To uint16         // its ports: an even one for sound, the next for reports; 0 to 0 is any
	Networks []netip.Prefix // of the trunk: sound may come from there, whatever address its description names
	Clock    func() time.Time
}

// RTP is a telephone at the end of a trunk. It sends sound by a port of its own,
// and RTCP by the next one (or by the same, where the peer does). It hears nobody before
// [RTP.Peer].
type RTP struct {
	Sink // who hears it

	clock   func() time.Time
	opened  time.Time
	sound   *net.UDPConn
	reports *net.UDPConn
	digits  chan byte
	key     sdp.Key
	name    string // by which reports call it
	ssrc    uint32
	secrets atomic.Pointer[secrets]
	closing sync.Once
	readers sync.WaitGroup

	mu    sync.Mutex // for the next
	latch latch
	came  Reception
	event uint8    // the payload type of events
	first *secrets // whose outgoing half all later ones go on with

	out sending

	talk reporting

	// Of the goroutine that reads.
	events presses
	inband audio.Digits
}

// mostDigits wait to be taken; what is pressed beyond them is dropped.
const mostDigits = 32

// Open opens a leg's ports. It listens until [RTP.Close].
func Open(c Config) (*RTP, error) {
	sound, reports, err := openPair(c.Local, c.From, c.To)
	if err != nil {
		return nil, err
	}
	l := &RTP{
		clock: c.Clock, opened: c.Clock(), sound: sound, reports: reports, digits: make(chan byte, mostDigits),
		key: newKey(), name: fmt.Sprintf("%08x", NewSource()), ssrc: NewSource(),
		latch: latch{networks: c.Networks}, event: sdp.NoEvent,
	}
	l.readers.Go(l.hearSound)
	l.readers.Go(l.hearReports)
	return l, nil
}

// Addr returns where its sound is to be sent: what our description says.
func (l *RTP) Addr() netip.AddrPort {
	return l.sound.LocalAddr().(*net.UDPAddr).AddrPort() //nolint:forcetypeassert,errcheck // what UDP has
}

// Port is the port of [RTP.Addr].
func (l *RTP) Port() uint16 { return l.Addr().Port() }

// Key returns the key that our description offers, for a peer that encrypts.
func (l *RTP) Key() *sdp.Key { return &l.key }

// Peer says who is at the other end: what its description says, as it was agreed. A new
// one (of a re-INVITE) replaces it. With keys in it, nothing is heard or sent in clear.
func (l *RTP) Peer(m sdp.Media) error {
	if len(m.Codecs) == 0 || !m.Addr.IsValid() {
		return ErrPeer
	}
	if err := l.keep(m.Crypto); err != nil {
		return err
	}
	l.mu.Lock()
	if !m.Addr.Addr().IsUnspecified() { // a hold in the old manner names nobody
		l.latch.describe(unmap(m.Addr))
	}
	l.event = m.Event
	to := l.latch.to()
	l.out.to.Store(&to)
	l.mu.Unlock()
	l.out.describe(m)
	l.talk.describe(unmap(m.RTCP))
	return nil
}

// keep takes the peer's key. The same as before goes on where it is, and so does, under
// whatever key of theirs, what is sent under ours: it counts its turns, and no two packets
// may be encrypted as one.
func (l *RTP) keep(c []sdp.Crypto) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(c) == 0 {
		l.secrets.Store(nil)
		return nil
	}
	if s := l.secrets.Load(); s != nil && s.theirs == c[0].Key {
		return nil
	}
	s, err := newSecrets(c[0].Key, l.key)
	if err != nil {
		return err
	}
	if l.first == nil {
		l.first = s
	}
	s.out, s.outReports = l.first.out, l.first.outReports
	l.secrets.Store(s)
	return nil
}

// Digits gives the keys that are pressed at the other end, each once.
func (l *RTP) Digits() <-chan byte { return l.digits }

// Codec is [Leg.Codec]: the first that the peer names.
func (l *RTP) Codec() audio.Codec { return audio.Codec(l.out.codec.Load()) } //nolint:gosec // it was one

// Send is [Leg.Send].
func (l *RTP) Send(p Packet) { l.out.send(l, p) }

// Dial presses keys at this end, one after the other, and returns when that is done or
// ctx ends. Other sound is not sent meanwhile. A peer that takes no events is sent
// their tones.
func (l *RTP) Dial(ctx context.Context, digits string) error { return l.out.dial(ctx, l, digits) }

// Quality tells how well it is heard, and hears.
func (l *RTP) Quality() Quality {
	now, heard := l.clock(), l.Heard()
	if heard.IsZero() {
		heard = l.opened
	}
	q := l.talk.quality()
	l.mu.Lock()
	defer l.mu.Unlock()
	q.Received, q.Lost, q.LossIn, q.JitterIn = l.came.Received(), l.came.Lost(), l.came.LostLately(), l.came.Jitter()
	q.Silence = max(0, now.Sub(heard))
	return q
}

// Close says good-bye to the peer, closes the ports and waits until nobody reads them;
// so it is not called by who hears. It may be called twice.
func (l *RTP) Close() {
	l.closing.Do(func() {
		l.talk.say(l, l.clock(), true)
		_ = l.sound.Close()
		_ = l.reports.Close()
	})
	l.readers.Wait()
}

// hearSound reads until the port is closed.
func (l *RTP) hearSound() {
	b, clear := make([]byte, largest), make([]byte, 0, largest)
	for {
		n, from, err := l.sound.ReadFromUDPAddrPort(b)
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
		case isReport(b[:n]):
			l.talk.hear(l, b[:n], unmap(from), true)
		default:
			l.hear(b[:n], clear, unmap(from))
		}
	}
}

// hear hears a packet: who sends it is looked at first, then whether it has the key,
// and only then is it believed.
func (l *RTP) hear(b, clear []byte, from netip.AddrPort) {
	now := l.clock()
	l.mu.Lock()
	admitted, event := l.latch.admits(from, now), l.event
	l.mu.Unlock()
	if !admitted {
		return
	}
	b, ok := l.secrets.Load().open(clear, b)
	if !ok {
		return
	}
	h, payload, ok := parse(b)
	isEvent := h.payload == event
	codec := audio.Codec(h.payload)
	if !ok || !isEvent && !codec.Known() {
		return
	}
	l.mu.Lock()
	if l.latch.take(from, now) {
		to := from // which is kept
		l.out.to.Store(&to)
	}
	l.came.Take(h.ssrc, h.seq, now)
	if !isEvent { // which keep one timestamp for all their length
		l.came.Time(h.at, now)
	}
	l.mu.Unlock()
	if isEvent {
		l.heard.Store(now.UnixNano())
		if key, pressed := l.events.take(h, payload); pressed {
			l.press(key)
		}
		return
	}
	if event == sdp.NoEvent {
		l.listen(codec, payload)
	}
	l.Give(Packet{Source: h.ssrc, Seq: h.seq, At: h.at, Codec: codec, Mark: h.mark, Payload: payload}, now)
}

// listen hears keys in the sound of a peer that sends them no other way.
func (l *RTP) listen(codec audio.Codec, payload []byte) {
	var f [audio.FrameSize]int16
	for len(payload) > 0 {
		n := min(len(payload), len(f))
		codec.Decode(f[:n], payload[:n])
		l.inband.Hear(f[:n], l.press)
		payload = payload[n:]
	}
}

func (l *RTP) press(key byte) {
	select {
	case l.digits <- key:
	default:
	}
}

func unmap(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

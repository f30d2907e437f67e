package bench_test

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/test/peer"
)

// frame is the sound of a packet, in which is written when it was sent: PCMU goes through the
// line as it is.
const frame = audio.FrameSize

const mark = "\x5a\xa5\x3c\xc3"

// stamp writes who sends a packet, and when.
func stamp(payload []byte, who int, at time.Time) {
	copy(payload, mark)
	binary.BigEndian.PutUint32(payload[4:], uint32(who))
	binary.BigEndian.PutUint64(payload[8:], uint64(at.UnixNano()))
}

// stamped reads it; false is the line's own sound.
func stamped(payload []byte) (who int, at int64, ok bool) {
	if len(payload) != frame || string(payload[:len(mark)]) != mark {
		return 0, 0, false
	}
	return int(binary.BigEndian.Uint32(payload[4:])), int64(binary.BigEndian.Uint64(payload[8:])), true
}

// A wire is a socket in the other network. When a packet came is told by the system, so that
// how late it is read is no part of what is measured.
type wire struct{ *net.UDPConn }

// lay opens a socket there.
func lay(t testing.TB, ns *peer.Namespace) wire {
	t.Helper()
	var w wire
	must(t, ns.Within(func() (err error) {
		w.UDPConn, err = net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(ns.Inside, 0)))
		return err
	}))
	_ = w.SetReadBuffer(4 << 20)
	raw, err := w.SyscallConn()
	must(t, err)
	var set error
	must(t, raw.Control(func(fd uintptr) { set = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) }))
	must(t, set)
	return w
}

// read reads a packet, and tells when it came, in Unix ns.
func (w wire) read(b, rest []byte) (n int, from netip.AddrPort, came int64, err error) {
	n, more, _, from, err := w.ReadMsgUDPAddrPort(b, rest)
	came = time.Now().UnixNano()
	const head = 16 // its length, and of what kind it is; two numbers of 64 bits follow
	if is := binary.NativeEndian; more >= head+16 && is.Uint32(rest[12:]) == unix.SO_TIMESTAMPNS {
		came = int64(is.Uint64(rest[head:]))*int64(time.Second) + int64(is.Uint64(rest[head+8:]))
	}
	return n, from, came, err
}

// A gauge gathers what is measured in one direction between two moments.
type gauge struct {
	from, to atomic.Int64 // Unix ns
	sent     atomic.Int64
	mu       sync.Mutex
	took     []time.Duration
}

func (g *gauge) within(at int64) bool { return at >= g.from.Load() && at < g.to.Load() }

func (g *gauge) goes(at time.Time) {
	if g.within(at.UnixNano()) {
		g.sent.Add(1)
	}
}

func (g *gauge) came(went, came int64) {
	if !g.within(went) {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.took = append(g.took, time.Duration(came-went))
}

// open begins to measure, for so long.
func (g *gauge) open(from time.Time, long time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.took = nil
	g.sent.Store(0)
	g.to.Store(from.Add(long).UnixNano())
	g.from.Store(from.UnixNano())
}

// read gives what was measured.
func (g *gauge) read() (took []time.Duration, sent int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.took, int(g.sent.Load())
}

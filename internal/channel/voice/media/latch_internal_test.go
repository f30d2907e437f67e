package media

import (
	"net/netip"
	"testing"
	"time"
)

// What is said of a latch is tried without a socket: who may be heard, and when.
func TestLatch(t *testing.T) {
	said := netip.MustParseAddrPort("192.0.2.10:4000")
	moved := netip.MustParseAddrPort("192.0.2.10:4444") // a router changed the port
	inside := netip.MustParseAddrPort("198.51.100.7:5000")
	other := netip.MustParseAddrPort("198.51.100.8:5000")
	stranger := netip.MustParseAddrPort("203.0.113.5:4000")
	begin := time.Unix(1000, 0)
	after := func(ms int) time.Time { return begin.Add(time.Duration(ms) * time.Millisecond) }
	fresh := func() *latch {
		l := &latch{networks: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}}
		l.describe(said)
		return l
	}
	want := func(what string, got, want bool) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %v", what, got)
		}
	}

	none := &latch{networks: fresh().networks}
	want("before a description, the trunk", none.admits(inside, begin), false)

	l := fresh()
	want("the described address", l.admits(said, begin), true)
	want("its address by another port", l.admits(moved, begin), true)
	want("the trunk's network", l.admits(inside, begin), true)
	want("a stranger", l.admits(stranger, begin), false)
	if l.to() != said {
		t.Error("before anything came, it is not sent to where the description says")
	}

	l.take(inside, begin)
	if l.to() != inside {
		t.Error("it is not answered where it comes from")
	}
	want("whoever holds the line", l.admits(inside, after(20)), true)
	want("another of the trunk, in speech", l.admits(other, after(1900)), false)
	want("another port, in speech", l.admits(moved, after(20)), false)
	want("a stranger, after silence", l.admits(stranger, after(9000)), false)
	want("another of the trunk, after silence", l.admits(other, after(2000)), true)
	want("exactly what was described, at any time", l.admits(said, after(20)), true)

	l.take(said, after(40))
	want("who held it before, in speech", l.admits(inside, after(60)), false)

	l = fresh()
	l.take(inside, begin)
	l.describe(said)
	want("another, after the same description again", l.admits(other, after(20)), false)
	l.describe(netip.MustParseAddrPort("192.0.2.99:4000"))
	want("whoever held it, when another is described", l.admits(inside, after(20)), true)
	want("what was described before", l.admits(said, after(20)), false)
	if l.to() != netip.MustParseAddrPort("192.0.2.99:4000") {
		t.Error("after another description it is still sent to the first")
	}
}

func TestPressesAreToldOnce(t *testing.T) {
	type ev struct {
		at   uint32
		code byte
		len  uint16
		end  bool
		mark bool
	}
	press := func(at uint32, code byte, frames int, keep func(i int) bool) (all []ev) {
		for i := range frames + 2 {
			n := min(i+1, frames)
			if keep == nil || keep(i) {
				all = append(all, ev{at, code, uint16(160 * n), i >= frames-1, i == 0})
			}
		}
		return all
	}
	join := func(parts ...[]ev) (all []ev) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	for name, c := range map[string]struct {
		events []ev
		want   string
	}{
		"one":                     {press(8000, 5, 5, nil), "5"},
		"the same twice":          {join(press(8000, 1, 5, nil), press(9600, 1, 5, nil)), "11"},
		"star and hash":           {join(press(8000, 10, 5, nil), press(9600, 11, 5, nil)), "*#"},
		"the first ones lost":     {press(8000, 9, 5, func(i int) bool { return i > 3 }), "9"},
		"all but one end lost":    {press(8000, 9, 5, func(i int) bool { return i == 6 }), "9"},
		"the ends lost":           {press(8000, 9, 5, func(i int) bool { return i < 4 }), "9"},
		"the ends lost, twice":    {join(press(8000, 2, 5, func(i int) bool { return i < 4 }), press(9200, 2, 5, func(i int) bool { return i < 4 })), "22"},
		"ends and marks lost":     {join(press(8000, 2, 5, func(i int) bool { return i < 4 }), press(9200, 2, 5, func(i int) bool { return i > 0 && i < 4 })), "22"},
		"a late packet":           {join(press(8000, 3, 5, nil), press(9600, 4, 5, nil), press(8000, 3, 5, func(i int) bool { return i == 2 })), "34"},
		"all twice":               {join(press(8000, 7, 5, nil), press(8000, 7, 5, nil)), "7"},
		"long, in parts":          {[]ev{{8000, 6, 160, false, true}, {8000, 6, 65535, false, false}, {8000 + 65535, 6, 160, false, false}, {8000 + 65535, 6, 900, true, false}}, "6"},
		"one timestamp for two":   {[]ev{{8000, 6, 800, true, true}, {8000, 4, 160, false, true}}, "64"},
		"a hook flash":            {[]ev{{8000, 16, 800, true, true}}, ""},
		"over the timestamps end": {join(press(0xFFFFFF00, 1, 5, nil), press(0x00000640, 2, 5, nil)), "12"},
	} {
		var p presses
		var got []byte
		for _, e := range c.events {
			b := []byte{e.code, 10, byte(e.len >> 8), byte(e.len)}
			if e.end {
				b[1] |= eventEnd
			}
			if key, ok := p.take(header{ssrc: 1, at: e.at, mark: e.mark}, b); ok {
				got = append(got, key)
			}
		}
		if string(got) != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzPresses(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 5, 10, 0, 160, 0, 0, 0, 1, 5, 0x8A, 3, 32})
	f.Fuzz(func(t *testing.T, b []byte) {
		var p presses
		for n := 0; len(b) >= 8; b = b[8:] {
			h := header{ssrc: 1, at: uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])}
			key, ok := p.take(h, b[4:8])
			if ok && (!isKey(key) || b[4] > 15) {
				t.Error("a press of no key")
			}
			if again, twice := p.take(h, b[4:8]); ok && twice {
				t.Errorf("%d: %q twice", n, again)
			}
			n++
		}
		p.take(header{}, b)
	})
}

func FuzzRTP(f *testing.F) {
	f.Add([]byte("\x80\x00\x00\x01\x00\x00\x00\xA0\x01\x02\x03\x04abcdef"))
	f.Add([]byte("\xB2\x88\x00\x01\x00\x00\x00\xA0\x01\x02\x03\x04aaaabbbb\x00\x00\x00\x01extnpayload\x03\x03"))
	f.Add([]byte("\x90\x00\x00\x01\x00\x00\x00\xA0\x01\x02\x03\x04\x00\x00\xFF\xFF")) // an extension longer than all
	f.Add([]byte("\xA0\x00\x00\x01\x00\x00\x00\xA0\x01\x02\x03\x04ab\xFF"))           // padding longer than all
	f.Add([]byte("\x8F\x00\x00\x01\x00\x00\x00\xA0\x01\x02\x03\x04ab"))               // sources that are not there
	f.Fuzz(func(t *testing.T, b []byte) {
		h, payload, ok := parse(b)
		if !ok {
			return
		}
		if len(payload) > len(b)-headerSize {
			t.Error("more than came")
		}
		out := make([]byte, headerSize+len(payload))
		h.write(out)
		copy(out[headerSize:], payload)
		again, same, ok := parse(out)
		if !ok || again != h || string(same) != string(payload) {
			t.Error("what is written again is not the same")
		}
	})
}

func TestReportsAreReadAsTheyWereWritten(t *testing.T) {
	want := report{
		source: 7, sent: true, ntp: 1 << 40, at: 99, packets: 5, octets: 800, about: true,
		block: ReportBlock{Source: 8, Fraction: 13, Lost: -3, Highest: 70000, Jitter: 12, LastSR: 5, Delay: 6}, bye: true,
	}
	b := want.bytes("abcdefgh")
	var got []report
	if !parseReports(b, func(r report) { got = append(got, r) }) || len(got) != 1 {
		t.Fatalf("it is not read: %d", len(got))
	}
	want.bye = false // which is not looked at
	if got[0] != want {
		t.Errorf("got %+v, want %+v", got[0], want)
	}
	for i := range b {
		if parseReports(b[:i], func(report) {}) && i != len(b)-8 { // without the good-bye it is whole
			if i < 52 {
				t.Errorf("a report cut at %d is taken", i)
			}
		}
	}
}

func FuzzRTCP(f *testing.F) {
	f.Add(report{source: 7, sent: true, about: true}.bytes("abcdefgh"))
	f.Add(report{source: 7, bye: true}.bytes("abcdefgh"))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := 0
		parseReports(b, func(report) { n++ })
		if n > len(b)/8 {
			t.Errorf("%d blocks in %d bytes", n, len(b))
		}
	})
}

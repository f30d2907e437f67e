//go:build !race

package peer_test

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/test/peer"
)

// What runs in a namespace reaches this machine's end of the wire and nothing else.
func TestNamespaceReachesOneAddress(t *testing.T) {
	t.Parallel()
	ns := peer.NewNamespace(t)
	l, err := net.Listen("tcp", netip.AddrPortFrom(ns.Outside, 0).String())
	must(t, err)
	defer l.Close()
	other, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer other.Close()
	must(t, ns.Within(func() error {
		c, err := net.DialTimeout("tcp", l.Addr().String(), 5*time.Second)
		if err != nil {
			return err
		}
		if got := c.LocalAddr().(*net.TCPAddr).AddrPort().Addr(); got != ns.Inside {
			t.Errorf("it comes from %v, want %v", got, ns.Inside)
		}
		return c.Close()
	}))
	for _, at := range []string{other.Addr().String(), "203.0.113.1:80"} {
		err := ns.Within(func() error {
			c, err := net.DialTimeout("tcp", at, time.Second)
			if err == nil {
				_ = c.Close()
			}
			return err
		})
		if err == nil {
			t.Errorf("%s is reached from inside", at)
		}
	}
}

// The text of a scenario is looked at before it changes.
func TestScenarioText(t *testing.T) {
	s := peer.Dial("all", peer.Offer{Formats: "8 101", Expires: 1800}).
		Rings().Answered("RTP/AVP 8", `Session-Expires: [0-9]+;refresher=`).Press("1*").Speak().Wait(time.Second).
		Again("sendonly", "a=recvonly").Again("sendrecv").Update(1800, "Session-Expires").Offered("m=audio").Refreshed().HangUp()
	golden(t, "all.xml", s.Text())
	golden(t, "refused.xml", peer.Dial("refused", peer.Offer{}).Refused(486).Text())
	golden(t, "given-up.xml", peer.Dial("given-up", peer.Offer{}).Rings().GivesUp().Text())
	golden(t, "hung-up.xml", peer.Dial("hung-up", peer.Offer{}).Answered().HungUp().Text())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

// Calls of our own scenarios come to their end against somebody who does what they
// want, and are seen to fail where he does not.
func TestSippPlaysScenarios(t *testing.T) {
	t.Parallel()
	ns := peer.NewNamespace(t)
	t.Run("all", func(t *testing.T) {
		t.Parallel()
		a := peer.Answer(t, ns.Outside, 600, false)
		s := peer.Dial("all", peer.Offer{Expires: 1800}).Rings().Answered("Session-Expires: 1800").Press("1*").
			Again("sendonly", "a=recvonly").Again("sendrecv", "a=sendrecv").Update(1800, "Session-Expires: 1800").HangUp()
		if o := (peer.Sipp{Scenario: s, To: a.SIP, At: ns.Inside, In: ns}).Run(t); o.Good != 1 || o.Bad != 0 || o.Err != nil {
			t.Error(o)
		}
		seen := a.Wait(t, "keys", func(s peer.Seen) bool { return s.Keys == "1*" })
		if got, want := seen.Methods, []string{"INVITE", "ACK", "INVITE", "ACK", "INVITE", "ACK", "UPDATE", "BYE"}; !slices.Equal(got, want) {
			t.Errorf("it heard %v, want %v", got, want)
		}
		if got, want := seen.Ways, []string{"sendrecv", "sendonly", "sendrecv"}; !slices.Equal(got, want) {
			t.Errorf("offers are %v, want %v", got, want)
		}
	})
	t.Run("given up", func(t *testing.T) {
		t.Parallel()
		a := peer.Answer(t, ns.Outside, 600, true)
		s := peer.Dial("given-up", peer.Offer{}).Rings().GivesUp()
		if o := (peer.Sipp{Scenario: s, To: a.SIP, At: ns.Inside, In: ns}).Run(t); o.Good != 1 || o.Err != nil {
			t.Error(o)
		}
	})
	t.Run("the line's turn", func(t *testing.T) {
		t.Parallel()
		a := peer.Answer(t, ns.Outside, 600, false)
		s := peer.Sipp{Scenario: peer.Dial("turn", peer.Offer{}).Answered().Offered("a=sendrecv").Refreshed().HungUp(), To: a.SIP, At: ns.Inside, In: ns}.Start(t)
		a.Wait(t, "call", func(s peer.Seen) bool { return len(s.Methods) == 2 })
		for i, method := range []string{"INVITE", "UPDATE", "BYE"} {
			a.Request(method)
			a.Wait(t, "answer to "+method, func(s peer.Seen) bool { return len(s.Codes) == i+1 })
		}
		if o := s.Wait(); o.Good != 1 || o.Err != nil {
			t.Error(o)
		}
	})
	t.Run("many, by TCP", func(t *testing.T) {
		t.Parallel()
		a := peer.Answer(t, ns.Outside, 600, false)
		o := peer.Sipp{Scenario: peer.Dial("many", peer.Offer{}).Answered().HangUp(), To: a.SIP, At: ns.Inside, In: ns, TCP: true, Calls: 20, Rate: 50}.Run(t)
		if o.Good != 20 || o.Bad != 0 || o.Err != nil {
			t.Error(o)
		}
	})
	t.Run("shipped", func(t *testing.T) {
		t.Parallel()
		a := peer.Answer(t, ns.Outside, 600, false)
		if o := (peer.Sipp{Shipped: "uac", To: a.SIP, At: ns.Inside, In: ns}).Run(t); o.Good != 1 || o.Err != nil {
			t.Error(o)
		}
	})
	t.Run("disappointed", func(t *testing.T) {
		t.Parallel()
		a := peer.Answer(t, ns.Outside, 600, false)
		s := peer.Dial("disappointed", peer.Offer{}).Answered("a=inactive").HangUp()
		if o := (peer.Sipp{Scenario: s, To: a.SIP, At: ns.Inside, In: ns}).Run(t); o.Good != 0 || o.Bad != 1 || o.Err != nil {
			t.Error(o)
		}
	})
	t.Run("never answered", func(t *testing.T) {
		t.Parallel()
		a := peer.Answer(t, ns.Outside, 600, true)
		s := peer.Dial("never", peer.Offer{}).Answered().HangUp()
		if o := (peer.Sipp{Scenario: s, To: a.SIP, At: ns.Inside, In: ns, Most: 2 * time.Second}).Run(t); o.Good != 0 || o.Err == nil && o.Bad == 0 {
			t.Error(o)
		}
	})
}

// A real telephone dials, is heard, hears, presses keys, holds, and hangs up; in the
// clear, and with TLS and SRTP.
func TestBaresipIsATelephone(t *testing.T) {
	t.Parallel()
	ns := peer.NewNamespace(t)
	for name, p := range map[string]peer.Phone{
		"in the clear": {In: ns, Hz: 440},
		"TLS and SRTP": {In: ns, Hz: 440, Transport: "tls", SRTP: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := peer.Answer(t, ns.Outside, 600, false)
			b := p.Start(t)
			at := a.SIP
			if p.Transport == "tls" {
				at = a.TLS
			}
			b.Dial("sip:+15550109@" + at)
			b.Established()
			b.Press("1")
			a.Wait(t, "key", func(s peer.Seen) bool { return s.Keys == "1" })
			if last := a.Hears(t, audio.Rate); !sounds(last, 440) {
				t.Errorf("440 Hz is heard at %.1f dB", audio.Goertzel(last, 440))
			}
			b.Hold()
			a.Wait(t, "hold", func(s peer.Seen) bool { return slices.Equal(s.Ways, []string{"sendrecv", "sendonly"}) })
			b.Resume()
			a.Wait(t, "resumption", func(s peer.Seen) bool { return len(s.Ways) == 3 && s.Ways[2] == "sendrecv" })
			b.HangUp()
			if seen := a.Wait(t, "end", func(s peer.Seen) bool { return slices.Contains(s.Methods, "BYE") }); seen.Secured != p.SRTP {
				t.Errorf("its sound is encrypted: %v, want %v", seen.Secured, p.SRTP)
			}
			heard := b.Heard()
			if len(heard) < audio.Rate/2 || !sounds(heard[:audio.Rate/2], 600) {
				t.Errorf("it heard %d samples, 600 Hz at %.1f dB", len(heard), audio.Goertzel(heard, 600))
			}
		})
	}
}

// sounds tells whether a tone is there about as loud as tests say them.
func sounds(f []int16, hz float64) bool { return audio.Goertzel(f, hz) > peer.ToneLevel-3 }

// Bad weather loses as much as it says, and lets no packet come later than it says.
func TestWeather(t *testing.T) {
	t.Parallel()
	here := netip.MustParseAddr("127.0.0.1")
	r := peer.NewRelay(t, here, peer.Weather{Loss: 0.1, Jitter: 20 * time.Millisecond, Seed: 3})
	line, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(here, 0)))
	must(t, err)
	defer line.Close()
	phone, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(here, 0)))
	must(t, err)
	defer phone.Close()
	r.To(line.LocalAddr().(*net.UDPAddr).AddrPort())
	hers, near := r.Ends()
	const all = 200 // which the buffer of a socket holds
	for i := range all {
		_, err := phone.WriteToUDPAddrPort([]byte{byte(i >> 8), byte(i)}, near)
		must(t, err)
	}
	came, overtaken, last := 0, 0, -1
	b := make([]byte, 16)
	for {
		must(t, line.SetReadDeadline(time.Now().Add(time.Second)))
		_, _, err := line.ReadFromUDP(b)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		must(t, err)
		came++
		if n := int(b[0])<<8 | int(b[1]); n < last {
			overtaken++
		} else {
			last = n
		}
	}
	if sent, lost := r.Figures(); sent != all || came != all-lost || lost < all/20 || lost > all/6 {
		t.Errorf("of %d packets %d were lost and %d came", sent, lost, came)
	}
	if overtaken < all/10 {
		t.Errorf("%d packets were overtaken", overtaken)
	}
	_, err = line.WriteToUDPAddrPort([]byte("back"), hers)
	must(t, err)
	must(t, phone.SetReadDeadline(time.Now().Add(5*time.Second)))
	for range 20 { // one of them is not lost
		_, err = line.WriteToUDPAddrPort([]byte("back"), hers)
		must(t, err)
	}
	n, from, err := phone.ReadFromUDPAddrPort(b)
	if err != nil || !strings.HasPrefix("back", string(b[:n])) || from != near {
		t.Errorf("back comes %q from %v, want it from %v: %v", b[:n], from, near, err)
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

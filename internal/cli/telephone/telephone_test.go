package telephone_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/test/peer"
)

func here() netip.Addr { return netip.MustParseAddr("127.0.0.1") }

func open(t *testing.T) *telephone.Phone {
	t.Helper()
	p, err := telephone.Open(t.Context(), here())
	must(t, err)
	t.Cleanup(func() { must(t, p.Close()) })
	return p
}

func dial(to *peer.Answerer) telephone.Dial {
	return telephone.Dial{Line: to.SIP, Number: "+15550109", From: peer.Nobody}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// She is heard and hears, presses keys, holds and hangs up.
func TestSheCalls(t *testing.T) {
	t.Parallel()
	a := peer.Answer(t, here(), 600, false)
	c, err := open(t).Call(t.Context(), dial(a))
	must(t, err)
	must(t, c.Hears(t.Context(), telephone.Tone(600, peer.ToneLevel-3)))
	said := c.Begin(audio.NewTone(0, peer.ToneLevel, 440))
	if last := a.Hears(t, audio.Rate/2)[audio.Rate/4:]; audio.Goertzel(last, 440) < peer.ToneLevel-3 {
		t.Errorf("440 Hz is heard at %.1f dB", audio.Goertzel(last, 440))
	}
	must(t, c.Press(t.Context(), "1*"))
	a.Wait(t, "keys", func(s peer.Seen) bool { return s.Keys == "1*" })
	must(t, c.Hold(t.Context(), true))
	must(t, c.Hold(t.Context(), false))
	must(t, c.Say(t.Context(), audio.NewTone(40*time.Millisecond, peer.ToneLevel, 440)))
	select {
	case <-said:
	default:
		t.Error("what she left off is not said to be over")
	}
	must(t, c.HangUp(t.Context()))
	seen := a.Wait(t, "end", func(s peer.Seen) bool { return slices.Contains(s.Methods, "BYE") })
	if want := []string{"sendrecv", "sendonly", "sendrecv"}; !slices.Equal(seen.Ways, want) {
		t.Errorf("offers are %v, want %v", seen.Ways, want)
	}
	if err := c.Say(t.Context(), audio.NewTone(0, -20, 440)); !errors.Is(err, telephone.ErrEnded) {
		t.Errorf("after the end she says something: %v", err)
	}
}

// What the line asks for in a call is answered, and she knows when it hangs up.
func TestTheLineAsks(t *testing.T) {
	t.Parallel()
	a := peer.Answer(t, here(), 600, false)
	c, err := open(t).Call(t.Context(), dial(a))
	must(t, err)
	for i, method := range []string{"INVITE", "UPDATE", "BYE"} {
		a.Request(method)
		seen := a.Wait(t, "answer to "+method, func(s peer.Seen) bool { return len(s.Codes) == i+1 })
		if seen.Codes[i] != "200" {
			t.Errorf("%s is answered with %s", method, seen.Codes[i])
		}
	}
	select {
	case <-c.Ended():
	case <-time.After(5 * time.Second):
		t.Error("she does not know that the line has hung up")
	}
}

// Whoever puts the receiver down before it is answered rings nowhere any more.
func TestSheGivesUp(t *testing.T) {
	t.Parallel()
	a := peer.Answer(t, here(), 600, true)
	ctx, cancel := context.WithCancel(t.Context())
	d := dial(a)
	d.Rings = cancel
	if _, err := open(t).Call(ctx, d); !errors.Is(err, context.Canceled) {
		t.Errorf("she gives up: %v", err)
	}
	a.Wait(t, "CANCEL", func(s peer.Seen) bool { return slices.Contains(s.Methods, "CANCEL") })
}

// In bad weather she is heard nonetheless, through a relay.
func TestSheIsHeardThroughBadWeather(t *testing.T) {
	t.Parallel()
	a := peer.Answer(t, here(), 600, false)
	r := peer.NewRelay(t, here(), peer.Weather{Loss: 0.02, Jitter: 10 * time.Millisecond, Seed: 1})
	d := dial(a)
	d.Through = r
	c, err := open(t).Call(t.Context(), d)
	must(t, err)
	c.Begin(audio.NewTone(0, peer.ToneLevel, 440))
	must(t, c.Hears(t.Context(), telephone.Tone(600, peer.ToneLevel-6)))
	a.Hears(t, audio.Rate/2)
	if came, _ := r.Figures(); came < 40 {
		t.Errorf("%d packets went through the relay", came)
	}
}

package front

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

func limitsOf(l Limits) *limiter { return newLimiter(l, time.Now) }

func TestWhoAsksTooMuchIsSlowedAndThenRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := limitsOf(Limits{Words: Rate{Burst: 3, Every: time.Second}})
		a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
		began := time.Now()
		for range 3 {
			if !l.pass(t.Context(), a, aPost) || time.Since(began) != 0 {
				t.Fatal("the burst waits")
			}
		}
		if !l.pass(t.Context(), a, aPost) || time.Since(began) != time.Second {
			t.Errorf("the next one came after %s", time.Since(began))
		}
		passed, refused := 0, 0
		for range 10 {
			if _, ok := l.take(a, aPost); ok {
				passed++
			} else {
				refused++
			}
		}
		if passed != 3 || refused != 7 { // three seconds of patience
			t.Errorf("%d pass, %d are refused", passed, refused)
		}
		if now := time.Now(); !l.pass(t.Context(), b, aPost) || time.Since(now) != 0 {
			t.Error("somebody else is held back")
		}
		time.Sleep(time.Minute)
		if now := time.Now(); !l.pass(t.Context(), a, aPost) || time.Since(now) != 0 {
			t.Error("a minute later she is still held back")
		}
	})
}

func TestTriesOfACodeInAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, a := limitsOf(Limits{Codes: 5}), netip.MustParseAddr("2001:db8::1")
		for range 5 {
			if !l.try(a) {
				t.Fatal("one of five is refused")
			}
			time.Sleep(time.Second)
		}
		if l.try(a) || l.try(netip.MustParseAddr("2001:db8::ffff")) {
			t.Error("a sixth try passes, or one from the same household")
		}
		time.Sleep(55 * time.Second)
		if !l.try(a) || l.try(a) {
			t.Error("after a minute the oldest one counts still, or more than it is forgotten")
		}
	})
}

// No address stays in memory, and nothing that leads to one for longer than an hour.
func TestAddressesAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, a := limitsOf(Limits{Codes: 5}), netip.MustParseAddr("192.0.2.1")
		l.try(a)
		before := l.name(a)
		time.Sleep(time.Hour)
		l.try(a)
		if after := l.name(a); before == after || len(l.buckets) != 1 {
			t.Errorf("the hour's key goes on, or %d buckets", len(l.buckets))
		}
	})
}

func TestUnknownAddressesShareMore(t *testing.T) {
	t.Parallel()
	l := limitsOf(Limits{Codes: 1, Streams: 1, Words: Rate{1, time.Hour}, Unknown: 3})
	for n := range 4 {
		_, stream := l.stream(netip.Addr{})
		_, words := l.take(netip.Addr{}, aPost)
		if want := n < 3; l.try(netip.Addr{}) != want || stream != want || words != want {
			t.Errorf("try %d: stream %t, words %t", n, stream, words)
		}
	}
}

func TestManyAddressesDoNotFillTheMemory(t *testing.T) {
	t.Parallel()
	l := limitsOf(Limits{Codes: 1})
	for n := range mostBuckets + 10 {
		l.try(netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}))
	}
	if len(l.buckets) > mostBuckets {
		t.Errorf("%d buckets", len(l.buckets))
	}
}

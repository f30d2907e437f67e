package hotlinetest_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// tired is a time on a machine that has other things to do: most tries take about what
// they cost, some many times that, and the load drifts.
func tired(i int, cost float64) float64 {
	took := cost * (1 + 0.3*rand.Float64()) * (1 + float64(i%200)/100)
	if rand.N(20) == 0 {
		took += cost * 40 * rand.ExpFloat64()
	}
	return took
}

func race(n int, more float64) hotlinetest.Times {
	ts := hotlinetest.Times{}
	for i := range n {
		ts["a"] = append(ts["a"], tired(i, 100_000))
		ts["b"] = append(ts["b"], tired(i, 100_000)+more)
	}
	return ts
}

// Of two things that are alike the comparison says nothing, on a machine as tired as may
// be: in 20,000 comparisons it does not come near the alarm. A difference that is there
// is seen.
func TestApart(t *testing.T) {
	t.Parallel()
	most := 0.0
	for range 20_000 {
		most = max(most, race(60, 0).Apart("a", "b", 0))
	}
	t.Logf("of alike ones the farthest: %.1f", most)
	if most > hotlinetest.Alarm {
		t.Errorf("two that are alike are %.1f apart", most)
	}
	for _, more := range []float64{40_000, -40_000} {
		if got := race(1000, more).Apart("a", "b", 5*time.Microsecond); got <= hotlinetest.Alarm {
			t.Errorf("40 µs of 100 are not seen: %.1f", got)
		}
		if got := race(1000, more).Apart("a", "b", 80*time.Microsecond); got > 0 {
			t.Errorf("less than may be counts: %.1f", got)
		}
	}
}

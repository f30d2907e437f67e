package hotlinetest

import (
	"cmp"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"
)

// Alarm is how many standard errors apart two things must be to count as told apart. One
// comparison of equal things reaches it less often than once in three million runs, so
// that a run of thirty comparisons is wrong less often than once in 10,000.
const Alarm = 5

// Times are how long each of several things took, round by round.
type Times map[string][]float64

// Rounds does each of several things once in a round, in an order that is drawn anew for
// each round, so that the load of the machine meets all of them alike.
func Rounds(n int, things map[string]func()) Times {
	out := Times{}
	out.More(n, things)
	return out
}

// More goes on for so many rounds, where a load of the machine hides what is there.
func (ts Times) More(n int, things map[string]func()) {
	names := slices.Sorted(maps.Keys(things))
	for range n {
		rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		for _, name := range names {
			began := time.Now()
			things[name]()
			ts[name] = append(ts[name], float64(time.Since(began)))
		}
	}
}

// Apart says how far apart two things are, in standard errors. Of two that are alike, each
// round's difference is as likely to be above zero as below, whatever the load of the
// machine is and however it changes, since a drawn order decides which goes first: that is
// all that Wilcoxon's signed ranks ask for. So the rate of false alarms holds on a loaded
// machine too, where Welch's test, with its need for a variance, does not keep it. A load
// makes it see less, not more. Differences count from margin on: what two alike things
// may be apart in truth.
func (ts Times) Apart(a, b string, margin time.Duration) float64 {
	up, down := ts.less(b, a), ts.less(a, b)
	for i := range up {
		up[i] -= float64(margin)
		down[i] -= float64(margin)
	}
	return max(ranked(up), ranked(down))
}

// Longer is by how much b takes longer than a: the median of the differences.
func (ts Times) Longer(a, b string) time.Duration {
	diffs := ts.less(b, a)
	slices.Sort(diffs)
	return time.Duration(diffs[len(diffs)/2])
}

// Median is how long a thing takes.
func (ts Times) Median(of string) time.Duration {
	all := slices.Sorted(slices.Values(ts[of]))
	return time.Duration(all[len(all)/2])
}

func (ts Times) less(a, b string) []float64 {
	out := slices.Clone(ts[a])
	for i := range out {
		out[i] -= ts[b][i]
	}
	return out
}

// ranked is how many standard errors the sum of the signed ranks is above zero.
func ranked(diffs []float64) float64 {
	slices.SortFunc(diffs, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
	sum, squares := 0.0, 0.0
	for i, d := range diffs {
		rank := float64(i + 1)
		sum += math.Copysign(rank, d)
		squares += rank * rank
	}
	return sum / math.Sqrt(squares)
}

// Tries is how many tries a comparison takes: short ones, or ten times as many with
// FREELINE_TEST_SOAK.
func Tries(_ testing.TB, short int) int {
	if os.Getenv("FREELINE_TEST_SOAK") != "" {
		return 10 * short
	}
	return short
}

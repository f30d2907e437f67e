package audio

import "math"

// The low-pass that stands before a change of rate: what a telephone carries (up to
// 3400 Hz) passes, what would fold back into it (from 4000 Hz) does not.
const (
	crossings = 32      // of zero, on each side
	cutoff    = 3700.0  // Hz
	kaiser    = 6.8     // its window's beta: 70 dB
	mostTaps  = 1 << 20 // of all phases
)

// resample returns in at 8000 samples a second; false for a rate that has too little in
// common with it.
func resample(in []int16, rate int) ([]int16, bool) {
	if rate == Rate {
		return in, true
	}
	common := gcd(Rate, rate)
	up, down := Rate/common, rate/common
	half := crossings * rate / Rate
	taps := 2*half + 1
	if rate < Rate || up*taps > mostTaps {
		return nil, false
	}
	filter := lowPass(rate, up, half)
	out := make([]int16, (len(in)*up+down-1)/down)
	for n := range out {
		at, phase := n*down/up, n*down%up
		h := filter[phase*taps : (phase+1)*taps]
		from := at - half
		lo, hi := max(0, -from), min(taps, len(in)-from)
		var sum float32
		for k := lo; k < hi; k++ {
			sum += h[k] * float32(in[from+k])
		}
		out[n] = clip(int32(math.Round(float64(sum))))
	}
	return out, true
}

// lowPass returns the filter's taps for each place that a sample of the result may have
// between two of the original.
func lowPass(rate, up, half int) []float32 {
	taps := 2*half + 1
	all := make([]float32, 0, up*taps)
	h := make([]float64, taps)
	for phase := range up {
		var sum float64
		for k := range h {
			x := float64(k-half) - float64(phase)/float64(up)
			h[k] = sinc(2*cutoff/float64(rate)*x) * window(x/float64(half))
			sum += h[k]
		}
		for _, v := range h {
			all = append(all, float32(v/sum))
		}
	}
	return all
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// window is Kaiser's, from -1 to 1.
func window(x float64) float64 {
	if x <= -1 || x >= 1 {
		return 0
	}
	return bessel(kaiser*math.Sqrt(1-x*x)) / bessel(kaiser)
}

// bessel is the modified Bessel function of order zero.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-10*sum; k++ {
		term *= x * x / (4 * k * k)
		sum += term
	}
	return sum
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

package edition

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// A Line is one line of a comparison. Op is ' ' for both, '-' for the old one alone,
// '+' for the new one alone.
type Line struct {
	Op   byte
	Text string
}

const (
	maxDepth = 64   // of nested values that are shown line by line
	maxEdits = 1000 // differing lines beyond which the old is shown whole, then the new
)

// Canonical is a body as comparisons see it: one value a line, keys in order, so that
// a change of spaces or of order is none. What is not JSON, or nested too deep to be
// read by anybody, stays as it is.
func Canonical(body string) string {
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	var v any
	if !shallow(body) || d.Decode(&v) != nil || d.More() {
		return body
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if e.Encode(v) != nil {
		return body
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// shallow reports whether values nest at most maxDepth deep.
func shallow(body string) bool {
	d := json.NewDecoder(strings.NewReader(body))
	for depth := 0; depth <= maxDepth; {
		token, err := d.Token()
		if err != nil {
			return true // its end, or not JSON, which is for others to say
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
	}
	return false
}

// Diff compares two bodies line by line.
func Diff(from, to string) []Line {
	a, b := strings.Split(Canonical(from), "\n"), strings.Split(Canonical(to), "\n")
	var out []Line
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		out = append(out, Line{' ', a[0]})
		a, b = a[1:], b[1:]
	}
	same := 0
	for same < len(a) && same < len(b) && a[len(a)-1-same] == b[len(b)-1-same] {
		same++
	}
	end := a[len(a)-same:]
	out = append(out, middle(a[:len(a)-same], b[:len(b)-same])...)
	for _, text := range end {
		out = append(out, Line{' ', text})
	}
	return out
}

// middle is the shortest way from a to b, after Myers: at[k] is how far one comes in
// a on diagonal k, on which one is k lines further in a than in b, with d edits.
func middle(a, b []string) []Line {
	most := min(len(a)+len(b), maxEdits)
	at := make([]int32, 2*most+3)
	zero := most + 1 // where diagonal 0 stands
	var trail [][]int32
	for d := 0; d <= most; d++ {
		trail = append(trail, slices.Clone(at[zero-d:zero+d+1])) // as it was with d-1 edits
		for k := -d; k <= d; k += 2 {
			x := int(at[zero+k-1]) + 1
			if down(at, zero, d, k) {
				x = int(at[zero+k+1])
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			at[zero+k] = int32(x) //nolint:gosec // a body has at most 256 KiB
			if x >= len(a) && x-k >= len(b) {
				return walk(a, b, trail, k)
			}
		}
	}
	out := make([]Line, 0, len(a)+len(b))
	for _, text := range a {
		out = append(out, Line{'-', text})
	}
	for _, text := range b {
		out = append(out, Line{'+', text})
	}
	return out
}

// down reports whether one comes to diagonal k by a line of b rather than one of a.
func down(at []int32, zero, d, k int) bool {
	return k == -d || k != d && at[zero+k-1] < at[zero+k+1]
}

// walk goes back the way that middle came.
func walk(a, b []string, trail [][]int32, k int) []Line {
	var back []Line
	x, y := len(a), len(b)
	for d := len(trail) - 1; d > 0; d-- {
		before, op := k-1, byte('-')
		if down(trail[d], d, d, k) {
			before, op = k+1, '+'
		}
		start := int(trail[d][d+before])
		if op == '-' {
			start++
		}
		for x > start {
			x, y = x-1, y-1
			back = append(back, Line{' ', a[x]})
		}
		if op == '+' {
			y--
			back = append(back, Line{op, b[y]})
		} else {
			x--
			back = append(back, Line{op, a[x]})
		}
		k = before
	}
	for x > 0 {
		x--
		back = append(back, Line{' ', a[x]})
	}
	slices.Reverse(back)
	return back
}

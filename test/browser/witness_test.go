package browser_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// witness is a test that fails in front of us: it notes what the harness says
// in place of failing.
type witness struct {
	testing.TB
	said     []string
	skipped  bool
	cleanups []func()
}

func (w *witness) Helper()                   {}
func (w *witness) Failed() bool              { return len(w.said) > 0 }
func (w *witness) Logf(string, ...any)       {}
func (w *witness) Cleanup(f func())          { w.cleanups = append(w.cleanups, f) }
func (w *witness) Errorf(f string, a ...any) { w.said = append(w.said, fmt.Sprintf(f, a...)) }
func (w *witness) Fatal(a ...any)            { w.Errorf("%s", fmt.Sprint(a...)); runtime.Goexit() }
func (w *witness) Fatalf(f string, a ...any) { w.Errorf(f, a...); runtime.Goexit() }
func (w *witness) Skipf(f string, a ...any) {
	w.Errorf(f, a...)
	w.skipped = true
	runtime.Goexit()
}

// barks runs a test in front of a witness and returns what it was failed for.
func barks(t *testing.T, test func(testing.TB)) *witness {
	t.Helper()
	w := &witness{TB: t}
	run := func(f func()) {
		done := make(chan struct{})
		go func() { defer close(done); f() }()
		<-done
	}
	run(func() { test(w) })
	for _, f := range slices.Backward(w.cleanups) {
		run(f)
	}
	return w
}

// about reports whether some of what was said contains all the words.
func (w *witness) about(words ...string) bool {
	return slices.ContainsFunc(w.said, func(s string) bool {
		return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(s, word) })
	})
}

package hotlinetest

import (
	"errors"
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
)

// Lines runs a test on a line of its own on each engine, beside other tests.
func Lines(t *testing.T, f func(t *testing.T, w *World)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		f(t, New(t, e))
	})
}

// Refused checks that an error is the wanted one; nil is wanted where it must succeed.
func Refused(tb testing.TB, err, want error) {
	tb.Helper()
	if !errors.Is(err, want) {
		tb.Errorf("got %v, want %v", err, want)
	}
}

// Same checks a list of words.
func Same(tb testing.TB, got []string, want ...string) {
	tb.Helper()
	if !slices.Equal(got, want) {
		tb.Errorf("got %q, want %q", got, want)
	}
}

package audio_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// Whoever waits for something hears what comes from now on, and learns that nothing more does.
func TestAnEarWaitsForWhatComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, over := audio.NewEar(), errors.New("over")
		e.Hear([]int16{1, 2})
		waits := func(what ...int16) <-chan error {
			done := make(chan error, 1)
			go func() {
				done <- e.Hears(t.Context(), func(since []int16) bool { return slices.Equal(since, what) })
			}()
			synctest.Wait()
			return done
		}
		both, never := waits(3, 4), waits(1)
		e.Hear([]int16{3})
		e.Hear([]int16{4})
		if err := <-both; err != nil {
			t.Error(err)
		}
		e.NoMore(over)
		e.NoMore(errors.New("later"))
		if err := <-never; !errors.Is(err, over) {
			t.Errorf("whoever waits is told %v", err)
		}
		if got := e.Heard(); !slices.Equal(got, []int16{1, 2, 3, 4}) {
			t.Errorf("it has heard %v", got)
		}
		none, stop := context.WithCancel(t.Context())
		stop()
		if err := audio.NewEar().Hears(none, func([]int16) bool { return false }); !errors.Is(err, context.Canceled) {
			t.Errorf("whoever has no time is told %v", err)
		}
	})
}

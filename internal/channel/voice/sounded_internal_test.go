package voice

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/media"
)

func TestWhatACallSaysOfItsTrunk(t *testing.T) {
	for what, c := range map[string]struct {
		q          media.Quality
		sends      bool
		any, tells bool
	}{
		"sound came":                  {media.Quality{Received: 1}, true, true, true},
		"sound came, and then none":   {media.Quality{Received: 9, Silence: time.Hour}, true, true, true},
		"none for long":               {media.Quality{Silence: soundless + 1}, true, false, true},
		"none, and over at once":      {media.Quality{Silence: soundless}, true, false, false},
		"none of whoever holds":       {media.Quality{Silence: time.Hour}, false, false, false},
		"some, of whoever then holds": {media.Quality{Received: 9}, false, true, true},
	} {
		if any, tells := sounded(c.q, c.sends); any != c.any || tells != c.tells {
			t.Errorf("%s: got %t, %t", what, any, tells)
		}
	}
}

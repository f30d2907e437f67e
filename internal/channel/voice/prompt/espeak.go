package prompt

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
)

// A Voice speaks words in a language, as a WAV file. ErrMissing says that it does not
// speak it.
type Voice func(ctx context.Context, lang, words string) ([]byte, error)

// Espeak returns the voice of espeak-ng, where that program is installed; nil where it
// is not.
func Espeak() Voice {
	program, err := exec.LookPath("espeak-ng")
	if err != nil {
		return nil
	}
	return func(ctx context.Context, lang, words string) ([]byte, error) {
		const longest = 30 * time.Second
		ctx, stop := context.WithTimeout(ctx, longest)
		defer stop()
		voice, ok := map[string]string{"en": "en-gb", "fr": "fr-fr", "pt": "pt-br"}[lang]
		if !ok {
			voice = lang
		}
		var wav bytes.Buffer
		c := exec.CommandContext(ctx, program, "-v", voice, "-s", "145", "-b", "1", "--stdin", "--stdout")
		c.Stdin, c.Stdout = strings.NewReader(words), &wav
		c.Env = []string{"HOME=/nonexistent", "TMPDIR=/nonexistent"} // it is told nothing of ours, and leaves nothing in anybody's home
		if err := c.Run(); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, ErrMissing
		}
		return wav.Bytes(), nil
	}
}

// Speaks reports whether a voice speaks a language. None speaks nothing.
func (v Voice) Speaks(ctx context.Context, lang string) bool {
	if v == nil {
		return false
	}
	_, err := v(ctx, lang, "1")
	return err == nil
}

// DraftAll has a voice speak what has no sound, and returns how much that was. A
// language that the voice does not speak is left out, and so are words that it speaks for
// too long.
func (l *Library) DraftAll(ctx context.Context, voice Voice, all []flow.Saying) (n int, err error) {
	have, mute := map[string]map[string]flow.Sound{}, map[string]bool{}
	for _, s := range all {
		if have[s.Lang] == nil {
			if have[s.Lang], err = l.Sounds(ctx, s.Lang); err != nil {
				return n, err
			}
		}
		if _, there := have[s.Lang][s.Words]; there || mute[s.Lang] {
			continue
		}
		wav, err := voice(ctx, s.Lang, s.Words)
		if errors.Is(err, ErrMissing) {
			mute[s.Lang] = true
			continue
		}
		if err == nil {
			err = l.Draft(ctx, s.Lang, s.Words, bytes.NewReader(wav))
		}
		if errors.Is(err, ErrLong) {
			continue
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

package prompt

import (
	"context"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
)

// A Script is what the line has published for its telephone, with its sound.
type Script struct {
	calls  *flow.Reader
	sounds *Library
	music  audio.Clip
}

// NewScript returns the script of a line.
func NewScript(calls *flow.Reader, sounds *Library) *Script { return &Script{calls, sounds, tune()} }

// Flow is the flow in force, and the number of its edition; 0 is the shipped one.
func (s *Script) Flow(ctx context.Context) (flow.Flow, int64, error) {
	all, err := s.calls.InForce(ctx)
	if err != nil {
		return flow.Flow{}, 0, err
	}
	return all.Flow, all.Number, nil
}

// Number is what is known of a number that was dialled; the zero one where nothing is.
func (s *Script) Number(ctx context.Context, dialled string) (flow.Number, error) {
	all, err := s.calls.InForce(ctx)
	if err != nil {
		return flow.Number{}, err
	}
	n, _ := all.Numbers.Find(dialled)
	return n, nil
}

// Sound is how a prompt sounds; false where it has no sound. What nobody has spoken in
// her language is heard in the one that the program falls back to: half a word is more
// than silence.
func (s *Script) Sound(ctx context.Context, p flow.Prompt) (audio.Clip, bool) {
	all, err := s.calls.InForce(ctx)
	if err != nil {
		return audio.Clip{}, false
	}
	for _, lang := range []string{p.Lang, flow.Fallback} {
		words, spoken := all.Text(flow.Prompt{Name: p.Name, Lang: lang})
		if clip, err := s.sounds.Clip(ctx, spoken, words); err == nil {
			return clip, true
		}
	}
	return audio.Clip{}, false
}

// Music is what those who wait hear between two words, unless they turn it off.
func (s *Script) Music(context.Context) (audio.Clip, bool) { return s.music, true }

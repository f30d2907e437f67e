package app

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice"
	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/prompt"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/web/admin"
)

// ringer makes the administrators' test calls.
type ringer struct {
	voice *voice.Voice
	line  *Line
	asks  prompt.Voice
}

// ringerOf is nil, and no pointer to nothing, where the line has no telephone.
func ringerOf(a *App) admin.Ringer {
	if a.voice == nil {
		return nil
	}
	return ringer{a.voice, a.Line, prompt.Espeak()}
}

// Outward implements [admin.Ringer].
func (r ringer) Outward() []string { return r.voice.Outward() }

// RingMe implements [admin.Ringer]. The leaf says who rang and through which trunk; the
// number is not in it.
func (r ringer) RingMe(ctx context.Context, by hotline.PersonID, trunk string, to seal.Text, asks, lang string, tell func(check, found string)) (bool, error) {
	leaf := r.line.Log.Public(audit.Act{By: hotline.Actor(by), What: "ring me", Object: "trunk " + trunk})
	if err := r.line.Main.Write(ctx, func(tx db.Tx) error { return leaf.Insert(tx) }); err != nil {
		return false, err
	}
	err := r.voice.RingMe(ctx, voice.RingMe{Trunk: trunk, To: to, Asks: r.spoken(ctx, lang, asks)}, func(of voice.Check, found string) {
		tell(string(of), found)
	})
	if errors.Is(err, voice.ErrTrying) {
		return false, nil
	}
	if errors.Is(err, context.Canceled) { // she has left, or the line stops
		err = nil
	}
	return true, err
}

// spoken is how a machine says words; nothing where none speaks the language.
func (r ringer) spoken(ctx context.Context, lang, words string) audio.Clip {
	if r.asks == nil {
		return audio.Clip{}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	wav, err := r.asks(ctx, lang, words)
	if err != nil {
		return audio.Clip{}
	}
	clip, err := audio.ReadWAV(bytes.NewReader(wav))
	if err != nil {
		return audio.Clip{}
	}
	return clip
}

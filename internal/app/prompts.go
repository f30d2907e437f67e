package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/prompt"
)

// draftPrompts has a machine speak what is said on the telephone and that nobody has
// spoken yet, when the line starts and after each publication. What it speaks is marked
// as a draft. Without a machine it does nothing.
func draftPrompts(reader *flow.Reader, sounds *prompt.Library, counter func(context.Context) int64, log *slog.Logger) func(context.Context) {
	return func(ctx context.Context) {
		voice := prompt.Espeak()
		if voice == nil {
			return
		}
		const look = 5 * time.Second
		tick := time.NewTicker(look)
		defer tick.Stop()
		for last := int64(-1); ; {
			if n := counter(ctx); n != last {
				all, err := reader.InForce(ctx)
				if err == nil {
					_, err = sounds.DraftAll(ctx, voice, flow.Sayings(all.Flow, all.Pieces))
				}
				switch {
				case err == nil:
					last = n
				case !errors.Is(err, context.Canceled):
					log.ErrorContext(ctx, "no drafts could be spoken", "err", err, "again_in", look)
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}
}

package routing_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/routing"
)

func TestPreviewOfWhoWaitsNow(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		ctx := t.Context()
		book, err := edition.New(ctx, w.Engine.Main, w.Bus, time.Now, routing.Kinds()...)
		hotlinetest.Must(t, err)
		place, err := routing.NewPlace(ctx, w.Engine.Main, book, slog.New(slog.DiscardHandler))
		hotlinetest.Must(t, err)
		calm := w.Write(t, w.Browser(), "hello")
		danger := w.Write(t, w.Browser(), "a "+hotlinetest.DangerWord)
		w.Advance(t, 20*time.Minute)

		got, _, err := place.Preview(ctx, `{"rows":[{"class":4,"reason":"danger","danger":true},{"class":2,"reason":"self","path":["unknown"]}],"default":9}`)
		hotlinetest.Must(t, err)
		if len(got) != 2 || got[0].ID != calm.ID || got[0].Place != 2 || got[0].Then != 1 || got[1].ID != danger.ID || got[1].Now.Now != 0 || got[1].Draft.Now != 3 {
			t.Errorf("Preview = %+v, want the calm one before the other", got)
		}
		if got[0].Now.Raised != 1 || got[0].Now.Now != 2 {
			t.Errorf("who has waited twenty minutes stands at %+v", got[0].Now)
		}
		if _, _, err := place.Preview(ctx, `{"rows":[]}`); !errors.Is(err, edition.ErrInvalid) {
			t.Errorf("a draft that is wrong: %v", err)
		}
	})
}

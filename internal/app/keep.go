package app

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/web/front"
)

// kept reads how long what we wrote is kept, by the edition of a number or by the one
// in force. A line that has published none keeps to what came with the program.
func (l *Line) kept(ctx context.Context, number int64) (policy.Keep, int64, error) {
	read := l.Editions.Current
	if number > 0 {
		read = func(ctx context.Context, k edition.Key) (edition.Edition, error) {
			return l.Editions.Number(ctx, k, number)
		}
	}
	e, err := read(ctx, policy.KeepKey())
	if errors.Is(err, edition.ErrMissing) {
		return policy.ShippedKeep(), 0, nil
	}
	if err != nil {
		return policy.Keep{}, 0, err
	}
	k, err := policy.ParseKeep(e.Body)
	return k, e.Number, err
}

// retained says it to whoever it is about. It is what holds for who is closed now.
func (l *Line) retained(ctx context.Context) ([]front.Period, error) {
	k, _, err := l.kept(ctx, 0)
	if err != nil {
		return nil, err
	}
	information, about, others := k.Told()
	return []front.Period{
		{Kind: front.Information, Days: int(information)}, {Kind: front.Situation, Days: int(about)}, {Kind: front.Others, Days: int(others)},
	}, nil
}

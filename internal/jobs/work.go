package jobs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/freeline-org/freeline/internal/db"
)

// Again is what a handler returns to have the job done once more after a time. It
// is no failure.
func Again(after time.Duration) error { return &again{after} }

type again struct{ after time.Duration }

func (a *again) Error() string { return fmt.Sprintf("again in %s", a.after) }

// work does a job, keeps its lease meanwhile, and settles it.
func (r *Runner) work(ctx context.Context, f Handler, every time.Duration, j Job) {
	mine, lost := context.WithCancel(ctx)
	defer lost()
	result := make(chan error, 1)
	go func() { result <- guarded(mine, f, j) }() // work waits for it
	tick := time.NewTicker(lease / 3)
	defer tick.Stop()
	for {
		select {
		case err := <-result:
			if err := r.settle(ctx, j, every, err); err != nil && !errors.Is(err, ErrStale) {
				r.log.ErrorContext(ctx, "job is not settled, and will be done again", "kind", j.Kind, "err", err)
			}
			return
		case <-tick.C:
			keep := lease
			if j.Team != "" {
				keep = teamLease
			}
			err := r.db.Write(mine, func(tx db.Tx) error { return renew(tx, j, keep) })
			if errors.Is(err, ErrStale) {
				lost()
			}
		}
	}
}

// guarded turns a panic into a failure: one bad job stops no other.
func guarded(ctx context.Context, f Handler, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicked{p, debug.Stack()}
		}
	}()
	return f(ctx, j)
}

type panicked struct {
	value any
	stack []byte
}

// Error leaves out the value, which may quote anything.
func (p *panicked) Error() string { return fmt.Sprintf("panic (%T)", p.value) }

// Finish settles a job that [Runner.Claim] gave: it is done if err is nil, else
// comes again later. It is [ErrStale] for one who was overtaken, or has called
// [Done].
func (r *Runner) Finish(ctx context.Context, j Job, err error) error { return r.settle(ctx, j, 0, err) }

func (r *Runner) settle(ctx context.Context, j Job, every time.Duration, result error) error {
	stopping := ctx.Err() != nil && result != nil || errors.Is(result, context.Canceled)
	// What was done is kept even if the node is stopping.
	ctx, end := context.WithTimeout(context.WithoutCancel(ctx), lease)
	defer end()
	once, _ := errors.AsType[*again](result)
	var after time.Duration
	attempt := int64(0)
	switch {
	case once != nil:
		after = once.after
	case stopping:
		attempt = j.Attempt - 1
	case result != nil:
		after, attempt = backoff(j.Attempt), j.Attempt
		args := []any{"kind", j.Kind, "err", result, "attempt", j.Attempt, "again_in", after}
		if p, ok := errors.AsType[*panicked](result); ok {
			args = append(args, "stack", string(p.stack))
		}
		r.log.ErrorContext(ctx, "job failed", args...)
	case every > 0:
		after = every
	default:
		return r.db.Write(ctx, func(tx db.Tx) error { return Done(tx, j) })
	}
	return r.db.Write(ctx, func(tx db.Tx) error { return release(tx, j, after, attempt) })
}

// longest is the most a job that fails waits for its next attempt.
const longest = 5 * time.Minute

// backoff doubles from a second on. Jobs that failed together do not come
// together.
func backoff(attempt int64) time.Duration {
	d := longest
	if attempt < 9 {
		d = min(time.Second<<max(attempt-1, 0), longest)
	}
	return d - time.Duration(rand.Int64N(int64(d)/5)) //nolint:gosec // no secret
}

package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/jobs"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// enqueue keeps jobs in one transaction.
func enqueue(t *testing.T, d *db.DB, all ...jobs.Job) {
	t.Helper()
	err := d.Write(t.Context(), func(tx db.Tx) error {
		for _, j := range all {
			if err := jobs.Enqueue(tx, j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// run starts a runner; it ends with the returned function or the test.
func run(t *testing.T, r *jobs.Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Run(ctx)
	}()
	stop = func() {
		cancel()
		<-ended
	}
	t.Cleanup(stop)
	return stop
}

func waiting(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.One(t.Context(), `SELECT count(*) FROM job`, nil, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// take receives or fails the test.
func take[T any](t *testing.T, from <-chan T) (v T) {
	t.Helper()
	patience := time.NewTimer(20 * time.Second)
	defer patience.Stop()
	select {
	case v = <-from:
	case <-patience.C:
		t.Fatal("nothing came")
	}
	return v
}

func TestNoJobTwice(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		const n = 200
		var all []jobs.Job
		for i := range n {
			all = append(all, jobs.Job{Kind: "count", Key: fmt.Sprint(i), Body: fmt.Sprint(i)})
		}
		enqueue(t, e.Main, all...)
		var mu sync.Mutex
		done := map[string]int{}
		enough := make(chan struct{}, n)
		for range 4 {
			r := jobs.New(e.Node(t).Main, bus.Memory(), quiet())
			r.Handle("count", func(_ context.Context, j jobs.Job) error {
				mu.Lock()
				defer mu.Unlock()
				if j.Key != j.Body || j.Attempt != 1 {
					t.Errorf("got %+v", j)
				}
				done[j.Key]++
				enough <- struct{}{}
				return nil
			})
			defer run(t, r)()
		}
		for range n {
			take(t, enough)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(done) != n {
			t.Errorf("%d jobs done, want %d", len(done), n)
		}
		for key, times := range done {
			if times != 1 {
				t.Errorf("job %s was done %d times", key, times)
			}
		}
	})
}

// Whoever was overtaken can neither take the job away nor give it back, not even
// when it was enqueued anew meanwhile.
func TestOvertakenIsFencedOff(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		ctx := t.Context()
		a, b := jobs.New(e.Main, bus.Memory(), quiet()), jobs.New(e.Node(t).Main, bus.Memory(), quiet())
		enqueue(t, e.Main, jobs.Job{Kind: "k", Key: "1", Team: "desk"})
		claim := func(r *jobs.Runner, want int) jobs.Job {
			t.Helper()
			js, err := r.Claim(ctx, []string{"stats", "desk"}, 9)
			if err != nil || len(js) != want {
				t.Fatalf("%d jobs, %v; want %d", len(js), err, want)
			}
			if want == 0 {
				return jobs.Job{}
			}
			return js[0]
		}
		first := claim(a, 1)
		claim(b, 0)
		e.Advance(t, 31*time.Second)
		second := claim(b, 1)
		if second.Attempt != 2 {
			t.Errorf("attempt %d, want 2", second.Attempt)
		}
		late := func(j jobs.Job) {
			t.Helper()
			for _, result := range []error{nil, errors.New("failed"), jobs.Again(0)} {
				if err := a.Finish(ctx, j, result); !errors.Is(err, jobs.ErrStale) {
					t.Errorf("finishing with %v: got %v, want %v", result, err, jobs.ErrStale)
				}
			}
			if err := e.Main.Write(ctx, func(tx db.Tx) error { return jobs.Done(tx, j) }); !errors.Is(err, jobs.ErrStale) {
				t.Errorf("got %v, want %v", err, jobs.ErrStale)
			}
		}
		late(first)
		if err := b.Finish(ctx, second, nil); err != nil {
			t.Error(err)
		}
		late(second)
		enqueue(t, e.Main, jobs.Job{Kind: "k", Key: "1", Team: "desk"})
		claim(b, 1) // attempt 1 again, as first was
		late(first)
		if got := waiting(t, e.Main); got != 1 {
			t.Errorf("%d jobs, want 1", got)
		}
	})
}

func TestEnqueueOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		later := jobs.Job{Kind: "k", Key: "1", Team: "desk", After: time.Hour}
		enqueue(t, e.Main, later, later)
		refused := errors.New("refused")
		err := e.Main.Write(t.Context(), func(tx db.Tx) error {
			return errors.Join(jobs.Enqueue(tx, jobs.Job{Kind: "k", Key: "2", Team: "desk"}), refused)
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		if got := waiting(t, e.Main); got != 1 {
			t.Errorf("%d jobs, want 1", got)
		}
		r := jobs.New(e.Main, bus.Memory(), quiet())
		team := func(f jobs.Handler, want int) {
			t.Helper()
			if got, err := r.Team(t.Context(), []string{"desk"}, 5, f); err != nil || got != want {
				t.Errorf("%d done, %v; want %d", got, err, want)
			}
		}
		fine := func(context.Context, jobs.Job) error { return nil }
		team(fine, 0)
		soon := later
		soon.After = 0
		enqueue(t, e.Main, soon, later) // comes forward, and does not go back
		// What is asked for while somebody is at it is done once more.
		asked := false
		team(func(context.Context, jobs.Job) error {
			if !asked {
				asked = true
				enqueue(t, e.Main, later)
			}
			return nil
		}, 2)
		if got := waiting(t, e.Main); got != 0 {
			t.Errorf("%d jobs, want 0", got)
		}
	})
}

// A job is done with what its handler changes, or not at all.
func TestDoneWithinTheHandlersTransaction(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		enqueue(t, e.Main, jobs.Job{Kind: "k", Key: "1", Team: "desk"})
		r := jobs.New(e.Main, bus.Memory(), quiet())
		n, err := r.Team(t.Context(), []string{"desk"}, 5, func(ctx context.Context, j jobs.Job) error {
			return e.Main.Write(ctx, func(tx db.Tx) error {
				return errors.Join(jobs.Done(tx, j), jobs.Enqueue(tx, jobs.Job{Kind: "next", Key: j.Key}))
			})
		})
		if n != 1 || err != nil {
			t.Errorf("%d done, %v", n, err)
		}
		var kind string
		if err := e.Main.One(t.Context(), `SELECT kind FROM job`, nil, &kind); err != nil || kind != "next" {
			t.Errorf("got %q, %v; want next", kind, err)
		}
	})
}

func TestFailureComesAgainLater(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		var log strings.Builder
		r := jobs.New(e.Main, bus.Memory(), slog.New(slog.NewTextHandler(&log, nil)))
		attempts := make(chan int64, 10)
		r.Handle("k", func(_ context.Context, j jobs.Job) error {
			attempts <- j.Attempt
			switch j.Attempt {
			case 1:
				return errors.New("not yet")
			case 2:
				panic("+1 555 0100")
			}
			return nil
		})
		enqueue(t, e.Main, jobs.Job{Kind: "k", Key: "1"})
		stop := run(t, r)
		for want := range int64(3) {
			if got := take(t, attempts); got != want+1 {
				t.Errorf("attempt %d, want %d", got, want+1)
			}
			until(t, func() bool { // settled
				e.Advance(t, 10*time.Second)
				r.Wake()
				return len(attempts) > 0 || waiting(t, e.Main) == 0
			})
		}
		stop()
		if s := log.String(); strings.Count(s, "job failed") != 2 || strings.Contains(s, "555 0100") {
			t.Errorf("the log says: %s", s)
		}
	})
}

// until asks again and again.
func until(t *testing.T, ok func() bool) {
	t.Helper()
	patience := time.NewTimer(20 * time.Second)
	defer patience.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-patience.C:
			t.Fatal("it did not come about")
		}
	}
}
